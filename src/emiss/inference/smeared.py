r"""Poisson probabilities averaged over log-normal factors, for counts and means of any size.

The mean is s + b exp(w z) with z standard normal. P(N <= n) averaged over z is one integral over
an incomplete gamma function: no sum over counts, and nothing that grows with them. The integrand
is a Gaussian times an edge where the mean passes n, which can be a million times narrower; it is
integrated by Gauss-Legendre panels that shrink towards its peak and towards that edge.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from ..ground.arrays import FloatArray
from ..ground.quadrature import gauss_symmetric
from .poisson import log_cdf, log_pmf

__all__ = ["panels", "smeared_log_cdf", "smeared_log_pmf"]

CITATIONS = ("Cousins:1991qz",)


_REACH = 9.5  # standard deviations of z: exp(-9.5**2/2) = 3e-20
_NODES = 8
_LARGEST_EXPONENT = 700.0
_STEPS = 2.0 ** np.arange(-1, 6)
_NEAR = np.concatenate((-_STEPS[::-1], [0.0], _STEPS))  # break points around an edge, in its width
_UNITS = np.arange(-9.0, 10.0)


def smeared_log_cdf(
    count: float, signal: FloatArray, background: FloatArray | float, width: float
) -> FloatArray:
    """Logarithm of P(N <= n), averaged over a log-normal factor on the background.

    Parameters
    ----------
    count : float
        Largest count.
    signal : array of float, shape (r,)
        Known part of the mean, in events.
    background : float or array of float, shape (r,)
        Median of the other part, in events.
    width : float
        Standard deviation of ln(background).

    Returns
    -------
    array of float, shape (r,)
        ln P; relative accuracy of P 1e-9.
    """
    signal = np.asarray(signal, dtype=float)
    if width == 0.0 or not np.any(background):
        return log_cdf(np.asarray(float(count)), signal + background)
    median = np.maximum(np.broadcast_to(background, signal.shape), 1e-300)

    def log_function(z: FloatArray) -> FloatArray:
        part = _grown(median[:, None], width, z)
        return log_cdf(np.asarray(float(count)), signal[:, None] + part)

    def slopes(z: FloatArray) -> tuple[FloatArray, FloatArray]:
        part = _grown(median, width, z)
        mean = signal + part
        n = np.asarray(float(count))
        hazard = np.exp(log_pmf(n, mean) - log_cdf(n, mean))
        bend = hazard * (n / np.maximum(mean, 1e-200) - 1.0 + hazard)
        return -z - hazard * width * part, -1.0 - width**2 * part * (hazard + part * bend)

    # The hazard is at most 1, so the slope is positive below -width * median.
    low = -width * median
    peak, sharp = _top(slopes, low, np.zeros_like(low))
    edges = _edges(count, signal, median, width)
    return _integral(log_function, edges, (peak, sharp), peak[:, None] + _UNITS)


def smeared_log_pmf(
    count: float, signal: FloatArray, background: FloatArray | float, width: float
) -> FloatArray:
    """Logarithm of P(N = n), averaged over a log-normal factor on the background.

    Parameters
    ----------
    count : float
        The count; not restricted to whole numbers.
    signal, background, width
        As in `smeared_log_cdf`.

    Returns
    -------
    array of float, shape (r,)
        ln P; relative accuracy of P 1e-9.
    """
    signal = np.asarray(signal, dtype=float)
    if width == 0.0 or not np.any(background):
        return log_pmf(np.asarray(float(count)), signal + background)
    median = np.maximum(np.broadcast_to(background, signal.shape), 1e-300)

    def log_function(z: FloatArray) -> FloatArray:
        part = _grown(median[:, None], width, z)
        return log_pmf(np.asarray(float(count)), signal[:, None] + part)

    def slopes(z: FloatArray) -> tuple[FloatArray, FloatArray]:
        part = _grown(median, width, z)
        mean = np.maximum(signal + part, 1e-100)
        pull = count / mean - 1.0
        bend = width**2 * part * (pull - count * part / mean**2)
        return -z + pull * width * part, -1.0 + bend

    edges = _edges(count, signal, median, width)
    finite = np.where(np.isfinite(edges[0]), edges[0], -width * median)
    peak, sharp = _top(slopes, np.minimum(finite, 0.0), np.maximum(finite, 0.0))
    # The signal alone may explain the count: then there is a second peak, near zero.
    units = np.concatenate((peak[:, None] + _UNITS, np.add.outer(0.0 * peak, _UNITS)), axis=1)
    return _integral(log_function, edges, (peak, sharp), units)


def _grown(background: FloatArray, width: float, z: FloatArray) -> FloatArray:
    return background * np.exp(np.minimum(width * z, _LARGEST_EXPONENT))


def _edges(
    count: float, signal: FloatArray, background: FloatArray, width: float
) -> tuple[FloatArray, FloatArray]:
    """Where in z the mean passes the count (-inf if nowhere), and how wide that edge is."""
    left = np.maximum(count + 0.5 - signal, 0.0)
    with np.errstate(divide="ignore"):
        edge = (np.log(left) - np.log(background)) / width
    safe = np.maximum(left, math.sqrt(count + 1.0))
    return edge, math.sqrt(count + 1.0) / (width * safe)


def _top(
    slopes: Callable[[FloatArray], tuple[FloatArray, FloatArray]], low: FloatArray, high: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Top of a bump whose slope is positive at `low` and negative at `high`, and its width.

    Newton steps that stay in the bracket, else halving; a tenth of the bump's width is enough.
    """
    z = high
    for _ in range(100):
        slope, bend = slopes(z)
        sharp = np.maximum(-bend, 1.0)
        if np.all((np.abs(slope) < 0.1 * np.sqrt(sharp)) | (high - low < 1e-12 * np.abs(z))):
            break
        rising = slope > 0.0
        low, high = np.where(rising, z, low), np.where(rising, high, z)
        following = z + slope / sharp
        inside = (following > low) & (following < high) & (bend < 0.0)
        z = np.where(inside, following, 0.5 * (low + high))
    return z, 1.0 / np.sqrt(sharp)


def _integral(
    log_function: Callable[[FloatArray], FloatArray],
    edges: tuple[FloatArray, FloatArray],
    top: tuple[FloatArray, FloatArray],
    units: FloatArray,
) -> FloatArray:
    """Ln of the average of exp(log_function(z)) over z."""
    (edge, scale), (peak, sharp) = edges, top
    at = np.where(np.isfinite(edge), edge, peak)[:, None]
    ends = np.stack((np.minimum(peak, 0.0) - _REACH, np.maximum(peak, 0.0) + _REACH), axis=1)
    near_peak = peak[:, None] + sharp[:, None] * _NEAR
    near_edge = at + np.minimum(scale, 1.0)[:, None] * _NEAR
    breaks = np.concatenate((units, near_peak, near_edge), axis=1)
    breaks = np.concatenate((ends, np.clip(breaks, ends[:, :1], ends[:, 1:])), axis=1)
    z, weights = panels(breaks)
    logs = log_function(z) - 0.5 * z**2
    largest = logs.max(axis=1)
    sums = (weights * np.exp(logs - largest[:, None])).sum(axis=1)
    # Where ln P is beyond 1e12 its own rounding hides the peak from the nodes.
    sums = np.maximum(sums, 1e-300)
    return np.asarray(largest + np.log(sums) - 0.5 * math.log(2.0 * math.pi))


def panels(breaks: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Gauss-Legendre nodes between break points, row by row.

    Parameters
    ----------
    breaks : array of float, shape (r, p)
        Break points in any order; panels without width get weights of zero.

    Returns
    -------
    nodes, weights : array of float, shape (r, (p - 1) * 8)
        Abscissas and weights.
    """
    unit, weight = gauss_symmetric(_NODES)
    sorted_breaks = np.sort(breaks, axis=1)
    half = 0.5 * np.diff(sorted_breaks, axis=1)[..., None]
    nodes = sorted_breaks[:, :-1, None] + half * (1.0 + unit)
    rows = len(breaks)
    return nodes.reshape(rows, -1), (half * weight).reshape(rows, -1)
