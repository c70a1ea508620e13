"""What is excluded: counting statistics, combination of runs, coupling limits."""

from __future__ import annotations

from .channel import Channel
from .combination import Combination
from .counting import METHODS, CountingLimit, upper_limit
from .couplings import coupling_limits
from .discovery import DISCOVERY_METHODS, Excess, significance
from .expected import expected_limits
from .limit import BANDS, Limit
from .search import limit

__all__ = [
    "BANDS",
    "DISCOVERY_METHODS",
    "METHODS",
    "Channel",
    "Combination",
    "CountingLimit",
    "Excess",
    "Limit",
    "coupling_limits",
    "expected_limits",
    "limit",
    "significance",
    "upper_limit",
]
