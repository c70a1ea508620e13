"""Bosons of all depths and energies gathered in few groups, for decays far behind the target."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from ..experiments.setup import Setup
from ..ground.arrays import FloatArray
from .production import depth_profile

if TYPE_CHECKING:
    from ..physics.shower.tracks import Particle

__all__ = ["grouped", "two_depths"]


ENERGY_GROUPS = 32
"""Groups of boson energies; the energy within a group is its mean."""


def two_depths(setup: Setup, particles: tuple[Particle, ...]) -> FloatArray:
    """Edges of one cell of depth whose middle is the mean depth of the tracks.

    Parameters
    ----------
    setup : Setup
        Beam, target and threshold.
    particles : tuple of str
        Particles of the shower that make the boson.

    Returns
    -------
    array of float, shape (2,)
        0 and twice the mean depth of the track length above the threshold, in cm: windows are far
        behind the target compared with the depth of the shower.
    """
    profile = depth_profile(setup, math.inf)
    least = max(setup.min_missing_energy, profile.min_energy)
    weights = np.zeros(profile.depths.size - 1)
    for particle in particles:
        weights += profile.above(particle, least)
    middle = 0.5 * (profile.depths_cm[1:] + profile.depths_cm[:-1])
    mean = float(np.sum(weights * middle) / np.sum(weights))
    return np.array([0.0, 2.0 * mean])


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
