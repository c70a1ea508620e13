"""The analysis of events, from records or straight from the simulation."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ..events.bosons import KEY
from ..events.produce import Job, make_job, produce
from ..experiments import Experiment
from ..experiments.layout import Layout
from ..experiments.selection import Cut
from ..ground.arrays import FloatArray
from ..ground.errors import ArgumentError, EmissError
from ..ground.presentable import Recorded
from ..ground.quantity import Quantity
from .blinding.gate import directory_of, visible
from .blinding.log import Entry, Status, status_of
from .cutflow import CutFlow, Tally
from .evaluate import Columns
from .histograms import Histogram, Histograms, Plane
from .reconstruction import reconstruct
from .resolution import Resolution, Resolutions

__all__ = ["Analysis", "SignalYields", "analyse", "simulated_analysis", "steps_of"]

CHUNK: Final = 1000
"""Events of a chunk that is simulated for an analysis."""
FIRED: Final = "trigger_fired"
"""Variable of the first step: 1 where a trigger of the layout fired behind its prescaler."""
SIGNAL: Final = "signal"
"""Sample of events in which a boson is made."""
_SAID: Final = ("emiss", "experiment", "experiment_sha256", "schema_version", "seed")
"""What is kept of the provenance of events."""


@dataclass(slots=True)
class SignalYields:
    """Bosons per beam particle, and what the selection keeps of them.

    Weights are at coupling 1 where bosons are stable; at a coupling they hold the probability to
    decay where it counts.

    Parameters
    ----------
    beam_particles : int
        Beam particles that were simulated.
    threshold : float
        Missing energy in GeV that the deterministic yield asks for.
    above, above_square : float
        Sum of weights, and of squares, of bosons with at least that energy.
    passed, passed_square : float
        The same of events that pass all cuts, whatever the energy of the boson.
    both_square : float
        Sum of squares of those that do both.
    stated : float
        Share of signal events that passes the cuts that no event tells, see `Cut.only_stated`.
    """

    beam_particles: int
    threshold: float
    above: float = 0.0
    above_square: float = 0.0
    passed: float = 0.0
    passed_square: float = 0.0
    both_square: float = 0.0
    stated: float = 1.0

    def fill(self, energy: FloatArray, weight: FloatArray, selected: NDArray[np.bool_]) -> None:
        """Add events."""
        above = energy >= self.threshold
        high, kept = weight[above], weight[selected]
        self.both_square += float((weight[above & selected] ** 2).sum())
        self.above += float(high.sum())
        self.above_square += float((high**2).sum())
        self.passed += float(kept.sum())
        self.passed_square += float((kept**2).sum())

    @property
    def yield_per_particle(self) -> tuple[float, float]:
        """Bosons above the threshold per beam particle, and the statistical error."""
        return self.above / self.beam_particles, self.above_square**0.5 / self.beam_particles

    @property
    def efficiency(self) -> tuple[float, float]:
        """Selected events over bosons above the threshold, and the statistical error."""
        if not self.above > 0.0:
            raise EmissError("no boson was made above the threshold; simulate more events.")
        share = self.passed / self.above
        # Sums over the same events: var(S/R) = (sum s^2 - 2 r sum s t + r^2 sum t^2) / R^2.
        variance = self.passed_square - 2 * share * self.both_square + share**2 * self.above_square
        return share * self.stated, self.stated * max(variance, 0.0) ** 0.5 / self.above

    def record(self) -> dict[str, Any]:
        """Plain values."""
        per_particle, efficiency = self.yield_per_particle, self.efficiency
        return {
            "bosons_per_particle": per_particle[0],
            "bosons_per_particle_error": per_particle[1],
            "threshold_gev": self.threshold,
            "signal_efficiency": efficiency[0],
            "signal_efficiency_error": efficiency[1],
        }


@dataclass(frozen=True, slots=True, eq=False)
class Analysis(Recorded):
    """What an analysis found.

    Parameters
    ----------
    experiment, period : str
        Names of the experiment and of its run.
    sample : str
        Sample of the simulation, or ``data``.
    flow : CutFlow
        Cut flow.
    histograms : tuple of Histogram
        Each variable with bounds, all other cuts applied.
    plane : Plane
        Energies of target and hadron calorimeter.
    blinding : str
        Status of the signal region, in words.
    seconds : float
        Time it took.
    source : str
        File or directory; empty for a simulation in memory.
    signal : SignalYields or None
        Of a signal sample in memory: yields and the efficiency.
    resolutions : tuple of Resolution
        Of recorded events: how well momentum and energies are measured.
    unblinded : tuple of Entry
        Of data: the log of who opened the signal region.
    events_made_by : mapping
        What the first file says of itself: version of emiss, seed, hash of the experiment.
    """

    experiment: str
    period: str
    sample: str
    flow: CutFlow
    histograms: tuple[Histogram, ...]
    plane: Plane
    blinding: str
    seconds: float
    source: str = ""
    signal: SignalYields | None = None
    resolutions: tuple[Resolution, ...] = ()
    unblinded: tuple[Entry, ...] = ()
    events_made_by: Mapping[str, Any] = field(default_factory=dict)

    def record(self) -> dict[str, Any]:
        """Plain values, with the keys of `emiss cutflow --json`."""
        return {
            "experiment": self.experiment,
            "run": self.period,
            "sample": self.sample,
            **self.flow.record(),
            "blinding": self.blinding,
            "seconds": self.seconds,
            **({} if self.signal is None else self.signal.record()),
        }


def steps_of(layout: Layout) -> tuple[Cut, ...]:
    """Steps of a cut flow: the triggers, where the layout has any, then the cuts.

    Parameters
    ----------
    layout : Layout
        The apparatus with its selection.

    Returns
    -------
    tuple of Cut
        The first is on `FIRED`.
    """
    cuts = layout.selection.cuts
    if not layout.triggers:
        return cuts
    names = {cut.name for cut in cuts}
    name = next(n for n in ("trigger", "any trigger", FIRED) if n not in names)
    return (Cut(name, FIRED, least=Quantity(0.5)), *cuts)


def _summed(
    layout: Layout,
    batches: Iterable[tuple[Columns, FloatArray]],
    signal: SignalYields | None = None,
    where: str = "",
) -> tuple[CutFlow, tuple[Histogram, ...], Plane]:
    tally, histograms = Tally(steps_of(layout)), Histograms(layout)
    for columns, weight in batches:
        selected = tally.fill(columns, weight)
        if signal is not None:
            signal.fill(columns["truth_boson_energy"], weight, selected)
        fired = np.asarray(columns[FIRED] > 0.0)
        histograms.fill({name: values[fired] for name, values in columns.items()}, weight[fired])
    if not tally.events:
        raise EmissError(f"{where}there is no event to analyse.")
    return tally.result(), *histograms.results()


def analyse(path: Path | str, experiment: Experiment, period: str | None = None) -> Analysis:
    """Analyse recorded events, batch by batch.

    Parameters
    ----------
    path : path
        File, or directory of a campaign.
    experiment : Experiment
        The experiment that recorded them.
    period : str, optional
        Its run; the first by default.

    Returns
    -------
    Analysis
        Cut flow and histograms; of data without the signal region until it is opened.

    Raises
    ------
    EmissError
        If events cannot be read, see `blinding.visible`.
    """
    start = time.perf_counter()
    _, run = experiment.run_of(period)
    kinds: set[str] = set()
    made_by: dict[str, Any] = {}
    resolutions = Resolutions(run.layout)

    def batches() -> Iterator[tuple[Columns, FloatArray]]:
        for batch in visible(path, run.layout):
            said = batch.table.provenance
            kinds.add(str(said.get("sample", "data")))
            made_by.update({key: said[key] for key in _SAID if key in said and key not in made_by})
            resolutions.fill(batch.table, batch.variables, batch.weight)
            fired = (np.asarray(batch.table["trigger"]) != 0).astype(np.float64)
            yield {**batch.variables, FIRED: fired}, batch.weight

    flow, histograms, plane = _summed(run.layout, batches(), where=f"'{path}': ")
    if kinds == {SIGNAL}:
        flow = flow.of_signal(steps_of(run.layout))
    status = Status(True, False)
    words = "simulation: never blind"
    if "data" in kinds:
        status = status_of(directory_of(path), run.layout)
        words = status.text
    return Analysis(
        experiment.name, run.period, ", ".join(sorted(kinds)), flow, histograms, plane, words,
        time.perf_counter() - start, str(path), resolutions=resolutions.results(),
        unblinded=status.entries, events_made_by=made_by,
    )  # fmt: skip


def simulated_analysis(
    experiment: Experiment,
    sample: str = "beam",
    events: int = 1000,
    *,
    period: str | None = None,
    seed: int = 1,
    options: Mapping[str, Any] | None = None,
    extra: Mapping[str, Any] | None = None,
) -> Analysis:
    """Simulate events and analyse them at once, without writing them.

    Parameters
    ----------
    experiment : Experiment
        The experiment.
    sample : str
        Sample of the simulation, see `emiss simulate`.
    events : int
        Number of events to begin with.
    period : str, optional
        Run of the experiment; the first by default.
    seed : int
        Seed.
    options, extra : mapping, optional
        Options of the simulation, and what the sample needs.

    Returns
    -------
    Analysis
        Cut flow and histograms.

    Raises
    ------
    EmissError
        If there is no event or the sample is unknown.
    """
    if events < 1:
        raise ArgumentError(f"{events} events: give at least one.")
    start = time.perf_counter()
    number, run = experiment.run_of(period)
    job = make_job(
        run.layout, experiment.name, experiment.fingerprint, sample=sample, seed=seed, run=number,
        chunk_events=CHUNK, options=dict(options or {}), extra=dict(extra or {}),
    )  # fmt: skip
    signal = None
    if KEY in job.extra:
        stated = run.layout.selection.only_stated
        signal = SignalYields(events, float(job.extra[KEY]["threshold"]), stated=stated)
    flow, histograms, plane = _summed(run.layout, _produced(job, events), signal)
    if sample == SIGNAL:
        flow = flow.of_signal(steps_of(run.layout))
    return Analysis(
        experiment.name, run.period, sample, flow, histograms, plane, "simulation: never blind",
        time.perf_counter() - start, signal=signal,
    )  # fmt: skip


def _produced(job: Job, events: int) -> Iterator[tuple[Columns, FloatArray]]:
    for chunk, first in enumerate(range(0, events, CHUNK)):
        table = produce(job, chunk, min(CHUNK, events - first))
        if len(table):
            weight = np.asarray(table["weight"], dtype=np.float64)
            columns = reconstruct(table, job.layout)
            columns["truth_boson_energy"] = np.asarray(table["truth_boson_energy"], np.float64)
            columns[FIRED] = (np.asarray(table["trigger"]) != 0).astype(np.float64)
            yield columns, weight
