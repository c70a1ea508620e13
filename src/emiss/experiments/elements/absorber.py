"""Matter that measures nothing: windows, air, shielding, a passive target."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from .base import Detector, Element

__all__ = ["DETECTOR", "Absorber"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Absorber(Element):
    """A block or foil of matter."""

    kind: ClassVar[str] = "absorber"
    takes_beam: ClassVar[bool] = True

    def problem(self) -> tuple[str, str] | None:
        """Find what contradicts itself, see `Element.problem`."""
        if not self.material and not self.layers:
            return "material", "is missing; an absorber is made of something"
        return None


DETECTOR = Detector("absorber", Absorber)
