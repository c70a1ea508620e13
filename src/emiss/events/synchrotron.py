"""Synchrotron radiation, photon by photon.

A particle of charge e with Lorentz factor gamma, turned by an angle theta, radiates on average
5 alpha gamma theta / (2 sqrt 3) photons, with the spectrum of their number

    dN/du = N 3/(5 pi) int_u^inf K_5/3(x) dx,   u = k / k_c,   k_c = 3/2 gamma^3 hbar c / rho.

Classical (J. Schwinger, Phys. Rev. 75 (1949) 1912): recoil changes the spectrum by k_c/E, 1e-4 for
electrons of 100 GeV in 1.8 T.
"""

from __future__ import annotations

import functools
import math
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..ground.arrays import FloatArray
from ..ground.constants import ALPHA, HBARC_GEV_CM
from ..ground.guards import guarded, numbers

__all__ = [
    "MEAN_SHARE",
    "Emission",
    "critical_energy",
    "fraction_below",
    "mean_number",
    "number_density",
    "radiate",
]

MEAN_SHARE: Final = 8.0 / (15.0 * math.sqrt(3.0))
"""Mean energy of a photon over the critical energy."""
_LOWEST, _HIGHEST, _POINTS = 1e-9, 40.0, 6000
_SHARES: Final = numbers(1e-12, 1e12)


def critical_energy(gamma: FloatArray, curvature: FloatArray) -> FloatArray:
    """Critical energy in GeV.

    Parameters
    ----------
    gamma : array of float
        Lorentz factor.
    curvature : array of float
        1/rho in 1/cm.

    Returns
    -------
    array of float
        3/2 gamma^3 hbar c / rho.
    """
    return np.asarray(1.5 * gamma**3 * HBARC_GEV_CM * np.abs(curvature))


def mean_number(gamma: FloatArray, angle: FloatArray) -> FloatArray:
    """Mean number of photons of a particle that is turned by an angle in rad."""
    return np.asarray(5.0 / (2.0 * math.sqrt(3.0)) * ALPHA * gamma * np.abs(angle))


def _nodes(lowest: float) -> tuple[FloatArray, FloatArray]:
    """Nodes of an integral over exp(-u cosh t) and their weights.

    The integrand is even in t, so that the trapezoid converges faster than any power.
    """
    t = np.linspace(0.0, math.acosh(60.0 / lowest + 1.0), 2001)
    weights = np.full(t.size, t[1])
    weights[0] *= 0.5
    return t, weights


@guarded(u=_SHARES)
def number_density(u: FloatArray) -> FloatArray:
    """Normalised spectrum of the number of photons, 3/(5 pi) int_u^inf K_5/3.

    Parameters
    ----------
    u : array of float
        Energy over critical energy, positive.

    Returns
    -------
    array of float
        Density in u.
    """
    u = np.asarray(u, dtype=np.float64)
    if u.size == 0:
        return u
    t, weights = _nodes(float(u.min()))
    kernel = np.cosh(5.0 / 3.0 * t) / np.cosh(t) * weights
    values = [float(np.exp(-v * np.cosh(t)) @ kernel) for v in u.ravel()]
    return 3.0 / (5.0 * math.pi) * np.array(values).reshape(u.shape)


def _fraction_above(u: FloatArray) -> FloatArray:
    values = []
    for v in u:
        t, weights = _nodes(float(v))
        kernel = np.cosh(5.0 / 3.0 * t) / np.cosh(t) ** 2 * weights
        values.append(float(np.exp(-v * np.cosh(t)) @ kernel))
    return 3.0 / (5.0 * math.pi) * np.array(values)


@functools.cache
def _table() -> tuple[FloatArray, FloatArray]:
    """Logarithm of u and the fraction of photons below it."""
    u = np.geomspace(_LOWEST, _HIGHEST, _POINTS)
    below = 1.0 - _fraction_above(u)
    return np.log(u), np.maximum.accumulate(below)


@guarded(u=_SHARES)
def fraction_below(u: FloatArray) -> FloatArray:
    """Fraction of photons below an energy, in units of the critical one.

    Parameters
    ----------
    u : array of float
        Energy over critical energy, positive.

    Returns
    -------
    array of float
        Fraction of the number of photons, same shape.
    """
    logs, below = _table()
    u = np.asarray(u, dtype=np.float64)
    # Below the table it goes with the cube root of the energy.
    return np.asarray(np.interp(np.log(u), logs, below) * np.minimum(np.cbrt(u / _LOWEST), 1.0))


def _sample(random: FloatArray) -> FloatArray:
    logs, below = _table()
    found = np.exp(np.interp(random, below, logs))
    # The inverse of `fraction_below` below the table.
    return np.asarray(np.where(random < below[0], _LOWEST * (random / below[0]) ** 3, found))


class Emission(NamedTuple):
    """Photons of many particles.

    Parameters
    ----------
    row : array of int
        Which particle radiated.
    share : array of float
        Where along its arc, 0 to 1.
    energy : array of float
        Energy of the photon in GeV.
    """

    row: NDArray[np.int64]
    share: FloatArray
    energy: FloatArray


def radiate(
    gamma: FloatArray, angle: FloatArray, curvature: FloatArray, generator: np.random.Generator
) -> Emission:
    """Sample the photons of particles in a uniform field.

    Parameters
    ----------
    gamma : array of float
        Lorentz factors.
    angle : array of float
        Angles of their arcs in rad.
    curvature : array of float
        1/rho in 1/cm.
    generator : Generator
        Random numbers.

    Returns
    -------
    Emission
        In the order of the particles.
    """
    count = generator.poisson(mean_number(gamma, angle))
    row = np.repeat(np.arange(gamma.size), count)
    energy = _sample(generator.random(row.size)) * critical_energy(gamma, curvature)[row]
    return Emission(row, generator.random(row.size), energy)
