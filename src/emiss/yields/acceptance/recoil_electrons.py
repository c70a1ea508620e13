"""Acceptance of a thin-target search, from sampled recoil electrons.

Energy and angle of the scattered electron come from the exact tree-level cross-section. Before and
behind the vertex the electron radiates photons in the target and scatters; the photons reach the
calorimeter behind like the electron itself, so that the boson's energy alone is missing. Photons
are those of complete screening,

    dN/dy = t (4/3 - 4/3 y + y^2)/y,    y = k/E, t in radiation lengths,

whose mean loss is exp(-t); energy lost to ionisation (0.8 MeV in 0.35 mm of tungsten) is left out.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from ...experiments.elements.calorimeter import resolution
from ...experiments.setup import Setup
from ...ground import constants as const
from ...ground.arrays import FloatArray
from ...ground.quadrature import gauss_hermite
from ...physics.processes.bremsstrahlung_results import ENERGY_RANGE
from . import recoil
from .recoil_cuts import RecoilSample, hits_planes, pass_below

__all__ = [
    "CUTS",
    "EVENTS",
    "beam_nodes",
    "cut_flow",
    "electrons_behind",
    "energy_left",
    "lowest_share",
]

CITATIONS = (*recoil.CITATIONS, "Tsai:1973py")


CUTS: Final = (
    "momentum before target",
    "calorimeter energy",
    "momentum behind target",
    "direction",
    "trackers",
    "vetoes",
)
"""Cuts in the order in which they are applied; shares are cumulative."""
EVENTS: Final = 16_000
"""Sampled recoil electrons per mass."""
COPIES: Final = 4
"""Electrons taken from each recoil, with azimuth, depth, scattering and photons drawn anew."""
_SOFTEST: Final = 1e-5
"""Least photon energy over electron energy; all softer ones take t times as much."""
_LEAST_COSINE: Final = 0.1
_NARROW: Final = 0.01
"""Relative spread up to which the production is that at the mean: within 5e-4 for sigma ~ E^4."""
_ENERGIES: Final = 60
"""Energies at which the cross-section is looked up; straight lines between."""
_REACH: Final = 5.0
"""Standard deviations of the calorimeter and of the beam beyond which nothing passes."""


def energy_left(
    depth_x0: FloatArray, random: np.random.Generator, softest: float = _SOFTEST
) -> FloatArray:
    """Share of the energy that electrons keep in a thin layer.

    Parameters
    ----------
    depth_x0 : array of float, shape (n,)
        Thickness in radiation lengths, not negative.
    random : numpy.random.Generator
        Source of randomness.
    softest : float, optional
        Least y of a photon.

    Returns
    -------
    array of float, shape (n,)
        Product of 1 - y over the photons, exact for the spectrum above: candidates fall like 1/y
        and are kept with probability 1 - y + 3/4 y^2. Its mean is exp(-t), that of its power s is
        exp(-t integral of [1 - (1 - y)^s] dN/(t dy)).
    """
    candidates = random.poisson(4.0 / 3.0 * math.log(1.0 / softest) * depth_x0)
    owner = np.repeat(np.arange(depth_x0.size), candidates)
    y = softest ** random.random(owner.size)
    kept = random.random(owner.size) < 1.0 - y + 0.75 * y * y
    logs = np.log1p(-np.minimum(y[kept], 1.0 - 1e-12))
    return np.exp(np.bincount(owner[kept], logs, minlength=depth_x0.size))


def lowest_share(setup: Setup) -> float:
    """Energy share x of the boson below which the calorimeter sees too much.

    Parameters
    ----------
    setup : Setup
        Beam, target and selection.

    Returns
    -------
    float
        1 - E_max/E, `_REACH` standard deviations lower, not below 0.
    """
    asked = setup.asked_recoil
    most = asked.max_calorimeter
    most += _REACH * float(resolution(most, *asked.calorimeter_resolution))
    fastest = setup.beam_energy * (1.0 + _REACH * setup.momentum_spread)
    slowest = setup.beam_energy * (1.0 - _REACH * setup.momentum_spread)
    # Of a slow electron less must be missing, and x counts from the energy at the vertex.
    return max(0.0, (slowest - most) / fastest)


def beam_nodes(setup: Setup) -> tuple[FloatArray, FloatArray]:
    """Energies of the beam in GeV and their weights, for averages over its spread.

    Parameters
    ----------
    setup : Setup
        The beam; energies beyond the tables count as those at their ends.

    Returns
    -------
    tuple of array of float
        Energies, and weights with sum 1.
    """
    if setup.momentum_spread <= _NARROW:
        return np.array([setup.beam_energy]), np.ones(1)
    nodes, weights = gauss_hermite(5)
    energies = setup.beam_energy * (1.0 + setup.momentum_spread * nodes)
    return np.clip(energies, *ENERGY_RANGE), weights


def electrons_behind(
    setup: Setup,
    mass: float,
    boson: str,
    *,
    count: int = EVENTS,
    seed: tuple[int, int] = (0, 0),
) -> RecoilSample:
    """Sample scattered electrons and take them to the end of the target.

    Parameters
    ----------
    setup : Setup
        Beam, target and selection.
    mass : float
        Mass of the boson in GeV.
    boson : str
        ``vector``, ``axial``, ``scalar`` or ``pseudoscalar``.
    count : int, optional
        Number of recoils, each of which gives `COPIES` electrons.
    seed : tuple of int, optional
        Seed and chunk of the random stream: the same pair gives the same electrons.

    Returns
    -------
    RecoilSample
        Electrons behind the target, of bosons with more than `lowest_share` of the energy; what
        the calorimeter sees is the electron and all photons. Weights are those of the production
        over that at the beam energy.

    Raises
    ------
    ValidityError
        If the mass is out of range or out of reach.
    """
    random = np.random.Generator(np.random.Philox(key=np.array(seed, dtype=np.uint64)))
    share = lowest_share(setup)
    vectors, weight = recoil.sampled_recoils(setup, mass, boson, count, random, share)
    vectors, weight = np.tile(vectors, (COPIES, 1)), np.tile(weight, COPIES)
    count *= COPIES
    normal = random.standard_normal((count, 13))
    depth, turn = random.random(count), random.random(count)
    x0 = setup.length / setup.material.radiation_length_cm
    first = setup.beam_energy * np.maximum(1.0 + setup.momentum_spread * normal[:, 0], 0.01)
    start = first * energy_left(depth * x0, random)
    # the spectrum in E'/E hardly depends on E; the total is that at the energy of the vertex
    energy = vectors[:, 0] * start / setup.beam_energy
    weight = weight * _production(setup, mass, boson, share, start)
    slope = setup.asked_recoil.beam_divergence * normal[:, 1:3]
    position = setup.asked_recoil.beam_size * normal[:, 3:5]
    slope, position = recoil.scattered(
        slope, position, start, (depth * x0, depth * setup.length), normal[:, 5:9]
    )
    wide = np.hypot(vectors[:, 1], vectors[:, 2]) / np.maximum(vectors[:, 3], 1e-9)
    azimuth = 2.0 * math.pi * turn
    slope = slope + np.stack([wide * np.cos(azimuth), wide * np.sin(azimuth)], axis=-1)
    cosine = np.maximum(1.0 / np.hypot(1.0, wide), _LEAST_COSINE)
    rest = (1.0 - depth) * x0 / cosine
    end = energy * energy_left(rest, random)
    middle = np.maximum(0.5 * (energy + end), const.ELECTRON_MASS)
    slope, position = recoil.scattered(
        slope, position, middle, (rest, (1.0 - depth) * setup.length), normal[:, 9:13]
    )
    momentum = np.sqrt(np.maximum(end**2 - const.ELECTRON_MASS**2, 0.0))
    seen = first - start + energy
    forward = vectors[:, 3] > 0.0
    return RecoilSample(np.where(forward, momentum, 0.0), position, slope, seen, weight, COPIES)


def _production(
    setup: Setup, mass: float, boson: str, min_x: float, energy: FloatArray
) -> FloatArray:
    """Production above a share at some energies over that at the beam energy."""
    first, last = ENERGY_RANGE
    low = max(energy.min(), first, lowest_share(setup) * setup.beam_energy)
    high = max(min(energy.max(), last), low)
    grid = np.append(np.geomspace(low, high, _ENERGIES), setup.beam_energy)
    masses = np.full(grid.size, mass)
    rates = np.sum(
        [rate for _, rate in recoil.element_rates(setup, masses, boson, min_x, grid)], axis=0
    )
    # Slower electrons than the lowest have not enough left to lose.
    found = np.interp(np.log(energy), np.log(grid[:-1]), rates[:-1], left=0.0)
    return np.asarray(found / rates[-1])


def cut_flow(setup: Setup, sample: RecoilSample) -> tuple[FloatArray, float]:
    """Share of the sample that is left after each of `CUTS`.

    Parameters
    ----------
    setup : Setup
        Beam, target and selection.
    sample : RecoilSample
        Electrons behind the target.

    Returns
    -------
    array of float, shape (6,)
        Cumulative shares; the first knows nothing of the weights of the sample.
    float
        Statistical standard deviation of the last.
    """
    from scipy.special import ndtr

    asked = setup.asked_recoil
    nodes, weights = gauss_hermite(21)
    beam = setup.beam_energy * np.maximum(1.0 + setup.momentum_spread * nodes, 0.01)
    low, high = asked.incoming_window
    inside = float(
        (
            pass_below(beam, high, asked.incoming_resolution)
            - pass_below(beam, low, asked.incoming_resolution)
        )
        @ weights
    )
    momentum = np.maximum(sample.momentum, 1e-6)
    seen = np.maximum(sample.calorimeter, 0.0)
    width = resolution(seen, *asked.calorimeter_resolution)
    pull = (asked.max_calorimeter - sample.calorimeter) / np.maximum(width, 1e-12)
    tangent = np.hypot(sample.slope[:, 0], sample.slope[:, 1])
    across = momentum * tangent / np.hypot(1.0, tangent)
    angle = np.arctan(tangent)
    steps = (
        ndtr(pull),
        pass_below(momentum, asked.max_outgoing, asked.outgoing_resolution)
        - pass_below(momentum, asked.min_outgoing, asked.outgoing_resolution),
        (angle >= asked.angle[0])
        & (angle <= asked.angle[1])
        & (across >= asked.transverse[0])
        & (across <= asked.transverse[1]),
        hits_planes(setup, sample),
        asked.veto_acceptance,
    )
    passed = inside * sample.weight
    flow = [inside]
    for step in steps:
        passed = passed * step
        flow.append(float(passed.mean()))
    # copies of one recoil are not independent
    groups = passed.reshape(sample.copies, -1).mean(axis=0)
    return np.array(flow), float(np.std(groups) / math.sqrt(groups.size))
