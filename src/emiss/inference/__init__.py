"""What is excluded: counting statistics, combination of runs, coupling limits."""

from __future__ import annotations

from .channel import Channel
from .combination import Combination
from .counting import METHODS, CountingLimit, upper_limit
from .couplings import coupling_limits
from .expected import expected_limits
from .limit import BANDS, Limit
from .search import limit

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
