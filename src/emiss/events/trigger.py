"""Triggers in parallel: coincidences, anticoincidences, thresholds, prescalers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..experiments.elements import Element
from ..experiments.layout import Layout
from ..experiments.selection import Trigger
from ..ground.arrays import FloatArray
from ..ground.errors import EmissError
from .context import Context
from .matter import slabs_of

__all__ = ["MOST_TRIGGERS", "fires", "least_energy", "trigger_bits", "trigger_energies"]

MOST_TRIGGERS: Final = 62
_MINIMUM_IONISING: Final = 2e-3
"""Mean deposit of a minimum-ionising particle in a scintillator, in GeV cm^2/g."""


def least_energy(element: Element) -> float:
    """Energy in GeV from which an element counts as hit.

    Parameters
    ----------
    element : Element
        Any.

    Returns
    -------
    float
        Its threshold; without one, half of what a minimum-ionising particle leaves in its active
        layers (a choice).
    """
    given = getattr(element, "threshold", None)
    if given is not None:
        return float(given.value)
    active = [s.thickness * s.material.density for s in slabs_of(element) if s.section >= 0]
    return 0.5 * _MINIMUM_IONISING * sum(active)


def fires(
    element: Element, energies: Mapping[str, FloatArray], hits: Mapping[str, NDArray[np.int64]]
) -> NDArray[np.bool_]:
    """Whether an element sees something.

    Parameters
    ----------
    element : Element
        Counter, veto, calorimeter or tracker.
    energies : mapping of array, shape (events, ...)
        Energy in GeV by element, in panels or cells.
    hits : mapping of array of int
        Hits by tracker.

    Returns
    -------
    array of bool
        Whether a panel reads the least energy, or a tracker has a hit.

    Raises
    ------
    EmissError
        If it measures neither.
    """
    if element.name in hits:
        return np.asarray(hits[element.name] > 0)
    if element.name not in energies:
        raise EmissError(f"'{element.name}' measures nothing a trigger could ask for.")
    energy = energies[element.name]
    most = energy.reshape(energy.shape[0], -1).max(axis=1)
    least = least_energy(element)
    return np.asarray(most >= least if least > 0.0 else most > 0.0)


def trigger_energies(layout: Layout, energies: Mapping[str, FloatArray]) -> dict[str, FloatArray]:
    """Variables of thresholds: energy by element, and by role.

    Parameters
    ----------
    layout : Layout
        The apparatus.
    energies : mapping of array, shape (events, ...)
        Energy in GeV by element.

    Returns
    -------
    dict of array, shape (events,)
        By the names of `Layout.variables`, GeV.
    """
    found: dict[str, FloatArray] = {}
    for element in layout.elements:
        if element.name not in energies:
            continue
        energy = energies[element.name]
        flat = energy.reshape(energy.shape[0], -1)
        prefix = element.name.replace("-", "_").replace(".", "_")
        found[f"{prefix}_energy"] = flat.sum(axis=1)
        role = f"{element.role.replace('-', '_')}_energy"
        found[role] = found.get(role, 0.0) + flat.sum(axis=1)
        for part in ("module", "panel"):
            for word, value in (("min", flat.min(axis=1)), ("max", flat.max(axis=1))):
                found[f"{prefix}_{word}_{part}_energy"] = value
    for element in layout.elements:
        # A role of which an element has the name means the element, as in the cuts.
        if element.name in energies:
            prefix = element.name.replace("-", "_").replace(".", "_")
            flat = energies[element.name].reshape(energies[element.name].shape[0], -1)
            found[f"{prefix}_energy"] = flat.sum(axis=1)
    return found


def _passes(
    trigger: Trigger,
    layout: Layout,
    energies: Mapping[str, FloatArray],
    hits: Mapping[str, NDArray[np.int64]],
    variables: Mapping[str, FloatArray],
    events: int,
) -> NDArray[np.bool_]:
    passed = np.ones(events, dtype=bool)
    for name in trigger.coincidence:
        passed &= fires(layout.element(name), energies, hits)
    for name in trigger.anticoincidence:
        passed &= ~fires(layout.element(name), energies, hits)
    for threshold in trigger.thresholds:
        value = variables.get(threshold.variable)
        if value is None:
            raise EmissError(
                f"trigger '{trigger.name}': '{threshold.variable}' is not known to the simulation."
            )
        if threshold.least is not None:
            passed &= value >= threshold.least.value
        if threshold.most is not None:
            passed &= value < threshold.most.value
    return passed


def trigger_bits(
    layout: Layout,
    energies: Mapping[str, FloatArray],
    hits: Mapping[str, NDArray[np.int64]],
    context: Context,
    events: int,
) -> NDArray[np.int64]:
    """Bits of the triggers, each behind its prescaler.

    Parameters
    ----------
    layout : Layout
        With the triggers; bit i is that of trigger i. Without any, bit 0 of every event.
    energies : mapping of array, shape (events, ...)
        Energy in GeV by element, in panels or cells.
    hits : mapping of array of int, shape (events,)
        Hits by tracker.
    context : Context
        The chunk. A prescaler of N keeps every Nth event that passes, counted from a random one
        in each chunk, so that chunks do not depend on each other.
    events : int
        Number of events.

    Returns
    -------
    array of int64, shape (events,)
        The bits.

    Raises
    ------
    EmissError
        If there are more than 62 triggers or one asks for what is not simulated.
    """
    if len(layout.triggers) > MOST_TRIGGERS:
        raise EmissError(f"{len(layout.triggers)} triggers: at most {MOST_TRIGGERS} have a bit.")
    if not layout.triggers:
        return np.ones(events, dtype=np.int64)
    variables = trigger_energies(layout, energies)
    bits = np.zeros(events, dtype=np.int64)
    for number, trigger in enumerate(layout.triggers):
        passed = _passes(trigger, layout, energies, hits, variables, events)
        if trigger.prescale > 1:
            phase = int(context.generator(f"prescale {number}").integers(trigger.prescale))
            passed &= (np.cumsum(passed) - 1 + phase) % trigger.prescale == 0
        bits |= np.where(passed, np.int64(1) << np.int64(number), np.int64(0))
    return bits
