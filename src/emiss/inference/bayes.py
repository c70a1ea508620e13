r"""Bayesian upper limit with a prior flat in the signal strength.

Since d/ds P(N <= n) = -P(N = n), the posterior of a single channel integrates to the CLs ratio
itself: with a known signal the two limits are identical, whatever the background and its
uncertainty. A log-normal factor of width w on the signal weights the posterior with one over the
factor, which again is log-normal: the limit is the CLs limit times exp(w^2).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from ..ground.arrays import FloatArray
from ..ground.quadrature import gauss_symmetric
from .channel import Channel, as_channels, check_confidence_level, check_countable
from .cls import cls_upper_limit
from .joint import Factors, joint_total_pmf

__all__ = ["bayes_upper_limit"]

CITATIONS = ("Cousins:1991qz",)


_PANELS = 24
_NODES = 8


def bayes_upper_limit(channels: Channel | Sequence[Channel], cl: float = 0.9) -> float:
    """Bayesian upper limit with a flat prior for strengths of at least 0.

    Parameters
    ----------
    channels : Channel or sequence of Channel
        One or more channels with their signals at unit strength.
    cl : float
        Posterior probability below the limit.

    Returns
    -------
    float
        Upper limit on the strength.

    Raises
    ------
    ValidityError
        Channels out of range.

    Notes
    -----
    One channel: closed relation to CLs. Several: the marginal likelihood is integrated with
    Gauss-Legendre panels, relative accuracy 1e-8.
    """
    channels = as_channels(channels)
    check_confidence_level(cl)
    if len(channels) == 1:
        width = math.hypot(*channels[0].signal_widths)
        return cls_upper_limit(channels[0], cl) * math.exp(width**2)
    check_countable(channels)
    return _quantile(channels, cl)


def _quantile(channels: tuple[Channel, ...], cl: float) -> float:
    likelihood = _Likelihood(channels)
    last = _last_strength(channels, likelihood)
    nodes, weights = gauss_symmetric(_NODES)
    edges = np.linspace(0.0, last, _PANELS + 1)
    half = 0.5 * (edges[1] - edges[0])
    points = (edges[:-1, None] + half * (1.0 + nodes)).ravel()
    panels = half * (likelihood(points).reshape(_PANELS, _NODES) @ weights)
    cumulative = np.concatenate(([0.0], np.cumsum(panels)))
    target = cl * cumulative[-1]
    which = int(np.searchsorted(cumulative, target)) - 1
    low, missing = float(edges[which]), target - cumulative[which]
    # Newton on the partial panel; the likelihood is the derivative of its integral.
    mu = low + 2.0 * half * missing / panels[which]
    for _ in range(30):
        part = 0.5 * (mu - low)
        values = likelihood(np.append(low + part * (1.0 + nodes), mu))
        step = (part * float(values[:-1] @ weights) - missing) / float(values[-1])
        mu = min(max(mu - step, low), low + 2.0 * half)
        if abs(step) <= 1e-12 * mu:
            break
    return float(mu)


class _Likelihood:
    """Marginal likelihood of the recorded counts at several strengths, up to a constant."""

    def __init__(self, channels: tuple[Channel, ...]) -> None:
        self.signal = np.array([c.signal for c in channels])
        self.background = np.array([c.background for c in channels])
        self.counts = np.array([[c.observed for c in channels]])
        self.factors = (
            Factors.from_widths(
                [c.signal_widths for c in channels], [c.signal_group for c in channels]
            ),
            Factors.from_widths(
                [c.background_widths for c in channels],
                [c.background_group for c in channels],
                [c.source_widths for c in channels],
            ),
        )

    def __call__(self, strengths: FloatArray) -> FloatArray:
        signal = np.multiply.outer(self.signal, strengths)
        return joint_total_pmf(signal, self.background, self.counts, self.factors)[:, 0]


def _last_strength(channels: tuple[Channel, ...], likelihood: _Likelihood) -> float:
    """Strength beyond which the posterior holds less than about 1e-12."""
    total = sum(c.signal for c in channels)
    observed = sum(c.observed for c in channels)
    # The channel with the largest signal bounds the scale even if the others saw an excess.
    start = (observed + 8.0 * math.sqrt(observed + 1.0) + 30.0) / total
    for _ in range(60):
        grid = likelihood(np.linspace(0.0, start, 64))
        if grid[-1] < 1e-14 * grid.max():
            # Shrink to where the likelihood lives, so that panels are not wasted.
            alive = np.flatnonzero(grid > 1e-15 * grid.max())
            return start * min(1.0, (int(alive[-1]) + 2) / 63.0)
        start *= 1.5
    return start
