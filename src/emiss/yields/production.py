"""Where in the dump a boson is made, and with which energy: the source of decays in flight."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from ..experiments.setup import Setup
from ..ground import constants as const
from ..ground.arrays import FloatArray
from ..ground.errors import ValidityError
from .beam_tracks import momentum_nodes, table_energy

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..physics.models import Model
    from ..physics.shower.depth import DepthProfile
    from ..physics.shower.tracks import Particle

__all__ = [
    "Production",
    "annihilation_production",
    "bremsstrahlung_production",
    "primakoff_production",
]


CITATIONS = ("Bjorken:2009mm", "arXiv:1802.03794")

ENERGY_CELLS = 40
"""Cells in the boson's energy from the threshold to the beam energy, equal in ln E."""
DEEPEST = 12.0
"""Depth in radiation lengths up to which production is counted."""
DEPTH_STEP = 0.5
"""Largest cell of depth in radiation lengths; production is even within a cell."""
_MOST_CUMULATIVE = 32
_CUMULATIVE: dict[tuple[Setup, str, str], NDArray[np.float64]] = {}


@dataclass(frozen=True, slots=True, eq=False)
class Production:
    """Bosons per beam particle at coupling 1, by depth, energy and mass.

    Parameters
    ----------
    masses : array of float, shape (m,)
        Masses in GeV.
    depths : array of float, shape (d+1,)
        Edges of equal cells of depth in cm, from the front of the dump.
    energies : array of float, shape (k, m)
        Energies of the boson in GeV.
    weights : array of float, shape (d, k, m)
        Bosons per beam particle whose energy passes the threshold.
    coupling : str
        ``"electron"`` or ``"muon"``: coupling 1 is g = e to that lepton; ``"photon"``: g = 1 GeV^-1
        to photons.
    """

    masses: FloatArray
    depths: FloatArray
    energies: FloatArray
    weights: FloatArray
    coupling: Literal["electron", "muon", "photon"]

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
        total = self.total
        moment = np.einsum("d,dkm->m", middle, self.weights)
        return np.asarray(np.divide(moment, total, out=np.zeros_like(total), where=total > 0.0))


@functools.lru_cache(maxsize=32)
def depth_profile(setup: Setup, limit_cm: float) -> DepthProfile:
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


def _energy_edges(setup: Setup) -> FloatArray:
    return np.geomspace(setup.lowest_energy, setup.highest_energy, ENERGY_CELLS + 1)


def _on_edges(
    setup: Setup, profile: DepthProfile, particles: tuple[Particle, ...], edges: FloatArray
) -> FloatArray:
    """Track length shared out between neighbouring energies, shape (d, K+1)."""
    nodes, shares = momentum_nodes(setup.momentum_spread)
    places = np.log(edges)
    step = places[1] - places[0]
    found = np.zeros((profile.depths.size - 1, edges.size))
    for particle in particles:
        energies, weights = profile.nodes(particle)
        hats = np.zeros((energies.size, edges.size))
        for node, share in zip(nodes, shares, strict=True):
            # The shower of a faster beam particle is the same with all energies scaled.
            x = (np.log(energies * (1.0 + setup.momentum_spread * node)) - places[0]) / step
            inside = (x >= 0.0) & (x <= edges.size - 1)
            cell = np.clip(x.astype(int), 0, edges.size - 2)
            rest = x - cell
            row = np.arange(energies.size)
            np.add.at(hats, (row[inside], cell[inside]), share * (1.0 - rest[inside]))
            np.add.at(hats, (row[inside], cell[inside] + 1), share * rest[inside])
        found += weights @ hats
    return found


@functools.lru_cache(maxsize=32)
def _lepton_tracks(setup: Setup, limit_cm: float) -> FloatArray:
    profile = depth_profile(setup, limit_cm)
    return _on_edges(setup, profile, ("e-", "e+"), _energy_edges(setup))


def _pairs(count: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Indices of lepton energies and of cuts below them."""
    lepton, cut = np.nonzero(np.arange(count)[:, None] > np.arange(count))
    return lepton, cut


def _cumulative(
    setup: Setup, boson: str, form_factor: str, progress: Callable[[float], None] | None
) -> FloatArray:
    """Logarithm of bosons above a cut per radiation length, shape (mass nodes, pairs); kept."""
    from ..physics.processes.bremsstrahlung_table import load_table
    from ..physics.processes.bremsstrahlung_table_grid import mass_nodes

    key = (setup, boson, form_factor)
    if key in _CUMULATIVE:
        return _CUMULATIVE[key]
    edges, nodes = _energy_edges(setup), mass_nodes()
    lepton, cut = _pairs(edges.size)
    share = edges[cut] / edges[lepton]
    total = np.zeros((nodes.size, lepton.size))
    for element, atoms in setup.makers:
        table = load_table(element, projectile="e-", form_factor=form_factor, progress=progress)
        total += (atoms * const.PICOBARN_CM2) * table.above(
            edges[lepton], nodes[:, None], share, boson
        )
    if len(_CUMULATIVE) >= _MOST_CUMULATIVE:
        _CUMULATIVE.pop(next(iter(_CUMULATIVE)))
    _CUMULATIVE[key] = np.log(np.maximum(total, 1e-300))
    return _CUMULATIVE[key]


def bremsstrahlung_production(
    setup: Setup,
    limit_cm: float,
    masses: FloatArray,
    boson: str,
    *,
    form_factor: str = "elastic",
    progress: Callable[[float], None] | None = None,
) -> Production:
    """Dark bremsstrahlung of all electrons and positrons of the shower.

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
    form_factor : str, optional
        ``elastic`` or ``elastic+inelastic``.
    progress : callable, optional
        Called with the share done while a table for a new element is made.

    Returns
    -------
    Production
        Weights at g = e. The cross-section is linear in ln E between neighbouring cell edges.

    Raises
    ------
    ValidityError
        If a mass or energy is outside the tables.
    """
    from ..physics.processes.bremsstrahlung_table_grid import at_masses, check_masses

    check_masses(masses)
    edges = _energy_edges(setup)
    profile = depth_profile(setup, limit_cm)
    tracks = _lepton_tracks(setup, limit_cm)
    logs = _cumulative(setup, boson, form_factor, progress)
    lepton, cut = _pairs(edges.size)
    cumulative = np.zeros((edges.size, edges.size, masses.size))
    # The same interpolation in mass as that of the tables themselves.
    cumulative[lepton, cut] = np.exp(at_masses(logs[:, :, None], masses)[:, :, 0]).T
    energies = np.sqrt(edges[1:] * edges[:-1])
    spectrum = (cumulative[:, :-1] - cumulative[:, 1:]) * setup.pass_probability(energies)[:, None]
    rows = spectrum.reshape(edges.size, -1)
    weights = (tracks @ rows).reshape(-1, energies.size, masses.size)
    grid = np.maximum(energies[:, None], masses)
    return Production(masses, profile.depths_cm, grid, weights, "electron")


def annihilation_production(
    setup: Setup, limit_cm: float, masses: FloatArray, boson: str
) -> Production:
    """On-shell bosons from positrons of the shower on atomic electrons at rest.

    Parameters
    ----------
    setup, limit_cm, masses, boson
        As in `bremsstrahlung_production`.

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
    weights = (positrons * rate)[:, None, :]
    grid = np.maximum(energies, masses)[None, :]
    return Production(masses, profile.depths_cm, grid, weights, "electron")


def primakoff_production(
    setup: Setup, limit_cm: float, masses: FloatArray, *, form_factor: str = "elastic"
) -> Production:
    """Photons of the shower that turn into a boson of spin 0 in the field of a nucleus.

    Parameters
    ----------
    setup, limit_cm, masses, form_factor
        As in `bremsstrahlung_production`.

    Returns
    -------
    Production
        Weights at g = 1 GeV^-1; the boson has the photon's energy.
    """
    from ..physics.processes.primakoff import cross_section_pb

    profile = depth_profile(setup, limit_cm)
    edges = _energy_edges(setup)
    length = _on_edges(setup, profile, ("gamma",), edges)
    rate = np.zeros((edges.size, masses.size))
    for element, atoms in setup.makers:
        rate += (atoms * const.PICOBARN_CM2) * cross_section_pb(
            edges[:, None], masses[None, :], element, form_factor=form_factor
        )
    weights = length[:, :, None] * (rate * setup.pass_probability(edges)[:, None])
    grid = np.maximum(edges[:, None], masses)
    return Production(masses, profile.depths_cm, grid, weights, "photon")
