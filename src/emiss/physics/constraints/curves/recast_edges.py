"""Couplings of equal numbers of events, all masses at once: closed form, or bisection.

Everything is a function of x, the squared coupling: widths searched for S x and in total
D + T x, with D the width to dark matter, which does not depend on the coupling.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ....ground.arrays import FloatArray
from ....ground.bisection import switch_points

__all__ = ["displaced_edges", "effective_time", "log_events", "same_events"]

CITATIONS: Final = ("Ilten:2018crw",)

Widths = tuple[FloatArray, FloatArray, FloatArray]
_STEPS: Final = 64
_GOLDEN: Final = 0.6180339887498949
_FAR: Final = 60.0
"""Width in ln x of the search for an edge: thirteen decades of coupling."""


def same_events(
    events: FloatArray,
    strength: FloatArray,
    searched: tuple[FloatArray, FloatArray],
    total: tuple[FloatArray, FloatArray],
) -> FloatArray:
    """Squared coupling x at which strength x (S0 + S x)/(D + T x) equals the given events.

    Parameters
    ----------
    events, strength : array of float, shape (n,)
        Events wanted, and production at x = 1 in the same unit.
    searched, total : tuple of two array of float, shape (n,)
        Widths (S, S0) and (T, D): per x, and constant.

    Returns
    -------
    array of float, shape (n,)
        Positive root of strength S x^2 + (strength S0 - events T) x - events D = 0, in the form
        without cancellation; NaN where no coupling gives as many events.
    """
    a = strength * searched[0]
    b = strength * searched[1] - events * total[0]
    c = events * total[1]
    with np.errstate(divide="ignore", invalid="ignore"):
        root = np.sqrt(b * b + 4.0 * a * c)
        x = np.where(b > 0.0, 2.0 * c / (b + root), (root - b) / (2.0 * a))
        # Without dark width the root at 0 is none; the other is -b/a.
        x = np.where(c == 0.0, -b / a, x)
    return np.where(np.isfinite(x) & (x > 0.0), x, np.nan)


def _log_efficiency(width: FloatArray, time: FloatArray, ratio: float) -> FloatArray:
    """Logarithm of exp(-t0 G) - exp(-t1 G) for t1 = (1 + ratio) t0."""
    passed = width * time
    return np.asarray(-passed + np.log(-np.expm1(-ratio * passed)))


def log_events(x: FloatArray, widths: Widths, time: FloatArray, ratio: float) -> FloatArray:
    """Logarithm of x branching efficiency.

    Parameters
    ----------
    x : array of float, shape (n,)
        Logarithm of the squared coupling.
    widths : tuple of three array of float, shape (n,)
        S, T and D in GeV, see the module.
    time : array of float, shape (n,)
        Proper time to the decay volume in GeV^-1.
    ratio : float
        Decay length over shield length.

    Returns
    -------
    array of float, shape (n,)
        ln[x S x/(D + T x) (exp(-t0 G) - exp(-t1 G))] with G = D + T x; -inf where there are none.
    """
    searched, total, dark = widths
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        width = dark + total * np.exp(x)
        value = 2.0 * x + np.log(searched) - np.log(width) + _log_efficiency(width, time, ratio)
    return np.asarray(value)


def effective_time(
    edges: tuple[FloatArray, FloatArray], widths: Widths, ratio: float
) -> FloatArray:
    """Proper time to the decay volume at which both edges have the same number of events.

    Parameters
    ----------
    edges : tuple of two array of float, shape (n,)
        Logarithms of the squared couplings of the lower and the upper edge.
    widths : tuple of three array of float, shape (n,)
        S, T and D in GeV.
    ratio : float
        Decay length over shield length.

    Returns
    -------
    array of float, shape (n,)
        Time in GeV^-1, NaN where there is none (edges coincide, or one is open). The difference of
        the logarithms of the events grows with the time throughout, so the solution is unique.
    """
    low, high = edges

    def low_is_less(log_time: FloatArray) -> NDArray[np.bool_]:
        time = np.exp(log_time)
        excess = log_events(low, widths, time, ratio) - log_events(high, widths, time, ratio)
        return np.asarray(excess < 0.0)

    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        scale = -np.log(widths[2] + widths[1] * np.exp(high))
        found = np.exp(switch_points(low_is_less, scale - 50.0, scale + 50.0))
    return np.where(high > low, found, np.nan)


def displaced_edges(
    level: FloatArray, widths: Widths, time: FloatArray, ratio: float
) -> tuple[FloatArray, FloatArray]:
    """Logarithms of the squared couplings between which there are more events than the level.

    Parameters
    ----------
    level : array of float, shape (n,)
        Logarithm of the events on the edge over the strength of production.
    widths : tuple of three array of float, shape (n,)
        S, T and D in GeV.
    time : array of float, shape (n,)
        Proper time to the decay volume in GeV^-1.
    ratio : float
        Decay length over shield length.

    Returns
    -------
    tuple of array of float, shape (n,)
        Lower and upper edge, by bisection on either side of the maximum; NaN where the most events
        there can be are too few.
    """

    def excess(x: FloatArray) -> FloatArray:
        return log_events(x, widths, time, ratio) - level

    def enough_at(x: FloatArray) -> NDArray[np.bool_]:
        return excess(x) >= 0.0

    with np.errstate(invalid="ignore", divide="ignore"):
        peak = _peak(excess, -np.log(time * widths[1]))
        enough = excess(peak) >= 0.0
        low = switch_points(enough_at, peak, peak - _FAR)
        high = switch_points(enough_at, peak, peak + _FAR)
    return np.where(enough, low, np.nan), np.where(enough, high, np.nan)


def _peak(function: Callable[[FloatArray], FloatArray], near: FloatArray) -> FloatArray:
    """Maximum of a function with one hump, by golden section around the natural scale."""
    left, right = near - 0.5 * _FAR, near + 0.5 * _FAR
    for _ in range(_STEPS):
        inner = right - _GOLDEN * (right - left)
        outer = left + _GOLDEN * (right - left)
        falls = function(inner) > function(outer)
        left, right = np.where(falls, left, inner), np.where(falls, outer, right)
    return np.asarray(0.5 * (left + right))
