"""Verdicts as a table of text."""

from __future__ import annotations

from ..ground.units import format_energy, format_level
from ..inference.verdict import Range, VerdictReport
from .text_table import TextTable, number

__all__ = ["verdict_table"]


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
