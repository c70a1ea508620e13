"""Spots of energy of electromagnetic and of soft hadronic showers in boxes.

Longitudinally an electromagnetic shower follows a gamma distribution in radiation lengths,

    dE/dt = E b (b t)^(a-1) exp(-b t) / Gamma(a),   b = 0.5,   (a-1)/b = ln(E/E_c) + 0.5

(Longo and Sestili, as given by the Particle Data Group; 1 to 100 GeV), laterally a core and a halo,
2 r R^2/(r^2 + R^2)^2, in Moliere radii. What hadrons below the cut of the cascade leave is spread
over a fraction of an interaction length; how it fluctuates and what of it is seen is assumed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ...ground.arrays import FloatArray
from .boxes import Box, Crossings, cross, distance_at, find

__all__ = ["Sources", "Spots", "electromagnetic", "join", "soft_hadronic"]

SCALE_ENERGY: Final = 0.0212
"""E_s = m_e sqrt(4 pi/alpha) in GeV; the Moliere radius is X0 E_s/E_c."""
CORE, HALO, HALO_SHARE = 0.25, 1.0, 0.09
"""Radii R of core and halo in Moliere radii, and share of the halo: 90 % lie within one Moliere
radius and 99 % within 3.5, as the Particle Data Group says of electromagnetic showers."""
SOFT_LENGTH, SOFT_WIDTH = 0.35, 0.25
"""Mean depth and lateral spread, in interaction lengths, of what soft hadrons leave; assumed."""
SOFT_SPREAD: Final = 0.5
"""Relative spread of what is seen of 1 GeV of soft hadrons, falls with 1/sqrt(E); assumed."""
_STEP: Final = 0.25
_MOST: Final = 40


@dataclass(frozen=True, slots=True, eq=False)
class Sources:
    """Where showers start.

    Parameters
    ----------
    event : array of int, shape (showers,)
        Number of the event.
    energy : array, shape (showers,)
        In GeV.
    place, direction : array, shape (showers, 3)
        Start in cm and unit vector.
    """

    event: NDArray[np.int64]
    energy: FloatArray
    place: FloatArray
    direction: FloatArray

    @classmethod
    def joined(cls, parts: list[Sources]) -> Sources:
        """All showers of several lists."""
        names = ("event", "energy", "place", "direction")
        return cls(*(np.concatenate([getattr(p, name) for p in parts]) for name in names))


@dataclass(frozen=True, slots=True, eq=False)
class Spots:
    """Energy at points.

    Parameters
    ----------
    event : array of int, shape (spots,)
        Number of the event.
    box : array of int, shape (spots,)
        Number of the box; -1 for energy that left all boxes.
    place : array, shape (spots, 3)
        In cm.
    deposit : array, shape (spots,)
        Energy in GeV.
    visible : array, shape (spots,)
        Energy in GeV of an electron that would be seen alike, sampling not included.
    """

    event: NDArray[np.int64]
    box: NDArray[np.int64]
    place: FloatArray
    deposit: FloatArray
    visible: FloatArray


def join(parts: list[Spots]) -> Spots:
    """All spots of several lists."""
    names = ("event", "box", "place", "deposit", "visible")
    return Spots(*(np.concatenate([getattr(p, name) for p in parts]) for name in names))


def electromagnetic(boxes: tuple[Box, ...], sources: Sources, random: np.random.Generator) -> Spots:
    """Spread electromagnetic showers.

    Parameters
    ----------
    boxes : tuple of Box
        The calorimeters.
    sources : Sources
        The showers.
    random : Generator
        Random numbers.

    Returns
    -------
    Spots
        Energies add up to those of the showers, with what left the boxes.
    """
    inverse = np.array([1.0 / box.material.radiation_length_cm for box in boxes])
    critical = np.array([box.material.critical_energy for box in boxes])
    radius = SCALE_ENERGY / (inverse * critical)
    number = np.minimum(4 + sources.energy / _STEP, _MOST).astype(np.int64)
    rows = np.repeat(np.arange(number.size), number)
    crossings = cross(boxes, sources.place, sources.direction)
    first = _first(crossings)
    energy = sources.energy[rows]
    shape = 1.0 + 0.5 * np.maximum(np.log(energy / critical[first[rows]]) + 0.5, 0.1)
    depth = random.gamma(shape, 2.0)
    rates = np.broadcast_to(inverse, (number.size, len(boxes)))
    distance = _at(crossings, rates, rows, depth)
    halo = random.random(rows.size) < HALO_SHARE
    share = random.random(rows.size)
    lateral = np.where(halo, HALO, CORE) * np.sqrt(share / np.maximum(1 - share, 1e-4))
    deposit = energy / number[rows]
    return _scatter(boxes, sources, rows, distance, lateral, radius, deposit, deposit, random)


def soft_hadronic(
    boxes: tuple[Box, ...], sources: Sources, inverse: FloatArray, random: np.random.Generator
) -> Spots:
    """Spread what soft hadrons leave.

    Parameters
    ----------
    boxes : tuple of Box
        The calorimeters.
    sources : Sources
        Energies and places.
    inverse : array, shape (boxes,)
        Inverse interaction length in 1/cm of each box.
    random : Generator
        Random numbers.

    Returns
    -------
    Spots
        What is seen is 1/(e/h) of the energy on average.
    """
    number = np.minimum(2 + sources.energy / _STEP, _MOST).astype(np.int64)
    rows = np.repeat(np.arange(number.size), number)
    crossings = cross(boxes, sources.place, sources.direction)
    rates = np.broadcast_to(inverse, (number.size, len(boxes)))
    depth = SOFT_LENGTH * random.standard_exponential(rows.size)
    distance = _at(crossings, rates, rows, depth)
    lateral = SOFT_WIDTH * np.abs(random.standard_normal(rows.size))
    variance = SOFT_SPREAD**2 / np.maximum(sources.energy, 0.05)
    seen = random.gamma(1.0 / variance, variance)[rows]
    deposit = sources.energy[rows] / number[rows]
    width = 1.0 / inverse
    spots = _scatter(boxes, sources, rows, distance, lateral, width, deposit, deposit, random)
    response = np.array([1.0 / box.e_over_h for box in boxes] + [1.0])
    visible = spots.deposit * seen * response[spots.box]
    return Spots(spots.event, spots.box, spots.place, spots.deposit, visible)


def _first(crossings: Crossings) -> NDArray[np.int64]:
    """Box in which each line has its first piece."""
    inside = crossings.leave > crossings.enter
    first = np.argmax(inside, axis=1)[:, None]
    return np.asarray(np.take_along_axis(crossings.box, first, axis=1)[:, 0])


def _at(
    crossings: Crossings, rates: FloatArray, rows: NDArray[np.int64], depth: FloatArray
) -> FloatArray:
    repeated = Crossings(crossings.enter[rows], crossings.leave[rows], crossings.box[rows])
    return distance_at(repeated, rates[rows], depth)


def _scatter(
    boxes: tuple[Box, ...],
    sources: Sources,
    rows: NDArray[np.int64],
    distance: FloatArray,
    lateral: FloatArray,
    width: FloatArray,
    deposit: FloatArray,
    visible: FloatArray,
    random: np.random.Generator,
) -> Spots:
    """Points at a distance along a line and a lateral distance from it, in units of a box."""
    inside = np.isfinite(distance)
    along = np.where(inside, distance, 0.0)
    point = sources.place[rows] + along[:, None] * sources.direction[rows]
    box = np.where(inside, find(boxes, *_columns(point, sources, rows, along)), -1)
    across = _across(sources.direction[rows], random)
    point = point + (lateral * width[box] * (box >= 0))[:, None] * across
    box = np.where(box >= 0, find(boxes, point[:, 0], point[:, 1], point[:, 2]), -1)
    return Spots(sources.event[rows], box, point, deposit, visible)


def _columns(
    point: FloatArray, sources: Sources, rows: NDArray[np.int64], along: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Coordinates a hair before the point, so that one on a back face lies in its box."""
    back = point - 1e-6 * np.minimum(along, 1.0)[:, None] * sources.direction[rows]
    return back[:, 0], back[:, 1], back[:, 2]


def _across(direction: FloatArray, random: np.random.Generator) -> FloatArray:
    """Random unit vectors across directions."""
    helper = np.where(np.abs(direction[:, 2:]) < 0.9, [[0.0, 0.0, 1.0]], [[1.0, 0.0, 0.0]])
    first = np.cross(direction, helper)
    first /= np.linalg.norm(first, axis=1)[:, None]
    second = np.cross(direction, first)
    angle = 2 * np.pi * random.random(len(direction))
    return np.asarray(np.cos(angle)[:, None] * first + np.sin(angle)[:, None] * second)
