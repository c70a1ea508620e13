r"""Feldman-Cousins intervals: Neyman construction ordered by the likelihood ratio.

An outcome n is in the acceptance region of a strength mu if the outcomes that rank above it, those
with a larger R = P(n | mu) / P(n | best mu), hold less than the confidence level. The interval of
the recorded outcome runs from the smallest to the largest accepted strength.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from ..ground.errors import ValidityError
from .channel import Channel, as_channels, check_confidence_level
from .combination import count_vectors
from .nuisance import Factors, joint_total_pmf, log_factorials

__all__ = ["feldman_cousins_interval"]

CITATIONS = ("Feldman:1997qc", "Cousins:1991qz")

Array = NDArray[np.float64]
Pmf = Callable[[Array], Array]

MAX_OUTCOMES = 20_000
_MONOTONE_RANGE = 3.0  # events: dips in the background are shorter than this
_MAX_TOTAL = 300


def feldman_cousins_interval(
    channels: Channel | Sequence[Channel], cl: float = 0.9, *, monotone: bool = False
) -> tuple[float, float]:
    """Feldman-Cousins interval of the signal strength.

    Parameters
    ----------
    channels : Channel or sequence of Channel
        One or more channels with their signals at unit strength.
    cl : float
        Confidence level.
    monotone : bool
        Lengthen the interval so that the upper limit does not fall and rise again as the
        background grows, as in the published tables. One channel without uncertainties only.

    Returns
    -------
    lower, upper : float
        Ends of the interval.

    Raises
    ------
    ValidityError
        Too many outcomes to enumerate, or `monotone` where it is not defined.

    Notes
    -----
    Feldman:1997qc, section IV. Ends are found on a grid of strengths and refined by bisection to
    1e-9. Uncertainties are averaged over in P(n | mu) (Cousins:1991qz), which is not part of the
    original construction; with them, or with several channels, the best strength of an outcome is
    interpolated, which moves ends by up to 1e-3.
    """
    channels = as_channels(channels)
    check_confidence_level(cl)
    counts = sum(c.observed for c in channels) + sum(c.background for c in channels)
    if counts > _MAX_TOTAL:
        raise ValidityError(
            f"the Feldman-Cousins construction is enumerated up to {_MAX_TOTAL} events, these "
            f"channels hold {counts:.4g}; use method 'cls' or 'asymptotic'."
        )
    plain = len(channels) == 1 and not _uncertain(channels)
    if monotone and not plain:
        raise ValidityError(
            "the monotone correction is defined for one channel without uncertainties; leave "
            "monotone off."
        )
    if not plain:
        return _marginal_interval(channels, cl)
    channel = channels[0]
    lower, upper = _known(channel.observed, channel.background, cl)
    if monotone:
        upper = max(upper, _largest_upper(channel.observed, channel.background, cl))
    return lower / channel.signal, upper / channel.signal


def _uncertain(channels: Sequence[Channel]) -> bool:
    return any(any(c.signal_widths) or any(c.background_widths) for c in channels)


def _known(observed: int, background: float, cl: float) -> tuple[float, float]:
    """Interval of the signal events for a known background."""
    span = _span(observed, background, cl)
    top = math.ceil(span + background + 8.0 * math.sqrt(span + background) + 10.0)
    n = np.arange(max(top, observed) + 1)
    log_factorial = log_factorials(len(n) - 1)

    def log_pmf(signal: Array) -> Array:
        mean = np.maximum(signal + background, 1e-300)
        return n * np.log(mean)[:, None] - mean[:, None] - log_factorial

    best_mean = np.maximum(n, max(background, 1e-300))
    log_best = n * np.log(best_mean) - best_mean - log_factorial
    ends = _edges(log_pmf, log_best, observed, span=span, cl=cl)
    if ends is None:
        raise ValidityError("no end of the Feldman-Cousins interval found; use method 'cls'.")
    return ends


def _span(observed: float, background: float, cl: float) -> float:
    """Signal events certainly above the interval."""
    sigmas = 1.5 + math.sqrt(-2.0 * math.log(1.0 - cl))
    return max(observed - background, 0.0) + sigmas * (math.sqrt(observed + 1.0) + sigmas) + 1.0


def _edges(
    log_pmf: Pmf, log_best: Array, which: int, *, span: float, cl: float, points: int = 1200
) -> tuple[float, float] | None:
    """Smallest and largest strength which accept outcome `which`; None if beyond `span`."""

    def accepted(strengths: Array) -> NDArray[np.bool_]:
        logs = log_pmf(strengths)
        rank = logs - log_best
        # Ties do not rank above; 1e-10 absorbs rounding in the logarithms.
        above = rank > rank[:, which, None] + 1e-10
        return np.asarray(np.where(above, np.exp(logs), 0.0).sum(axis=1) < cl)

    grid = np.linspace(0.0, span, points)
    inside = accepted(grid)
    if inside[-1] or not inside.any():
        return None
    first, last = int(np.argmax(inside)), points - 1 - int(np.argmax(inside[::-1]))
    upper = _bisect(accepted, float(grid[last]), float(grid[last + 1]))
    lower = 0.0 if first == 0 else _bisect(accepted, float(grid[first]), float(grid[first - 1]))
    return lower, upper


def _bisect(accepted: Callable[[Array], NDArray[np.bool_]], inside: float, outside: float) -> float:
    for _ in range(40):
        middle = 0.5 * (inside + outside)
        if accepted(np.array([middle]))[0]:
            inside = middle
        else:
            outside = middle
    return 0.5 * (inside + outside)


def _largest_upper(observed: int, background: float, cl: float) -> float:
    """Largest upper end at this or a larger background; it jumps up and slides down with b."""
    grid = background + np.linspace(0.0, _MONOTONE_RANGE, 151)
    uppers = [_known(observed, float(b), cl)[1] for b in grid]
    best = int(np.argmax(uppers))
    if best == 0:
        return uppers[0]
    # The largest value is reached just behind a jump, which lies between two grid points.
    before, after, largest = float(grid[best - 1]), float(grid[best]), uppers[best]
    for _ in range(20):
        middle = 0.5 * (before + after)
        value = _known(observed, middle, cl)[1]
        if value >= largest:
            after, largest = middle, value
        else:
            before = middle
    return largest


def _marginal_interval(channels: tuple[Channel, ...], cl: float) -> tuple[float, float]:
    """Interval from the full construction over enumerated counts of all channels."""
    observed = sum(c.observed for c in channels)
    background = sum(c.background for c in channels)
    sigmas = math.sqrt(-2.0 * math.log(1.0 - cl))
    span = max(observed - background, 0.0) + sigmas * (math.sqrt(observed + 1.0) + 0.5 * sigmas)
    span /= sum(c.signal for c in channels)
    for _ in range(12):
        ends = _marginal_edges(channels, cl, span)
        if ends is not None:
            return ends
        span *= 1.6
    raise ValidityError("no end of the Feldman-Cousins interval found; use method 'cls'.")


def _marginal_edges(
    channels: tuple[Channel, ...], cl: float, span: float
) -> tuple[float, float] | None:
    """Return the ends of the interval, or None if it reaches beyond `span`."""
    signal = np.array([c.signal for c in channels])
    background = np.array([c.background for c in channels])
    observed = np.array([c.observed for c in channels])
    factors = (
        Factors.from_widths(
            [c.signal_widths for c in channels], [c.signal_group for c in channels]
        ),
        Factors.from_widths(
            [c.background_widths for c in channels], [c.background_group for c in channels]
        ),
    )
    widest = max(max(c.signal_widths) + max(c.background_widths) for c in channels)
    means = (background + span * signal) * (1.0 + 2.0 * widest)
    tops = np.ceil(means + 5.0 * np.sqrt(means) + 4.0).astype(int)
    tops = np.maximum(tops, observed)
    total_mean = float(means.sum())
    total_top = max(math.ceil(total_mean + 5.0 * math.sqrt(total_mean) + 4.0), observed.sum())
    # Outcomes left out hold less than about 1e-6 at any strength below the span.
    vectors = count_vectors(tops, np.ones(len(channels)), float(total_top))
    if len(vectors) > MAX_OUTCOMES:
        raise ValidityError(
            f"the Feldman-Cousins construction for these {len(channels)} channels needs "
            f"{len(vectors)} outcomes, more than {MAX_OUTCOMES}; merge channels or use 'cls'."
        )
    which = int(np.flatnonzero((vectors == observed).all(axis=1))[0])

    def log_pmf(strengths: Array) -> Array:
        values = joint_total_pmf(np.multiply.outer(signal, strengths), background, vectors, factors)
        return np.asarray(np.log(np.maximum(values, 1e-300)))

    grid = np.concatenate(([0.0], np.geomspace(1e-2, 2.0, 80) * span))
    return _edges(log_pmf, _best(log_pmf(grid), grid), which, span=span, cl=cl, points=150)


def _best(logs: Array, grid: Array) -> Array:
    """Largest ln P over strengths for every outcome, refined by a parabola through the top."""
    top = np.argmax(logs, axis=0)
    inner = np.clip(top, 1, len(grid) - 2)
    columns = np.arange(logs.shape[1])
    y0, y1, y2 = (logs[inner + d, columns] for d in (-1, 0, 1))
    left, right = grid[inner] - grid[inner - 1], grid[inner + 1] - grid[inner]
    # Divided differences of the parabola on unequal steps.
    rise, fall = (y1 - y0) / left, (y2 - y1) / right
    bend = (fall - rise) / (left + right)
    slope = (rise * right + fall * left) / (left + right)
    with np.errstate(invalid="ignore", divide="ignore"):
        gain = -(slope**2) / (4.0 * bend)
    gain = np.where((top == inner) & (bend < 0.0), gain, 0.0)
    return np.asarray(logs[top, columns] + gain)
