"""A yield from independent batches of showers, with its statistical error."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...ground.arrays import FloatArray
from ..processes.base import ProcessYield

__all__ = ["SampledYield"]


@dataclass(frozen=True, slots=True, eq=False)
class SampledYield:
    """Mean over batches.

    Parameters
    ----------
    batches : tuple of ProcessYield
        Yields of batches of equally many showers.
    effective_size : array of float, shape (n_masses,)
        Number of bosons of equal weight with the same statistical error.
    cuts : tuple of str
        Names of cuts that were computed one by one; empty for searches without.
    flow : array of float, shape (n_masses, n_cuts), optional
        Share of the bosons made that is left after each of them.
    """

    batches: tuple[ProcessYield, ...]
    effective_size: FloatArray
    cuts: tuple[str, ...] = ()
    flow: Any = None

    @property
    def flies(self) -> bool:
        """Whether where the boson decays decides."""
        return bool(getattr(self.batches[0], "flies", False))

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the yield lacks, in sentences for the user."""
        return tuple(getattr(self.batches[0], "warnings", ()))

    def per_particle(self, coupling: FloatArray) -> FloatArray:
        """Events per beam particle, see `ProcessYield`."""
        return np.asarray(np.mean([b.per_particle(coupling) for b in self.batches], axis=0))

    def error(self, coupling: FloatArray) -> FloatArray:
        """Statistical standard deviation of `per_particle`, from the spread of the batches."""
        values = [batch.per_particle(coupling) for batch in self.batches]
        spread = np.std(values, axis=0, ddof=1)
        return np.asarray(spread / math.sqrt(len(self.batches)))
