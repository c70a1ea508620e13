"""Stations of the beam line: one file per kind of element, found here and in other packages.

A module of this room that defines ``STATION = Station(kind, ...)`` says how particles pass elements
of that kind; so does what another package offers under the entry points ``emiss.stations``.
"""

from __future__ import annotations

from collections.abc import Mapping

from ...ground.discovery import discover
from .base import Deposits, Hits, Place, Points, Station

__all__ = ["Deposits", "Hits", "Place", "Points", "Station", "stations"]


def stations() -> Mapping[str, Station]:
    """All stations by the kind of element."""
    return discover("emiss.events.stations", "emiss.stations", Station)
