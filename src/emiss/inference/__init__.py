"""What is excluded: counting statistics, combination of runs, coupling limits."""

from __future__ import annotations

from .channel import Channel
from .combination import Combination
from .counting import CountingLimit, expected_limits, upper_limit
from .limit import BANDS, Limit
from .search import METHODS, coupling_limits, limit

__all__ = [
    "BANDS",
    "METHODS",
    "Channel",
    "Combination",
    "CountingLimit",
    "Limit",
    "coupling_limits",
    "expected_limits",
    "limit",
    "upper_limit",
]
