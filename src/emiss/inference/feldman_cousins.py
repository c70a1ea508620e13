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

from ..ground.arrays import FloatArray
from ..ground.bisection import switch_point
from ..ground.errors import ValidityError
from .channel import Channel, as_channels, check_confidence_level, check_countable
from .combination import count_vectors
from .joint import Factors, joint_total_pmf
from .likelihood_ratio import (
    CountModel,
    KnownRates,
    interval_of_count,
    lengthened_upper,
    upper_of_count,
)

__all__ = ["feldman_cousins_interval", "feldman_cousins_upper"]

CITATIONS = ("Feldman:1997qc", "Cousins:1991qz")

Pmf = Callable[[FloatArray], FloatArray]

MAX_OUTCOMES = 20_000
_FEW = 60.0  # events up to which outcomes of an uncertain channel are enumerated
_ORDINARY = 0.99  # level up to which outcomes that hold 1e-6 make no difference
_NARROW = 0.75  # and widths of ln(rate), beyond which the tails hold too many outcomes


def feldman_cousins_interval(
    channels: Channel | Sequence[Channel], cl: float = 0.9, *, raw: bool = False
) -> tuple[float, float]:
    """Feldman-Cousins interval of the signal strength.

    Parameters
    ----------
    channels : Channel or sequence of Channel
        One or more channels with their signals at unit strength.
    cl : float
        Confidence level.
    raw : bool
        Leave the interval as the construction gives it. By default it is lengthened so that the
        upper limit does not rise with the background, as in the published tables. That is defined
        for one channel without uncertainties; others are raw.

    Returns
    -------
    lower, upper : float
        Ends of the interval.

    Raises
    ------
    ValidityError
        Too many outcomes to enumerate.

    Notes
    -----
    Feldman:1997qc, section IV. For one channel the ends are exact to 1e-9, for any count, see
    `likelihood_ratio`. Uncertainties are averaged over in P(n | mu) (Cousins:1991qz), which is
    not part of the original construction. Several channels are enumerated; there the best
    strength of an outcome is interpolated, which moves ends by up to 1e-3.
    """
    channels = as_channels(channels)
    check_confidence_level(cl)
    model = _model(channels, cl)
    if model is None:
        return _marginal_interval(channels, cl)
    (channel,) = channels
    lower, upper = interval_of_count(model, channel.observed, cl)
    return lower / channel.signal, _lengthened(model, channel, cl, upper, raw) / channel.signal


def feldman_cousins_upper(
    channels: Channel | Sequence[Channel], cl: float = 0.9, *, raw: bool = False
) -> float:
    """Upper end alone of the Feldman-Cousins interval.

    Parameters
    ----------
    channels, cl, raw
        As in `feldman_cousins_interval`.

    Returns
    -------
    float
        Upper limit on the strength.

    Raises
    ------
    ValidityError
        Too many outcomes to enumerate.
    """
    channels = as_channels(channels)
    check_confidence_level(cl)
    model = _model(channels, cl)
    if model is None:
        return _marginal_interval(channels, cl)[1]
    (channel,) = channels
    upper = upper_of_count(model, channel.observed, cl)
    return _lengthened(model, channel, cl, upper, raw) / channel.signal


def _lengthened(model: CountModel, channel: Channel, cl: float, upper: float, raw: bool) -> float:
    if raw or not isinstance(model, KnownRates):
        return upper
    return lengthened_upper(channel.observed, channel.background, cl, upper)


def _model(channels: tuple[Channel, ...], cl: float) -> CountModel | None:
    """Distribution of a single count, or None where outcomes are enumerated."""
    if len(channels) > 1:
        return None
    (channel,) = channels
    background_width = channel.background_width
    signal_width = math.hypot(*channel.signal_widths)
    if background_width == 0.0 and signal_width == 0.0:
        return KnownRates(channel.background)
    few = channel.observed + channel.background <= _FEW
    both = background_width > 0.0 and signal_width > 0.0
    # At high levels the grid of the enumeration is coarse: exactly, where one is uncertain alone.
    if few and background_width + signal_width <= _NARROW and (both or cl <= _ORDINARY):
        return None
    if both:
        raise ValidityError(
            "the Feldman-Cousins construction with uncertainties of both signal and background is "
            f"enumerated up to {_FEW:g} events and sums of ln-widths of {_NARROW:g}; leave one "
            "uncertainty out, or use method 'cls'."
        )
    from .smeared_count import smeared_count

    # A power of ten that also holds the expected bands, so that they share one table.
    largest = max(channel.observed, channel.background * math.exp(2.1 * background_width), 10.0)
    reach = 10.0 ** math.ceil(math.log10(largest))
    return smeared_count(channel.background, background_width, signal_width, reach)


def _edges(
    log_pmf: Pmf, log_best: FloatArray, which: int, *, span: float, cl: float, points: int = 1200
) -> tuple[float, float] | None:
    """Smallest and largest strength which accept outcome `which`; None if beyond `span`."""

    def accepted(strengths: FloatArray) -> NDArray[np.bool_]:
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

    def one(strength: float) -> bool:
        return bool(accepted(np.array([strength]))[0])

    upper = switch_point(one, float(grid[last]), float(grid[last + 1]))
    if first == 0:
        return 0.0, upper
    return switch_point(one, float(grid[first]), float(grid[first - 1])), upper


def _marginal_interval(channels: tuple[Channel, ...], cl: float) -> tuple[float, float]:
    """Interval from the full construction over enumerated counts of all channels."""
    check_countable(channels)
    observed = sum(c.observed for c in channels)
    background = sum(c.background for c in channels)
    sigmas = _sigmas(cl)
    span = max(observed - background, 0.0) + sigmas * (math.sqrt(observed + 1.0) + 0.5 * sigmas)
    span /= sum(c.signal for c in channels)
    for _ in range(12):
        ends = _marginal_edges(channels, cl, span)
        if ends is not None:
            return ends
        span *= 1.6
    raise ValidityError("no end of the Feldman-Cousins interval found; use method 'cls'.")


def _sigmas(cl: float) -> float:
    """Standard deviations beyond which a normal distribution holds less than a level leaves out."""
    return math.sqrt(-2.0 * math.log(1.0 - cl))


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
            [c.background_widths for c in channels],
            [c.background_group for c in channels],
            [c.source_widths for c in channels],
        ),
    )
    widest = max(
        max(c.signal_widths) + max(*c.background_widths, *c.source_widths.values())
        for c in channels
    )
    # Outcomes left out hold less than about 1e-6 at any strength below the span, and much less
    # than what a higher level leaves out: else no strength would ever be excluded.
    sigmas = _sigmas(cl) if cl > _ORDINARY else 2.0
    spread = math.exp(sigmas * widest) if cl > _ORDINARY else 1.0 + 2.0 * widest
    means = (background + span * signal) * spread
    tops = np.ceil(means + (sigmas + 3.0) * np.sqrt(means) + 4.0).astype(int)
    tops = np.maximum(tops, observed)
    total_mean = float(means.sum())
    total_top = math.ceil(total_mean + (sigmas + 3.0) * math.sqrt(total_mean) + 4.0)
    total_top = max(total_top, observed.sum())
    vectors = count_vectors(tops, np.ones(len(channels)), float(total_top))
    if len(vectors) > MAX_OUTCOMES:
        raise ValidityError(
            f"the Feldman-Cousins construction for these {len(channels)} channels needs "
            f"{len(vectors)} outcomes, more than {MAX_OUTCOMES}; merge channels or use 'cls'."
        )
    which = int(np.flatnonzero((vectors == observed).all(axis=1))[0])

    def log_pmf(strengths: FloatArray) -> FloatArray:
        values = joint_total_pmf(np.multiply.outer(signal, strengths), background, vectors, factors)
        return np.asarray(np.log(np.maximum(values, 1e-300)))

    grid = np.concatenate(([0.0], np.geomspace(1e-2, 2.0, 80) * span))
    return _edges(log_pmf, _best(log_pmf(grid), grid), which, span=span, cl=cl, points=150)


def _best(logs: FloatArray, grid: FloatArray) -> FloatArray:
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
