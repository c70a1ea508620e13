"""Signal of a missing-momentum search: bosons made by beam muons in the target.

A boson that decays visibly is missing if it does so behind the detector, and a stable one always.
For what flies before it decays the energy is taken as the least that passes the cut on the outgoing
momentum: a lower bound of the signal, since a faster boson gets farther.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..ground import constants as const
from . import muon_acceptance
from .escape import invisible_probability
from .flight import Window
from .muon_setup import MuonSetup
from .muon_tables import MuonAcceptance, load_acceptance
from .production import Production
from .semivisible import SemiVisibleYield, semivisible_yield

if TYPE_CHECKING:
    from ..models import Model

__all__ = ["MuonYield", "muon_production", "muon_yield"]

Array = NDArray[np.float64]

CITATIONS = (*muon_acceptance.CITATIONS, "Groom:2001kq")

_ENERGY_CELLS = (0.05, 0.25, 0.5, 0.75, 0.88, 0.95, 0.98, 0.99, 0.994, 0.996, 0.998, 1.0)
"""Edges of cells of the muon's energy over the beam energy; cross-sections are smooth in it."""


@dataclass(frozen=True, slots=True, eq=False)
class MuonYield:
    """Production times acceptance times squared coupling times the share that stays unseen.

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
    energy : float
        Energy in GeV with which bosons fly.
    end : float
        Distance in cm from the front of the target to the end of the detector; infinite if what
        decays visibly never counts.
    flies : bool
        Whether visible decays in flight decide what is missing, so that the signal can fall with
        the coupling; else the invisible branching and stable bosons alone count.
    excited : SemiVisibleYield or None
        A unit of production whose dark matter may be seen to decay; None if it does not.
    """

    model: Model
    masses: Array
    production: Array
    flow: Array
    energy: float
    end: float
    flies: bool
    excited: SemiVisibleYield | None = None

    @property
    def acceptance(self) -> Array:
        """Share of the bosons made that passes all cuts."""
        return np.asarray(self.flow[:, -1])

    def per_particle(self, coupling: Array) -> Array:
        """Events per beam particle, see `ProcessYield`."""
        strength = self.model.lepton_coupling("mu", coupling, self.masses) / const.ELECTRIC_CHARGE
        made = self.production * self.acceptance * strength**2
        return np.asarray(made * self.unseen(coupling))

    def unseen(self, coupling: Array) -> Array:
        """Share of the bosons that leaves nothing in the detector.

        Parameters
        ----------
        coupling : array of float, shape (..., n_masses)
            Free coupling of the model.

        Returns
        -------
        array of float
            Invisible branching, plus the visible decays behind the detector; 1 for what is stable.
        """
        invisible = self.model.invisible_branching(self.masses, coupling)
        if self.excited is not None:
            return np.asarray(invisible * self.excited.kept(coupling))
        if self.flies:
            energies = np.maximum(self.energy, self.masses)[None, :]
            grid = np.broadcast_to(coupling, np.broadcast_shapes(coupling.shape, self.masses.shape))
            found = invisible_probability(self.model, energies, self.masses, grid, self.end)
            return np.asarray(found[..., 0, :])
        return np.where(_stable(self.model, self.masses), 1.0, invisible)


def _stable(model: Model, masses: Array) -> NDArray[np.bool_]:
    return np.asarray(model.total_width(masses, np.ones(masses.shape)) == 0.0)


def _only_visible(model: Model, masses: Array) -> NDArray[np.bool_]:
    one = np.ones(masses.shape)
    hidden = model.invisible_width(masses, one) == 0.0
    return np.asarray(hidden & ~_stable(model, masses))


def _excited(
    setup: MuonSetup, model: Model, masses: Array, energy: float
) -> SemiVisibleYield | None:
    """A unit of production, even along the target, of bosons that decay to excited dark matter."""
    sector = model.dark_sector
    if sector is None or sector.kind != "pseudo-dirac" or model.boson != "vector":
        return None
    if not sector.splitting > 0.0 or not math.isfinite(setup.detector_end):
        return None
    unit = Production(
        masses,
        np.array([0.0, setup.length]),
        np.maximum(energy, masses)[None, :],
        np.ones((1, 1, masses.size)),
        "electron",
    )
    return semivisible_yield(model, unit, Window(setup.length + setup.detector_end))


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
    least = setup.beam_energy - setup.max_outgoing
    excited = _excited(setup, model, masses, least)
    flies = math.isfinite(setup.detector_end) and bool(np.any(_only_visible(model, masses)))
    return MuonYield(
        model,
        masses,
        production,
        acceptance.flow_at(masses),
        least,
        setup.length + setup.detector_end,
        flies or excited is not None,
        excited,
    )
