"""Bremsstrahlung of beam electrons in a thin target, with the scattered electron tracked behind it.

n = sum over elements of atoms per cm^2 times the exact tree-level sigma, averaged over the spread
of the beam; what electrons radiate before the vertex is part of the acceptance. For what flies
before it decays the energy is taken as the least that passes the cut on the calorimeter: a lower
bound of the signal, since a faster boson gets farther.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from ...experiments.setup import Setup
from ...ground import constants as const
from ...ground.arrays import FloatArray
from ...models import Model
from ..acceptance import recoil_electrons
from ..acceptance.recoil_electron_tables import load_acceptance
from ..acceptance.recoil_tables import RecoilAcceptance
from ..production import Production
from ..prompt import PromptYield
from .accepted import AcceptedYield
from .base import Options, Process, ProcessYield, Request, couples_to_lepton

if TYPE_CHECKING:
    from ...materials import Element
    from ...processes.bremsstrahlung_table import BremsstrahlungTable

__all__ = ["PROCESS", "electron_production"]


CITATIONS = recoil_electrons.CITATIONS
TITLE = "bremsstrahlung"


@functools.lru_cache(maxsize=8)
def _table(element: Element, particle: str, form_factor: str) -> BremsstrahlungTable:
    from ...processes.bremsstrahlung_table import load_table

    return load_table(element, projectile=particle, form_factor=form_factor)


def electron_production(
    setup: Setup, masses: FloatArray, boson: str, form_factor: str = "elastic"
) -> FloatArray:
    """Bosons made per electron in a thin target at coupling 1 (g = e), any energy of the boson.

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
        Sum over elements of atoms per cm^2 times sigma, averaged over the spread of the beam.

    Raises
    ------
    ValidityError
        If a mass or the energy is outside the tables.
    """
    energies, weights = recoil_electrons.beam_nodes(setup)
    made = np.zeros(masses.size)
    for component in setup.material.components:
        element = component.element
        if setup.producing and element.symbol not in setup.producing:
            continue
        atoms = setup.material.density * component.mass_fraction * const.AVOGADRO / element.A
        table = _table(element, setup.particle, form_factor)
        sigma = weights @ table.above(energies[:, None], masses[None, :], 0.0, boson)
        made += atoms * setup.length * const.PICOBARN_CM2 * sigma
    return made


@functools.lru_cache(maxsize=64)
def _cached(
    setup: Setup, masses: tuple[float, ...], boson: str, form_factor: str
) -> tuple[FloatArray, RecoilAcceptance]:
    return (
        electron_production(setup, np.array(masses), boson, form_factor),
        load_acceptance(setup, boson),
    )


def _made(
    setup: Setup, model: Model, masses: FloatArray, options: Options
) -> tuple[FloatArray, RecoilAcceptance]:
    if options.progress is not None:
        load_acceptance(setup, model.boson, options.progress)
    return _cached(setup, tuple(masses.tolist()), model.boson, options.form_factor)


def _total(setup: Setup, model: Model, masses: FloatArray, options: Options) -> FloatArray:
    made, accepted = _made(setup, model, masses, options)
    return made * accepted.at(masses)


def _prepare(request: Request) -> Mapping[str, ProcessYield]:
    setup, model, masses = request.setup, request.model, request.masses
    made, accepted = _made(setup, model, masses, request.options)
    flow = accepted.flow_at(masses)
    passing = made * flow[:, -1]
    inner: ProcessYield
    if request.fate.kind == "prompt":
        inner = PromptYield.of(model, masses, passing, "e")
    else:
        bosons = Production(
            masses,
            np.array([0.0, setup.length]),
            np.maximum(setup.min_missing_energy, masses)[None, :],
            passing[None, None, :],
            "electron",
        )
        inner = request.fate.of(model, bosons)
    return {TITLE: AcceptedYield(inner, made, flow, recoil_electrons.CUTS)}


PROCESS = Process(
    name="thin_bremsstrahlung",
    title=TITLE,
    couples=couples_to_lepton("e"),
    prepare=_prepare,
    citations=CITATIONS,
    needs="electrons",
    total=_total,
)
