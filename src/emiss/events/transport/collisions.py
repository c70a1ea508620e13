"""Collisions of electrons and positrons with atomic electrons, at all energies.

Moller and Bhabha scattering above a threshold are treated one by one; below it the mean loss and
its variance count. The sum does not depend on the threshold.
"""

from __future__ import annotations

import math

import numpy as np

from ...ground import constants as const
from ...ground.arrays import FloatArray
from ...physics.materials import Material

__all__ = [
    "annihilation_density",
    "annihilation_rate",
    "bhabha_density",
    "density_correction",
    "moller_density",
    "restricted_loss",
    "straggling",
    "transfer_limits",
]

CITATIONS = ("Moller:1932", "Bhabha:1936zz", "Heitler:1936jqw", "Sternheimer:1984mb")


_ME = const.ELECTRON_MASS
_AREA = 2 * math.pi * const.CLASSICAL_ELECTRON_RADIUS_CM**2 * _ME

# Density effect: C, x0, x1, a, m of Sternheimer, Berger and Seltzer 1984 by material; others take
# the general parametrisation of `Material.density_effect`.
_DENSITY_EFFECT = {
    "Pb": (6.2018, 0.3776, 3.8073, 0.09359, 3.1608),
    "W": (5.4059, 0.2167, 3.4960, 0.15509, 2.8447),
    "Cu": (4.4190, -0.0254, 3.2792, 0.14339, 2.9044),
    "Fe": (4.2911, -0.0012, 3.1531, 0.14680, 2.9632),
    "polystyrene": (3.2999, 0.1647, 2.5031, 0.16454, 3.2224),
}


def density_correction(material: Material, momentum: FloatArray) -> FloatArray:
    """Density-effect correction delta.

    Parameters
    ----------
    material : Material
        The material.
    momentum : array
        beta gamma of the particle.

    Returns
    -------
    array
        delta (Sternheimer:1984mb where the material is tabulated).
    """
    row = _DENSITY_EFFECT.get(material.name)
    if row is None:
        values = [material.density_effect(float(p) * _ME) for p in np.ravel(momentum)]
        return np.reshape(np.array(values), np.shape(momentum))
    constant, x0, x1, a, power = row
    x = np.log10(momentum)
    delta = 2 * math.log(10.0) * x - constant
    delta = np.where(x < x1, delta + a * np.maximum(x1 - x, 0.0) ** power, delta)
    return np.asarray(np.where(x < x0, 0.0, delta))


def transfer_limits(
    energy: FloatArray, threshold: float, positron: bool
) -> tuple[FloatArray, FloatArray]:
    """Smallest and largest fraction of the kinetic energy in a hard collision.

    Parameters
    ----------
    energy : array
        Kinetic energy in GeV.
    threshold : float
        Smallest transfer in GeV.
    positron : bool
        Positron, else electron (the slower of two counts as knocked on).

    Returns
    -------
    tuple of array
        Fractions; equal where no hard collision is possible.
    """
    high = np.full_like(energy, 1.0 if positron else 0.5)
    return np.minimum(threshold / energy, high), high


def moller_density(energy: FloatArray, fraction: FloatArray) -> FloatArray:
    """Moller cross-section per electron, d sigma/d fraction.

    Parameters
    ----------
    energy : array
        Kinetic energy in GeV.
    fraction : array
        Share of the kinetic energy of the slower electron, up to 1/2.

    Returns
    -------
    array
        cm^2 (Moller:1932).
    """
    gamma = energy / _ME + 1
    beta2 = 1 - gamma**-2
    g = (2 * gamma - 1) / gamma**2
    rest = 1 - fraction
    shape = (1 - 1 / gamma) ** 2 + 1 / fraction * (1 / fraction - g) + 1 / rest * (1 / rest - g)
    return np.asarray(_AREA / (beta2 * energy) * shape)


def bhabha_density(energy: FloatArray, fraction: FloatArray) -> FloatArray:
    """Bhabha cross-section per electron, d sigma/d fraction.

    Parameters
    ----------
    energy : array
        Kinetic energy in GeV.
    fraction : array
        Share of the kinetic energy given to the electron.

    Returns
    -------
    array
        cm^2 (Bhabha:1936zz).
    """
    gamma = energy / _ME + 1
    beta2 = 1 - gamma**-2
    y = 1 / (gamma + 1)
    b1, b2, b4 = 2 - y**2, (1 - 2 * y) * (3 + y**2), (1 - 2 * y) ** 3
    b3 = b4 + (1 - 2 * y) ** 2
    shape = 1 / (beta2 * fraction**2) - b1 / fraction + b2 - fraction * (b3 - fraction * b4)
    return np.asarray(_AREA / energy * shape)


def annihilation_density(energy: FloatArray, share: FloatArray) -> FloatArray:
    """Annihilation in flight into two photons, d sigma/d share per electron.

    Parameters
    ----------
    energy : array
        Kinetic energy of the positron in GeV.
    share : array
        Share of the total energy E + m of one photon; both photons count in the full range.

    Returns
    -------
    array
        cm^2, normalised so that the range below 1/2 is the cross-section (Heitler:1936jqw).
    """
    gamma = energy / _ME + 1
    a = gamma**2 + 4 * gamma + 1
    area = math.pi * const.CLASSICAL_ELECTRON_RADIUS_CM**2 / ((gamma + 1) * (gamma**2 - 1))

    def half(x: FloatArray) -> FloatArray:
        return np.asarray(-((gamma + 1) ** 2) + a / x - 1 / x**2)

    return np.asarray(area * (half(share) + half(1 - share)))


def annihilation_limits(energy: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Smallest and largest share of a photon in annihilation in flight."""
    gamma = energy / _ME + 1
    low = 1 / (gamma + 1 + np.sqrt(gamma**2 - 1))
    return low, 1 - low


def annihilation_rate(energy: FloatArray) -> FloatArray:
    """Cross-section per electron of annihilation in flight.

    Parameters
    ----------
    energy : array
        Kinetic energy of the positron in GeV.

    Returns
    -------
    array
        cm^2 (Heitler:1936jqw).
    """
    gamma = energy / _ME + 1
    root = np.sqrt(gamma**2 - 1)
    bracket = (gamma**2 + 4 * gamma + 1) * np.arccosh(gamma) / root**2 - (gamma + 3) / root
    return np.asarray(math.pi * const.CLASSICAL_ELECTRON_RADIUS_CM**2 / (gamma + 1) * bracket)


def _electron_term(tau: FloatArray, cut: FloatArray) -> FloatArray:
    beta2 = 1 - (tau + 1) ** -2
    d = np.minimum(cut, tau / 2)
    return np.asarray(
        -1
        - beta2
        + np.log((tau - d) * d)
        + tau / (tau - d)
        + (d * d / 2 + (2 * tau + 1) * np.log1p(-d / tau)) / (tau + 1) ** 2
    )


def _positron_term(tau: FloatArray, cut: FloatArray) -> FloatArray:
    beta2 = 1 - (tau + 1) ** -2
    d = np.minimum(cut, tau)
    y = 1 / (tau + 2)
    inner = d - d**3 / 3 + y * (d * d / 2 - tau * d**3 / 3 + d**4 / 4)
    return np.asarray(np.log(tau * d) - beta2 / tau * (tau + 2 * d - y * (1.5 * d * d + y * inner)))


def restricted_loss(
    material: Material, energy: FloatArray, threshold: float, positron: bool
) -> FloatArray:
    """Mean loss in collisions with transfers below a threshold.

    Parameters
    ----------
    material : Material
        The material.
    energy : array
        Kinetic energy in GeV, above about 10 keV.
    threshold : float
        Largest transfer in GeV.
    positron : bool
        Positron, else electron.

    Returns
    -------
    array
        GeV per cm (ICRU report 37): Bethe with the Moller or Bhabha cross-section.
    """
    tau = energy / _ME
    beta2 = 1 - (tau + 1) ** -2
    cut = np.full_like(tau, threshold / _ME)
    term = _positron_term(tau, cut) if positron else _electron_term(tau, cut)
    excitation = material.mean_excitation_energy / _ME
    delta = density_correction(material, np.sqrt(tau * (tau + 2)))
    bracket = np.log(2 * (tau + 2) / excitation**2) + term - delta
    return np.asarray(_AREA / beta2 * material.electrons_per_cm3 * np.maximum(bracket, 0.1))


def straggling(
    material: Material, energy: FloatArray, threshold: float, positron: bool
) -> FloatArray:
    """Variance of the loss in collisions below a threshold, per length.

    Parameters
    ----------
    material : Material
        The material.
    energy : array
        Kinetic energy in GeV.
    threshold : float
        Largest transfer in GeV.
    positron : bool
        Positron, else electron.

    Returns
    -------
    array
        GeV^2 per cm: 2 pi r_e^2 m n T_c (1 - beta^2 T_c/(2 T_max))/beta^2, free electrons.
    """
    largest = energy * (1.0 if positron else 0.5)
    cut = np.minimum(threshold, largest)
    beta2 = 1 - (energy / _ME + 1) ** -2
    shape = cut * (1 - 0.5 * beta2 * cut / np.maximum(energy, cut))
    return np.asarray(_AREA * material.electrons_per_cm3 / beta2 * shape)
