"""Counters and vetoes: scintillators with one panel or several side by side."""

from __future__ import annotations

from ..bank import Bank
from ..context import Context
from .base import Hits, Place, Station
from .passing import deposits, through

__all__ = ["STATIONS"]


def _traverse(places: tuple[Place, ...], bank: Bank, context: Context) -> tuple[Bank, Hits]:
    element = places[0].element
    panels = element.parts[2]
    behind, _, passage, _ = through(places, bank, context, panels)
    return behind, {element.name: deposits(passage, context, 0, panels, 1)}


STATIONS = (Station("counter", _traverse), Station("veto", _traverse))
