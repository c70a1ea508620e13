"""Cut flow: how many events pass each cut, alone, in sequence, and with all others applied."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..experiments.selection import Cut
from ..ground.arrays import FloatArray
from ..ground.errors import EmissError
from ..ground.guards import check_fields, each, instance, whole
from ..ground.weights import effective_size
from .evaluate import Columns, passes

__all__ = ["CutFlow", "CutStep", "Tally"]


@dataclass(frozen=True, slots=True)
class CutStep:
    """One cut of a flow.

    Parameters
    ----------
    name : str
        Name of the cut.
    alone, cumulative, others : float
        Share of all events that passes it alone; it and all before it; and share of the events that
        pass all other cuts.
    alone_error, error, others_error : float
        Their errors: binomial, with the weights of the events; Wilson's half width where the
        share is 0 or 1.
    passed : float
        Sum of weights after it.
    """

    name: str
    alone: float
    cumulative: float
    others: float
    alone_error: float
    error: float
    others_error: float
    passed: float


@dataclass(frozen=True, slots=True)
class CutFlow:
    """A cut flow.

    Parameters
    ----------
    steps : tuple of CutStep
        In the order of the selection.
    events : int
        Number of events that were read.
    weight : float
        Sum of their weights.
    effective : float
        Effective number of events, (sum w)^2 / sum w^2.
    """

    steps: tuple[CutStep, ...]
    events: int
    weight: float
    effective: float

    @property
    def total(self) -> float:
        """Share of the events that passes all cuts."""
        return self.steps[-1].cumulative if self.steps else 1.0

    @property
    def total_error(self) -> float:
        """Error of that share."""
        return self.steps[-1].error if self.steps else 0.0

    def of_signal(self, cuts: Iterable[Cut]) -> CutFlow:
        """The flow of signal events, of which cuts that no event tells take what they state.

        Parameters
        ----------
        cuts : iterable of Cut
            The cuts of the steps, in their order; `Cut.only_stated` of each counts.

        Returns
        -------
        CutFlow
            Shares and errors of such a cut, and of all that follow in sequence, are times it.
        """
        steps, so_far = [], 1.0
        for step, cut in zip(self.steps, cuts, strict=True):
            own = cut.only_stated
            so_far *= own
            steps.append(
                replace(
                    step, alone=step.alone * own, alone_error=step.alone_error * own,
                    others=step.others * own, others_error=step.others_error * own,
                    cumulative=step.cumulative * so_far, error=step.error * so_far,
                    passed=step.passed * so_far,
                )
            )  # fmt: skip
        return replace(self, steps=tuple(steps))

    def record(self) -> dict[str, Any]:
        """Plain values, with the keys of `emiss cutflow --json`."""
        return {
            "cuts": [
                {
                    "name": step.name, "alone": step.alone, "cumulative": step.cumulative,
                    "error": step.error, "alone_error": step.alone_error,
                    "others_applied": _known(step.others),
                    "others_applied_error": _known(step.others_error),
                }
                for step in self.steps
            ],
            "total_efficiency": self.total,
            "total_error": self.total_error,
            "events": self.events,
            "effective_events": self.effective,
        }  # fmt: skip


@dataclass(slots=True)
class Tally:
    """Sums of a cut flow, filled chunk by chunk.

    Parameters
    ----------
    cuts : tuple of Cut
        The cuts, in their order.
    """

    cuts: tuple[Cut, ...]
    events: int = 0
    sums: FloatArray = field(init=False)
    squares: FloatArray = field(init=False)

    def __post_init__(self) -> None:
        check_fields(self, {"cuts": each(instance(Cut)), "events": whole(0, 10**15)})
        # rows: alone, cumulative, all others, all others and it
        self.sums = np.zeros((4, len(self.cuts) + 1))
        self.squares = np.zeros((4, len(self.cuts) + 1))

    def fill(self, columns: Columns, weight: FloatArray) -> NDArray[np.bool_]:
        """Add a chunk of events.

        Parameters
        ----------
        columns : mapping of str to array
            Variables of the events.
        weight : array
            Their weights.

        Returns
        -------
        array of bool
            Which of them pass all cuts.
        """
        size = weight.size
        self.events += size
        masks = [passes(cut, columns) for cut in self.cuts]
        matrix = np.array(masks, dtype=bool).reshape(len(masks), size)
        failed = (~matrix).sum(axis=0)
        so_far = np.ones(size, dtype=bool)
        self._add(0, 0, so_far, weight)
        self._add(1, 0, so_far, weight)
        for number, mask in enumerate(matrix, 1):
            so_far = so_far & mask
            others = failed == (~mask)
            self._add(0, number, mask, weight)
            self._add(1, number, so_far, weight)
            self._add(2, number, others, weight)
            self._add(3, number, others & mask, weight)
        return so_far

    def _add(self, row: int, place: int, mask: NDArray[np.bool_], weight: FloatArray) -> None:
        self.sums[row, place] += weight[mask].sum()
        self.squares[row, place] += (weight[mask] ** 2).sum()

    def merge(self, others: Iterable[Tally]) -> None:
        """Add the sums of other tallies of the same cuts."""
        for other in others:
            if other.cuts != self.cuts:
                raise EmissError("cut flows of different selections cannot be added.")
            self.events += other.events
            self.sums += other.sums
            self.squares += other.squares

    def result(self) -> CutFlow:
        """The cut flow.

        Raises
        ------
        EmissError
            If there was no event.
        """
        weight, square = float(self.sums[0, 0]), float(self.squares[0, 0])
        if not weight > 0.0:
            raise EmissError("a cut flow needs events with a positive weight.")
        steps = []
        for number, cut in enumerate(self.cuts, 1):
            alone = _share(self.sums[0, number], self.squares[0, number], weight, square)
            cumulative = _share(self.sums[1, number], self.squares[1, number], weight, square)
            others = _share(
                self.sums[3, number], self.squares[3, number], float(self.sums[2, number]),
                float(self.squares[2, number]),
            )  # fmt: skip
            steps.append(
                CutStep(
                    cut.name, alone[0], cumulative[0], others[0], alone[1], cumulative[1],
                    others[1], float(self.sums[1, number]),
                )
            )  # fmt: skip
        return CutFlow(tuple(steps), self.events, weight, effective_size(weight, square))


def _known(value: float) -> float | None:
    return value if np.isfinite(value) else None


def _share(part: float, part2: float, whole: float, whole2: float) -> tuple[float, float]:
    """Share of weights and its error: var = [(1-e)^2 sum_p w^2 + e^2 sum_f w^2] / (sum w)^2."""
    if not whole > 0.0:
        return float("nan"), float("nan")
    share = min(max(part / whole, 0.0), 1.0)
    effective = effective_size(whole, whole2)
    if share in (0.0, 1.0):
        return share, 0.5 / (1.0 + effective)
    variance = (1.0 - share) ** 2 * part2 + share**2 * (whole2 - part2)
    return share, float(np.sqrt(max(variance, 0.0)) / whole)
