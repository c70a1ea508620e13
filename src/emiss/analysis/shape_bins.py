"""Bins in variables of events, which take the place of the cuts that make the signal region."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ..events.produce import make_job
from ..events.record.files import SKIMMED, data_files
from ..events.record.table import is_simulation
from ..experiments import Run
from ..experiments.expression import unknown_variable
from ..experiments.layout import Layout
from ..experiments.selection import Axis, Cut
from ..ground.arrays import FloatArray
from ..ground.errors import ArgumentError, EmissError
from .acceptance import batches
from .blinding.gate import directory_of, visible
from .blinding.log import status_of
from .evaluate import Columns, passes
from .flow import CHUNK, FIRED, steps_of

__all__ = ["BinSums", "ShapeBins", "recorded_bins", "simulated_bins"]

MOST_BINS: Final = 200


@dataclass(frozen=True, slots=True)
class ShapeBins:
    """Bins in one variable or several of a layout.

    Cuts of the signal region on these variables give way to the bins; all others stay. A bin lies
    inside the signal region or outside.

    Parameters
    ----------
    layout : Layout
        Apparatus with its selection.
    axes : tuple of Axis
        The last one moves fastest.

    Raises
    ------
    ArgumentError
        If a variable is unknown or named twice, no cut of the signal region is on any of them, a
        bin lies astride of a bound of the signal region, or there are too many bins.
    """

    layout: Layout
    axes: tuple[Axis, ...]

    def __post_init__(self) -> None:
        names = [axis.variable for axis in self.axes]
        known = self.layout.variables
        for name in names:
            if name not in known:
                raise ArgumentError(f"bins: {unknown_variable(name, known)}.")
        if not names or len(set(names)) != len(names):
            raise ArgumentError("bins: name at least one variable, each once.")
        if self.size > MOST_BINS:
            raise ArgumentError(f"{self.size} bins: at most {MOST_BINS}; give fewer edges.")
        if not self.replaced:
            region = ", ".join(c.variable or c.name for c in self._region_cuts()) or "none declared"
            raise ArgumentError(
                f"bins in {', '.join(names)}: no cut of the signal region is on one of these "
                f"variables (signal region: {region})."
            )
        for cut in self.replaced:
            bound = cut.inside_bins(self.edges_of(cut.variable))
            if bound is not None:
                raise ArgumentError(
                    f"bins in '{cut.variable}': the signal region ends at {bound.text}, within a "
                    "bin; make it an edge."
                )

    def _region_cuts(self) -> list[Cut]:
        selection = self.layout.selection
        return [cut for cut in selection.cuts if cut.name in selection.signal_region]

    @property
    def replaced(self) -> tuple[Cut, ...]:
        """Cuts of the signal region that give way to the bins."""
        names = {axis.variable for axis in self.axes}
        return tuple(cut for cut in self._region_cuts() if cut.variable in names)

    @property
    def widest(self) -> Layout:
        """The layout with the cuts that give way as wide as the bins, for which signal is made."""
        wider = {cut.name: _as_wide(cut, self.edges_of(cut.variable)) for cut in self.replaced}
        cuts = tuple(wider.get(cut.name, cut) for cut in self.layout.selection.cuts)
        return replace(self.layout, selection=replace(self.layout.selection, cuts=cuts))

    @property
    def size(self) -> int:
        """Number of bins."""
        return math.prod(len(axis.edges) - 1 for axis in self.axes)

    def edges_of(self, variable: str) -> tuple[float, ...]:
        """Edges on the axis of a variable."""
        return next(axis.edges for axis in self.axes if axis.variable == variable)

    @property
    def boxes(self) -> tuple[tuple[tuple[float, float], ...], ...]:
        """Lower and upper edge on each axis, bin by bin."""
        return tuple(itertools.product(*(tuple(itertools.pairwise(a.edges)) for a in self.axes)))

    @property
    def inside(self) -> NDArray[np.bool_]:
        """Whether each bin lies in the signal region."""
        return np.array([self._within(box) for box in self.boxes], dtype=bool)

    def _within(self, box: tuple[tuple[float, float], ...]) -> bool:
        """Whether a bin keeps all bounds of the signal region."""
        for each in self.replaced:
            place = [axis.variable for axis in self.axes].index(each.variable)
            low, high = box[place]
            if each.least is not None and low < each.least.value:
                return False
            if each.most is not None and high > each.most.value:
                return False
        return True

    @property
    def is_region(self) -> bool:
        """Whether the bins inside the region are all of it, lower ends of energies at 0."""
        for cut in self.replaced:
            edges = self.edges_of(cut.variable)
            low = 0.0 if cut.least is None else cut.least.value
            high = math.inf if cut.most is None else cut.most.value
            if edges[0] > low or edges[-1] < high:
                return False
        names = {cut.variable for cut in self.replaced}
        return all(axis.variable in names for axis in self.axes)

    @property
    def flat(self) -> FloatArray:
        """Share of the signal region in each bin by its extent in the variables of its cuts.

        Where a cut has no bound on one side the bins' own edge counts.
        """
        shares = []
        for box in self.boxes:
            share = 1.0 if self._within(box) else 0.0
            for axis, (low, high) in zip(self.axes, box, strict=True):
                first, last = self._extent(axis)
                share *= (high - low) / (last - first)
            shares.append(share)
        return np.array(shares)

    def _extent(self, axis: Axis) -> tuple[float, float]:
        low, high = axis.edges[0], axis.edges[-1]
        for cut in self.replaced:
            if cut.variable == axis.variable:
                low = low if cut.least is None else cut.least.value
                high = high if cut.most is None else cut.most.value
        return low, high

    def place(self, columns: Columns) -> NDArray[np.intp]:
        """Number of the bin of each event; -1 beyond the edges and where a variable is missing."""
        number: NDArray[np.intp] = np.zeros(len(columns[self.axes[0].variable]), dtype=np.intp)
        lost = np.zeros(number.size, dtype=bool)
        for axis in self.axes:
            values = np.asarray(columns[axis.variable], dtype=np.float64)
            at = np.searchsorted(axis.edges, values, side="right") - 1
            lost |= (at < 0) | (at >= len(axis.edges) - 1) | np.isnan(values)
            number = number * (len(axis.edges) - 1) + at
        return np.where(lost, -1, number)

    def kept(self, columns: Columns) -> NDArray[np.bool_]:
        """Events that trigger and pass all cuts that stay."""
        names = {cut.name for cut in self.replaced}
        masks = [passes(cut, columns) for cut in steps_of(self.layout) if cut.name not in names]
        return np.asarray(np.logical_and.reduce(masks))

    def in_region(self, columns: Columns) -> NDArray[np.bool_]:
        """Events that pass the cuts that give way."""
        return np.asarray(np.logical_and.reduce([passes(cut, columns) for cut in self.replaced]))


@dataclass(slots=True, eq=False)
class BinSums:
    """Sums of weights by bin.

    Parameters
    ----------
    bins : ShapeBins
        The bins.
    begun : int
        Beam particles, or events, that were simulated.
    rest, rest_square : float
        Sums of weights, and of their squares, in the signal region beyond all bins.
    """

    bins: ShapeBins
    begun: int = 0
    number: NDArray[np.int64] = field(init=False)
    weight: FloatArray = field(init=False)
    square: FloatArray = field(init=False)
    rest: float = 0.0
    rest_square: float = 0.0

    def __post_init__(self) -> None:
        self.number = np.zeros(self.bins.size, dtype=np.int64)
        self.weight, self.square = np.zeros(self.bins.size), np.zeros(self.bins.size)

    def fill(self, columns: Columns, weight: FloatArray) -> None:
        """Add events."""
        kept = self.bins.kept(columns) & (weight > 0.0)
        at = self.bins.place(columns)
        beyond = weight[kept & (at < 0) & self.bins.in_region(columns)]
        self.rest += float(beyond.sum())
        self.rest_square += float(np.square(beyond).sum())
        used = kept & (at >= 0)
        self.number += np.bincount(at[used], minlength=self.bins.size)
        self.weight += np.bincount(at[used], weight[used], self.bins.size)
        self.square += np.bincount(at[used], weight[used] ** 2, self.bins.size)

    def shares(self) -> tuple[FloatArray, FloatArray]:
        """Weight of each bin over that of the signal region, and the Monte Carlo error.

        Numerator and denominator are sums over the same events:
        var = sum w^2 (a - r b)^2 / B^2 with a and b 1 where an event is in the bin and the region.

        Raises
        ------
        EmissError
            If no event passes the selection.
        """
        inside = self.bins.inside
        whole = float(self.weight[inside].sum()) + self.rest
        if not whole > 0.0:
            raise EmissError("no simulated event passes the selection of the experiment.")
        ratio = self.weight / whole
        both = np.where(inside, self.square, 0.0)
        others = float(self.square[inside].sum()) + self.rest_square - both
        variance = self.square - both + (1.0 - ratio) ** 2 * both + ratio**2 * others
        return ratio, np.sqrt(np.maximum(variance, 0.0)) / whole


def simulated_bins(
    bins: ShapeBins,
    run: Run,
    name: str,
    fingerprint: str,
    sample: str,
    events: int,
    *,
    number: int = 1,
    seed: int = 1,
    extra: Mapping[str, Any] | None = None,
) -> BinSums:
    """Simulate events and sort them into bins.

    Parameters
    ----------
    bins : ShapeBins
        The bins.
    run : Run
        Run of an experiment.
    name, fingerprint : str
        Name of the experiment, and its hash.
    sample : str
        Sample of the simulation.
    events : int
        Events to begin with.
    number : int, optional
        Number of the run.
    seed : int, optional
        Seed.
    extra : mapping, optional
        What the sample needs.

    Returns
    -------
    BinSums
        Sums of weights.
    """
    job = make_job(
        run.layout, name, fingerprint, sample=sample, seed=seed, run=number, chunk_events=CHUNK,
        options={"intensity": run.layout.beam.intensity}, extra=dict(extra or {}),
    )  # fmt: skip
    return _filled(bins, batches(job, events), events)


def _filled(bins: ShapeBins, parts: Iterable[tuple[Columns, FloatArray]], events: int) -> BinSums:
    sums = BinSums(bins, events)
    for columns, weight in parts:
        sums.fill(columns, weight)
    return sums


def recorded_bins(bins: ShapeBins, path: Path | str) -> tuple[int | None, ...]:
    """Count recorded events by bin, as far as they may be looked at.

    Parameters
    ----------
    bins : ShapeBins
        The bins.
    path : path
        File, or directory of a campaign.

    Returns
    -------
    tuple of int or None
        Events; None in the signal region of data of which a file is not opened, and of a skimmed
        file.

    Raises
    ------
    EmissError
        If the events are simulated with weights, which are no counts, or cannot be read.
    """
    sums = BinSums(bins)
    opened: bool | None = None
    for batch in visible(path, bins.layout):
        said = batch.table.provenance
        if opened is None:
            opened = is_simulation(said) or _all_opened(path, bins.layout)
        # a skimmed file has no event of the region, whoever may look at it
        opened = opened and SKIMMED not in said
        if np.any(batch.weight != 1.0):
            raise EmissError(
                f"'{path}': events have weights and are no counts; give recorded events, or a "
                "simulated sample without weights."
            )
        fired = (np.asarray(batch.table["trigger"]) != 0).astype(np.float64)
        sums.fill({**batch.variables, FIRED: fired}, batch.weight)
    if opened is None:
        raise EmissError(f"'{path}': there is no event to count.")
    hidden = bins.inside & (not opened)
    return tuple(None if blind else int(n) for n, blind in zip(sums.number, hidden, strict=True))


def _all_opened(path: Path | str, layout: Layout) -> bool:
    """Whether all files are: the region of some beside the other bins of all would be no count."""
    status = status_of(directory_of(path), layout)
    return all(status.opens(file) for file in data_files(Path(path)))


def _as_wide(cut: Cut, edges: tuple[float, ...]) -> Cut:
    """The cut with its bounds at the outermost edges where these let more through."""
    least, most = cut.least, cut.most
    if least is not None:
        least = replace(least, value=min(least.value, edges[0]))
    if most is not None:
        most = replace(most, value=max(most.value, edges[-1]))
    return replace(cut, least=least, most=most)
