"""`emiss yields`: expected signal events per process and run period."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np

from ...ground.arrays import FloatArray
from ...ground.units import format_energy
from ..text_table import TextTable, number, power_words
from . import options
from .command import command

if TYPE_CHECKING:
    from ...inference.combine import CombinedYield
    from ...yields import SignalYield


@command("yields")
def yields(
    experiments: options.Experiments,
    model: options.ModelName = "dark-photon",
    settings: options.Settings = None,
    masses: options.Masses = options.MASS_RANGE,
    coupling: Annotated[
        float | None,
        options.number(
            "--coupling",
            help="Coupling at which the events are given; default: events over coupling squared "
            "at small coupling (1e-4 for bosons that decay to neutrinos).",
        ),
    ] = None,
    on_target: options.OnTarget = None,
    engine: options.EngineName = "deterministic",
    showers: options.Showers = 8000,
    seed: options.Seed = 1,
    nuclear_model: options.NuclearModel = "glauber",
    acceptance: options.Acceptance = None,
    figure: options.Figure = None,
    whole: options.Whole = False,
    as_json: options.Json = False,
) -> None:
    """Signal events per process and run period at a given coupling.

    Without a coupling the events are the coefficient of coupling squared, "at coupling 1" with
    the width of the mediator that of its dark channels alone.
    """
    from ... import api
    from .. import plots
    from ..text_table import shortened
    from .output import FEW, emit_json, progress, save_and_announce, show, warn

    chosen = options.get_model(model, settings)
    given: dict[str, Any] = {"on_target": on_target, "nuclear_model": nuclear_model}
    given |= {"engine": engine, "showers": showers, "seed": seed, "acceptance": acceptance}
    with progress("signal events") as report:
        given["progress"] = report
        signals = [
            api.yields(one, chosen, masses, **given) for one in options.distinct(experiments)
        ]
    for text in dict.fromkeys(text for signal in signals for text in signal.warnings):
        warn(text)
    events = [s.coefficients() if coupling is None else s.per_process(coupling) for s in signals]
    pairs = list(zip(signals, events, strict=True))
    for signal, made in pairs:
        if not any(values.any() for values in made.values()):
            warn(_why_nothing(signal))
    if as_json:
        records = [_record(signal, made, coupling) for signal, made in pairs]
        emit_json(records[0] if len(records) == 1 else {"yields": records})
    else:
        for signal, made in pairs:
            each = whole or len(signal.runs) == 1
            table = _table(signal, made, coupling) if each else _sums(signal, made, coupling)
            show(table if whole else shortened(table, FEW))
    if figure is not None:
        drawn = plots.yields(*signals, coupling=coupling)
        save_and_announce(drawn, Path(figure), quiet=as_json)


def _record(
    signal: SignalYield | CombinedYield, events: Mapping[str, FloatArray], coupling: float | None
) -> dict[str, Any]:
    def by_run(values: FloatArray) -> dict[str, FloatArray]:
        return {run: values[i] for i, run in enumerate(signal.runs)}

    from ...yields.signal import coupling_power

    small = coupling is None
    over = power_words("coupling", coupling_power(signal.model)) if small else ""
    errors = _errors(signal, coupling)
    sampled = {
        "statistical_errors": {name: by_run(values) for name, values in errors.items()},
        "effective_sizes": {n: by_run(s) for n, s in _sizes(signal, coupling).items()},
    }
    return {
        "experiment": signal.experiment.name,
        "masses_gev": signal.masses,
        "coupling_name": signal.model.coupling_name,
        "coupling": 1.0 if small else coupling,
        "coupling_convention": f"events over {over} at {_read_off(signal) or 'small coupling'}"
        if small
        else "events at the coupling given",
        "runs": list(signal.runs),
        "processes": {name: by_run(values) for name, values in events.items()},
        "efficiency": by_run(signal.efficiency),
        "cut_flow": {cut: by_run(values) for cut, values in signal.cut_flow().items()},
        "warnings": list(signal.warnings),
        **(sampled if errors else {}),
    }


def _why_nothing(signal: SignalYield | CombinedYield) -> str:
    """What is searched for, where there is no signal at any mass."""
    from ...inference.combined_experiment import parts_of

    titles = "; ".join(dict.fromkeys(part.search.title for part in parts_of(signal.experiment)))
    name = signal.experiment.name
    return f"'{signal.model.name}' gives no signal in '{name}': the search is for: {titles}."


def _errors(signal: SignalYield | CombinedYield, coupling: float | None) -> dict[str, FloatArray]:
    """Statistical errors of a yield that is sampled, in the units of the events."""
    from ...yields.signal import coefficient_coupling, coupling_power

    if coupling is not None:
        return signal.errors(coupling)
    small = coefficient_coupling(signal.model)
    errors, unit = signal.errors(small), small ** coupling_power(signal.model)
    return {name: values / unit for name, values in errors.items()}


def _sizes(signal: SignalYield | CombinedYield, coupling: float | None) -> dict[str, FloatArray]:
    """Effective sizes where the errors are asked for."""
    from ...yields.signal import coefficient_coupling

    at = coefficient_coupling(signal.model) if coupling is None else coupling
    return signal.effective_sizes(at)


def _table(
    signal: SignalYield | CombinedYield, events: Mapping[str, FloatArray], coupling: float | None
) -> TextTable:
    # of a missing-momentum search: what is left after each cut, the last being the acceptance
    columns = dict(_columns(signal, events, "{}, {}"))
    columns |= dict(_columns(signal, _errors(signal, coupling), "error of {}, {}"))
    columns |= dict(_columns(signal, _sizes(signal, coupling), "effective size of {}, {}"))
    shares = dict(_columns(signal, signal.cut_flow(), "after {}, {}"))
    rows = tuple(
        (
            format_energy(float(mass)),
            *(number(float(values[i])) for values in columns.values()),
            *(number(float(values[i]), 3) for values in shares.values()),
        )
        for i, mass in enumerate(signal.masses)
    )
    return TextTable(_title(signal, coupling), ("mass", *columns, *shares), rows)


def _title(signal: SignalYield | CombinedYield, coupling: float | None) -> str:
    from ...yields.signal import coupling_power

    name = signal.model.coupling_name
    at = "" if coupling is None else f"at {name} = {coupling:g}"
    if coupling is None:
        where = _read_off(signal)
        at = f"over {power_words(name, coupling_power(signal.model))}{where and f' at {where}'}"
    return f"{signal.experiment.title}: signal events {at}"


def _read_off(signal: SignalYield | CombinedYield) -> str:
    """Coupling at which coefficients are read off where it is not as small as can be; or empty."""
    from ...yields.signal import COEFFICIENT_COUPLING, coefficient_coupling

    found = coefficient_coupling(signal.model)
    if found == COEFFICIENT_COUPLING:
        return ""
    return f"{signal.model.coupling_name} = {found:g}"


def _sums(
    signal: SignalYield | CombinedYield, events: Mapping[str, FloatArray], coupling: float | None
) -> TextTable:
    """Events of all runs together; each alone, and what each cut leaves, is in the whole table."""
    sums = {name: by_run.sum(axis=0) for name, by_run in events.items()}
    if len(sums) > 1:
        sums["all"] = np.sum(list(sums.values()), axis=0)
    for name, by_run in _errors(signal, coupling).items():
        sums[f"error of {name}"] = np.sqrt(np.square(by_run).sum(axis=0))
    rows = tuple(
        (format_energy(float(mass)), *(number(float(values[i])) for values in sums.values()))
        for i, mass in enumerate(signal.masses)
    )
    title = f"{_title(signal, coupling)}, {len(signal.runs)} runs together"
    notes = ("each run alone, and the share that each cut leaves: --table",)
    return TextTable(title, ("mass", *sums), rows, notes)


def _columns(
    signal: SignalYield | CombinedYield, values: Mapping[str, FloatArray], head: str
) -> Iterator[tuple[str, FloatArray]]:
    """One column per name and run, with its head."""
    for name, rows in values.items():
        for run, row in zip(signal.runs, rows, strict=True):
            yield head.format(name, run), row
