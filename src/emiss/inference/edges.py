"""Couplings between which a search excludes, for any dependence of the signal on the coupling."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..ground.arrays import FloatArray
from ..ground.errors import ValidityError
from ..ground.guards import function, guarded, number, pair, whole
from .crossing import Excess

__all__ = ["Edges", "checked_excess", "edges_of_scan", "find_edges"]

_NEAR = 1.0
"""Excess from which on a peak between the points of a scan is looked for."""


@dataclass(frozen=True, slots=True, eq=False)
class Edges:
    """Excluded couplings at each mass.

    Parameters
    ----------
    lower : array of float
        Smallest excluded coupling; NaN where nothing is excluded.
    upper : array of float
        Largest excluded coupling; inf where the largest coupling searched is excluded, NaN where
        nothing is excluded.
    regions : array of int
        Number of separate excluded regions seen; above 1 the space between `lower` and `upper` is
        not excluded throughout.
    peak : array of float
        Largest excess: below 0 where nothing is excluded, 0 at the tip of a region. Exact within 1
        of 0, elsewhere that of the scan.
    """

    lower: FloatArray
    upper: FloatArray
    regions: NDArray[np.int64]
    peak: FloatArray


@guarded(
    excess=function,
    span=pair(number(0.0, 1e300, inside=True)),
    masses=whole(1, 10**6),
    scan_points=whole(5, 10**6),
    tolerance=number(1e-14, 0.5),
)
def find_edges(
    excess: Excess,
    span: tuple[float, float],
    masses: int,
    *,
    scan_points: int = 61,
    tolerance: float = 1e-6,
) -> Edges:
    """Smallest and largest excluded coupling at every mass, for any dependence on the coupling.

    Parameters
    ----------
    excess : callable
        ``excess(couplings)`` with couplings of shape (masses,), positive where excluded.
    span : (float, float)
        Smallest and largest coupling to search.
    masses : int
        Number of masses.
    scan_points : int
        Points of the scan in ln(coupling); an island narrower than two steps is looked for
        around the largest excess.
    tolerance : float
        Relative accuracy of the edges.

    Returns
    -------
    Edges
        Lower and upper edges.

    Raises
    ------
    ValidityError
        A wrong span, or a coupling excluded already at the lower end of the span.
    """
    low, high = span
    if not low < high:
        raise ValidityError(f"span: {low:g} to {high:g}; give the lower end first.")
    grid = np.linspace(math.log(low), math.log(high), scan_points)
    table = np.array([np.asarray(excess(np.full(masses, math.exp(x)))) for x in grid])
    return edges_of_scan(excess, np.exp(grid), table, tolerance=tolerance)


def edges_of_scan(
    excess: Excess, couplings: FloatArray, table: FloatArray, *, tolerance: float = 1e-6
) -> Edges:
    """Edges from a scan that has been made.

    Parameters
    ----------
    excess : callable
        ``excess(couplings)``, positive where excluded, for couplings of shape (...).
    couplings : array of float, shape (n,)
        Couplings of the scan, ascending.
    table : array of float, shape (n, ...)
        Excess at them.
    tolerance : float
        Relative accuracy of the edges.

    Returns
    -------
    Edges
        Arrays of shape (...).

    Raises
    ------
    ValidityError
        If the first coupling is excluded already, or an excess is NaN.
    """
    shape = table.shape[1:]
    grid, table = np.log(couplings), checked_excess(table.reshape(couplings.size, -1))

    def in_log(log_coupling: FloatArray) -> FloatArray:
        return checked_excess(
            np.asarray(excess(np.exp(log_coupling).reshape(shape)), float).ravel()
        )

    if np.any(table[0] >= 0.0):
        where = int(np.argmax(table[0] >= 0.0))
        raise ValidityError(
            f"coupling {couplings[0]:g} is excluded already at mass index {where}; lower the span."
        )
    peak_x, peak_f = _peaks(in_log, grid, table)
    excluded = table >= 0.0
    # A peak between scan points that pokes out opens an island there.
    island = ~excluded.any(axis=0) & (peak_f >= 0.0)
    some = excluded.any(axis=0) | island
    columns, end = np.arange(peak_x.size), grid.size - 1
    first = np.where(island, np.searchsorted(grid, peak_x), np.argmax(excluded, axis=0))
    last = np.where(island, first - 1, end - np.argmax(excluded[::-1], axis=0))
    is_open = some & ~island & excluded[-1]
    centre = np.where(island, peak_x, grid[first]), np.where(island, peak_x, grid[last])
    height = (
        np.where(island, peak_f, table[first, columns]),
        np.where(island, peak_f, table[last, columns]),
    )
    before, after = np.maximum(first - 1, 0), np.minimum(last + 1, end)
    below = _roots(
        in_log, (grid[before], centre[0]), (table[before, columns], height[0]), some, tolerance
    )
    closed = some & ~is_open
    above = _roots(
        in_log, (grid[after], centre[1]), (table[after, columns], height[1]), closed, tolerance
    )
    lower = np.where(some, np.exp(below), np.nan)
    upper = np.where(some, np.where(is_open, np.inf, np.exp(above)), np.nan)
    regions = (np.diff(excluded.astype(int), axis=0) > 0).sum(axis=0) + island
    return Edges(
        lower.reshape(shape), upper.reshape(shape), regions.reshape(shape), peak_f.reshape(shape)
    )


def checked_excess(values: FloatArray) -> FloatArray:
    """Return an excess that is a number everywhere.

    Parameters
    ----------
    values : array of float
        Excess.

    Returns
    -------
    array of float
        The same.

    Raises
    ------
    ValidityError
        If one is NaN.
    """
    if np.any(np.isnan(values)):
        raise ValidityError("the excess is NaN at a coupling inside the search range.")
    return values


def _peaks(in_log: Excess, grid: FloatArray, table: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Largest excess near the best scan point, where that is close to 0, by parabolas."""
    best = np.clip(np.argmax(table, axis=0), 1, grid.size - 2)
    columns = np.arange(table.shape[1])
    x, f = grid[best], table[best, columns]
    step = grid[1] - grid[0]
    around = table[best - 1, columns], f, table[best + 1, columns]
    with np.errstate(divide="ignore", invalid="ignore"):
        gain = np.square(around[2] - around[0]) / (8.0 * (2.0 * f - around[0] - around[2]))
    rises = np.where(np.isfinite(gain), np.maximum(gain, 0.0), 0.0)
    near = (f < _NEAR) & (f + 2.0 * rises > -_NEAR) & (table.max(axis=0) <= f)
    if not np.any(near):
        return x, table.max(axis=0)
    middle = x
    for _ in range(4):
        middle = np.where(near, middle + step * _vertex(*around), middle)
        step *= 0.1
        places = np.where(near, middle - step, x), middle, np.where(near, middle + step, x)
        around = in_log(places[0]), in_log(middle), in_log(places[2])
        for place, value in zip(places, around, strict=True):
            better = near & (value > f)
            x, f = np.where(better, place, x), np.where(better, value, f)
    return x, np.where(near, f, table.max(axis=0))


def _vertex(left: FloatArray, middle: FloatArray, right: FloatArray) -> FloatArray:
    """Place of the highest point of parabolas through -1, 0 and 1, kept between them."""
    bend = 2.0 * middle - left - right
    with np.errstate(divide="ignore", invalid="ignore"):
        place = 0.5 * (right - left) / bend
    return np.where(bend > 0.0, np.clip(place, -1.0, 1.0), 0.0)


def _roots(
    in_log: Excess,
    ends: tuple[FloatArray, FloatArray],
    values: tuple[FloatArray, FloatArray],
    active: NDArray[np.bool_],
    tolerance: float,
) -> FloatArray:
    """Edges between an allowed and an excluded point, by Chandrupatla's method.

    Inverse quadratic interpolation where three points are on a curve that allows it, halving
    elsewhere: converges for any function that changes its sign, a step too.

    Source: T. R. Chandrupatla, Adv. Eng. Softw. 28 (1997) 145 (recalled).
    """
    (b, a), (f_b, f_a) = ends, values
    c, f_c, share = b, f_b, np.full(b.shape, 0.5)
    with np.errstate(divide="ignore", invalid="ignore"):
        linear = f_a / (f_a - f_b)
    share = np.where(np.isfinite(linear), np.clip(linear, 0.01, 0.99), share)
    active = active.copy()
    for _ in range(200):
        x = np.where(active, a + share * (b - a), a)
        f = in_log(x)
        same = (f >= 0.0) == (f_a >= 0.0)
        c, f_c = np.where(same, a, b), np.where(same, f_a, f_b)
        b, f_b = np.where(same, b, a), np.where(same, f_b, f_a)
        a, f_a = x, f
        width = np.abs(b - a)
        active = active & (width > tolerance) & (f_a != 0.0)
        if not active.any():
            break
        least = 0.5 * tolerance / np.maximum(width, tolerance)
        share = np.clip(_share((a, b, c), (f_a, f_b, f_c)), least, 1.0 - least)
    return np.where(np.abs(f_a) < np.abs(f_b), a, b)


def _share(
    points: tuple[FloatArray, FloatArray, FloatArray],
    values: tuple[FloatArray, FloatArray, FloatArray],
) -> FloatArray:
    """How far to go from the last point a to b, on the other side; c was tried before."""
    (a, b, c), (f_a, f_b, f_c) = points, values
    with np.errstate(divide="ignore", invalid="ignore"):
        xi, phi = (a - b) / (c - b), (f_a - f_b) / (f_c - f_b)
        curved = f_a / (f_b - f_a) * f_c / (f_b - f_c)
        curved += (c - a) / (b - a) * f_a / (f_c - f_a) * f_b / (f_c - f_b)
        sound = (phi * phi < xi) & ((1.0 - phi) ** 2 < 1.0 - xi) & np.isfinite(curved)
    return np.where(sound, curved, 0.5)
