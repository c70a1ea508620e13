"""Gauge boson of baryon number with dark matter: eta, eta' -> B B and omega -> B* to nothing."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar, Final, final

import numpy as np
from numpy.typing import ArrayLike

from ...ground import constants as const
from ...ground.mesons import meson_data
from .base import Boson, FloatArray, checked_pair
from .meson_constants import CITATIONS, TO_PHOTONS
from .mesons import MesonModel, check_dark, through_vector, two_body

__all__ = ["MODEL", "BBoson"]


@final
@dataclass(frozen=True, slots=True)
class BBoson(MesonModel):
    """Vector B with L = (g_B/3) sum qbar gamma q B that decays to Dirac dark matter.

    The free coupling is g_B, the mass that of B. B is taken to decay to dark matter always, which
    holds where alpha_chi is far above what B has to pi0 gamma and, through a loop, to e+ e-.
    P -> gamma B is not counted: the photon is seen.

    Parameters
    ----------
    alpha_dark : float, optional
        alpha_chi of B to dark matter.
    mass_ratio : float, optional
        m_B/m_chi, above 2.

    Raises
    ------
    EmissError
        If a parameter is out of range.
    """

    CITATIONS: ClassVar[tuple[str, ...]] = ("Tulin:2014tya", *CITATIONS)

    alpha_dark: float = 0.1
    mass_ratio: float = 3.0

    def __post_init__(self) -> None:
        check_dark(self.alpha_dark, self.mass_ratio)

    @property
    def name(self) -> str:
        """Name in the catalogue."""
        return "b-boson"

    @property
    def title(self) -> str:
        """Name for headings."""
        return "B boson"

    @property
    def boson(self) -> Boson:
        """A vector."""
        return "vector"

    @property
    def coupling_name(self) -> str:
        """Gauge coupling of baryon number."""
        return "g_B"

    @property
    def coupling_label(self) -> str:
        """LaTeX label."""
        return "g_B"

    @property
    def coupling_power(self) -> None:
        """None: pairs of B go with the fourth power, decays of the omega with the square."""
        return None

    @property
    def symbol(self) -> str:
        """LaTeX symbol of what the mass is of."""
        return "B"

    def meson_branching(self, meson: str, coupling: ArrayLike, mass: ArrayLike) -> FloatArray:
        """Branching fraction to nothing, see `MesonModel`.

        P -> B B: Br(gamma gamma) (tr[T B B]/tr[T Q Q])^2 (alpha_B/alpha)^2 beta^3; omega through
        B* with the charge 2 of the quarks relative to the photon's.
        """
        m, g = checked_pair(mass, coupling)
        alpha = g * g / (4.0 * math.pi)
        if meson == "omega":
            strength = 4.0 * alpha * self.alpha_dark / const.ALPHA**2
            seen = through_vector(m, self.alpha_dark, self.mass_ratio)
            return np.asarray(strength * seen)
        if meson not in ("eta", "eta-prime"):
            return np.zeros(g.shape)  # isoscalar: no pi0
        beta = two_body(meson_data(meson).mass, m)
        unit = TO_PHOTONS[meson] * pair_ratio(meson) ** 2
        return np.asarray(unit * (alpha / const.ALPHA) ** 2 * beta**3)


def pair_ratio(meson: str) -> float:
    """Amplitude of eta or eta-prime to two B over that to two photons, at equal couplings.

    Parameters
    ----------
    meson : str
        ``eta`` or ``eta-prime``.

    Returns
    -------
    float
        tr[T B B]/tr[T Q Q] with B = 1/3, Q = diag(2, -1, -1)/3 and a mixing of -20 degrees.
    """
    angle = math.radians(-20.0)
    octet, singlet = (math.cos(angle), -math.sin(angle))
    if meson == "eta-prime":
        octet, singlet = math.sin(angle), math.cos(angle)
    charges = np.array([2.0, -1.0, -1.0]) / 3.0
    mixed = octet * np.array([1.0, 1.0, -2.0]) / math.sqrt(6.0) + singlet / math.sqrt(3.0)
    return float(np.sum(mixed) / 9.0 / np.sum(mixed * charges**2))


MODEL: Final = BBoson()
