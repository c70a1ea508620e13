"""Experiments of the catalogue with one thing changed, in all runs alike."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from emiss.experiments import Experiment
from emiss.experiments.elements import Element
from emiss.experiments.layout import Layout
from emiss.experiments.selection import Cut, Threshold
from emiss.ground.quantity import Quantity

__all__ = ["problems", "with_cut", "with_element", "with_layout", "with_new", "with_threshold"]


def with_layout(experiment: Experiment, change: Callable[[Layout], Layout]) -> Experiment:
    """Change the layout of the experiment and of every run."""
    runs = tuple(replace(run, layout=change(run.layout)) for run in experiment.runs)
    return replace(experiment, layout=change(experiment.layout), runs=runs)


def _quantity(value: float | None) -> Quantity | None:
    return None if value is None else Quantity(value)


def with_cut(experiment: Experiment, name: str, **bounds: float | None) -> Experiment:
    """Change bounds (`least`, `most`) or the `efficiency` of a cut; a new one is added."""
    given = {key: _quantity(value) for key, value in bounds.items()}

    def change(layout: Layout) -> Layout:
        cuts = {cut.name: cut for cut in layout.selection.cuts}
        cuts[name] = replace(cuts.get(name, Cut(name)), **given)
        return replace(layout, selection=replace(layout.selection, cuts=tuple(cuts.values())))

    return with_layout(experiment, change)


def with_element(experiment: Experiment, name: str, **values: Any) -> Experiment:
    """Change fields of one element; numbers become quantities, whole numbers and text stay."""
    given = {k: Quantity(v) if isinstance(v, float) else v for k, v in values.items()}

    def change(layout: Layout) -> Layout:
        old = layout.element(name)
        elements = tuple(replace(e, **given) if e is old else e for e in layout.elements)
        return replace(layout, elements=elements)

    return with_layout(experiment, change)


def with_new(experiment: Experiment, *new: Element) -> Experiment:
    """Add elements, in the order of the beam."""

    def change(layout: Layout) -> Layout:
        elements = sorted((*layout.elements, *new), key=lambda element: element.start)
        return replace(layout, elements=tuple(elements))

    return with_layout(experiment, change)


def with_threshold(experiment: Experiment, variable: str, least: float | None) -> Experiment:
    """Change the least value of a variable in the triggers; None: nothing is asked of it."""

    def change(layout: Layout) -> Layout:
        triggers = []
        for trigger in layout.triggers:
            kept = [t for t in trigger.thresholds if t.variable != variable]
            if least is not None:
                kept.append(Threshold(variable, Quantity(least)))
            triggers.append(replace(trigger, thresholds=tuple(kept)))
        return replace(layout, triggers=tuple(triggers))

    return with_layout(experiment, change)


def problems(experiment: Experiment) -> list[str]:
    """All that a file which says the same would be refused for, in words."""
    layout = experiment.layout
    return [words for _, words in (*layout.problems(), *experiment.search.check(layout))]
