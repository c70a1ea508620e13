"""Track lengths of electrons and positrons in the target, averaged over the beam's momentum."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..experiments.setup import SMEARING_REACH, Setup
from ..ground.arrays import FloatArray

if TYPE_CHECKING:
    from ..physics.shower.tracks import Particle, TrackLengths

__all__ = [
    "BeamTracks",
    "beam_tracks",
    "electrons_met",
    "met_over_mixture",
    "momentum_nodes",
    "table_energy",
    "track_edges",
]


_FLOOR_ROOM = 0.9
"""Lowest energy of the preshower's acceptance over the floor, for the momentum spread."""
SPREAD_CELLS = 24
"""Cells of the track length per `SMEARING_REACH`, above and below the beam energy; a node of the
momentum spread is in the middle of each, closer than the width of a dark-photon resonance. Other
nodes would make a comb of the track length, most of which is right below a particle's energy."""
CELLS = 96
"""Cells of the track length between the lowest energy that can pass and the beam energy."""


@dataclass(frozen=True, slots=True, eq=False)
class BeamTracks:
    """Track length per cell of energy, averaged over the beam's momentum spread.

    Parameters
    ----------
    edges : array of float, shape (n+1,)
        Energies in GeV, ascending.
    electron, positron : array of float, shape (n,)
        Track length per cell in radiation lengths per beam particle.
    annihilating : array of float, shape (n,)
        Probability that the preshower passes if a positron of the cell disappears.
    recoils : array of float, shape (k,)
        Energies in GeV, ascending, of a lepton that made a boson.
    recoiling : array of float, shape (n, k)
        Probability that the preshower passes if an electron or positron of the cell goes on with
        such an energy; linear in the logarithm of the energy between the nodes.
    """

    edges: FloatArray
    electron: FloatArray
    positron: FloatArray
    annihilating: FloatArray
    recoils: FloatArray
    recoiling: FloatArray

    @property
    def centres(self) -> FloatArray:
        """Middles of the cells in GeV."""
        return np.asarray(0.5 * (self.edges[1:] + self.edges[:-1]))


def momentum_nodes(spread: float) -> tuple[FloatArray, FloatArray]:
    """Nodes in standard deviations and weights for the mean over the beam's momentum.

    Parameters
    ----------
    spread : float
        Relative standard deviation of the momentum.

    Returns
    -------
    tuple of array of float, shape (n,)
        Equidistant nodes and weights that sum to 1.
    """
    if spread == 0.0:
        return np.zeros(1), np.ones(1)
    nodes = SMEARING_REACH * (np.arange(2 * SPREAD_CELLS) + 0.5 - SPREAD_CELLS) / SPREAD_CELLS
    weights = np.exp(-0.5 * nodes**2)
    return nodes, weights / weights.sum()


def track_edges(setup: Setup) -> FloatArray:
    """Edges in GeV of cells of energy of the particles that can make a boson, ascending.

    Parameters
    ----------
    setup : Setup
        Beam and threshold.

    Returns
    -------
    array of float, shape (n+1,)
        Even in ln E, with finer cells where the primary's track length is concentrated.
    """
    even = np.geomspace(setup.lowest_energy, setup.highest_energy, CELLS + 1)
    reach = SMEARING_REACH * setup.momentum_spread
    if reach == 0.0:
        loss = np.geomspace(1e-4, 0.1, 25)
        return np.unique(np.concatenate([even, setup.beam_energy * np.exp(-loss)]))
    beam = setup.beam_energy * np.linspace(1.0 - reach, 1.0 + reach, 2 * SPREAD_CELLS + 1)
    below = even[1:][even[1:] < 1.5 * beam[0] - 0.5 * beam[1]]
    return np.concatenate([even[:1], below, beam[beam > even[0]]])


@functools.lru_cache(maxsize=64)
def beam_tracks(setup: Setup) -> BeamTracks:
    """Track lengths of electrons and positrons above the lowest energy that can pass.

    Parameters
    ----------
    setup : Setup
        Beam, dump and threshold.

    Returns
    -------
    BeamTracks
        Track lengths per cell. The shower of a beam particle of energy E_0 (1 + d) is that of E_0
        with all energies scaled by 1 + d, exact but for logarithms of the energy.
    """
    from ..physics.shower import track_lengths

    solution = track_lengths(setup.material, setup.particle, setup.beam_energy, table_energy(setup))
    edges = track_edges(setup)
    scaled, electron = _by_momentum(setup, solution, "e-")
    positron = _by_momentum(setup, solution, "e+")[1]
    centres = 0.5 * (scaled[:, 1:] + scaled[:, :-1]) / setup.beam_energy
    passed = _passed(setup, np.minimum(centres, 1.0), electron, positron)
    return BeamTracks(edges, electron.sum(axis=0), positron.sum(axis=0), *passed)


def _by_momentum(
    setup: Setup, solution: TrackLengths, particle: Particle
) -> tuple[FloatArray, FloatArray]:
    """Energies at the edges of the cells, and weighted track length, by node of the momentum."""
    nodes, weights = momentum_nodes(setup.momentum_spread)
    scaled = track_edges(setup) / (1.0 + setup.momentum_spread * nodes)[:, None]
    return scaled, -weights[:, None] * np.diff(solution.above(scaled, particle), axis=1)


@functools.lru_cache(maxsize=64)
def electrons_met(setup: Setup, elements: tuple[str, ...] | None) -> Mapping[int, FloatArray]:
    """Electrons that the positrons of the shower meet.

    Parameters
    ----------
    setup : Setup
        Beam, dump and threshold.
    elements : tuple of str or None
        Elements whose electrons count; all of the dump's for None.

    Returns
    -------
    mapping of int to array of float, shape (n,)
        Electrons per cm^2 and beam particle by atomic number, in the cells of `track_edges`.

    Notes
    -----
    A beam positron meets the electrons of the first layer first, while it has all its energy: in a
    sandwich of lead and plastic it meets 3.6 % fewer with more than 0.9 of its energy than in the
    mixture, 1.6 % fewer with more than half of it. Positrons that the shower of an electron makes
    lie so deep that layers average out (1e-5 with more than half of the energy): they are taken to
    meet the mixture.
    """
    from ..physics.processes.atomic_electrons import electrons_by_element

    material = setup.material
    counted = electrons_by_element(material, elements)
    if not _layers_matter(setup):
        tracks = beam_tracks(setup).positron
        return {number: each * tracks for number, each in counted.items()}
    from ..physics.shower.layers import layer_tracks

    beam = setup.particle, setup.beam_energy, table_energy(setup)
    found = {number: np.zeros(track_edges(setup).size - 1) for number in counted}
    for (layer, _), solution in zip(material.layers, layer_tracks(material, *beam), strict=True):
        tracks = _by_momentum(setup, solution, "e+")[1].sum(axis=0)
        for number, each in electrons_by_element(layer).items():
            if number in found:
                found[number] += each * tracks
    return found


def met_over_mixture(setup: Setup, energies: FloatArray) -> FloatArray:
    """Electrons on which bosons are made that positrons meet, over those of the mean composition.

    Parameters
    ----------
    setup : Setup
        Beam, dump and threshold.
    energies : array of float
        Energies of the positron in GeV.

    Returns
    -------
    array of float
        Ratio, linear between the middles of the cells of `track_edges`; 1 without layers.
    """
    if not _layers_matter(setup):
        return np.ones_like(energies)
    tracks = beam_tracks(setup)
    even = tracks.positron * setup.electrons
    met = sum(electrons_met(setup, setup.producing or None).values(), np.zeros_like(even))
    ratio = np.divide(met, even, out=np.ones_like(even), where=even > 0.0)
    return np.asarray(np.interp(energies, tracks.centres, ratio))


def _layers_matter(setup: Setup) -> bool:
    """Whether positrons are met in front, where one layer comes before the other."""
    return setup.particle == "e+" and bool(setup.material.layers)


def _passed(
    setup: Setup, fraction: FloatArray, electron: FloatArray, positron: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Acceptance of the preshower per cell, averaged over the momentum spread."""
    cells = fraction.shape[1]
    if setup.min_preshower_energy == 0.0:
        ends = np.array([1e-4, 1.0]) * setup.beam_energy
        return np.ones(cells), ends, np.ones((cells, 2))
    from .acceptance.preshower import load_acceptance
    from .acceptance.preshower_table import FirstLayers

    share = setup.floor / setup.beam_energy
    acceptance = load_acceptance(
        FirstLayers.of(setup),
        setup.beam_energy,
        min(_FLOOR_ROOM, 1.0 / (1.0 + 8.0 * setup.momentum_spread)) * share,
    )
    vanished = acceptance.positrons_vanished(setup.particle)
    annihilating = acceptance.node_weights(fraction, positron) @ vanished
    recoiling = acceptance.node_weights(fraction, electron + positron) @ acceptance.recoiled
    return annihilating, acceptance.recoils * setup.beam_energy, recoiling


def table_energy(setup: Setup) -> float:
    """Lowest energy in GeV of the cascade solution, with room for the momentum spread."""
    room = 1.0 + 8.0 * setup.momentum_spread
    return max(0.1, min(setup.floor / room, 0.9 * setup.beam_energy))
