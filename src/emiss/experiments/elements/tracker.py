"""A station of tracking planes."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from ...ground.quantity import Quantity
from ..fields import count, number, word
from .base import Detector, Element

__all__ = ["DETECTOR", "Tracker"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracker(Element):
    """A station of tracking planes.

    Parameters
    ----------
    technology : str
        Such as Micromegas, GEM, straw tubes.
    resolution : Quantity or None
        Standard deviation in cm of a measured coordinate.
    efficiency : Quantity or None
        Probability that a particle leaves a hit.
    planes : int
        Number of measuring planes.
    time_resolution : Quantity or None
        Standard deviation in ns.
    """

    kind: ClassVar[str] = "tracker"
    measures: ClassVar[Mapping[str, str]] = {"hits": "", "x": "cm", "y": "cm", "time": "ns"}

    technology: str = word("Micromegas, GEM, straw tubes, ...")
    resolution: Quantity | None = number("length", "of a measured coordinate")
    efficiency: Quantity | None = number("fraction", "to see a particle")
    planes: int = count("measuring planes")
    time_resolution: Quantity | None = number("time", "standard deviation")

    def highest(self, quantity: str) -> float:
        """One hit per plane, see `Element.highest`."""
        return float(self.planes) if quantity == "hits" else math.inf


DETECTOR = Detector("tracker", Tracker)
