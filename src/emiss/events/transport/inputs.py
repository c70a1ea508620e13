"""What a simulation of the transport is asked for, and what it gives."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from ...ground.arrays import FloatArray
from ...ground.errors import UnknownNameError, ValidityError
from .tables import Thresholds

__all__ = ["BALANCE", "ENERGIES", "EXITS", "KINDS", "Beam", "Chunk", "Settings", "TrackBins"]


KINDS = ("e-", "e+", "gamma", "mu-", "mu+")
"""Particles that can be followed."""
BALANCE = ("front", "back", "side", "cut", "lost", "nuclear")
"""Where energy goes that is not left in a slab, in GeV; ``lost`` is a number of overflows, and
``nuclear`` holds what muons give to nuclei and the mass of those that stop."""
EXITS = ("event", "kind", "energy", "x", "y", "z", "ux", "uy", "uz", "face")
"""Columns of what leaves a stack: number of the event from 0, place in `KINDS`, energy in GeV
(kinetic for e- and e+, total for muons), place in cm, direction, place in `BALANCE` of the face."""
ENERGIES = (1e-3, 1000.0)
"""Beam energies in GeV."""


@dataclass(frozen=True, slots=True)
class Beam:
    """Pencil beam along z onto the first slab.

    Parameters
    ----------
    particle : str
        One of `KINDS`.
    energy : float
        Energy in GeV (kinetic for e- and e+, total for muons).
    x, y : float
        Impact point in cm.
    """

    particle: str
    energy: float
    x: float = 0.0
    y: float = 0.0

    def __post_init__(self) -> None:
        if self.particle not in KINDS:
            raise UnknownNameError("particle", self.particle, KINDS)
        low, high = ENERGIES
        if not low <= self.energy <= high:
            raise ValidityError(
                f"beam energy {self.energy:g} GeV is outside {low:g} to {high:g} GeV."
            )

    def rows(self, events: int) -> FloatArray:
        """Particles for the kernel, shape (events, 9): E, x, y, z, direction, kind, slab."""
        row = [self.energy, self.x, self.y, 0.0, 0.0, 0.0, 1.0, KINDS.index(self.particle), 0.0]
        return np.tile(np.array(row), (events, 1))


@dataclass(frozen=True, slots=True)
class Settings:
    """How finely the transport follows.

    Parameters
    ----------
    thresholds : Thresholds
        What is simulated one by one.
    cut : float
        Kinetic energy in GeV below which particles are dropped and counted as ``cut``; 0 for none.
    lepton_cut, photon_cut : float
        Kinetic energies in GeV below which particles leave their energy on the spot.
    range_limit : float
        Below this kinetic energy in GeV a lepton that cannot reach a face stops at once.
    dimuons : bool
        Whether photons convert to muon pairs.
    dimuon_bias : float
        Factor by which they do it more often, at most in half of all interactions of a photon;
        `Chunk.weight` undoes it.
    """

    thresholds: Thresholds = field(default_factory=Thresholds)
    cut: float = 0.0
    lepton_cut: float = 1e-4
    photon_cut: float = 3e-5
    range_limit: float = 1e-3
    dimuons: bool = False
    dimuon_bias: float = 1.0

    @classmethod
    def above(cls, cut: float) -> Settings:
        """Settings for particles above a cut that is far above the critical energy.

        Parameters
        ----------
        cut : float
            Kinetic energy in GeV.

        Returns
        -------
        Settings
            Collisions below the cut, and photons below it that have less than 5 % of the lepton's
            energy, are lumped with their mean and variance.
        """
        return cls(Thresholds(min(cut, 10.0), 1e-4, 0.05, cut), cut)


@dataclass(frozen=True, slots=True)
class TrackBins:
    """Bins of the track-length tally.

    Parameters
    ----------
    edges : tuple of float
        Energies in GeV, ascending.
    depth : float
        Depth of a slice in cm.
    slices : int
        Number of slices; what lies behind is left out of the tally in depth only.
    """

    edges: tuple[float, ...]
    depth: float = 1e9
    slices: int = 1


@dataclass(frozen=True, slots=True, eq=False)
class Chunk:
    """What a chunk of events left.

    Parameters
    ----------
    events : int
        Number of events.
    balance : array, shape (events, 6)
        Energy in GeV that left the slabs, see `BALANCE`.
    slab_sum : array, shape (slabs,)
        Energy left in each slab, summed over events, GeV.
    slabs : array, shape (events or 0, slabs)
        Energy left in each slab by each event, if asked for.
    cell_sum : array, shape (sections, rows, columns)
        Energy left in each cell, summed over events, GeV.
    cells : array, shape (events or 0, sections, rows, columns)
        Energy left in each cell by each event, if asked for.
    tracks : array, shape (3, slices, bins)
        Track length in cm of e-, e+, gamma, summed over events.
    track_sum, track_square : array, shape (3, bins)
        Sum over events of the track length in cm, and of its square.
    weight : array, shape (events,)
        Weight of each event; 1 where nothing is biased.
    exits : array, shape (particles, 10)
        Particles that left, if asked for, see `EXITS`. What fits of sub-showers leak is energy
        without particles and not among them.
    emissions : array, shape (events or 0, 12)
        Places of emission that were chosen, if asked for, see `emission.EMISSIONS`.
    removals : array, shape (steps, 8)
        Steps of leptons that were noted, if asked for, see `removals.REMOVALS`.
    """

    events: int
    balance: FloatArray
    slab_sum: FloatArray
    slabs: FloatArray
    cell_sum: FloatArray
    cells: FloatArray
    tracks: FloatArray
    track_sum: FloatArray
    track_square: FloatArray
    weight: FloatArray
    exits: FloatArray
    emissions: FloatArray
    removals: FloatArray
