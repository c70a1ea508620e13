"""Tracking stations: where charged particles cross, and the matter in their way."""

from __future__ import annotations

import numpy as np

from ..bank import Bank
from ..context import Context
from .base import Hits, Place, Station
from .passing import charged_points, through

__all__ = ["STATION"]


def _traverse(places: tuple[Place, ...], bank: Bank, context: Context) -> tuple[Bank, Hits]:
    behind, _, passage, inside = through(places, bank, context)
    if passage is not None:
        context.book("matter", np.arange(context.particles), passage.deposited[:, 0])
    return behind, {places[0].element.name: charged_points(inside)}


STATION = Station("tracker", _traverse)
