"""Bosons sampled in the shower of a dump: bremsstrahlung, annihilation, Primakoff production."""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ...events.signal import Bosons, Source, sample_bosons
from ...events.signal.source import Emitter, emitters
from ...events.transport import Beam
from ...experiments.setup import Setup
from ...ground.arrays import FloatArray
from ...ground.constants import ELECTRON_MASS
from ...ground.weights import effective_size
from ...physics.processes.initial_state import SEPARATION
from ..processes.base import ProcessYield, Request
from ..processes.primakoff import PrimakoffYield
from ..production import DEEPEST, DEPTH_STEP, Production
from ..prompt import PromptYield
from ..target import beam_rows, stack_of
from .result import SampledYield

__all__ = ["BATCHES", "sampled_in_dump"]

BATCHES: Final = 10
"""Batches of showers from whose spread the error follows."""
_ENERGY_CELLS: Final = 40
_PHOTON: Final = 2
_MORE: Final = {"annihilation": 10}
"""Showers in which few particles can emit are cheap, and more of them are needed."""
_UNITS: Final = {"e": "electron", "mu": "muon", "photon": "photon"}


def sampled_in_dump(request: Request, name: str) -> Mapping[str, ProcessYield]:
    """Yields of one emitter by title.

    Parameters
    ----------
    request : Request
        What is asked.
    name : str
        Name of the emitter.

    Returns
    -------
    mapping of str to SampledYield
        Annihilation and associated production are two titles of one emitter.
    """
    emitter = emitters((name,))[name]
    prompt = request.fate.kind == "prompt"
    radiation = name == "annihilation" and prompt and request.options.associated
    titles = (emitter.title, "associated production") if radiation else (emitter.title,)
    weights = np.zeros((len(titles), BATCHES, *_shape(request)))
    energy = np.zeros((len(titles), BATCHES, *_shape(request)[1:]))
    sizes = np.zeros((len(titles), request.masses.size))
    for m, mass in enumerate(request.masses.tolist()):
        for batch in range(BATCHES):
            made, start = _batch(request, emitter, mass, batch, radiation)
            passing = made.weight * _passes(request.setup, made, start)
            for t, rows in enumerate(_titles(made, radiation)):
                cells = _cells(request, made.take(rows))
                np.add.at(weights[t, batch, :, :, m], cells, passing[rows] / made.showers)
                sums = passing[rows] * made.boson[rows, 0] / made.showers
                np.add.at(energy[t, batch, :, m], cells[1], sums)
                kept = passing[rows]
                sizes[t, m] += effective_size(float(kept.sum()), float(np.square(kept).sum()))
    return {
        title: SampledYield(
            tuple(
                _of_batch(request, emitter, w, e)
                for w, e in zip(weights[t], energy[t], strict=True)
            ),
            sizes[t],
        )
        for t, title in enumerate(titles)
        if prompt or sizes[t].any()
    }


def _batch(
    request: Request, emitter: Emitter, mass: float, batch: int, radiation: bool
) -> tuple[Bosons, FloatArray]:
    """Bosons of a batch, and the energy of the beam particle of each."""
    setup, options = request.setup, request.options
    source = Source(
        request.model, mass, setup.lowest_energy, setup.highest_energy, options.form_factor,
        setup.producing, radiation,
    )  # fmt: skip
    count = _MORE.get(emitter.name, 1) * -(-options.showers // BATCHES)
    rows = _rows(setup, count, options.seed, batch)
    beam = Beam(setup.particle, setup.beam_energy)
    used = {emitter.name: emitter}
    made = sample_bosons(
        stack_of(setup), beam, count, source, used, seed=options.seed, chunk=batch, particles=rows
    )
    return made, rows[made.event, 0]


@functools.lru_cache(maxsize=32)
def _rows(setup: Setup, count: int, seed: int, batch: int) -> FloatArray:
    return beam_rows(setup, count, (seed, (batch << 8) + 2))


def _titles(made: Bosons, radiation: bool) -> list[NDArray[np.bool_]]:
    """Rows of each title: with radiation those whose photon takes a small and a large share."""
    if not radiation:
        return [np.ones(len(made), dtype=np.bool_)]
    e, p = made.boson[:, 0], np.linalg.norm(made.boson[:, 1:], axis=1)
    s = 2.0 * ELECTRON_MASS * (made.incoming + ELECTRON_MASS)
    hard = 1.0 - (e - p) * (e + p) / s > SEPARATION
    return [~hard, hard]


def _passes(setup: Setup, made: Bosons, start: FloatArray) -> FloatArray:
    """Probability to pass the threshold and the trigger on the first layers."""
    passing = setup.pass_probability(made.boson[:, 0])
    if setup.min_preshower_energy == 0.0 or len(made) == 0:
        return np.asarray(passing)
    from ..acceptance.preshower import load_acceptance
    from ..acceptance.preshower_table import FirstLayers

    lowest = 0.9 * setup.floor / setup.beam_energy
    table = load_acceptance(FirstLayers.of(setup), setup.beam_energy, lowest)
    # The shower of a faster beam particle is the same with all energies scaled.
    fraction = np.clip(made.incoming / start, lowest, 1.0)
    alone = table.annihilation(fraction, setup.particle)
    left = np.maximum(made.recoil[:, 0], made.photon[:, 0]) / setup.beam_energy
    nodes = np.log(table.recoils)
    place = np.clip(np.log(np.maximum(left, 1e-300)), nodes[0], nodes[-1])
    i = np.clip(np.searchsorted(nodes, place, side="right") - 1, 0, nodes.size - 2)
    u = (place - nodes[i]) / (nodes[i + 1] - nodes[i])
    row = np.arange(len(made))
    recoiled = table.bremsstrahlung(fraction)
    with_recoil = recoiled[row, i] * (1.0 - u) + recoiled[row, i + 1] * u
    kept = np.where(left > table.recoils[0], with_recoil, alone)
    # The table is one of leptons: of photons that disappear nothing is asked in either engine.
    return np.asarray(passing * np.where(made.kind == _PHOTON, 1.0, kept))


def _depths(setup: Setup) -> FloatArray:
    """Edges of equal cells of depth in cm, up to where production counts."""
    x0 = setup.material.radiation_length_cm
    last = min(DEEPEST * x0, stack_of(setup).depth)
    if setup.window is not None:
        last = min(last, setup.window.start)
    return np.linspace(0.0, last, max(1, math.ceil(last / (DEPTH_STEP * x0) - 1e-9)) + 1)


def _edges(setup: Setup) -> FloatArray:
    return np.geomspace(setup.lowest_energy, setup.highest_energy, _ENERGY_CELLS + 1)


def _shape(request: Request) -> tuple[int, int, int]:
    return _depths(request.setup).size - 1, _ENERGY_CELLS, request.masses.size


def _cells(request: Request, made: Bosons) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Cell of depth and energy of each boson; what is deeper counts in the last."""
    depths, edges = _depths(request.setup), _edges(request.setup)
    z = np.searchsorted(depths, made.place[:, 2], side="right") - 1
    e = np.searchsorted(edges, made.boson[:, 0], side="right") - 1
    return np.clip(z, 0, depths.size - 2), np.clip(e, 0, edges.size - 2)


def _of_batch(
    request: Request, emitter: Emitter, weights: FloatArray, energy: FloatArray
) -> ProcessYield:
    """Yield of the bosons of a batch, gathered in cells of depth and energy."""
    masses, edges = request.masses, _edges(request.setup)
    number = weights.sum(axis=0)
    middle = np.broadcast_to(np.sqrt(edges[1:] * edges[:-1])[:, None], number.shape)
    mean = np.divide(energy, number, out=middle.copy(), where=number > 0.0)
    unit: Any = _UNITS[emitter.coupling]
    if request.fate.kind != "prompt":
        made = Production(masses, _depths(request.setup), np.maximum(mean, masses), weights, unit)
        return request.fate.of(request.model, made)
    if unit == "photon":
        return PrimakoffYield(request.model, masses, edges[:-1], number)
    return PromptYield.of(request.model, masses, number.sum(axis=0), emitter.coupling)
