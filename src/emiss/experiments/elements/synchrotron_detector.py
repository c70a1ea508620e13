"""A detector of the synchrotron radiation that electrons emit in the bending magnets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from ...ground.quantity import Quantity
from ..fields import count, number
from .base import Detector, Element

__all__ = ["DETECTOR", "SynchrotronDetector"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SynchrotronDetector(Element):
    """A synchrotron-radiation detector.

    Parameters
    ----------
    modules : int
        Modules side by side, read on their own.
    stochastic, constant : Quantity or None
        a in sqrt(GeV) and b of sigma/E = a/sqrt(E) (+) b.
    threshold : Quantity or None
        Energy in GeV below which a module reads nothing.
    efficiency : Quantity or None
        Probability that a beam electron is identified, where it is measured.
    light_yield : Quantity or None
        Photoelectrons per GeV.
    time_resolution : Quantity or None
        Standard deviation in ns.
    """

    kind: ClassVar[str] = "synchrotron-detector"
    least_reading: ClassVar[str] = "threshold"
    measures: ClassVar[Mapping[str, str]] = {
        "energy": "GeV",
        "min_module_energy": "GeV",
        "max_module_energy": "GeV",
        "time": "ns",
    }
    beam_power: ClassVar[Mapping[str, float]] = {
        # Radiated in a magnet of the same field: in proportion to (E B)^2.
        "energy": 2.0,
        "min_module_energy": 2.0,
        "max_module_energy": 2.0,
    }

    modules: int = count("modules side by side")
    stochastic: Quantity | None = number("stochastic", "a of sigma/E = a/sqrt(E) (+) b")
    constant: Quantity | None = number("fraction", "b of it")
    threshold: Quantity | None = number("energy", "below which a module reads nothing")
    efficiency: Quantity | None = number("fraction", "to identify a beam electron")
    light_yield: Quantity | None = number("yield per energy", "photoelectrons per GeV")
    time_resolution: Quantity | None = number("time", "standard deviation")

    @property
    def parts(self) -> tuple[str, int, int]:
        """Modules, see `Element.parts`."""
        return "modules", 1, self.modules


DETECTOR = Detector("synchrotron-detector", SynchrotronDetector)
