"""Matter that measures nothing."""

from __future__ import annotations

import numpy as np

from ..bank import Bank
from ..context import Context
from .base import Hits, Place, Station
from .passing import through

__all__ = ["STATION"]


def _traverse(places: tuple[Place, ...], bank: Bank, context: Context) -> tuple[Bank, Hits]:
    behind, _, passage, _ = through(places, bank, context)
    if passage is not None:
        context.book("matter", np.arange(context.particles), passage.deposited[:, 0])
    return behind, {}


STATION = Station("absorber", _traverse)
