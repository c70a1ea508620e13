"""Roots of one function of one variable, in plain floats."""

from __future__ import annotations

import math
from collections.abc import Callable

from ..ground.errors import ValidityError

__all__ = ["Function", "between", "falling_root", "newton_falling_root", "secant_rising_root"]

Function = Callable[[float], float]


def between(
    function: Function, low: tuple[float, float], high: tuple[float, float], tolerance: float
) -> float:
    """Root in a bracket by false position; a stalled end is halved (Illinois).

    Parameters
    ----------
    function : callable
        Continuous function.
    low, high : (float, float)
        Two points and their values, of opposite sign.
    tolerance : float
        Relative accuracy of the root.

    Returns
    -------
    float
        The root.
    """
    (a, f_a), (b, f_b) = low, high
    for _ in range(200):
        if f_b == 0.0 or f_b == f_a:
            return b
        c = b - f_b * (b - a) / (f_b - f_a)
        f_c = function(c)
        if f_c * f_b < 0.0:
            a, f_a = b, f_b
        else:
            f_a *= 0.5
        moved, b, f_b = abs(c - b), c, f_c
        if min(abs(b - a), moved) <= tolerance * abs(b) or abs(f_c) < 1e-12:
            return b
    return b


def falling_root(function: Function, start: float, tolerance: float = 1e-12) -> float:
    """Root of a falling function that is positive at 0.

    Parameters
    ----------
    function : callable
        Function of a number of at least 0.
    start : float
        First point tried, positive.
    tolerance : float
        Relative accuracy.

    Returns
    -------
    float
        The root.

    Raises
    ------
    ValidityError
        No change of sign up to 2^60 times the start.
    """
    low, high = (0.0, function(0.0)), (start, function(start))
    for _ in range(60):
        if high[1] <= 0.0:
            return between(function, low, high, tolerance)
        low, high = high, (2.0 * high[0], function(2.0 * high[0]))
    raise ValidityError("no limit found; check signal and background.")


def secant_rising_root(
    function: Function, start: float, slope: float, tolerance: float, widest: float = 40.0
) -> float:
    """Root of a function that rises through zero, nearly a straight line of a known slope.

    Parameters
    ----------
    function : callable
        The function.
    start : float
        First guess.
    slope : float
        Expected slope, positive.
    tolerance : float
        Largest absolute error of the root.
    widest : float
        Largest distance from `start` that is searched.

    Returns
    -------
    float
        The root; NaN where none is found within `widest` of the start.

    Raises
    ------
    ValidityError
        If the function is NaN.

    Notes
    -----
    As `crossing.rising_roots` for one function, in plain floats: secant steps in a bracket, with
    bisection where a step leaves it.
    """
    low, high = -math.inf, math.inf
    x, step, before = start, 0.0, 0.0
    for _ in range(200):
        value = function(x)
        if math.isnan(value):
            raise ValidityError("the function is NaN inside the search range.")
        chord = (value - before) / step if step else slope
        steep = chord if chord > 0.02 * slope else slope
        low, high = (low, x) if value >= 0.0 else (x, high)
        following = x - value / steep
        if abs(following - x) <= 0.1 * tolerance or high - low <= tolerance:
            return following
        if not low < following < high:
            bounded = low > -math.inf and high < math.inf
            following = 0.5 * (low + high) if bounded else x - math.copysign(4.0, value)
        following = min(max(following, x - 4.0), x + 4.0)
        if abs(following - start) > widest:
            return math.nan
        before, step, x = value, following - x, following
    return x


def newton_falling_root(
    evaluate: Callable[[float], tuple[float, float]],
    level: float,
    start: float,
    tolerance: float = 1e-12,
) -> float:
    """Where a falling function passes a level, by Newton steps in a shrinking bracket.

    Parameters
    ----------
    evaluate : callable
        Gives value and slope at a number of at least 0.
    level : float
        The level.
    start : float
        First guess.
    tolerance : float
        Relative accuracy.

    Returns
    -------
    float
        The argument.

    Notes
    -----
    Newton's error is squared by each step: after one below the root of the tolerance the next
    value is not asked for.
    """
    low, high, s = 0.0, math.inf, start
    enough = 0.3 * math.sqrt(tolerance)
    before: _Point | None = None
    for _ in range(200):
        value, slope = evaluate(s)
        value -= level
        if value > 0.0:
            low = s
        else:
            high = s
        following = s - value / slope if slope < 0.0 else math.inf
        if not low <= following <= high or math.isinf(following):
            s = 2.0 * s + 1.0 if math.isinf(high) else 0.5 * (low + high)
            before = None
            continue
        here = s, value, 1.0 / slope
        reach = abs(following - s)
        if before is not None and value != before[1]:
            better = _inverse_cubic(before, here)
            # Where it changes much of Newton's step, the points are too far apart for it.
            if low <= better <= high and abs(better - following) <= 0.5 * reach:
                following, reach = better, abs(better - s) * abs(s - before[0]) / better
        if reach <= enough * following:
            return following
        before, s = here, following
    return s


_Point = tuple[float, float, float]
"""Argument, value and slope of the argument as a function of the value."""


def _inverse_cubic(before: _Point, here: _Point) -> float:
    """Argument at value 0 of the cubic in the value through two points with their slopes."""
    (x, f, slope), (other, at_other, other_slope) = here, before
    apart = f - at_other
    chord = (x - other) / apart
    bend = (slope - chord) / apart
    change = (bend - (chord - other_slope) / apart) / apart
    return x - slope * f + f * f * (bend - change * at_other)
