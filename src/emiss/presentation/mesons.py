"""Limits on branching fractions of mesons, side by side: table and record."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final

from ..ground.units import format_energy, format_level
from ..inference.limit import Limit
from .text_table import TextTable, number

__all__ = ["BRANCHING", "channel_of", "has_mass", "is_branching", "meson_records", "meson_table"]

BRANCHING: Final = "branching_fraction"
"""Coupling of the limits that belong here."""


def is_branching(limit: object) -> bool:
    """Whether something is a limit on a branching fraction."""
    return isinstance(limit, Limit) and limit.coupling_name == BRANCHING


def channel_of(limit: Limit) -> str:
    """Meson of a limit on a branching fraction, or ``"all"``."""
    from ..physics.models.invisible_meson import ALL

    return str(limit.model_parameters.get("channel", ALL))


def has_mass(limit: Limit) -> bool:
    """Whether the masses of a limit mean something; all mesons together have none."""
    if not is_branching(limit):
        return True
    from ..physics.models.invisible_meson import ALL

    return channel_of(limit) != ALL


def meson_records(limits: Sequence[Limit]) -> dict[str, dict[str, Any]]:
    """Limits by channel as values for JSON, with those of others.

    Parameters
    ----------
    limits : sequence of Limit
        Limits on branching fractions, one per meson.

    Returns
    -------
    dict of str to dict
        ``mass_gev`` (None for all mesons together), ``observed``, ``projection``, ``expected`` and
        ``others`` by name of the channel.
    """
    from ..physics.constraints.invisible_mesons import quoted_limits

    return {
        channel_of(one): {
            "mass_gev": float(one.masses[0]) if has_mass(one) else None,
            "observed": float(one.observed[0]),
            "projection": one.projection,
            "expected": {band: float(value[0]) for band, value in one.expected.items()},
            "others": [
                {
                    "branching_fraction": other.value,
                    "experiment": other.experiment,
                    "year": other.year,
                    "source": other.source,
                    "status": other.status,
                    "note": other.note,
                }
                for other in quoted_limits(channel_of(one))
            ],
        }
        for one in limits
    }


def meson_table(title: str, limits: Sequence[Limit]) -> TextTable:
    """Lay limits on branching fractions out, a row for each meson.

    Parameters
    ----------
    title : str
        Title of the experiment.
    limits : sequence of Limit
        One per meson, at least one.

    Returns
    -------
    TextTable
        Meson, its mass, our limit and its expected median, limits of others.
    """
    from ..physics.constraints.invisible_mesons import quoted_limits

    rows = []
    for one in limits:
        others = "; ".join(
            f"{number(other.value, 2)} {other.experiment} {other.year} ({other.source})"
            for other in quoted_limits(channel_of(one))
        )
        mass = format_energy(float(one.masses[0])) if has_mass(one) else number(math.nan)
        values = (float(one.observed[0]), float(one.expected["0"][0]))
        rows.append((channel_of(one), mass, *(number(value, 3) for value in values), others))
    head = ("meson", "mass", limits[0].kind, "expected", "others, 90% CL")
    level = f"{format_level(limits[0].cl)} CL ({limits[0].method})"
    return TextTable(f"{title}: branching fractions to nothing, {level}", head, tuple(rows))
