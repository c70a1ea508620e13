"""Every number of an experiment as a row with source and status, for tables and provenance."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from typing import Any

from ..ground.provenance import InputLabel
from ..ground.quantity import Quantity
from .experiment import Experiment, Run
from .missing_momentum import MissingMomentumSelection
from .setup import Beam, Dump, Selection

__all__ = ["Row", "describe", "rows"]


@dataclass(frozen=True, slots=True)
class Row:
    """One statement about an experiment.

    Parameters
    ----------
    section : str
        ``"beam"``, ``"dump"``, ``"selection"`` or ``"run <period>"``.
    name : str
        Name within the section.
    value : Quantity or str
        The number, or the text where the statement is not a number.
    source, status, note : str
        Origin.
    """

    section: str
    name: str
    value: Quantity | str
    source: str
    status: str
    note: str = ""

    def labels(self) -> tuple[InputLabel, ...]:
        """Provenance labels of the row."""
        name = f"{self.section}: {self.name}"
        if isinstance(self.value, str):
            return (InputLabel(name, self.value, self.status, self.source),)
        return self.value.labels(name)


def _row(section: str, name: str, quantity: Quantity) -> Row:
    return Row(section, name, quantity, quantity.source, quantity.status, quantity.note)


def _beam(beam: Beam) -> Iterator[Row]:
    energy = beam.energy
    yield Row("beam", "particle", beam.particle, energy.source, energy.status)
    yield _row("beam", "energy", energy)
    yield _row("beam", "momentum_spread", beam.momentum_spread)
    if beam.contamination is not None:
        yield _row("beam", "contamination", beam.contamination)


def _dump(dump: Dump) -> Iterator[Row]:
    material = dump.material
    source, status = dump.source or material.source, dump.status or material.status
    yield Row("dump", "material", dump.name, source, status, dump.note)
    for index, layer in enumerate(dump.layers, 1):
        yield _row("dump", f"layer {index}, {layer.material}", layer.thickness)
    if dump.layers:
        yield Row("dump", "repeat", str(dump.repeat), source, status)
    if dump.length is not None:
        yield _row("dump", "length", dump.length)


def _selection(section: str, selection: Selection, names: tuple[str, ...]) -> Iterator[Row]:
    if isinstance(selection, MissingMomentumSelection):
        for name, quantity in selection.rows():
            yield _row(section, name, quantity)
        return
    for name in names:
        quantity = getattr(selection, name)
        if quantity is not None:
            yield _row(section, name, quantity)


def _run(run: Run, default: Selection, names: tuple[str, ...]) -> Iterator[Row]:
    section = f"run {run.period}"
    own_rows = [] if run.own_beam is None else [*_beam(run.own_beam)]
    own_rows += [] if run.own_dump is None else [*_dump(run.own_dump)]
    for row in own_rows:
        yield replace(row, section=section, name=f"{row.section}: {row.name}")
    yield _row(section, "particles_on_target", run.particles_on_target)
    yield _row(section, "background", run.background)
    yield _row(section, "observed", run.observed_count)
    for name, quantity in run.efficiency.rows("efficiency"):
        yield _row(section, name, quantity)
    kind = "correlated" if run.yield_correlated else "uncorrelated"
    yield _row(section, f"yield_uncertainty ({kind} between runs)", run.yield_uncertainty)
    if isinstance(run.selection, MissingMomentumSelection):
        return  # one selection for all runs
    own = tuple(name for name in names if getattr(run.selection, name) != getattr(default, name))
    yield from _selection(section, run.selection, own)


def rows(experiment: Experiment) -> tuple[Row, ...]:
    """List every statement about an experiment.

    Parameters
    ----------
    experiment : Experiment
        The experiment.

    Returns
    -------
    tuple of Row
        Beam, dump, selection, then each run; a run's selection is listed where it differs.
    """
    selection = experiment.selection
    names = tuple(field.name for field in fields(selection) if field.name != "mode")
    found = [*_beam(experiment.beam), *_dump(experiment.dump)]
    found += _selection("selection", selection, names)
    for run in experiment.runs:
        found += _run(run, selection, names)
    return tuple(found)


def describe(experiment: Experiment) -> list[dict[str, Any]]:
    """List every number of an experiment with its source and status.

    Parameters
    ----------
    experiment : Experiment
        The experiment.

    Returns
    -------
    list of dict
        One per number, uncertainties on their own, with ``name``, ``value`` (text with unit where
        there is one), ``text`` (the value for a table), ``status``, ``source`` and ``note``.
    """
    return [
        {
            "name": label.name,
            "value": label.value,
            "text": label.value if isinstance(label.value, str) else f"{label.value:.6g}",
            "status": label.status,
            "source": label.source,
            "note": row.note if index == 0 else "",
        }
        for row in rows(experiment)
        for index, label in enumerate(row.labels())
    ]
