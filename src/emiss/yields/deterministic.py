"""The deterministic engine: tracks of the shower, quadrature, tabulated acceptance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from ..ground.arrays import FloatArray
from ..ground.recent import Recent
from ..physics.shower import CITATIONS as SHOWER
from .acceptance.preshower import CITATIONS as PRESHOWER
from .assembly import Prepared, assembled
from .engine import Engine
from .fate import PROMPT
from .processes import Options, Process, Request
from .signal import COEFFICIENT_COUPLING, SignalYield

if TYPE_CHECKING:
    from ..experiments import Experiment
    from ..physics.models import Model
    from .processes.base import ProcessYield

__all__ = ["ENGINE", "prepared"]

_MANY = 2000
_FEW_MASSES: Recent[Prepared] = Recent(32)
_MANY_MASSES: Recent[Prepared] = Recent(2)
"""Yields made last, for up to `_MANY` masses and for more."""


def yield_of(
    experiment: Experiment, model: Model, masses: FloatArray, options: Options
) -> SignalYield:
    """Yield of an experiment, see `YieldEngine`."""
    return assembled(experiment, model, masses, options, prepared, _shares)


_OPEN = 0.1
"""Threshold over beam energy above which bosons count as made."""


def _shares(
    asked: list[Request], own: list[int], used: tuple[Process, ...]
) -> Mapping[str, FloatArray]:
    """Share of bosons left after threshold and preshower, per run; empty where a fate decides."""
    if any(one.fate != PROMPT or one.setup.recoil is not None for one in asked):
        return {}
    found: list[list[FloatArray]] = []
    for one in asked:
        setup = one.setup
        passed = replace(setup, min_preshower_energy=0.0, preshower_depth=0.0)
        made = replace(passed, min_missing_energy=_OPEN * setup.beam_energy, threshold_smearing=0.0)
        # Heavy bosons of a low-energy beam may not be made at all.
        whole, above, kept = (_rate(replace(one, setup=x), used) for x in (made, passed, setup))
        safe = np.where(whole > 0.0, whole, np.nan)
        found.append([above / safe, kept / safe])
    names = ["missing energy"]
    if any(one.setup.min_preshower_energy > 0.0 for one in asked):
        names.append("preshower")
    return {
        name: np.stack([found[index][number] for index in own]) for number, name in enumerate(names)
    }


def _rate(request: Request, used: tuple[Process, ...]) -> FloatArray:
    """Bosons that pass per beam particle, over coupling squared at small coupling."""
    coupling = np.full(request.masses.shape, COEFFICIENT_COUPLING)
    each = [made.per_particle(coupling) for made in prepared(request, used)[0].values()]
    return np.asarray(np.sum(each, axis=0)) if each else np.zeros(request.masses.shape)


def prepared(request: Request, used: tuple[Process, ...]) -> Prepared:
    """Yields of processes in one setup, kept: exposure and counts change nothing of them.

    Parameters
    ----------
    request : Request
        What is asked.
    used : tuple of Process
        Processes that couple to the model.

    Returns
    -------
    Prepared
        Yields by title and bibliography keys.
    """
    masses = request.masses
    kept = _FEW_MASSES if masses.size <= _MANY else _MANY_MASSES
    options = replace(request.options, progress=None)
    key = (request.setup, request.model, masses.tobytes(), request.fate, options, used)
    return kept.get(key, lambda: _prepared(replace(request, masses=masses.copy()), used))


def _prepared(request: Request, used: tuple[Process, ...]) -> Prepared:
    """Yields by title and bibliography keys."""
    setup = request.setup
    made: dict[str, ProcessYield] = {}
    # Without a lepton there is no shower; of a scattered one the tracks are its own.
    keys: list[str] = [] if setup.recoil or not used[0].flavour else [*SHOWER]
    for process in used:
        found = process.prepare(request)
        made |= found
        keys += process.citations if found else ()
    keys += request.fate.citations
    if setup.min_preshower_energy > 0.0:
        keys += PRESHOWER
    return made, tuple(keys)


ENGINE = Engine("deterministic", "cascade equations, quadrature, tables", yield_of)
