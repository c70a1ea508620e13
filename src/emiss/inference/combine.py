"""Several experiments in one limit: their runs side by side, with shared uncertainties.

Every run of every experiment is one counting channel of the same exact CLs. The uncertainty of the
signal that an experiment shares between its runs (simulation, beam counters) is one nuisance factor
per group; `correlation` says which experiments form a group. Anything with the interface of
`SignalYield` can take part, whatever its beam and its production processes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import TYPE_CHECKING, Any, Final, Protocol

import numpy as np
from numpy.typing import ArrayLike

from ..ground.arrays import FloatArray
from ..ground.errors import EmissError, UnknownNameError
from ..ground.presentable import Recorded
from ..ground.provenance import InputLabel
from ..yields.signal import COEFFICIENT_COUPLING
from .channel import Channel

if TYPE_CHECKING:
    from ..experiments import Experiment, Run
    from ..physics.models import Model

__all__ = [
    "CORRELATIONS",
    "CombinedExperiment",
    "CombinedYield",
    "YieldOfRuns",
    "combine_yields",
    "overlaps",
    "split_names",
]

CITATIONS: Final = ("Junk:1999kv", "Read:2002hq")


CORRELATIONS: Final = ("shared", "beam", "all", "none")
"""Experiments that share a signal factor: those whose signal rests on the same cross-section
(electrons and positrons; muons), those with the same beam particle, all, or each its own."""

_LEPTONS: Final = {"e-": "electron", "e+": "electron", "mu-": "muon", "mu+": "muon"}
"""Whose production cross-section and simulation the signal of a beam particle rests on."""


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

    @property
    def efficiency(self) -> FloatArray:
        """Efficiency on top of the threshold, shape (n_runs, n_masses)."""

    def cut_flow(self) -> dict[str, FloatArray]:
        """Share of bosons left after each cut, shape (n_runs, n_masses)."""


@dataclass(frozen=True, slots=True)
class CombinedExperiment:
    """Experiments taken together, as far as a limit looks at them.

    Parameters
    ----------
    parts : tuple of Experiment
        The experiments, two or more, no run twice.
    correlation : str
        One of `CORRELATIONS`.

    Raises
    ------
    UnknownNameError
        If the correlation is unknown.
    EmissError
        If a run appears twice.
    """

    parts: tuple[Experiment, ...]
    correlation: str = "shared"

    def __post_init__(self) -> None:
        if self.correlation not in CORRELATIONS:
            raise UnknownNameError("correlation", self.correlation, CORRELATIONS)
        _refuse_duplicates(self.parts)

    @property
    def name(self) -> str:
        """Names joined by a plus."""
        return "+".join(part.name for part in self.parts)

    @property
    def title(self) -> str:
        """Titles joined by a plus."""
        return " + ".join(part.title for part in self.parts)

    @property
    def mode(self) -> str:
        """What is looked for, each kind once, such as ``"missing-energy"``."""
        return ", ".join(dict.fromkeys(part.mode for part in self.parts))

    @property
    def runs(self) -> tuple[Run, ...]:
        """All runs, experiment by experiment."""
        return tuple(run for part in self.parts for run in part.runs)

    @property
    def references(self) -> tuple[str, ...]:
        """Bibliography keys, each once."""
        return tuple(dict.fromkeys(key for part in self.parts for key in part.references))

    @property
    def total_on_target(self) -> float:
        """Beam particles on target, all experiments together, whatever their kind."""
        return sum(part.total_on_target for part in self.parts)

    @property
    def beam_label(self) -> str:
        """Beams, each once, such as ``"100 GeV e-, 100 GeV e+"``."""
        return ", ".join(dict.fromkeys(part.beam_label for part in self.parts))

    def labels(self) -> tuple[InputLabel, ...]:
        """Label every number, named after its experiment."""
        return tuple(
            replace(label, name=f"{part.name}: {label.name}")
            for part in self.parts
            for label in part.labels()
        )

    @property
    def fingerprint(self) -> str:
        """What everything that the experiments say comes down to: a text for hashes."""
        return " ".join((self.correlation, *(part.fingerprint for part in self.parts)))

    def channels(self, channel_of: Callable[[Run], Channel]) -> tuple[Channel, ...]:
        """Give counting channels with the groups of shared factors.

        Parameters
        ----------
        channel_of : callable
            Gives the channel of one run.

        Returns
        -------
        tuple of Channel
            One per run; the shared signal factor is named after the group of the experiment.
        """
        return tuple(
            replace(channel_of(run), signal_group=self._group(part))
            for part in self.parts
            for run in part.runs
        )

    def _group(self, part: Experiment) -> str:
        beam = part.beam.particle
        names = {"all": "signal", "shared": _LEPTONS.get(beam, beam), "beam": beam}
        return names.get(self.correlation, part.name)

    def warnings(self) -> tuple[str, ...]:
        """Say which uncertainties are shared, and which experiments may hold the same data."""
        return (*self._shared_factors(), *overlaps(self.parts))

    def _shared_factors(self) -> tuple[str, ...]:
        members: dict[str, list[str]] = {}
        for part in self.parts:
            members.setdefault(self._group(part), []).append(part.name)
        together = [names for names in members.values() if len(names) > 1]
        if not together:
            return (
                "the yield uncertainties of these experiments are taken as independent of each "
                f"other (correlation '{self.correlation}').",
            )
        return tuple(
            f"the yield uncertainty is one and the same for {' and '.join(names)} (correlation "
            f"'{self.correlation}'); 'none' takes it as independent."
            for names in together
        )


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
        """Events per process over coupling squared at small coupling, as of one experiment.

        Returns
        -------
        dict of str to array of float, shape (n_runs of all experiments, n_masses)
            Events "at coupling 1" with the widths of the dark channels alone.
        """
        events = self.per_process(COEFFICIENT_COUPLING)
        return {name: value / COEFFICIENT_COUPLING**2 for name, value in events.items()}

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


def split_names(experiment: Any) -> list[Any]:
    """Experiments from a comma-separated text, a sequence, or a single one.

    Parameters
    ----------
    experiment : str, Experiment or sequence of them
        What the user gave.

    Returns
    -------
    list of str or Experiment
        One or more.

    Raises
    ------
    EmissError
        If there is none, or an empty name between commas.
    """
    given = experiment if isinstance(experiment, list | tuple) else [experiment]
    found: list[Any] = []
    for item in given:
        found += [part.strip() for part in item.split(",")] if isinstance(item, str) else [item]
    if not found or any(item == "" for item in found):
        raise EmissError(
            f"experiments {experiment!r}: give one name, or several with commas between them."
        )
    return found


def overlaps(parts: Sequence[Experiment]) -> tuple[str, ...]:
    """Say which experiments with the same beam particle cover the same years.

    Parameters
    ----------
    parts : sequence of Experiment
        Experiments.

    Returns
    -------
    tuple of str
        One sentence per pair of runs; the years are those in the names of the periods.
    """
    texts = []
    for one, other in combinations(parts, 2):
        if one.beam.particle != other.beam.particle or one.projection or other.projection:
            continue
        for a in one.runs:
            for b in other.runs:
                if _years(a.period) & _years(b.period):
                    texts.append(
                        f"'{one.name}' ({a.period}) and '{other.name}' ({b.period}) cover the "
                        "same years with the same beam; if they hold the same data, the "
                        "combination counts them twice."
                    )
    return tuple(texts)


def _years(period: str) -> set[int]:
    years = [int(text) for text in re.findall(r"\b(?:19|20)\d\d\b", period)]
    return set(range(min(years), max(years) + 1)) if years else set()


def _refuse_duplicates(parts: Sequence[Experiment]) -> None:
    seen: dict[tuple[str, str, float], str] = {}
    for part in parts:
        for run in part.runs:
            key = (part.beam.particle, run.period, run.particles_on_target.value)
            if key in seen:
                raise EmissError(
                    f"run '{run.period}' is in '{seen[key]}' and again in '{part.name}': the same "
                    "data would be counted twice; leave one of them out."
                )
            seen[key] = part.name
