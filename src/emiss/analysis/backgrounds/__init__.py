"""Backgrounds of a run: one file per source, found here and in other packages.

A module of this room that defines ``SOURCE = Source(...)`` offers a source; so does what another
package offers under the entry points ``emiss.backgrounds``. See ``docs/backgrounds.md``.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from ...experiments import Experiment, Run
from ...ground.discovery import discover
from ...ground.errors import ArgumentError, UnknownNameError
from ...ground.quantity import Quantity
from .base import Estimate, Input, Question, Source
from .published import published
from .table import Background, BackgroundTable

__all__ = [
    "Background",
    "BackgroundTable",
    "Estimate",
    "Input",
    "Question",
    "Source",
    "estimate_backgrounds",
    "sources",
]


def sources() -> Mapping[str, Source]:
    """All sources by name."""
    return discover("emiss.analysis.backgrounds", "emiss.backgrounds", Source)


def estimate_backgrounds(
    experiment: Experiment,
    period: str | None = None,
    *,
    only: tuple[str, ...] = (),
    events: int = 1000,
    seed: int = 1,
    inputs: Mapping[str, Quantity] | None = None,
) -> BackgroundTable:
    """Estimate the backgrounds of a run.

    Parameters
    ----------
    experiment : Experiment
        The experiment.
    period : str, optional
        Its run; the first by default.
    only : tuple of str, optional
        Names of the sources; all that belong to the run by default.
    events : int, optional
        Effort of sources that simulate.
    seed : int, optional
        Seed.
    inputs : mapping of str to Quantity, optional
        Numbers that replace those that sources rest on, by their key; they come before those that
        the experiment file states.

    Returns
    -------
    BackgroundTable
        Events with errors, source by source, for the run's particles on target.

    Raises
    ------
    ArgumentError
        If no source belongs to the run, or one that was asked for does not; or if an input is out
        of range.
    UnknownNameError
        If there is no source, or no input, of a name.
    """
    _, run = experiment.run_of(period)
    if events < 1:
        raise ArgumentError(f"{events} events: give at least one.")
    known = sources()
    for name in only:
        if name not in known:
            raise UnknownNameError("source of background", name, known)
    chosen = [known[name] for name in (only or known) if known[name].belongs_to(run.layout)]
    missing = [name for name in only if name not in [source.name for source in chosen]]
    if missing or not chosen:
        what = f"source '{missing[0]}' does not belong" if missing else "no known source belongs"
        raise ArgumentError(
            f"backgrounds: {what} to '{experiment.name}' (mode {run.layout.mode}, beam of "
            f"{run.layout.beam.particle}); see docs/backgrounds.md for sources and their modes."
        )
    particles = run.particles_on_target.value
    stated = {one.name: one.value for one in run.background_inputs} | dict(inputs or {})
    _check_inputs(stated, known)
    question = Question(run.layout, particles, events, seed, stated)
    efficiency = _efficiency(run)
    found = tuple(
        Background(
            source, source.estimate(question), particles, efficiency,
            published(run.layout, run.period, source.name),
        )
        for source in chosen
    )  # fmt: skip
    return BackgroundTable(
        experiment.name, run.period, particles, efficiency, found, run.background
    )


def _efficiency(run: Run) -> Quantity:
    """What is left of the events of a run by readout, tracks and pile-up.

    The sources answer for what is particular to them, and know nothing of the rest.
    """
    stated = run.efficiency
    mean = stated.mean
    return Quantity(
        mean, stated.relative_uncertainty * mean, "", stated.source, stated.status, stated.note
    )


def _check_inputs(stated: Mapping[str, Quantity], known: Mapping[str, Source]) -> None:
    """Refuse inputs that no source has, or that none can have."""
    inputs = {one.key: one for source in known.values() for one in source.inputs}
    for name, quantity in stated.items():
        if name not in inputs:
            raise UnknownNameError("input of backgrounds", name, inputs)
        one, error = inputs[name], quantity.uncertainty or 0.0
        if not (0.0 < quantity.value <= one.most and 0.0 <= error < math.inf):
            raise ArgumentError(
                f"{name} ({one.name}): {quantity.value:g} +- {error:g}; the value must be more "
                f"than 0 and at most {one.most:g}, its error not negative."
            )
