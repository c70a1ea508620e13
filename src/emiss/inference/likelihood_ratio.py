r"""Feldman-Cousins intervals of one count of any size, from where likelihood ratios are equal.

R(n | mu) = P(n | mu) / P(n | best mu) rises and falls in n, so the outcomes that rank above the
recorded one are those between it and a second crossing n2(mu) of the same R. Their probability is
a difference of two cumulative distributions: nothing is enumerated. It jumps where n2 passes a
whole number; between such points it is smooth, and the ends of the interval are found exactly.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from ..ground.bisection import switch_point
from .poisson import log_cdf
from .roots import Function, between, falling_root

__all__ = ["CountModel", "KnownRates", "interval_of_count", "lengthened_upper", "upper_of_count"]

CITATIONS = ("Feldman:1997qc",)

_CLOSE = 1e-9
_LEAST = 1e-9  # events
_FEW = 1000.0  # counts
_FARTHEST = 1e6  # times the centre: no count beyond is asked for
_CORNERS = 60
_SETTLED = 4  # corners in a row that do not raise the upper end before the search stops


class CountModel(Protocol):
    """Distribution of one count as a function of the signal events."""

    @property
    def tolerance(self) -> float:
        """Relative accuracy of roots."""

    def cdf(self, count: float, signal: float) -> float:
        """P(N <= count), continuous in the count; 0 below a count of 0."""

    def log_ratio(self, count: float, signal: float) -> float:
        """Ln R, continuous in the count."""

    def best(self, count: float) -> float:
        """Most likely signal events of at least 0."""

    def centre(self, signal: float) -> float:
        """Count at which R is largest."""

    def spread(self, signal: float) -> float:
        """Standard deviation of the count, roughly."""


@dataclass(frozen=True, slots=True)
class KnownRates:
    """A Poisson count on a known background.

    Parameters
    ----------
    background : float
        Expected background events.
    tolerance : float
        Relative accuracy of roots.
    """

    background: float
    tolerance: float = 1e-12

    def cdf(self, count: float, signal: float) -> float:
        """P(N <= count)."""
        return _poisson_cdf(count, signal + self.background)

    def log_ratio(self, count: float, signal: float) -> float:
        """Ln R."""
        mean, best = signal + self.background, max(count, self.background)
        if mean == best or mean == 0.0:
            return 0.0 if mean == best else -math.inf
        step = (mean - best) / best if best > 0.0 else 0.0
        if count > 0.0 and step <= -1.0:
            return -math.inf
        return (count * math.log1p(step) if count > 0.0 else 0.0) - (mean - best)

    def best(self, count: float) -> float:
        """Most likely signal events."""
        return max(count - self.background, 0.0)

    def centre(self, signal: float) -> float:
        """Count at which R is largest."""
        return signal + self.background

    def spread(self, signal: float) -> float:
        """Standard deviation of the count."""
        return math.sqrt(signal + self.background + 1.0)


def _poisson_cdf(count: float, mean: float) -> float:
    """P(N <= count) for one count; where scipy's series may stop early the array route decides."""
    from scipy.special import gammaincc

    if count < 0.0 or math.isinf(count):
        return 0.0 if count < 0.0 else 1.0
    if abs(count - mean) < 3.9 * math.sqrt(count + 1.0) or count < _FEW:
        return float(gammaincc(count + 1.0, mean))
    return math.exp(float(log_cdf(np.asarray(count), np.asarray(mean))))


def interval_of_count(model: CountModel, observed: int, cl: float) -> tuple[float, float]:
    """Smallest and largest signal that accept the recorded count.

    Parameters
    ----------
    model : CountModel
        Distribution of the count.
    observed : int
        The recorded count.
    cl : float
        Confidence level.

    Returns
    -------
    lower, upper : float
        Ends of the interval in signal events.
    """
    return _lower(model, observed, cl), upper_of_count(model, observed, cl)


def upper_of_count(model: CountModel, n: int, cl: float) -> float:
    """Largest signal that accepts the recorded count.

    Parameters
    ----------
    model : CountModel
        Distribution of the count.
    n : int
        The recorded count.
    cl : float
        Confidence level.

    Returns
    -------
    float
        Upper end of the interval in signal events.
    """
    start = model.best(n)

    def excess(step: float) -> float:
        signal = start + step
        far = _second(model, n, signal, 1.0)
        # Just before n2 passes a whole number the outcomes up to n2 - 1 rank above.
        return cl - (model.cdf(far - 1.0, signal) - model.cdf(n, signal))

    step = falling_root(
        excess, model.spread(start) * math.sqrt(-2.0 * math.log1p(-cl)), model.tolerance
    )
    end = start + step
    far = _second(model, n, end, 1.0)
    if math.isinf(far):
        return end
    last = math.floor(far)
    corner = _signal_of_tie(model, n, last, (start, end))

    def missing(signal: float) -> float:
        return cl - (model.cdf(last, signal) - model.cdf(n, signal))

    return _switch(missing, corner, end, model.tolerance)


def _lower(model: CountModel, n: int, cl: float) -> float:
    best = model.best(n)
    if best == 0.0 or model.cdf(n - 1.0, 0.0) < cl:
        return 0.0

    def excess(signal: float) -> float:
        near = _second(model, n, signal, -1.0)
        return model.cdf(n - 1.0, signal) - model.cdf(near, signal) - cl

    end = between(excess, (0.0, excess(0.0)), (best, excess(best)), model.tolerance)
    first = math.ceil(_second(model, n, end, -1.0))
    if first < 0:
        return end
    corner = _signal_of_tie(model, n, first, (end, best))

    def missing(signal: float) -> float:
        return cl - (model.cdf(n - 1.0, signal) - model.cdf(first - 1.0, signal))

    return _switch(missing, corner, end, model.tolerance)


def _switch(function: Function, corner: float, end: float, tolerance: float) -> float:
    """Where a function that is positive at the corner turns negative; the corner if it is not."""
    f_corner, f_end = function(corner), function(end)
    if f_corner <= 0.0:
        return corner
    return between(function, (corner, f_corner), (end, f_end), tolerance) if f_end < 0.0 else end


def _second(model: CountModel, n: int, signal: float, side: float) -> float:
    """Count on the other side of the largest R with the R of n.

    It is -1 if even 0 has a larger one, and inf where R levels off above that of n: so it does for
    a background with a wide uncertainty, which explains any count.
    """
    target = model.log_ratio(n, signal)
    centre = max(model.centre(signal), n) if side > 0.0 else min(model.centre(signal), n)

    def excess(distance: float) -> float:
        return model.log_ratio(max(centre + side * distance, 0.0), signal) - target

    if excess(0.0) <= 0.0:
        return centre
    if side < 0.0 and excess(centre) >= 0.0:
        return -1.0
    if side < 0.0:
        return centre - between(
            excess, (0.0, excess(0.0)), (centre, excess(centre)), model.tolerance
        )
    first = abs(centre - n) + 1.0
    if excess(_FARTHEST * (centre + first)) > 0.0:
        return math.inf
    return centre + falling_root(excess, first, model.tolerance)


def _signal_of_tie(model: CountModel, n: int, other: int, span: tuple[float, float]) -> float:
    """Signal between two ends at which two counts have the same R."""
    (low, high) = span

    def excess(signal: float) -> float:
        return model.log_ratio(other, signal) - model.log_ratio(n, signal)

    f_low, f_high = excess(low), excess(high)
    if math.isfinite(f_low) and f_low * f_high < 0.0:
        return between(excess, (low, f_low), (high, f_high), model.tolerance)
    return switch_point(lambda signal: (excess(signal) > 0.0) == (f_high > 0.0), high, low)


def lengthened_upper(observed: int, background: float, cl: float, upper: float) -> float:
    """Upper end that does not fall and rise again as a known background grows.

    Parameters
    ----------
    observed : int
        The recorded count n.
    background : float
        Expected background events b.
    cl : float
        Confidence level.
    upper : float
        Upper end of the raw construction.

    Returns
    -------
    float
        Largest raw upper end at this background or any larger one.

    Notes
    -----
    Feldman:1997qc, section IV B. As b grows the raw end falls, and jumps up where an outcome k
    drops out of those that rank above n. At such a corner m = mu + b solves
    P(n < N < k | m) = cl, and the tie R(k) = R(n) then gives b: the corners at larger backgrounds
    are listed, not searched for.
    """
    if observed >= background:
        # Above the count R(n) does not depend on b: only mu + b is limited, and mu falls with b.
        return upper
    k = max(math.floor(background + upper), observed + 2)
    best, settled, seen = upper, 0, 0
    while settled < _SETTLED and seen < _CORNERS:
        ends = [end for at, end in _corners(observed, k, cl) if at >= background]
        seen += 1
        k += 1
        if ends:
            settled = 0 if max(ends) > best else settled + 1
            best = max(best, *ends)
    return best


def _corners(n: int, k: int, cl: float) -> list[tuple[float, float]]:
    """Backgrounds and upper ends where outcome k comes to rank with n."""
    # P(n < N < k | m) is largest where P(n | m) = P(k - 1 | m).
    most = math.exp((math.lgamma(k) - math.lgamma(n + 1)) / (k - 1 - n))

    def missing(mean: float) -> float:
        return cl - (_poisson_cdf(k - 1.0, mean) - _poisson_cdf(n, mean))

    at_most = missing(most)
    if at_most >= 0.0:
        return []
    beyond = most + falling_root(lambda step: -missing(most + step), math.sqrt(k), _CLOSE)
    means = [between(missing, (0.0, cl), (most, at_most), _CLOSE), beyond]
    found = [(mean, _background_of_tie(n, k, mean)) for mean in means]
    return [(b, mean - b) for mean, b in found if b is not None and b < mean]


def _background_of_tie(n: int, k: int, mean: float) -> float | None:
    """Background above n at which R(k) = R(n) ; None if there is none."""
    level = (n - k) * math.log(mean / k) - k

    def excess(background: float) -> float:
        return (n * math.log(background / k) if n else 0.0) - background - level

    if excess(max(n, 1e-300)) <= 0.0 or excess(k) >= 0.0:
        return None
    start, end = float(max(n, 1e-300)), float(k)
    return between(excess, (start, excess(start)), (end, excess(end)), _CLOSE)
