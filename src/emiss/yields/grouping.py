"""Bosons of all depths and energies gathered in few groups, for decays far behind the target."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from ..experiments.setup import Setup
from ..ground import constants as const
from ..ground.arrays import FloatArray
from .beam_tracks import track_edges
from .production import depth_profile, depth_tracks

if TYPE_CHECKING:
    from ..physics.shower.tracks import Particle

__all__ = [
    "depths_of_leptons",
    "depths_of_moments",
    "depths_of_tracks",
    "grouped",
    "track_moments",
]


ENERGY_GROUPS = 64
"""Groups of boson energies; the energy within a group is its mean."""


def depths_of_tracks(
    setup: Setup, particles: tuple[Particle, ...], energies: FloatArray
) -> FloatArray:
    """Depth of bosons that take all of a particle's energy, as edges of one cell.

    Parameters
    ----------
    setup : Setup
        Beam, target and threshold.
    particles : tuple of str
        Particles of the shower that make the boson.
    energies : array of float, shape (k, m)
        Energies of the boson in GeV.

    Returns
    -------
    array of float, shape (2, k, m)
        Mean -+ sqrt(3) standard deviations in cm, the first may be negative: windows are so far
        behind the target that nothing else of the depth matters. Fast particles are found in
        front, and only fast bosons come far.
    """
    places, moments = track_moments(setup, particles)
    mean = moments[1] / moments[0]
    square = moments[2] / moments[0]
    return depths_of_moments(np.interp(energies, places, mean), np.interp(energies, places, square))


def depths_of_leptons(setup: Setup, energies: FloatArray, masses: FloatArray) -> FloatArray:
    """Depth of bosons of bremsstrahlung, as edges of one cell.

    Parameters
    ----------
    setup : Setup
        Beam, target and threshold.
    energies : array of float, shape (k, m)
        Energies of the boson in GeV.
    masses : array of float, shape (m,)
        Masses in GeV.

    Returns
    -------
    array of float, shape (2, k, m)
        As of `depths_of_tracks`. Tracks of all higher energies make the boson; how much each, is
        taken from the improved Weizsaecker-Williams approximation (arXiv:0906.0580).
    """
    places, moments = track_moments(setup, ("e-", "e+"))
    lepton = places[:, None, None]
    x = np.minimum(energies / lepton, 1.0)
    rest, square = 1.0 - x, np.square(x)
    # Numerator and denominator times x: in place, for this is most of the work.
    made = square * (1.0 / 3.0)
    made += rest
    made *= square
    square *= const.ELECTRON_MASS**2
    rest *= np.square(masses)
    rest += square
    rest *= lepton
    made /= rest
    made[x >= 1.0] = 0.0
    # Above all of them the fastest.
    made[-1] += np.all(x == 1.0, axis=0)
    found = np.einsum("jn,nkm->jkm", moments, made)
    return depths_of_moments(found[1] / found[0], found[2] / found[0])


def depths_of_moments(mean: FloatArray, square: FloatArray) -> FloatArray:
    """Edges of one cell of depth.

    Parameters
    ----------
    mean, square : array of float
        Mean of the depth in cm, and of its square.

    Returns
    -------
    array of float, shape (2, ...)
        Mean -+ sqrt(3) standard deviations in cm.
    """
    half = np.sqrt(3.0 * np.maximum(square - np.square(mean), 0.0))
    return np.stack([mean - half, mean + half])


def track_moments(setup: Setup, particles: tuple[Particle, ...]) -> tuple[FloatArray, FloatArray]:
    """Track length by energy with its moments of depth.

    Parameters
    ----------
    setup : Setup
        Beam, target and threshold.
    particles : tuple of str
        Particles of the shower whose tracks are added.

    Returns
    -------
    tuple of array of float, shapes (n,) and (3, n)
        Energies in GeV, the middles of `track_edges`; and radiation lengths there times powers 0, 1
        and 2 of the depth in cm.
    """
    depths, edges = depth_profile(setup, math.inf).depths_cm, track_edges(setup)
    # A rounding of nothing is no track.
    tracks = np.maximum(depth_tracks(setup, math.inf, particles), 1e-300)
    middle = 0.5 * (depths[1:] + depths[:-1])
    powers = np.stack([np.ones_like(middle), middle, np.square(middle)])
    return 0.5 * (edges[1:] + edges[:-1]), powers @ tracks


def grouped(energies: FloatArray, weights: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Gather energies of bosons in groups; mean energy and number are kept.

    Parameters
    ----------
    energies : array of float, shape (n,)
        Energies in GeV, ascending.
    weights : array of float, shape (m, n)
        Bosons of each energy, by mass.

    Returns
    -------
    tuple of array of float, shape (k, m)
        Mean energies and numbers of at most `ENERGY_GROUPS` groups.
    """
    ends = np.linspace(0, energies.size, min(ENERGY_GROUPS, energies.size) + 1).round().astype(int)
    number = np.add.reduceat(weights, ends[:-1], axis=1)
    energy = np.add.reduceat(weights * energies, ends[:-1], axis=1)
    plain = np.add.reduceat(energies, ends[:-1]) / np.diff(ends)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(number > 0.0, energy / number, plain)
    return mean.T, number.T
