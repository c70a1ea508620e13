"""Monotone cubic interpolation, without the third of a second that loading scipy's takes.

Cubic between two points, with slopes at the points such that the curve rises where the points
rise, falls where they fall, and has its extremes at points.

References
----------
F. N. Fritsch and J. Butland, SIAM J. Sci. Stat. Comput. 5 (1984) 300; the ends as in C. B. Moler,
Numerical Computing with MATLAB (SIAM, 2004), section 3.6.
"""

from __future__ import annotations

import numpy as np

from .arrays import FloatArray

__all__ = ["monotone_cubic"]


def monotone_cubic(nodes: FloatArray, values: FloatArray, at: FloatArray) -> FloatArray:
    """Interpolate between points.

    Parameters
    ----------
    nodes : array of float, shape (n,)
        Strictly ascending, two or more.
    values : array of float, shape (n,)
        Values there.
    at : array of float
        Where to; beyond the ends the last cubics go on.

    Returns
    -------
    array of float, shape of `at`
        The values there.
    """
    steps = np.diff(nodes)
    rises = np.diff(values) / steps
    slopes = _slopes(steps, rises)
    cell = np.clip(np.searchsorted(nodes, at, side="right") - 1, 0, steps.size - 1)
    x, step, rise, slope = at - nodes[cell], steps[cell], rises[cell], slopes[cell]
    bend = slope + slopes[cell + 1] - 2.0 * rise
    # Horner's rule from the left point.
    square = (rise - slope - bend) / step
    return np.asarray(values[cell] + x * (slope + x * (square + x * bend / step**2)))


def _slopes(steps: FloatArray, rises: FloatArray) -> FloatArray:
    """Slope at each point: a weighted harmonic mean of both sides, 0 where they differ in sign."""
    if rises.size == 1:
        return np.repeat(rises, 2)
    left, right = rises[:-1], rises[1:]
    weights = 2.0 * steps[1:] + steps[:-1], steps[1:] + 2.0 * steps[:-1]
    same = left * right > 0.0
    sums = weights[0] / np.where(same, left, 1.0) + weights[1] / np.where(same, right, 1.0)
    inner = np.where(same, (weights[0] + weights[1]) / sums, 0.0)
    first = _end_slope(steps[0], steps[1], rises[0], rises[1])
    last = _end_slope(steps[-1], steps[-2], rises[-1], rises[-2])
    return np.concatenate([[first], inner, [last]])


def _end_slope(step: float, next_step: float, rise: float, next_rise: float) -> float:
    """Slope of the parabola through three points at an end, held back to stay monotone."""
    slope = ((2.0 * step + next_step) * rise - step * next_rise) / (step + next_step)
    if slope * rise <= 0.0:
        return 0.0
    if rise * next_rise <= 0.0 and abs(slope) > 3.0 * abs(rise):
        return 3.0 * rise
    return slope
