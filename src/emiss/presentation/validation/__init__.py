"""Reference numbers and how closely emiss reproduces them."""

from __future__ import annotations

from .check import Check, run_checks

__all__ = ["Check", "run_checks"]
