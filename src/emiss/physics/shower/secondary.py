"""Scattering on atomic electrons: Compton, Moller, Bhabha and annihilation in flight.

Each process is given by the rate per radiation length Phi(v) at which more than the fraction v of
the parent's energy goes to the other particle, and Omega(v) = Int_v Phi dv'. Atomic electrons are
free and at rest; their mass is neglected in the energy balance, which is good above 50 MeV.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from ...ground import constants as const
from ...ground.arrays import FloatArray
from ..materials import Material

__all__ = [
    "annihilation_flows",
    "annihilation_rate",
    "bhabha_flows",
    "compton_flows",
    "hard_moller_loss",
    "moller_flows",
]

CITATIONS = ("Klein:1929lcp", "Moller:1932", "Bhabha:1936zz", "Heitler:1936jqw")

Primitive = Callable[[FloatArray], FloatArray]


def _rate(material: Material, energy: FloatArray) -> FloatArray:
    """Pi r_e^2 (m_e/E) times the electrons per radiation length."""
    area = math.pi * const.CLASSICAL_ELECTRON_RADIUS_CM**2
    return area * material.electrons_per_radiation_length * const.ELECTRON_MASS / energy


def _flows(
    number: Primitive, energy: Primitive, v: FloatArray, low: FloatArray, high: FloatArray | float
) -> tuple[FloatArray, FloatArray]:
    """Phi and Omega from Int dN and Int v dN, for a spectrum that lives in [low, high]."""
    start = np.clip(v, low, high)
    end = np.broadcast_to(np.asarray(high, float), start.shape)
    phi = number(end) - number(start)
    omega = energy(end) - energy(start) - v * phi
    above = v >= end
    return np.where(above, 0.0, phi), np.where(above, 0.0, omega)


def compton_flows(
    material: Material, energy: FloatArray, v: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Compton scattering: fraction v of the photon energy given to the electron.

    Parameters
    ----------
    material : Material
        The material.
    energy : array
        Photon energy in GeV.
    v : array
        Electron's energy fraction.

    Returns
    -------
    tuple of array
        Phi and Omega per radiation length (Klein and Nishina).
    """
    mu = const.ELECTRON_MASS / energy
    lowest = 1 / (1 + 2 / mu)
    rate = _rate(material, energy)

    # Primitives in x = k'/k of dN/dx = 1/x + x + mu^2 (1/x - 1)^2 - 2 mu (1/x - 1).
    def number(x: FloatArray) -> FloatArray:
        log: FloatArray = np.log(x)
        return np.asarray(log + x * x / 2 + mu**2 * (x - 1 / x - 2 * log) - 2 * mu * (log - x))

    def moment(x: FloatArray) -> FloatArray:
        log = np.log(x)
        return x + x**3 / 3 + mu**2 * (log - 2 * x + x * x / 2) - 2 * mu * (x - x * x / 2)

    x = np.maximum(1 - v, lowest)
    phi = number(x) - number(lowest)
    omega = (1 - v) * phi - (moment(x) - moment(lowest))
    inside = 1 - v > lowest
    return rate * np.where(inside, phi, 0.0), rate * np.where(inside, omega, 0.0)


def _moller(energy: FloatArray) -> tuple[Primitive, Primitive]:
    gamma = energy / const.ELECTRON_MASS
    a, g = (1 - 1 / gamma) ** 2, (2 * gamma - 1) / gamma**2

    def number(e: FloatArray) -> FloatArray:
        return a * e - 1 / e - g * np.log(e) + 1 / (1 - e) + g * np.log1p(-e)

    def moment(e: FloatArray) -> FloatArray:
        rest = np.log1p(-e)
        return a * e * e / 2 + np.log(e) + 1 / (1 - e) + (1 + g) * rest

    return number, moment


def moller_flows(
    material: Material, energy: FloatArray, v: FloatArray, cut: float
) -> tuple[FloatArray, FloatArray]:
    """Electrons knocked on by electrons, with more energy than a cut.

    Parameters
    ----------
    material : Material
        The material.
    energy : array
        Energy of the electron in GeV.
    v : array
        Fraction taken by the slower of the two.
    cut : float
        Lowest energy of the slower electron in GeV.

    Returns
    -------
    tuple of array
        Phi and Omega per radiation length (Moller, gamma >> 1).
    """
    low = np.minimum(cut / energy, 0.5)
    phi, omega = _flows(*_moller(energy), v, low, 0.5)
    rate = 2 * _rate(material, energy)
    return rate * phi, rate * omega


def hard_moller_loss(material: Material, energy: FloatArray, cut: float) -> FloatArray:
    """Mean energy given to electrons above a cut, to be left out of the continuous loss.

    Parameters
    ----------
    material : Material
        The material.
    energy : array
        Energy of the electron in GeV.
    cut : float
        Lowest energy of the slower electron in GeV.

    Returns
    -------
    array
        GeV per radiation length.
    """
    loss: FloatArray = energy * moller_flows(material, energy, np.zeros_like(energy), cut)[1]
    return loss


def bhabha_flows(
    material: Material, energy: FloatArray, v: FloatArray, cut: float
) -> tuple[FloatArray, FloatArray]:
    """Electrons knocked on by positrons, with more energy than a cut.

    Parameters
    ----------
    material : Material
        The material.
    energy : array
        Energy of the positron in GeV.
    v : array
        Fraction taken by the electron.
    cut : float
        Lowest energy of the electron in GeV.

    Returns
    -------
    tuple of array
        Phi and Omega per radiation length (Bhabha, gamma >> 1).
    """
    y = 1 / (energy / const.ELECTRON_MASS + 1)
    b1, b2, b4 = 2 - y**2, (1 - 2 * y) * (3 + y**2), (1 - 2 * y) ** 3
    b3 = b4 + (1 - 2 * y) ** 2

    def number(e: FloatArray) -> FloatArray:
        return -1 / e - b1 * np.log(e) + e * (b2 - e * (b3 / 2 - e * b4 / 3))

    def moment(e: FloatArray) -> FloatArray:
        return np.log(e) - b1 * e + e * e * (b2 / 2 - e * (b3 / 3 - e * b4 / 4))

    phi, omega = _flows(number, moment, v, np.minimum(cut / energy, 1.0), 1.0)
    rate = 2 * _rate(material, energy)
    return rate * phi, rate * omega


def _annihilation(energy: FloatArray) -> tuple[Primitive, Primitive, FloatArray]:
    gamma = energy / const.ELECTRON_MASS
    a = 1 + 2 * gamma / (gamma + 1) ** 2
    c = 1 / (gamma + 1) ** 2

    def number(e: FloatArray) -> FloatArray:
        return a * np.log(e) - e + c / e

    def moment(e: FloatArray) -> FloatArray:
        return a * e - e * e / 2 - c * np.log(e)

    # 1 - sqrt((gamma - 1)/(gamma + 1)) without cancellation.
    root = np.sqrt((gamma - 1) / (gamma + 1))
    return number, moment, 1 / ((gamma + 1) * (1 + root))


def annihilation_rate(material: Material, energy: FloatArray) -> FloatArray:
    """Annihilation in flight into two photons.

    Parameters
    ----------
    material : Material
        The material.
    energy : array
        Positron energy in GeV.

    Returns
    -------
    array
        Annihilations per radiation length (Heitler, gamma >> 1).
    """
    number, _, low = _annihilation(energy)
    return _rate(material, energy) * (number(1 - low) - number(low))


def annihilation_flows(
    material: Material, energy: FloatArray, v: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Photons from annihilation in flight, both of them.

    Parameters
    ----------
    material : Material
        The material.
    energy : array
        Positron energy in GeV.
    v : array
        Photon's energy fraction.

    Returns
    -------
    tuple of array
        Phi and Omega per radiation length.
    """
    number, moment, low = _annihilation(energy)
    v_in = np.clip(v, low, 1 - low)
    first = number(1 - low) - number(v_in)
    second = number(1 - v_in) - number(low)
    omega = moment(1 - low) - moment(v_in) - v_in * first
    omega = omega + (1 - v_in) * second - (moment(1 - v_in) - moment(low))
    rate = _rate(material, energy)
    # Below the lowest photon energy Omega goes on as a straight line.
    return rate * (first + second), rate * (omega + (v_in - v) * (first + second) * (v < v_in))
