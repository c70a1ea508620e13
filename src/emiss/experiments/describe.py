"""Every number of an experiment as a row with source and status, for tables and provenance."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

from ..ground.checks import wrong_type
from ..ground.guards import guarded
from ..ground.provenance import InputLabel
from ..ground.quantity import Quantity
from .elements import Element
from .layout import Layout
from .run import Run
from .selection import Trigger
from .stated import CHOICES

if TYPE_CHECKING:
    from ..physics.materials import Material

__all__ = ["Described", "Row", "describe", "labels", "rows"]


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


def _described(value: Any, name: str) -> None:
    """Guard anything that has the parts of `Described`."""
    if not (hasattr(value, "layout") and hasattr(value, "runs")):
        raise wrong_type(value, name, "an experiment")


def _row(section: str, name: str, quantity: Quantity) -> Row:
    return Row(section, name, quantity, quantity.source, quantity.status, quantity.note)


def _element(element: Element) -> Iterator[Row]:
    section = f"element {element.name}"
    made, data = _origins(element)
    for number, (name, text) in enumerate(element.words()):
        origin = data if name == "material" else made
        yield Row(section, name, text, *origin, "" if number else element.note)
    for name, quantity in element.quantities():
        yield _row(section, name, quantity)
    for material in element.own_materials:
        yield Row(section, f"own material {material.name}", _mixture(material), *_origin(material))


def _origins(element: Element) -> tuple[tuple[str, str], tuple[str, str]]:
    """Source and status of what is said of an element, and of its material.

    What has no origin of its own is as sure as the first layer, or as the position. A material by
    its name says nothing of the element that is made of it, and knows where its own numbers are
    from.
    """
    first = element.layers[0].thickness if element.layers else element.position
    made = _origin(element) if element.source else _origin(first)
    composition = element.composition
    if element.source or composition is None or composition in element.own_materials:
        return made, made
    return made, _origin(composition)


def _origin(said: Element | Material | Quantity) -> tuple[str, str]:
    return said.source, said.status


def _mixture(material: Material) -> str:
    parts = ", ".join(f"{c.element.symbol} {c.mass_fraction:.4g}" for c in material.components)
    return f"{material.density:g} g/cm3; mass fractions {parts}"


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
        yield from _trigger(trigger)
    yield from _selection(layout)


def _trigger(trigger: Trigger) -> Iterator[Row]:
    section = f"trigger {trigger.name}"
    said = {word: ", ".join(getattr(trigger, word)) for word in ("coincidence", "anticoincidence")}
    if trigger.prescale != 1:
        said["prescale"] = f"one of {trigger.prescale}"
    note = trigger.note
    for word, text in said.items():
        if text:
            yield Row(section, word, text, trigger.source, trigger.status, note)
            note = ""
    for name, quantity in trigger.quantities():
        yield _row(section, name, quantity)


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
    for axis in selection.bins:
        unit = layout.variables.get(axis.variable, "")
        text = f"{', '.join(f'{edge:g}' for edge in axis.edges)} {unit}".rstrip()
        yield Row("selection", f"bins: {axis.variable}", text, axis.source, axis.status, axis.note)


def _section(run: Run) -> str:
    return f"run {run.period}"


def _run(run: Run) -> Iterator[Row]:
    """What is said of a run but for its layout."""
    section = _section(run)
    yield _row(section, "particles_on_target", run.particles_on_target)
    yield _row(section, "background", run.background)
    yield _row(section, "observed" if run.measured else "projected count", run.count)
    for name, quantity in run.efficiency.rows("efficiency"):
        yield _row(section, name, quantity)
    kind = "correlated" if run.yield_correlated else "uncorrelated"
    yield _row(section, f"yield_uncertainty ({kind} between runs)", run.yield_uncertainty)
    if run.acceptance.table or run.acceptance.use != CHOICES[0]:
        text = f"{run.acceptance.use}, table {run.acceptance.table or 'none'}"
        yield Row(section, "efficiency of limits", text, "events of emiss acceptance", "derived")
    for factor in run.acceptance.factors:
        yield _row(section, f"simulated acceptance, {factor.name}", factor.efficiency)
    for one in run.background_inputs:
        yield _row(section, f"input of backgrounds, {one.name}", one.value)


@functools.lru_cache(maxsize=256)
def _differences(layout: Layout, default: Layout, section: str) -> tuple[Row, ...]:
    """Rows of a layout that are not those of another, under the name of a run."""
    if layout == default:
        return ()
    known = set(_layout(default))
    return tuple(
        replace(row, section=section, name=f"{row.section}: {row.name}")
        for row in _layout(layout)
        if row not in known
    )


def _labels_of(rows: Iterable[Row]) -> tuple[InputLabel, ...]:
    return tuple(label for row in rows for label in row.labels())


@functools.lru_cache(maxsize=64)
def _layout_labels(layout: Layout) -> tuple[InputLabel, ...]:
    return _labels_of(_layout(layout))


@functools.lru_cache(maxsize=256)
def _difference_labels(layout: Layout, default: Layout, section: str) -> tuple[InputLabel, ...]:
    return _labels_of(_differences(layout, default, section))


def labels(experiment: Described) -> tuple[InputLabel, ...]:
    """Label every number of an experiment, in the order of `rows`.

    Parameters
    ----------
    experiment : Experiment
        The experiment.

    Returns
    -------
    tuple of InputLabel
        Those of layouts are kept: another exposure changes nothing of them.
    """
    found = [*_layout_labels(experiment.layout)]
    for run in experiment.runs:
        found += _labels_of(_run(run))
        found += _difference_labels(run.layout, experiment.layout, _section(run))
    return tuple(found)


@guarded(experiment=_described)
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
        found += _run(run)
        found += _differences(run.layout, experiment.layout, _section(run))
    return tuple(found)


@guarded(experiment=_described)
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
