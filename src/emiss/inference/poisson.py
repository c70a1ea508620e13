r"""Poisson probabilities in logarithms for counts of any size, without sums over counts.

P(N <= n | m) = Q(n + 1, m), the regularised incomplete gamma function: one evaluation whatever the
count. Single probabilities use the deviance, in which no large terms cancel.
"""

from __future__ import annotations

import math

import numpy as np

from ..ground.arrays import FloatArray

__all__ = ["log_cdf", "log_pmf", "log_survival", "relative_deviance"]


_FAR = 8.0  # standard deviations above which a continued fraction takes over
_BELOW = 4.0  # and below which another does: scipy's series stops too early for large counts
_UNDERFLOW = 1e-290
_LEVELS = 14  # their relative error after so many levels: 1e-12 at 8, 1e-10 at 4 deviations
_SERIES = 0.05  # |u| below which ln(1 + u) - u is summed as a series
_STIRLING = (1.0 / 12.0, -1.0 / 360.0, 1.0 / 1260.0, -1.0 / 1680.0)


def relative_deviance(u: FloatArray) -> FloatArray:
    """U - ln(1 + u), without loss of digits near zero.

    Parameters
    ----------
    u : array of float
        Above -1.

    Returns
    -------
    array of float
        Values, not negative.
    """
    small = np.where(np.abs(u) < _SERIES, u, 0.0)
    series = np.zeros_like(small)
    for power in range(14, 1, -1):
        series = series * -small + 1.0 / power
    with np.errstate(divide="ignore", invalid="ignore"):
        plain = u - np.log1p(u)
    return np.where(np.abs(u) < _SERIES, series * small**2, plain)


def log_pmf(count: FloatArray, mean: FloatArray) -> FloatArray:
    """Logarithm of the Poisson probability of a count.

    Parameters
    ----------
    count : array of float
        Counts of at least 0; not restricted to whole numbers.
    mean : array of float
        Means of at least 0, broadcast with `count`.

    Returns
    -------
    array of float
        ln P, -inf where a positive count meets a mean of 0; absolute error about 1e-13 plus
        the rounding of mean and count, 1e-16 |mean - count|^2/count.

    Notes
    -----
    -ln(2 pi n)/2 - delta(n) - n D(m/n) with Stirling's remainder delta and the deviance D (Loader).
    """
    count, mean = np.broadcast_arrays(np.asarray(count, float), np.asarray(mean, float))
    positive = np.maximum(count, 1e-300)
    with np.errstate(over="ignore", divide="ignore"):
        part = (mean - positive) / positive
        # Far below the count 1 + u has lost the digits of the mean.
        far = part - np.log(np.minimum(mean / positive, 1.0))
        deviance = positive * np.where(part < -0.5, far, relative_deviance(part))
    logs = -0.5 * np.log(2.0 * math.pi * positive) - _stirling_remainder(positive) - deviance
    return np.where(count > 0.0, logs, -mean)


def _stirling_remainder(count: FloatArray) -> FloatArray:
    """ln(n!) - [n ln n - n + ln(2 pi n)/2]."""
    small = np.minimum(count, 16.0)
    # Below 16 the argument is raised to at least 16 with ln Gamma(x + 1) = ln Gamma(x) + ln x.
    inverse = 1.0 / np.maximum(count, 16.0)
    square = inverse * inverse
    series = np.zeros_like(inverse)
    for coefficient in reversed(_STIRLING):
        series = series * square + coefficient
    if np.all(count >= 16.0):
        return series * inverse
    from scipy.special import gammaln

    exact = gammaln(small + 1.0) - small * np.log(small) + small
    return np.where(count >= 16.0, series * inverse, exact - 0.5 * np.log(2.0 * math.pi * small))


def log_cdf(count: FloatArray, mean: FloatArray) -> FloatArray:
    """Logarithm of the probability of at most so many events.

    Parameters
    ----------
    count : array of float
        Counts; below 0 the probability is 0. Not restricted to whole numbers: between them the
        incomplete gamma function interpolates.
    mean : array of float
        Means of at least 0, broadcast with `count`.

    Returns
    -------
    array of float
        ln P(N <= n), finite far beyond where P underflows.

    Notes
    -----
    Near the count scipy's incomplete gamma function. For means 8 standard deviations above it
    Legendre's continued fraction of Gamma(n + 1, m) (DLMF 8.9.2), for those 4 below it the
    fraction of gamma(n + 1, m) (DLMF 8.9.1), times the single probability.
    """
    from scipy.special import gammaincc

    count, mean = np.broadcast_arrays(np.asarray(count, float), np.asarray(mean, float))
    allowed = np.maximum(count, 0.0)
    far = mean - allowed > _FAR * np.sqrt(allowed + 1.0) + 2.0 * _FAR
    below = allowed - mean > _BELOW * np.sqrt(allowed + 1.0) + 100.0
    with np.errstate(divide="ignore"):
        near = gammaincc(allowed + 1.0, np.where(far | below, 0.0, mean))
        logs = np.asarray(np.log(near))
    if far.any():
        logs[far] = _far_tail(allowed[far], mean[far])
    if below.any():
        # Where it is below 1e-18 the probability is 1 in floating point.
        below &= allowed - mean < 9.0 * np.sqrt(allowed + 1.0) + 200.0
        logs[below] = np.log1p(-_missing(allowed[below], mean[below]))
    return np.where(count < 0.0, -np.inf, logs)


def log_survival(count: FloatArray, mean: FloatArray) -> FloatArray:
    """Logarithm of the probability of more than so many events.

    Parameters
    ----------
    count : array of float
        Counts; below 0 the probability is 1. Not restricted to whole numbers.
    mean : array of float
        Means of at least 0, broadcast with `count`.

    Returns
    -------
    array of float
        ln P(N > n), finite far beyond where P underflows; -inf for a mean of 0.

    Notes
    -----
    scipy's incomplete gamma function P(n + 1, m); for means well below the count the continued
    fraction of gamma(n + 1, m) (DLMF 8.9.1).
    """
    from scipy.special import gammainc

    count, mean = np.broadcast_arrays(np.asarray(count, float), np.asarray(mean, float))
    allowed = np.maximum(count, 0.0)
    with np.errstate(divide="ignore", under="ignore"):
        near = gammainc(allowed + 1.0, mean)
        logs = np.asarray(np.log(near))
    below = allowed - mean > _BELOW * np.sqrt(allowed + 1.0) + 100.0
    below = (below | (near < _UNDERFLOW)) & (mean > 0.0)
    if below.any():
        n, m = allowed[below], mean[below]
        logs[below] = log_pmf(n, m) + np.log(_over_probability(n, m))
    return np.where(count < 0.0, 0.0, logs)


def _far_tail(count: FloatArray, mean: FloatArray) -> FloatArray:
    """Ln Q(n + 1, m) for means well above the count."""
    a = count + 1.0
    fraction = mean + 2.0 * _LEVELS + 1.0 - a
    for k in range(_LEVELS, 0, -1):
        fraction = mean + 2.0 * k - 1.0 - a - k * (k - a) / fraction
    return log_pmf(count, mean) + np.log(mean / fraction)


def _missing(count: FloatArray, mean: FloatArray) -> FloatArray:
    """P(N > n) for means well below the count."""
    return np.exp(log_pmf(count, mean) + np.log(_over_probability(count, mean)))


def _over_probability(count: FloatArray, mean: FloatArray) -> FloatArray:
    """P(N > n) over P(N = n) for means well below the count."""
    a = count + 1.0
    fraction = a + 2.0 * _LEVELS
    for k in range(_LEVELS, 0, -1):
        fraction = a + 2.0 * k - 1.0 + k * mean / fraction
        fraction = a + 2.0 * k - 2.0 - (a + k - 1.0) * mean / fraction
    return mean / fraction
