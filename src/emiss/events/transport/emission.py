"""Emission of a rare particle in a shower: where it happens, and the event in which it did.

A first pass chooses one place per event among all steps, with a probability that goes with path
times rate; the sum over the steps is the weight of the event. A second pass simulates the same
event again and, at that place, lets the lepton or photon go on as the emission says.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...ground.arrays import FloatArray
from ...ground.errors import ValidityError

__all__ = ["EMISSIONS", "Forced", "Rates"]

EMISSIONS = (
    "total", "step", "kind", "energy", "x", "y", "z", "ux", "uy", "uz", "slab", "weight",
)  # fmt: skip
"""Columns of the places chosen: sum of path times rate over the event, number of the step, kind,
energy in GeV (kinetic for e- and e+), place in cm, direction, slab, path times rate of the step.
All zero where nothing can be emitted."""


@dataclass(frozen=True, slots=True, eq=False)
class Rates:
    """How likely an emission is along a path: a proposal, which weights may correct.

    Parameters
    ----------
    lowest, highest : float
        Energies in GeV of the first and last point, kinetic for e- and e+, total for muons; even
        in the logarithm between. Nothing is emitted outside.
    per_cm : array, shape (5, media, n)
        Emissions per cm by kind, material (in the order of `Stack.materials`) and energy.
    """

    lowest: float
    highest: float
    per_cm: FloatArray

    def __post_init__(self) -> None:
        if not 0.0 < self.lowest < self.highest or self.per_cm.ndim != 3:
            raise ValidityError("emission: rates need two energies, ascending, and three axes.")
        if self.per_cm.shape[0] != 5 or self.per_cm.shape[2] < 2:
            raise ValidityError("emission: rates are for five kinds, at two or more energies.")
        if not np.all(np.isfinite(self.per_cm)) or np.any(self.per_cm < 0.0):
            raise ValidityError("emission: rates must be finite and not negative.")


@dataclass(frozen=True, slots=True, eq=False)
class Forced:
    """What happens at the place chosen, event by event.

    Parameters
    ----------
    step : array, shape (events,)
        Number of the step; 0 for an event in which nothing is emitted.
    goes_on : array, shape (events, 7)
        Place in cm, energy in GeV and direction with which the particle goes on; energy 0 if it
        is gone.
    added : array, shape (n, 9)
        Particles that come with it, rows as of `Beam.rows`; at most eight per event.
    owners : array of int, shape (n,)
        Their events, ascending.
    """

    step: FloatArray
    goes_on: FloatArray
    added: FloatArray
    owners: NDArray[np.int64]


class Plan(NamedTuple):
    """What is forced, as the kernel takes it."""

    step: FloatArray
    goes_on: FloatArray
    added: FloatArray
    begins: NDArray[np.int64]


def plan_of(emission: Rates | Forced | None, events: int) -> Plan:
    """What is forced, as arrays; empty where nothing is."""
    from ._kernels.emission import MOST_ADDED

    if not isinstance(emission, Forced):
        return Plan(np.zeros(0), np.zeros((0, 7)), np.zeros((0, 9)), np.zeros(1, dtype=np.int64))
    if emission.step.shape != (events,) or emission.goes_on.shape != (events, 7):
        raise ValidityError(
            f"emission: needs a step and a way to go on for each of {events} events."
        )
    begins = np.searchsorted(emission.owners, np.arange(events + 1)).astype(np.int64)
    if emission.owners.size and int(np.max(np.diff(begins))) > MOST_ADDED:
        raise ValidityError(f"emission: at most {MOST_ADDED} particles can come with it.")
    step, goes_on, added = (
        np.ascontiguousarray(a, dtype=np.float64)
        for a in (emission.step, emission.goes_on, emission.added)
    )
    return Plan(step, goes_on, added, begins)


def hook_of(emission: Rates | Forced | None) -> FloatArray:
    """The hook of the kernels, see `_kernels.emission`."""
    from ._kernels.emission import GRID, MODE, RATES

    hook = np.zeros(RATES + (emission.per_cm.size if isinstance(emission, Rates) else 1))
    if isinstance(emission, Rates):
        points, low = emission.per_cm.shape[2], math.log(emission.lowest)
        step = (math.log(emission.highest) - low) / (points - 1)
        hook[MODE] = 1.0
        hook[GRID : GRID + 4] = low, 1.0 / step, points, emission.per_cm.shape[1]
        hook[RATES:] = emission.per_cm.ravel()
    elif emission is not None:
        hook[MODE] = 2.0
    return hook
