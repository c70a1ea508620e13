"""Acceptance of a missing-momentum search, from sampled recoil muons.

Energy and angle of the scattered muon come from the exact tree-level cross-section. Before and
behind that place muons scatter and lose energy in the target (`emiss.events.transport`); the muon
is bent by the second magnet and must hit all counters; its measured momentum and the energy in the
calorimeter must pass. Nothing is adjusted to a published limit.
"""

from __future__ import annotations

import functools
import math
from typing import TYPE_CHECKING, Final

import numpy as np

from ...experiments.setup import Setup
from ...ground import constants as const
from ...ground.arrays import FloatArray
from ...ground.errors import ValidityError
from ...ground.guards import guarded, instance, pair, whole
from ...physics.materials import Element
from .recoil_cuts import RecoilSample

if TYPE_CHECKING:
    from ...events.transport import Settings
    from ...physics.processes.bremsstrahlung_table import BremsstrahlungTable

__all__ = [
    "EVENTS",
    "SEED",
    "beam_sample",
    "cross_sections",
    "element_rates",
    "sampled_recoils",
    "scattered",
    "transport_to_counters",
]

CITATIONS = ("Liu:2017htz", "Gninenko:2017yus", "ParticleDataGroup:2024cfk")


EVENTS: Final = 64_000
"""Sampled recoil muons per mass."""
COPIES: Final = 2
"""Muons taken from each recoil, with azimuth, depth, scattering and losses drawn anew."""
SEED: Final = 1
"""Seed of tables."""
_SMALL_SHARE: Final = 0.05
_LOWEST_ENERGY: Final = 0.25
"""Energy in GeV below which a muon counts as stopped."""
_HARD: Final = 5e-3
"""Least loss in GeV that is simulated one by one."""
_BACK: Final = 1.0
"""Face of the exits behind, see `emiss.events.transport.inputs.EXITS`."""


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
    found = []
    for component in setup.material.components:
        element = component.element
        atoms = setup.material.density * component.mass_fraction * const.AVOGADRO / element.A
        table = cross_sections(element, setup.particle)
        sigma = table.above(setup.beam_energy if energy is None else energy, masses, min_x, boson)
        found.append((element, atoms * const.PICOBARN_CM2 * sigma))
    return found


@functools.lru_cache(maxsize=32)
def cross_sections(
    element: Element, particle: str, form_factor: str = "elastic"
) -> BremsstrahlungTable:
    """Table of an element, kept: reading it takes longer than the yield at some masses."""
    from ...physics.processes.bremsstrahlung_table import load_table

    return load_table(element, projectile=particle, form_factor=form_factor)


def transport_to_counters(
    setup: Setup,
    mass: float,
    boson: str,
    *,
    count: int = EVENTS,
    seed: tuple[int, int] = (0, 0),
    min_x: float | None = None,
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
    min_x : float, optional
        Least share of the energy that the boson takes; `Setup.lowest_share` if not given.

    Returns
    -------
    RecoilSample
        Muons behind the target.

    Raises
    ------
    ValidityError
        If the mass is out of range or out of reach.
    """
    from ...events.signal.kinematics import turned

    random = np.random.Generator(np.random.Philox(key=np.array(seed, dtype=np.uint64)))
    least = setup.lowest_share if min_x is None else min_x
    vectors, weight = sampled_recoils(setup, mass, boson, count, random, least)
    vectors, weight = np.tile(vectors, (COPIES, 1)), np.tile(weight, COPIES)
    count *= COPIES
    start, there = _passage(setup, count, seed)
    rows = there.copy()
    before = rows[:, 0].copy()
    # the spectrum in E'/E hardly depends on E over the few per cent that E varies
    rows[:, 0] = energy = vectors[:, 0] * before / setup.beam_energy
    azimuth = 2.0 * math.pi * random.random(count)
    across = np.hypot(vectors[:, 1], vectors[:, 2])
    along = np.maximum(vectors[:, 3], 0.0)
    own = [energy, across * np.cos(azimuth), across * np.sin(azimuth), along]
    rows[:, 4:7] = turned(np.stack(own, axis=1), rows[:, 4:7])[:, 1:4]
    rows[:, 4:7] /= np.maximum(np.linalg.norm(rows[:, 4:7], axis=1), 1e-30)[:, None]
    forwards = np.nonzero((along > 0.0) & (energy > _LOWEST_ENERGY))[0]
    end, position, slope = _behind(setup, rows[forwards], (seed[0], 2 * seed[1] + 1))
    found = RecoilSample(
        np.zeros(count), np.zeros((count, 2)), np.zeros((count, 2)), start - before + energy,
        weight, COPIES,
    )  # fmt: skip
    found.momentum[forwards] = np.sqrt(np.maximum(end**2 - const.MUON_MASS**2, 0.0))
    found.position[forwards], found.slope[forwards] = position, slope
    found.calorimeter[forwards] -= end
    return found


def _beam(setup: Setup, count: int, seed: tuple[int, int]) -> FloatArray:
    """Beam muons at the front of the target, rows of the transport."""
    from ...events.transport import Beam

    key = np.array([seed[0], (seed[1] << 1) + 1], dtype=np.uint64)
    normal = np.random.Generator(np.random.Philox(key=key)).standard_normal((count, 5))
    rows = Beam(setup.particle, setup.beam_energy).rows(count)
    rows[:, 0] *= np.maximum(1.0 + setup.momentum_spread * normal[:, 0], 0.1)
    rows[:, 1:3] = setup.asked_recoil.beam_size * normal[:, 3:5]
    rows[:, 4:6] = setup.asked_recoil.beam_divergence * normal[:, 1:3]
    rows[:, 4:7] /= np.linalg.norm(rows[:, 4:7], axis=1)[:, None]
    return rows


@functools.lru_cache(maxsize=2)
def _passage(setup: Setup, count: int, seed: tuple[int, int]) -> tuple[FloatArray, FloatArray]:
    """Energies of beam muons, and the muons at a place of their path: any, with equal chance."""
    from ...events.transport import Beam, Rates, simulate
    from ..target import stack_of

    rows, stack = _beam(setup, count, seed), stack_of(setup)
    even = Rates(
        _LOWEST_ENERGY, 2.0 * float(rows[:, 0].max()), np.ones((5, len(stack.materials), 2))
    )
    chosen = simulate(
        stack, Beam(setup.particle, setup.beam_energy), count, seed=seed[0],
        chunk=2 * seed[1], settings=_settings(), particles=rows, emission=even,
    ).emissions  # fmt: skip
    there = rows.copy()
    some = chosen[:, 1] > 0.0
    there[some, 0], there[some, 1:7] = chosen[some, 3], chosen[some, 4:10]
    there[some, 8] = chosen[some, 10]
    return rows[:, 0], there


def _behind(
    setup: Setup, rows: FloatArray, seed: tuple[int, int]
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Energy (0 for those that do not get there), position and slope of muons behind the target."""
    from ...events.transport import Beam, simulate
    from ..target import stack_of

    found = simulate(
        stack_of(setup), Beam(setup.particle, setup.beam_energy), len(rows), seed=seed[0],
        chunk=seed[1], settings=_settings(), particles=rows, keep_exits=True,
    ).exits  # fmt: skip
    found = found[(found[:, 1] == rows[0, 7]) & (found[:, 9] == _BACK)]
    event = found[:, 0].astype(np.int64)
    energy, position, slope = (
        np.zeros(len(rows)),
        np.zeros((len(rows), 2)),
        np.zeros((len(rows), 2)),
    )
    energy[event], position[event] = found[:, 2], found[:, 3:5]
    slope[event] = found[:, 6:8] / found[:, 8:9]
    return energy, position, slope


def _settings() -> Settings:
    """Only muons are followed: what they lose stays in the target."""
    from ...events.transport import Settings, Thresholds

    return Settings(Thresholds(_HARD, _HARD), cut=1e6)


@guarded(setup=instance("Setup"), count=whole(1, 10**9), seed=pair(whole(0, 2**31 - 1)))
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
    rows = _beam(setup, count, seed)
    end, position, slope = _behind(setup, rows, (seed[0], 2 * seed[1]))
    momentum = np.sqrt(np.maximum(end**2 - const.MUON_MASS**2, 0.0))
    return RecoilSample(momentum, position, slope, rows[:, 0] - end, np.ones(count))


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
