"""Limits, intervals, significances and tails of counts."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

import numpy as np

from emiss.inference import Channel, expected_limits, poisson, smeared, upper_limit
from emiss.inference.asymptotic import asymptotic_log_cls
from emiss.inference.cls import log_cls
from emiss.inference.counting import METHODS
from emiss.inference.discovery import significance
from emiss.inference.feldman_cousins import feldman_cousins_interval
from emiss.inference.toys import toy_cls, toy_upper_limit

COUNTS: Final = {
    "nothing": [Channel(0, 0.0)],
    "no event": [Channel(0, 0.5, 0.1)],
    "few": [Channel(3, 1.2, 0.4, signal_uncertainty=0.1)],
    "known": [Channel(7, 4.0)],
    "signal alone uncertain": [Channel(2, 0.7, signal_uncertainty=0.3)],
    "many": [Channel(120, 100.0, 8.0, signal_uncertainty=0.05)],
    "two": [
        Channel(0, 0.5, 0.1, 0.6, 0.05, 0.1), Channel(1, 1.5, 0.2, 0.4, 0.1, 0.2, 0.3),
    ],
    "three": [
        Channel(0, 0.2, 0.1, 0.3, signal_group="a"), Channel(1, 0.4, signal=0.3),
        Channel(2, 1.5, 0.2, 0.4, background_uncertainty_shared=0.2),
    ],
}  # fmt: skip
LARGE: Final = {
    "ten thousand": [Channel(40_000, 40_000.0, 1000.0)],
    "a million": [Channel(1_000_000, 1_000_000.0, 1000.0, signal_uncertainty=0.1)],
    "a milliard": [Channel(1_000_000_000, 999_980_000.0)],
    "wide": [Channel(900, 800.0, 700.0, signal_uncertainty=2.0)],
}


def _limit(channels: list[Channel], method: str) -> object:
    return [
        (found.lower_limit, found.upper_limit)
        for cl in (0.9, 0.95)
        if (found := upper_limit(channels, method, cl))
    ]


def _strengths(channels: list[Channel]) -> object:
    steps = (0.3, 2.0, 9.0)
    return [
        [log_cls(channels[0], s) for s in steps],
        [asymptotic_log_cls(channels, s) for s in steps],
        significance(channels),
        significance(channels, "asymptotic"),
    ]


def _tails() -> object:
    count = np.array([0.0, 3.0, 40.0, 1e4, 1e9])[:, None]
    mean = np.array([1e-9, 0.5, 3.0, 45.0, 1e4, 1.00001e9])
    widths = (0.0, 0.05, 0.7)
    return [
        poisson.log_pmf(count, mean), poisson.log_cdf(count, mean),
        poisson.log_survival(count, mean), poisson.relative_deviance(np.linspace(-0.9, 5.0, 9)),
        [
            f(n, mean[:4], 1.5, w)
            for f in (smeared.smeared_log_cdf, smeared.smeared_log_pmf)
            for n in (0.0, 4.0, 60.0)
            for w in widths
        ],
    ]  # fmt: skip


RECIPES: dict[str, Callable[[], object]] = {
    f"{method}, {name}": partial(_limit, channels, method)
    for name, channels in COUNTS.items()
    for method in METHODS
    if method != "toys" and not (method.startswith("fc") and name == "many")
}
RECIPES |= {
    f"{method}, {name}": partial(_limit, channels, method)
    for name, channels in LARGE.items()
    for method in ("cls", "bayes", "asymptotic")
}
RECIPES |= {f"expected, {n}": partial(expected_limits, c) for n, c in COUNTS.items()}
RECIPES |= {f"strengths, {n}": partial(_strengths, c) for n, c in COUNTS.items() if n != "nothing"}
RECIPES |= {
    "fc, ten thousand": partial(_limit, LARGE["ten thousand"], "fc"),
    "tails": _tails,
    "intervals": lambda: [
        feldman_cousins_interval(Channel(n, b), raw=raw)
        for n, b in ((0, 3.0), (0, 12.0), (4, 3.0), (9, 1.0))
        for raw in (False, True)
    ],
    "toys": lambda: [
        toy_upper_limit(COUNTS["few"], toys=200, seed=3),
        toy_cls(COUNTS["two"], 2.0, toys=200, seed=3),
        toy_upper_limit(Channel(2, 1.0), 0.99, toys=100, seed=1),
    ],
}
