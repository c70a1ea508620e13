"""Counting limits against sums over outcomes, toy experiments, a published table, another code.

A limit is put into a route that shares nothing with the one that found it, and what it claims is
read off there: a CLs of 0.1, a posterior of 0.9.
"""

from __future__ import annotations

import math

import numpy as np

from ...ground.arrays import FloatArray
from ...inference import Channel, upper_limit
from .check import Check

_TABLE = ((0, 1.94), (1, 3.86), (2, 5.41), (3, 6.92))
_COUNTS = ((0, 0.0), (0, 0.51), (0, 3.0), (2, 0.5), (6, 3.0))
_TOYS = 2_000_000
_SEED = 1


def _limit(channels: tuple[Channel, ...], method: str) -> float:
    return upper_limit(channels, method=method, cl=0.9).upper_limit


def _probability(count: int, mean: FloatArray) -> FloatArray:
    """Poisson probability, multiplied out."""
    result = np.exp(-mean)
    for k in range(1, count + 1):
        result = result * mean / k
    return result


def _summed_cls(observed: int, background: float, signal: float) -> float:
    """CLs from the probabilities of all outcomes up to the observed one."""
    both, alone = (
        math.fsum(float(_probability(n, np.array(mean))) for n in range(observed + 1))
        for mean in (signal + background, background)
    )
    return both / alone


def _toy_cls(channel: Channel, signal: float) -> float:
    """CLs from counts of random experiments, in which the rates vary within their uncertainties."""
    random = np.random.default_rng(_SEED)
    spread = 1.0 + channel.background_uncertainty / channel.background
    background = channel.background * spread ** random.standard_normal(_TOYS)
    signals = signal * (1.0 + channel.signal_uncertainty) ** random.standard_normal(_TOYS)
    both = np.mean(random.poisson(background + signals) <= channel.observed)
    return float(both / np.mean(random.poisson(background) <= channel.observed))


def _posterior_below(channels: tuple[Channel, ...], strength: float) -> float:
    """Posterior probability below a strength for a flat prior, by Simpson's rule."""

    def integral(low: float, high: float) -> float:
        points = np.linspace(low, high, 4001)
        weights = np.full(points.size, 2.0)
        weights[1::2] = 4.0
        weights[[0, -1]] = 1.0
        likelihood = np.ones(points.size)
        for c in channels:
            likelihood *= _probability(c.observed, points * c.signal + c.background)
        return float(weights @ likelihood) * (high - low) / 12000.0

    below = integral(0.0, strength)
    return below / (below + integral(strength, 15.0 * strength))


def checks() -> list[Check]:
    """CLs and Bayes by other routes, Feldman-Cousins' table, asymptotic limit of another code."""
    found = [
        Check(
            f"CLs at the CLs limit, n = {observed}, b = {background:g}",
            _summed_cls(observed, background, _limit((Channel(observed, background),), "cls")),
            0.1,
            1e-9,
            "Poisson probabilities of all outcomes, summed",
            "definition, Read:2002hq",
        )
        for observed, background in _COUNTS
    ]
    uncertain = Channel(1, 0.51, 0.13, signal_uncertainty=0.2)
    found.append(
        Check(
            "CLs at the CLs limit, n = 1, b = 0.51 +- 0.13, signal +- 20 %",
            _toy_cls(uncertain, _limit((uncertain,), "cls")),
            0.1,
            0.01,
            "2e6 toy experiments: 0.2 % of their number",
            "definition, Read:2002hq; Cousins:1991qz",
        )
    )
    found += [
        Check(
            f"Feldman-Cousins limit, n = {observed}, b = 0.5",
            _limit((Channel(observed, 0.5),), "fc"),
            value,
            0.006,
            "the table was made on a grid and is rounded to 0.01",
            "Feldman:1997qc, Table IV",
        )
        for observed, value in _TABLE
    ]
    several = (Channel(0, 0.53, signal=0.3), Channel(2, 0.4, signal=0.7))
    for name, channels in (
        ("n = 2, b = 0.5", (Channel(2, 0.5),)),
        ("n = 0 and 2, b = 0.53 and 0.4", several),
    ):
        limit = _limit(channels, "bayes")
        found.append(
            Check(
                f"posterior below the Bayes limit, {name}",
                _posterior_below(channels, limit),
                0.9,
                1e-7,
                "likelihood integrated by Simpson's rule up to 15 times the limit",
                "definition, flat prior",
            )
        )
    found.append(
        Check(
            "asymptotic limit, n = 0, b = 0.5",
            _limit((Channel(0, 0.5),), "asymptotic"),
            1.637,
            1e-3,
            "reference quoted to four digits",
            "pyhf 0.7.6; formula of Cowan:2010js",
        )
    )
    return found
