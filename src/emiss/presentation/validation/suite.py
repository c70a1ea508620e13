"""All checks, from the ground up."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from ...ground.errors import UnknownNameError
from . import cross_sections, ground, hadrons, limits, neighbours, statistics, tracks
from .check import Check

__all__ = ["GROUPS", "run_checks"]

GROUPS: Final[dict[str, Callable[[], Sequence[Check]]]] = {
    "ground": ground.checks,
    "cross-sections": cross_sections.checks,
    "tracks": tracks.checks,
    "statistics": statistics.checks,
    "limits": limits.checks,
    "hadrons": hadrons.checks,
    "neighbours": neighbours.checks,
}
"""What makes the checks, by name and from the ground up."""


def run_checks(groups: Sequence[str] = ()) -> tuple[Check, ...]:
    """Compute checks.

    Parameters
    ----------
    groups : sequence of str, optional
        Names in `GROUPS`; all if empty.

    Returns
    -------
    tuple of Check
        In the order of `GROUPS`.

    Raises
    ------
    UnknownNameError
        If there is no such group.
    """
    for name in groups:
        if name not in GROUPS:
            raise UnknownNameError("group of checks", name, GROUPS)
    chosen = [make for name, make in GROUPS.items() if not groups or name in groups]
    return tuple(check for make in chosen for check in make())
