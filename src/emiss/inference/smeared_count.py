"""A count whose background or signal has a log-normal factor, for Feldman-Cousins intervals."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from ..ground.arrays import FloatArray
from ..ground.bisection import switch_point
from .smeared import smeared_log_cdf, smeared_log_pmf

__all__ = ["SmearedCount", "smeared_count"]

CITATIONS = ("Feldman:1997qc", "Cousins:1991qz")


_POINTS = 17  # strengths tried at once in the search for the best one
_MARGIN = 30.0  # times the largest count to where best strengths are tabulated
_COUNTS = 48  # counts at which the best strength is tabulated


@lru_cache(maxsize=16)
def smeared_count(
    background: float, background_width: float, signal_width: float, reach: float
) -> SmearedCount:
    """Give the distribution of a count, kept for the next limit with the same uncertainties.

    Parameters
    ----------
    background : float
        Median background events.
    background_width, signal_width : float
        Widths of ln(background) and ln(signal), one of them 0.
    reach : float
        Largest count that may be recorded; best strengths are tabulated far beyond.

    Returns
    -------
    SmearedCount
        The distribution.
    """
    return SmearedCount(background, (background_width, signal_width), reach)


class SmearedCount:
    """Distribution of a count, averaged over one log-normal factor.

    The largest likelihood of a count over all signals is tabulated where it is not at zero signal,
    and interpolated by a cubic spline in the logarithm of the count.
    """

    tolerance = 1e-7

    def __init__(self, background: float, widths: tuple[float, float], reach: float) -> None:
        from scipy.interpolate import CubicSpline

        self.background = background
        self.widths = widths
        self.first = self._first_with_signal()
        self.unit = self.spread(0.0)
        last = _MARGIN * (reach + self.unit) * math.exp(3.0 * sum(widths))
        u = np.linspace(0.0, math.log1p(last / self.unit), _COUNTS)
        counts = self.first + self.unit * np.expm1(u)
        tops = [self._maximum(float(count)) for count in counts[1:]]
        self.counts = counts
        self.bests = np.array([0.0, *(best for best, _ in tops)])
        peaks = [float(self._log_pmf(self.first, np.zeros(1))[0]), *(peak for _, peak in tops)]
        self._largest = CubicSpline(u, peaks)

    def cdf(self, count: float, signal: float) -> float:
        """P(N <= count)."""
        if count < 0.0 or math.isinf(count):
            return 0.0 if count < 0.0 else 1.0
        known, smeared, width = self._parts(np.array([signal]))
        return math.exp(float(smeared_log_cdf(count, known, smeared, width)[0]))

    def log_ratio(self, count: float, signal: float) -> float:
        """Ln R."""
        if count <= self.first:
            here, best = self._log_pmf(count, np.array([signal, 0.0]))
            return float(here - best)
        here = float(self._log_pmf(count, np.array([signal]))[0])
        if count > self.counts[-1]:
            return here - self._maximum(count)[1]
        return here - float(self._largest(math.log1p((count - self.first) / self.unit)))

    def best(self, count: float) -> float:
        """Most likely signal events."""
        return self._maximum(count)[0] if count > self.first else 0.0

    def centre(self, signal: float) -> float:
        """Count at which R is largest."""
        return float(np.interp(signal, self.bests, self.counts))

    def spread(self, signal: float) -> float:
        """Standard deviation of the count, roughly."""
        background_width, signal_width = self.widths
        variance = (
            self.background
            + signal
            + 1.0
            + (background_width * self.background) ** 2
            + (signal_width * signal) ** 2
        )
        return math.sqrt(variance)

    def _parts(self, signal: FloatArray) -> tuple[FloatArray, FloatArray, float]:
        """Known and smeared part of the mean, and the width of the latter."""
        background = np.full(signal.shape, self.background)
        if self.widths[0] > 0.0:
            return signal, background, self.widths[0]
        return background, signal, self.widths[1]

    def _log_pmf(self, count: float, signal: FloatArray) -> FloatArray:
        known, smeared, width = self._parts(signal)
        return smeared_log_pmf(count, known, smeared, width)

    def _first_with_signal(self) -> float:
        """Count above which a signal raises the likelihood."""
        if self.widths[0] == 0.0:
            return self.background
        step = 1e-6 * math.sqrt(self.background + 1.0)

        def falls(count: float) -> bool:
            none, some = self._log_pmf(count, np.array([0.0, step]))
            return bool(some <= none)

        return switch_point(falls, 0.0, 10.0 * self.background + 10.0, 60)

    def _maximum(self, count: float) -> tuple[float, float]:
        """Best signal and the logarithm of its likelihood, by grids that close in."""
        low, high = 0.0, count + 5.0 * math.sqrt(count + 1.0) + 5.0
        enough = 0.3 * math.sqrt(count + 1.0)
        while True:
            grid = np.linspace(low, high, _POINTS)
            logs = self._log_pmf(count, grid)
            top = min(max(int(np.argmax(logs)), 1), _POINTS - 2)
            low, high = float(grid[top - 1]), float(grid[top + 1])
            if high - low <= enough:
                break
        left, middle, right = logs[top - 1 : top + 2]
        bend = left - 2.0 * middle + right
        shift = 0.5 * (left - right) / bend if bend < 0.0 else 0.0
        shift = min(max(shift, -1.0), 1.0)
        gain = -0.25 * (left - right) * shift
        return float(grid[top] + shift * (grid[1] - grid[0])), float(middle + gain)
