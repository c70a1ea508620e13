"""Calorimeters as homogeneous boxes, and straight lines through them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ...ground import guards
from ...ground.arrays import FloatArray
from ...ground.errors import ValidityError
from ...physics.materials import Material

__all__ = ["Box", "Crossings", "cross", "distance_at", "find"]

_TINY: Final = 1e-12


_ENDS: Final = guards.pair(guards.number(-math.inf, math.inf, "cm"))
_FIELDS: Final = {
    "name": guards.text,
    "material": guards.instance(Material),
    "start": guards.number(-1e30, 1e30, "cm"),
    "end": guards.number(-1e30, 1e30, "cm"),
    "x": _ENDS,
    "y": _ENDS,
    "hole": guards.pair(guards.number(0.0, math.inf, "cm")),
    "e_over_h": guards.number(0.5, 5.0),
}


@dataclass(frozen=True, slots=True)
class Box:
    """One detector as a homogeneous block, perhaps with a hole for the beam.

    Parameters
    ----------
    name : str
        Name of the element.
    material : Material
        Mean composition.
    start, end : float
        Faces along the beam in cm.
    x, y : (float, float)
        Lower and upper edge in cm; infinite where the size is not known.
    hole : (float, float)
        Half width and half height in cm of a hole along the beam, around x = y = 0; 0 for none.
    e_over_h : float
        Response to electromagnetic over that to hadronic energy.
    """

    name: str
    material: Material
    start: float
    end: float
    x: tuple[float, float] = (-math.inf, math.inf)
    y: tuple[float, float] = (-math.inf, math.inf)
    hole: tuple[float, float] = (0.0, 0.0)
    e_over_h: float = 1.0

    def __post_init__(self) -> None:
        guards.check_fields(self, _FIELDS)
        if not self.start < self.end or not self.x[0] < self.x[1] or not self.y[0] < self.y[1]:
            raise ValidityError(
                f"'{self.name}': its faces (start and end, x, y) must be in ascending order."
            )


@dataclass(frozen=True, slots=True, eq=False)
class Crossings:
    """Where straight lines cross boxes.

    Parameters
    ----------
    enter, leave : array, shape (lines, pieces)
        Distances in cm from the start of each line at which it enters and leaves a box, by
        distance; equal where a box is missed. A box with a hole has two pieces.
    box : array of int, shape (lines, pieces)
        Number of the box.
    """

    enter: FloatArray
    leave: FloatArray
    box: NDArray[np.int64]


def _slab(
    low: float, high: float, place: FloatArray, direction: FloatArray
) -> tuple[FloatArray, FloatArray]:
    with np.errstate(invalid="ignore"):
        one, other = (low - place) / direction, (high - place) / direction
    return np.minimum(one, other), np.maximum(one, other)


def _direction(component: FloatArray) -> FloatArray:
    return np.where(np.abs(component) < _TINY, np.copysign(_TINY, component), component)


def cross(boxes: tuple[Box, ...], place: FloatArray, direction: FloatArray) -> Crossings:
    """Cross boxes with straight lines.

    Parameters
    ----------
    boxes : tuple of Box
        The boxes.
    place, direction : array, shape (lines, 3)
        Start in cm and unit vector of each line.

    Returns
    -------
    Crossings
        The pieces of the lines inside boxes, ahead of their start.
    """
    u = _direction(direction)
    enters, leaves, numbers = [], [], []
    for number, box in enumerate(boxes):
        limits = [
            _slab(low, high, place[:, axis], u[:, axis])
            for axis, (low, high) in enumerate((box.x, box.y, (box.start, box.end)))
        ]
        start = np.maximum.reduce([np.zeros(len(place)), *(limit[0] for limit in limits)])
        end = np.maximum(np.minimum.reduce([limit[1] for limit in limits]), start)
        pieces = [(start, end)]
        if box.hole[0] > 0.0:
            first = _slab(-box.hole[0], box.hole[0], place[:, 0], u[:, 0])
            second = _slab(-box.hole[1], box.hole[1], place[:, 1], u[:, 1])
            hole_in = np.clip(np.maximum(first[0], second[0]), start, end)
            hole_out = np.clip(np.minimum(first[1], second[1]), hole_in, end)
            pieces = [(start, hole_in), (hole_out, end)]
        for piece in pieces:
            enters.append(piece[0])
            leaves.append(piece[1])
            numbers.append(np.full(len(place), number))
    enter, leave, which = (np.stack(rows, axis=1) for rows in (enters, leaves, numbers))
    order = np.argsort(enter, axis=1, kind="stable")
    return Crossings(*(np.take_along_axis(a, order, axis=1) for a in (enter, leave, which)))


def distance_at(crossings: Crossings, inverse: FloatArray, depth: FloatArray) -> FloatArray:
    """Distance along lines at which a depth is reached.

    Parameters
    ----------
    crossings : Crossings
        Pieces inside boxes.
    inverse : array, shape (lines, boxes)
        Inverse length in 1/cm of the process in each box.
    depth : array, shape (lines,)
        Depth, such as a number of interaction lengths.

    Returns
    -------
    array, shape (lines,)
        In cm; infinite where the boxes end before.
    """
    rate = np.take_along_axis(inverse, crossings.box, axis=1)
    steps = rate * (crossings.leave - crossings.enter)
    total = np.cumsum(steps, axis=1)
    reached = total >= depth[:, None]
    first = np.argmax(reached, axis=1)[:, None]

    def at(array: FloatArray) -> FloatArray:
        return np.take_along_axis(array, first, axis=1)[:, 0]

    missing = at(total) - depth
    found = at(crossings.leave) - missing / np.maximum(at(rate), _TINY)
    return np.where(reached.any(axis=1), found, np.inf)


def find(boxes: tuple[Box, ...], x: FloatArray, y: FloatArray, z: FloatArray) -> NDArray[np.int64]:
    """Box in which points lie.

    Parameters
    ----------
    boxes : tuple of Box
        The boxes.
    x, y, z : array, shape (points,)
        In cm.

    Returns
    -------
    array of int, shape (points,)
        Number of the box; -1 for none.
    """
    found = np.full(x.shape, -1, dtype=np.int64)
    for number, box in enumerate(boxes):
        inside = (z >= box.start) & (z <= box.end) & (x >= box.x[0]) & (x <= box.x[1])
        inside &= (y >= box.y[0]) & (y <= box.y[1])
        if box.hole[0] > 0.0:
            inside &= (np.abs(x) > box.hole[0]) | (np.abs(y) > box.hole[1])
        found[inside & (found < 0)] = number
    return found
