"""One period of data taking."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass, field

from ..ground.declared_types import check_declared
from ..ground.errors import ValidityError
from ..ground.quantity import Quantity
from .efficiency import Efficiency
from .layout import Layout
from .modes import modes
from .setup import Setup
from .stated import StatedAcceptance, StatedInput

__all__ = ["Run", "expected_count"]


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
    observed_count : Quantity or None
        Events seen, with origin; None in a projection, see `count`.
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
    background_inputs : tuple of StatedInput
        Numbers that the file gives to the estimates of its backgrounds.
    """

    period: str
    particles_on_target: Quantity
    background: Quantity
    observed_count: Quantity | None
    efficiency: Efficiency
    yield_uncertainty: Quantity
    layout: Layout
    yield_correlated: bool = True
    acceptance: StatedAcceptance = field(default_factory=StatedAcceptance)
    background_inputs: tuple[StatedInput, ...] = ()

    def __post_init__(self) -> None:
        check_declared(self)

    @property
    def count(self) -> Quantity:
        """Events seen in the signal box; in a projection what is expected of the background."""
        if self.observed_count is not None:
            return self.observed_count
        return expected_count(self.background.value)

    @property
    def observed(self) -> int:
        """Events seen in the signal box, or what stands for them."""
        return round(self.count.value)

    @property
    def measured(self) -> bool:
        """Whether the count is one that was seen, not the one expected of a projection."""
        return self.observed_count is not None

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


def expected_count(background: float) -> Quantity:
    """Count that stands for the observation of a projection.

    Parameters
    ----------
    background : float
        Expected background events.

    Returns
    -------
    Quantity
        Median of the counts expected from background alone, labelled as assumed.
    """
    return Quantity(
        float(_poisson_median(background)),
        source="median of the counts expected from background alone",
        status="assumed",
    )


def _poisson_median(mean: float) -> int:
    """Smallest n with P(N <= n) >= 1/2."""
    if mean > 500.0:
        return math.floor(mean + 1.0 / 3.0 - 0.02 / mean)  # first terms of Ramanujan's expansion
    count, term = 0, math.exp(-mean)
    total = term
    while total < 0.5:
        count += 1
        term *= mean / count
        total += term
    return count
