"""Matter that measures nothing; a thin target, in which bosons are made, is one."""

from __future__ import annotations

import numpy as np

from ..bank import Bank
from ..bosons import is_signal
from ..context import Context
from .base import Hits, Place, Station
from .passing import through

__all__ = ["STATION"]


def _traverse(places: tuple[Place, ...], bank: Bank, context: Context) -> tuple[Bank, Hits]:
    target = any(place.element.role == "target" for place in places)
    behind, _, passage, _ = through(places, bank, context, bosons=target and is_signal(context))
    if passage is not None:
        context.book("matter", np.arange(context.particles), passage.deposited[:, 0])
    return behind, {}


STATION = Station("absorber", _traverse)
