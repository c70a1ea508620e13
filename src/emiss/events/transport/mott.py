"""Elastic scattering of electrons by a bare point nucleus: Mott over Rutherford, exactly.

The partial-wave series of Mott, summed with the reduction of Yennie, Ravenhall and Wilson: the
series of (1 - cos theta)^3 times the amplitude converges fast.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...ground import constants as const
from ...ground.arrays import FloatArray

__all__ = ["mott_ratio"]

CITATIONS = ("Mott:1929", "Sherman:1956zz", "Yennie:1954zz")

Complex = NDArray[np.complex128]

_TERMS = 400
_REDUCTIONS = 3


def _phase(order: FloatArray, eta: float) -> Complex:
    """exp(-i pi rho) Gamma(rho - i eta)/Gamma(rho + i eta)/(rho + i eta)."""
    from scipy.special import loggamma

    logs = loggamma(order - 1j * eta) - loggamma(order + 1j * eta) - 1j * np.pi * order
    values: Complex = np.exp(logs) / (order + 1j * eta)
    return values


def _sum(coefficients: Complex, cosine: FloatArray) -> Complex:
    """Sum of a Legendre series with the singularity at cos theta = 1 divided out."""
    a: NDArray[Any] = np.array(coefficients)
    k = np.arange(a.size, dtype=float)
    for _ in range(_REDUCTIONS):
        above = np.append(a[1:], 0.0) * (k + 1) / (2 * k + 3)
        below = np.append(0.0, a[:-1]) * k / np.where(k > 0, 2 * k - 1, 1.0)
        a = np.asarray(a - above - below)
    a = a[: -4 * _REDUCTIONS]
    series: Complex = np.polynomial.legendre.legval(cosine, a) / (1 - cosine) ** _REDUCTIONS
    return series


def mott_ratio(z: int, beta: float, half_angle_sine_squared: FloatArray) -> FloatArray:
    """Mott cross-section of an electron over Rutherford's.

    Parameters
    ----------
    z : int
        Charge of the nucleus.
    beta : float
        Velocity of the electron.
    half_angle_sine_squared : array
        sin^2(theta/2), above about 0.01 and below 1.

    Returns
    -------
    array
        Ratio; 1 - beta^2 sin^2(theta/2) for light nuclei, 1 for small angles (Sherman:1956zz).
    """
    from scipy.special import loggamma

    mu = np.asarray(half_angle_sine_squared, dtype=float)
    charge = const.ALPHA * z
    eta = charge / beta
    k = np.arange(1, _TERMS + 2, dtype=float)
    d = _phase(k, eta) - _phase(np.sqrt(k * k - charge * charge), eta)
    d = np.append(0.0, d)
    n = np.arange(_TERMS + 1, dtype=float)
    sign = (-1.0) ** n
    first = 0.5j * sign * (n * d[:-1] + (n + 1) * d[1:])
    second = 0.5j * sign * (n**2 * d[:-1] - (n + 1) ** 2 * d[1:])
    coulomb = 0.5j * np.exp(1j * eta * np.log(mu) + loggamma(1 - 1j * eta) - loggamma(1 + 1j * eta))
    cosine = 1 - 2 * mu
    f = coulomb + _sum(first, cosine)
    g = -1j * eta * (1 - mu) / mu * coulomb + _sum(second, cosine)
    area = eta**2 * (1 - beta**2) * np.abs(f) ** 2 / mu + np.abs(g) ** 2 / (1 - mu)
    ratio: FloatArray = area * 4 * mu**2 / eta**2
    return ratio
