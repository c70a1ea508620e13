"""Track lengths of electrons and positrons in the target, averaged over the beam's momentum."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np

from ..experiments.setup import SMEARING_REACH, Setup
from ..ground.arrays import FloatArray

__all__ = ["BeamTracks", "beam_tracks", "momentum_nodes", "table_energy", "track_edges"]


_FLOOR_ROOM = 0.9
"""Lowest energy of the preshower's acceptance over the floor, for the momentum spread."""
BEAM_NODES = 41
"""Equidistant nodes for the momentum spread: closer than the width of a dark-photon resonance."""
SPREAD_CELLS = 24
"""Cells between the beam energy and that of the fastest beam particles."""
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
    nodes = np.linspace(-SMEARING_REACH, SMEARING_REACH, BEAM_NODES)
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
    top = setup.highest_energy
    return np.unique(
        np.concatenate(
            [
                np.geomspace(setup.lowest_energy, top, CELLS + 1),
                setup.beam_energy * np.exp(-np.geomspace(1e-4, 0.1, 25)),
                np.linspace(setup.beam_energy, top, SPREAD_CELLS + 1),
            ]
        )
    )


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
    nodes, weights = momentum_nodes(setup.momentum_spread)
    scales = 1.0 + setup.momentum_spread * nodes
    scaled = edges / scales[:, None]
    # Track length by node of the momentum spread and cell.
    electron, positron = (
        -weights[:, None] * np.diff(solution.above(scaled, particle), axis=1)
        for particle in ("e-", "e+")
    )
    centres = 0.5 * (scaled[:, 1:] + scaled[:, :-1]) / setup.beam_energy
    passed = _passed(setup, np.minimum(centres, 1.0), electron, positron)
    return BeamTracks(edges, electron.sum(axis=0), positron.sum(axis=0), *passed)


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
