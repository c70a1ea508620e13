"""Gauge boson of L_mu - L_tau: muons, taus, their neutrinos, and electric charge through a loop."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar, Final, final

import numpy as np
from numpy.typing import ArrayLike

from ...ground import constants as const
from ...ground.arrays import ComplexArray, FloatArray
from ...ground.recent import Recent
from .base import (
    DARK_COUPLINGS,
    QUARK_CHARGE,
    Boson,
    Model,
    checked_flavour,
    checked_pair,
    checked_quark,
    no_coupling,
)
from .dark_sector import DarkSector, dark_sector
from .widths import hadron_width, lepton_width, neutrino_width

__all__ = ["MODEL", "LMuLTau", "loop_mixing"]


def _series(terms: int) -> tuple[float, ...]:
    """Moments of x(1-x), Euler's beta function B(n+2, n+2), over n; the last first."""
    moment, found = 1.0 / 6.0, []
    for n in range(1, terms + 1):
        moment *= (n + 1) / (2.0 * (2 * n + 3))
        found.append(moment / n)
    return tuple(reversed(found))


_SERIES: Final = _series(22)
_STRENGTHS: Recent[FloatArray] = Recent(32, room=100_000)
"""Size of the mixing at the masses asked for last: each coupling asks for it again."""


def _vacuum_polarisation(t: FloatArray) -> ComplexArray:
    """Integral of x(1-x) ln(1 - x(1-x) t - i0) over x from 0 to 1, t = q^2/m^2."""
    result = np.zeros(t.shape, dtype=np.complex128)
    small = np.abs(t) < 1.0
    ts = t[small]
    series = np.zeros_like(ts)
    for coefficient in _SERIES:
        series = (series - coefficient) * ts
    result[small] = series
    tl = t[~small]
    root = np.sqrt(np.asarray(1.0 - 4.0 / tl, dtype=np.complex128))
    # Timelike below threshold the root is imaginary and the product real; above, -i0 gives -i pi.
    logarithm = np.log((root + 1.0) / np.where(root == 0.0, 1.0, root - 1.0))
    above = tl > 4.0
    logarithm = np.where(above, logarithm.real - 1j * math.pi, logarithm)
    result[~small] = (-5.0 / 3.0 - 4.0 / tl + (1.0 + 2.0 / tl) * root * logarithm) / 6.0
    return result


def loop_mixing(q2: ArrayLike) -> ComplexArray:
    """Kinetic mixing epsilon(q^2) per gauge coupling g' from muon and tau loops.

    Parameters
    ----------
    q2 : array_like
        Squared momentum in GeV^2, timelike positive.

    Returns
    -------
    array of complex
        epsilon/g' = -(e/2 pi^2) int_0^1 dx x(1-x) ln[(m_tau^2 - x(1-x) q^2)/(m_mu^2 - x(1-x) q^2)],
        in closed form; -(e/12 pi^2) ln(m_tau^2/m_mu^2) = -1/69.3 at q^2 = 0, complex above 2 m_mu.
        Mixing at a high scale is taken to vanish. Source: arXiv:1504.00711, arXiv:1901.02010.
    """
    q = np.asarray(q2, dtype=np.float64)
    flat = np.atleast_1d(q)
    heavy = _vacuum_polarisation(flat / const.TAU_MASS**2)
    light = _vacuum_polarisation(flat / const.MUON_MASS**2)
    constant = math.log(const.TAU_MASS / const.MUON_MASS) / 3.0
    mixing = -const.ELECTRIC_CHARGE / (2.0 * math.pi**2) * (constant + heavy - light)
    return np.asarray(mixing.reshape(q.shape))


def _strength(mass: FloatArray) -> FloatArray:
    """Size of the mixing on the shell of a boson, read-only."""
    # Masses broadcast against couplings repeat: each is worked out once.
    repeated = tuple(slice(0, 1) if step == 0 else slice(None) for step in mass.strides)
    distinct = mass[repeated]

    def make() -> FloatArray:
        found = np.asarray(np.abs(loop_mixing(distinct * distinct))).ravel()
        found.flags.writeable = False
        return found

    found = _STRENGTHS.get(distinct.tobytes(), make, distinct.size)
    return np.broadcast_to(found.reshape(distinct.shape), mass.shape)


@final
@dataclass(frozen=True, slots=True)
class LMuLTau(Model):
    """Z' of gauged L_mu - L_tau with gauge coupling g.

    Parameters
    ----------
    dark_matter : str, optional
        Kind of dark matter charged under the Z', or ``"none"`` (default): then it decays to
        neutrinos, and to muons above twice their mass.
    g_chi : float, optional
        Coupling of the dark matter.
    mass_ratio : float, optional
        m_Z' / m_chi, above 2.
    splitting : float, optional
        (m_2 - m_1)/m_1 of pseudo-Dirac dark matter.

    Notes
    -----
    Electrons and hadrons are reached through `loop_mixing` at q^2 = m^2; its 0.4 % contribution to
    the coupling to muons and taus is neglected.
    """

    CITATIONS: ClassVar[tuple[str, ...]] = ("He:1991qd", "Kamada:2015era", "Escudero:2019gzq")

    dark_matter: str = "none"
    g_chi: float = 0.05
    mass_ratio: float = 3.0
    splitting: float = 0.0

    def __post_init__(self) -> None:
        DARK_COUPLINGS(self.g_chi, "g_chi")
        _ = self.dark_sector

    @property
    def name(self) -> str:
        """Name in the catalogue."""
        return "lmu-ltau"

    @property
    def title(self) -> str:
        """Name for headings."""
        return "L_mu - L_tau Z'"

    @property
    def boson(self) -> Boson:
        """A vector."""
        return "vector"

    @property
    def coupling_name(self) -> str:
        """Gauge coupling."""
        return "g"

    @property
    def coupling_label(self) -> str:
        """LaTeX label."""
        return r"g_{Z'}"

    @property
    def symbol(self) -> str:
        """LaTeX symbol of the boson."""
        return "Z'"

    @property
    def math_title(self) -> str:
        """Short name for figures."""
        return r"$L_\mu - L_\tau$"

    @property
    def dark_sector(self) -> DarkSector | None:
        """Dark matter with alpha_dark = g_chi^2/4 pi, or None."""
        alpha = self.g_chi**2 / (4.0 * math.pi)
        return dark_sector(self.dark_matter, alpha, self.mass_ratio, self.splitting)

    def lepton_coupling(self, flavour: str, coupling: ArrayLike, mass: ArrayLike) -> FloatArray:
        """Gauge coupling for muons and taus; e |epsilon(m^2)| for electrons."""
        m, g = checked_pair(mass, coupling)
        if checked_flavour(flavour) != "e":
            return np.asarray(g, dtype=np.float64).copy()
        return np.asarray(const.ELECTRIC_CHARGE * g * _strength(m))

    def photon_coupling(self, coupling: ArrayLike, mass: ArrayLike) -> FloatArray:
        """Zero: a vector does not couple to two photons."""
        return no_coupling(mass, coupling)

    def quark_coupling(self, quark: str, coupling: ArrayLike, mass: ArrayLike) -> FloatArray:
        """Coupling e |epsilon(m^2)| times the quark's charge."""
        charge = QUARK_CHARGE[checked_quark(quark)]
        m, g = checked_pair(mass, coupling)
        return np.asarray(charge * const.ELECTRIC_CHARGE * g * _strength(m))

    def visible_widths(self, mass: ArrayLike, coupling: ArrayLike) -> dict[str, FloatArray]:
        """Widths in GeV to charged leptons and, through the loop, hadrons."""
        m, g = checked_pair(mass, coupling)
        epsilon = g * _strength(m)
        return {
            "e+e-": lepton_width("vector", m, const.ELECTRIC_CHARGE * epsilon, const.ELECTRON_MASS),
            "mu+mu-": lepton_width("vector", m, g, const.MUON_MASS),
            "tau+tau-": lepton_width("vector", m, g, const.TAU_MASS),
            "hadrons": hadron_width(m, epsilon),
        }

    def neutrino_width(self, mass: ArrayLike, coupling: ArrayLike) -> FloatArray:
        """Width in GeV to muon and tau neutrinos."""
        return neutrino_width(mass, coupling, 2)


MODEL: Final = LMuLTau()
