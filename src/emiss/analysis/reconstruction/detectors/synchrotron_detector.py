"""Detectors of synchrotron radiation: sum, least and largest of the modules, and time."""

from __future__ import annotations

from ....events.record import EventTable
from ....experiments.elements import Element
from ....experiments.layout import Layout
from .base import Reconstruction, Variables, column, numbers

__all__ = ["RECONSTRUCTION"]


def _columns(element: Element) -> tuple[str, ...]:
    return column(element, "modules"), column(element, "time")


def _variables(element: Element, table: EventTable, layout: Layout) -> Variables:
    modules, time = (numbers(table, name) for name in _columns(element))
    return {
        column(element, "energy"): modules.sum(axis=1),
        column(element, "min_module_energy"): modules.min(axis=1),
        column(element, "max_module_energy"): modules.max(axis=1),
        column(element, "time"): time,
    }


RECONSTRUCTION = Reconstruction("synchrotron-detector", _columns, _variables)
