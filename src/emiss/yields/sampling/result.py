"""A sampled yield with its statistical error, where all bosons count alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ...ground.arrays import FloatArray
from ..processes.base import ProcessYield

__all__ = ["SampledYield"]


@dataclass(frozen=True, slots=True, eq=False)
class SampledYield:
    """Yield that is a number of bosons times a function of the coupling.

    Parameters
    ----------
    mean : ProcessYield
        Yield of the mean number.
    deviation : ProcessYield
        The same of its statistical standard deviation.
    size : array of float, shape (n_masses,)
        Number of bosons of equal weight with the same statistical error.
    cuts : tuple of str
        Names of cuts that were computed one by one; empty for searches without.
    flow : array of float, shape (n_masses, n_cuts), optional
        Share of the bosons made that is left after each of them.
    warnings : tuple of str
        What the yield lacks, in sentences for the user.
    """

    mean: ProcessYield
    deviation: ProcessYield
    size: FloatArray
    cuts: tuple[str, ...] = ()
    flow: Any = None
    warnings: tuple[str, ...] = ()

    @property
    def flies(self) -> bool:
        """Whether where the boson decays decides."""
        return bool(getattr(self.mean, "flies", False))

    def per_particle(self, coupling: FloatArray) -> FloatArray:
        """Events per beam particle, see `ProcessYield`."""
        return self.mean.per_particle(coupling)

    def error(self, coupling: FloatArray) -> FloatArray:
        """Statistical standard deviation of `per_particle`."""
        return self.deviation.per_particle(coupling)

    def effective_size(self, coupling: FloatArray) -> FloatArray:
        """Number of bosons of equal weight with the same error: at every coupling the same."""
        return np.broadcast_to(self.size, coupling.shape)
