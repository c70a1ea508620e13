"""Expected signal events: tracks times cross-sections times acceptance, by some engine."""

from __future__ import annotations

from .engine import Engine, YieldEngine, engines, signal_yield
from .signal import SignalYield

__all__ = ["Engine", "SignalYield", "YieldEngine", "engines", "signal_yield"]
