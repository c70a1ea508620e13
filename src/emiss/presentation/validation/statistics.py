"""Counting limits against closed forms, published tables and another code."""

from __future__ import annotations

import math

from ...inference import Channel, upper_limit
from .check import Check

_TABLE = ((0, 1.94), (1, 3.86), (2, 5.41), (3, 6.92))


def _limit(observed: int, background: float, method: str) -> float:
    return upper_limit((Channel(observed, background),), method=method, cl=0.9).upper_limit


def checks() -> list[Check]:
    """No events, Feldman-Cousins' table, Bayes, asymptotic."""
    found = [
        Check(
            f"CLs limit, n = 0, b = {background:g}",
            _limit(0, background, "cls"),
            math.log(10.0),
            1e-9,
            "closed form",
            "Read:2002hq",
        )
        for background in (0.0, 0.51, 3.0)
    ]
    found += [
        Check(
            f"Feldman-Cousins limit, n = {observed}, b = 0.5",
            _limit(observed, 0.5, "fc"),
            value,
            0.006,
            "the table was made on a grid and is rounded to 0.01",
            "Feldman:1997qc, Table IV",
        )
        for observed, value in _TABLE
    ]
    found.append(
        Check(
            "Bayes limit, n = 2, b = 0.5, over CLs",
            _limit(2, 0.5, "bayes"),
            _limit(2, 0.5, "cls"),
            1e-9,
            "identical for known background",
            "closed form",
        )
    )
    found.append(
        Check(
            "asymptotic limit, n = 0, b = 0.5",
            _limit(0, 0.5, "asymptotic"),
            1.637,
            1e-3,
            "reference quoted to four digits",
            "pyhf 0.7.6; formula of Cowan:2010js",
        )
    )
    return found
