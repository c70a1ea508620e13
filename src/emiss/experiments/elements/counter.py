"""A scintillator counter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from ...ground.quantity import Quantity
from ..fields import number
from .base import Detector, Element

__all__ = ["DETECTOR", "Counter"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Counter(Element):
    """A scintillator counter.

    Parameters
    ----------
    threshold : Quantity or None
        Energy in GeV from which it counts.
    light_yield : Quantity or None
        Photoelectrons per GeV.
    efficiency : Quantity or None
        Probability to see a particle that crosses it.
    time_resolution : Quantity or None
        Standard deviation in ns.
    inner_edge : Quantity or None
        Distance in cm of the inner edge from the axis of the undeflected beam, towards the side to
        which the beam is bent: another way to say ``offset_x``.
    """

    kind: ClassVar[str] = "counter"
    may_miss: ClassVar[bool] = True
    measures: ClassVar[Mapping[str, str]] = {"energy": "GeV", "time": "ns"}

    threshold: Quantity | None = number("energy", "from which it counts")
    light_yield: Quantity | None = number("yield per energy", "photoelectrons per GeV")
    efficiency: Quantity | None = number("fraction", "to see a particle")
    time_resolution: Quantity | None = number("time", "standard deviation")
    inner_edge: Quantity | None = number("size", "inner edge from the undeflected beam")

    def problem(self) -> tuple[str, str] | None:
        """Find what contradicts itself, see `Element.problem`."""
        if self.inner_edge is not None and self.offset_x is not None:
            return "inner_edge", "offset_x is given; leave one of them out"
        if self.inner_edge is not None and self.width is None:
            return "width", "is missing; inner_edge needs it"
        return None


DETECTOR = Detector("counter", Counter)
