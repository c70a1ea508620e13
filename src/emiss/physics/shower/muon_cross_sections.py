"""How a muon loses energy in one collision: electrons, photons, pairs and nuclei.

All differential cross-sections are in the energy that the muon loses in a single collision. They
hold for mu- and mu+ alike (Barkas terms are below 1e-3 above 1 GeV), for muons above 1 GeV.
Nuclear sizes and screening constants are those of the papers, none is adjusted.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from ...ground import constants as const
from ...ground.arrays import FloatArray
from ...ground.errors import ValidityError
from ...ground.guards import guarded
from ...ground.quadrature import gauss_symmetric
from ..materials import Element
from .arguments import ARGUMENTS

__all__ = [
    "PHOTONUCLEAR_THRESHOLD",
    "RADIATIVE_THRESHOLD",
    "bremsstrahlung",
    "checked_energy",
    "ionisation",
    "max_electron_energy",
    "max_pair_energy",
    "pair_production",
    "photonuclear",
    "radiative_factor",
]

CITATIONS = (
    "Kelner:1995hu",
    "Kelner:1997electrons",
    "Kelner:1998electrons",
    "Kokoulin:1970icrc",
    "Borog:1975icrc",
)


_MU = const.MUON_MASS
_ME = const.ELECTRON_MASS
_SQRT_E = math.exp(0.5)
_MASS_RATIO = _MU / _ME
RADIATIVE_THRESHOLD = 1e-4
"""Transfer in GeV above which a knocked-out electron radiates (Kelner:1997electrons)."""
PHOTONUCLEAR_THRESHOLD = 0.2
"""Smallest loss in GeV in photonuclear interactions."""
# Mass scale of the vector-meson form factor (Borog and Petrukhin), GeV^2.
_LAMBDA2 = 0.4
_LOWEST_ENERGY = 0.5


def checked_energy(energy: ArrayLike) -> FloatArray:
    """Muon energies as an array.

    Parameters
    ----------
    energy : array_like
        Muon energy in GeV, any shape.

    Returns
    -------
    array of float
        The same.

    Raises
    ------
    ValidityError
        If an energy is below 0.5 GeV or not finite.
    """
    values = np.asarray(energy, dtype=np.float64)
    if not np.all(np.isfinite(values) & (values >= _LOWEST_ENERGY)):
        raise ValidityError(
            f"muon energy {energy!r} GeV: the formulas for muon energy loss need finite energies "
            f"of at least {_LOWEST_ENERGY} GeV."
        )
    return values


def max_electron_energy(energy: ArrayLike) -> FloatArray:
    """Largest kinetic energy that a muon can give to an electron at rest.

    Parameters
    ----------
    energy : array_like
        Muon energy in GeV, any shape.

    Returns
    -------
    array of float
        2 m_e p^2 / (m_mu^2 + m_e^2 + 2 m_e E) in GeV.

    Raises
    ------
    ValidityError
        If an energy is below 0.5 GeV or not finite.
    """
    e = checked_energy(energy)
    return np.asarray(2 * _ME * (e * e - _MU**2) / (_MU**2 + _ME**2 + 2 * _ME * e))


def max_pair_energy(element: Element, energy: ArrayLike) -> FloatArray:
    """Largest energy of an e+e- pair: E - (3/4) sqrt(e) Z^(1/3) m_mu, in GeV.

    Parameters
    ----------
    element : Element
        Target element.
    energy : array_like
        Muon energy in GeV, any shape.

    Returns
    -------
    array of float
        Energy in GeV (Kokoulin:1970icrc); the nucleus cannot take more momentum.
    """
    return np.asarray(np.asarray(energy) - 0.75 * _SQRT_E * element.Z ** (1 / 3) * _MU)


def radiative_factor(energy: FloatArray, transfer: FloatArray) -> FloatArray:
    """Correction to hard collisions with electrons for radiation by the electron.

    Parameters
    ----------
    energy, transfer : array of float
        Muon energy and energy T of the electron in GeV; shapes broadcast.

    Returns
    -------
    array of float
        1 + (alpha/2pi) ln(1+2T/m_e) [ln(4E(E-T)/m_mu^2) - ln(1+2T/m_e)] above 0.1 MeV, else 1
        (Kelner:1997electrons).
    """
    log_electron = np.log1p(2 * transfer / _ME)
    log_muon = np.log(np.maximum(4 * energy * (energy - transfer), _MU**2) / _MU**2)
    correction = const.ALPHA / (2 * math.pi) * log_electron * (log_muon - log_electron)
    return np.asarray(np.where(transfer > RADIATIVE_THRESHOLD, 1.0 + correction, 1.0))


@guarded(ARGUMENTS, together=("energy", "transfer"))
def ionisation(energy: ArrayLike, transfer: ArrayLike) -> FloatArray:
    """Cross-section per electron and energy for knocking out an electron.

    Parameters
    ----------
    energy : array_like
        Muon energy in GeV.
    transfer : array_like
        Kinetic energy T of the electron in GeV, well above its binding; shapes broadcast.

    Returns
    -------
    array of float
        d sigma/dT in cm^2/GeV: free spin-1/2 collision
        2 pi r_e^2 m_e/(beta^2 T^2) [1 - beta^2 T/T_max + T^2/(2E^2)], times the radiative
        correction of the electron line above 0.1 MeV (Kelner:1997electrons); 0 above T_max.

    Raises
    ------
    ValidityError
        If an energy is below 0.5 GeV or not finite.
    """
    e, t = checked_energy(energy), np.asarray(transfer, dtype=np.float64)
    beta2 = 1.0 - (_MU / e) ** 2
    tmax = max_electron_energy(e)
    shape = 1.0 - beta2 * t / tmax + 0.5 * (t / e) ** 2
    area = 2 * math.pi * const.CLASSICAL_ELECTRON_RADIUS_CM**2 * _ME / beta2
    inside = (t <= tmax) & (t > 0)
    safe = np.where(inside, t, 0.5 * tmax)
    value = area * shape / safe**2 * radiative_factor(e, safe)
    return np.asarray(np.where(inside, value, 0.0))


@guarded(ARGUMENTS, together=("energy", "transfer"))
def bremsstrahlung(element: Element, energy: ArrayLike, transfer: ArrayLike) -> FloatArray:
    """Cross-section per atom and energy for radiating a photon, on nucleus and atomic electrons.

    Parameters
    ----------
    element : Element
        Target element.
    energy : array_like
        Muon energy in GeV.
    transfer : array_like
        Photon energy in GeV; shapes broadcast.

    Returns
    -------
    array of float
        d sigma/dk in cm^2/GeV (Kelner:1995hu, Kelner:1997electrons):
        (16/3) alpha (r_e m_e/m_mu)^2 (1/k)(1 - v + 3v^2/4) Z (Z Phi_n + Phi_e), with the
        logarithms for screening by the atom and the size of the nucleus; no LPM effect.

    Raises
    ------
    ValidityError
        If an energy is below 0.5 GeV or not finite.
    """
    e, k = checked_energy(energy), np.asarray(transfer, dtype=np.float64)
    inside = (k > 0) & (k < e - _MU)
    k = np.where(inside, k, 0.5 * (e - _MU))
    v = k / e
    delta = 0.5 * _MU**2 * k / (e * (e - k))  # smallest momentum transfer
    z13 = element.Z ** (-1 / 3)
    light = element.Z == 1
    b = (202.4 if light else 183.0) * z13
    b_electron = (446.0 if light else 1429.0) * z13**2
    size = 1.54 * element.A**0.27
    if not light:
        size **= 1.0 - 1.0 / element.Z
    nucleus = np.log(
        b * (_MU + delta * (size * _SQRT_E - 2.0)) / (size * (_ME + delta * _SQRT_E * b))
    )
    electrons = np.log(
        b_electron
        * _MU
        / ((1.0 + delta * _MU / (_ME**2 * _SQRT_E)) * (_ME + delta * _SQRT_E * b_electron))
    )
    open_electrons = k < e / (1.0 + 0.5 * _MU**2 / (_ME * e))
    charge = element.Z * (
        element.Z * np.maximum(nucleus, 0.0)
        + np.where(open_electrons, np.maximum(electrons, 0.0), 0.0)
    )
    area = 16 / 3 * const.ALPHA * (const.CLASSICAL_ELECTRON_RADIUS_CM / _MASS_RATIO) ** 2
    return np.asarray(np.where(inside, area * charge * (1.0 - v + 0.75 * v * v) / k, 0.0))


def _electron_share(element: Element, energy: FloatArray) -> FloatArray:
    # zeta in Z(Z + zeta): pairs made on atomic electrons (Kelner:1998electrons)
    g1, g2 = (4.4e-5, 4.8e-5) if element.Z == 1 else (1.95e-5, 5.3e-5)
    gamma = energy / _MU
    z13 = element.Z ** (1 / 3)
    upper = 0.073 * np.log(gamma / (1.0 + g1 * z13**2 * gamma)) - 0.26
    lower = 0.058 * np.log(gamma / (1.0 + g2 * z13 * gamma)) - 0.14
    # both logarithms grow with energy, the lower one is positive wherever the upper is
    return np.asarray(np.where(upper > 0.0, upper / np.where(upper > 0.0, lower, 1.0), 0.0))


def _pair_structure(
    rho2: FloatArray, v: FloatArray, xi: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    # Structure functions and screening shifts (B_e, B_mu, 1+Y_e, 1+Y_mu) of Kokoulin-Petrukhin.
    beta = 0.5 * v * v / (1.0 - v)
    inverse = 1.0 / xi
    gap = 1.0 - rho2
    log_inverse, log_xi = np.log1p(inverse), np.log1p(xi)
    electron = (
        ((2.0 + rho2) * (1.0 + beta) + xi * (3.0 + rho2)) * log_inverse
        + (gap - beta) / (1.0 + xi)
        - (3.0 + rho2)
    )
    # expansions where the exact forms cancel
    electron = np.where(
        xi > 1e3, 0.5 * inverse * (3.0 - rho2 + 2.0 * beta * (1.0 + rho2)), electron
    )
    muon = (
        ((1.0 + rho2) * (1.0 + 1.5 * beta) - inverse * (1.0 + 2.0 * beta) * gap) * log_xi
        + xi * (gap - beta) / (1.0 + xi)
        + (1.0 + 2.0 * beta) * gap
    )
    muon = np.where(xi < 1e-3, 0.5 * xi * (5.0 - rho2 + beta * (3.0 + rho2)), muon)
    y_electron = (5.0 - rho2 + 4.0 * beta * (1.0 + rho2)) / (
        2.0 * (1.0 + 3.0 * beta) * np.log(3.0 + inverse) - rho2 - 2.0 * beta * (2.0 - rho2)
    )
    y_muon = (4.0 + rho2 + 3.0 * beta * (1.0 + rho2)) / (
        (1.0 + rho2) * (1.5 + 2.0 * beta) * np.log(3.0 + xi) + 1.0 - 1.5 * rho2
    )
    return electron, muon, 1.0 + y_electron, 1.0 + y_muon


def _pair_density(
    element: Element, energy: FloatArray, transfer: FloatArray, rho2: FloatArray
) -> FloatArray:
    # the bracket of the cross-section, differential in the asymmetry rho
    v = transfer / energy
    gap = 1.0 - rho2
    z13 = element.Z ** (1 / 3)
    radius = (202.4 if element.Z == 1 else 183.0) / z13
    xi = (0.5 * _MASS_RATIO * v) ** 2 * gap / (1.0 - v)
    electron, muon, shift_electron, shift_muon = _pair_structure(rho2, v, xi)
    screen = 2.0 * _ME * _SQRT_E * radius * (1.0 + xi) / (transfer * gap)
    log_electron = np.log(
        radius * np.sqrt((1.0 + xi) * shift_electron) / (1.0 + screen * shift_electron)
    ) - 0.5 * np.log1p((1.5 * z13 / _MASS_RATIO) ** 2 * (1.0 + xi) * shift_electron)
    log_muon = np.log(_MASS_RATIO * radius / (1.5 * z13 * (1.0 + screen * shift_muon)))
    total: FloatArray = np.maximum(electron * log_electron, 0.0)
    total += np.maximum(muon * log_muon, 0.0) / _MASS_RATIO**2
    return total


@guarded(ARGUMENTS, together=("energy", "transfer"))
def pair_production(
    element: Element, energy: ArrayLike, transfer: ArrayLike, nodes: int = 16
) -> FloatArray:
    """Cross-section per atom and energy for making an e+e- pair, on nucleus and electrons.

    Parameters
    ----------
    element : Element
        Target element.
    energy : array_like
        Muon energy in GeV.
    transfer : array_like
        Energy of the pair in GeV; shapes broadcast.
    nodes : int, optional
        Gauss-Legendre nodes for the asymmetry rho of the pair, in ln(1 - rho).

    Returns
    -------
    array of float
        d sigma/d epsilon in cm^2/GeV (Kokoulin:1970icrc):
        (4/3pi) Z(Z+zeta) (alpha r_e)^2 (1-v)/epsilon Int_0^rho_max [Phi_e + (m_e/m_mu)^2 Phi_mu],
        from 4 m_e to E - (3/4) sqrt(e) Z^(1/3) m_mu, 0 outside; screening after Thomas and Fermi.

    Raises
    ------
    ValidityError
        If an energy is below 0.5 GeV or not finite.
    """
    e, transfer = np.broadcast_arrays(
        checked_energy(energy), np.asarray(transfer, dtype=np.float64)
    )
    inside = (transfer > 4 * _ME) & (transfer < max_pair_energy(element, e))
    result = np.zeros(e.shape)
    if not inside.any():
        return result
    e, pair = e[inside], transfer[inside]
    left = e - pair
    recoil = 6 * _MU**2 / (e * left)
    root = np.sqrt(1.0 - 4 * _ME / pair)
    # 1 - rho_max without cancellation
    low = (4 * _ME / pair) / (1.0 + root) + recoil * root
    open_phase_space = recoil < 1.0
    log_low = np.log(np.where(open_phase_space, low, 1.0))
    x, weight = gauss_symmetric(nodes)
    gap1 = np.exp(log_low[..., None] * 0.5 * (1.0 + x))  # 1 - rho
    rho2 = (1.0 - gap1) ** 2
    density = _pair_density(element, e[..., None], pair[..., None], rho2)
    integral = -0.5 * log_low * ((density * gap1) @ weight)
    area = 4 / (3 * math.pi) * (const.ALPHA * const.CLASSICAL_ELECTRON_RADIUS_CM) ** 2
    charge = element.Z * (element.Z + _electron_share(element, e))
    result[inside] = np.where(open_phase_space, area * charge * left / (e * pair) * integral, 0.0)
    return result


@guarded(ARGUMENTS, together=("energy", "transfer"))
def photonuclear(element: Element, energy: ArrayLike, transfer: ArrayLike) -> FloatArray:
    """Cross-section per nucleus and energy for inelastic scattering off the nucleus.

    Parameters
    ----------
    element : Element
        Target element.
    energy : array_like
        Muon energy in GeV.
    transfer : array_like
        Energy loss in GeV; shapes broadcast.

    Returns
    -------
    array of float
        d sigma/d epsilon in cm^2/GeV, above 0.2 GeV (Borog:1975icrc), with the photon-nucleon
        cross-section 49.2 + 11.1 ln(k) + 151.8/sqrt(k) microbarn and the shadowing
        0.22 A + 0.78 A^0.89; accurate to 10-20 %.

    Raises
    ------
    ValidityError
        If an energy is below 0.5 GeV or not finite.
    """
    e, k = checked_energy(energy), np.asarray(transfer, dtype=np.float64)
    inside = (k > PHOTONUCLEAR_THRESHOLD) & (k < e - 0.5 * const.PROTON_MASS)
    k = np.where(inside, k, 0.2)
    v = np.minimum(k / e, 0.999)
    shadowed = 0.22 * element.A + 0.78 * element.A**0.89
    photon = (49.2 + 11.1 * np.log(k) + 151.8 / np.sqrt(k)) * 1e-30
    lam = math.sqrt(_LAMBDA2)
    upper = e * e * (1 - v) / _MU**2 * (1 + _MU**2 * v * v / (_LAMBDA2 * (1 - v)))
    lower = 1 + k / lam * (1 + lam / (2 * const.PROTON_MASS) + k / lam)
    bracket = v - 1 + (1 - v + 0.5 * v * v * (1 + 2 * _MU**2 / _LAMBDA2)) * np.log(upper / lower)
    value = const.ALPHA / math.pi * shadowed * photon / k * np.maximum(bracket, 0.0)
    return np.asarray(np.where(inside, value, 0.0))
