"""Yield of a search whose cuts on the scattered lepton are computed one by one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...ground.arrays import FloatArray
from .base import ProcessYield

__all__ = ["AcceptedYield"]


@dataclass(frozen=True, slots=True, eq=False)
class AcceptedYield:
    """Yield of a process with the share of the bosons that is left after each cut.

    Parameters
    ----------
    inner : ProcessYield
        Events per beam particle, all cuts applied.
    production : array of float, shape (n_masses,)
        Bosons made per beam particle at g = e.
    flow : array of float, shape (n_masses, n_cuts)
        Share of them that is left after each cut.
    cuts : tuple of str
        Names of the cuts.
    """

    inner: ProcessYield
    production: FloatArray
    flow: FloatArray
    cuts: tuple[str, ...]

    @property
    def acceptance(self) -> FloatArray:
        """Share of the bosons made that passes all cuts."""
        return np.asarray(self.flow[:, -1])

    @property
    def flies(self) -> bool:
        """Whether where the boson decays decides, so that the signal can fall with the coupling."""
        return bool(getattr(self.inner, "flies", False))

    def per_particle(self, coupling: FloatArray) -> FloatArray:
        """Events per beam particle, see `ProcessYield`."""
        return self.inner.per_particle(coupling)
