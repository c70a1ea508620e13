"""Bosons of annihilation off their mass shell, by invariant mass and energy: for excited matter.

A broad boson is made at any distance from its resonance. What flies far is what has much energy:
where nearly all of it would be seen, the few bosons far above the resonance decide.
"""

from __future__ import annotations

import functools
import itertools
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from ..experiments.setup import Setup
from ..ground import constants as const
from ..ground.arrays import FloatArray
from .grouping import depths_of_tracks
from .production import Production
from .radiated import energy_cells, hard_blocks, linear_at, placed, soft_bosons

if TYPE_CHECKING:
    from ..physics.models import Model
    from ..physics.processes.annihilation import AnnihilationLuminosity

__all__ = ["off_shell_associated", "off_shell_production"]

_GROUPS = 48
"""Groups of positron energies of bosons off their mass shell."""
_MERGED = 4
"""Nodes in invariant mass that share a mean, of bosons with a hard photon."""


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
        the pair, its mean in each group, and what a photon leaves of more. The invariant mass of
        the boson is that of the pair.
    """
    from ..physics.processes.resonance import Resonance

    resonance, squared = Resonance.of(model, masses, None, "energy-dependent"), np.square(masses)
    number, s = np.empty((2, len(_groups(luminosity)), masses.size))
    for row, (part, times_s) in enumerate(_groups(luminosity)):
        number[row] = part.events_of(resonance)
        nearest = np.clip(squared, *part.span)
        np.divide(times_s.events_of(resonance), number[row], out=nearest, where=number[row] > 0.0)
        s[row] = np.clip(nearest, *part.span)
    energies, own = s / (2.0 * const.ELECTRON_MASS), np.sqrt(s)
    if radiation:
        soft = soft_bosons(setup)
        inside = np.minimum(s, soft.s[-1])
        share, ratio = (linear_at(inside, soft.s, each) for each in (soft.share, soft.ratio))
        number = (number * share).reshape(-1, masses.size)
        energies = (energies * ratio).reshape(-1, masses.size)
        own = np.tile(own, (len(ratio), 1))
    energies = np.maximum(energies, masses)
    depths = depths_of_tracks(setup, ("e+",), energies)
    return Production(masses, depths, energies, number[None], "electron", own)


def off_shell_associated(setup: Setup, model: Model, masses: FloatArray) -> Production:
    """Bosons made with a hard photon, at any distance from the mass shell.

    Parameters
    ----------
    setup : Setup
        Beam, dump and least energy of the boson.
    model : Model
        The model, with dark decays.
    masses : array of float, shape (m,)
        Boson masses in GeV.

    Returns
    -------
    Production
        One cell of depth. Weights at g = e, by invariant mass and energy; the photon stays in the
        dump.
    """
    from ..physics.processes.annihilation import squared_energy
    from ..physics.processes.radiative import line_shares
    from ..physics.processes.resonance import Resonance

    resonance = Resonance.of(model, masses, None, "energy-dependent")
    lowest, top = float(resonance.threshold.min()), float(squared_energy(setup.highest_energy))
    nodes, values = hard_blocks(setup, model.boson, lowest, top)
    shares = line_shares(nodes, resonance)
    # Nodes and energies of what is made, in groups of nodes.
    made = np.stack([*values, values[0] * np.sqrt(nodes)])
    made = made[..., None] * shares
    first = np.arange(0, nodes.size, _MERGED)
    *rows, sums, own = np.add.reduceat(made, first, axis=2).reshape(5, -1, masses.size)
    edges = energy_cells(setup)
    middle = np.repeat(np.sqrt(edges[1:] * edges[:-1]), first.size)[:, None]
    number = rows[0]
    plain = np.broadcast_to(middle, number.shape)
    some = number > 0.0
    energies = np.divide(sums, number, out=plain.copy(), where=some)
    own = np.divide(own, number, out=np.broadcast_to(masses, number.shape).copy(), where=some)
    return replace(placed(masses, energies, np.stack(rows)), invariant=own)
