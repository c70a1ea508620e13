"""What is asked of an event: the trigger, and an ordered list of named cuts."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass

from ..ground.declared_types import check_declared
from ..ground.errors import ArgumentError
from ..ground.quantity import Quantity

__all__ = ["Axis", "Cut", "Selection", "Threshold", "Trigger"]


@dataclass(frozen=True, slots=True)
class Threshold:
    """A threshold of a trigger on one variable, in GeV.

    Parameters
    ----------
    variable : str
        What it is on, see `Layout.variables`.
    least, most : Quantity or None
        Bounds.
    """

    variable: str
    least: Quantity | None = None
    most: Quantity | None = None

    def __post_init__(self) -> None:
        check_declared(self)


@dataclass(frozen=True, slots=True)
class Trigger:
    """A trigger.

    Parameters
    ----------
    name : str
        Name.
    coincidence, anticoincidence : tuple of str
        Elements that must, and must not, see something.
    thresholds : tuple of Threshold
        Thresholds on energies.
    prescale : int
        One of so many events is kept.
    source, status, note : str
        Origin of the statement.
    """

    name: str
    coincidence: tuple[str, ...] = ()
    anticoincidence: tuple[str, ...] = ()
    thresholds: tuple[Threshold, ...] = ()
    prescale: int = 1
    source: str = ""
    status: str = ""
    note: str = ""

    def __post_init__(self) -> None:
        check_declared(self)

    def quantities(self) -> Iterator[tuple[str, Quantity]]:
        """Name and number of every bound."""
        for threshold in self.thresholds:
            for word, bound in (("min", threshold.least), ("max", threshold.most)):
                if bound is not None:
                    yield f"{threshold.variable} {word}", bound


@dataclass(frozen=True, slots=True)
class Cut:
    """One cut: bounds on a variable, or a condition on several.

    Parameters
    ----------
    name : str
        Name, unique in its selection.
    variable : str
        Variable of the bounds; empty for a condition.
    least, most : Quantity or None
        Bounds: an event passes from the first and below the second.
    condition : str
        Condition on documented variables, see `expression`.
    efficiency : Quantity or None
        Share of signal events that passes, where it is known or assumed and not computed.
    source, status, note : str
        Origin of a condition.
    """

    name: str
    variable: str = ""
    least: Quantity | None = None
    most: Quantity | None = None
    condition: str = ""
    efficiency: Quantity | None = None
    source: str = ""
    status: str = ""
    note: str = ""

    def __post_init__(self) -> None:
        check_declared(self)

    @property
    def origin(self) -> tuple[str, str]:
        """Source and status: its own, else those of its first number."""
        first = next((quantity for _, quantity in self.quantities()), None)
        if self.source or first is None:
            return self.source, self.status
        return first.source, first.status

    @property
    def only_stated(self) -> float:
        """Share of signal events that passes where no event tells: 1 for bounds or a condition."""
        told = self.condition or self.least is not None or self.most is not None
        return 1.0 if told or self.efficiency is None else self.efficiency.value

    def inside_bins(self, edges: tuple[float, ...]) -> Quantity | None:
        """Bound that lies within a bin of its variable; None where bounds are edges or beyond."""
        for bound in (self.least, self.most):
            if bound is None or bound.value in edges:
                continue
            if edges[0] < bound.value < edges[-1]:
                return bound
        return None

    def quantities(self) -> Iterator[tuple[str, Quantity]]:
        """Name and number of everything that is given."""
        label = f"{self.name}: {self.variable}" if self.variable else self.name
        for word, bound in (("min", self.least), ("max", self.most)):
            if bound is not None:
                yield f"{label} {word}", bound
        if self.efficiency is not None:
            yield f"{self.name}: efficiency", self.efficiency


@dataclass(frozen=True, slots=True)
class Axis:
    """Edges of bins in one variable.

    Parameters
    ----------
    variable : str
        What it is on, see `Layout.variables`.
    edges : tuple of float
        At least two, ascending, in the unit of the variable. A bin holds events from its lower edge
        and below its upper one, as a cut does.
    source, status, note : str
        Origin of the choice.

    Raises
    ------
    ArgumentError
        If the edges are none.
    """

    variable: str
    edges: tuple[float, ...]
    source: str = ""
    status: str = ""
    note: str = ""

    def __post_init__(self) -> None:
        check_declared(self)
        rising = all(low < high for low, high in itertools.pairwise(self.edges))
        if len(self.edges) < 2 or not rising or any(math.isnan(x) for x in self.edges):
            raise ArgumentError(
                f"bins in '{self.variable}': edges {list(self.edges)}; give at least two, each "
                "above the one before."
            )


@dataclass(frozen=True, slots=True)
class Selection:
    """The cuts of a search, in their order.

    Parameters
    ----------
    mode : str
        What is looked for: a mode such as ``missing-energy``.
    cuts : tuple of Cut
        The cuts.
    signal_region : tuple of str
        Names of the cuts that make the signal region: hidden in data until it is opened.
    decays_from : str
        Element in or behind which a visible decay counts as signal; empty where visible decays
        count behind the detector only.
    bins : tuple of Axis
        Bins that may take the place of cuts of the signal region; the last axis moves fastest.
    """

    mode: str
    cuts: tuple[Cut, ...] = ()
    signal_region: tuple[str, ...] = ()
    decays_from: str = ""
    bins: tuple[Axis, ...] = ()

    def __post_init__(self) -> None:
        check_declared(self)

    @property
    def efficiency(self) -> float:
        """Share of signal events that passes the cuts that are not computed."""
        return math.prod(cut.efficiency.value for cut in self.cuts if cut.efficiency is not None)

    @property
    def only_stated(self) -> float:
        """Share of signal events that passes all cuts, see `Cut.only_stated`."""
        return math.prod(cut.only_stated for cut in self.cuts)
