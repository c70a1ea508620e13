"""What a shape analysis starts from: simulated signal and backgrounds by bin, and what to note."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from ..analysis.shape_bins import BinSums, ShapeBins, simulated_bins
from ..events.context import seed_of
from ..events.samples import samples as known_samples
from ..ground.arrays import FloatArray
from ..ground.errors import ArgumentError, EmissError
from .shape_channels import SAMPLE, SIDEBAND, SIGNAL_REGION, PartAsked, ShapePart
from .signals_asked import signals_asked

if TYPE_CHECKING:
    from ..experiments import Experiment, Run
    from ..physics.models import Model

__all__ = ["Simulation", "background_parts", "notes_of", "used_bins"]

NORMALISATION: Final = 0.2
"""Relative uncertainty of a simulated sideband where none is given: assumed."""
_FEW: Final = 5.0  # events below which asymptotic distributions are known to be wrong


@dataclass(slots=True)
class Simulation:
    """Simulates samples into the bins, one after the other, and says how far it is.

    Parameters
    ----------
    bins : ShapeBins
        The bins.
    experiment : Experiment
        The experiment.
    number : int
        Number of its run.
    run : Run
        The run.
    seed : int
        Seed of all samples.
    steps : int
        Samples to come.
    progress : callable or None
        Called with the share done.
    """

    bins: ShapeBins
    experiment: Experiment
    number: int
    run: Run
    seed: int
    steps: int
    progress: Callable[[float], None] | None
    done: int = field(default=0, init=False)

    def sums(self, sample: str, events: int, extra: Any = None) -> BinSums:
        """Sums of weights by bin."""
        found = simulated_bins(
            self.bins, self.run, self.experiment.name, self.experiment.fingerprint, sample, events,
            number=self.number, seed=seed_of(self.seed, "shape", sample, self.done), extra=extra,
        )  # fmt: skip
        self.done += 1
        if self.progress is not None:
            self.progress(self.done / self.steps)
        return found

    def signal(
        self, model: Model, masses: FloatArray, events: int
    ) -> tuple[FloatArray, FloatArray]:
        """Signal over that of the count and its error, both of shape (masses, bins)."""
        shares = [
            self.sums("signal", events, made).shares()
            for made in signals_asked(self.bins.widest, model, masses)
        ]
        return np.array([one for one, _ in shares]), np.array([error for _, error in shares])


def background_parts(
    simulation: Simulation, asked: Sequence[PartAsked], events: int
) -> tuple[ShapePart, ...]:
    """Backgrounds by bin, those of samples simulated.

    Parameters
    ----------
    simulation : Simulation
        Simulates them.
    asked : sequence of PartAsked
        Backgrounds by name.
    events : int
        Events to simulate of each.

    Returns
    -------
    tuple of ShapePart
        In the order asked.

    Raises
    ------
    EmissError
        If one is neither a sample nor has events, or no simulated event is in the signal region.
    """
    samples = known_samples()
    sums = {one.name: simulation.sums(one.name, events) for one in asked if one.name in samples}
    return tuple(_part(one, simulation.bins, sums.get(one.name), simulation.run) for one in asked)


def _part(asked: PartAsked, bins: ShapeBins, sums: BinSums | None, run: Run) -> ShapePart:
    """One background by bin."""
    relative = asked.error / asked.events if asked.events else 0.0
    if sums is None:
        if asked.events is None:
            raise ArgumentError(
                f"background '{asked.name}' is no sample of the simulation; give its expected "
                f"events. Samples: {', '.join(known_samples())}."
            )
        return ShapePart(
            asked.name, SIGNAL_REGION, relative, asked.events * bins.flat, np.zeros(bins.size)
        )
    if asked.events is None:
        live = math.prod(f.efficiency.value for f in run.acceptance.factors)
        scale = run.particles_on_target.value * live / sums.begun
        outside = ~bins.inside
        return ShapePart(
            asked.name, SIDEBAND, asked.error or NORMALISATION, scale * sums.weight * outside,
            scale * np.sqrt(sums.square) * outside,
        )  # fmt: skip
    share, error = _shares(asked.name, bins, sums)
    return ShapePart(asked.name, SAMPLE, relative, asked.events * share, asked.events * error)


def _shares(name: str, bins: ShapeBins, sums: BinSums) -> tuple[FloatArray, FloatArray]:
    """Shares of the signal region by bin, and their errors: half an event where none is."""
    try:
        share, error = sums.shares()
    except EmissError as problem:
        raise EmissError(
            f"background '{name}': {problem} Simulate more events, or give its expected "
            "events under another name: it is then flat in the signal region."
        ) from None
    share, error = (np.where(bins.inside, x, 0.0) for x in (share, error))
    empty = bins.inside & (sums.number == 0)
    if empty.any():
        # no simulated event in a bin: half of a mean one, give or take as much
        covered, half = share.sum(), 0.5 / sums.number[bins.inside].sum()
        share, error = (np.where(empty, half, x) for x in (share, error))
        share, error = (x * covered / share.sum() for x in (share, error))
    return share, error


def used_bins(bins: ShapeBins, parts: Sequence[ShapePart]) -> NDArray[np.intp]:
    """Bins of the signal region, and others of which a background is known."""
    background = np.sum([part.events for part in parts], axis=0)
    return np.flatnonzero(bins.inside | (background > 0.0))


def notes_of(
    bins: ShapeBins, parts: Sequence[ShapePart], used: NDArray[np.intp], known: bool,
    data: Path | str | None, method: str,
) -> tuple[str, ...]:  # fmt: skip
    """What the reader must know of the backgrounds, the method and the data."""
    found = []
    background = np.sum([part.events for part in parts], axis=0)
    flat = [part.name for part in parts if part.how == SIGNAL_REGION]
    if flat and int(bins.inside.sum()) > 1:
        found.append(
            f"backgrounds without a simulated shape are taken as flat in the signal region: "
            f"{', '.join(flat)} (assumed)."
        )
    idle = bins.size - used.size
    if idle:
        found.append(
            f"bins outside of the signal region without a simulated background, not used: {idle}; "
            "name samples (--background)."
        )
    if method == "asymptotic" and background[bins.inside].sum() < _FEW:
        found.append(
            f"the asymptotic method is not valid for {background[bins.inside].sum():.3g} "
            f"background events in the signal region (fewer than {_FEW:g}): its limits are too "
            "strong. Use method 'cls' or 'toys'."
        )
    if not known:
        found.append(
            "blind: the signal region of the data is hidden or left out; limits are expected ones."
            if data is not None
            else "the events seen by bin are not known: only expected limits are given."
        )
    return tuple(found)
