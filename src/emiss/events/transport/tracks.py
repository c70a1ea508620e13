"""Track lengths in a thick target by Monte Carlo, to hold against those of `physics.shower`."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from ...ground.arrays import FloatArray
from ...ground.errors import EmissError, UnknownNameError, ValidityError
from ...physics.materials import Material
from .geometry import Slab, Stack
from .inputs import Beam, Chunk, Settings, TrackBins
from .simulate import simulate

__all__ = ["SampledTrackLengths", "tracks_montecarlo"]


PARTICLES = ("e-", "e+", "gamma")
CHUNK = 2000
"""Events of a chunk."""
_DEEP = 400.0
_SINGLE: Final = 0.15
"""Largest loss that is lumped with others, over the width of the bin below the beam energy."""
_FINEST: Final = 5e-3
"""Energy in GeV from which on losses are simulated one by one in the narrowest of bins."""


@dataclass(frozen=True, slots=True, eq=False)
class SampledTrackLengths:
    """Track length per primary in bins of energy, with statistical errors.

    Parameters
    ----------
    material : Material
        Target.
    primary : str
        "e-", "e+" or "gamma".
    energy, min_energy : float
        Beam energy and lowest energy in GeV.
    events, seed : int
        Number of primaries and seed.
    edges : array, shape (n+1,)
        Bin edges in GeV.
    lengths, errors : array, shape (3, n)
        Track length in each bin and its statistical error, for e-, e+, gamma, in radiation
        lengths per primary.
    depth_edges : array, shape (d+1,)
        Edges in depth in radiation lengths.
    by_depth : array, shape (3, d, n)
        Track length in cells of depth and energy.
    events_per_second : float
        Primaries per second of processor time, compilation and tables left out.
    """

    material: Material
    primary: str
    energy: float
    min_energy: float
    events: int
    seed: int
    edges: FloatArray
    lengths: FloatArray
    errors: FloatArray
    depth_edges: FloatArray
    by_depth: FloatArray
    events_per_second: float

    def _index(self, particle: str) -> int:
        if particle not in PARTICLES:
            raise UnknownNameError("particle", particle, PARTICLES)
        return PARTICLES.index(particle)

    def above(self, energy: ArrayLike, particle: str) -> FloatArray:
        """Track length above an energy.

        Parameters
        ----------
        energy : array_like
            GeV, not below `min_energy`.
        particle : "e-", "e+" or "gamma"
            Species.

        Returns
        -------
        array
            Radiation lengths per primary; linear between the edges.

        Raises
        ------
        ValidityError
            If an energy is below the lowest.
        UnknownNameError
            If the particle is unknown.
        """
        asked = np.asarray(energy, dtype=np.float64)
        if not np.all(asked >= self.min_energy * (1 - 1e-12)):
            raise ValidityError(
                f"tracks were followed down to {self.min_energy:g} GeV, asked for "
                f"{float(np.min(asked)):g} GeV; simulate again with a lower min_energy."
            )
        row = self.lengths[self._index(particle)]
        cumulative = np.concatenate([np.cumsum(row[::-1])[::-1], [0.0]])
        return np.asarray(np.interp(asked, self.edges, cumulative))

    def differential(self, particle: str) -> tuple[FloatArray, FloatArray]:
        """Differential track length in the bins.

        Parameters
        ----------
        particle : "e-", "e+" or "gamma"
            Species.

        Returns
        -------
        tuple of array, shape (n,)
            dL/dE and its error in radiation lengths per GeV per primary.

        Raises
        ------
        UnknownNameError
            If the particle is unknown.
        """
        which, width = self._index(particle), np.diff(self.edges)
        return self.lengths[which] / width, self.errors[which] / width


def _check(primary: str, energy: float, min_energy: float, events: int) -> None:
    if primary not in PARTICLES:
        raise UnknownNameError("particle", primary, PARTICLES)
    if not 1.0 <= energy <= 500.0:
        raise ValidityError(f"tracks: beam energy {energy:g} GeV is outside 1 to 500 GeV.")
    if not 0.01 <= min_energy <= 0.99 * energy:
        raise ValidityError(
            f"tracks: lowest energy {min_energy:g} GeV is outside 0.01 GeV to 0.99 of the beam "
            f"energy ({0.99 * energy:g} GeV)."
        )
    if events < 1:
        raise EmissError(f"tracks: {events} events; give at least one.")


def tracks_montecarlo(
    material: Material,
    primary: str,
    energy: float,
    min_energy: float = 0.5,
    *,
    events: int = 10_000,
    seed: int = 1,
    edges: ArrayLike | None = None,
    depth_x0: float | None = None,
    slices: int = 1,
) -> SampledTrackLengths:
    """Sample track lengths of a shower.

    Parameters
    ----------
    material : Material
        Target; the layers of a sandwich with a length are followed one by one, a homogeneous
        material is 400 X0 deep unless `depth_x0` says otherwise, and infinitely wide.
    primary : "e-", "e+" or "gamma"
        Beam particle.
    energy : float
        Beam energy in GeV, 1 to 500.
    min_energy : float
        Lowest kinetic energy in GeV; particles below it are dropped.
    events : int
        Number of primaries.
    seed : int
        Seed; the result depends on it and the number of events, not on how the work is split.
    edges : array_like, optional
        Bin edges in GeV, ascending, from `min_energy`; 40 even in ln E by default.
    depth_x0 : float, optional
        Depth of a homogeneous target in radiation lengths.
    slices : int
        Slices in depth of the tally.

    Returns
    -------
    SampledTrackLengths
        Track lengths with errors.

    Raises
    ------
    ValidityError
        If an energy is outside its range or the edges do not ascend.
    UnknownNameError
        If the primary is unknown.
    EmissError
        If there is no event.
    """
    _check(primary, energy, min_energy, events)
    length = material.radiation_length_cm
    stack = _target(material, depth_x0)
    bins = _bins(edges, energy, min_energy)
    tally = TrackBins(tuple(bins.tolist()), stack.depth / slices, slices)
    settings, beam = _settings(bins, min_energy), Beam(primary, energy)
    simulate(stack, beam, 1, seed=seed, settings=settings, bins=tally)
    start = time.process_time()
    chunks = _chunks(stack, beam, events, seed, settings, tally)
    seconds = max(time.process_time() - start, 1e-9)
    mean, error = _moments(chunks, events)
    return SampledTrackLengths(
        material,
        primary,
        energy,
        min_energy,
        events,
        seed,
        bins,
        mean / length,
        error / length,
        np.linspace(0.0, stack.depth / length, slices + 1),
        np.asarray(sum(c.tracks for c in chunks)) / events / length,
        events / seconds,
    )


def _target(material: Material, depth_x0: float | None) -> Stack:
    if material.layers:
        return Stack.sandwich(material)
    return Stack((Slab(material, (depth_x0 or _DEEP) * material.radiation_length_cm),))


def _bins(edges: ArrayLike | None, energy: float, min_energy: float) -> FloatArray:
    """Edges between the lowest and the beam energy."""
    if edges is None:
        return np.geomspace(min_energy, energy, 41)
    bins = np.array(edges, dtype=np.float64)
    bins[0], bins[-1] = max(bins[0], min_energy), min(bins[-1], energy)
    return bins


def _settings(bins: FloatArray, min_energy: float) -> Settings:
    """Settings that lump only losses well below the width of the last bin.

    Right below the beam energy the track length falls steeply, as the first loss of the primary
    decides; anywhere else it is smooth over what is lumped.
    """
    single = max(_SINGLE * float(bins[-1] - bins[-2]), _FINEST)
    usual = Settings.above(min_energy)
    if single >= min_energy:
        return usual
    before = usual.thresholds
    fine = replace(before, collision=min(before.collision, single), photon_ceiling=single)
    return replace(usual, thresholds=fine)


def _chunks(
    stack: Stack, beam: Beam, events: int, seed: int, settings: Settings, tally: TrackBins
) -> list[Chunk]:
    return [
        simulate(
            stack,
            beam,
            min(CHUNK, events - first),
            seed=seed,
            chunk=number,
            settings=settings,
            bins=tally,
        )
        for number, first in enumerate(range(0, events, CHUNK))
    ]


def _moments(chunks: list[Chunk], events: int) -> tuple[FloatArray, FloatArray]:
    """Mean per event and its error, from sums and sums of squares."""
    total = sum(chunk.track_sum for chunk in chunks)
    square = sum(chunk.track_square for chunk in chunks)
    mean = np.asarray(total) / events
    if events < 2:
        return mean, np.full_like(mean, math.inf)
    variance = np.maximum(np.asarray(square) / events - mean**2, 0.0)
    return mean, np.sqrt(variance / (events - 1))
