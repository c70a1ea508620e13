"""Reference numbers and how closely emiss reproduces them."""

from __future__ import annotations

from .check import Check
from .suite import run_checks

__all__ = ["Check", "run_checks"]
