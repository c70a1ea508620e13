"""Acceptance of a missing-momentum search, from sampled recoil muons.

Energy and angle of the scattered muon come from the exact tree-level cross-section. The muon
then scatters and loses energy in the rest of the target, is bent by the second magnet and must hit
all counters; its measured momentum and the energy in the calorimeter must pass. Nothing is
adjusted to a published limit.
"""

from __future__ import annotations

import functools
import math
from typing import Final

import numpy as np

from ...experiments.setup import Setup
from ...ground import constants as const
from ...ground.arrays import FloatArray
from ...ground.errors import ValidityError
from ...physics.materials import Element
from .recoil_cuts import RecoilSample

__all__ = [
    "EVENTS",
    "beam_sample",
    "element_rates",
    "sampled_recoils",
    "scattered",
    "transport_to_counters",
]

CITATIONS = ("Liu:2017htz", "Gninenko:2017yus", "ParticleDataGroup:2024cfk")


EVENTS: Final = 16_000
"""Sampled recoil muons per mass."""
COPIES: Final = 4
"""Muons taken from each recoil, with azimuth, depth, scattering and losses drawn anew."""
_SMALL_SHARE: Final = 0.05
_LOSS_ENERGIES: Final = (5.0, 30.0, 160.0)
_LOWEST_ENERGY: Final = 1.0
_QUANTILES: Final = np.concatenate([np.linspace(0.0, 0.98, 99), 1.0 - np.geomspace(0.02, 1e-6, 60)])


def scattering_angle(momentum: FloatArray, depth_x0: FloatArray) -> FloatArray:
    """Standard deviation of the plane angle of multiple scattering.

    Parameters
    ----------
    momentum : array of float
        Momentum in GeV, positive; velocity is taken as 1.
    depth_x0 : array of float
        Thickness in radiation lengths.

    Returns
    -------
    array of float
        13.6 MeV/p sqrt(t) (1 + 0.038 ln t) in rad; good to 11 % for 1e-3 < t < 100
        (ParticleDataGroup:2024cfk), 0 at t = 0.
    """
    t = np.maximum(depth_x0, 1e-12)
    width = 13.6e-3 / momentum * np.sqrt(t) * np.maximum(1.0 + 0.038 * np.log(t), 0.0)
    return np.where(depth_x0 > 0.0, width, 0.0)


@functools.lru_cache(maxsize=8)
def _loss_quantiles(setup: Setup) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Most probable loss and quantiles of the loss in the whole target, at several energies."""
    from ...physics.shower.muon_transport import muon_energy_loss

    found = [muon_energy_loss(setup.material, setup.beam_energy, setup.length)]
    for energy in _LOSS_ENERGIES:
        if energy >= setup.beam_energy:
            continue
        try:
            found.append(muon_energy_loss(setup.material, energy, setup.length))
        except ValidityError:
            # such a muon may stop in the target: it is treated like the next faster one
            continue
    found.sort(key=lambda loss: loss.energy)
    energies = np.array([loss.energy for loss in found])
    quantiles = np.array([loss.quantile(_QUANTILES) for loss in found])
    return energies, np.array([loss.most_probable for loss in found]), quantiles


def _loss(setup: Setup, energy: FloatArray, share: FloatArray, uniform: FloatArray) -> FloatArray:
    # The soft part of a loss grows with the path, a hard collision is there or not: thin the
    # quantiles of the whole target. Exact where at most one collision is hard.
    energies, peaks, quantiles = _loss_quantiles(setup)
    places = np.arange(energies.size, dtype=np.float64)
    at = np.interp(np.log(np.maximum(energy, 1e-3)), np.log(energies), places)
    low = np.minimum(at.astype(int), max(energies.size - 2, 0))
    high = np.minimum(low + 1, energies.size - 1)
    part = at - low
    peak = (1.0 - part) * peaks[low] + part * peaks[high]
    column = np.interp(uniform[:, 0], _QUANTILES, np.arange(_QUANTILES.size))
    first = np.minimum(column.astype(int), _QUANTILES.size - 2)
    step = column - first
    whole = np.zeros(energy.size)
    for row, weight in ((low, 1.0 - part), (high, part)):
        whole += weight * ((1.0 - step) * quantiles[row, first] + step * quantiles[row, first + 1])
    excess = np.where(uniform[:, 1] < share, whole - peak, 0.0)
    return np.asarray(np.maximum(share * peak + excess, 0.0))


def sampled_recoils(
    setup: Setup,
    mass: float,
    boson: str,
    count: int,
    random: np.random.Generator,
    min_x: float,
) -> tuple[FloatArray, FloatArray]:
    """Sample scattered leptons at the beam energy.

    Parameters
    ----------
    setup : Setup
        Beam and target.
    mass : float
        Mass of the boson in GeV.
    boson : str
        ``vector``, ``axial``, ``scalar`` or ``pseudoscalar``.
    count : int
        Number of recoils.
    random : numpy.random.Generator
        Source of randomness.
    min_x : float
        Least share of the energy that the boson takes.

    Returns
    -------
    array of float, shape (count, 4)
        Four-vectors in GeV for a beam along +z.
    array of float, shape (count,)
        Weights with mean 1.

    Raises
    ------
    ValidityError
        If the mass is out of range or out of reach.
    """
    from ...physics.processes.bremsstrahlung_sampler import sample_events

    shares = production_shares(setup, mass, boson, min_x)
    counts = np.floor(count * np.array([share for _, share in shares])).astype(int)
    counts[0] += count - int(counts.sum())
    vectors, weights = [], []
    for (element, _), number in zip(shares, counts, strict=True):
        if number == 0:
            continue
        events = sample_events(
            int(number),
            setup.beam_energy,
            mass,
            element=element,
            seed=random,
            projectile=setup.particle,
            boson=boson,
            min_x=min_x,
            unweighted=False,
        )
        vectors.append(events.recoil)
        weights.append(events.weights)
    return np.concatenate(vectors), np.concatenate(weights)


def production_shares(
    setup: Setup, mass: float, boson: str, min_x: float
) -> tuple[tuple[Element, float], ...]:
    """Elements of the target with their share of the production above a least energy share.

    Elements below 5 % are left out of the sample: the shape of the recoil hardly depends on the
    nucleus. Their cross-sections count in full elsewhere.
    """
    rates = element_rates(setup, np.array([mass]), boson, min_x)
    total = sum(float(rate[0]) for _, rate in rates)
    if not total > 0.0:
        raise ValidityError(
            f"a boson of {mass:g} GeV cannot be made with a missing share of "
            f"{min_x:.2f} by {setup.particle} of {setup.beam_energy:g} GeV."
        )
    kept = [(e, float(rate[0])) for e, rate in rates if float(rate[0]) > _SMALL_SHARE * total]
    kept.sort(key=lambda pair: -pair[1])
    norm = sum(rate for _, rate in kept)
    return tuple((element, rate / norm) for element, rate in kept)


def element_rates(
    setup: Setup, masses: FloatArray, boson: str, min_x: float, energy: FloatArray | None = None
) -> list[tuple[Element, FloatArray]]:
    """Production per cm and g = e by element, x = E_X/E above `min_x`; at the beam energy or E."""
    from ...physics.processes.bremsstrahlung_table import load_table

    found = []
    for component in setup.material.components:
        element = component.element
        atoms = setup.material.density * component.mass_fraction * const.AVOGADRO / element.A
        table = load_table(element, projectile=setup.particle)
        sigma = table.above(setup.beam_energy if energy is None else energy, masses, min_x, boson)
        found.append((element, atoms * const.PICOBARN_CM2 * sigma))
    return found


def transport_to_counters(
    setup: Setup,
    mass: float,
    boson: str,
    *,
    count: int = EVENTS,
    seed: tuple[int, int] = (0, 0),
) -> RecoilSample:
    """Sample scattered muons and take them to the end of the target.

    Parameters
    ----------
    setup : Setup
        Beam, target and selection.
    mass : float
        Mass of the boson in GeV.
    boson : str
        ``vector``, ``axial``, ``scalar`` or ``pseudoscalar``.
    count : int, optional
        Number of recoils, each of which gives `COPIES` muons.
    seed : tuple of int, optional
        Seed and chunk of the random stream: the same pair gives the same muons.

    Returns
    -------
    RecoilSample
        Muons behind the target, of bosons with more than `Setup.lowest_share` of the energy.

    Raises
    ------
    ValidityError
        If the mass is out of range or out of reach.
    """
    random = np.random.Generator(np.random.Philox(key=np.array(seed, dtype=np.uint64)))
    vectors, weight = sampled_recoils(setup, mass, boson, count, random, setup.lowest_share)
    vectors, weight = np.tile(vectors, (COPIES, 1)), np.tile(weight, COPIES)
    count *= COPIES
    normal = random.standard_normal((count, 13))
    uniform = random.random((count, 6))
    depth = uniform[:, 0]
    x0 = setup.length / setup.material.radiation_length_cm
    loss_before = _loss(setup, np.full(count, setup.beam_energy), depth, uniform[:, 1:3])
    start = setup.beam_energy * (1.0 + setup.momentum_spread * normal[:, 0])
    start = np.maximum(start - loss_before, _LOWEST_ENERGY)
    # the spectrum in E'/E hardly depends on E over the few per cent that E varies
    energy = vectors[:, 0] * start / setup.beam_energy
    slope = setup.asked_recoil.beam_divergence * normal[:, 1:3]
    position = setup.asked_recoil.beam_size * normal[:, 3:5]
    slope, position = scattered(
        slope, position, start, (depth * x0, depth * setup.length), normal[:, 5:9]
    )
    # wide angles: small ones add, and a wide one dominates the rest
    wide = np.hypot(vectors[:, 1], vectors[:, 2]) / np.maximum(vectors[:, 3], 1e-9)
    azimuth = 2.0 * math.pi * uniform[:, 5]
    slope = slope + np.stack([wide * np.cos(azimuth), wide * np.sin(azimuth)], axis=-1)
    loss_after = _loss(setup, energy, 1.0 - depth, uniform[:, 3:5])
    end = energy - loss_after
    alive = (end > const.MUON_MASS) & (vectors[:, 3] > 0.0)
    middle = np.maximum(0.5 * (energy + np.maximum(end, 0.0)), const.MUON_MASS)
    slope, position = scattered(
        slope, position, middle, ((1 - depth) * x0, (1 - depth) * setup.length), normal[:, 9:13]
    )
    momentum = np.sqrt(np.maximum(end**2 - const.MUON_MASS**2, 0.0))
    left = loss_before + np.minimum(loss_after, energy)
    return RecoilSample(np.where(alive, momentum, 0.0), position, slope, left, weight, COPIES)


def scattered(
    slope: FloatArray,
    position: FloatArray,
    momentum: FloatArray,
    path: tuple[FloatArray, FloatArray],
    normal: FloatArray,
) -> tuple[FloatArray, FloatArray]:
    """Slope and position behind a path (in X0 and cm) with correlated multiple scattering."""
    depth_x0, length = path
    width = scattering_angle(momentum, depth_x0)[:, None]
    angle = width * normal[:, 0:2]
    # angle and offset of a homogeneous slab are correlated with sqrt(3)/2
    offset = length[:, None] * (0.5 * angle + width * normal[:, 2:4] / math.sqrt(12.0))
    return slope + angle, position + slope * length[:, None] + offset


def beam_sample(
    setup: Setup, *, count: int = 100_000, seed: tuple[int, int] = (0, 0)
) -> RecoilSample:
    """Beam muons that made no boson, at the end of the target: what the trigger must not count.

    Parameters
    ----------
    setup : Setup
        Beam, target and selection.
    count : int, optional
        Number of muons.
    seed : tuple of int, optional
        Seed and chunk of the random stream.

    Returns
    -------
    RecoilSample
        Muons behind the target.
    """
    random = np.random.Generator(np.random.Philox(key=np.array(seed, dtype=np.uint64)))
    normal = random.standard_normal((count, 9))
    uniform = random.random((count, 2))
    lost = _loss(setup, np.full(count, setup.beam_energy), np.ones(count), uniform)
    energy = setup.beam_energy * (1.0 + setup.momentum_spread * normal[:, 0])
    end = np.maximum(energy - lost, 0.0)
    x0 = np.full(count, setup.length / setup.material.radiation_length_cm)
    slope, position = scattered(
        setup.asked_recoil.beam_divergence * normal[:, 1:3],
        setup.asked_recoil.beam_size * normal[:, 3:5],
        np.maximum(0.5 * (energy + end), const.MUON_MASS),
        (x0, np.full(count, setup.length)),
        normal[:, 5:9],
    )
    return RecoilSample(end, position, slope, lost, np.ones(count))
