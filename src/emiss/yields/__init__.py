"""Expected signal events: tracks times cross-sections times acceptance."""

from __future__ import annotations

from .signal import SignalYield, signal_yield

__all__ = ["SignalYield", "signal_yield"]
