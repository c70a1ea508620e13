"""One period of data taking."""

from __future__ import annotations

import functools
from dataclasses import dataclass, field

from ..ground.errors import ValidityError
from ..ground.quantity import Quantity
from .efficiency import Efficiency
from .layout import Layout
from .modes import modes
from .setup import Setup
from .stated import StatedAcceptance

__all__ = ["EXPECTED", "Run"]

EXPECTED = "median of the counts expected from background alone"
"""Source of the count that stands for the observation of a projection."""


@dataclass(frozen=True, slots=True)
class Run:
    """One period of data taking: a bin of the limit.

    Parameters
    ----------
    period : str
        Name of the period, unique in its experiment.
    particles_on_target : Quantity
        Beam particles on target.
    background : Quantity
        Expected background events.
    observed_count : Quantity
        Events seen, with origin; see `observed`.
    efficiency : Efficiency
        Signal efficiency of everything that the yield does not compute.
    yield_uncertainty : Quantity
        Relative uncertainty of the signal yield.
    layout : Layout
        Beam, apparatus and selection of this period.
    yield_correlated : bool
        Whether that uncertainty is one and the same in all runs.
    acceptance : StatedAcceptance
        What the file says of a simulated efficiency.
    """

    period: str
    particles_on_target: Quantity
    background: Quantity
    observed_count: Quantity
    efficiency: Efficiency
    yield_uncertainty: Quantity
    layout: Layout
    yield_correlated: bool = True
    acceptance: StatedAcceptance = field(default_factory=StatedAcceptance)

    @property
    def observed(self) -> int:
        """Events seen in the signal box."""
        return round(self.observed_count.value)

    @property
    def measured(self) -> bool:
        """Whether the count is one that was seen, not the one expected of a projection."""
        return self.observed_count.source != EXPECTED

    @property
    def setup(self) -> Setup:
        """What decides the yield per beam particle.

        Raises
        ------
        ValidityError
            If the layout leaves nothing to look for.
        """
        try:
            return _setup(self.layout)
        except ValidityError as error:
            raise ValidityError(f"run {self.period}: {error}") from None


@functools.lru_cache(maxsize=128)
def _setup(layout: Layout) -> Setup:
    return modes()[layout.mode].setup(layout)
