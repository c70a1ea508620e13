"""Verdicts as a table of text."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..ground.units import format_energy, format_level
from ..inference.verdict import Range, VerdictReport
from .text_table import TextTable, number

__all__ = ["verdict_columns", "verdict_table"]


def _ranges(ranges: tuple[Range, ...]) -> str:
    if not ranges:
        return "—"
    return ", ".join(f"{format_energy(low)} – {format_energy(high)}" for low, high in ranges)


def verdict_table(report: VerdictReport) -> TextTable:
    """Lay verdicts out: what is excluded and what is left, by scenario and experiment.

    Parameters
    ----------
    report : VerdictReport
        The verdicts.

    Returns
    -------
    TextTable
        A search that excludes nothing at all has no answer, which is not the same as leaving
        every mass.
    """
    rows = tuple(
        (
            item.kind,
            f"{item.source} (projected)" if item.source in report.projected else item.source,
            _ranges(item.excluded) if item.answers else "no answer",
            _ranges(item.left) if item.answers else "no answer",
            number(item.closest[1], 3) if item.answers else "—",
        )
        for item in report.verdicts
    )
    title = (
        f"thermal scenarios, {report.model}, alpha_dark = {report.alpha_dark:g}, "
        f"mass ratio {report.mass_ratio:g}, {format_level(report.cl)} CL, m_chi in "
        f"{_ranges((report.searched,))}"
    )
    heads = ("dark matter", "experiment", "excluded", "left", "deepest y limit / relic y")
    return TextTable(title, heads, rows, report.notes)


def verdict_columns(report: VerdictReport) -> dict[str, Any]:
    """Columns of a report: a row per range of masses.

    Parameters
    ----------
    report : VerdictReport
        The report.

    Returns
    -------
    dict of str to array, shape (n_ranges,)
        ``dark_matter``, ``experiment``, ``answer`` (``excluded``, ``left`` or ``none``), ends of
        the range ``m_chi_low_gev`` and ``m_chi_high_gev``, and of the search as a whole the mass
        ``deepest_m_chi_gev`` where it reaches deepest and there ``deepest_y_over_relic``; NaN
        where it gives no answer.
    """
    rows: list[tuple[str, str, str, float, float, float, float]] = []
    for one in report.verdicts:
        ranges = [(low, high, "excluded") for low, high in one.excluded]
        ranges += [(low, high, "left" if one.answers else "none") for low, high in one.left]
        deepest = one.closest if one.answers else (math.nan, math.nan)
        rows += [(one.kind, one.source, what, a, b, *deepest) for a, b, what in sorted(ranges)]
    ends = ("m_chi_low_gev", "m_chi_high_gev")
    names = (
        "dark_matter",
        "experiment",
        "answer",
        *ends,
        "deepest_m_chi_gev",
        "deepest_y_over_relic",
    )
    columns = zip(*rows, strict=True)
    return {name: np.array(column) for name, column in zip(names, columns, strict=True)}
