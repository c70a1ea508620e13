"""Bosons of annihilation with the photons before it, by place and energy: for decays in flight.

For decays far behind the target. Narrow bosons, but for `off_shell_production`: those whose photon
takes a small share of s are annihilation, the others associated production, see `initial_state`;
the sum does not depend on where they are split.
"""

from __future__ import annotations

import functools
import itertools
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from ..experiments.setup import Setup
from ..ground import constants as const
from ..ground.arrays import FloatArray
from ..physics.models.base import Boson
from .annihilation import positrons
from .beam_tracks import met_over_mixture
from .grouping import depths_of_moments, depths_of_tracks, track_moments
from .production import Production

if TYPE_CHECKING:
    from ..physics.models import Model
    from ..physics.processes.annihilation import AnnihilationLuminosity
    from ..physics.processes.positron_tracks import PositronTracks

__all__ = ["associated_production", "off_shell_production", "soft_production"]

_ENERGY_CELLS = 24
"""Cells, equal in ln E, of the energy of bosons that come with a hard photon."""
_BLOCK = 8
"""Nodes in mass that are worked out together, where masses are asked for."""
_RATIOS = np.array([0.0, 1.004, 1.02, 1.05, 2.0])
"""Edges in the boson's energy over that of the resonance, between which a mean stands for it."""
_GROUPS = 48
"""Groups of positron energies of bosons off their mass shell."""
_NOTHING = 1e-300


@functools.lru_cache(maxsize=16)
def _positrons(setup: Setup) -> PositronTracks:
    """Positrons, in three rows: their number, and times depth and squared depth in cm."""
    places, moments = track_moments(setup, ("e+",))
    met = moments * (setup.electrons * met_over_mixture(setup, places))
    return replace(positrons(setup, setup.producing or None), electrons=met)


@dataclass(frozen=True, slots=True, eq=False)
class _Soft:
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
def _soft(setup: Setup) -> _Soft:
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
    return _Soft(middle, met / np.diff(s), share, ratio)


def _energies(setup: Setup) -> FloatArray:
    return np.geomspace(setup.lowest_energy, setup.highest_energy, _ENERGY_CELLS + 1)


@functools.lru_cache(maxsize=256)
def _block(setup: Setup, boson: Boson, block: int) -> FloatArray:
    """Bosons with a hard photon, shape (4, q, _BLOCK): three rows, and their energies added up."""
    from ..physics.processes.initial_state import hard_spectrum
    from ..physics.processes.radiative import mass_nodes

    tracks = _positrons(setup)
    nodes = mass_nodes(tracks)[block * _BLOCK : (block + 1) * _BLOCK]
    number, energy = hard_spectrum(tracks, nodes, boson, _energies(setup))
    return np.concatenate([number, energy[:1]])


def _hard(setup: Setup, boson: Boson, squared: FloatArray) -> FloatArray:
    """`_block` at squared masses, shape (4, q, m)."""
    from ..physics.processes.radiative import mass_nodes

    nodes = mass_nodes(_positrons(setup))
    ends = np.searchsorted(nodes, (squared.min(), squared.max()), side="right")
    first, last = max(int(ends[0]) - 1, 0), min(int(ends[1]), nodes.size - 1)
    blocks = range(first // _BLOCK, last // _BLOCK + 1)
    values = np.concatenate([_block(setup, boson, block) for block in blocks], axis=-1)
    return _at(squared, nodes[blocks[0] * _BLOCK :][: values.shape[-1]], values)


def _at(squared: FloatArray, nodes: FloatArray, values: FloatArray) -> FloatArray:
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

    squared, soft = np.square(masses), _soft(setup)
    density = _at(squared, soft.s, soft.met) * (squared >= soft.s[0])
    energies = _at(squared, soft.s, soft.ratio) * squared / (2.0 * const.ELECTRON_MASS)
    return _placed(masses, energies, density * narrow_integral(squared, boson))


@functools.lru_cache(maxsize=16)
def _groups(
    luminosity: AnnihilationLuminosity,
) -> tuple[tuple[AnnihilationLuminosity, AnnihilationLuminosity], ...]:
    """The same in neighbouring parts, and each with its density times s."""
    count = luminosity.weights.size
    ends = np.unique(np.linspace(0, count, min(_GROUPS, count) + 1).round().astype(int)).tolist()
    tilt = np.zeros(count) if luminosity.tilt is None else luminosity.tilt
    found = []
    for a, b in itertools.pairwise(ends):
        s, weights = luminosity.s_edges[a : b + 1], luminosity.weights[a:b]
        lower, upper = s[:-1] * (1.0 - tilt[a:b]), s[1:] * (1.0 + tilt[a:b])
        both = lower + upper
        part = replace(luminosity, s_edges=s, weights=weights, tilt=tilt[a:b])
        times_s = replace(part, weights=0.5 * weights * both, tilt=(upper - lower) / both)
        found.append((part, times_s))
    return tuple(found)


def off_shell_production(
    setup: Setup,
    luminosity: AnnihilationLuminosity,
    model: Model,
    masses: FloatArray,
    *,
    radiation: bool,
) -> Production:
    """Bosons of annihilation at any distance from the resonance.

    Parameters
    ----------
    setup : Setup
        Beam, dump and least energy of the boson.
    luminosity : AnnihilationLuminosity
        Positrons.
    model : Model
        The model, with dark decays.
    masses : array of float, shape (m,)
        Boson masses in GeV.
    radiation : bool
        Whether the luminosity is that after soft photons.

    Returns
    -------
    Production
        One cell of depth; weights in units that are common to a mass, at the energy s/(2 m_e) of
        the pair, its mean in each group, and what a photon leaves of more.
    """
    from ..physics.processes.resonance import Resonance

    resonance, squared = Resonance.of(model, masses, None, "energy-dependent"), np.square(masses)
    number, s = np.empty((2, len(_groups(luminosity)), masses.size))
    for row, (part, times_s) in enumerate(_groups(luminosity)):
        number[row] = part.events_of(resonance)
        nearest = np.clip(squared, *part.span)
        np.divide(times_s.events_of(resonance), number[row], out=nearest, where=number[row] > 0.0)
        s[row] = np.clip(nearest, *part.span)
    energies = s / (2.0 * const.ELECTRON_MASS)
    if radiation:
        soft = _soft(setup)
        inside = np.minimum(s, soft.s[-1])
        share, ratio = (_at(inside, soft.s, each) for each in (soft.share, soft.ratio))
        number = (number * share).reshape(-1, masses.size)
        energies = (energies * ratio).reshape(-1, masses.size)
    energies = np.maximum(energies, masses)
    depths = depths_of_tracks(setup, ("e+",), energies)
    return Production(masses, depths, energies, number[None], "electron")


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
    edges = _energies(setup)
    middle = np.broadcast_to(np.sqrt(edges[1:] * edges[:-1])[:, None], sums.shape)
    mean = np.divide(sums, rows[0], out=middle.copy(), where=rows[0] > 0.0)
    return _placed(masses, mean, np.stack(rows))


def _placed(masses: FloatArray, energies: FloatArray, rows: FloatArray) -> Production:
    """Bosons in one cell of depth, from their number and moments of depth, shape (3, q, m)."""
    # Where nothing is made it may be anywhere.
    total, mean, square = np.maximum(rows, _NOTHING)
    ends = depths_of_moments(mean / total, square / total)
    return Production(masses, ends, np.maximum(energies, masses), rows[:1], "electron")
