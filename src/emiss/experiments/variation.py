"""Designs near an existing one: another beam energy, threshold or number of particles on target."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

from ..ground.errors import EmissError, ValidityError
from ..ground.guards import check_fields, guarded, named, number, optional
from ..ground.quantity import Quantity
from .experiment import Experiment
from .layout import Layout
from .modes import modes
from .modes.base import bound
from .selection import Cut, Threshold, Trigger

__all__ = ["Variation", "varied"]

_SOURCE = "chosen"
_SCALED = "scaled with the beam momentum"
_ENERGY: Final = optional(number(0.0, 1e6, "GeV", inside=True))
_FIELDS: Final = {
    "beam_energy": _ENERGY,
    "threshold": _ENERGY,
    "on_target": optional(number(0.0, math.inf, inside=True)),
}


@dataclass(frozen=True, slots=True)
class Variation:
    """What is changed of an experiment; None leaves a number as it is.

    Parameters
    ----------
    beam_energy : float or None
        Beam energy in GeV. The bounds that go with the beam momentum (see `Mode.beam_bounds`)
        are scaled with it, those of synchrotron radiation with its square.
    threshold : float or None
        Least missing energy, or momentum, in GeV: the beam's less the most that may be left.
    on_target : float or None
        Beam particles on target, all runs together: a projection.

    Raises
    ------
    EmissError
        If a number is not positive and finite.

    Examples
    --------
    >>> Variation(threshold=55.0).anything
    True
    """

    beam_energy: float | None = None
    threshold: float | None = None
    on_target: float | None = None

    def __post_init__(self) -> None:
        check_fields(self, _FIELDS)

    @property
    def anything(self) -> bool:
        """Whether anything is changed."""
        return (self.beam_energy, self.threshold, self.on_target) != (None, None, None)

    def of(self, experiment: Experiment) -> Experiment:
        """The experiment with the changes, see `varied`."""
        changed = experiment
        energies = {run.layout.beam.energy for run in experiment.runs}
        if self.beam_energy is not None and len(energies) > 1:
            raise EmissError(
                f"the runs of '{experiment.name}' have beams of different energy; change one of "
                "the experiments that it combines."
            )
        if self.beam_energy is not None or self.threshold is not None:
            layout = _layout(experiment.layout, self)
            runs = tuple(
                replace(run, layout=_layout(run.layout, self), observed_count=None)
                for run in experiment.runs
            )
            changed = replace(experiment, layout=layout, runs=runs, projection=True)
            words = [] if self.beam_energy is None else [f"{self.beam_energy:g} GeV"]
            words += [] if self.threshold is None else [f"threshold {self.threshold:g} GeV"]
            changed = replace(changed, title=f"{experiment.title}, {', '.join(words)}")
        return changed if self.on_target is None else changed.with_on_target(self.on_target)

    def file_text(self, experiment: Experiment, name: str) -> str:
        """Experiment file that says the same, for ``emiss limit``.

        Parameters
        ----------
        experiment : Experiment
            The experiment that is changed; it must be one of the catalogue.
        name : str
            Name of the new one.

        Returns
        -------
        str
            TOML text with ``base`` and ``override``.

        Raises
        ------
        EmissError
            As `varied`.
        """
        return "".join(f"{line}\n" for line in _lines(self, experiment, name))


@guarded(experiment=named("Experiment"))
def varied(
    experiment: str | Experiment,
    *,
    beam_energy: float | None = None,
    threshold: float | None = None,
    on_target: float | None = None,
) -> Experiment:
    """Change beam energy, threshold or exposure of an experiment: a design near it.

    Efficiency and background stay as they are; the shower, the cross-sections and the trigger's
    acceptance follow the new numbers.

    Parameters
    ----------
    experiment : str or Experiment
        Name, path of a file, or the experiment itself.
    beam_energy, threshold, on_target : float, optional
        As in `Variation`.

    Returns
    -------
    Experiment
        The design, marked as a projection; what was chosen is labelled ``assumed``.

    Raises
    ------
    EmissError
        If its mode has no such threshold, its runs have different beams, or nothing would pass.

    Examples
    --------
    >>> varied("na64e-2016-2022", beam_energy=60.0).runs[0].setup.min_missing_energy
    30.0
    """
    from .loader import get

    found = get(experiment) if isinstance(experiment, str) else experiment
    return Variation(beam_energy, threshold, on_target).of(found)


def threshold_of(experiment: Experiment) -> float | None:
    """Least missing energy or momentum in GeV of the first run; None where the mode has none."""
    layout = experiment.runs[0].layout
    names = modes()[layout.mode].beam_bounds
    left = bound(layout, names[0], "max") if names else None
    return None if left is None else layout.beam.energy - left.value


def _layout(layout: Layout, change: Variation) -> Layout:
    """The layout of a run with another beam energy and threshold."""
    mode = modes()[layout.mode]
    if not mode.beam_bounds:
        raise EmissError(
            f"beam energy and threshold of the mode {mode.name} cannot be changed alone: its cuts "
            "say nothing of what is missing; write a file (emiss template)."
        )
    old = layout.beam.energy
    energy = old if change.beam_energy is None else change.beam_energy
    beam = layout.beam
    if change.beam_energy is not None:
        beam = replace(beam, momentum=Quantity(energy, None, "GeV", _SOURCE, "assumed"))
    left = None if change.threshold is None else energy - change.threshold
    if left is not None and not left > 0.0:
        raise ValidityError(
            f"threshold: {change.threshold:g} GeV given; it must stay below the beam energy of "
            f"{energy:g} GeV."
        )

    powers = _powers(layout)

    def changed(variable: str, what: str, old_bound: Quantity) -> Quantity:
        if left is not None and variable == mode.beam_bounds[0] and what == "most":
            return Quantity(left, None, "GeV", _SOURCE, "assumed")
        if energy == old or variable not in powers:
            return old_bound
        power = powers[variable]
        value = old_bound.value * (energy / old) ** power
        return Quantity(value, None, old_bound.unit, _scaled(power), "assumed")

    selection = replace(
        layout.selection, cuts=tuple(_bounds(c, changed) for c in layout.selection.cuts)
    )
    # A trigger follows the beam, not the threshold of the analysis.
    triggers = tuple(
        replace(
            trigger,
            thresholds=tuple(
                _of_trigger(t, energy / old, powers.get(t.variable, 0.0))
                for t in trigger.thresholds
            ),
        )
        for trigger in layout.triggers
    )
    found = replace(layout, beam=beam, selection=selection, triggers=triggers)
    for _, words in (*found.problems(), *mode.check(found)):
        raise ValidityError(f"with this beam energy and threshold {words}.")
    least = bound(found, mode.beam_bounds[0], "max")
    if left is not None and least is not None and least.value < left:
        raise ValidityError(
            f"threshold: {change.threshold:g} GeV given; the trigger leaves at most "
            f"{least.value:g} GeV, so it cannot be below {energy - least.value:g} GeV."
        )
    mode.setup(found)
    return found


def _powers(layout: Layout) -> dict[str, float]:
    """Powers of the beam momentum with which bounds on variables go, where they do."""
    found = dict.fromkeys(modes()[layout.mode].beam_bounds, 1.0)
    for element in layout.elements:
        found |= element.variable_powers
    return found


def _scaled(power: float) -> str:
    return _SCALED if power == 1.0 else f"{_SCALED} to the power of {power:g}"


Change = Callable[[str, str, Quantity], Quantity]


def _bounds(cut: Cut, changed: Change) -> Cut:
    values: dict[str, Any] = {
        what: changed(cut.variable, what, old)
        for what, old in (("least", cut.least), ("most", cut.most))
        if old is not None
    }
    return replace(cut, **values) if values else cut


def _of_trigger(threshold: Threshold, ratio: float, power: float) -> Threshold:
    values: dict[str, Any] = {
        what: replace(old, value=old.value * ratio**power, source=_scaled(power), status="assumed")
        for what, old in (("least", threshold.least), ("most", threshold.most))
        if old is not None and power and ratio != 1.0
    }
    return replace(threshold, **values) if values else threshold


def _lines(change: Variation, experiment: Experiment, name: str) -> Iterator[str]:
    new = change.of(experiment)
    yield "[experiment]"
    yield f'name = "{name}"'
    yield f"title = {json.dumps(new.title)}"
    if change.beam_energy is not None or change.threshold is not None:
        yield "projection = true"
    yield f'base = "{experiment.name}"'
    if change.on_target is not None:
        yield "\n[override]"
        yield f"particles_on_target = {change.on_target!r}"
    if change.beam_energy is not None:
        yield "\n[override.beam]"
        yield f"momentum = {_chosen(change.beam_energy)}"
    seen: dict[str, list[list[str]]] = {}
    for run, old in zip(new.runs, experiment.runs, strict=True):
        for key, lines in _changed_parts(run.layout, old.layout):
            seen.setdefault(key, []).append(lines)
    for key, found in seen.items():
        if all(lines == found[0] for lines in found):
            yield from found[0]
        elif modes()[new.mode].beam_bounds[0] in "".join(found[0]):
            raise EmissError(
                f"the runs of '{experiment.name}' have thresholds of their own ({key}); write a "
                "file for each of them."
            )
        else:
            yield f"\n# {key}: differs from run to run; the widest of them, for the yield is"
            yield "# computed without it."
            yield from _widest(new, key)


def _widest(experiment: Experiment, key: str) -> Iterator[str]:
    """Table of a cut with the loosest bounds that any run has; nothing for a trigger."""
    layouts = [run.layout for run in experiment.runs]
    cuts = [c for layout in layouts for c in layout.selection.cuts if key == f"cut {c.name}"]
    if not cuts:
        return
    yield "[[override.cut]]"
    yield f'name = "{cuts[0].name}"'
    for word, attribute, loosest in (("min", "least", min), ("max", "most", max)):
        bounds = [getattr(cut, attribute) for cut in cuts]
        if all(one is not None for one in bounds):
            yield f"{word} = {_value(loosest(bounds, key=lambda one: one.value))}"


def _changed_parts(new: Layout, old: Layout) -> Iterator[tuple[str, list[str]]]:
    """Tables of a file for the cuts and triggers that changed."""
    for cut, before in zip(new.selection.cuts, old.selection.cuts, strict=True):
        if cut != before:
            words = [f"{word} = {_value(q)}" for word, q in _said(cut)]
            yield f"cut {cut.name}", ["\n[[override.cut]]", f'name = "{cut.name}"', *words]
    for trigger, earlier in zip(new.triggers, old.triggers, strict=True):
        if trigger != earlier:
            yield f"trigger {trigger.name}", _trigger_lines(trigger)


def _trigger_lines(trigger: Trigger) -> list[str]:
    rows = []
    for threshold in trigger.thresholds:
        bounds = "".join(f", {word} = {_value(q)}" for word, q in _said(threshold))
        rows.append(f'    {{ variable = "{threshold.variable}"{bounds} }},')
    return ["\n[[override.trigger]]", f'name = "{trigger.name}"', "threshold = [", *rows, "]"]


def _said(one: Cut | Threshold) -> list[tuple[str, Quantity]]:
    both = (("min", one.least), ("max", one.most))
    return [(word, quantity) for word, quantity in both if quantity is not None]


def _value(quantity: Quantity) -> str:
    unit = f" {quantity.unit}" if quantity.unit else ""
    words = f'source = {json.dumps(quantity.source)}, status = "{quantity.status}"'
    return f'{{ value = "{quantity.value!r}{unit}", {words} }}'


def _chosen(energy: float) -> str:
    return f'{{ value = "{energy!r} GeV", source = "{_SOURCE}", status = "assumed" }}'
