"""Flight and decay of what bosons are or become: who flies, how far, where it decays and to what.

A boson without dark decays flies itself. One with split dark matter decays at once to chi_1 chi_2,
and chi_2 flies. Decays are as they are, or all in a volume with weights that undo it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...ground.arrays import FloatArray
from ...ground.constants import ELECTRIC_CHARGE, HBARC_GEV_CM
from ...ground.errors import ArgumentError
from ...physics.models import Model
from .decays import Decay, decays
from .decays.excited import dark_masses
from .kinematics import direction_of, invariant_mass, two_body
from .source import Emitter

__all__ = [
    "LEAST_ALONG",
    "Flight",
    "Flown",
    "decay_points",
    "flight_of",
    "fly",
    "read_volume",
    "strength",
]

LEAST_ALONG: Final = 1e-3
"""Least cosine to the beam of what flies on."""
_OTHERWISE: Final = " that this search looks for; give a decay volume of your own, or 'free'"


def strength(model: Model, mass: float, coupling: float, emitter: Emitter) -> float:
    """Square of the coupling that makes bosons, in units of that at which weights are given.

    Parameters
    ----------
    model : Model
        The model.
    mass : float
        Mass of the boson in GeV.
    coupling : float
        Free coupling of the model.
    emitter : Emitter
        The process.

    Returns
    -------
    float
        (g/e)^2 to the lepton, or the square of the coupling to photons in GeV^-1.
    """
    if emitter.coupling == "photon":
        return float(model.photon_coupling(coupling, mass)) ** 2
    return (float(model.lepton_coupling(emitter.coupling, coupling, mass)) / ELECTRIC_CHARGE) ** 2


@dataclass(frozen=True, slots=True)
class Flight:
    """What flies, and its decays.

    Parameters
    ----------
    model : Model
        The model.
    mass : float
        Mass of the boson in GeV.
    excited : bool
        Whether chi_2 flies, and not the boson.
    width : float
        Total width in GeV of what flies.
    channels : tuple of Decay
        Decays that are simulated.
    shares : tuple of float
        Their branching fractions.
    volume : tuple of float or None
        Planes in cm along the beam between which all decay, with weights; None for none.
    before : float
        Probability of the decay before, of the boson to dark matter; 1 where the boson flies.
    """

    model: Model
    mass: float
    excited: bool
    width: float
    channels: tuple[Decay, ...]
    shares: tuple[float, ...]
    volume: tuple[float, float] | None
    before: float = 1.0


class Flown(NamedTuple):
    """Where things decayed and to what.

    Parameters
    ----------
    flyer : array, shape (n, 4)
        Four-vectors in GeV of what flew.
    companion : array, shape (n, 4)
        Of the chi_1 that was made with it; zero where there is none.
    point : array, shape (n, 3)
        Where it decays, in cm.
    channel : array of int, shape (n,)
        Place in the channels.
    daughters : tuple of (Decay, array of int, tuple of array)
        Per channel: its rows, and four-vectors of the daughters.
    factor : array, shape (n,)
        What weights are multiplied with.
    """

    flyer: FloatArray
    companion: FloatArray
    point: FloatArray
    channel: NDArray[np.int64]
    daughters: tuple[tuple[Decay, NDArray[np.int64], tuple[FloatArray, ...]], ...]
    factor: FloatArray

    def before(self, end: float) -> NDArray[np.bool_]:
        """Whether each decays forwards and before a plane in cm: elsewhere nothing would see it."""
        _, direction = direction_of(self.flyer)
        within = (self.point[:, 2] >= 0.0) & (self.point[:, 2] < end)
        return np.asarray(within & (direction[:, 2] > LEAST_ALONG))


def flight_of(
    model: Model,
    mass: float,
    coupling: float,
    volume: tuple[float, float] | None = None,
    wanted: tuple[str, ...] = (),
) -> Flight | None:
    """Find out what flies and decays.

    Parameters
    ----------
    model : Model
        The model.
    mass : float
        Mass of the boson in GeV.
    coupling : float
        Free coupling of the model.
    volume : tuple of float, optional
        Planes in cm along the beam between which all decay.
    wanted : tuple of str, optional
        Final states that count; all that are simulated if empty.

    Returns
    -------
    Flight or None
        None where the boson decays to stable dark matter or does not decay: nothing to be seen.

    Raises
    ------
    ArgumentError
        If it decays, but to nothing that can be simulated, or a volume is asked for where nothing
        decays.
    """
    sector = model.dark_sector
    excited = sector is not None and sector.kind == "pseudo-dirac" and sector.splitting > 0.0
    if sector is not None and not excited:
        if volume is not None:
            raise ArgumentError(
                f"'{model.name}': the boson decays to dark matter that is stable, so that no decay "
                "can be put into a volume; leave the volume out, or set dark_matter=none."
            )
        return None
    widths, before = _widths(model, mass, coupling, excited)
    total = sum(widths.values())
    if total <= 0.0:
        return None
    known = decays()
    names = [
        n for n in known if known[n].excited == excited and widths.get(n, 0.0) > 0.0
        and (not wanted or n in wanted or excited)
    ]  # fmt: skip
    if not names:
        raise ArgumentError(
            f"'{model.name}' at {mass:g} GeV: it decays to {', '.join(widths)}; of these none can "
            f"be simulated{_OTHERWISE if wanted else ''}."
        )
    channels = tuple(known[name] for name in names)
    shares = tuple(widths[name] / total for name in names)
    return Flight(model, mass, excited, total, channels, shares, volume, before)


def _widths(
    model: Model, mass: float, coupling: float, excited: bool
) -> tuple[Mapping[str, float], float]:
    """Open widths in GeV of what flies, and the branching of the boson to it."""
    boson = {n: float(w) for n, w in model.partial_widths(mass, coupling).items()}
    if not excited:
        return {n: w for n, w in boson.items() if w > 0.0}, 1.0
    from ...physics.models.inelastic import excited_widths

    found = {n: float(w) for n, w in excited_widths(model, mass, coupling).items()}
    return {n: w for n, w in found.items() if w > 0.0}, boson["chi chi"] / sum(boson.values())


def decay_points(
    start: FloatArray,
    direction: FloatArray,
    length: FloatArray,
    volume: tuple[float, float] | None,
    random: FloatArray,
) -> tuple[FloatArray, FloatArray]:
    """Where things decay on straight lines.

    Parameters
    ----------
    start : array, shape (n, 3)
        Where they begin, in cm.
    direction : array, shape (n, 3)
        Unit vectors.
    length : array, shape (n,)
        Mean decay lengths in cm; may be infinite.
    volume : tuple of float or None
        Planes in z between which all decay; None for decays as they are.
    random : array, shape (n,)
        Uniform numbers.

    Returns
    -------
    paths, factor : array, shape (n,)
        Length of the path in cm, infinite where it never ends; and the probability to decay in the
        volume, exp(-a/L) - exp(-b/L) for the paths a and b to its planes, 1 without a volume.
        0 for what flies backwards or begins behind it.
    """
    if volume is None:
        with np.errstate(invalid="ignore"):
            path = -np.log1p(-random) * length
        return np.where(np.isnan(path), np.inf, path), np.ones(len(start))
    ahead = direction[:, 2] > LEAST_ALONG
    along = np.where(ahead, direction[:, 2], 1.0)
    low, high = (np.maximum((plane - start[:, 2]) / along, 0.0) for plane in volume)
    inverse = 1.0 / np.maximum(length, 1e-30)
    inside = -np.expm1(-(high - low) * inverse)
    factor = np.where(ahead & (high > low), np.exp(-low * inverse) * inside, 0.0)
    # For long lengths the logarithm is that of nearly 1: evenly spread.
    turn = (high - low) * inverse
    share = np.where(
        turn > 1e-9, -np.log1p(-random * inside) / np.where(turn > 1e-9, turn, 1.0), random
    )
    return low + np.minimum(share, 1.0) * (high - low), factor


def fly(flight: Flight, boson: FloatArray, place: FloatArray, random: np.random.Generator) -> Flown:
    """Let bosons fly and decay.

    Parameters
    ----------
    flight : Flight
        What flies.
    boson : array, shape (n, 4)
        Four-vectors of the bosons in GeV.
    place : array, shape (n, 3)
        Where they are made, in cm.
    random : Generator
        Random numbers.

    Returns
    -------
    Flown
        Decays; the path is infinite where there is none.
    """
    count = len(boson)
    flyer, companion = boson, np.zeros((count, 4))
    if flight.excited:
        light, heavy = (np.full(count, m) for m in dark_masses(flight.model, flight.mass))
        whole = np.maximum(invariant_mass(boson), light + heavy)
        flyer, companion = two_body(boson, whole, heavy, light, random.random((count, 2)))
    momentum, direction = direction_of(flyer)
    mass = dark_masses(flight.model, flight.mass)[1] if flight.excited else flight.mass
    length = momentum / mass * (HBARC_GEV_CM / flight.width)
    path, factor = decay_points(place, direction, length, flight.volume, random.random(count))
    reach = np.where(np.isfinite(path), path, 1e12)
    point = place + reach[:, None] * direction
    shares = np.array(flight.shares)
    covered = float(shares.sum())
    edges = np.cumsum(shares / covered)[:-1]
    channel = np.searchsorted(edges, random.random(count), side="right").astype(np.int64)
    made = []
    for number, decay in enumerate(flight.channels):
        rows = np.nonzero(channel == number)[0]
        vectors = decay.draw(flyer[rows], flight.model, flight.mass, random)
        made.append((decay, rows, vectors))
    return Flown(
        flyer, companion, point, channel, tuple(made), factor * covered * flight.before
    )  # fmt: skip


def read_volume(value: Any) -> tuple[float, float] | None:
    """Planes of a volume in cm, checked; None for none.

    Raises
    ------
    ArgumentError
        If they are not two ascending, finite numbers.
    """
    if value is None:
        return None
    try:
        low, high = (float(v) for v in value)
    except (TypeError, ValueError):
        raise ArgumentError(f"decay volume '{value}': give two planes in cm, or 'free'.") from None
    if not (math.isfinite(low) and math.isfinite(high) and 0.0 <= low < high):
        raise ArgumentError(
            f"decay volume from {low:g} to {high:g} cm: give two planes along the beam, counted "
            "from the front of the target, the second behind the first."
        )
    return low, high
