"""Bremsstrahlung of beam muons in the target, with the scattered muon measured behind it.

For what flies before it decays the energy is taken as the least that passes the cut on the outgoing
momentum: a lower bound of the signal, since a faster boson gets farther.
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
from ..acceptance import recoil
from ..acceptance.recoil_tables import RecoilAcceptance, load_acceptance
from ..production import Production
from ..prompt import PromptYield
from .accepted import AcceptedYield
from .base import Options, Process, ProcessYield, Request, couples_to_lepton

if TYPE_CHECKING:
    from ...materials import Element
    from ...processes.bremsstrahlung_table import BremsstrahlungTable

__all__ = ["PROCESS", "muon_production"]


CITATIONS = (*recoil.CITATIONS, "Groom:2001kq")
TITLE = "muon bremsstrahlung"

_ENERGY_CELLS = (0.05, 0.25, 0.5, 0.75, 0.88, 0.95, 0.98, 0.99, 0.994, 0.996, 0.998, 1.0)
"""Edges of cells of the muon's energy over the beam energy; cross-sections are smooth in it."""


@functools.lru_cache(maxsize=16)
def _track(setup: Setup) -> tuple[FloatArray, FloatArray]:
    """Energies in GeV and path in cm of the muon in the target."""
    from ...shower.muon_transport import muon_track_length

    edges = setup.beam_energy * np.array(_ENERGY_CELLS)
    track = muon_track_length(setup.material, setup.beam_energy, setup.length, edges)
    return 0.5 * (edges[1:] + edges[:-1]), track.length_cm


@functools.lru_cache(maxsize=6)
def _table(element: Element, particle: str, form_factor: str) -> BremsstrahlungTable:
    """Table of an element, kept: reading it takes longer than the yield at some masses."""
    from ...processes.bremsstrahlung_table import load_table

    return load_table(element, projectile=particle, form_factor=form_factor)


def muon_production(
    setup: Setup, masses: FloatArray, boson: str, form_factor: str = "elastic"
) -> FloatArray:
    """Bosons made per muon in the target at coupling 1 (g = e).

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
        n = sum over elements of atoms per cm^3 times the integral of the path at energy E times
        the exact tree-level sigma(E), any energy of the boson.

    Raises
    ------
    ValidityError
        If a mass or energy is outside the tables.
    """
    energies, path = _track(setup)
    made = np.zeros(masses.size)
    for component in setup.material.components:
        element = component.element
        if setup.producing and element.symbol not in setup.producing:
            continue
        atoms = setup.material.density * component.mass_fraction * const.AVOGADRO / element.A
        table = _table(element, setup.particle, form_factor)
        sigma = table.above(energies[:, None], masses[None, :], 0.0, boson)
        made += atoms * const.PICOBARN_CM2 * (path @ sigma)
    return made


@functools.lru_cache(maxsize=64)
def _cached(
    setup: Setup, masses: tuple[float, ...], boson: str, form_factor: str
) -> tuple[FloatArray, RecoilAcceptance]:
    return (
        muon_production(setup, np.array(masses), boson, form_factor),
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
        inner = PromptYield.of(model, masses, passing, "mu")
    else:
        bosons = Production(
            masses,
            np.array([0.0, setup.length]),
            np.maximum(setup.min_missing_energy, masses)[None, :],
            passing[None, None, :],
            "muon",
        )
        inner = request.fate.of(model, bosons)
    return {TITLE: AcceptedYield(inner, made, flow, recoil.CUTS)}


PROCESS = Process(
    name="muon_bremsstrahlung",
    title=TITLE,
    couples=couples_to_lepton("mu"),
    prepare=_prepare,
    citations=CITATIONS,
    needs="muons",
    flavour="mu",
    total=_total,
)
