"""Vetoes: sum and largest of the panels, and time."""

from __future__ import annotations

from ....events.record import EventTable
from ....experiments.elements import Element
from ....experiments.layout import Layout
from .base import Reconstruction, Variables, column, numbers

__all__ = ["RECONSTRUCTION"]


def _columns(element: Element) -> tuple[str, ...]:
    return column(element, "panels"), column(element, "time")


def _variables(element: Element, table: EventTable, layout: Layout) -> Variables:
    panels, time = (numbers(table, name) for name in _columns(element))
    return {
        column(element, "energy"): panels.sum(axis=1),
        column(element, "max_panel_energy"): panels.max(axis=1),
        column(element, "time"): time,
    }


RECONSTRUCTION = Reconstruction("veto", _columns, _variables)
