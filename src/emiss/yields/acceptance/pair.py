"""Acceptance of a calorimeter behind a decay volume for both daughters of a boson."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Self

import numpy as np

from ...experiments.setup import Window
from ...ground import constants as const
from ...ground.arrays import FloatArray
from ...physics.processes.decay_in_flight import pair_acceptance

__all__ = ["PairAcceptance"]


_NODES = 6
_SAMPLES = 1024


@dataclass(frozen=True, slots=True)
class PairAcceptance:
    """Share of e+ e- pairs inside a square, from the farthest decay: a lower bound.

    Parameters
    ----------
    distance : float
        From the start of the decay volume to the square, in cm.
    half_size : float
        Half of its side in cm.
    """

    distance: float
    half_size: float

    @classmethod
    def of(cls, window: Window) -> Self:
        """Acceptance of a decay window with a calorimeter behind."""
        return cls(window.calorimeter - window.start, window.half_size)

    def at(self, masses: FloatArray, energies: FloatArray) -> FloatArray:
        """Acceptance at masses and energies, see `Acceptance`."""
        # Smooth in the energy, at which it is close to 1: a few nodes, linear in 1/E, are enough.
        count = min(_NODES, len(energies))
        chosen = np.unique(np.linspace(0, len(energies) - 1, count).round().astype(int))
        nodes = _sampled(
            self.distance,
            self.half_size,
            np.asarray(masses, dtype=np.float64).tobytes(),
            np.asarray(energies[chosen], dtype=np.float64).tobytes(),
        )
        found = np.empty(energies.shape)
        for column, mass in enumerate(nodes.T):
            inverse = -1.0 / energies[:, column]
            found[:, column] = np.interp(inverse, inverse[chosen], mass)
        return found


@functools.lru_cache(maxsize=16)
def _sampled(distance: float, half_size: float, masses: bytes, energies: bytes) -> FloatArray:
    """`pair_acceptance` of e+ e-, kept: arrays come as bytes, energies (nodes, masses)."""
    mass = np.frombuffer(masses)
    energy = np.frombuffer(energies).reshape(-1, mass.size)
    return pair_acceptance(
        mass,
        energy,
        distance,
        half_size,
        daughter_mass=const.ELECTRON_MASS,
        samples=_SAMPLES,
    )
