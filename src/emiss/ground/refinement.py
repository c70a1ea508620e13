"""Points placed where curves bend, so that straight lines between them follow the curves."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .arrays import FloatArray

__all__ = ["Sampled", "enough", "refined", "spread_by_bend"]

_MOST_PARTS = 6
_JUMP_PARTS = 5
_STEEP = 8.0
"""Slope over those of both neighbours from which a step holds a jump, and is divided alone."""
_HIDDEN = 6e-3
"""Deviation of the rise of a step from what its neighbours let expect from which it may hold a jump
that second differences do not tell; twice that where there is one neighbour only."""
_HIDDEN_PARTS = 4
_FINEST = 2e-5
"""Smallest step in ln x: a curve that jumps there is given by its values on both sides."""
_FINEST_AT_KINK = 1e-7
_SHARE_OF_DISTANCE = 0.05
"""Smallest steps next to a kink, where curves may go like a root or a power: this share of the
distance, and no smaller than masses of particles are known."""
_CLOSE_TO_KINK = 1e-3
_RELAXED = 2.0
"""Distance in ln x from a kink within which the error is estimated less severely: there are many
points for it in a small range, and the estimate is the largest of two at ends that differ."""
_GRADED = 0.25
"""Ratio of the distances from a kink of points that are added next to it."""
_AT_ONCE = 4
"""How many such points are added at once where a curve ends between a kink and the next point."""
_AWAY = 1.3
"""Ratio of the distances from a kink of the ends of a step, from which it is divided evenly in the
logarithm of the distance."""
_TIP = 5e-5
"""Depth at which a region counts as closed: its edges are then within a per cent of each other."""
_STRAIGHT = 1.0
"""Depth up to which a tip beside a kink is looked for along a straight line."""
_FAR_BEHIND = 5.0
"""Depth up to which it is taken to fall along a straight line."""
_ROUNDS = 24
_NEXT_TO_KINK = 4.0
_WIDEST = 0.35
"""Largest step in ln x."""


@dataclass(frozen=True, slots=True, eq=False)
class Sampled:
    """Curves at some points.

    Parameters
    ----------
    logs : array of float, shape (c, n)
        Logarithms of the curves; NaN where a curve is not there.
    depths : array of float, shape (c, n)
        How far inside of its region a curve is: positive where it is there, falling to 0 where it
        ends, negative beyond; infinite where nothing is known.
    jumping : array of bool, shape (c,), optional
        Curves that may jump, by more than the tolerance, where they bend.
    """

    logs: FloatArray
    depths: FloatArray
    jumping: NDArray[np.bool_] | None = None

    def with_more(self, other: Sampled, order: NDArray[np.intp]) -> Sampled:
        """Put further points behind and sort all."""
        return Sampled(
            np.concatenate([self.logs, other.logs], axis=1)[:, order],
            np.concatenate([self.depths, other.depths], axis=1)[:, order],
            self.jumping,
        )

    def distinct(self) -> Sampled:
        """Keep curves that are the same only once."""
        both = np.concatenate([self.logs, self.depths], axis=1)
        rows = {row.tobytes(): number for number, row in enumerate(both)}
        kept = sorted(rows.values())
        jumping = None if self.jumping is None else self.jumping[kept]
        return Sampled(self.logs[kept], self.depths[kept], jumping)


def spread_by_bend(
    points: FloatArray, logs: FloatArray, breaks: FloatArray, tolerance: float = 2.5e-3
) -> FloatArray:
    """Choose points so that straight lines between them follow a curve that is known closely.

    Parameters
    ----------
    points : array of float, shape (n,)
        Where the curve is known, ascending.
    logs : array of float, shape (n,)
        Its logarithm; NaN where it is not there.
    breaks : array of float
        Points at which it may have a kink; they are chosen.
    tolerance : float, optional
        Largest deviation.

    Returns
    -------
    array of float
        Points, ascending, the first and the last of those given among them: as many as the integral
        of sqrt(|f''|/(8 tolerance)) says.
    """
    x = np.log(points)
    kinks = np.isin(points, breaks)
    step = np.diff(x)
    bend = np.zeros(x.size)
    bend[1:-1] = 2.0 * np.abs(np.diff(np.diff(logs) / step)) / (step[1:] + step[:-1])
    bend[kinks | np.isnan(bend)] = 0.0
    # The largest of three neighbours: what lies between the points may bend more.
    bend = np.maximum(bend, np.maximum(np.append(bend[1:], 0.0), np.insert(bend[:-1], 0, 0.0)))
    density = np.maximum(np.sqrt(bend / (8.0 * tolerance)), 1.0 / _WIDEST)
    beside = kinks | np.append(kinks[1:], False) | np.insert(kinks[:-1], 0, False)
    density[beside] *= math.sqrt(_NEXT_TO_KINK)
    number = np.insert(np.cumsum(0.5 * (density[1:] + density[:-1]) * step), 0, 0.0)
    levels = np.linspace(0.0, number[-1], math.ceil(number[-1]) + 1)
    chosen = np.exp(np.interp(levels[1:-1], number, x))
    ends = np.unique(np.concatenate([points[[0, -1]], points[kinks]]))
    alone = np.searchsorted(chosen, ends[1:]) == np.searchsorted(chosen, ends[:-1])
    middles = np.sqrt(ends[1:] * ends[:-1])[alone]
    return np.unique(np.concatenate([ends, chosen, middles]))


def enough(
    points: FloatArray, logs: FloatArray, taken: NDArray[np.bool_], tolerance: float
) -> NDArray[np.bool_]:
    """Which points are enough for straight lines between them to follow a curve at all of them.

    Parameters
    ----------
    points : array of float, shape (n,)
        Where the curve is known, ascending.
    logs : array of float, shape (n,)
        Its logarithm; NaN where it is not there.
    taken : array of bool, shape (n,)
        Points that are among them.
    tolerance : float
        Largest deviation.

    Returns
    -------
    array of bool, shape (n,)
        Those taken and, where a line is farthest off, more until none is.
    """
    known = np.flatnonzero(np.isfinite(logs))
    x, y, chosen = np.log(points[known]), logs[known], taken[known]
    while np.count_nonzero(chosen) > 1:
        nodes = np.flatnonzero(chosen)
        inside = slice(nodes[0], nodes[-1])
        off = np.abs(np.interp(x, x[nodes], y[nodes]) - y)[inside]
        if not np.any(off > tolerance):
            break
        farthest = np.repeat(np.maximum.reduceat(off, nodes[:-1] - nodes[0]), np.diff(nodes))
        chosen[inside] |= (off > tolerance) & (off == farthest)
    found = taken.copy()
    found[known] = chosen
    return found


def refined(
    sample: Callable[[FloatArray], Sampled],
    nodes: FloatArray,
    *,
    breaks: FloatArray | Sequence[float] = (),
    tolerance: float = 3e-3,
    most: int = 600,
    ends: bool = True,
) -> tuple[FloatArray, Sampled]:
    """Add points until straight lines in double logarithm follow all curves.

    Parameters
    ----------
    sample : callable
        Curves at points, ascending.
    nodes : array of float, shape (n,)
        First points, positive and ascending; close enough to see everything there is.
    breaks : sequence of float
        Nodes at which a curve may have a kink.
    tolerance : float, optional
        Largest deviation from the curve, estimated from second differences.
    most : int, optional
        Largest number of points.
    ends : bool, optional
        Look for where curves begin and end.

    Returns
    -------
    points : array of float
        Ascending. With `ends` there is one next to where a curve begins or ends.
    found : Sampled
        The curves at them.
    """
    points, kinks = nodes, np.isin(nodes, breaks)
    steep = np.log(nodes[kinks])
    found = sample(nodes)
    for _ in range(_ROUNDS):
        x = np.log(points)
        places = _proposed(x, found.distinct(), kinks, steep, tolerance, ends)
        new = places[: max(0, most - x.size)]
        if new.size == 0:
            break
        added = np.exp(new)
        order = np.argsort(np.concatenate([points, added]), kind="stable")
        kinks = np.concatenate([kinks, np.zeros(new.size, dtype=bool)])[order]
        found = found.with_more(sample(added), order)
        points = np.concatenate([points, added])[order]
    return points, found


def _proposed(
    x: FloatArray,
    found: Sampled,
    kinks: NDArray[np.bool_],
    steep: FloatArray,
    tolerance: float,
    ends: bool,
) -> FloatArray:
    """New places, ascending."""
    step, near = np.diff(x), _distance(x, steep)
    close = (np.maximum(near[1:], near[:-1]) < _CLOSE_TO_KINK) & (step < _CLOSE_TO_KINK)
    allowed = tolerance * np.where(close, _RELAXED, 1.0)
    away = _leads_away(x, near)
    parts = _parts(x, found.logs, kinks, away, allowed)
    if found.jumping is not None:
        hidden = _hidden_jumps(x, found.logs[found.jumping], kinks).any(axis=0)
        parts[hidden] = np.maximum(parts[hidden], _HIDDEN_PARTS)
    tips: list[float] = []
    for logs, depth in zip(found.logs, found.depths, strict=True):
        tips += _tips(x, logs, depth, near == 0.0) if ends else []
    parts[step < 2.0 * _finest(np.minimum(near[1:], near[:-1]))] = 1
    inner = [_inside(x, near, away, i, int(parts[i])) for i in np.flatnonzero(parts > 1)]
    new = np.unique(np.concatenate([np.array(tips), *inner]))
    # Several curves may ask for nearly the same.
    apart = np.diff(new, prepend=-math.inf) > 0.1 * _finest(_distance(new, steep))
    return new[apart]


def _distance(x: FloatArray, steep: FloatArray) -> FloatArray:
    """Distance to the next of some places, ascending."""
    if steep.size == 0:
        return np.full(x.size, np.inf)
    after = np.searchsorted(steep, x)
    right = steep[np.minimum(after, steep.size - 1)]
    left = steep[np.maximum(after - 1, 0)]
    return np.asarray(np.minimum(np.abs(x - left), np.abs(x - right)))


def _finest(distance: FloatArray) -> FloatArray:
    """Smallest step by distance from a kink."""
    return np.clip(_SHARE_OF_DISTANCE * distance, _FINEST_AT_KINK, _FINEST)


def _leads_away(x: FloatArray, near: FloatArray) -> NDArray[np.bool_]:
    """Steps that lead so far away from a kink that a power of the distance bends unevenly."""
    if not np.isfinite(near).all():  # there are no kinks
        return np.zeros(x.size - 1, np.bool_)
    closer, farther = np.minimum(near[1:], near[:-1]), np.maximum(near[1:], near[:-1])
    same = np.abs(farther - closer - np.diff(x)) <= 1e-6 * farther
    return np.asarray((closer > 0.0) & same & (farther > _AWAY * closer))


def _inside(
    x: FloatArray, near: FloatArray, away: NDArray[np.bool_], i: np.intp, parts: int
) -> FloatArray:
    """Places that divide a step: evenly, or closer and closer to a kink."""
    step, share = x[i + 1] - x[i], np.arange(1, parts) / parts
    if away[i]:
        distance = near[i] * (near[i + 1] / near[i]) ** share
        return np.asarray(x[i] + np.abs(distance - near[i]))
    left = near[i] == 0.0
    if left == (near[i + 1] == 0.0):
        return np.asarray(x[i] + step * share)
    graded = step * _GRADED ** np.arange(1, parts)
    return np.asarray(x[i] + graded if left else x[i + 1] - graded)


def _parts(
    x: FloatArray,
    logs: FloatArray,
    kinks: NDArray[np.bool_],
    away: NDArray[np.bool_],
    tolerance: FloatArray,
) -> NDArray[np.int64]:
    """Into how many parts each step must be divided for all curves, of shape (c, n)."""
    step, rise = np.diff(x), np.diff(logs)
    inside = np.isfinite(logs)
    both = inside[:, 1:] & inside[:, :-1]
    slope = rise / step
    # Half of the second derivative at each node that is no kink.
    bend = np.full(logs.shape, np.nan)
    bend[:, 1:-1] = np.diff(slope) / (step[1:] + step[:-1])
    jumps = _jumps(slope, rise, tolerance)
    bend[kinks | _ends_of(jumps)] = np.nan
    # What a much shorter neighbour shows (a small jump) says little of the whole step.
    before = np.minimum(step[1:], 3.0 * step[:-1])
    after = np.minimum(step[:-1], 3.0 * step[1:])
    ends = np.abs(np.stack([bend[:, :-1], bend[:, 1:]]))
    reach = np.stack([np.append(step[0], before), np.append(after, step[-1])])[:, None]
    unknown = np.isnan(ends)
    known = np.where(unknown, -1.0, ends * reach)
    largest = known.max(axis=0)
    # Of a power of the distance from a kink the middle bends as both ends on the geometric mean.
    between = away & (known >= 0.0).all(axis=0) & (reach >= step).all(axis=0)
    largest = np.where(between, np.sqrt(np.abs(known[0] * known[1])), largest)
    # Next to a kink or an end a curve may go like a root, which bends more than neighbours show.
    ends_here = _ends_of(~both)
    beside = kinks | ~inside | ends_here
    beside_step = beside[:, 1:] | beside[:, :-1] | _next_to_end(step, ends_here)
    root = np.where(beside_step, _NEXT_TO_KINK, 1.0)
    error = 0.25 * np.maximum(root * largest, _beyond(bend, step, kinks)) * step
    wanted = np.ceil(np.sqrt(np.maximum(error, 0.0) / tolerance))
    # Alone between kinks or ends: one look at the middle.
    wanted = np.where((largest < 0.0) & (np.abs(rise) > tolerance), 2.0, wanted)
    # Nor does it, when both neighbours are much shorter, that nothing bends in the middle.
    short = ((reach < step) | unknown).all(axis=0) & ~unknown.all(axis=0)
    bends = 0.25 * np.where(unknown, 0.0, ends).max(axis=0) * step**2 > tolerance
    wanted = np.where(short & bends, np.maximum(wanted, 2.0), wanted)
    wanted = np.where(jumps, _JUMP_PARTS, np.clip(wanted, 1.0, _MOST_PARTS))
    return np.asarray(np.where(both, wanted, 1.0).max(axis=0), dtype=np.int64)


def _ends_of(steps: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Points at one of the ends of some steps, of shape (..., n - 1)."""
    found = np.zeros((*steps.shape[:-1], steps.shape[-1] + 1), dtype=bool)
    found[..., :-1] = steps
    found[..., 1:] |= steps
    return found


def _next_to_end(step: FloatArray, ends_here: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Steps between which and the end of a curve is only one that is much shorter.

    Of shape (c, n - 1); `ends_here` are the points at which curves end, of shape (c, n).
    """
    found = np.zeros((len(ends_here), step.size), dtype=bool)
    found[:, :-1] = ends_here[:, 2:] & (3.0 * step[1:] < step[:-1])
    found[:, 1:] |= ends_here[:, :-2] & (3.0 * step[:-1] < step[1:])
    return found


def _beyond(bend: FloatArray, step: FloatArray, kinks: NDArray[np.bool_]) -> FloatArray:
    """Half of the second derivative behind the other end of steps from a kink, times their reach.

    A kink tells none itself, and the other end may be where the curve bends the other way.
    """
    sizes = np.where(np.isnan(bend), 0.0, np.abs(bend))
    found = np.zeros((len(bend), step.size))
    right = np.minimum(step[:-1], 3.0 * step[1:]) * sizes[:, 2:]
    left = np.minimum(step[1:], 3.0 * step[:-1]) * sizes[:, :-2]
    found[:, :-1] = np.where(kinks[:-2], right, 0.0)
    found[:, 1:] = np.maximum(found[:, 1:], np.where(kinks[2:], left, 0.0))
    return found


def _jumps(slope: FloatArray, rise: FloatArray, tolerance: FloatArray) -> NDArray[np.bool_]:
    """Steps much steeper than both neighbours: these say nothing of each other."""
    found = np.zeros(slope.shape, dtype=bool)
    steep = np.abs(slope)
    with np.errstate(invalid="ignore"):
        higher = np.maximum(steep[:, 2:], steep[:, :-2])
        found[:, 1:-1] = steep[:, 1:-1] > _STEEP * higher
        return found & (np.abs(rise) > tolerance)


def _hidden_jumps(x: FloatArray, logs: FloatArray, kinks: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Steps of some curves that rise otherwise than their neighbours let expect.

    A jump by J adds no more than J/4 to an error that second differences estimate.
    """
    step, rise = np.diff(x), np.diff(logs)
    slope = rise / step
    beside = kinks | _ends_of(_jumps(slope, rise, np.full(step.shape, 0.2 * _HIDDEN)))
    # Known from the left and from the right; what a kink or a jump parts says nothing.
    known = np.full((2, *slope.shape), np.nan)
    known[0, :, 1:] = np.where(beside[:, 1:-1], np.nan, slope[:, :-1])
    known[1, :, :-1] = np.where(beside[:, 1:-1], np.nan, slope[:, 1:])
    number = np.isfinite(known).sum(axis=0)
    expected = np.nansum(known, axis=0) / np.maximum(number, 1)
    with np.errstate(invalid="ignore"):
        off = np.abs(slope - expected) * step > np.where(number == 2, _HIDDEN, 2.0 * _HIDDEN)
    return np.asarray(off & (number > 0))


def _tips(
    x: FloatArray, logs: FloatArray, depth: FloatArray, steep: NDArray[np.bool_]
) -> list[float]:
    """Places next to where a curve ends between two points."""
    inside = np.isfinite(logs)
    found = []
    for left in np.flatnonzero(inside[1:] != inside[:-1]):
        a, b = (left, left + 1) if inside[left] else (left + 1, left)
        # What ends at a kink may do so with a power of the distance from it.
        finest = _FINEST_AT_KINK if steep[b] else _FINEST
        if abs(x[b] - x[a]) < finest or 0.0 <= depth[a] <= 2.0 * _TIP:
            continue
        share = _GRADED if steep[a] else 1.0 - _GRADED if steep[b] else 0.5
        finite = math.isfinite(depth[a]) and math.isfinite(depth[b]) and depth[a] > depth[b]
        # Beside a kink the depth falls too fast for a straight line, until it is small.
        if finite and (share == 0.5 or max(depth[a], -depth[b]) < _STRAIGHT):
            share = min(max(_share_at_tip(x, depth, int(a), int(b)), 0.02), 0.98)
        elif share == 0.5 and depth[b] == -math.inf:
            share = _share_ahead(x, depth, int(a), int(b))
        shares = [share]
        if steep[a] and share == _GRADED:
            shares = [_GRADED**power for power in range(1, _AT_ONCE + 1)]
        elif steep[b] and share == 1.0 - _GRADED:
            shares = [1.0 - _GRADED**power for power in range(1, _AT_ONCE + 1)]
        found += [float(x[a] + each * (x[b] - x[a])) for each in shares]
    return found


def _share_at_tip(x: FloatArray, depth: FloatArray, a: int, b: int) -> float:
    """Share of the way from a to b at which the depth is that of a tip.

    Along a straight line, or a parabola in the depth through a third point that is close.
    """
    (one, other), aim = (depth[a], depth[b]), _TIP
    line = float((one - aim) / (one - other))
    thirds = [i for i in (2 * a - b, 2 * b - a) if 0 <= i < x.size and abs(depth[i]) < _STRAIGHT]
    if not thirds or max(abs(one), abs(other)) >= _STRAIGHT:
        return line
    c = min(thirds, key=lambda i: abs(depth[i]))
    third = depth[c]
    # Deeper and deeper along the three, or the depth tells no place.
    ordered = third > one if c == 2 * a - b else third < other
    if not ordered:
        return line
    bent = (aim - one) * (aim - other) / ((third - one) * (third - other)) * (x[c] - x[a])
    straight = (aim - one) * (aim - third) / ((other - one) * (other - third)) * (x[b] - x[a])
    share = float((bent + straight) / (x[b] - x[a]))
    return share if 0.0 < share < 1.0 else line


def _share_ahead(x: FloatArray, depth: FloatArray, a: int, b: int) -> float:
    """Share of the way from a to b at which the depth, seen from one side, comes to that of a tip.

    Half where it does not, or is not known at a and behind it.
    """
    behind = 2 * a - b
    if not 0 <= behind < x.size or not depth[a] < depth[behind] < _FAR_BEHIND:
        return 0.5
    falls = (x[behind] - x[a]) / (depth[behind] - depth[a])
    ahead = (_TIP - depth[a]) * falls
    third = 3 * a - 2 * b
    if 0 <= third < x.size and depth[behind] < depth[third] < _FAR_BEHIND:
        before = (x[third] - x[behind]) / (depth[third] - depth[behind])
        bend = (before - falls) / (depth[third] - depth[a])
        ahead += bend * (_TIP - depth[a]) * (_TIP - depth[behind])
    share = float(ahead / (x[b] - x[a]))
    return share if 0.02 < share < 0.98 else 0.5
