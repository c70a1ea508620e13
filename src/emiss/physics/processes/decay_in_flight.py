"""Decay of a boson in flight: where it decays, and how its two daughters part.

All lengths in cm, energies in GeV. The probabilities are written with expm1, so that they stay
exact for decay lengths much longer or much shorter than the apparatus; a decay length of zero or
infinity gives the exact limit, never NaN.
"""

from __future__ import annotations

import functools

import numpy as np
from numpy.typing import ArrayLike

from ...ground.arrays import FloatArray
from ...ground.errors import ValidityError
from ...ground.guards import guarded, number, pair, seeds, whole
from .arguments import FLIGHT

__all__ = [
    "decay_length",
    "decay_probability",
    "decay_probability_from_cell",
    "fraction_within_angle",
    "opening_angle",
    "pair_acceptance",
    "separation",
    "survival_probability",
]

CITATIONS = ("Bjorken:2009mm",)


ACCEPTANCE_SAMPLES = 4096
"""Decays per point in `pair_acceptance`; a share p is known to sqrt(p (1 - p)/samples)."""


@guarded(FLIGHT, together=("energy", "mass", "ctau"))
def decay_length(energy: ArrayLike, mass: ArrayLike, ctau: ArrayLike) -> FloatArray:
    """Mean distance flown in the laboratory.

    Parameters
    ----------
    energy, mass : array_like
        Energy and mass in GeV.
    ctau : array_like
        Proper decay length in cm, 0 to infinity; the three broadcast.

    Returns
    -------
    array
        (p/m) c tau in cm, p = sqrt((E - m)(E + m)); infinite where it exceeds the largest number.

    Raises
    ------
    EmissError
        If a mass is not positive, an energy below the mass, or c tau negative or not a number.
    """
    e, m, tau = (np.asarray(v, dtype=np.float64) for v in (energy, mass, ctau))
    if not np.all(e >= m):
        raise ValidityError("decay length: an energy is below the mass; give at least the mass.")
    boost = np.sqrt((e - m) * (e + m)) / m
    with np.errstate(over="ignore", invalid="ignore"):
        # A boson at rest stays where it is, however long it lives.
        return np.where(boost == 0.0, 0.0, boost * tau)


def _checked_planes(start: ArrayLike, end: ArrayLike, length: ArrayLike) -> tuple[FloatArray, ...]:
    a, b, flight = (np.asarray(v, dtype=np.float64) for v in (start, end, length))
    if not np.all(b >= a):
        raise ValidityError("decay volume: the end is in front of the start; exchange the two.")
    return a, b, flight


def _optical(distance: FloatArray, length: FloatArray) -> FloatArray:
    """Distance in decay lengths, with 0/0 = inf/inf = 0."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        ratio = distance / length
    return np.where(np.isnan(ratio), 0.0, ratio)


@guarded(FLIGHT, together=("distance", "length"))
def survival_probability(distance: ArrayLike, length: ArrayLike) -> FloatArray:
    """Probability to fly farther than a distance.

    Parameters
    ----------
    distance : array_like
        Distance in cm, not negative.
    length : array_like
        Decay length in the laboratory in cm, 0 to infinity.

    Returns
    -------
    array
        exp(-distance/length); 1 at distance 0, and at any finite distance if the length is
        infinite.

    Raises
    ------
    EmissError
        If a distance or length is negative or not a number.
    """
    d, _, flight = _checked_planes(distance, np.inf, length)
    return np.asarray(np.exp(-_optical(d, flight)))


@guarded(FLIGHT, together=("start", "end", "length"))
def decay_probability(start: ArrayLike, end: ArrayLike, length: ArrayLike) -> FloatArray:
    """Probability to decay between two planes.

    Parameters
    ----------
    start, end : array_like
        Distances of the planes from the point of production in cm, 0 <= start <= end.
    length : array_like
        Decay length in the laboratory in cm, 0 to infinity; the three broadcast.

    Returns
    -------
    array
        exp(-start/length) (1 - exp(-(end - start)/length)), to rounding for all lengths.

    Raises
    ------
    EmissError
        If the planes are out of order, or a number is negative or not a number.
    """
    a, b, flight = _checked_planes(start, end, length)
    width = np.where(np.isinf(flight) & np.isinf(b), 0.0, b - a)
    return np.asarray(np.exp(-_optical(a, flight)) * -np.expm1(-_optical(width, flight)))


@guarded(FLIGHT, cell=pair(FLIGHT["start"]), together=("start", "end", "length"))
def decay_probability_from_cell(
    cell: tuple[ArrayLike, ArrayLike], start: ArrayLike, end: ArrayLike, length: ArrayLike
) -> FloatArray:
    """Probability to decay between two planes, if produced evenly between two depths.

    Parameters
    ----------
    cell : tuple of array_like
        Depths in cm between which the boson is made, ascending and not beyond `start`.
    start, end : array_like
        Positions of the planes in cm, measured like the depths.
    length : array_like
        Decay length in the laboratory in cm; all broadcast.

    Returns
    -------
    array
        Mean of `decay_probability` over the cell, in closed form.

    Raises
    ------
    EmissError
        If the cell reaches beyond the first plane, or as for `decay_probability`.
    """
    low, high = (np.asarray(v, dtype=np.float64) for v in cell)
    if not np.all(high >= low):
        raise ValidityError(
            "decay volume: the cell of production must ascend from its first depth to its second."
        )
    a, b = np.asarray(start, dtype=np.float64), np.asarray(end, dtype=np.float64)
    flight = np.asarray(length, dtype=np.float64)
    width = _optical(high - low, flight)
    # Int_0^1 exp(-w u) du; its value is 1 at w = 0 and 1/w for large w.
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.where(width > 0.0, -np.expm1(-width) / width, 1.0)
    return np.asarray(decay_probability(a - high, b - high, flight) * mean)


def _daughters(
    mass: FloatArray, energy: FloatArray, cosine: FloatArray, daughter: float
) -> tuple[FloatArray, ...]:
    """Transverse momentum and the two longitudinal momenta of the daughters."""
    if not np.all(energy >= mass):
        raise ValidityError("pair: an energy is below the mass; give at least the mass.")
    momentum2 = 0.25 * mass**2 - daughter**2
    if not np.all(momentum2 >= 0.0):
        raise ValidityError("pair: the boson is too light to decay to these daughters.")
    inner = np.sqrt(momentum2)
    gamma, flight = energy / mass, np.sqrt((energy - mass) * (energy + mass)) / mass
    transverse = inner * np.sqrt((1.0 - cosine) * (1.0 + cosine))
    forward, along = 0.5 * flight * mass, gamma * inner * cosine
    return transverse, forward + along, forward - along


@guarded(FLIGHT, together=("mass", "energy", "cosine"))
def opening_angle(
    mass: ArrayLike, energy: ArrayLike, cosine: ArrayLike, daughter_mass: float = 0.0
) -> FloatArray:
    """Angle between the two daughters in the laboratory.

    Parameters
    ----------
    mass, energy : array_like
        Mass and energy of the boson in GeV.
    cosine : array_like
        Cosine of the decay angle in the rest frame; all broadcast.
    daughter_mass : float, optional
        Mass of each daughter in GeV.

    Returns
    -------
    array
        Angle in rad, 0 to pi, without cancellation at large boosts. For massless daughters
        1 - cos(angle) = 2 m^2/(E^2 (1 - beta^2 cosine^2)).

    Raises
    ------
    ValidityError
        If the boson is lighter than the pair.
    """
    m, e, c = (np.asarray(v, dtype=np.float64) for v in (mass, energy, cosine))
    across, first, second = _daughters(m, e, c, daughter_mass)
    return np.asarray(np.arctan2(across * (first + second), first * second - across**2))


@guarded(FLIGHT, together=("mass", "energy", "angle"))
def fraction_within_angle(mass: ArrayLike, energy: ArrayLike, angle: ArrayLike) -> FloatArray:
    """Share of isotropic decays to massless daughters whose opening angle is below a bound.

    Parameters
    ----------
    mass, energy : array_like
        Mass and energy of the boson in GeV, energy above the mass.
    angle : array_like
        Bound in rad, 0 to pi.

    Returns
    -------
    array
        sqrt(1 - (m/E)^2/sin^2(angle/2))/beta, 0 below the least angle 2 arcsin(m/E).
    """
    m, e, a = (np.asarray(v, dtype=np.float64) for v in (mass, energy, angle))
    if not np.all(e > m):
        raise ValidityError("pair: an energy is not above the mass; give more than the mass.")
    half = np.sin(0.5 * a)
    with np.errstate(divide="ignore"):
        inside = 1.0 - np.square(m / e) / np.square(half)
    beta = np.sqrt((e - m) * (e + m)) / e
    return np.asarray(np.minimum(np.sqrt(np.maximum(inside, 0.0)) / beta, 1.0))


@guarded(FLIGHT, together=("mass", "energy", "cosine", "distance"))
def separation(
    mass: ArrayLike,
    energy: ArrayLike,
    cosine: ArrayLike,
    distance: ArrayLike,
    daughter_mass: float = 0.0,
) -> FloatArray:
    """Distance between the daughters on a plane across the flight of the boson.

    Parameters
    ----------
    mass, energy, cosine : array_like
        As in `opening_angle`.
    distance : array_like
        Distance in cm from the decay to the plane.
    daughter_mass : float, optional
        Mass of each daughter in GeV.

    Returns
    -------
    array
        Distance in cm without a magnetic field; infinite if one does not fly forward.
    """
    m, e, c = (np.asarray(v, dtype=np.float64) for v in (mass, energy, cosine))
    across, first, second = _daughters(m, e, c, daughter_mass)
    forward = (first > 0.0) & (second > 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        apart = across / first + across / second
    return np.asarray(np.where(forward, np.asarray(distance) * apart, np.inf))


@guarded(
    FLIGHT,
    together=("mass", "energy"),
    distance=number(0.0, 1e30, "cm"),
    samples=whole(1, 10**7),
    seed=seeds,
)
def pair_acceptance(
    mass: ArrayLike,
    energy: ArrayLike,
    distance: float,
    half_size: float,
    *,
    min_separation: float = 0.0,
    daughter_mass: float = 0.0,
    samples: int = ACCEPTANCE_SAMPLES,
    seed: int = 1,
) -> FloatArray:
    """Share of decays whose daughters both reach a square detector, by sampling.

    Parameters
    ----------
    mass, energy : array_like
        Mass and energy of the boson in GeV; they broadcast.
    distance : float
        Distance in cm from the decay to the detector, on the axis of which the boson flies.
    half_size : float
        Half of the detector's side in cm.
    min_separation : float, optional
        Least distance of the two on the detector in cm, e.g. its resolution.
    daughter_mass : float, optional
        Mass of each daughter in GeV.
    samples : int, optional
        Number of decays, at least 1.
    seed : int, optional
        Seed of the sample; the same decays are taken for all masses and energies.

    Returns
    -------
    array
        Accepted share of isotropic decays, 0 where the pair is too heavy.

    Raises
    ------
    EmissError
        If a length is negative or not finite.
    """
    m, e = np.broadcast_arrays(
        np.asarray(mass, dtype=np.float64), np.asarray(energy, dtype=np.float64)
    )
    cosine, reach = _decays(samples, seed)
    flat = np.zeros(m.size)
    open_ = (m.ravel() > 2.0 * daughter_mass) & (e.ravel() > m.ravel())
    if min_separation == 0.0 and half_size > 0.0:
        flat[open_] = _hits(
            m.ravel()[open_], e.ravel()[open_], daughter_mass, half_size, distance * reach, cosine
        )
        return flat.reshape(m.shape)
    for index in np.flatnonzero(open_):
        across, first, second = _daughters(m.flat[index], e.flat[index], cosine, daughter_mass)
        slow = np.minimum(first, second)
        with np.errstate(divide="ignore", invalid="ignore"):
            hit = (slow > 0.0) & (distance * reach * across <= half_size * slow)
            apart = distance * across * (1.0 / first + 1.0 / second)
        flat[index] = np.mean(hit & (apart >= min_separation))
    return flat.reshape(m.shape)


@functools.lru_cache(maxsize=4)
def _decays(count: int, seed: int) -> tuple[FloatArray, FloatArray]:
    """Cosines of decays, and the larger of |cos|, |sin| of their azimuths.

    The latter decides whether a square is hit. Strata in the cosine, and random order of strata in
    the azimuth: a Latin square.
    """
    rng = np.random.default_rng(seed)
    cosine = 2.0 * (np.arange(count) + rng.random(count)) / count - 1.0
    azimuth = 2.0 * np.pi * (rng.permutation(count) + rng.random(count)) / count
    reach = np.maximum(np.abs(np.cos(azimuth)), np.abs(np.sin(azimuth)))
    cosine.flags.writeable = reach.flags.writeable = False
    return cosine, reach


def _hits(
    mass: FloatArray,
    energy: FloatArray,
    daughter: float,
    half_size: float,
    reach: FloatArray,
    cosine: FloatArray,
) -> FloatArray:
    """Share of decays of which both daughters hit, by mass and energy; reach times the distance.

    The slower one does, whose momentum along the flight is the least: linear in the two functions
    of the angles.
    """
    across, along = reach * np.sqrt((1.0 - cosine) * (1.0 + cosine)), half_size * np.abs(cosine)
    inner = np.sqrt(0.25 * mass**2 - daughter**2)
    forward = half_size * 0.5 * np.sqrt((energy - mass) * (energy + mass)) / inner
    gamma = energy / mass
    hit = [
        np.count_nonzero(across + boost * along <= room)
        for boost, room in zip(gamma.tolist(), forward.tolist(), strict=True)
    ]
    return np.array(hit, dtype=np.float64) / cosine.size
