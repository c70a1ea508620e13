"""Cuts whose threshold moves while all others stay: what simulated events say of each choice."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ..events.produce import make_job
from ..experiments import Run
from ..experiments.layout import Layout
from ..experiments.selection import Cut
from ..ground.arrays import FloatArray
from ..ground.errors import ArgumentError, EmissError, UnknownNameError
from .acceptance import batches
from .evaluate import passes
from .flow import CHUNK, FIRED, steps_of

__all__ = ["MovedCut", "MovedSample", "grid_of", "moved_cut", "moved_sample"]

MOST_POINTS: Final = 2000
"""Most choices of thresholds in one scan."""
_MOST_CELLS: Final = 5_000_000
"""Most events times choices that are held in memory at once."""
_NOTHING_LEFT: Final = 2.303
"""Events that an observation of none excludes at 90 %."""


@dataclass(frozen=True, slots=True)
class MovedCut:
    """A cut whose threshold moves.

    Parameters
    ----------
    name, variable, unit : str
        Name of the cut, its variable, and the unit of that.
    bound : str
        ``min`` or ``max``: which of its bounds moves.
    values : tuple of float
        Thresholds, ascending.
    nominal : float
        Threshold of the experiment.
    """

    name: str
    variable: str
    unit: str
    bound: str
    values: tuple[float, ...]
    nominal: float

    @property
    def loosest(self) -> float:
        """Threshold that lets most events through, the nominal one included."""
        every = (*self.values, self.nominal)
        return min(every) if self.bound == "min" else max(every)

    def passing(self, variable: FloatArray, threshold: FloatArray) -> NDArray[np.bool_]:
        """Which events, shape (n,), pass at thresholds, shape (p,); NaN passes none."""
        if self.bound == "min":
            return np.asarray(variable >= threshold[:, None])
        return np.asarray(variable < threshold[:, None])


def moved_cut(
    layout: Layout, name: str, values: Sequence[float], bound: str | None = None
) -> MovedCut:
    """Look up a cut that is to move.

    Parameters
    ----------
    layout : Layout
        Apparatus with its selection.
    name : str
        Name of the cut.
    values : sequence of float
        Thresholds, in the unit of its variable.
    bound : str, optional
        ``min`` or ``max``; needed of a cut that has both.

    Returns
    -------
    MovedCut
        With the thresholds in ascending order, each once.

    Raises
    ------
    UnknownNameError
        If there is no such cut.
    ArgumentError
        If the cut has no threshold that could move, or a value is no finite number.
    """
    cuts = {cut.name: cut for cut in layout.selection.cuts}
    if name not in cuts:
        raise UnknownNameError("cut", name, cuts)
    cut = cuts[name]
    bounds = {"min": cut.least, "max": cut.most}
    known = [word for word, quantity in bounds.items() if quantity is not None]
    if not cut.variable or not known:
        movable = [c.name for c in cuts.values() if c.variable and (c.least or c.most)]
        raise ArgumentError(
            f"cut '{name}' has no threshold on one variable; these have: {', '.join(movable)}."
        )
    if bound is None and len(known) == 2:
        raise ArgumentError(f"cut '{name}' has a min and a max; say which of them moves.")
    word = known[0] if bound is None else bound
    quantity = bounds.get(word)
    if quantity is None:
        raise ArgumentError(f"cut '{name}' has no {word}; it has a {' and a '.join(known)}.")
    numbers = sorted({float(value) for value in values})
    if not numbers or not all(math.isfinite(value) for value in numbers):
        raise ArgumentError(f"thresholds of cut '{name}': give finite numbers, at least one.")
    unit = layout.variables.get(cut.variable, "")
    return MovedCut(name, cut.variable, unit, word, tuple(numbers), quantity.value)


def grid_of(moved: Sequence[MovedCut]) -> FloatArray:
    """All combinations of thresholds.

    Parameters
    ----------
    moved : sequence of MovedCut
        The cuts.

    Returns
    -------
    array of float, shape (points, cuts)
        The last cut moves fastest.

    Raises
    ------
    ArgumentError
        If there is no cut, one is named twice, or there are too many combinations.
    """
    names = [one.name for one in moved]
    if not names or len(set(names)) != len(names):
        raise ArgumentError("cuts to move: name at least one, each once.")
    number = math.prod(len(one.values) for one in moved)
    if number > MOST_POINTS:
        raise ArgumentError(
            f"{number} combinations of thresholds: at most {MOST_POINTS}; give fewer values."
        )
    axes = np.meshgrid(*(np.array(one.values) for one in moved), indexing="ij")
    return np.stack([axis.ravel() for axis in axes], axis=1)


def loosened(layout: Layout, moved: Sequence[MovedCut]) -> Layout:
    """The layout with the moved cuts at their loosest, so that events of all choices are made."""
    by_name = {one.name: one for one in moved}

    def changed(cut: Cut) -> Cut:
        if cut.name not in by_name:
            return cut
        one = by_name[cut.name]
        if one.bound == "min" and cut.least is not None:
            return replace(cut, least=replace(cut.least, value=one.loosest))
        if one.bound == "max" and cut.most is not None:
            return replace(cut, most=replace(cut.most, value=one.loosest))
        return cut

    selection = layout.selection
    return replace(
        layout, selection=replace(selection, cuts=tuple(changed(cut) for cut in selection.cuts))
    )


@dataclass(frozen=True, slots=True, eq=False)
class MovedSample:
    """Events that pass all cuts that stay, with the variables of those that move.

    Parameters
    ----------
    moved : tuple of MovedCut
        The cuts that move.
    variables : array of float, shape (cuts, n)
        Their variables.
    weight : array of float, shape (n,)
        Weights.
    events : int
        Events that were simulated.
    """

    moved: tuple[MovedCut, ...]
    variables: FloatArray
    weight: FloatArray
    events: int

    def masks(self, points: FloatArray) -> NDArray[np.bool_]:
        """Which events pass, shape (points, n), at thresholds, shape (points, cuts)."""
        found = np.ones((points.shape[0], self.weight.size), dtype=bool)
        for number, one in enumerate(self.moved):
            found &= one.passing(self.variables[number], points[:, number])
        return found

    def shares(
        self, points: FloatArray, reference: FloatArray
    ) -> tuple[FloatArray, FloatArray, NDArray[np.bool_]]:
        """Weight that passes over that at a reference, and the error.

        Parameters
        ----------
        points : array of float, shape (points, cuts)
            Thresholds.
        reference : array of float, shape (cuts,)
            Thresholds to compare with.

        Returns
        -------
        tuple of array, shape (points,)
            Ratio; its error; and whether any event is left. Where none is left, the ratio is what
            an observation of none excludes at 90 %. Numerator and denominator are sums over the
            same events: var = sum w^2 (a - r b)^2 / B^2 with a and b 1 where an event passes.

        Raises
        ------
        EmissError
            If no event passes at the reference.
        """
        base = self.masks(reference[None, :])[0]
        whole = float(self.weight[base].sum())
        if not whole > 0.0:
            raise EmissError("no simulated event passes the selection of the experiment.")
        ratio, error = np.zeros(points.shape[0]), np.zeros(points.shape[0])
        block = max(1, _MOST_CELLS // max(1, self.weight.size))
        for first in range(0, points.shape[0], block):
            here = slice(first, first + block)
            masks = self.masks(points[here])
            ratio[here] = masks @ self.weight / whole
            difference = masks - ratio[here, None] * base
            error[here] = np.sqrt(np.square(difference) @ np.square(self.weight)) / whole
        left = ratio > 0.0
        mean = whole / base.sum()
        ratio = np.where(left, ratio, _NOTHING_LEFT * mean / whole)
        return ratio, np.where(left, error, ratio), left


def moved_sample(
    run: Run,
    name: str,
    fingerprint: str,
    moved: Sequence[MovedCut],
    sample: str,
    events: int,
    *,
    number: int = 1,
    seed: int = 1,
    independent: bool = False,
    extra: Mapping[str, Any] | None = None,
) -> MovedSample:
    """Simulate events once, with the moved cuts at their loosest.

    Parameters
    ----------
    run : Run
        Run of an experiment, with its layout.
    name, fingerprint : str
        Name of the experiment, and its hash.
    moved : sequence of MovedCut
        The cuts that move.
    sample : str
        Sample of the simulation.
    events : int
        Events to begin with.
    number : int, optional
        Number of the run.
    seed : int, optional
        Seed.
    independent : bool, optional
        Keep all events with a trigger, whatever the cuts that stay say: their variables are taken
        as independent of those that move.
    extra : mapping, optional
        What the sample needs.

    Returns
    -------
    MovedSample
        Variables and weights.
    """
    layout = loosened(run.layout, moved)
    job = make_job(
        layout, name, fingerprint, sample=sample, seed=seed, run=number, chunk_events=CHUNK,
        options={"intensity": layout.beam.intensity}, extra=dict(extra or {}),
    )  # fmt: skip
    names = {one.name for one in moved}
    staying = [cut for cut in steps_of(layout) if cut.name not in names]
    if independent:
        staying = [cut for cut in staying if cut.variable == FIRED]
    variables, weights = [np.zeros((len(moved), 0))], [np.zeros(0)]
    for columns, weight in batches(job, events):
        kept = np.ones(weight.size, dtype=bool)
        for cut in staying:
            kept &= passes(cut, columns)
        kept &= weight > 0.0
        rows = [np.asarray(columns[one.variable], dtype=np.float64)[kept] for one in moved]
        variables.append(np.array(rows))
        weights.append(weight[kept])
    return MovedSample(
        tuple(moved), np.concatenate(variables, axis=1), np.concatenate(weights), events
    )
