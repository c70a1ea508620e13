r"""Couplings at which a search starts to exclude: vectorised root finding.

The search is described by `excess(couplings)`, positive where the coupling is excluded and negative
where it is not, element by element for all masses. Nothing is assumed about how yields depend on
the coupling, except that the fast route `find_lower_edge` starts from an expected power law and
checks what it finds.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from ..ground.arrays import FloatArray
from ..ground.errors import ValidityError
from ..ground.interruption import pause

__all__ = ["Excess", "find_lower_edge", "rising_roots"]

Excess = Callable[[FloatArray], FloatArray]

Flags = NDArray[np.bool_]

_CURVATURE = 4.0
"""Largest second derivative of an excess in ln(coupling) that is expected where it passes 0."""
_BEYOND = 1e-2
"""Accuracy in ln(coupling) of edges above the largest coupling."""
_FLAT = -600.0  # below this an excess stands for "no signal at all" and carries no slope


def rising_roots(
    excess: Excess,
    start: FloatArray,
    slope: float,
    tolerance: float = 1e-6,
    widest: float = 40.0,
    end: float = math.inf,
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
    end : float
        No step leaps over this point: it is looked at first.

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
        pause()
        f = np.asarray(excess(x), dtype=float)
        if np.isnan(f).any() and np.isnan(f[active]).any():
            raise ValidityError("the excess is NaN at a coupling inside the search range.")
        step = _proposal(x, f, before_x, before_f, slope, stride) if iteration else -f / slope
        near = np.abs(step) <= 0.1 * tolerance
        # Beyond the end it is enough to know about where.
        near |= (x > end) & (np.abs(step) <= _BEYOND)
        if iteration:
            near |= _sure(step, x - before_x, f - before_f, slope, 0.1 * tolerance)
        if near.all():
            return np.where(active, x + step, root)
        above = f >= 0.0
        high, low = np.where(above, x, high), np.where(above, low, x)
        step = np.clip(step, -stride * 4.0, stride * 4.0)
        following = x + step
        bracketed = np.isfinite(low) & np.isfinite(high)
        outside = bracketed & ~((following > low) & (following < high))
        following = np.where(~near & (x < end) & (following > end), end, following)
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
        # Where the search is over nothing new is asked for, which costs an excess less.
        x = np.where(active, following, x)
    return root


def _proposal(
    x: FloatArray,
    f: FloatArray,
    before_x: FloatArray,
    before_f: FloatArray,
    slope: float,
    stride: FloatArray,
) -> FloatArray:
    """Secant step where the function rises between the last two points, else the expected slope."""
    with np.errstate(invalid="ignore", divide="ignore"):
        secant = (f - before_f) / (x - before_x)
    of_signal = np.isfinite(secant) & (f > _FLAT) & (before_f > _FLAT)
    # However slowly it rises: a function that saturates just below zero gets there far away, and
    # steps by the expected slope would not.
    step = -f / np.where(of_signal & (secant > 0.0), secant, slope)
    # Past a highest point such steps are as short, and what follows is sought a stride away.
    falls = of_signal & (secant < 0.0)
    return np.asarray(np.where(falls, np.copysign(np.maximum(np.abs(step), stride), step), step))


def _sure(
    step: FloatArray, moved: FloatArray, rise: FloatArray, slope: float, tolerance: float
) -> Flags:
    """Whether the point that a secant step leads to is near enough, so that none has to follow.

    It is off by half of the curvature over the slope, times this step and the one before; not
    where the function rises much more steeply than expected, as at a jump.
    """
    with np.errstate(invalid="ignore"):
        smooth = (rise * moved > 0.0) & (np.abs(rise) <= 2.0 * slope * np.abs(moved))
        off = 0.5 * _CURVATURE * np.abs(step) * np.square(moved)
        return np.asarray(smooth & (off <= tolerance * np.abs(rise)))


def find_lower_edge(
    excess: Excess,
    guess: FloatArray,
    power: float,
    *,
    tolerance: float = 1e-6,
    verify: bool = True,
    largest: float = math.inf,
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
    largest : float
        Largest coupling of interest. Searches start no higher and look at it before they go on, so
        that one which is excluded is found, whatever the yields do beyond.

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
    `island_edges.edges_near`.
    """
    guess = np.asarray(guess, dtype=float)
    if not (np.all(np.isfinite(guess)) and np.all(guess > 0.0) and 0.0 < power < math.inf):
        raise ValidityError("guess and power must be positive and finite.")

    def in_log(log_coupling: FloatArray) -> FloatArray:
        return excess(np.exp(log_coupling))

    end = math.log(largest)
    start = np.minimum(np.log(guess), end)
    log_edge = rising_roots(in_log, start, power, tolerance, end=end)
    for _ in range(5 if verify else 0):
        safe = np.where(np.isnan(log_edge), start, log_edge)
        below = safe + math.log(0.7)
        wrong = ~np.isnan(log_edge) & (in_log(below) >= 0.0)
        if not wrong.any():
            break
        again = rising_roots(in_log, np.where(wrong, below, safe), power, tolerance, end=end)
        log_edge = np.where(wrong & ~np.isnan(again), again, log_edge)
    return np.exp(log_edge)
