"""Counters: energy and time."""

from __future__ import annotations

from ....events.record import EventTable
from ....experiments.elements import Element
from ....experiments.layout import Layout
from .base import Reconstruction, Variables, column, numbers

__all__ = ["RECONSTRUCTION"]


def _columns(element: Element) -> tuple[str, ...]:
    return column(element, "energy"), column(element, "time")


def _variables(element: Element, table: EventTable, layout: Layout) -> Variables:
    return {name: numbers(table, name) for name in _columns(element)}


RECONSTRUCTION = Reconstruction("counter", _columns, _variables)
