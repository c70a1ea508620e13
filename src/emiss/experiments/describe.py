"""Every number of an experiment as a row with source and status, for tables and provenance."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Protocol

from ..ground.provenance import InputLabel
from ..ground.quantity import Quantity
from .elements import Element
from .layout import Layout
from .run import Run

__all__ = ["Described", "Row", "describe", "rows"]


@dataclass(frozen=True, slots=True)
class Row:
    """One statement about an experiment.

    Parameters
    ----------
    section : str
        ``"beam"``, ``"element <name>"``, ``"trigger <name>"``, ``"selection"`` or
        ``"run <period>"``.
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


class Described(Protocol):
    """What `rows` describes: an experiment."""

    @property
    def layout(self) -> Layout:
        """Beam, apparatus and selection."""

    @property
    def runs(self) -> tuple[Run, ...]:
        """Periods."""


def _row(section: str, name: str, quantity: Quantity) -> Row:
    return Row(section, name, quantity, quantity.source, quantity.status, quantity.note)


def _element(element: Element) -> Iterator[Row]:
    section = f"element {element.name}"
    first = next(element.quantities(), None)
    source, status = element.source, element.status
    composition = element.composition
    if not source and composition is not None and composition.source != "user":
        source, status = composition.source, composition.status
    if not source and first is not None:
        source, status = first[1].source, first[1].status
    for number, (name, text) in enumerate(element.words()):
        yield Row(section, name, text, source, status, "" if number else element.note)
    for name, quantity in element.quantities():
        yield _row(section, name, quantity)


@functools.lru_cache(maxsize=64)
def _layout(layout: Layout) -> tuple[Row, ...]:
    """Rows of a layout; kept, for runs share it."""
    return tuple(_layout_rows(layout))


def _layout_rows(layout: Layout) -> Iterator[Row]:
    momentum = layout.beam.momentum
    particle = layout.beam.particle
    yield Row("beam", "particle", particle, momentum.source, momentum.status)
    for name, quantity in layout.beam.quantities():
        yield _row("beam", name, quantity)
    for element in layout.elements:
        yield from _element(element)
    for trigger in layout.triggers:
        section = f"trigger {trigger.name}"
        for word in ("coincidence", "anticoincidence"):
            names = getattr(trigger, word)
            if names:
                yield Row(section, word, ", ".join(names), trigger.source, trigger.status)
        if trigger.prescale != 1:
            text = f"one of {trigger.prescale}"
            yield Row(section, "prescale", text, trigger.source, trigger.status)
        for name, quantity in trigger.quantities():
            yield _row(section, name, quantity)
    yield from _selection(layout)


def _selection(layout: Layout) -> Iterator[Row]:
    selection = layout.selection
    for cut in selection.cuts:
        if cut.condition:
            yield Row("selection", cut.name, cut.condition, cut.source, cut.status, cut.note)
        for name, quantity in cut.quantities():
            yield _row("selection", name, quantity)
    if selection.decays_from:
        element = layout.element(selection.decays_from)
        place = element.position
        yield Row("selection", "decays_from", element.name, place.source, place.status)
    if selection.signal_region:
        first = next(cut for cut in selection.cuts if cut.name == selection.signal_region[0])
        text = ", ".join(selection.signal_region)
        yield Row("selection", "signal region", text, *first.origin)


def _run(run: Run, default: Layout) -> Iterator[Row]:
    section = f"run {run.period}"
    yield _row(section, "particles_on_target", run.particles_on_target)
    yield _row(section, "background", run.background)
    yield _row(section, "observed" if run.measured else "projected count", run.observed_count)
    for name, quantity in run.efficiency.rows("efficiency"):
        yield _row(section, name, quantity)
    kind = "correlated" if run.yield_correlated else "uncorrelated"
    yield _row(section, f"yield_uncertainty ({kind} between runs)", run.yield_uncertainty)
    for factor in run.acceptance.factors:
        yield _row(section, f"simulated acceptance, {factor.name}", factor.efficiency)
    if run.layout == default:
        return
    known = set(_layout(default))
    for row in _layout(run.layout):
        if row not in known:
            yield replace(row, section=section, name=f"{row.section}: {row.name}")


def rows(experiment: Described) -> tuple[Row, ...]:
    """List every statement about an experiment.

    Parameters
    ----------
    experiment : Experiment
        The experiment.

    Returns
    -------
    tuple of Row
        Beam, elements, triggers, selection, then each run; what a run does differently is listed
        with it.
    """
    found = [*_layout(experiment.layout)]
    for run in experiment.runs:
        found += _run(run, experiment.layout)
    return tuple(found)


def describe(experiment: Described) -> list[dict[str, Any]]:
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
