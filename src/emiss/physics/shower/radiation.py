"""Bremsstrahlung and pair production in a material: spectra per radiation length.

Tsai's screened cross-sections with Coulomb correction and the contribution of atomic electrons,
multiplied by the suppression of Landau, Pomeranchuk and Migdal in the approximations of Stanev
and others. With ``screening="complete"`` and ``lpm=False`` the spectra depend on the energy
fraction alone; that is the case which has a closed solution (see `emiss.physics.shower.mellin`).
"""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from ...ground import constants as const
from ...ground.arrays import FloatArray
from ...ground.errors import EmissError
from ...ground.guards import guarded
from ..materials import Element, Material
from .arguments import ARGUMENTS
from .hydrogenic import EFFECTIVE_CHARGE, screening_functions

__all__ = [
    "Screening",
    "bremsstrahlung_spectrum",
    "complete_screening_excess",
    "lpm_energy",
    "migdal_functions",
    "pair_spectrum",
]

CITATIONS = ("Tsai:1973py", "Migdal:1956tc", "Stanev:1982au", "Klein:1998du")

Screening = Literal["tsai", "complete"]


def _thomas_fermi(
    gamma: FloatArray, eps: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Screening functions less their value at complete screening, and the differences 1 - 2.

    Tsai:1973py, Thomas-Fermi fits: phi1, psi1 fall from 20.863, 28.340; phi1 - phi2 and
    psi1 - psi2 fall from 2/3.
    """
    phi = -2 * np.log1p((0.55846 * gamma) ** 2) - 4 * (
        1 - 0.6 * np.exp(-0.9 * gamma) - 0.4 * np.exp(-1.5 * gamma)
    )
    psi = -2 * np.log1p((3.621 * eps) ** 2) - 4 * (
        1 - 0.7 * np.exp(-8 * eps) - 0.3 * np.exp(-29.2 * eps)
    )
    return phi, psi, 2 / 3 / (1 + gamma * (6.5 + 6 * gamma)), 2 / 3 / (1 + eps * (40 + 400 * eps))


def _logarithms(
    element: Element, momentum: FloatArray, screening: Screening
) -> tuple[FloatArray, FloatArray]:
    """Charge-weighted logarithm and difference term of one element, for both processes.

    Parameters
    ----------
    element : Element
        The element.
    momentum : array
        Minimum momentum transfer scale m_e^2 k/(2 E E') over m_e/200, i.e. 100 m_e k/(E E').
    screening : "tsai" or "complete"
        Thomas-Fermi functions, or their limit at high energy.

    Returns
    -------
    tuple of array
        Z^2 (L_el - f) + Z L_in, and [Z^2 (phi1 - phi2) + Z (psi1 - psi2)]/6.
    """
    z = float(element.Z)
    elastic, inelastic = element.radiation_logarithms
    charge = z**2 * (elastic - element.coulomb_correction) + z * inelastic
    if screening == "complete":
        return np.full_like(momentum, charge), np.full_like(momentum, z * (z + 1) / 9)
    # The light elements have their own logarithms at complete screening; only the departure from
    # it is taken from the model of the atom.
    if element.Z in EFFECTIVE_CHARGE:
        phi, psi, d_phi, d_psi = screening_functions(momentum, element.Z)
    else:
        gamma, eps = momentum * z ** (-1 / 3), momentum * z ** (-2 / 3)
        phi, psi, d_phi, d_psi = _thomas_fermi(gamma, eps)
    return charge + (z**2 * phi + z * psi) / 4, (z**2 * d_phi + z * d_psi) / 6


@guarded(ARGUMENTS)
def lpm_energy(material: Material) -> float:
    """Energy scale of the Landau-Pomeranchuk-Migdal effect.

    Parameters
    ----------
    material : Material
        The material; its density matters.

    Returns
    -------
    float
        alpha m_e^2 X0/(4 pi) in GeV, 7.7 TeV per cm of radiation length (Klein:1998du; photons
        with k < E^2/E_LPM are suppressed).
    """
    length = material.local_radiation_length_cm / const.HBARC_GEV_CM
    return const.ALPHA * const.ELECTRON_MASS**2 * length / (4 * math.pi)


@guarded(ARGUMENTS)
def migdal_functions(s: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Migdal's functions G(s) and phi(s).

    Parameters
    ----------
    s : array_like
        Suppression variable, positive.

    Returns
    -------
    tuple of array
        G and phi, in [0, 1]; fits of Stanev:1982au, within 0.2 % of Migdal's integrals.
    """
    x = np.asarray(s, dtype=np.float64)
    low = np.minimum(x, 1.6)
    low2 = low * low
    phi = -np.expm1(
        -6 * low * (1 + (3 - math.pi) * low) + low * low2 / (0.623 + low * (0.796 + 0.658 * low))
    )
    psi = -np.expm1(
        -4 * low - 8 * low2 / (1 + low * (3.936 + low * (4.97 + low * (-0.05 + 7.5 * low))))
    )
    high = np.maximum(x, 1.0)
    tail = high**-4
    mid = np.clip(x, 0.4, 1.9156)
    bend = np.tanh(
        -0.160723 + mid * (3.755030 + mid * (-1.798138 + mid * (0.672827 - 0.120772 * mid)))
    )
    phi = np.where(x < 1.55, phi, 1 - 0.011905 * tail)
    g = np.where(x < 0.415827, 3 * psi - 2 * phi, np.where(x < 1.9156, bend, 1 - 0.023065 * tail))
    return g, phi


def _suppression(
    s_prime: FloatArray, z: int, dielectric: FloatArray | float
) -> tuple[FloatArray, FloatArray]:
    """Products xi G and xi phi for one element (Stanev:1982au).

    Parameters
    ----------
    s_prime : array
        s without the slowly varying logarithm xi.
    z : int
        Atomic number.
    dielectric : array or float
        1 + (k_p/k)^2, the factor by which the polarisation of the medium raises s.
    """
    s1 = math.sqrt(2.0) * (z ** (1 / 3) / 184.15) ** 2
    log_s1 = math.log(s1)
    h = np.log(np.clip(s_prime, s1, 1.0)) / log_s1
    xi = 1 + h - 0.08 * (1 - h) * (1 - (1 - h) ** 2) / log_s1
    xi = np.where(s_prime < s1, 2.0, np.where(s_prime >= 1.0, 1.0, xi))
    s = s_prime / np.sqrt(xi) * dielectric
    g, phi = migdal_functions(s)
    # Where the fit of xi would enhance instead of suppress there is no suppression.
    xi = np.where((xi * phi > 1.0) | (s > 0.57), 1 / phi, xi)
    return xi * g, xi * phi


def _area(material: Material) -> list[tuple[Element, float]]:
    unit = 4 * const.ALPHA * const.CLASSICAL_ELECTRON_RADIUS_CM**2
    return [(element, unit * atoms) for element, atoms in material.atoms_per_radiation_length]


@guarded(ARGUMENTS)
def complete_screening_excess(material: Material) -> float:
    """Term b of the spectra at complete screening.

    Parameters
    ----------
    material : Material
        The material.

    Returns
    -------
    float
        b with v dN/dv = (4/3 + 2 b)(1 - v) + v^2 and dN/du = 1 - (4/3 + 2 b) u (1 - u); about
        0.012 (Tsai:1973py).
    """
    return sum(area * e.Z * (e.Z + 1) / 18 for e, area in _area(material))


def _check(energy: FloatArray, fraction: FloatArray) -> None:
    if not (np.all(energy > 0) and np.all(np.isfinite(energy))):
        raise EmissError("radiation: energies must be positive and finite, in GeV.")
    if not np.all((fraction > 0) & (fraction < 1)):
        raise EmissError("radiation: energy fractions must lie between 0 and 1, ends excluded.")


@guarded(ARGUMENTS, together=("energy", "fraction"))
def bremsstrahlung_spectrum(
    material: Material,
    energy: ArrayLike,
    fraction: ArrayLike,
    *,
    screening: Screening = "tsai",
    lpm: bool = True,
) -> FloatArray:
    """Photons per radiation length and energy fraction, times the fraction.

    Parameters
    ----------
    material : Material
        The material.
    energy : array_like
        Energy of the electron or positron in GeV, above about 0.1 GeV.
    fraction : array_like
        v = k/E, broadcast with the energy.
    screening : "tsai" or "complete"
        Thomas-Fermi screening functions, or their limit at high energy.
    lpm : bool
        Suppression by multiple scattering and by the polarisation of the medium.

    Returns
    -------
    array
        v dN/dv per radiation length: Tsai:1973py; Stanev:1982au for the suppression.

    Raises
    ------
    EmissError
        If an energy is not positive or a fraction not inside (0, 1).
    """
    e, v = np.broadcast_arrays(np.asarray(energy, float), np.asarray(fraction, float))
    _check(e, v)
    momentum = 100 * const.ELECTRON_MASS * v / (e * (1 - v))
    shape: FloatArray = 1 - v + 0.75 * v * v
    soft: FloatArray | float = 1.0
    s_prime = momentum
    if lpm:
        soft = 1 + (material.plasma_energy / const.ELECTRON_MASS / v) ** 2
        s_prime = np.sqrt(lpm_energy(material) * v / (8 * e * (1 - v)))
    total = np.zeros_like(v)
    for element, area in _area(material):
        logarithm, difference = _logarithms(element, momentum, screening)
        if lpm:
            g, phi = _suppression(s_prime, element.Z, soft)
            shape = 0.25 * v * v * g + (1 - v + 0.5 * v * v) * phi
        total += area * np.maximum(4 / 3 * shape * logarithm + (1 - v) * difference, 0.0)
    return total / soft


@guarded(ARGUMENTS, together=("energy", "fraction"))
def pair_spectrum(
    material: Material,
    energy: ArrayLike,
    fraction: ArrayLike,
    *,
    screening: Screening = "tsai",
    lpm: bool = True,
) -> FloatArray:
    """Electrons from pair production per radiation length and energy fraction.

    Parameters
    ----------
    material : Material
        The material.
    energy : array_like
        Photon energy in GeV, above about 0.1 GeV.
    fraction : array_like
        u = E/k of the electron (or, alike, of the positron), broadcast with the energy.
    screening : "tsai" or "complete"
        Thomas-Fermi screening functions, or their limit at high energy.
    lpm : bool
        Suppression by multiple scattering.

    Returns
    -------
    array
        dN/du per radiation length: Tsai:1973py; Stanev:1982au.

    Raises
    ------
    EmissError
        If an energy is not positive or a fraction not inside (0, 1).
    """
    k, u = np.broadcast_arrays(np.asarray(energy, float), np.asarray(fraction, float))
    _check(k, u)
    share = u * (1 - u)
    momentum = 100 * const.ELECTRON_MASS / (k * share)
    shape: FloatArray = 1 - 4 / 3 * share
    s_prime = np.sqrt(lpm_energy(material) / (8 * k * share)) if lpm else momentum
    total = np.zeros_like(u)
    for element, area in _area(material):
        logarithm, difference = _logarithms(element, momentum, screening)
        if lpm:
            g, phi = _suppression(s_prime, element.Z, 1.0)
            shape = (g + (2 - 4 * share) * phi) / 3
        total += area * np.maximum(shape * logarithm - share * difference, 0.0)
    return total
