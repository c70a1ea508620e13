"""What decides the yield per beam particle: beam, dump and threshold of one or several runs."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..ground.errors import ValidityError

if TYPE_CHECKING:
    from ..experiments import Experiment, Run
    from ..materials import Material

__all__ = ["BeamTracks", "Setup", "beam_tracks", "setup_of"]

FloatArray = NDArray[np.float64]

_FLOOR_ROOM = 0.9
"""Lowest energy of the preshower's acceptance over the floor, for the momentum spread."""
BEAM_NODES = 41
"""Equidistant nodes for the momentum spread: closer than the width of a dark-photon resonance."""
THRESHOLD_NODES = 5
"""Gauss-Hermite nodes for the smeared threshold; the yield is smooth in it, 3 would do."""
SMEARING_REACH = 4.0
"""Standard deviations below the threshold from which tracks are still counted."""
FLOORS = (0.3, 0.1, 0.03, 0.01)
"""Lowest energies over beam energy: everything but the threshold is prepared from the highest of
these below it, so that a change of threshold finds it ready."""
CELLS = 96
"""Cells of the track length between the lowest energy that can pass and the beam energy."""


@dataclass(frozen=True, slots=True)
class Setup:
    """Beam, dump and threshold.

    Parameters
    ----------
    particle : str
        Beam particle.
    beam_energy : float
        Energy in GeV.
    momentum_spread : float
        Relative standard deviation of the beam momentum.
    material : Material
        Mean composition of the dump.
    min_missing_energy : float
        Missing energy in GeV from which an event passes: beam energy minus the largest energy left.
    threshold_smearing : float
        Standard deviation in GeV of the missing energy at the threshold: resolution of the
        calorimeter and momentum spread, in quadrature.
    min_preshower_energy : float
        Energy in GeV asked for in the first layers of the dump; 0 asks for nothing.
    preshower_depth : float
        Depth of these layers in radiation lengths.
    """

    particle: str
    beam_energy: float
    momentum_spread: float
    material: Material
    min_missing_energy: float
    threshold_smearing: float
    min_preshower_energy: float = 0.0
    preshower_depth: float = 0.0

    @property
    def floor(self) -> float:
        """Energy in GeV from which the shower is prepared, for this and for similar thresholds."""
        for share in FLOORS:
            if share * self.beam_energy <= self.lowest_energy:
                return share * self.beam_energy
        return self.lowest_energy

    def at_floor(self) -> Setup:
        """Return the same beam and dump with a sharp threshold at the floor."""
        return replace(self, min_missing_energy=self.floor, threshold_smearing=0.0)

    @property
    def lowest_energy(self) -> float:
        """Energy in GeV below which nothing passes."""
        return self.min_missing_energy - SMEARING_REACH * self.threshold_smearing

    def thresholds(self) -> tuple[FloatArray, FloatArray]:
        """Threshold energies in GeV and their weights, which sum to 1."""
        nodes, weights = _normal_nodes(THRESHOLD_NODES)
        return self.min_missing_energy + self.threshold_smearing * nodes, weights

    def pass_probability(self, missing_energy: FloatArray) -> FloatArray:
        """Probability that an event of the given true missing energy in GeV passes."""
        if self.threshold_smearing == 0.0:
            return np.where(missing_energy >= self.min_missing_energy, 1.0, 0.0)
        pull = (missing_energy - self.min_missing_energy) / self.threshold_smearing
        return np.array([0.5 * math.erfc(-z / math.sqrt(2.0)) for z in pull])


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


@functools.cache
def _normal_nodes(count: int) -> tuple[FloatArray, FloatArray]:
    nodes, weights = np.polynomial.hermite_e.hermegauss(count)
    return nodes, weights / weights.sum()


def _momentum_nodes(spread: float) -> tuple[FloatArray, FloatArray]:
    if spread == 0.0:
        return np.zeros(1), np.ones(1)
    nodes = np.linspace(-SMEARING_REACH, SMEARING_REACH, BEAM_NODES)
    weights = np.exp(-0.5 * nodes**2)
    return nodes, weights / weights.sum()


def setup_of(experiment: Experiment, run: Run) -> Setup:
    """Setup of one run.

    Parameters
    ----------
    experiment : Experiment
        The experiment.
    run : Run
        One of its runs.

    Returns
    -------
    Setup
        What decides the yield per beam particle.

    Raises
    ------
    ValidityError
        If the threshold leaves nothing to look for.
    """
    if run.selection.mode != "missing-energy":
        raise ValidityError(
            f"run {run.period}: a {run.selection.mode} selection has no missing-energy threshold."
        )
    energy = experiment.beam.energy.value
    left = run.selection.max_calorimeter_energy.value
    spread = experiment.beam.momentum_spread.value
    smearing = math.hypot(float(run.selection.resolution(left)), spread * energy)
    setup = Setup(
        experiment.beam.particle,
        energy,
        spread,
        experiment.dump.material,
        energy - left,
        smearing,
        *_preshower(experiment, run),
    )
    if not 0.0 < setup.lowest_energy < energy:
        raise ValidityError(
            f"run {run.period}: at most {left:g} GeV left of {energy:g} GeV, smeared by "
            f"{smearing:.3g} GeV; the missing energy must stay above 0 within "
            f"{SMEARING_REACH:g} standard deviations."
        )
    return setup


def _preshower(experiment: Experiment, run: Run) -> tuple[float, float]:
    """Energy in GeV and depth in radiation lengths that a run asks of the first layers."""
    asked = run.selection.preshower if run.selection.mode == "missing-energy" else None
    if asked is None or asked[0].value == 0.0:
        return 0.0, 0.0
    least, length = asked
    dump = experiment.dump
    known = dump.length is not None or dump.layers or dump.material.length is not None
    if known and length.value > dump.length_cm:
        raise ValidityError(
            f"run {run.period}: the first layers are {length.text} deep, the whole dump "
            f"{dump.length_cm:g} cm; preshower_depth must be a part of it."
        )
    return least.value, length.value / dump.material.radiation_length_cm


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
    from ..shower import track_lengths

    solution = track_lengths(
        setup.material, setup.particle, setup.beam_energy, _table_energy(setup)
    )
    top = setup.beam_energy * (1.0 + SMEARING_REACH * setup.momentum_spread)
    # Even in ln E, with finer cells where the primary's track length is concentrated.
    edges = np.unique(
        np.concatenate(
            [
                np.geomspace(setup.lowest_energy, top, CELLS + 1),
                setup.beam_energy * np.exp(-np.geomspace(1e-4, 0.1, 25)),
            ]
        )
    )
    nodes, weights = _momentum_nodes(setup.momentum_spread)
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
    from ..shower.preshower import load_acceptance

    share = setup.floor / setup.beam_energy
    acceptance = load_acceptance(
        setup.material,
        setup.particle,
        setup.beam_energy,
        (setup.min_preshower_energy, setup.preshower_depth),
        min(_FLOOR_ROOM, 1.0 / (1.0 + 8.0 * setup.momentum_spread)) * share,
    )
    annihilating = acceptance.node_weights(fraction, positron) @ acceptance.vanished
    recoiling = acceptance.node_weights(fraction, electron + positron) @ acceptance.recoiled
    return annihilating, acceptance.recoils * setup.beam_energy, recoiling


def _table_energy(setup: Setup) -> float:
    """Lowest energy of the cascade solution, with room for the scaling of the momentum spread."""
    room = 1.0 + 8.0 * setup.momentum_spread
    return max(0.1, min(setup.floor / room, 0.9 * setup.beam_energy))
