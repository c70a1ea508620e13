"""Hadrons at a place, as arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...ground.arrays import FloatArray
from .spots import Sources

__all__ = ["Hadrons", "turned"]

Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Hadrons:
    """Hadrons, or photons that are about to interact as hadrons do.

    Parameters
    ----------
    event : array of int, shape (hadrons,)
        Number of the event.
    kind : array of int, shape (hadrons,)
        Codes, see `kinds.HADRONS`.
    energy : array, shape (hadrons,)
        Kinetic energy in GeV of baryons, total energy of all others.
    place, direction : array, shape (hadrons, 3)
        Place in cm and unit vector.
    """

    event: Integers
    kind: Integers
    energy: FloatArray
    place: FloatArray
    direction: FloatArray

    @property
    def size(self) -> int:
        """Number of hadrons."""
        return self.event.size

    def chosen(self, rows: NDArray[np.bool_] | Integers) -> Hadrons:
        """Some of them."""
        return Hadrons(self.event[rows], self.kind[rows], self.energy[rows], self.place[rows],
                       self.direction[rows])  # fmt: skip

    def moved(self, distance: FloatArray, loss: FloatArray) -> Hadrons:
        """The same further on, with less energy."""
        place = self.place + distance[:, None] * self.direction
        return Hadrons(self.event, self.kind, self.energy - loss, place, self.direction)

    def sources(self) -> Sources:
        """The same as places where showers start."""
        return Sources(self.event, self.energy, self.place, self.direction)

    @classmethod
    def joined(cls, parts: list[Hadrons]) -> Hadrons:
        """All hadrons of several lists."""
        names = ("event", "kind", "energy", "place", "direction")
        return cls(*(np.concatenate([getattr(p, name) for p in parts]) for name in names))


def turned(axis: FloatArray, slope_x: FloatArray, slope_y: FloatArray) -> FloatArray:
    """Unit vectors with transverse components relative to axes.

    Parameters
    ----------
    axis : array, shape (vectors, 3)
        Unit vectors.
    slope_x, slope_y : array, shape (vectors,)
        Transverse components of the new unit vectors; the longitudinal one is positive.

    Returns
    -------
    array, shape (vectors, 3)
        Unit vectors.
    """
    along = np.sqrt(np.maximum(1.0 - slope_x**2 - slope_y**2, 0.0))
    helper = np.where(np.abs(axis[:, 2:]) < 0.9, [[0.0, 0.0, 1.0]], [[1.0, 0.0, 0.0]])
    first = np.cross(axis, helper)
    first /= np.linalg.norm(first, axis=1)[:, None]
    second = np.cross(axis, first)
    found = along[:, None] * axis + slope_x[:, None] * first + slope_y[:, None] * second
    return np.asarray(found)
