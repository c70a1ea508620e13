"""Elastic scattering of electrons by a bare point nucleus: Mott over Rutherford, exactly.

The partial-wave series of Mott, summed with the reduction of Yennie, Ravenhall and Wilson: the
series of (1 - cos theta)^3 times the amplitude converges fast.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ...ground import constants as const
from ...ground.arrays import FloatArray

__all__ = ["mott_ratio"]

CITATIONS = ("Mott:1929", "Sherman:1956zz", "Yennie:1954zz")

Complex = NDArray[np.complex128]

_TERMS = 400
_REDUCTIONS = 3


def _phase(order: FloatArray, eta: FloatArray) -> Complex:
    """exp(-i pi rho) Gamma(rho - i eta)/Gamma(rho + i eta)/(rho + i eta)."""
    from scipy.special import loggamma

    logs = loggamma(order - 1j * eta) - loggamma(order + 1j * eta) - 1j * np.pi * order
    values: Complex = np.exp(logs) / (order + 1j * eta)
    return values


def _sum(coefficients: Complex, cosine: FloatArray) -> Complex:
    """Sums (..., m) of Legendre series (..., k) with the singularity at cos theta = 1 divided out.

    All series at once: a step of the recurrence costs as much for one number as for many.
    """
    a: NDArray[Any] = np.array(coefficients)
    k = np.arange(a.shape[-1], dtype=float)
    none = np.zeros((*a.shape[:-1], 1))
    for _ in range(_REDUCTIONS):
        above = np.concatenate([a[..., 1:], none], axis=-1) * (k + 1) / (2 * k + 3)
        below = np.concatenate([none, a[..., :-1]], axis=-1) * k / np.where(k > 0, 2 * k - 1, 1.0)
        a = np.asarray(a - above - below)
    a = np.moveaxis(a[..., : -4 * _REDUCTIONS], -1, 0)
    series: Complex = np.polynomial.legendre.legval(cosine, a[..., None], tensor=False)
    return series / (1 - cosine) ** _REDUCTIONS


def mott_ratio(z: int, beta: ArrayLike, half_angle_sine_squared: FloatArray) -> FloatArray:
    """Mott cross-section of an electron over Rutherford's.

    Parameters
    ----------
    z : int
        Charge of the nucleus.
    beta : array_like, shape (...)
        Velocity of the electron.
    half_angle_sine_squared : array, shape (m,)
        sin^2(theta/2), above about 0.01 and below 1.

    Returns
    -------
    array, shape (..., m)
        Ratio; 1 - beta^2 sin^2(theta/2) for light nuclei, 1 for small angles (Sherman:1956zz).
    """
    from scipy.special import loggamma

    mu = np.asarray(half_angle_sine_squared, dtype=float)
    speed = np.asarray(beta, dtype=float)[..., None]
    charge = const.ALPHA * z
    eta = charge / speed
    k = np.arange(1, _TERMS + 2, dtype=float)
    d = _phase(k, eta) - _phase(np.sqrt(k * k - charge * charge), eta)
    d = np.concatenate([np.zeros((*d.shape[:-1], 1)), d], axis=-1)
    n = np.arange(_TERMS + 1, dtype=float)
    sign = (-1.0) ** n
    first = 0.5j * sign * (n * d[..., :-1] + (n + 1) * d[..., 1:])
    second = 0.5j * sign * (n**2 * d[..., :-1] - (n + 1) ** 2 * d[..., 1:])
    coulomb = 0.5j * np.exp(1j * eta * np.log(mu) + loggamma(1 - 1j * eta) - loggamma(1 + 1j * eta))
    cosine = 1 - 2 * mu
    f, g = _sum(np.stack([first, second]), cosine)
    f = coulomb + f
    g = -1j * eta * (1 - mu) / mu * coulomb + g
    area = eta**2 * (1 - speed**2) * np.abs(f) ** 2 / mu + np.abs(g) ** 2 / (1 - mu)
    ratio: FloatArray = area * 4 * mu**2 / eta**2
    return ratio
