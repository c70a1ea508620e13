"""Inelastic dark matter: decay of the heavier state, chi_2 -> chi_1 l+ l-, through a dark photon.

The pair itself is pseudo-Dirac dark matter with a splitting, see `DarkSector`.
"""

from __future__ import annotations

import math
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from ...ground import constants as const
from ...ground.errors import ValidityError
from ...ground.guards import Guard, guarded, instance, number, numbers
from ...ground.quadrature import gauss
from .base import COUPLINGS, MASSES, FloatArray, Model, checked_flavour, checked_mass, checked_pair
from .dark_photon import DarkPhoton
from .dark_sector import DarkSector

__all__ = ["excited_ctau_cm", "excited_spectrum", "excited_width", "excited_widths"]

CITATIONS = ("Izaguirre:2015zva", "Berlin:2018jbm")

MODELS: Final = {"inelastic-dark-matter": DarkPhoton(dark_matter="pseudo-dirac", splitting=0.1)}
"""The dark photon with other defaults; it keeps its own name."""

_NODES: Final = 96
ARGUMENTS: Final = MappingProxyType[str, Guard](
    {
        "mass": MASSES,
        "epsilon": COUPLINGS,
        "coupling": COUPLINGS,
        "sector": instance(DarkSector),
        "model": instance(Model),
        "pair_mass2": numbers(0.0, 1e12, "GeV^2"),
        "lepton_mass": number(0.0, 1e3, "GeV"),
    }
)


@guarded(ARGUMENTS, together=("mass", "epsilon"))
def excited_width(
    mass: ArrayLike, epsilon: ArrayLike, sector: DarkSector, flavour: str = "e"
) -> FloatArray:
    """Width of chi_2 -> chi_1 l+ l-.

    Parameters
    ----------
    mass : array_like
        Mass of the dark photon in GeV.
    epsilon : array_like
        Kinetic mixing.
    sector : DarkSector
        Pseudo-Dirac dark matter with a splitting.
    flavour : str, optional
        Charged lepton.

    Returns
    -------
    array of float
        Width in GeV, exact at tree level with an off-shell dark photon of no width; 0 where the
        splitting is below 2 m_l. For small splitting D and massless leptons
        4 epsilon^2 alpha alpha_dark D^5 / (15 pi m^4).

    Raises
    ------
    ValidityError
        If the dark matter is not pseudo-Dirac, or chi_2 decays to a real dark photon.
    """
    lepton = const.LEPTON_MASS[checked_flavour(flavour)]
    m, eps = checked_pair(mass, epsilon)
    return np.asarray(4.0 * math.pi * const.ALPHA * eps**2 * _width_per_g2(m, sector, lepton))


@guarded(ARGUMENTS, together=("mass", "coupling"))
def excited_widths(model: Model, mass: ArrayLike, coupling: ArrayLike) -> dict[str, FloatArray]:
    """Widths of chi_2 by final state, for any vector model with pseudo-Dirac dark matter.

    Parameters
    ----------
    model : Model
        A vector with split pseudo-Dirac dark matter.
    mass : array_like
        Mass of the vector in GeV.
    coupling : array_like
        Free coupling of the model.

    Returns
    -------
    dict of str to array of float
        Widths in GeV, keyed ``"chi2 -> chi1 e+e-"``, ``"chi2 -> chi1 mu+mu-"`` and, where the
        model couples to neutrinos, ``"chi2 -> chi1 nu nu"``. Couplings are taken at q^2 = m^2.
        Hadrons are left out: for splittings above 2 m_pi the total is too small.

    Raises
    ------
    ValidityError
        As `excited_width`, or if the boson is not a vector.
    """
    sector = model.dark_sector
    if model.boson != "vector" or sector is None:
        raise ValidityError(
            f"model '{model.name}': excited dark matter needs a vector boson and "
            "dark_matter=pseudo-dirac."
        )
    m, g = checked_pair(mass, coupling)
    widths = {
        f"chi2 -> chi1 {flavour}+{flavour}-": np.square(model.lepton_coupling(flavour, g, m))
        * _width_per_g2(m, sector, const.LEPTON_MASS[flavour])
        for flavour in ("e", "mu")
    }
    # Left-handed neutrinos have the width g^2 m/24 pi, half that of a massless charged lepton.
    neutrinos = model.neutrino_width(m, g) * 12.0 * math.pi / m
    if np.any(neutrinos > 0.0):
        widths["chi2 -> chi1 nu nu"] = neutrinos * _width_per_g2(m, sector, 0.0)
    return {state: np.asarray(width) for state, width in widths.items()}


@guarded(ARGUMENTS, mass=number(1e-15, 1e6, "GeV"))
def excited_spectrum(
    pair_mass2: ArrayLike, mass: float, sector: DarkSector, lepton_mass: float
) -> FloatArray:
    """Spectrum of the lepton pair of chi_2 -> chi_1 l+ l- in its mass squared.

    Parameters
    ----------
    pair_mass2 : array_like
        Mass squared of the pair in GeV^2.
    mass : float
        Mass of the dark photon in GeV.
    sector : DarkSector
        Pseudo-Dirac dark matter with a splitting.
    lepton_mass : float
        Mass of each lepton in GeV.

    Returns
    -------
    array of float
        D Gamma/d q^2 in 1/GeV over 4 pi alpha_dark and the squared coupling to the lepton; 0
        outside 4 m_l^2 to (m_2 - m_1)^2. Exact at tree level, as `excited_width`.
    """
    q2 = np.asarray(pair_mass2, dtype=np.float64)
    m1 = sector.chi_mass(checked_mass(mass))
    gap = sector.splitting * m1
    inside = (q2 > 4.0 * lepton_mass**2) & (q2 < gap**2)
    safe = np.where(inside, q2, max(float(gap) ** 2, 1e-30))
    found = _integrand(safe, checked_mass(mass), m1, gap, lepton_mass)
    return np.where(inside, found, 0.0)


def _width_per_g2(m: FloatArray, sector: DarkSector, lepton: float) -> FloatArray:
    """Width in GeV of chi_2 -> chi_1 l+ l- at coupling g = 1 to the lepton."""
    if sector.kind != "pseudo-dirac":
        raise ValidityError(f"dark_matter={sector.kind}: only pseudo-dirac dark matter is excited.")
    m1 = sector.chi_mass(m)[..., np.newaxis]
    gap = sector.splitting * m1
    if np.any(gap[..., 0] >= m):
        raise ValidityError("inelastic dark matter: chi_2 decays to a real dark photon.")
    open_ = gap > 2.0 * lepton
    low, high = 4.0 * lepton**2, np.where(open_, gap**2, 4.0 * lepton**2 + 1.0)
    x, w = gauss(_NODES)
    # q^2 = low + (high - low) sin^2(a): both square-root ends become smooth.
    angle = 0.5 * math.pi * x
    q2 = low + (high - low) * np.sin(angle) ** 2
    jacobian = (high - low) * np.sin(2.0 * angle) * 0.5 * math.pi * w
    value = _integrand(q2, m[..., np.newaxis], m1, gap, lepton) * jacobian
    total = np.where(open_[..., 0], value.sum(axis=-1), 0.0)
    return np.asarray(4.0 * math.pi * sector.alpha_dark * total)


def _integrand(
    q2: FloatArray, mass: FloatArray, m1: FloatArray, gap: FloatArray, lepton: float
) -> FloatArray:
    """D Gamma/d q^2 over g_dark^2 and the squared coupling to the lepton."""
    m2 = m1 + gap
    product = 0.5 * (m1**2 + m2**2 - q2)
    hadronic = q2 * (4.0 * product - 8.0 * m1 * m2) + 2.0 * gap**2 * (product + m1 * m2)
    momentum = np.sqrt(np.maximum((gap**2 - q2) * ((m1 + m2) ** 2 - q2), 0.0)) / (2.0 * m2)
    ratio = lepton**2 / q2
    leptonic = (1.0 + 2.0 * ratio) * np.sqrt(np.maximum(1.0 - 4.0 * ratio, 0.0)) / (6.0 * math.pi)
    flux = momentum / (4.0 * math.pi * m2) / (2.0 * math.pi * 2.0 * m2)
    return np.asarray(flux * leptonic * hadronic / (q2 - mass**2) ** 2)


@guarded(ARGUMENTS, together=("mass", "epsilon"))
def excited_ctau_cm(mass: ArrayLike, epsilon: ArrayLike, sector: DarkSector) -> FloatArray:
    """Proper decay length of chi_2 in cm by decays to e+ e- and mu+ mu-; infinite if stable."""
    total = excited_width(mass, epsilon, sector) + excited_width(mass, epsilon, sector, "mu")
    out = np.full(total.shape, np.inf)
    return np.asarray(np.divide(const.HBARC_GEV_CM, total, out=out, where=total > 0.0))
