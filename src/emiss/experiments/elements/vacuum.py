"""A vessel with vacuum, or a volume of gas: nothing happens inside, something in its windows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ...ground.quantity import Quantity
from ..fields import number, word
from .base import Detector, Element

__all__ = ["DETECTOR", "Vacuum"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Vacuum(Element):
    """A vacuum vessel, or a decay volume.

    Parameters
    ----------
    window_material : str
        Material of the two windows; empty where there are none.
    window_thickness : Quantity or None
        Thickness of each in cm.
    """

    kind: ClassVar[str] = "vacuum"

    window_material: str = word("material of the two windows")
    window_thickness: Quantity | None = number("length", "of each window")

    def problem(self) -> tuple[str, str] | None:
        """Find what contradicts itself, see `Element.problem`."""
        if bool(self.window_material) != (self.window_thickness is not None):
            given = "window_material" if self.window_material else "window_thickness"
            return given, "give window_material and window_thickness together"
        return None


DETECTOR = Detector("vacuum", Vacuum)
