"""Four-vectors of boson, recoil lepton and nucleus in l N -> l N X at exact tree level."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ...ground.arrays import FloatArray
from ...ground.errors import ValidityError
from ...ground.guards import guarded, seeds, whole
from ..materials import Element
from . import form_factors
from .bremsstrahlung_quadrature import (
    COUPLINGS_PB,
    QUADRATURES,
    all_start_values,
    start_values,
    zeta_range,
)
from .bremsstrahlung_results import ARGUMENTS, BOSONS, COUPLING_CONVENTION, PROJECTILES

__all__ = ["BremsstrahlungEvents", "sample_at", "sample_events"]

CITATIONS = ("Liu:2016mqv", "Liu:2017htz", "Gninenko:2017yus")


_BATCH: Final = 20_000
_PILOT: Final = 4_000
_ZETA_BINS: Final = 80
_V_BINS: Final = 40
_MOST: Final = 10_000_000
# the target weight exceeds nearly all weights; the few above it keep a weight larger than 1
_QUANTILE: Final = 0.999
_NODE_STEP: Final = 0.15
"""Step in ln E of the energies at which a proposal is made for events of any energy."""


@dataclass(frozen=True, slots=True, eq=False)
class BremsstrahlungEvents:
    """Sampled events; lepton along +z, nucleus at rest.

    Parameters
    ----------
    boson, recoil, nucleus : array, shape (n, 4)
        Four-vectors (E, px, py, pz) in GeV after the reaction.
    weights : array, shape (n,)
        Weights with mean 1; unweighted events have weight 1 except a few a little above.
    effective_size : float
        (sum w)^2/sum w^2.
    efficiency : float
        Accepted over tried events (1 for weighted events).
    cross_section_pb, cross_section_error_pb : float
        Monte Carlo estimate from the same trials, and its standard error, at coupling 1.
    coupling_convention : str
        What coupling 1 means.
    """

    boson: FloatArray
    recoil: FloatArray
    nucleus: FloatArray
    weights: FloatArray
    effective_size: float
    efficiency: float
    cross_section_pb: float
    cross_section_error_pb: float
    coupling_convention: str = COUPLING_CONVENTION


def _zeta_edges(particle: FloatArray, min_x: float) -> FloatArray:
    ends = zeta_range(particle, min_x)
    if ends is None:
        raise ValidityError(f"min_x = {min_x:g} leaves no room for the boson; lower it.")
    return np.linspace(*ends, _ZETA_BINS + 1)


def _grid(
    particle: FloatArray, ff: FloatArray, min_x: float, which: int
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Bins in zeta and v with their probability, from the density at their centres."""
    from ...ground._kernels import bremsstrahlung_sampler as kernels

    zeta = _zeta_edges(particle, min_x)
    v = np.linspace(0.0, 1.0, _V_BINS + 1) ** 1.6
    middle = 0.5 * (zeta[1:] + zeta[:-1]), 0.5 * (v[1:] + v[:-1])
    rule = QUADRATURES["draft"].suited(ff).rules()[0]
    density = kernels.proposal_map(*middle, particle, ff, rule)[:, :, which]
    # bins whose centre is forbidden may be allowed at their rim: borrow from the neighbours
    padded = np.pad(density, 1, mode="edge")
    around = np.max(
        [padded[i : i + _ZETA_BINS, j : j + _V_BINS] for i in range(3) for j in range(3)], axis=0
    )
    mixed = np.maximum(density, 0.0) + 0.02 * around
    probability = mixed * np.outer(np.diff(zeta), np.diff(v))
    total = float(probability.sum())
    if not total > 0.0:
        raise ValidityError("the cross-section vanishes here; nothing to sample.")
    return zeta, v, probability / total


@functools.lru_cache(maxsize=256)
def _kept_grid(
    energy: float,
    mass: float,
    lepton: float,
    element: Element,
    form_factor: str,
    which: int,
    min_x: float,
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Bins of a process that can happen, kept: who samples block by block needs them each time."""
    particle = start_values(energy, mass, lepton, element)
    assert particle is not None
    return _grid(particle, form_factors.parameters(element, form_factor), min_x, which)


def _generator(seed: int | np.random.Generator) -> np.random.Generator:
    if isinstance(seed, np.random.Generator):
        return seed
    return np.random.Generator(np.random.Philox(seed))


def _accept(weights: FloatArray, ceiling: float, random: np.random.Generator) -> NDArray[np.bool_]:
    return np.asarray(random.random(weights.size) * ceiling < weights)


@guarded(ARGUMENTS, count=whole(1, _MOST), seed=seeds)
def sample_events(
    count: int,
    energy: float,
    mass: float,
    *,
    element: Element,
    seed: int | np.random.Generator,
    projectile: str = "e-",
    boson: str = "vector",
    form_factor: str = "elastic",
    min_x: float = 0.0,
    unweighted: bool = True,
) -> BremsstrahlungEvents:
    """Sample l N -> l N X.

    Parameters
    ----------
    count : int
        Number of events, 1 to 1e7.
    energy, mass : float
        Lepton energy (1 to 500) and boson mass (1e-6 to 3) in GeV.
    element : Element
        Target.
    seed : int or numpy.random.Generator
        Source of randomness; an integer seeds a Philox stream.
    projectile, boson, form_factor
        As in `bremsstrahlung.total_cross_section`.
    min_x : float
        Least x = E_X/E, in [0, 1).
    unweighted : bool
        Accept and reject to weight 1; a weight above the ceiling (0.1 % of trials) is kept.

    Returns
    -------
    BremsstrahlungEvents
        Distributed as the integrand of `bremsstrahlung.total_cross_section` for ``etl``, all
        correlations between boson, lepton and nucleus kept; four-momentum balances to rounding.

    Raises
    ------
    ValidityError
        If a number is outside its range or the process is kinematically closed.
    UnknownNameError
        If a name is unknown.
    """
    from ...ground._kernels import bremsstrahlung_sampler as kernels

    lepton = PROJECTILES[projectile]
    particle = start_values(energy, mass, lepton, element)
    if particle is None:
        raise ValidityError(
            f"a boson of {mass:g} GeV cannot be made by {energy:g} GeV on {element.symbol}: "
            "raise the energy or lower the mass."
        )
    ff, which = form_factors.parameters(element, form_factor), BOSONS.index(boson)
    grid = _kept_grid(energy, mass, lepton, element, form_factor, which, min_x)
    random = _generator(seed)
    ceiling = 0.0
    if unweighted:
        pilot = kernels.sample(random.random((_PILOT, 8)), which, particle, ff, grid)[:, 12]
        ceiling = float(np.quantile(pilot, _QUANTILE))
    parts: list[FloatArray] = []
    kept, tried, total, squares = 0, 0, 0.0, 0.0
    while kept < count:
        size = _BATCH if unweighted else min(_BATCH, count - kept)
        events = kernels.sample(random.random((size, 8)), which, particle, ff, grid)
        weights = events[:, 12]
        tried += size
        total += float(weights.sum())
        squares += float(weights @ weights)
        if unweighted:
            events = events[_accept(weights, ceiling, random)]
            events[:, 12] = np.maximum(events[:, 12] / ceiling, 1.0)
        parts.append(events)
        kept += len(events)
    mean = total / tried
    spread = math.sqrt(max(squares / tried - mean**2, 0.0) / tried)
    sampled = np.concatenate(parts)[:count]
    if not unweighted:
        sampled[:, 12] /= sampled[:, 12].mean()
    return _pack(sampled, kept / tried, (mean * COUPLINGS_PB, spread * COUPLINGS_PB))


@guarded(ARGUMENTS)
def sample_at(
    energies: FloatArray,
    mass: float,
    *,
    element: Element,
    random: np.random.Generator,
    projectile: str = "e-",
    boson: str = "vector",
    form_factor: str = "elastic",
    least: float = 0.0,
) -> tuple[FloatArray, FloatArray]:
    """Sample one l N -> l N X for each of many lepton energies.

    Parameters
    ----------
    energies : array of float, shape (n,)
        Lepton energies in GeV, 1 to 500.
    mass : float
        Boson mass in GeV.
    element : Element
        Target.
    random : numpy.random.Generator
        Eight numbers per event are drawn.
    projectile, boson, form_factor
        As in `bremsstrahlung.total_cross_section`.
    least : float
        Least energy of the boson in GeV.

    Returns
    -------
    vectors : array of float, shape (n, 12)
        Four-vectors (E, px, py, pz) in GeV of boson, lepton and nucleus, lepton along +z.
    weights : array of float, shape (n,)
        In pb at coupling 1. Their mean over events of one energy is the exact tree-level
        cross-section above `least`; 0 where it is closed. The proposal is that of a nearby energy,
        the weight exact.

    Raises
    ------
    ValidityError
        If an energy or the mass is outside its range.
    UnknownNameError
        If a name is unknown.
    """
    from ...ground._kernels import bremsstrahlung_sampler as kernels

    lepton = PROJECTILES[projectile]
    ff, which = form_factors.parameters(element, form_factor), BOSONS.index(boson)
    uniform = random.random((energies.size, 1, 8))
    vectors, weights = np.zeros((energies.size, 12)), np.zeros(energies.size)
    starts = all_start_values(energies, mass, lepton, element)
    for n, energy in enumerate(energies.tolist()):
        ARGUMENTS["energy"](energy, "energies")
        node = round(math.log(energy) / _NODE_STEP)
        found = _proposal(mass, least, node, lepton, element, form_factor, which)
        particle = starts[n]
        if found is None or np.isnan(particle[0]) or zeta_range(particle, least / energy) is None:
            continue
        grid = (_zeta_edges(particle, least / energy), *found)
        event = kernels.sample(uniform[n], which, particle, ff, grid)[0]
        vectors[n], weights[n] = event[:12], event[12]
    return vectors, weights * COUPLINGS_PB


@functools.lru_cache(maxsize=1024)
def _proposal(
    mass: float,
    least: float,
    node: int,
    lepton: float,
    element: Element,
    form_factor: str,
    which: int,
) -> tuple[FloatArray, FloatArray] | None:
    """Edges in v and probabilities of bins at an energy, the least a little lowered.

    Kept: who samples batch by batch needs them each time, and they take more time than a batch.
    """
    energy = max(math.exp(node * _NODE_STEP), 1.02 * least)
    particle = start_values(energy, mass, lepton, element)
    if particle is None or zeta_range(particle, least / energy) is None:
        return None
    ff = form_factors.parameters(element, form_factor)
    _, v, probability = _grid(particle, ff, least / energy, which)
    return v, probability


def _pack(
    events: FloatArray, efficiency: float, estimate: tuple[float, float]
) -> BremsstrahlungEvents:
    weights = events[:, 12].copy()
    return BremsstrahlungEvents(
        events[:, 0:4].copy(),
        events[:, 4:8].copy(),
        events[:, 8:12].copy(),
        weights,
        float(weights.sum() ** 2 / (weights @ weights)),
        efficiency,
        *estimate,
    )
