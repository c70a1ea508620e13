"""All checks, from the ground up."""

from __future__ import annotations

from . import cross_sections, ground, limits, neighbours, statistics, tracks
from .check import Check

__all__ = ["run_checks"]


def run_checks() -> tuple[Check, ...]:
    """Compute all checks.

    Returns
    -------
    tuple of Check
        Ground, widths, cross-sections, tracks, statistics, limits and thin targets, in this order.
    """
    return (
        *ground.checks(),
        *cross_sections.checks(),
        *tracks.checks(),
        *statistics.checks(),
        *limits.checks(),
        *neighbours.checks(),
    )
