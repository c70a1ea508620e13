r"""CLs of one channel for counts of any size, by quadrature over the mean, not sums over counts.

With a log-normal factor f on the signal, P(N <= n | s + b) = E[F(s f)], where F(t) is the
probability of at most n events from t signal events and the background with its own factor. ln F
falls and is concave; it is read from panels of Chebyshev points that shrink towards t = n, where
it has its narrowest feature.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from ..ground.arrays import FloatArray
from .channel import Channel
from .roots import falling_root
from .smeared import panels, smeared_log_cdf

__all__ = ["large_cls_upper_limit", "large_log_cls"]

CITATIONS = ("Junk:1999kv", "Read:2002hq", "Cousins:1991qz")


_NEGLIGIBLE = -46.0  # ln of a probability that cannot matter to CLs of 1e-6
_ONE = -1e-13  # ln of a probability that is 1
_ORDER = 10  # Chebyshev points of a panel
_UNIFORM = 24
_REACH = 9.5
_STEPS = 2.0 ** np.arange(0, 31)


def large_cls_upper_limit(channel: Channel, log_alpha: float) -> float:
    """CLs limit on the signal events of one channel, by quadrature.

    Parameters
    ----------
    channel : Channel
        The channel; its `signal` is not used.
    log_alpha : float
        ln(1 - cl).

    Returns
    -------
    float
        Median signal events, relative accuracy 1e-8.
    """
    log_cls = _log_cls(channel)
    n, b = channel.observed, channel.background
    start = max(n - b, 0.0) + math.sqrt(n + 1.0) - log_alpha
    return falling_root(lambda s: log_cls(s) - log_alpha, start)


def large_log_cls(channel: Channel, events: float) -> float:
    """Logarithm of CLs at so many median signal events, by quadrature.

    Parameters
    ----------
    channel : Channel
        The channel; its `signal` is not used.
    events : float
        Signal events, at least 0.

    Returns
    -------
    float
        ln CLs.
    """
    return _log_cls(channel)(events)


def _log_cls(channel: Channel) -> Callable[[float], float]:
    b = channel.background
    background_width = channel.background_width
    signal_width = math.hypot(*channel.signal_widths)

    def log_f(events: FloatArray) -> FloatArray:
        return smeared_log_cdf(channel.observed, events, b, background_width)

    clb = float(log_f(np.zeros(1))[0])

    def known(events: float) -> float:
        return float(log_f(np.array([events]))[0]) - clb

    if signal_width == 0.0:
        return known
    return _SmearedSignal(channel.observed, lambda t: log_f(t) - clb, signal_width)


class _SmearedSignal:
    """ln E[F(s f)] of a falling function F with F(0) = 1, given as its logarithm."""

    def __init__(self, count: int, log_f: Callable[[FloatArray], FloatArray], width: float) -> None:
        self.width = width
        self.breaks = _breaks(count, log_f)
        self.centres = 0.5 * (self.breaks[1:] + self.breaks[:-1])
        self.halves = 0.5 * (self.breaks[1:] - self.breaks[:-1])
        unit = np.cos(math.pi * (np.arange(_ORDER) + 0.5) / _ORDER)
        points = self.centres[:, None] + self.halves[:, None] * unit
        values = log_f(points.ravel()).reshape(points.shape)
        transform = np.polynomial.chebyshev.chebvander(unit, _ORDER - 1) * (2.0 / _ORDER)
        transform[:, 0] *= 0.5
        self.coefficients = values @ transform

    def __call__(self, events: float) -> float:
        if events <= 0.0:
            return 0.0
        at = np.log(self.breaks[self.breaks > 0.0] / events) / self.width
        breaks = np.concatenate((at, np.arange(-9.0, 10.0), [-_REACH, _REACH]))
        z, weights = panels(np.clip(breaks, -_REACH, _REACH)[None, :])
        exponent = self._log_f(events * np.exp(self.width * z[0])) - 0.5 * z[0] ** 2
        top = float(exponent.max())
        total = float(weights[0] @ np.exp(exponent - top))
        return min(top + math.log(total) - 0.5 * math.log(2.0 * math.pi), 0.0)

    def _log_f(self, events: FloatArray) -> FloatArray:
        index = np.searchsorted(self.breaks, events) - 1
        inside = np.clip(index, 0, len(self.halves) - 1)
        x = (events - self.centres[inside]) / self.halves[inside]
        c = self.coefficients[inside]
        # Clenshaw's recurrence, each node with the coefficients of its panel.
        later, latest = np.zeros_like(x), np.zeros_like(x)
        for order in range(_ORDER - 1, 0, -1):
            later, latest = c[:, order] + 2.0 * x * later - latest, later
        values = c[:, 0] + x * later - latest
        return np.where(index < 0, 0.0, np.where(events > self.breaks[-1], -1e3, values))


def _breaks(count: int, log_f: Callable[[FloatArray], FloatArray]) -> FloatArray:
    """Break points from where F leaves 1 to where it no longer matters."""
    first = _passes(log_f, _ONE)
    last = _passes(log_f, _NEGLIGIBLE)
    scale = math.sqrt(count + 1.0)
    near = count + scale * np.concatenate((-_STEPS[::-1], [0.0], _STEPS))
    # From the first point on F bends away like a power of t.
    grown = first + (last - first) * 0.5 ** np.arange(1.0, 8.0)
    breaks = np.concatenate((np.linspace(first, last, _UNIFORM + 1), near, grown))
    return np.unique(np.clip(breaks, first, last))


def _passes(log_f: Callable[[FloatArray], FloatArray], level: float) -> float:
    """Where ln F falls through a level, within a per cent or so."""
    grid = np.geomspace(1e-15, 1e15, 61)
    low, high = 0.0, float(grid[-1])
    for _ in range(8):
        passed = log_f(grid) < level
        first = int(np.argmax(passed))
        high = float(grid[first])
        low = float(grid[first - 1]) if first else low
        if high - low < 1e-3 * high:
            break
        grid = np.linspace(low, high, 30)
    return high if level < -1.0 else low
