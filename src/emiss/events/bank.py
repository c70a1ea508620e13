"""Particles of a chunk of events, one row each."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ..ground.arrays import FloatArray
from ..ground.constants import ELECTRON_MASS, SPEED_OF_LIGHT_CM_PER_NS
from .kinds import CHARGES, KINDS, MASSES

__all__ = ["ORIGINS", "Bank"]

ORIGINS: Final = (
    "beam",
    "synchrotron radiation",
    "shower",
    "decay",
    "hadronic interaction",
    "signal",
    "dimuon",
    "boson decay",
)
"""Processes that make particles; ``origin`` of a row is a place in this list."""

_ELECTRON, _POSITRON = KINDS.index("e-"), KINDS.index("e+")


@dataclass(frozen=True, slots=True, eq=False)
class Bank:
    """Particles, one row each.

    Parameters
    ----------
    event : array of int64
        Number of the beam particle that it belongs to, from 0 in its chunk.
    kind : array of int8
        Place in `KINDS`.
    energy : array of float
        Total energy in GeV.
    x, y, z : array of float
        Place in cm, from the front of the target, z along the beam behind the last bending magnet
        before it.
    ux, uy, uz : array of float
        Direction, a unit vector.
    time : array of float
        Time in ns, zero when the beam particle of the event would reach the target's front.
    weight : array of float
        Importance weight.
    origin : array of int8
        Place in `ORIGINS`.
    """

    event: NDArray[np.int64]
    kind: NDArray[np.int8]
    energy: FloatArray
    x: FloatArray
    y: FloatArray
    z: FloatArray
    ux: FloatArray
    uy: FloatArray
    uz: FloatArray
    time: FloatArray
    weight: FloatArray
    origin: NDArray[np.int8]

    def __len__(self) -> int:
        return int(self.event.size)

    @classmethod
    def make(
        cls,
        event: Any,
        kind: Any,
        energy: Any,
        place: Sequence[Any],
        direction: Sequence[Any],
        *,
        time: Any = 0.0,
        weight: Any = 1.0,
        origin: Any = 0,
    ) -> Bank:
        """Make a bank of anything that broadcasts against the event numbers.

        Parameters
        ----------
        event, kind, energy : array_like
            Columns, see the class.
        place, direction : sequence of array_like
            x, y, z in cm; ux, uy, uz.
        time, weight, origin : array_like
            Columns, see the class.

        Returns
        -------
        Bank
            The rows.
        """
        rows = np.atleast_1d(np.asarray(event, dtype=np.int64))

        def column(value: Any, form: Any = np.float64) -> NDArray[Any]:
            return np.array(np.broadcast_to(np.asarray(value, dtype=form), rows.shape))

        x, y, z = (column(value) for value in place)
        ux, uy, uz = (column(value) for value in direction)
        return cls(
            rows, column(kind, np.int8), column(energy), x, y, z, ux, uy, uz, column(time),
            column(weight), column(origin, np.int8),
        )  # fmt: skip

    @classmethod
    def empty(cls) -> Bank:
        """No particles."""
        nothing = np.zeros(0)
        return cls.make(nothing, nothing, nothing, [nothing] * 3, [nothing] * 3)

    @classmethod
    def join(cls, banks: Sequence[Bank]) -> Bank:
        """Rows of several banks, one after the other."""
        filled = [bank for bank in banks if len(bank)]
        if not filled:
            return cls.empty()
        if len(filled) == 1:
            return filled[0]
        names = [item.name for item in dataclasses.fields(cls)]
        return cls(*(np.concatenate([getattr(b, name) for b in filled]) for name in names))

    def take(self, rows: NDArray[Any]) -> Bank:
        """Some rows: a mask, or numbers."""
        names = [item.name for item in dataclasses.fields(self)]
        return Bank(*(getattr(self, name)[rows] for name in names))

    def change(self, **columns: Any) -> Bank:
        """The same rows with other columns."""
        return dataclasses.replace(self, **columns)

    @property
    def mass(self) -> FloatArray:
        """Mass in GeV; zero for dark states, whose mass the model knows."""
        return np.asarray(MASSES[self.kind])

    @property
    def charge(self) -> NDArray[np.int8]:
        """Charge in units of that of the positron."""
        return np.asarray(CHARGES[self.kind])

    @property
    def momentum(self) -> FloatArray:
        """Momentum in GeV."""
        return np.asarray(np.sqrt(np.maximum(self.energy**2 - self.mass**2, 0.0)))

    @property
    def available(self) -> FloatArray:
        """Energy in GeV that it can leave.

        Without the mass of an electron, with that of the one with which a positron annihilates.
        """
        rest = np.where(self.kind == _ELECTRON, -ELECTRON_MASS, 0.0)
        return self.energy + rest + np.where(self.kind == _POSITRON, ELECTRON_MASS, 0.0)

    def drift(self, path: FloatArray) -> Bank:
        """The same particles further on, in vacuum.

        Parameters
        ----------
        path : array of float
            Path of each in cm.

        Returns
        -------
        Bank
            With places and times of the end.
        """
        speed = np.maximum(self.momentum / np.maximum(self.energy, 1e-30), 1e-3)
        return self.change(
            x=self.x + path * self.ux,
            y=self.y + path * self.uy,
            z=self.z + path * self.uz,
            time=self.time + path / (speed * SPEED_OF_LIGHT_CM_PER_NS),
        )
