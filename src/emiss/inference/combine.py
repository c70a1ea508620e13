"""Several experiments in one limit: their runs side by side, with shared uncertainties.

Every run of every experiment is one counting channel of the same exact CLs. The uncertainty of the
signal that an experiment shares between its runs (simulation, beam counters) is one nuisance factor
per group; `correlation` says which experiments form a group. Anything with the interface of
`SignalYield` can take part, whatever its beam and its production processes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol, cast

import numpy as np
from numpy.typing import ArrayLike

from ..ground.arrays import FloatArray
from ..ground.errors import EmissError
from ..ground.presentable import Recorded
from ..yields.signal import coefficient_coupling, coupling_power
from .combined_experiment import CombinedExperiment

if TYPE_CHECKING:
    from ..experiments import Experiment
    from ..physics.models import Model
    from ..yields import SignalYield

__all__ = ["CombinedYield", "YieldOfRuns", "combine_yields", "join_yields"]

CITATIONS: Final = ("Junk:1999kv", "Read:2002hq")


class YieldOfRuns(Protocol):
    """What a combination needs of an experiment's yield; `SignalYield` has it."""

    @property
    def experiment(self) -> Experiment:
        """The experiment, with one run per row of `events`."""

    @property
    def model(self) -> Model:
        """The model."""

    @property
    def masses(self) -> FloatArray:
        """Masses in GeV, shape (n_masses,)."""

    @property
    def citations(self) -> tuple[str, ...]:
        """Bibliography keys of the processes."""

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the yield lacks, in sentences."""

    def events(self, coupling: ArrayLike) -> FloatArray:
        """Events of shape (n_runs, ..., n_masses) for couplings of shape (..., n_masses)."""

    def per_process(self, coupling: ArrayLike = 1.0) -> dict[str, FloatArray]:
        """Events by process, each of the shape of `events`."""

    def errors(self, coupling: ArrayLike = 1.0) -> dict[str, FloatArray]:
        """Statistical standard deviation of `per_process` where yields are sampled, else empty."""

    def effective_sizes(self, coupling: ArrayLike = 1.0) -> dict[str, FloatArray]:
        """Number of equally weighted bosons per process where yields are sampled, else empty."""

    @property
    def efficiency(self) -> FloatArray:
        """Efficiency on top of the threshold, shape (n_runs, n_masses)."""

    def cut_flow(self) -> dict[str, FloatArray]:
        """Share of bosons left after each cut, shape (n_runs, n_masses)."""


@dataclass(frozen=True, slots=True, eq=False)
class CombinedYield(Recorded):
    """Signal events of several experiments, run after run.

    Parameters
    ----------
    experiment : CombinedExperiment
        The experiments.
    parts : tuple of YieldOfRuns
        Their yields, at the same masses for the same model.
    """

    experiment: CombinedExperiment
    parts: tuple[YieldOfRuns, ...]
    runs: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        names = tuple(
            f"{part.name}: {run.period}" for part in self.experiment.parts for run in part.runs
        )
        object.__setattr__(self, "runs", names)

    @property
    def model(self) -> Model:
        """The model."""
        return self.parts[0].model

    @property
    def masses(self) -> FloatArray:
        """Masses in GeV."""
        return self.parts[0].masses

    @property
    def citations(self) -> tuple[str, ...]:
        """Bibliography keys of all processes, each once."""
        return tuple(
            dict.fromkeys((*CITATIONS, *(k for part in self.parts for k in part.citations)))
        )

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the yields lack, each sentence once."""
        return tuple(dict.fromkeys(text for part in self.parts for text in part.warnings))

    def events(self, coupling: ArrayLike) -> FloatArray:
        """Signal events.

        Parameters
        ----------
        coupling : float or array of float, shape (..., n_masses)
            Free coupling of the model.

        Returns
        -------
        array of float, shape (n_runs of all experiments, ..., n_masses)
            Events that pass all cuts.
        """
        return np.concatenate([part.events(coupling) for part in self.parts])

    def per_process(self, coupling: ArrayLike = 1.0) -> dict[str, FloatArray]:
        """Signal events by process, zero in experiments without the process.

        Parameters
        ----------
        coupling : float or array of float, shape (..., n_masses)
            Free coupling of the model.

        Returns
        -------
        dict of str to array of float, shape (n_runs of all experiments, ..., n_masses)
            Events that pass all cuts.
        """
        return self._by_process([part.per_process(coupling) for part in self.parts], coupling)

    def errors(self, coupling: ArrayLike = 1.0) -> dict[str, FloatArray]:
        """Statistical standard deviation of `per_process` where yields are sampled, else empty."""
        return self._by_process([part.errors(coupling) for part in self.parts], coupling)

    def effective_sizes(self, coupling: ArrayLike = 1.0) -> dict[str, FloatArray]:
        """Number of equally weighted bosons per process where yields are sampled, else empty."""
        return self._by_process([part.effective_sizes(coupling) for part in self.parts], coupling)

    def _by_process(
        self, found: list[dict[str, FloatArray]], coupling: ArrayLike
    ) -> dict[str, FloatArray]:
        names = dict.fromkeys(name for one in found for name in one)
        empty = [np.zeros_like(part.events(coupling)) for part in self.parts]
        return {
            name: np.concatenate(
                [one.get(name, zero) for one, zero in zip(found, empty, strict=True)]
            )
            for name in names
        }

    def coefficients(self) -> dict[str, FloatArray]:
        """Events per process over coupling squared (or another power) at small coupling.

        Returns
        -------
        dict of str to array of float, shape (n_runs of all experiments, n_masses)
            Events "at coupling 1", see `SignalYield.coefficients`.
        """
        small = coefficient_coupling(self.model)
        events, unit = self.per_process(small), small ** coupling_power(self.model)
        return {name: value / unit for name, value in events.items()}

    @property
    def efficiency(self) -> FloatArray:
        """Efficiency of all runs on top of the threshold, shape (n_runs, n_masses)."""
        return np.concatenate([part.efficiency for part in self.parts])

    def cut_flow(self) -> dict[str, FloatArray]:
        """Share left after each cut, where all experiments have the same cuts; else empty."""
        flows = [part.cut_flow() for part in self.parts]
        if any(list(flow) != list(flows[0]) for flow in flows):
            return {}
        return {cut: np.concatenate([flow[cut] for flow in flows]) for cut in flows[0]}


def combine_yields(yields: Sequence[YieldOfRuns], correlation: str = "shared") -> CombinedYield:
    """Put the yields of several experiments side by side.

    Parameters
    ----------
    yields : sequence of YieldOfRuns
        Two or more, for one model at the same masses.
    correlation : str
        One of `CORRELATIONS`.

    Returns
    -------
    CombinedYield
        Can be used as a yield of one experiment.

    Raises
    ------
    EmissError
        If there are fewer than two, a run appears twice, or masses or models differ.
    """
    if len(yields) < 2:
        raise EmissError(f"a combination needs at least two experiments, {len(yields)} given.")
    first = yields[0]
    for other in yields[1:]:
        if other.model != first.model:
            raise EmissError(
                f"yields of two models ({first.model.name}, {other.model.name} or other "
                "parameters) cannot be combined; use one model for all experiments."
            )
        if other.masses.shape != first.masses.shape or np.any(other.masses != first.masses):
            raise EmissError("yields at different masses cannot be combined; use the same masses.")
    experiment = CombinedExperiment(tuple(one.experiment for one in yields), correlation)
    return CombinedYield(experiment, tuple(yields))


def join_yields(signals: Sequence[SignalYield | CombinedYield]) -> SignalYield | CombinedYield:
    """Put yields at different masses together.

    Parameters
    ----------
    signals : sequence of SignalYield or CombinedYield
        Of the same experiment or experiments, for one model; no mass is in two of them.

    Returns
    -------
    SignalYield or CombinedYield
        At all masses, ascending.
    """
    from ..yields.joined import joined

    first = signals[0]
    if not isinstance(first, CombinedYield):
        return joined([cast("SignalYield", signal) for signal in signals])
    each = [cast("CombinedYield", signal).parts for signal in signals]
    parts = (
        joined([cast("SignalYield", part) for part in of_one]) for of_one in zip(*each, strict=True)
    )
    return CombinedYield(first.experiment, tuple(parts))
