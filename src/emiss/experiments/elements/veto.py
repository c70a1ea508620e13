"""A veto: panels that must stay quiet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from ...ground.quantity import Quantity
from ..fields import count, number
from .base import Detector, Element

__all__ = ["DETECTOR", "Veto"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Veto(Element):
    """A plate or set of panels that must stay quiet.

    Parameters
    ----------
    panels : int
        Panels side by side, read on their own.
    threshold : Quantity or None
        Energy in GeV per panel from which it vetoes.
    efficiency : Quantity or None
        Probability to see a minimum-ionising particle.
    light_yield : Quantity or None
        Photoelectrons per GeV.
    time_resolution : Quantity or None
        Standard deviation in ns.
    hole_width, hole_height : Quantity or None
        Size in cm of a hole in its middle, through which the beam passes.
    """

    kind: ClassVar[str] = "veto"
    may_miss: ClassVar[bool] = True
    measures: ClassVar[Mapping[str, str]] = {
        "energy": "GeV",
        "max_panel_energy": "GeV",
        "time": "ns",
    }

    panels: int = count("panels side by side")
    threshold: Quantity | None = number("energy", "per panel, from which it vetoes")
    efficiency: Quantity | None = number("fraction", "to see a minimum-ionising particle")
    light_yield: Quantity | None = number("yield per energy", "photoelectrons per GeV")
    time_resolution: Quantity | None = number("time", "standard deviation")
    hole_width: Quantity | None = number("length", "of a hole in its middle, in the bending plane")
    hole_height: Quantity | None = number("length", "of a hole in its middle, across that plane")

    @property
    def parts(self) -> tuple[str, int, int]:
        """Panels, see `Element.parts`."""
        return "panels", 1, self.panels

    def problem(self) -> tuple[str, str] | None:
        """Find what contradicts itself, see `Element.problem`."""
        if (self.hole_width is None) != (self.hole_height is None):
            given = "hole_height" if self.hole_width is None else "hole_width"
            return given, "give hole_width and hole_height together"
        return None


DETECTOR = Detector("veto", Veto)
