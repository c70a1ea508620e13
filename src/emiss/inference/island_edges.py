"""Edges of excluded couplings from a scan that knows nearly where they are: few evaluations."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..ground.arrays import FloatArray
from ..ground.errors import ValidityError
from .crossing import Excess

__all__ = ["Edges", "edges_near"]

Flags = NDArray[np.bool_]

_NEAR = 1.0
"""Excess within which of 0 a peak is looked for between the points of the scan."""
_FLAT = 0.1
"""Excess of a peak below which the parabola through it says where its sides are."""
_STRAIGHT = 30.0
"""Excess of a neighbour within which it is of use to a cubic."""
_HALVINGS = 12
_LEAST_BEND = 1e-3
_FARTHEST = 10.0
"""Steps that a peak is moved by at most: one of the scan."""
_LEAST_SLOPE = 1e-3
"""Share of the expected slope below which a secant is not trusted."""


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


@dataclass(frozen=True, slots=True, eq=False)
class _Peak:
    """Where the excess is largest.

    Parameters
    ----------
    x, f : array of float
        Place and excess.
    near : array of bool
        Whether these are those of the function; else those of the table.
    bend : array of float
        Minus half of the second derivative, where near.
    """

    x: FloatArray
    f: FloatArray
    near: Flags
    bend: FloatArray


def edges_near(
    excess: Excess, couplings: FloatArray, table: FloatArray, *, own: bool, tolerance: float
) -> Edges:
    """Edges of a function of the coupling from the table of one that is nearly the same.

    Parameters
    ----------
    excess : callable
        ``excess(couplings)``, positive where excluded, for couplings of shape (k, ...).
    couplings : array of float, shape (n,)
        Couplings of the scan, ascending and even in the logarithm.
    table : array of float, shape (n, ...)
        Excess at them: of the function itself, or of one that has the same sign where the table is
        largest and is larger and smaller where the function is. No region but one then.
    own : bool
        Whether it is of the function itself.
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
    grid, shape = np.log(couplings), table.shape[1:]
    flat = _checked(table.reshape(couplings.size, -1))

    def in_log(places: FloatArray) -> FloatArray:
        found = excess(np.exp(places).reshape(-1, *shape))
        return _checked(np.asarray(found, dtype=float).reshape(places.shape))

    if np.any(flat[0] >= 0.0):
        raise ValidityError(f"coupling {couplings[0]:g} is excluded already; lower the span.")
    excluded = flat >= 0.0
    first = np.maximum(np.argmax(excluded, axis=0) - 1, 0)
    # Where nothing is sought: at few events, which cost least.
    rest = grid[first]
    peak = _peak(in_log, grid, flat, rest, own=own)
    some = np.where(peak.near, peak.f >= 0.0, excluded.any(axis=0))
    is_open = some & ~peak.near & excluded[-1]
    if not own and np.any(flat[-1] > -_NEAR):
        is_open = some & (in_log(np.broadcast_to(grid[-1], (1, some.size)))[0] >= 0.0)
    sought = np.stack([some, some & ~is_open])
    ends = np.broadcast_to(grid[[0, -1], None], sought.shape)
    inside = np.stack([peak.x, peak.x])
    start, slope, between = _guesses(grid, flat, peak)
    if own:
        tight = ~peak.near & excluded.any(axis=0)
        ends, inside = np.where(tight, between[0], ends), np.where(tight, between[1], inside)
    roots = _roots(in_log, np.where(sought, start, rest), slope, (inside, ends), sought, tolerance)
    lower = np.where(some, np.exp(roots[0]), np.nan)
    upper = np.where(some, np.where(is_open, np.inf, np.exp(roots[1])), np.nan)
    regions = np.maximum((np.diff(excluded.astype(int), axis=0) > 0).sum(axis=0), 1) * some
    return Edges(
        lower.reshape(shape), upper.reshape(shape), regions.reshape(shape), peak.f.reshape(shape)
    )


def _peak(
    in_log: Excess, grid: FloatArray, table: FloatArray, rest: FloatArray, *, own: bool
) -> _Peak:
    """Largest excess by column, of the function itself where that is close to 0."""
    best = np.argmax(table, axis=0)
    columns, step = np.arange(table.shape[1]), float(grid[1] - grid[0])
    x, f = grid[best], np.asarray(table[best, columns])
    inner = np.clip(best, 1, grid.size - 2)
    around = table[inner - 1, columns], table[inner, columns], table[inner + 1, columns]
    with np.errstate(divide="ignore", invalid="ignore"):
        gain = np.square(around[2] - around[0]) / (8.0 * (2.0 * around[1] - around[0] - around[2]))
    rises = np.where(np.isfinite(gain), np.maximum(gain, 0.0), 0.0)
    near = (best == inner) & (f < _NEAR) & (f + 2.0 * rises > -_NEAR)
    bend = np.ones(f.shape)
    if not np.any(near):
        return _Peak(x, f, near, bend)
    aim = _apex(np.stack(around))[0]
    middle = np.where(near, x + step * np.clip(aim, -1.0, 1.0), rest)
    best_x, best_f = np.where(near & (not own), np.nan, x), np.where(near & (not own), -np.inf, f)
    # The peak of another function than that of the table is followed a little.
    for share in (0.1, 0.02) if own else (0.1, 0.1, 0.02):
        apart = share * step * np.array([[-1.0], [0.0], [1.0]])
        values = in_log(middle + apart)
        for place, value in zip(middle + apart, values, strict=True):
            better = near & (value > best_f)
            best_x, best_f = np.where(better, place, best_x), np.where(better, value, best_f)
        apex, curved = _apex(values)
        bend = np.where(near, np.maximum(curved / (share * step) ** 2, _LEAST_BEND), bend)
        middle = np.where(near, middle + share * step * apex, middle)
    return _Peak(best_x, best_f, near, bend)


def _apex(values: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Highest point of parabolas through -1, 0 and 1, and minus half of their second derivative."""
    left, middle, right = values
    bend = middle - 0.5 * (left + right)
    with np.errstate(divide="ignore", invalid="ignore"):
        place = 0.25 * (right - left) / bend
    return np.where(bend > 0.0, np.clip(place, -_FARTHEST, _FARTHEST), 0.0), bend


def _guesses(
    grid: FloatArray, table: FloatArray, peak: _Peak
) -> tuple[FloatArray, FloatArray, tuple[FloatArray, FloatArray]]:
    """Edges and slopes there, shape (2, columns), and points between which the table has them."""
    excluded, end = table >= 0.0, grid.size - 1
    any_ = excluded.any(axis=0)
    first = np.argmax(excluded, axis=0)
    last = end - np.argmax(excluded[::-1], axis=0)
    left = np.stack([np.maximum(first - 1, 0), np.minimum(last, end - 1)])
    start, slope = _crossing(grid, table, left)
    # Beside the highest point of a parabola.
    reach = np.sqrt(np.maximum(peak.f, 0.0) / peak.bend)
    low = peak.near & ((peak.f < _FLAT) | ~any_)
    side = np.array([[-1.0], [1.0]])
    start = np.where(low, peak.x + side * reach, start)
    slope = np.where(low, -side * 2.0 * peak.bend * np.maximum(reach, 1e-9), slope)
    outside = np.stack([grid[left[0]], grid[left[1] + 1]])
    inside = np.stack([grid[first], grid[last]])
    return start, slope, (outside, inside)


def _crossing(
    grid: FloatArray, table: FloatArray, left: NDArray[np.intp]
) -> tuple[FloatArray, FloatArray]:
    """Where cubics through four points of the table cross zero in a step, and their slopes."""
    columns, step, end = np.arange(table.shape[1]), float(grid[1] - grid[0]), grid.size - 1
    p, q = table[left, columns], table[left + 1, columns]
    before, after = (
        table[np.maximum(left - 1, 0), columns],
        table[np.minimum(left + 2, end), columns],
    )
    of_use = (left > 0) & (left + 2 <= end) & (np.abs(before) < _STRAIGHT)
    of_use &= (np.abs(after) < _STRAIGHT) & (np.abs(p) < _STRAIGHT) & (np.abs(q) < _STRAIGHT)
    # Lagrange's form about the step, in powers of the share t of it.
    square = np.where(of_use, 0.5 * (before + q) - p, 0.0)
    cube = np.where(of_use, (after - before) / 6.0 + 0.5 * (p - q), 0.0)
    linear = q - p - square - cube
    rises = q >= p
    low, high = np.zeros(p.shape), np.ones(p.shape)
    for _ in range(_HALVINGS):
        t = 0.5 * (low + high)
        above = (p + t * (linear + t * (square + t * cube)) >= 0.0) == rises
        low, high = np.where(above, low, t), np.where(above, t, high)
    t = 0.5 * (low + high)
    slope = (linear + t * (2.0 * square + 3.0 * t * cube)) / step
    chord = (q - p) / step
    sound = (slope * chord > 0.0) & (np.abs(slope) > 0.1 * np.abs(chord))
    return grid[left] + step * t, np.where(sound, slope, chord)


def _roots(
    in_log: Excess,
    start: FloatArray,
    slope: FloatArray,
    bracket: tuple[FloatArray, FloatArray],
    sought: Flags,
    tolerance: float,
) -> FloatArray:
    """Roots by secants from a good guess, by halving where a step leaves the bracket."""
    inside, outside = (np.array(one) for one in bracket)
    x = np.where(sought, np.clip(start, np.minimum(*bracket), np.maximum(*bracket)), start)
    before_x, before_f = np.full(x.shape, np.nan), np.full(x.shape, np.nan)
    active = sought.copy()
    for iteration in range(200):
        if not active.any():
            break
        f = in_log(x)
        above = f >= 0.0
        inside, outside = np.where(above, x, inside), np.where(above, outside, x)
        with np.errstate(divide="ignore", invalid="ignore"):
            secant = (f - before_f) / (x - before_x)
            sound = np.isfinite(secant) & (secant * slope > 0.0)
            sound &= np.abs(secant) > _LEAST_SLOPE * np.abs(slope)
            step = -f / np.where(sound, secant, slope)
        following = x + step
        within = (following - inside) * (following - outside) < 0.0
        slow = (iteration > 5) & (iteration % 3 == 0)
        near = np.abs(step) <= tolerance
        halved = 0.5 * (inside + outside)
        following = np.where(near | (within & (not slow)), following, halved)
        before_x, before_f = x, f
        x = np.where(active, following, x)
        active = active & ~near & (np.abs(inside - outside) > tolerance)
    return x


def _checked(values: FloatArray) -> FloatArray:
    """Return an excess that is a number everywhere."""
    if np.any(np.isnan(values)):
        raise ValidityError("the excess is NaN at a coupling inside the search range.")
    return values
