"""Where in the dump a boson is made, and with which energy: the source of decays in flight."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from ..experiments.setup import Setup
from ..ground import constants as const
from ..ground.arrays import FloatArray
from ..ground.errors import ValidityError
from .beam_tracks import met_over_mixture, momentum_nodes, table_energy, track_edges

if TYPE_CHECKING:
    from ..physics.models import Model
    from ..physics.shower.depth import DepthProfile
    from ..physics.shower.tracks import Particle

__all__ = [
    "Production",
    "annihilation_production",
    "depth_profile",
    "depth_tracks",
    "energy_edges",
    "primakoff_production",
]


CITATIONS = ("Bjorken:2009mm", "arXiv:1802.03794")

ENERGY_CELLS = (24, 32)
"""Cells in the boson's energy from the threshold to the beam energy: edges that are equal in ln E,
and edges that are equal in E, since the fastest bosons decay last."""
_LEAST_CELL = 0.02
"""Least width of a cell of energy over that of the even ones."""
DEEPEST = 12.0
"""Depth in radiation lengths up to which production is counted."""
DEPTH_STEP = 0.25
"""Largest cell of depth in radiation lengths; production is even within a cell."""


@dataclass(frozen=True, slots=True, eq=False)
class Production:
    """Bosons per beam particle at coupling 1, by depth, energy and mass.

    Parameters
    ----------
    masses : array of float, shape (m,)
        Masses in GeV.
    depths : array of float, shape (d+1,) or (d+1, k, m)
        Edges of equal cells of depth in cm, from the front of the dump; by energy and mass where
        these decide. Of bosons one by one both edges of a cell are the place.
    energies : array of float, shape (k, m)
        Energies of the boson in GeV.
    weights : array of float, shape (d, k, m)
        Bosons per beam particle whose energy passes the threshold.
    coupling : str
        ``"electron"`` or ``"muon"``: coupling 1 is g = e to that lepton; ``"photon"``: g = 1 GeV^-1
        to photons.
    invariant : array of float, shape (k, m), optional
        Invariant masses in GeV of bosons off their mass shell, by energy and mass; `masses`
        without.
    """

    masses: FloatArray
    depths: FloatArray
    energies: FloatArray
    weights: FloatArray
    coupling: Literal["electron", "muon", "photon"]
    invariant: FloatArray | None = None

    @property
    def total(self) -> FloatArray:
        """Bosons per beam particle at coupling 1, shape (m,)."""
        return np.asarray(self.weights.sum(axis=(0, 1)))

    def strength(self, model: Model, coupling: FloatArray) -> FloatArray:
        """Squared coupling of a model in units of the coupling at which the weights are given."""
        if self.coupling == "photon":
            return np.square(model.photon_coupling(coupling, self.masses))
        flavour = "e" if self.coupling == "electron" else "mu"
        unit = model.lepton_coupling(flavour, coupling, self.masses) / const.ELECTRIC_CHARGE
        return np.square(unit)

    def mean_depth(self) -> FloatArray:
        """Mean depth of production in cm, shape (m,); 0 where nothing is made."""
        middle = 0.5 * (self.depths[1:] + self.depths[:-1])
        if middle.ndim == 1:
            middle = middle[:, None, None]
        total, moment = self.total, np.sum(middle * self.weights, axis=(0, 1))
        return np.asarray(np.divide(moment, total, out=np.zeros_like(total), where=total > 0.0))


@functools.lru_cache(maxsize=32)
def depth_profile(setup: Setup, limit_cm: float) -> DepthProfile:
    """Track length of the shower of a beam particle by depth, as deep as production is counted."""
    from ..physics.shower.depth import DEPTH_STEPS, track_depths

    limit = limit_cm / setup.material.radiation_length_cm
    depth = min(DEEPEST, limit)
    cells = max(1, math.ceil(depth / DEPTH_STEP - 1e-9))
    if not depth / cells >= DEPTH_STEPS[0]:
        raise ValidityError(
            f"dump: {limit_cm:g} cm are {limit:.3g} radiation lengths; production needs at least "
            f"{DEPTH_STEPS[0]:g}."
        )
    return track_depths(
        setup.material,
        setup.particle,
        setup.beam_energy,
        table_energy(setup),
        depth=depth,
        step=depth / cells,
    )


def energy_edges(setup: Setup) -> FloatArray:
    """Edges in GeV of the cells of the boson's energy, ascending.

    Parameters
    ----------
    setup : Setup
        Beam and threshold.

    Returns
    -------
    array of float, shape (k+1,)
        See `ENERGY_CELLS`.
    """
    ends, (few, many) = (setup.lowest_energy, setup.highest_energy), ENERGY_CELLS
    even, in_log = np.linspace(*ends, many + 1), np.geomspace(*ends, few + 1)[1:-1]
    away = np.abs(in_log[:, None] - even).min(axis=1)
    # Two that nearly coincide have next to nothing between them, at some masses nothing.
    return np.union1d(in_log[away > _LEAST_CELL * (even[1] - even[0])], even)


@functools.lru_cache(maxsize=32)
def depth_tracks(setup: Setup, limit_cm: float, particles: tuple[Particle, ...]) -> FloatArray:
    """Track length by depth and energy, averaged over the beam's momentum spread.

    Parameters
    ----------
    setup : Setup
        Beam, dump and threshold.
    limit_cm : float
        Depth in cm up to which it is wanted.
    particles : tuple of str
        Particles of the shower whose tracks are added.

    Returns
    -------
    array of float, shape (d, n)
        Radiation lengths per beam particle, in the cells of depth of `depth_profile` and of energy
        of `track_edges`.
    """
    profile, edges = depth_profile(setup, limit_cm), track_edges(setup)
    found = np.zeros((profile.depths.size - 1, edges.size - 1))
    for node, share in zip(*momentum_nodes(setup.momentum_spread), strict=True):
        # The shower of a faster beam particle is the same with all energies scaled.
        scaled = edges / (1.0 + setup.momentum_spread * node)
        for particle in particles:
            found += share * profile.between(particle, scaled)
    found.flags.writeable = False
    return found


def annihilation_production(
    setup: Setup, limit_cm: float, masses: FloatArray, boson: str
) -> Production:
    """On-shell bosons from positrons of the shower on atomic electrons at rest.

    Parameters
    ----------
    setup : Setup
        Beam, dump and least energy of the boson.
    limit_cm : float
        Depth in cm up to which production counts: the dump's length, or the first plane behind
        which decays count.
    masses : array of float, shape (m,)
        Boson masses in GeV.
    boson : str
        ``vector``, ``axial``, ``scalar`` or ``pseudoscalar``.

    Returns
    -------
    Production
        Weights at g = e in the narrow-width approximation: the boson takes all the energy
        E = m^2/(2 m_e) of the pair, and (2 J + 1) 2 pi^2 Gamma_ee/(m m_e b_e^2) is the integral of
        the cross-section over the positron's energy.
    """
    from ..physics.processes.breit_wigner import electron_factor

    profile = depth_profile(setup, limit_cm)
    energies = masses**2 / (2.0 * const.ELECTRON_MASS)
    positrons = profile.density("e+", energies - const.ELECTRON_MASS)
    factor = electron_factor(boson, masses**2)  # type: ignore[arg-type]
    area = const.GEV2_CM2 * const.ELECTRIC_CHARGE**2 * factor * math.pi
    area /= 2.0 * masses * const.ELECTRON_MASS
    rate = setup.electrons * area * setup.pass_probability(energies)
    rate *= met_over_mixture(setup, energies)
    weights = (positrons * rate)[:, None, :]
    grid = np.maximum(energies, masses)[None, :]
    return Production(masses, profile.depths_cm, grid, weights, "electron")


def primakoff_production(
    setup: Setup, limit_cm: float, masses: FloatArray, *, form_factor: str = "elastic"
) -> Production:
    """Photons of the shower that turn into a boson of spin 0 in the field of a nucleus.

    Parameters
    ----------
    setup, limit_cm, masses
        As in `annihilation_production`.
    form_factor : str, optional
        ``elastic`` or ``elastic+inelastic``.

    Returns
    -------
    Production
        Weights at g = 1 GeV^-1; the boson has the photon's energy.
    """
    from ..physics.processes.primakoff import cross_section_pb

    tracks, edges = depth_tracks(setup, limit_cm, ("gamma",)), energy_edges(setup)
    photons = track_edges(setup)
    photons = 0.5 * (photons[1:] + photons[:-1])
    rate = np.zeros((photons.size, masses.size))
    for element, atoms in setup.makers:
        rate += (atoms * const.PICOBARN_CM2) * cross_section_pb(
            photons[:, None], masses[None, :], element, form_factor=form_factor
        )
    rate *= setup.pass_probability(photons)[:, None]
    first = np.flatnonzero(np.diff(np.searchsorted(edges, photons, side="right"), prepend=0))
    weights = np.add.reduceat(tracks[:, :, None] * rate, first, axis=1)
    number = tracks.sum(axis=0)[:, None] * rate
    total = np.add.reduceat(number, first)
    plain = np.add.reduceat(photons, first) / np.diff(np.append(first, photons.size))
    mean = np.broadcast_to(plain[:, None], total.shape).copy()
    sums = np.add.reduceat(number * photons[:, None], first)
    np.divide(sums, total, out=mean, where=total > 0.0)
    depths = depth_profile(setup, limit_cm).depths_cm
    return Production(masses, depths, np.maximum(mean, masses), weights, "photon")
