"""Associated production e+ e- -> gamma X on the electrons of the target.

Tree level, exact in the electron mass, integrated in closed form over any range of photon energy.
With a1, a2 = 2 p.k for either lepton, M = m_X^2 and a1 + a2 = s - M,

    (1/4) sum |amplitude|^2 = e^2 g^2 [ 2 (a1/a2 + a2/a1) + 4 s M/(a1 a2) + 8 m^2 (1/a1 + 1/a2)
                              - 8 m^4 (1/a1 + 1/a2)^2 - 4 m^2 M (1/a1^2 + 1/a2^2) ]

for a vector. For spin 0 it is half of this plus 2, up to terms of order m^2/m_X^2 (tests); an axial
boson is a vector up to such terms.

The cross-section diverges as the photon becomes soft (m_X^2 -> s): there it is the radiative tail
of resonant annihilation, see `initial_state` for how the two are joined. The photon is seen in an
active dump, so the missing energy is that of X: a threshold on the missing energy is a maximum of
the photon energy. Only X on its mass shell is covered here, `radiative` folds with its width.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from ...ground import constants as const
from ...ground.errors import EmissError, ValidityError
from ...ground.guards import guarded
from ..models.base import Boson, FloatArray, checked_mass
from ..models.bosons import SPIN_ONE
from .annihilation import squared_energy
from .arguments import ON_ELECTRONS

__all__ = [
    "COUPLING_CONVENTION",
    "binned_cross_section",
    "cross_section",
    "cross_section_pb",
    "leading_logarithm",
    "photon_energies",
    "photon_spectrum",
]

CITATIONS = ("arXiv:1807.05884", "arXiv:1802.03794")
COUPLING_CONVENTION: Final = "epsilon = 1 (g = e)"


@guarded(ON_ELECTRONS, together=("energy", "mass"))
def photon_energies(energy: ArrayLike, mass: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Smallest and largest laboratory energy of the photon in GeV, on an electron at rest.

    Parameters
    ----------
    energy, mass : array_like
        Total positron energy and mass of X in GeV.

    Returns
    -------
    lowest, highest : array of float
        Energies in GeV; both 0 where s < m_X^2.
    """
    s, m = np.broadcast_arrays(squared_energy(energy), checked_mass(mass))
    total = np.asarray(energy, dtype=np.float64) + const.ELECTRON_MASS
    beta = np.sqrt(1.0 - 4.0 * const.ELECTRON_MASS**2 / s)
    share = np.maximum(1.0 - m * m / s, 0.0)
    highest = 0.5 * total * share * (1.0 + beta)
    # (1 - beta)(1 + beta) = 4 m_e^2/s, without the cancellation.
    lowest = 0.5 * total * share * 4.0 * const.ELECTRON_MASS**2 / (s * (1.0 + beta))
    return lowest, highest


def _bracket(c: FloatArray, beta2: FloatArray, s: FloatArray, big_m: FloatArray) -> FloatArray:
    """Squared amplitude over e^2 g^2 at u = beta cos(theta); a1, a2 = (s - M)(1 -+ u)/2."""
    a = 0.5 * (s - big_m)
    m2 = const.ELECTRON_MASS**2
    # 1 - u^2 from 1 - beta^2 and sin^2: exact in the collinear region.
    product = (1.0 - beta2) + beta2 * (1.0 - c) * (1.0 + c)
    return np.asarray(
        4.0 * (2.0 / product - 1.0)
        + 4.0 * s * big_m / (a * a * product)
        + 16.0 * m2 / (a * product)
        - 32.0 * (m2 / (a * product)) ** 2
        - 8.0 * m2 * big_m / (a * a) * (2.0 - product) / product**2
    )


@guarded(ON_ELECTRONS, together=("photon_energy", "energy", "mass"))
def photon_spectrum(
    photon_energy: ArrayLike, energy: ArrayLike, mass: ArrayLike, *, boson: Boson = "vector"
) -> FloatArray:
    """Differential cross-section in the photon's laboratory energy per electron at rest.

    Parameters
    ----------
    photon_energy : array_like
        Photon energy in GeV.
    energy, mass : array_like
        Total positron energy and mass of X in GeV.
    boson : str, optional
        Kind of boson.

    Returns
    -------
    array of float
        d sigma/d E_gamma in cm^2/GeV at epsilon = 1; 0 outside the kinematic range.
    """
    s, m, k = np.broadcast_arrays(
        squared_energy(energy), checked_mass(mass), np.asarray(photon_energy, dtype=np.float64)
    )
    low, high = photon_energies(energy, mass)
    beta2 = 1.0 - 4.0 * const.ELECTRON_MASS**2 / s
    inside = (k >= low) & (k <= high) & (high > low)
    span = np.where(high > low, high - low, 1.0)
    c = np.where(inside, 2.0 * (k - low) / span - 1.0, 0.0)
    big_m = np.where(inside, m * m, 0.0)
    prefactor = _flux(s, big_m, np.sqrt(beta2)) * 2.0 / span
    bracket = _bracket(c, beta2, s, big_m)
    value = prefactor * (bracket if _is_vector(boson) else 0.5 * bracket + 2.0)
    return np.asarray(np.where(inside, value, 0.0))


def _is_vector(boson: Boson) -> bool:
    return boson in SPIN_ONE


def _flux(s: FloatArray, big_m: FloatArray, beta: FloatArray) -> FloatArray:
    """Factor from bracket to d sigma/d cos(theta) in cm^2, (4 pi alpha)^2 (s - M)/(32 pi s^2 b)."""
    return const.GEV2_CM2 * math.pi * const.ALPHA**2 * (s - big_m) / (2.0 * s * s * beta)


def _primitive(c: FloatArray, s: FloatArray, big_m: FloatArray, boson: Boson) -> FloatArray:
    """Integral of the bracket over cos(theta) from 0 to c.

    Needs int 1/(1 - u^2) and int (1 + u^2)/(1 - u^2)^2 = u/(1 - u^2), u = beta cos(theta).
    """
    m2 = const.ELECTRON_MASS**2
    beta2 = 1.0 - 4.0 * m2 / s
    beta = np.sqrt(beta2)
    a = 0.5 * (s - big_m)
    product = (1.0 - beta2) + beta2 * (1.0 - c) * (1.0 + c)
    u = beta * c
    # atanh(u) from 1 - u^2: accurate for u next to 1.
    one = np.sign(u) * 0.5 * np.log((1.0 + np.abs(u)) ** 2 / product) / beta  # int dc/(1 - u^2)
    two = c / product  # int dc (1 + u^2)/(1 - u^2)^2
    square = 0.5 * (one + two)  # int dc/(1 - u^2)^2
    value = (
        (8.0 + 4.0 * s * big_m / (a * a) + 16.0 * m2 / a) * one
        - 4.0 * c
        - 32.0 * (m2 / a) ** 2 * square
        - 8.0 * m2 * big_m / (a * a) * two
    )
    return np.asarray(value if _is_vector(boson) else 0.5 * value + 2.0 * c)


def binned_cross_section(
    energy: FloatArray, mass: FloatArray, photon_edges: FloatArray, boson: Boson = "vector"
) -> FloatArray:
    """Cross-section of e+ e- -> gamma X in bins of the photon's energy.

    Parameters
    ----------
    energy, mass : array of float, shape (n,)
        Total positron energy and mass of X in GeV, s above m_X^2 or below.
    photon_edges : array of float, shape (n, k + 1)
        Edges in photon energy in GeV, ascending; what lies outside the kinematic range is empty.
    boson : str, optional
        Kind of boson.

    Returns
    -------
    array of float, shape (n, k)
        Cross-section in cm^2 at epsilon = 1.
    """
    s, low, high = squared_energy(energy), *photon_energies(energy, mass)
    open_ = high > low
    span = np.where(open_, high - low, 1.0)[:, None]
    share = (np.clip(photon_edges, low[:, None], high[:, None]) - low[:, None]) / span
    big_m = np.where(open_, mass * mass, 0.0)
    primitive = _primitive(2.0 * np.clip(share, 0.0, 1.0) - 1.0, s[:, None], big_m[:, None], boson)
    flux = _flux(s, big_m, np.sqrt(1.0 - 4.0 * const.ELECTRON_MASS**2 / s))
    return np.asarray(np.where(open_, flux, 0.0)[:, None] * np.diff(primitive, axis=1))


@guarded(
    ON_ELECTRONS,
    together=("energy", "mass"),
)
def cross_section(
    energy: ArrayLike,
    mass: ArrayLike,
    *,
    min_photon_energy: float = 0.0,
    max_photon_energy: float = math.inf,
    boson: Boson = "vector",
) -> FloatArray:
    """Cross-section of e+ e- -> gamma X per electron at rest, with cuts on the photon.

    Parameters
    ----------
    energy, mass : array_like
        Total positron energy and mass of X in GeV.
    min_photon_energy : float, optional
        Laboratory energy in GeV above which the photon counts as separate from annihilation.
    max_photon_energy : float, optional
        Largest photon energy in GeV: positron energy less the missing-energy threshold.
    boson : str, optional
        Kind of boson.

    Returns
    -------
    array of float
        Cross-section in cm^2 at g = e (epsilon = 1); 0 where s < m_X^2 or no photon passes.

    Raises
    ------
    EmissError
        If an energy or mass is out of range or the cuts are not ascending.
    ValidityError
        If s = m_X^2 exactly, where the cross-section diverges.
    """
    if not 0.0 <= min_photon_energy < max_photon_energy:
        raise EmissError("photon energies: need 0 <= min_photon_energy < max_photon_energy.")
    s, m = np.broadcast_arrays(squared_energy(energy), checked_mass(mass))
    if np.any(s == m * m):
        raise ValidityError("associated production: diverges at s = m^2; move mass or energy.")
    energies = np.broadcast_to(np.asarray(energy, dtype=np.float64), s.shape).ravel()
    cuts = np.broadcast_to([min_photon_energy, max_photon_energy], (s.size, 2))
    return binned_cross_section(energies, m.ravel(), cuts, boson).reshape(s.shape)


@guarded(
    ON_ELECTRONS,
    together=("energy", "mass"),
)
def cross_section_pb(
    energy: ArrayLike,
    mass: ArrayLike,
    *,
    min_photon_energy: float = 0.0,
    max_photon_energy: float = math.inf,
) -> FloatArray:
    """`cross_section` in picobarn."""
    value = cross_section(
        energy, mass, min_photon_energy=min_photon_energy, max_photon_energy=max_photon_energy
    )
    return np.asarray(value / const.PICOBARN_CM2)


@guarded(ON_ELECTRONS, together=("energy", "mass"))
def leading_logarithm(energy: ArrayLike, mass: ArrayLike) -> FloatArray:
    """Total cross-section up to terms of order m_e^2/s, in cm^2 at epsilon = 1.

    (4 pi alpha^2/s) (1 + z^2)/(1 - z) (L - 1), z = m_X^2/s, L = ln(s/m_e^2). Collinear mass terms
    are the -1; for s >> m_e^2 only, and z < 1.
    """
    s, m = np.broadcast_arrays(squared_energy(energy), checked_mass(mass))
    z = m * m / s
    if not np.all(z < 1.0):
        raise ValidityError("associated production: closed below s = m^2.")
    logarithm = np.log(s / const.ELECTRON_MASS**2) - 1.0
    factor = 4.0 * math.pi * const.ALPHA**2 * const.GEV2_CM2 / s
    return np.asarray(factor * (1.0 + z * z) / (1.0 - z) * logarithm)
