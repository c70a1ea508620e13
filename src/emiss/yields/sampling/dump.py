"""Bosons sampled in the shower of a dump: bremsstrahlung, annihilation, Primakoff production."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from ...events.signal import Bosons, Source, sample_bosons
from ...events.signal.kinematics import invariant_mass
from ...events.signal.source import Emitter, emitters
from ...events.transport import Beam
from ...experiments.setup import Setup
from ...ground.arrays import FloatArray
from ...ground.constants import ELECTRON_MASS
from ...physics.processes.initial_state import SEPARATION
from ..processes.base import ProcessYield, Request
from ..processes.primakoff import PrimakoffYield
from ..prompt import PromptYield
from ..target import beam_rows, stack_of
from .flown import FlownYield
from .moments import sizes, standard_errors
from .result import SampledYield
from .streams import BATCHES, stream

__all__ = ["sampled_in_dump"]

_PHOTON: Final = 2
_MORE: Final = {"annihilation": 10}
"""Showers in which few particles can emit are cheap, and more of them are needed."""
_UNITS: Final[Mapping[str, Literal["electron", "muon", "photon"]]] = {
    "e": "electron",
    "mu": "muon",
    "photon": "photon",
}


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
    mapping of str to SampledYield or FlownYield
        Annihilation and associated production are two titles of one emitter. Where decays are not
        prompt all bosons are kept, 32 bytes for each and mass.
    """
    emitter = emitters((name,))[name]
    prompt = request.fate.kind == "prompt"
    radiation = name == "annihilation" and request.radiates
    titles = (emitter.title, "associated production") if radiation else (emitter.title,)
    each = _each_mass(request, emitter, radiation)
    if not prompt:
        unit, showers = _UNITS[emitter.coupling], BATCHES * _count(request, emitter)
        return {
            title: FlownYield.of(request, list(samples), showers, unit)
            for title, samples in zip(titles, zip(*each, strict=True), strict=True)
        }
    # number, its error, effective size; by title and mass
    sums = np.array([[_sums(request, emitter, sample) for sample in found] for found in each])
    return {title: _prompt(request, emitter, *sums[:, t].T) for t, title in enumerate(titles)}


def _each_mass(request: Request, emitter: Emitter, radiation: bool) -> Iterator[list[FloatArray]]:
    """Samples mass by mass, with the progress."""
    for number, mass in enumerate(request.masses.tolist()):
        yield _of_mass(request, emitter, mass, radiation)
        if request.options.progress is not None:
            request.options.progress((number + 1) / request.masses.size)


def _of_mass(request: Request, emitter: Emitter, mass: float, radiation: bool) -> list[FloatArray]:
    """Energy, depth, weight and invariant mass of what passes, shape (4, n); an array per title."""
    count = BATCHES * _count(request, emitter)
    found: list[list[FloatArray]] = []
    for batch in range(BATCHES):
        made, start = _batch(request, emitter, mass, batch, radiation)
        weight = made.weight * _passes(request.setup, made, start) / count
        own = invariant_mass(made.boson)
        sample = np.stack([made.boson[:, 0], made.place[:, 2], weight, own])
        found.append([sample[:, rows & (weight > 0.0)] for rows in _titles(made, radiation)])
    return [np.concatenate(parts, axis=1) for parts in zip(*found, strict=True)]


def _sums(request: Request, emitter: Emitter, sample: FloatArray) -> tuple[float, float, float]:
    weight = sample[2]
    error = standard_errors(weight, BATCHES * _count(request, emitter))
    return float(weight.sum()), float(error), float(sizes(weight))


def _count(request: Request, emitter: Emitter) -> int:
    """Showers of a batch."""
    return _MORE.get(emitter.name, 1) * -(-request.options.showers // BATCHES)


def _batch(
    request: Request, emitter: Emitter, mass: float, batch: int, radiation: bool
) -> tuple[Bosons, FloatArray]:
    """Bosons of a batch, and the energy of the beam particle of each."""
    setup, options = request.setup, request.options
    source = Source(
        request.model, mass, setup.lowest_energy, setup.highest_energy, options.form_factor,
        setup.producing, radiation,
    )  # fmt: skip
    count, chunk = _count(request, emitter), stream(emitter.name, batch)
    rows = _rows(setup, count, options.seed, chunk)
    beam = Beam(setup.particle, setup.beam_energy)
    used = {emitter.name: emitter}
    made = sample_bosons(
        stack_of(setup), beam, count, source, used, seed=options.seed, chunk=chunk, particles=rows
    )
    return made, rows[made.event, 0]


@functools.lru_cache(maxsize=32)
def _rows(setup: Setup, count: int, seed: int, chunk: int) -> FloatArray:
    return beam_rows(setup, count, (seed, (chunk << 8) + 2))


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


def _prompt(
    request: Request, emitter: Emitter, number: FloatArray, error: FloatArray, size: FloatArray
) -> SampledYield:
    mean, deviation = (_alike(request, emitter, each) for each in (number, error))
    return SampledYield(mean, deviation, size)


def _alike(request: Request, emitter: Emitter, number: FloatArray) -> ProcessYield:
    """Yield of bosons per beam particle at coupling 1 whose decays are prompt."""
    model, masses = request.model, request.masses
    if _UNITS[emitter.coupling] == "photon":
        energies = np.array([request.setup.lowest_energy])
        return PrimakoffYield(model, masses, energies, number[None, :])
    return PromptYield.of(model, masses, number, emitter.coupling)
