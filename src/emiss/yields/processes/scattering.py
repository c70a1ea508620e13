"""Bosons radiated by beam leptons in the target, with the scattered lepton measured behind it.

What searches with muons and with electrons share: production along the path, the tabulated
acceptance of the scattered lepton, and what becomes of the boson. For what flies before it decays
the energy is taken as the least that passes the cuts: a lower bound of the signal, since a faster
boson gets farther.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from ...experiments.setup import Setup
from ...ground import constants as const
from ...ground.arrays import FloatArray
from ...ground.kept_rows import KeptRows
from ...physics.models import Model
from ..acceptance import recoil
from ..acceptance.recoil_tables import AcceptanceTables
from ..production import Production
from ..prompt import PromptYield
from .accepted import AcceptedYield
from .base import Options, ProcessYield, Request

__all__ = ["Scattering"]


@dataclass(frozen=True, slots=True)
class Scattering:
    """Bremsstrahlung of one kind of beam lepton.

    Parameters
    ----------
    title : str
        In words.
    lepton : str
        Unit of the coupling, see `Production`.
    flavour : str
        Lepton that the boson couples to, ``e`` or ``mu``.
    path : callable
        Setup to energies in GeV of the lepton in the target, and its path in cm at each.
    tables : AcceptanceTables
        Acceptance of the scattered lepton.
    """

    title: str
    lepton: Literal["electron", "muon"]
    flavour: str
    path: Callable[[Setup], tuple[FloatArray, FloatArray]]
    tables: AcceptanceTables

    def production(
        self, setup: Setup, masses: FloatArray, boson: str, form_factor: str = "elastic"
    ) -> FloatArray:
        """Bosons made per beam lepton in the target at coupling 1 (g = e).

        Parameters
        ----------
        setup : Setup
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
            n = sum over elements of atoms per cm^3 times the integral of the path at energy E
            times the exact tree-level sigma(E), any energy of the boson.

        Raises
        ------
        ValidityError
            If a mass or energy is outside the tables.
        """
        energies, path = self.path(setup)
        made = np.zeros(masses.size)
        for component in setup.material.components:
            element = component.element
            if setup.producing and element.symbol not in setup.producing:
                continue
            atoms = setup.material.density * component.mass_fraction * const.AVOGADRO / element.A
            table = recoil.cross_sections(element, setup.particle, form_factor)
            sigma = table.above(energies[:, None], masses[None, :], 0.0, boson)
            made += atoms * const.PICOBARN_CM2 * (path @ sigma)
        return made

    def prepare(self, request: Request) -> Mapping[str, ProcessYield]:
        """Yield by title, see `Process`."""
        setup, model, masses = request.setup, request.model, request.masses
        made, flow = self._made(setup, model, masses, request.options)
        passing = made * flow[:, -1]
        inner: ProcessYield
        if request.fate.kind == "prompt":
            inner = PromptYield.of(model, masses, passing, self.flavour)
        else:
            bosons = Production(
                masses,
                np.array([0.0, setup.length]),
                np.maximum(setup.min_missing_energy, masses)[None, :],
                passing[None, None, :],
                self.lepton,
            )
            inner = request.fate.of(model, bosons)
        return {self.title: AcceptedYield(inner, made, flow, self.tables.cuts)}

    def total(self, setup: Setup, model: Model, masses: FloatArray, options: Options) -> FloatArray:
        """Bosons per beam lepton that pass all cuts at coupling 1, see `Process`."""
        made, flow = self._made(setup, model, masses, options)
        return np.asarray(made * flow[:, -1])

    def _made(
        self, setup: Setup, model: Model, masses: FloatArray, options: Options
    ) -> tuple[FloatArray, FloatArray]:
        """Bosons made, and shares left after each cut; kept, and not to be changed."""
        setup = setup.without_window
        if options.progress is not None:
            self.tables.load(setup, model.boson, options.progress, recoils=options.recoils)
        key = (self, setup, model.boson, options.form_factor, options.recoils)

        def make(masses: FloatArray) -> tuple[FloatArray, FloatArray]:
            made = self.production(setup, masses, model.boson, options.form_factor)
            table = self.tables.load(setup, model.boson, recoils=options.recoils)
            return made, table.flow_at(masses)

        made, flow = _MADE.get(key, masses, make)
        return made, flow


_MADE = KeptRows(32, 3000)
