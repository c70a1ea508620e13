"""Beam leptons that made a boson, transported through the target and measured behind it."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np

from ...events.signal import Bosons, Source, forced, sample_bosons
from ...events.signal.sample import proposal
from ...events.signal.source import Emitter, emitters
from ...events.transport import Beam, Settings, simulate
from ...experiments.setup import Setup
from ...ground.arrays import FloatArray
from ...ground.errors import EmissError
from ..acceptance.recoil_cuts import RecoilSample
from ..processes.base import ProcessYield, Request
from ..production import Production
from ..prompt import PromptYield
from ..target import beam_rows, stack_of
from .result import SampledYield
from .streams import BATCHES

__all__ = ["Recoiling", "Released", "sampled_recoils", "transported"]

_SOFTEST: Final = 0.01
"""Least energy in GeV of bosons that count as made."""


@dataclass(frozen=True, slots=True, eq=False)
class Released:
    """What leaves the far face of the target where bosons were made.

    Parameters
    ----------
    made : Bosons
        Bosons, one per beam particle at most.
    start : array, shape (count,)
        Energy in GeV of the beam particles.
    exits : array, shape (particles, 10)
        What leaves the far face, see `events.transport.inputs.EXITS`.
    """

    made: Bosons
    start: FloatArray
    exits: FloatArray


Behind = Callable[[Released], tuple[FloatArray, FloatArray, FloatArray, FloatArray]]
"""Momentum (0 where there is none), position and slope of the lepton, and energy that the
calorimeter sees, by beam particle."""


@dataclass(frozen=True, slots=True)
class Recoiling:
    """How leptons of one kind are simulated, and what is asked of them.

    Parameters
    ----------
    process : str
        Name of the emitter.
    title : str
        What tables and figures call it.
    flavour, unit : str
        What the boson couples to, see `PromptYield` and `Production`.
    settings : Settings
        Of the transport.
    least : callable
        Least energy in GeV of bosons that the selection can see.
    behind : callable
        See `Behind`.
    cuts : tuple of str
        Names of the cuts.
    cut_flow : callable
        Share of a sample that is left after each of them, and the error of the last.
    """

    process: str
    title: str
    flavour: str
    unit: Literal["electron", "muon"]
    settings: Settings
    least: Callable[[Setup], float]
    behind: Behind
    cuts: tuple[str, ...]
    cut_flow: Callable[[Setup, RecoilSample], tuple[FloatArray, float]]

    @property
    def used(self) -> Mapping[str, Emitter]:
        """The emitter, by name."""
        return emitters((self.process,))


def transported(
    kind: Recoiling, setup: Setup, source: Source, count: int, *, seed: int, chunk: int
) -> tuple[RecoilSample, float]:
    """Beam leptons with a boson made in the target, behind it.

    Parameters
    ----------
    kind : Recoiling
        The leptons.
    setup : Setup
        Beam, target and selection.
    source : Source
        The boson, of at least the energy that the selection can see.
    count : int
        Leptons that enter the target.
    seed, chunk : int
        Of the transport.

    Returns
    -------
    RecoilSample
        One lepton per beam particle, with weight 0 where no boson was made.
    float
        Bosons per beam particle at g = e that the weights stand for.
    """
    stack, beam = stack_of(setup), Beam(setup.particle, setup.beam_energy)
    rows = beam_rows(setup, count, (seed, (chunk << 8) + 2))
    made = sample_bosons(
        stack, beam, count, source, kind.used, seed=seed, chunk=chunk, settings=kind.settings,
        particles=rows,
    )  # fmt: skip
    again = simulate(
        stack, beam, count, seed=seed, chunk=chunk, settings=kind.settings, particles=rows,
        emission=forced(made), keep_exits=True,
    )  # fmt: skip
    weight = np.zeros(count)
    weight[made.event] = made.weight
    mean = float(weight.mean())
    if mean == 0.0:
        raise EmissError(f"none of {count} beam particles made a boson; simulate more.")
    forwards = again.exits[again.exits[:, 9] == 1.0]
    momentum, position, slope, seen = kind.behind(Released(made, rows[:, 0], forwards))
    return RecoilSample(momentum, position, slope, seen, weight / mean), mean


@functools.lru_cache(maxsize=256)
def _made(
    kind: Recoiling, setup: Setup, source: Source, count: int, seed: int, batch: int
) -> float:
    """Bosons per lepton at g = e of any energy, along the paths of leptons that are transported."""
    stack = stack_of(setup)
    low = replace(source, least=max(_SOFTEST, source.mass))
    run = simulate(
        stack, Beam(setup.particle, setup.beam_energy), count, seed=seed, chunk=batch,
        settings=kind.settings, particles=beam_rows(setup, count, (seed, (batch << 8) + 2)),
        emission=proposal(stack, low, kind.used),
    )  # fmt: skip
    return float(run.emissions[:, 0].mean())


def sampled_recoils(request: Request, kind: Recoiling) -> Mapping[str, ProcessYield]:
    """Yield with the leptons transported, see `transported`.

    Parameters
    ----------
    request : Request
        What is asked.
    kind : Recoiling
        The leptons.

    Returns
    -------
    mapping of str to SampledYield
        With the share left after each cut.
    """
    setup, masses, options = request.setup, request.masses, request.options
    count = -(-options.showers // BATCHES)
    means, errors = np.zeros((2, BATCHES, masses.size))
    flow = np.zeros((masses.size, len(kind.cuts)))
    for m, mass in enumerate(masses.tolist()):
        least = max(kind.least(setup), _SOFTEST, mass)
        source = Source(
            request.model, mass, least, setup.highest_energy, options.form_factor, setup.producing
        )
        whole = 0.0
        for batch in range(BATCHES):
            sample, made = transported(kind, setup, source, count, seed=options.seed, chunk=batch)
            shares, error = kind.cut_flow(setup, sample)
            means[batch, m], errors[batch, m] = made * shares[-1], made * error
            everything = _made(kind, setup, source, count, options.seed, batch)
            whole += everything
            # The first cut knows nothing of the boson: it holds for all that are made.
            flow[m] += np.concatenate([shares[:1] * everything, shares[1:] * made])
        flow[m] /= whole
    error = np.sqrt(np.square(errors).sum(axis=0)) / BATCHES
    mean, deviation = (_passing(request, kind, each) for each in (means.mean(axis=0), error))
    size = _sizes(means, errors, count)
    return {kind.title: SampledYield(mean, deviation, size, kind.cuts, flow)}


def _sizes(means: FloatArray, errors: FloatArray, count: int) -> FloatArray:
    """(sum w)^2/sum w^2 of leptons behind all cuts, from batches of so many."""
    squares = (count * np.square(errors) + np.square(means)).sum(axis=0)
    total = count * np.square(means.sum(axis=0))
    return np.asarray(np.divide(total, squares, out=np.zeros_like(total), where=squares > 0.0))


def _passing(request: Request, kind: Recoiling, passing: FloatArray) -> ProcessYield:
    masses, setup = request.masses, request.setup
    if request.fate.kind == "prompt":
        return PromptYield.of(request.model, masses, passing, kind.flavour)
    # As the deterministic engine: the least energy that passes, a lower bound.
    energies = np.maximum(setup.min_missing_energy, masses)[None, :]
    depths = np.array([0.0, setup.length])
    made = Production(masses, depths, energies, passing[None, None, :], kind.unit)
    return request.fate.of(request.model, made)
