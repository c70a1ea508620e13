"""A comparison of curves as text cells."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..ground.arrays import FloatArray
from ..ground.units import format_energy
from ..inference.comparison import Comparison
from .limit_table import spread_rows
from .text_table import TextTable, number

__all__ = ["comparison_table", "spread_of", "who_excludes_more"]


def comparison_table(found: Comparison, rows: int | None = None) -> TextTable:
    """Lay a comparison out as text cells.

    Parameters
    ----------
    found : Comparison
        The comparison.
    rows : int, optional
        Show at most so many masses, spread evenly in the logarithm.

    Returns
    -------
    TextTable
        Mass and ratio; who excludes more where, below.
    """
    mass = _mass_name(found)
    cells = tuple(
        (format_energy(float(found.masses[i])), number(float(found.ratio[i]), 3))
        for i in spread_rows(found.masses, rows)
    )
    known = found.ratio[np.isfinite(found.ratio)]
    median = f", median {number(float(np.median(known)), 3)}" if known.size else ""
    notes = (*who_excludes_more(found), *found.notes)
    title = f"{found.quantity}: ours / {found.label}{median}"
    return TextTable(title, (mass, "ratio"), cells, notes)


def spread_of(ratio: FloatArray) -> str:
    """Smallest, largest and median ratio in words.

    Parameters
    ----------
    ratio : array of float, shape (n,)
        Ours over theirs; NaN where there is none.

    Returns
    -------
    str
        For example ``"0.5 to 2, median 1"``.
    """
    known = ratio[np.isfinite(ratio)]
    if known.size == 0:
        return "no common mass with an exclusion"
    median = number(float(np.median(known)), 3)
    return f"{number(float(known.min()), 3)} to {number(float(known.max()), 3)}, median {median}"


def who_excludes_more(found: Comparison) -> tuple[str, ...]:
    """Where our curve excludes more than the other, where that excludes more, and what is left out.

    Parameters
    ----------
    found : Comparison
        The comparison.

    Returns
    -------
    tuple of str
        Sentences; the last one only where the other curve goes on beyond our masses.
    """
    mass = _mass_name(found)
    words = (
        f"ours excludes more at {mass}: {_ranges(found.only_ours)}",
        f"theirs excludes more at {mass}: {_ranges(found.only_theirs)}",
    )
    if not found.outside:
        return words
    return (*words, f"outside the range of ours, not compared, {mass}: {_ranges(found.outside)}")


def _mass_name(found: Comparison) -> str:
    return "m_chi" if found.quantity == "y" else "mass"


def _ranges(ranges: Sequence[tuple[float, float]]) -> str:
    return ", ".join(f"{format_energy(a)} to {format_energy(b)}" for a, b in ranges) or "nowhere"
