"""Muons that made a boson, transported through the target and measured behind it."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import numpy as np

from ...events.signal import Source, forced, sample_bosons
from ...events.signal.sample import proposal
from ...events.signal.source import emitters
from ...events.transport import Beam, Settings, Thresholds, simulate
from ...experiments.setup import Setup
from ...ground.arrays import FloatArray
from ...ground.constants import MUON_MASS
from ...ground.errors import EmissError
from ..acceptance.recoil_cuts import CUTS, RecoilSample, cut_flow
from ..processes.base import ProcessYield, Request
from ..production import Production
from ..prompt import PromptYield
from .dump import BATCHES
from .result import SampledYield
from .target import beam_rows, stack_of

__all__ = ["MUONS", "sampled_muons", "transported"]

MUONS: Final = Settings(Thresholds(1e-3, 1e-3), cut=1e4)
"""Only muons are followed: what they lose stays in the target."""
_SOFTEST: Final = 0.01
"""Least energy in GeV of bosons that count as made."""


def transported(
    setup: Setup, source: Source, count: int, *, seed: int, chunk: int, form: str = "muon"
) -> tuple[RecoilSample, float]:
    """Beam muons with a boson made in the target, behind it.

    Parameters
    ----------
    setup : Setup
        Beam, target and selection.
    source : Source
        The boson, of at least the energy that the selection can see.
    count : int
        Muons that enter the target.
    seed, chunk : int
        Of the transport.
    form : str
        Prefix of the emitter's name.

    Returns
    -------
    RecoilSample
        One muon per beam muon, with weight 0 where no boson was made.
    float
        Bosons per muon at g = e that the weights stand for.
    """
    name = f"{form}_bremsstrahlung"
    stack, used = stack_of(setup), emitters((name,))
    beam = Beam(setup.particle, setup.beam_energy)
    rows = beam_rows(setup, count, (seed, (chunk << 8) + 2))
    made = sample_bosons(
        stack, beam, count, source, used, seed=seed, chunk=chunk, settings=MUONS, particles=rows
    )
    again = simulate(
        stack, beam, count, seed=seed, chunk=chunk, settings=MUONS, particles=rows,
        emission=forced(made), keep_exits=True,
    )  # fmt: skip
    weight = np.zeros(count)
    weight[made.event] = made.weight
    mean = float(weight.mean())
    if mean == 0.0:
        raise EmissError(f"none of {count} muons made a boson; simulate more.")
    muons = again.exits[(again.exits[:, 1] > 2.5) & (again.exits[:, 9] == 1.0)]
    event = muons[:, 0].astype(np.int64)
    momentum, position, slope = np.zeros(count), np.zeros((count, 2)), np.zeros((count, 2))
    momentum[event] = np.sqrt(np.maximum(muons[:, 2] ** 2 - MUON_MASS**2, 0.0))
    position[event] = muons[:, 3:5]
    slope[event] = muons[:, 6:8] / muons[:, 8:9]
    left = rows[:, 0].copy()
    left[made.event] -= made.boson[:, 0]
    left[event] -= muons[:, 2]
    return RecoilSample(momentum, position, slope, left, weight / mean), mean


@functools.lru_cache(maxsize=256)
def _made(setup: Setup, source: Source, count: int, seed: int, batch: int) -> float:
    """Bosons per muon at g = e of any energy, along the paths of muons that are transported."""
    stack, used = stack_of(setup), emitters(("muon_bremsstrahlung",))
    low = replace(source, least=max(_SOFTEST, source.mass))
    run = simulate(
        stack, Beam(setup.particle, setup.beam_energy), count, seed=seed, chunk=batch,
        settings=MUONS, particles=beam_rows(setup, count, (seed, (batch << 8) + 2)),
        emission=proposal(stack, low, used),
    )  # fmt: skip
    return float(run.emissions[:, 0].mean())


def sampled_muons(request: Request) -> Mapping[str, ProcessYield]:
    """Yield of muon bremsstrahlung with the muons transported, see `transported`.

    Parameters
    ----------
    request : Request
        What is asked.

    Returns
    -------
    mapping of str to SampledYield
        With the share left after each cut.
    """
    setup, masses, options = request.setup, request.masses, request.options
    count = -(-options.showers // BATCHES)
    passing = np.zeros((BATCHES, masses.size))
    flow = np.zeros((masses.size, len(CUTS)))
    size = np.zeros(masses.size)
    for m, mass in enumerate(masses.tolist()):
        least = max(setup.lowest_share * setup.beam_energy, _SOFTEST, mass)
        source = Source(
            request.model, mass, least, setup.highest_energy, options.form_factor, setup.producing
        )
        whole = 0.0
        for batch in range(BATCHES):
            sample, made = transported(setup, source, count, seed=options.seed, chunk=batch)
            shares, _ = cut_flow(setup, sample)
            passing[batch, m] = made * shares[-1]
            everything = _made(setup, source, count, options.seed, batch)
            whole += everything
            # The first cut knows nothing of the boson: it holds for all that are made.
            flow[m] += np.concatenate([shares[:1] * everything, shares[1:] * made])
            size[m] += float(sample.weight.sum()) ** 2 / float(np.square(sample.weight).sum())
        flow[m] /= whole
    batches = tuple(_of_batch(request, each) for each in passing)
    return {"muon bremsstrahlung": SampledYield(batches, size, CUTS, flow)}


def _of_batch(request: Request, passing: FloatArray) -> ProcessYield:
    masses, setup = request.masses, request.setup
    if request.fate.kind == "prompt":
        return PromptYield.of(request.model, masses, passing, "mu")
    # As the deterministic engine: the least energy that passes, a lower bound.
    energies = np.maximum(setup.min_missing_energy, masses)[None, :]
    depths = np.array([0.0, setup.length])
    made = Production(masses, depths, energies, passing[None, None, :], "muon")
    return request.fate.of(request.model, made)
