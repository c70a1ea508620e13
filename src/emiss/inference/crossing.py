r"""Couplings at which a search starts, and stops, to exclude: vectorised root finding.

The search is described by `excess(couplings)`, positive where the coupling is excluded and negative
where it is not, element by element for all masses. Nothing is assumed about how yields depend on
the coupling, except that the fast route `find_lower_edge` starts from an expected power law and
checks what it finds.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..ground.arrays import FloatArray
from ..ground.errors import ValidityError

__all__ = ["Edges", "find_edges", "find_lower_edge", "rising_roots"]

Excess = Callable[[FloatArray], FloatArray]

_FLAT = -600.0  # below this an excess stands for "no signal at all" and carries no slope


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
    """

    lower: FloatArray
    upper: FloatArray
    regions: NDArray[np.int64]


def rising_roots(
    excess: Excess, start: FloatArray, slope: float, tolerance: float = 1e-6, widest: float = 40.0
) -> FloatArray:
    """Roots of functions that rise through zero, one per element.

    Parameters
    ----------
    excess : callable
        Function of an array; element i of the result depends on element i only.
    start : array of float
        First guess.
    slope : float
        Expected slope, positive.
    tolerance : float
        Largest absolute error of a root.
    widest : float
        Largest distance from `start` that is searched.

    Returns
    -------
    array of float
        Roots; NaN where none is found within `widest` of the start.

    Notes
    -----
    Secant steps inside a bracket, with bisection where a step leaves it or progress is slow.
    """
    x = np.array(start, dtype=float)
    low, high = np.full_like(x, -np.inf), np.full_like(x, np.inf)
    root = np.full_like(x, np.nan)
    active = np.ones(x.shape, dtype=bool)
    stride = np.full_like(x, 1.0)
    before_x, before_f = np.full_like(x, np.nan), np.full_like(x, np.nan)
    for iteration in range(120):
        f = np.asarray(excess(x), dtype=float)
        if np.any(np.isnan(f[active])):
            raise ValidityError("the excess is NaN at a coupling inside the search range.")
        above = f >= 0.0
        high, low = np.where(above, x, high), np.where(above, low, x)
        step = _proposal(x, f, before_x, before_f, slope)
        near = np.abs(step) <= 0.1 * tolerance
        step = np.clip(step, -stride * 4.0, stride * 4.0)
        following = x + step
        bracketed = np.isfinite(low) & np.isfinite(high)
        outside = bracketed & ~((following > low) & (following < high))
        # Every third step of a slow search is a bisection, which bounds the work.
        slow = bracketed & (iteration > 8) & (iteration % 3 == 0)
        following = np.where((outside | slow) & ~near, 0.5 * (low + high), following)
        done = active & near
        done |= active & bracketed & (high - low <= tolerance)
        root = np.where(done, following, root)
        active &= ~done & (np.abs(following - start) <= widest)
        if not active.any():
            break
        stride = np.where(bracketed, stride, stride * 1.5)
        before_x, before_f = np.where(active, x, before_x), np.where(active, f, before_f)
        x = np.where(active, following, np.where(np.isnan(root), x, root))
    return root


def _proposal(
    x: FloatArray, f: FloatArray, before_x: FloatArray, before_f: FloatArray, slope: float
) -> FloatArray:
    """Secant step where the last two points give a sound slope, else the expected slope."""
    with np.errstate(invalid="ignore", divide="ignore"):
        secant = (f - before_f) / (x - before_x)
    sound = np.isfinite(secant) & (secant > 0.02 * slope) & (f > _FLAT) & (before_f > _FLAT)
    return np.asarray(-f / np.where(sound, secant, slope))


def find_lower_edge(
    excess: Excess, guess: FloatArray, power: float, *, tolerance: float = 1e-6, verify: bool = True
) -> FloatArray:
    """Smallest excluded coupling where yields are locally close to a power of the coupling.

    Parameters
    ----------
    excess : callable
        ``excess(couplings)``, positive where excluded, for couplings shaped like `guess`;
        `Ordering.excess` of the signal events gives a form that converges fastest.
    guess : array of float
        Positive first guesses, any shape (for instance bands x masses).
    power : float
        Expected slope of the excess in ln(coupling): 2 where events go with the coupling squared.
    tolerance : float
        Relative accuracy of the coupling.
    verify : bool
        Check at 0.7 of every edge that the coupling is not excluded there; where it is, the
        search is repeated from there.

    Returns
    -------
    array of float, shape of `guess`
        Lower edges; NaN where nothing is excluded within a factor e^40 of the guess.

    Raises
    ------
    ValidityError
        A guess or power that is not positive and finite, or an excess that is NaN.

    Notes
    -----
    Typically three to five evaluations of `excess`. For yields that are not monotone use
    `find_edges`.
    """
    guess = np.asarray(guess, dtype=float)
    if not (np.all(np.isfinite(guess)) and np.all(guess > 0.0) and 0.0 < power < math.inf):
        raise ValidityError("guess and power must be positive and finite.")

    def in_log(log_coupling: FloatArray) -> FloatArray:
        return excess(np.exp(log_coupling))

    log_edge = rising_roots(in_log, np.log(guess), power, tolerance)
    for _ in range(5 if verify else 0):
        safe = np.where(np.isnan(log_edge), np.log(guess), log_edge)
        below = safe + math.log(0.7)
        wrong = ~np.isnan(log_edge) & (in_log(below) >= 0.0)
        if not wrong.any():
            break
        again = rising_roots(in_log, np.where(wrong, below, safe), power, tolerance)
        log_edge = np.where(wrong & ~np.isnan(again), again, log_edge)
    return np.exp(log_edge)


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
    if not 0.0 < low < high < math.inf or scan_points < 5:
        raise ValidityError(
            f"need 0 < low < high < inf and at least 5 scan points, got {span}, {scan_points}."
        )
    grid = np.linspace(math.log(low), math.log(high), scan_points)

    def in_log(log_coupling: FloatArray) -> FloatArray:
        values = np.asarray(excess(np.exp(log_coupling)), dtype=float)
        if np.any(np.isnan(values)):
            raise ValidityError("the excess is NaN at a coupling inside the search range.")
        return values

    table = np.array([in_log(np.full(masses, x)) for x in grid])
    if np.any(table[0] >= 0.0):
        where = int(np.argmax(table[0] >= 0.0))
        raise ValidityError(
            f"coupling {low:g} is excluded already at mass index {where}; lower the span."
        )
    peak_x, peak_f = _peaks(in_log, grid, table)
    excluded = table >= 0.0
    # A peak between scan points that pokes out opens an island there.
    island = ~excluded.any(axis=0) & (peak_f >= 0.0)
    some = excluded.any(axis=0) | island
    columns = np.arange(masses)
    first = np.where(island, np.searchsorted(grid, peak_x), np.argmax(excluded, axis=0))
    last = scan_points - 1 - np.argmax(excluded[::-1], axis=0)
    last = np.where(island, first - 1, last)
    inner_low = np.where(island, peak_x, grid[first])
    inner_high = np.where(island, peak_x, grid[last])
    lower = _bisect(in_log, grid[np.maximum(first - 1, 0)], inner_low, tolerance)
    following = np.minimum(last + 1, scan_points - 1)
    is_open = some & ~island & excluded[-1, columns]
    upper = _bisect(in_log, grid[following], inner_high, tolerance)
    upper = np.where(is_open, np.inf, np.exp(upper))
    regions = (np.diff(excluded.astype(int), axis=0) > 0).sum(axis=0) + island
    return Edges(np.where(some, np.exp(lower), np.nan), np.where(some, upper, np.nan), regions)


def _peaks(in_log: Excess, grid: FloatArray, table: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Largest excess near the best scan point, by golden section between its neighbours."""
    best = np.clip(np.argmax(table, axis=0), 1, len(grid) - 2)
    a, d = grid[best - 1], grid[best + 1]
    columns = np.arange(table.shape[1])
    if np.all(table[best, columns] >= 0.0):
        return grid[best], table[best, columns]
    ratio = (math.sqrt(5.0) - 1.0) / 2.0
    b, c = d - ratio * (d - a), a + ratio * (d - a)
    f_b, f_c = in_log(b), in_log(c)
    for _ in range(30):
        left = f_b >= f_c
        a, d = np.where(left, a, b), np.where(left, c, d)
        fresh = np.where(left, d - ratio * (d - a), a + ratio * (d - a))
        f_fresh = in_log(fresh)
        b, c = np.where(left, fresh, c), np.where(left, b, fresh)
        f_b, f_c = np.where(left, f_fresh, f_c), np.where(left, f_b, f_fresh)
    return np.where(f_b >= f_c, b, c), np.maximum(f_b, f_c)


def _bisect(
    in_log: Excess, outside: FloatArray, inside: FloatArray, tolerance: float
) -> FloatArray:
    """Edge between an allowed and an excluded point, on either side: false position (Illinois)."""
    out, ins = outside.copy(), inside.copy()
    f_out, f_in = np.maximum(in_log(out), -1e3), in_log(ins)
    side = np.zeros(out.shape, dtype=int)
    for iteration in range(200):
        if np.all(np.abs(ins - out) <= tolerance):
            break
        with np.errstate(invalid="ignore", divide="ignore"):
            middle = out + (ins - out) * f_out / (f_out - f_in)
        # Pure halving every third time bounds the number of steps for any shape of the excess.
        lost = ~np.isfinite(middle) | (f_out >= 0.0) | (f_in < 0.0) | (iteration % 3 == 2)
        middle = np.where(lost, 0.5 * (out + ins), middle)
        f = in_log(middle)
        hit = f >= 0.0
        f_out = np.where(hit & (side == 1), 0.5 * f_out, np.where(hit, f_out, f))
        f_in = np.where(~hit & (side == -1), 0.5 * f_in, np.where(hit, f, f_in))
        side = np.where(hit, 1, -1)
        ins, out = np.where(hit, middle, ins), np.where(hit, out, middle)
    return 0.5 * (ins + out)
