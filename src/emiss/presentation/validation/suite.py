"""All checks, from the ground up."""

from __future__ import annotations

from . import cross_sections, ground, limits, statistics, tracks
from .check import Check

__all__ = ["run_checks"]


def run_checks() -> tuple[Check, ...]:
    """Compute all checks.

    Returns
    -------
    tuple of Check
        Ground, widths, cross-sections, tracks, statistics and limits, in this order.
    """
    return (
        *ground.checks(),
        *cross_sections.checks(),
        *tracks.checks(),
        *statistics.checks(),
        *limits.checks(),
    )
