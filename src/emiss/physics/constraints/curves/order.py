"""Order of the rows of a curve: along the mass, or around a closed region."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import groupby, pairwise
from operator import itemgetter
from typing import Final

import numpy as np
import numpy.typing as npt

from ....ground.arrays import FloatArray
from ....ground.errors import EmissError
from .scatter import backward, is_scattered

__all__ = ["edges_of_contour", "in_order", "refuse_disorder", "refuse_plane"]

IntArray = npt.NDArray[np.intp]
_STEP_BACK: Final = 0.7
"""Share of the largest mass so far that a row may fall back to: steps of digitised curves."""
_CONTOUR_ROWS: Final = 24
"""Few rows that turn once may be in any order; so many are not."""
_WAY_ROWS: Final = 3
"""Rows of each way of fewer, if both are in order."""
_RING_ROWS: Final = 12
"""Rows of a border that need not repeat the first one at its end."""
_BACK: Final = 0.2
"""Share of the extent in the logarithm of the mass that the steps back of a curve may have in all,
besides `_JITTER` per row."""
_JITTER: Final = 0.02
"""Share of the extent by which each row of a digitised curve may be off."""
_APART: Final = 0.1
"""Distance of the two ways in the logarithm above which they are two edges."""


def refuse_disorder(points: Sequence[tuple[float, float]], places: Sequence[str]) -> None:
    """Refuse rows that jump back and forth in mass: the rows of one curve are in order.

    Parameters
    ----------
    points : sequence of (float, float)
        Mass in GeV and value of each row; a row that repeats another one exactly does not count.
    places : sequence of str
        File and line of each row.

    Raises
    ------
    EmissError
        If a mass falls behind a former one by more than digitised curves do.
    """
    rows = dict(reversed(list(zip(points, places, strict=True))))  # the first of equal rows stays
    ordered = [(point, rows[point]) for point in dict.fromkeys(points)]
    if ordered[-1][0][0] < ordered[0][0][0]:
        ordered.reverse()
    largest = 0.0
    for (mass, _), place in ordered:
        if mass < _STEP_BACK * largest:
            raise EmissError(
                f"{place}: mass {mass:g} GeV is out of order beside {largest:g} GeV; a curve goes "
                f"up or down in mass. {_what_to_do([mass for (mass, _), _ in ordered])}"
            )
        largest = max(largest, mass)
    if _goes_back(np.log([mass for (mass, _), _ in ordered]), len(ordered)):
        raise EmissError(
            f"{places[0].rsplit(',', 1)[0]}: the masses go back and forth, out of order; a curve "
            "goes up or down in mass. Sort the rows of a curve; points of a scan are none."
        )


def _what_to_do(masses: Sequence[float]) -> str:
    """How rows out of order are to be written: sorted, or the two ways around a region apart."""
    steps = [b > a for a, b in pairwise(masses) if b != a]
    if sum(a != b for a, b in pairwise(steps)) == 1 and len(masses) > _WAY_ROWS:
        return (
            "If the rows run along the border of a region and back, write it as mass, lower edge "
            "and upper edge; write several curves to several files."
        )
    return "Sort the rows, and write several curves to several files."


_WALL: Final = 0.5
"""By how much more sorted rows go up and down, in the logarithm, if they are steps of a wall."""
_OFF: Final = 0.1
"""Share by which the mass of a digitised point at a wall may fall back."""


def in_order(
    masses: FloatArray, values: FloatArray, places: Sequence[str]
) -> tuple[FloatArray, IntArray, str]:
    """Put rows in the order of their mass; where the values form a wall, along the curve.

    Rows of a wall that was digitised may fall back a little. Sorted by mass they would go up and
    down; kept as they are, at the mass already reached, they are vertical.

    Parameters
    ----------
    masses, values : array of float, shape (n,)
        Rows in the order of the file, positive.
    places : sequence of str
        File and line of each row.

    Returns
    -------
    masses : array of float, shape (n,)
        Not descending.
    order : array of int, shape (n,)
        Number of the row at each of them.
    note : str
        What was done to rows that are not in order; empty where all are.

    Raises
    ------
    EmissError
        If a wall falls back further than digitised ones do.
    """
    way = np.arange(masses.size)
    if masses[-1] < masses[0]:
        way = way[::-1]
    along = masses[way]
    if np.all(np.diff(along) >= 0.0):
        return along, way, ""
    reached = np.maximum.accumulate(along)
    order = way[np.argsort(along, kind="stable")]
    back = 1.0 - along / reached
    rows = int(np.sum(back > 0.0))
    said = f"{rows} row{'s fall' if rows > 1 else ' falls'} back in mass by up to {back.max():.2g}"
    if _up_and_down(values[order]) <= _up_and_down(values[way]) + _WALL:
        return masses[order], order, f"{said} of it: put in order"
    worst = int(np.argmax(back))
    if back[worst] > _OFF:
        raise EmissError(
            f"{places[way[worst]]}: mass {along[worst]:g} GeV falls back behind {reached[worst]:g} "
            "GeV and the curve folds; write a region as mass, lower edge and upper edge, and "
            "several curves to several files."
        )
    return reached, way, f"{said} of it at a wall: read as vertical"


def _up_and_down(values: FloatArray) -> float:
    """How far rows go up and down in all, in the logarithm."""
    return float(np.abs(np.diff(np.log(values))).sum())


def _goes_back(x: FloatArray, rows: int) -> bool:
    """Whether a way of a curve of so many rows goes back by more than digitised ones do."""
    return backward(x) > _BACK + _JITTER * rows


def refuse_plane(
    points: Sequence[tuple[float, float]], places: Sequence[str], power: int = 1
) -> None:
    """Refuse points of a plane, which are no curve.

    Parameters
    ----------
    points : sequence of (float, float)
        Mass in GeV and value of each row.
    places : sequence of str
        File and line of each row.
    power : int, optional
        Power of the coupling with which the values go.

    Raises
    ------
    EmissError
        If most masses have several values, or the values go up and down at many of the masses.
    """
    blocks = [[value for _, value in rows] for _, rows in groupby(points, key=itemgetter(0))]
    several = [len(set(block)) > 1 for block in blocks]
    inner = several[1:-1] or several  # a curve may end in vertical steps
    found = ""
    if len(blocks) > 1 and 2 * sum(inner) > len(inner) and not _are_steps(blocks):
        found = f"several values at {sum(several)} of {len(blocks)} masses"
    elif is_scattered(np.array([value for _, value in points]), power):
        found = "values that go back and forth from row to row"
    if found:
        raise EmissError(
            f"{places[0].rsplit(',', 1)[0]}: {found} are points of a grid or a scan, not a curve; "
            "write the border at which the other column crosses its limit, and a region as mass, "
            "lower edge and upper edge."
        )


def _are_steps(blocks: Sequence[Sequence[float]]) -> bool:
    """Whether each mass begins with the value that the one before ended with."""
    return all(math.isclose(one[-1], next_[0], rel_tol=0.05) for one, next_ in pairwise(blocks))


def _turns(x: FloatArray, least: float) -> list[int]:
    """Indices at which the mass turns back by more than the least step."""
    turns: list[int] = []
    sign, best = 0, 0
    for i in range(1, x.size):
        if sign == 0:
            if abs(x[i] - x[0]) > least:
                sign, best = (1 if x[i] > x[0] else -1), i
        elif sign * (x[i] - x[best]) > 0.0:
            best = i
        elif sign * (x[best] - x[i]) > least:
            turns.append(best)
            sign, best = -sign, i
    return turns


def _is_closed(points: FloatArray) -> tuple[bool, bool]:
    """Whether the last row repeats the first, and whether the rows end where they began.

    Coordinates are in units of the extent. A digitised border may leave out its last step: then
    the gap is like the other steps.
    """
    gap = float(np.hypot(*(points[-1] - points[0])))
    repeats = gap <= 1e-3
    longest = float(np.hypot(*np.diff(points, axis=0).T).max())
    return repeats, repeats or (len(points) >= _RING_ROWS and gap <= min(0.3, 1.5 * longest))


def _turns_clearly(points: FloatArray, turn: int) -> bool:
    """Whether few rows go one way, turn without a jump, and go back: a region open at one end.

    Rows in any order seldom ascend and then descend; two curves one after the other jump back.
    """
    ways = points[: turn + 1, 0], points[turn:, 0][::-1]
    sign = 1.0 if ways[0][-1] > ways[0][0] else -1.0
    if min(way.size for way in ways) < _WAY_ROWS:
        return False
    out, back = (sign * np.diff(way) for way in ways)
    # Only the tip may be vertical.
    if np.any(out <= 0.0) or np.any(back[:-1] <= 0.0) or back[-1] < 0.0:
        return False
    steps = np.abs(np.diff(points[:, 0]))
    return bool(steps[turn] <= 2.0 * float(np.median(steps)))


def _runs(x: FloatArray, y: FloatArray) -> tuple[FloatArray, FloatArray] | None:
    """The two ways along a region as rows of x and y, each ascending; None for a plain curve."""
    extent = float(np.ptp(x))
    height = float(np.ptp(y))
    if extent <= 0.0 or x.size < 4:
        return None
    points = np.c_[x, y]
    repeats, closed = _is_closed(points / (extent, max(height, 1e-12)))
    if closed:
        ring = points[:-1] if repeats else points
        ring = np.roll(ring, -int(np.argmin(ring[:, 0])), axis=0)
        ring = np.r_[ring, ring[:1]]
        turn = int(np.argmax(ring[:, 0]))
        runs = ring[: turn + 1], ring[turn:]
        if any(_goes_back(x, len(ring)) for x in (runs[0][:, 0], -runs[1][:, 0])):
            return None  # no border goes back and forth
    else:
        turns = _turns(x, min(-math.log(_STEP_BACK), 0.5 * extent))
        if len(turns) != 1 or (x.size < _CONTOUR_ROWS and not _turns_clearly(points, turns[0])):
            return None
        runs = points[: turns[0] + 1], points[turns[0] :]
        if min(float(np.ptp(run[:, 0])) for run in runs) < 0.5 * extent:
            return None
    first, second = (_along(run) for run in runs)
    return first, second


def _along(run: FloatArray) -> FloatArray:
    """One way along a border with ascending mass: sorted, or as it goes where it is a wall.

    Raises
    ------
    EmissError
        If it folds back.
    """
    run = run if run[-1, 0] >= run[0, 0] else run[::-1]
    places = ["the border"] * len(run)
    masses, order, _ = in_order(np.exp(run[:, 0]), np.exp(run[:, 1]), places)
    return np.asarray(np.c_[np.log(masses), run[order, 1]])


def _outer(run: FloatArray, upward: bool) -> FloatArray:
    """One value per mass: the outer one where a vertical step has several."""
    order = np.lexsort((-run[:, 1] if upward else run[:, 1], run[:, 0]))
    run = run[order]
    keep = np.r_[True, np.diff(run[:, 0]) > 0.0]
    return np.asarray(run[keep])


def edges_of_contour(
    masses: FloatArray, values: FloatArray, places: Sequence[str]
) -> tuple[FloatArray, FloatArray, FloatArray] | None:
    """Lower and upper edge of a region whose border the rows run along.

    Parameters
    ----------
    masses, values : array of float, shape (n,)
        Rows in the order of the file, positive.
    places : sequence of str
        File and line of each row.

    Returns
    -------
    tuple of array or None
        Masses, lower and upper edge, interpolated in logarithms onto the masses of both; None if
        the rows are a plain curve (one way, or there and back along the same line). A region is
        recognised by a last row at the first one (12 rows or more: beside it), by 24 rows or more
        that turn once, or by fewer that turn once without a jump and are in order both ways.

    Raises
    ------
    EmissError
        If a closed border is not one interval of couplings per mass.
    """
    x, y = np.log(masses), np.log(values)
    runs = _runs(x, y)
    if runs is None:
        return None
    low, high = max(r[0, 0] for r in runs), min(r[-1, 0] for r in runs)
    middle = np.linspace(low, high, 33)[1:-1]
    first, second = (_outer(run, False) for run in runs)
    apart = np.interp(middle, *second.T) - np.interp(middle, *first.T)
    if float(np.max(np.abs(apart))) <= _APART:
        return None
    if float(np.median(apart)) < 0.0:
        runs = runs[::-1]
    bottom, top = _outer(runs[0], False), _outer(runs[1], True)
    grid = np.union1d(bottom[:, 0], top[:, 0])
    grid = grid[(grid >= low) & (grid <= high)]
    lower, upper = np.interp(grid, *bottom.T), np.interp(grid, *top.T)
    if np.any(lower > upper + _APART):
        raise EmissError(
            f"{places[0].rsplit(',', 1)[0]}: the rows run around a region that is not one interval "
            "of couplings per mass; write each piece to a file of its own, or as mass, lower "
            "edge and upper edge."
        )
    return np.exp(grid), np.exp(lower), np.exp(np.maximum(lower, upper))
