"""Signal of a missing-momentum search: bosons made by beam muons in the target."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from .. import constants as const
from . import muon_acceptance
from .muon_setup import MuonSetup
from .muon_tables import MuonAcceptance, load_acceptance

if TYPE_CHECKING:
    from ..models import Model

__all__ = ["MuonYield", "muon_production", "muon_yield"]

Array = NDArray[np.float64]

CITATIONS = (*muon_acceptance.CITATIONS, "Groom:2001kq")

_ENERGY_CELLS = (0.05, 0.25, 0.5, 0.75, 0.88, 0.95, 0.98, 0.99, 0.994, 0.996, 0.998, 1.0)
"""Edges of cells of the muon's energy over the beam energy; cross-sections are smooth in it."""


@dataclass(frozen=True, slots=True, eq=False)
class MuonYield:
    """Production times acceptance times squared coupling times the invisible branching.

    Parameters
    ----------
    model : Model
        The model.
    masses : array of float, shape (n_masses,)
        Masses in GeV.
    production : array of float, shape (n_masses,)
        Bosons made per muon at g = e.
    flow : array of float, shape (n_masses, n_cuts)
        Share of them that is left after each of `muon_acceptance.CUTS`.
    """

    model: Model
    masses: Array
    production: Array
    flow: Array

    @property
    def acceptance(self) -> Array:
        """Share of the bosons made that passes all cuts."""
        return np.asarray(self.flow[:, -1])

    def per_particle(self, coupling: Array) -> Array:
        """Events per beam particle, see `ProcessYield`."""
        strength = self.model.lepton_coupling("mu", coupling, self.masses) / const.ELECTRIC_CHARGE
        invisible = self.model.invisible_branching(self.masses, coupling)
        return np.asarray(self.production * self.acceptance * strength**2 * invisible)


@functools.lru_cache(maxsize=16)
def _track(setup: MuonSetup) -> tuple[Array, Array]:
    """Energies in GeV and path in cm of the muon in the target."""
    from ..shower.muon_transport import muon_track_length

    edges = setup.beam_energy * np.array(_ENERGY_CELLS)
    track = muon_track_length(setup.material, setup.beam_energy, setup.length, edges)
    return 0.5 * (edges[1:] + edges[:-1]), track.length_cm


def muon_production(
    setup: MuonSetup, masses: Array, boson: str, form_factor: str = "elastic"
) -> Array:
    """Bosons made per muon in the target at coupling 1 (g = e).

    Parameters
    ----------
    setup : MuonSetup
        Beam and target.
    masses : array of float, shape (n,)
        Masses in GeV.
    boson : str
        ``vector``, ``axial``, ``scalar`` or ``pseudoscalar``.
    form_factor : str, optional
        ``elastic`` or ``elastic+inelastic``.

    Returns
    -------
    array of float, shape (n,)
        n = sum over elements of atoms per cm^3 times the integral of the path at energy E times
        the exact tree-level sigma(E), any energy of the boson.

    Raises
    ------
    ValidityError
        If a mass or energy is outside the tables.
    """
    from ..processes.bremsstrahlung_table import load_table

    energies, path = _track(setup)
    made = np.zeros(masses.size)
    for component in setup.material.components:
        element = component.element
        atoms = setup.material.density * component.mass_fraction * const.AVOGADRO / element.A
        table = load_table(element, projectile=setup.particle, form_factor=form_factor)
        sigma = table.above(energies[:, None], masses[None, :], 0.0, boson)
        made += atoms * const.PICOBARN_CM2 * (path @ sigma)
    return made


@functools.lru_cache(maxsize=64)
def _cached(
    setup: MuonSetup, masses: tuple[float, ...], boson: str, form_factor: str
) -> tuple[Array, MuonAcceptance]:
    return (
        muon_production(setup, np.array(masses), boson, form_factor),
        load_acceptance(setup, boson),
    )


def muon_yield(
    setup: MuonSetup,
    model: Model,
    masses: Array,
    form_factor: str = "elastic",
    progress: Callable[[float], None] | None = None,
) -> MuonYield:
    """Prepare the yield of a missing-momentum search.

    Parameters
    ----------
    setup : MuonSetup
        Beam, target and selection.
    model : Model
        The model.
    masses : array of float, shape (n_masses,)
        Masses in GeV.
    form_factor : str, optional
        ``elastic`` or ``elastic+inelastic``, for the total production; the recoil is sampled with
        the elastic one.
    progress : callable, optional
        Called with the share done while acceptances are sampled.

    Returns
    -------
    MuonYield
        Yield as a function of coupling.

    Raises
    ------
    ValidityError
        If a mass is outside the tables.
    """
    if progress is not None:
        load_acceptance(setup, model.boson, progress)
    production, acceptance = _cached(setup, tuple(masses.tolist()), model.boson, form_factor)
    return MuonYield(model, masses, production, acceptance.flow_at(masses))
