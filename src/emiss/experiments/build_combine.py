"""Which experiments are periods of one: the same mode, beam and dump, unless runs keep theirs."""

from __future__ import annotations

from dataclasses import replace

from .experiment import Experiment, Run
from .setup import Dump

__all__ = ["difference", "own_setup"]


def own_setup(run: Run, part: Experiment, first: Experiment) -> Run:
    """Let a run keep beam and dump of its file where they are not those of the first one.

    Parameters
    ----------
    run : Run
        A run of `part`.
    part, first : Experiment
        Its experiment, and the one that gives the combination its beam and dump.

    Returns
    -------
    Run
        The run, with a beam and a dump of its own if needed.
    """
    if not difference(first, part, every=True):
        return run
    return replace(run, own_beam=run.own_beam or part.beam, own_dump=run.own_dump or part.dump)


def difference(first: Experiment, second: Experiment, every: bool = False) -> str:
    """Say in what two experiments differ that periods of one experiment share.

    Parameters
    ----------
    first, second : Experiment
        The experiments.
    every : bool, optional
        Also what a run of a visible search may have of its own.

    Returns
    -------
    str
        The first difference in words, empty if there is none.
    """
    if first.mode != second.mode:
        return "mode"
    if first.beam.particle != second.beam.particle:
        return "beam particle"
    if first.mode == "visible" and not every:
        return ""  # periods with another energy and dump are one search: runs carry their own
    for name in ("energy", "momentum_spread"):
        if getattr(first.beam, name).value != getattr(second.beam, name).value:
            return f"beam {name}"
    same = _composition(first.dump) == _composition(second.dump)
    return "" if same else "dump"


def _composition(dump: Dump) -> tuple[object, ...]:
    layers = tuple((layer.material, layer.thickness.value) for layer in dump.layers)
    length = None if dump.length is None else dump.length.value
    return dump.name, layers, dump.repeat, length, dump.own_materials
