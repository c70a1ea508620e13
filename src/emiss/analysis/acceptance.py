"""Signal efficiency from simulated events: trigger, reconstruction and selection, by mass."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ..events.bosons import KEY
from ..events.context import Options as EventOptions
from ..events.context import seed_of
from ..events.produce import Job, make_job, produce
from ..events.samples.signal import inputs_by_mass
from ..experiments import Experiment
from ..experiments.acceptance import ALL, LEAST_SIZE, MOST, REVISION, AcceptanceTable
from ..experiments.layout import Layout
from ..experiments.modes import modes
from ..experiments.plain import apparatus_hash, selection_hash
from ..experiments.setup import Setup
from ..ground.arrays import FloatArray
from ..ground.errors import ArgumentError, EmissError
from ..ground.provenance import version
from ..ground.weights import effective_size
from ..physics.models import Model
from ..physics.models import get as get_model
from ..yields.fate import PROMPT, Fate
from ..yields.processes import Options, Request, processes
from ..yields.signal import COEFFICIENT_COUPLING
from .evaluate import passes
from .flow import CHUNK, FIRED, steps_of
from .reconstruction import reconstruct

__all__ = ["MASSES", "simulated_acceptance"]

MASSES: Final = (0.001, 0.003, 0.01, 0.03, 0.1, 0.2, 0.23, 0.26, 0.3, 0.5, 1.0)
"""Masses in GeV of a table by default; closer where annihilation makes most bosons."""
CELLS: Final = 8
"""Cells in the energy of the boson."""
_TOGETHER: Final = {"annihilation": ("annihilation", "associated")}
"""Processes of the deterministic engine that one emitter makes."""

Progress = Callable[[float], None]


@dataclass(slots=True, eq=False)
class _Sums:
    """Sums over the events of one process: all arrays by cell of energy, numbers over all.

    ``made`` bosons, ``kept`` events that pass, ``reference`` what the threshold lets through.
    """

    made: FloatArray = field(default_factory=lambda: np.zeros(CELLS))
    made2: FloatArray = field(default_factory=lambda: np.zeros(CELLS))
    kept: FloatArray = field(default_factory=lambda: np.zeros(CELLS))
    kept2: FloatArray = field(default_factory=lambda: np.zeros(CELLS))
    reference: float = 0.0
    reference2: float = 0.0
    both: float = 0.0

    def fill(
        self, weight: FloatArray, cell: NDArray[np.intp], passing: FloatArray,
        kept: NDArray[np.bool_],
    ) -> None:  # fmt: skip
        for sums, values in (
            (self.made, weight), (self.made2, weight**2), (self.kept, weight * kept),
            (self.kept2, weight**2 * kept),
        ):  # fmt: skip
            sums += np.bincount(cell, values, CELLS)
        self.reference += float((weight * passing).sum())
        self.reference2 += float((weight**2 * passing**2).sum())
        self.both += float((weight**2 * passing * kept).sum())

    def shares(self) -> tuple[FloatArray, FloatArray]:
        """Share of bosons kept by cell, with binomial errors of weighted events."""
        some = self.made > 0.0
        made = np.where(some, self.made, 1.0)
        share = np.clip(self.kept / made, 0.0, 1.0)
        variance = (1 - share) ** 2 * self.kept2 + share**2 * np.maximum(self.made2 - self.kept2, 0)
        number = made**2 / np.where(some, self.made2, 1.0)
        error = np.where(
            (share > 0.0) & (share < 1.0), np.sqrt(variance) / made, 0.5 / (1 + number)
        )
        return np.where(some, share, 0.0), np.where(some, np.minimum(error, 1.0), 1.0)

    def ratio(self, reference: float | None = None) -> tuple[float, float]:
        """Events kept over the reference, and the error; of a given reference that of the former.

        Numerator and denominator are sums over the same events, so that their fluctuations cancel:
        var(S/R) = (sum s^2 - 2 r sum s t + r^2 sum t^2) / R^2.
        """
        kept, kept2 = float(self.kept.sum()), float(self.kept2.sum())
        if reference is not None:
            return kept / reference, kept2**0.5 / reference
        if not self.reference > 0.0:
            return 0.0, 1.0
        r = kept / self.reference
        variance = kept2 - 2 * r * self.both + r**2 * self.reference2
        return r, max(variance, 0.0) ** 0.5 / self.reference

    @property
    def size(self) -> float:
        """Effective number of events of the reference."""
        return effective_size(self.reference, self.reference2)


@dataclass(frozen=True, slots=True, eq=False)
class _Expected:
    """What the deterministic engine has, per beam particle at coupling 1, by process.

    Of bosons that fly through, it is those that are made, as in the simulation: whatever they
    decay to, all of them are let through there.

    Parameters
    ----------
    passed : dict of str to array of float, shape (masses,)
        Bosons that pass what the engine asks; at the couplings asked for where decays count.
    threshold : dict of str to array of float, shape (masses,)
        Bosons that pass the smeared threshold alone.
    """

    passed: dict[str, FloatArray]
    threshold: dict[str, FloatArray]


def simulated_acceptance(
    experiment: Experiment,
    model: str = "dark-photon",
    *,
    masses: Sequence[float] = MASSES,
    settings: Mapping[str, float | str] | None = None,
    coupling: float | None = None,
    events: int = 1000,
    seed: int = 1,
    intensity: float | None = None,
    progress: Progress | None = None,
) -> AcceptanceTable:
    """Simulate the signal efficiency of an experiment: run by run, at some masses.

    Parameters
    ----------
    experiment : Experiment
        The experiment; runs with the same layout are simulated once.
    model : str, optional
        Name of the model whose boson is made; what it decays to is followed in a search for
        visible decays alone.
    masses : sequence of float, optional
        Masses in GeV, ascending, at least two.
    settings : mapping, optional
        Parameters of the model that differ from their defaults.
    coupling : float, optional
        Free coupling, which says how far bosons fly in a search for visible decays. By default so
        small that they decay evenly along the decay volume.
    events : int, optional
        Beam particles per mass and layout.
    seed : int, optional
        Seed.
    intensity : float, optional
        Beam particles per second, for pile-up; that of the layout if not given.
    progress : callable, optional
        Called with the share done.

    Returns
    -------
    AcceptanceTable
        Efficiencies on top of the deterministic yield: events that trigger and selection keep over
        bosons that the yield counts. Of a missing-energy search both are sums over the same
        simulated events, and what the trigger asks of the first layers is divided out as the
        deterministic yield has it; of a search for scattered leptons or for visible decays the
        latter is the deterministic yield itself.

    Raises
    ------
    EmissError
        If an input is out of range, no process can be simulated, or nothing decays where a search
        looks for decays.
    """
    grid = _checked_masses(masses)
    if events < 1:
        raise ArgumentError(f"{events} events: give at least one.")
    layouts = list(dict.fromkeys(run.layout for run in experiment.runs))
    setups = [_setup_of(experiment, layout) for layout in layouts]
    chosen = get_model(model, settings)
    if coupling is not None and not all(s.visible_window for s in setups):
        raise ArgumentError(
            "coupling: bosons of this search are not followed to their decays; a coupling belongs "
            "to a search for visible decays."
        )
    names = _process_names(layouts[0], chosen, grid)
    edges = np.linspace(
        min(s.lowest_energy for s in setups), max(s.highest_energy for s in setups), CELLS + 1
    )
    done, rows = 0, []
    for layout, setup in zip(layouts, setups, strict=True):
        asked = inputs_by_mass(layout, chosen, grid, coupling)
        couplings = None
        if setup.visible_window is not None:
            couplings = np.array([made[KEY]["coupling"] for made in asked])
        expected = _expected(setup, chosen, grid, names, couplings)
        sums: list[dict[str, _Sums]] = []
        rates = {"intensity": layout.beam.intensity if intensity is None else intensity}
        for number, made in enumerate(asked):
            job = make_job(
                layout, experiment.name, experiment.fingerprint, sample="signal",
                seed=seed_of(seed, "acceptance", number), chunk_events=CHUNK, options=rates,
                extra=made,
            )  # fmt: skip
            sums.append(_simulate(job, events, edges, setup, names))
            done += 1
            if progress is not None:
                progress(done / (len(layouts) * grid.size))
        whole = setup.recoil is not None or couplings is not None
        stated = layout.selection.only_stated
        rows.append(_row(sums, expected, events, whole, stated))
    record = {
        "what": "acceptance", "revision": REVISION, "emiss": version(),
        "experiment": experiment.name, "model": chosen.name, "boson": chosen.boson,
        "parameters": dict(chosen.parameters()), "coupling": coupling,
        "processes": [ALL, *names], "events": events,
        "seed": seed, "runs": [_named(experiment, layout, intensity) for layout in layouts],
    }  # fmt: skip
    stacked = {key: np.stack([row[key] for row in rows]) for key in rows[0]}
    return AcceptanceTable(masses=grid, edges=edges, settings=record, **stacked)


def _setup_of(experiment: Experiment, layout: Layout) -> Setup:
    """Setup of the first run with a layout."""
    return next(run.setup for run in experiment.runs if run.layout == layout)


def _named(experiment: Experiment, layout: Layout, intensity: float | None) -> dict[str, Any]:
    periods = [run.period for run in experiment.runs if run.layout == layout]
    options = EventOptions(intensity=layout.beam.intensity if intensity is None else intensity)
    return {
        "period": ", ".join(periods), "apparatus_sha256": apparatus_hash(layout),
        "selection_sha256": selection_hash(layout), "intensity": options.intensity,
        "window_ns": options.window, "gaps": options.gaps,
    }  # fmt: skip


def _checked_masses(masses: Sequence[float]) -> FloatArray:
    grid = np.asarray(masses, dtype=np.float64)
    if grid.ndim != 1 or grid.size < 2 or not np.all(np.isfinite(grid) & (grid > 0.0)):
        raise ArgumentError("masses of an acceptance table: give two positive masses or more.")
    if not np.all(np.diff(grid) > 0.0):
        raise ArgumentError("masses of an acceptance table: must ascend, each once.")
    return grid


def _process_names(layout: Layout, model: Model, masses: FloatArray) -> tuple[str, ...]:
    """Emitters at any of the masses, in the order of the mode."""
    if "charge_exchange" in modes()[layout.mode].processes:
        raise EmissError(
            "acceptance tables are over the mass of a boson, and mesons of charge exchange have "
            "their own; 'emiss cutflow --sample signal' gives their efficiency."
        )
    found: dict[str, None] = {}
    for made in inputs_by_mass(layout, model, masses):
        found |= dict.fromkeys(made[KEY]["processes"])
    return tuple(found)


def _expected(
    setup: Setup,
    model: Model,
    masses: FloatArray,
    names: tuple[str, ...],
    couplings: FloatArray | None,
) -> _Expected:
    if couplings is not None:
        fate = Fate("volume", setup.visible_window)
        counted = _rates(setup, model, masses, names, fate, couplings)
        return _Expected(counted, counted)
    unit = np.full(masses.shape, COEFFICIENT_COUPLING)
    prompt = replace(setup, window=None)
    open_layers = replace(prompt, min_preshower_energy=0.0, preshower_depth=0.0)
    both = [
        {name: rate / COEFFICIENT_COUPLING**2 for name, rate in found.items()}
        for found in (
            _rates(asked, model, masses, names, PROMPT, unit) for asked in (prompt, open_layers)
        )
    ]
    unseen = np.asarray(model.invisible_branching(masses, unit), dtype=np.float64)
    unseen = np.where((unseen > 0.0) & (unseen <= 1.0), unseen, 1.0)  # NaN where nothing decays
    both = [{name: rate / unseen for name, rate in found.items()} for found in both]
    if not any(np.any(rate > 0.0) for rate in both[0].values()):
        raise EmissError(
            f"'{model.name}': none of its bosons decays at once to what is not seen, so that there "
            "is no yield to compare simulated ones with; choose a model with dark matter."
        )
    return _Expected(both[0], both[1])


def _rates(
    setup: Setup,
    model: Model,
    masses: FloatArray,
    names: tuple[str, ...],
    fate: Fate,
    couplings: FloatArray,
) -> dict[str, FloatArray]:
    """Deterministic events per beam particle at couplings, by process and all together."""
    found = {}
    for name in names:
        rate = np.zeros(masses.shape)
        for part in _TOGETHER.get(name, (name,)):
            request = Request(setup, model, masses, fate, Options())
            for made in processes()[part].prepare(request).values():
                rate = rate + made.per_particle(couplings)
        found[name] = rate
    return {ALL: np.sum(list(found.values()), axis=0), **found}


def batches(job: Job, events: int) -> Iterator[tuple[Mapping[str, NDArray[Any]], FloatArray]]:
    """Columns and weights of simulated events, chunk by chunk, with the truth of the boson."""
    for chunk, first in enumerate(range(0, events, CHUNK)):
        table = produce(job, chunk, min(CHUNK, events - first))
        if len(table):
            columns: dict[str, NDArray[Any]] = dict(reconstruct(table, job.layout))
            columns[FIRED] = (np.asarray(table["trigger"]) != 0).astype(np.float64)
            for name in ("boson_energy", "process"):
                columns[f"truth_{name}"] = np.asarray(table[f"truth_{name}"], dtype=np.float64)
            yield columns, np.asarray(table["weight"], dtype=np.float64)


def _simulate(
    job: Job, events: int, edges: FloatArray, setup: Setup, names: tuple[str, ...]
) -> dict[str, _Sums]:
    found = {name: _Sums() for name in (ALL, *names)}
    own = list(job.extra[KEY]["processes"])
    cuts = steps_of(job.layout)
    for columns, weight in batches(job, events):
        energy = columns["truth_boson_energy"]
        kept = np.logical_and.reduce([passes(cut, columns) for cut in cuts])
        cell = np.clip(np.searchsorted(edges, energy, side="right") - 1, 0, CELLS - 1)
        passing = setup.pass_probability(energy)
        found[ALL].fill(weight, cell, passing, kept)
        for number, name in enumerate(own, 1):
            rows = columns["truth_process"] == number
            found[name].fill(weight[rows], cell[rows], passing[rows], kept[rows])
    return found


def _row(
    sums: list[dict[str, _Sums]], expected: _Expected, events: int, whole: bool, stated: float
) -> dict[str, FloatArray]:
    """Arrays of one layout, see `AcceptanceTable`; `whole` over the deterministic yield itself.

    What passes cuts that no event tells is `stated`.
    """
    names = list(sums[0])
    shape = (len(names), len(sums))
    efficiency, error, size = np.zeros(shape), np.ones(shape), np.zeros(shape)
    share, share_error = np.zeros((*shape, CELLS)), np.ones((*shape, CELLS))
    for m, at in enumerate(sums):
        for p, name in enumerate(names):
            one, full = at[name], float(expected.passed[name][m])
            share[p, m], share_error[p, m] = one.shares()
            share[p, m] *= stated
            share_error[p, m] *= stated
            size[p, m] = one.size
            if name == ALL or not full > 0.0:
                continue
            if whole:
                value, spread = one.ratio(events * full)
                efficiency[p, m], error[p, m] = stated * value, stated * spread
                continue
            # what the first layers are asked for is part of the deterministic yield already
            layers = full / float(expected.threshold[name][m])
            value, spread = one.ratio()
            efficiency[p, m], error[p, m] = stated * value / layers, stated * spread / layers
        _fill_rare(efficiency[1:, m], error[1:, m], size[1:, m])
        made = np.array([float(expected.passed[name][m]) for name in names[1:]])
        part = made / made.sum() if made.sum() > 0.0 else np.zeros(made.size)
        efficiency[0, m] = part @ efficiency[1:, m]
        error[0, m] = part @ error[1:, m]  # those that stand for each other are not independent
    beam, beam_error = (1.0, 0.0) if whole else _beam(sums, expected, events)
    return {
        "share": share, "share_error": share_error, "efficiency": np.minimum(efficiency, MOST),
        "error": np.minimum(error, MOST), "size": size, "beam": np.array(beam),
        "beam_error": np.array(beam_error),
    }  # fmt: skip


def _fill_rare(efficiency: FloatArray, error: FloatArray, size: FloatArray) -> None:
    """Let the process with most events stand for those with too few, in place."""
    best = int(np.argmax(size))
    for number in range(size.size):
        if size[number] < min(LEAST_SIZE, size[best]):
            efficiency[number], error[number] = efficiency[best], error[best]


def _beam(sums: list[dict[str, _Sums]], expected: _Expected, events: int) -> tuple[float, float]:
    """Simulated over deterministic bosons above the threshold, weighted mean over the masses."""
    ratios, weights = [], []
    for m, at in enumerate(sums):
        one, rate = at[ALL], expected.threshold[ALL][m]
        if rate > 0.0 and one.reference2 > 0.0:
            ratio = one.reference / (events * rate)
            # beam particles without a boson count: var = sum w^2 - (sum w)^2 / N
            variance = one.reference2 - one.reference**2 / events
            spread = max(variance, 1e-6 * one.reference2) ** 0.5 / (events * rate)
            ratios.append(ratio)
            weights.append(spread**-2)
    if not ratios:
        raise EmissError("no boson was made above the threshold; simulate more events.")
    total = float(np.sum(weights))
    return float(np.dot(ratios, weights)) / total, total**-0.5
