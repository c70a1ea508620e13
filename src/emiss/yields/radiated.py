"""Bosons of annihilation with the photons before it, by place and energy: for decays in flight.

For decays far behind the target. Narrow bosons; `off_shell` has those of any width. Bosons whose
photon takes a small share of s are annihilation, the others associated production, see
`initial_state`; the sum does not depend on where they are split.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from ..experiments.setup import Setup
from ..ground import constants as const
from ..ground.arrays import FloatArray
from ..physics.models.base import Boson
from .beam_tracks import met_over_mixture
from .grouping import depths_of_moments, track_moments
from .positrons import positrons
from .production import Production

if TYPE_CHECKING:
    from ..physics.processes.positron_tracks import PositronTracks

__all__ = [
    "SoftBosons",
    "associated_production",
    "energy_cells",
    "hard_blocks",
    "linear_at",
    "placed",
    "soft_bosons",
    "soft_production",
]

_ENERGY_CELLS = 24
"""Cells, equal in ln E, of the energy of bosons that come with a hard photon."""
_BLOCK = 8
"""Nodes in mass that are worked out together, where masses are asked for."""
_RATIOS = np.array([0.0, 1.004, 1.02, 1.05, 2.0])
"""Edges in the boson's energy over that of the resonance, between which a mean stands for it."""
_NOTHING = 1e-300


@functools.lru_cache(maxsize=16)
def _positrons(setup: Setup) -> PositronTracks:
    """Positrons, in three rows: their number, and times depth and squared depth in cm."""
    places, moments = track_moments(setup, ("e+",))
    met = moments * (setup.electrons * met_over_mixture(setup, places))
    return replace(positrons(setup, setup.producing or None), electrons=met)


@dataclass(frozen=True, slots=True, eq=False)
class SoftBosons:
    """Bosons after soft photons, in cells of their energy over M/(2 m_e).

    Parameters
    ----------
    s : array of float, shape (k,)
        Squared masses M in GeV^2.
    met : array of float, shape (3, q, k)
        Rows of electrons per cm^2 and GeV^2 met there.
    share, ratio : array of float, shape (q, k)
        Share of each cell of energy, and its mean over M/(2 m_e).
    """

    s: FloatArray
    met: FloatArray
    share: FloatArray
    ratio: FloatArray


@functools.lru_cache(maxsize=16)
def soft_bosons(setup: Setup) -> SoftBosons:
    """Bosons of a setup after soft photons, see `SoftBosons`."""
    from ..physics.processes.annihilation import squared_energy
    from ..physics.processes.initial_state import soft_spectrum

    edges, met, sums = soft_spectrum(_positrons(setup), _RATIOS)
    s = squared_energy(edges)
    middle = 0.5 * (s[1:] + s[:-1])
    number, total = met[0], met[0].sum(axis=0)
    alone = np.zeros_like(number)
    alone[0] = 1.0  # where nothing is made
    share = np.divide(number, total, out=alone, where=total > 0.0)
    at = middle / (2.0 * const.ELECTRON_MASS)
    typical = np.broadcast_to(np.maximum(_RATIOS[:-1], 1.0)[:, None], number.shape)
    ratio = np.divide(sums[0], number * at, out=typical.copy(), where=number > 0.0)
    return SoftBosons(middle, met / np.diff(s), share, ratio)


def energy_cells(setup: Setup) -> FloatArray:
    """Edges in GeV of the cells of energy of bosons that come with a hard photon, ascending."""
    return np.geomspace(setup.lowest_energy, setup.highest_energy, _ENERGY_CELLS + 1)


@functools.lru_cache(maxsize=256)
def _block(setup: Setup, boson: Boson, block: int) -> FloatArray:
    """Bosons with a hard photon, shape (4, q, _BLOCK): three rows, and their energies added up."""
    from ..physics.processes.initial_state import hard_spectrum
    from ..physics.processes.radiative import mass_nodes

    tracks = _positrons(setup)
    nodes = mass_nodes(tracks)[block * _BLOCK : (block + 1) * _BLOCK]
    number, energy = hard_spectrum(tracks, nodes, boson, energy_cells(setup))
    return np.concatenate([number, energy[:1]])


def hard_blocks(
    setup: Setup, boson: Boson, lowest: float, highest: float
) -> tuple[FloatArray, FloatArray]:
    """Bosons with a hard photon at the nodes around a range of squared masses.

    Parameters
    ----------
    setup : Setup
        Beam, dump and least energy of the boson.
    boson : str
        Kind of boson.
    lowest, highest : float
        Squared masses in GeV^2.

    Returns
    -------
    nodes : array of float, shape (n,)
        Squared masses in GeV^2, ascending, between which rates are linear.
    values : array of float, shape (4, q, n)
        Accepted bosons per beam particle at g = e in `energy_cells`, times powers 0, 1 and 2 of the
        depth in cm; and their energies in GeV added up.
    """
    from ..physics.processes.radiative import mass_nodes

    nodes = mass_nodes(_positrons(setup))
    ends = np.searchsorted(nodes, (lowest, highest), side="right")
    # Two nodes at least, above the last of which nothing is made.
    first = min(max(int(ends[0]) - 1, 0), nodes.size - 2)
    last = min(int(ends[1]), nodes.size - 1)
    blocks = range(first // _BLOCK, last // _BLOCK + 1)
    values = np.concatenate([_block(setup, boson, block) for block in blocks], axis=-1)
    return nodes[blocks[0] * _BLOCK :][: values.shape[-1]], values


def _hard(setup: Setup, boson: Boson, squared: FloatArray) -> FloatArray:
    """`_block` at squared masses, shape (4, q, m)."""
    nodes, values = hard_blocks(setup, boson, squared.min(), squared.max())
    return linear_at(squared, nodes, values)


def linear_at(squared: FloatArray, nodes: FloatArray, values: FloatArray) -> FloatArray:
    """Values (..., k) at nodes, linear in between; those of the first below, nothing above."""
    left = np.clip(np.searchsorted(nodes, squared, side="right") - 1, 0, nodes.size - 2)
    share = np.clip((squared - nodes[left]) / (nodes[left + 1] - nodes[left]), 0.0, 1.0)
    found = values[..., left] * (1.0 - share) + values[..., left + 1] * share
    return np.asarray(np.where(squared <= nodes[-1], found, 0.0))


def soft_production(setup: Setup, masses: FloatArray, boson: Boson) -> Production:
    """On-shell bosons of annihilation after soft photons.

    Parameters
    ----------
    setup : Setup
        Beam, dump and least energy of the boson.
    masses : array of float, shape (m,)
        Boson masses in GeV.
    boson : str
        Kind of boson.

    Returns
    -------
    Production
        One cell of depth. Weights at g = e of what passes threshold and trigger, by energy: the
        boson has that of the resonance, m^2/(2 m_e), and what a photon leaves it of more.
    """
    from ..physics.processes.initial_state import narrow_integral

    squared, soft = np.square(masses), soft_bosons(setup)
    density = linear_at(squared, soft.s, soft.met) * (squared >= soft.s[0])
    energies = linear_at(squared, soft.s, soft.ratio) * squared / (2.0 * const.ELECTRON_MASS)
    return placed(masses, energies, density * narrow_integral(squared, boson))


def associated_production(setup: Setup, masses: FloatArray, boson: Boson) -> Production:
    """Bosons that are made together with a hard photon.

    Parameters
    ----------
    setup, masses, boson
        As in `soft_production`.

    Returns
    -------
    Production
        One cell of depth. Weights at g = e, at the mean energy of each cell; the photon stays in
        the dump.
    """
    *rows, sums = _hard(setup, boson, np.square(masses))
    edges = energy_cells(setup)
    middle = np.broadcast_to(np.sqrt(edges[1:] * edges[:-1])[:, None], sums.shape)
    mean = np.divide(sums, rows[0], out=middle.copy(), where=rows[0] > 0.0)
    return placed(masses, mean, np.stack(rows))


def placed(masses: FloatArray, energies: FloatArray, rows: FloatArray) -> Production:
    """Bosons in one cell of depth, from their number and moments of depth, shape (3, q, m)."""
    # Where nothing is made it may be anywhere.
    total, mean, square = np.maximum(rows, _NOTHING)
    ends = depths_of_moments(mean / total, square / total)
    return Production(masses, ends, np.maximum(energies, masses), rows[:1], "electron")
