"""Expected signal events: tracks times cross-sections times acceptance, by some engine."""

from __future__ import annotations

from ..ground.callable_room import make_callable
from .engine import Engine, YieldEngine, engines, signal_yield
from .signal import SignalYield

__all__ = ["Engine", "SignalYield", "YieldEngine", "engines", "signal_yield"]

# `emiss.yields(...)` is the function of the Python surface; the package says which.
make_callable(__name__)
