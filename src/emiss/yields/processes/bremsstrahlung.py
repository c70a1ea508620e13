"""Dark bremsstrahlung of all electrons and positrons of the shower."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ...experiments.setup import Setup
from ...ground.arrays import FloatArray
from ...ground.kept_rows import KeptRows
from ...physics.models import Model
from ..bremsstrahlung_production import bremsstrahlung_production
from ..bremsstrahlung_spectrum import (
    CITATIONS,
    at_nodes,
    boson_spectrum,
    bremsstrahlung_coefficient,
    mean_probability,
)
from ..grouping import depths_of_leptons, grouped
from ..production import Production
from ..prompt import PromptYield
from .base import Options, Process, ProcessYield, Request, couples_to_lepton

__all__ = ["PROCESS", "bremsstrahlung_bosons"]


TITLE = "bremsstrahlung"


def bremsstrahlung_bosons(
    setup: Setup,
    masses: FloatArray,
    boson: str,
    options: Options,
) -> Production:
    """Bosons of bremsstrahlung that pass threshold and preshower, by energy.

    Parameters
    ----------
    setup, masses, boson, options
        As in `bremsstrahlung_coefficient`; the sum over energies is that coefficient.

    Returns
    -------
    Production
        One cell of depth.

    Raises
    ------
    ValidityError
        If a mass is outside the tables.
    """
    from ...physics.processes.bremsstrahlung_table_grid import check_masses

    check_masses(masses)
    key = (setup, boson, options.form_factor)

    def make(each: FloatArray) -> tuple[FloatArray, ...]:
        return _by_mass(setup, each, boson, options)

    found = _BOSONS.get(key, masses, make)
    mean, number, depths = (np.ascontiguousarray(each.T) for each in found)
    return Production(masses, depths, mean, number[None], "electron")


_BOSONS = KeptRows(16, 1000)
_AT_NODES = KeptRows(16, 100)
"""Energies, numbers and depths by mass, and at the masses of the tables."""

_Groups = tuple[FloatArray, FloatArray, FloatArray]
"""Mean energies and numbers by group, shape (n, k), and edges of depth, shape (n, k, 2)."""


def _by_mass(setup: Setup, masses: FloatArray, boson: str, options: Options) -> _Groups:
    from ...physics.processes.bremsstrahlung_table_grid import (
        at_masses,
        mass_nodes,
        nodes_for,
    )

    nodes, how = mass_nodes(), (options.form_factor, options.progress)
    energies, spectra, rows = at_nodes(setup.at_floor(), boson, *how, masses)

    def make(each: FloatArray) -> _Groups:
        return _grouped(setup, each, energies, spectra[np.searchsorted(nodes, each)])

    key = (setup, boson, options.form_factor)
    mean, number, depths = _AT_NODES.get(key, nodes[rows], make)
    positive = np.zeros((nodes.size, number.shape[1]), np.bool_)
    positive[rows] = number > 0.0
    around = positive[nodes_for(masses)]
    used = around.any(axis=1)
    smooth = np.all(around.all(axis=1) | ~used, axis=1)
    known = np.zeros((*positive.shape, 4))
    known[rows] = np.concatenate(
        [np.log(np.where(number > 0.0, number, 1.0))[..., None], mean[..., None], depths], axis=2
    )
    found = at_masses(known, masses)
    mean, depths = np.maximum(found[..., 1], masses[:, None]), found[..., 2:]
    number = np.where(used, np.exp(found[..., 0]), 0.0)
    if not smooth.all():  # too heavy for the threshold
        heavy = masses[~smooth]
        direct = _grouped(setup, heavy, *boson_spectrum(setup.at_floor(), heavy, boson, *how))
        for whole, part in zip((mean, number, depths), direct, strict=True):
            whole[~smooth] = part
    # What little the interpolation in mass changes of the sum is given back.
    wanted = bremsstrahlung_coefficient(setup, masses, boson, *how)
    total = number.sum(axis=1)
    scale = np.divide(wanted, total, out=np.zeros_like(wanted), where=total > 0.0)
    return mean, number * scale[:, None], depths


def _grouped(
    setup: Setup, masses: FloatArray, energies: FloatArray, spectrum: FloatArray
) -> _Groups:
    """Groups of spectra at the masses themselves."""
    mean, number = grouped(energies, spectrum * mean_probability(setup, energies))
    mean = np.maximum(mean, masses)
    return mean.T, number.T, depths_of_leptons(setup, mean, masses).T


def _total(setup: Setup, model: Model, masses: FloatArray, options: Options) -> FloatArray:
    return bremsstrahlung_coefficient(
        setup.source, masses, model.boson, options.form_factor, options.progress
    )


def _prepare(request: Request) -> Mapping[str, ProcessYield]:
    setup, model, masses, options = request.setup, request.model, request.masses, request.options
    if request.fate.kind == "prompt":
        return {TITLE: PromptYield.of(model, masses, _total(setup, model, masses, options), "e")}
    if request.fate.kind == "volume":
        made = bremsstrahlung_production(
            setup.source,
            setup.length,
            masses,
            model.boson,
            form_factor=options.form_factor,
            progress=options.progress,
        )
    else:
        made = bremsstrahlung_bosons(setup.source, masses, model.boson, options)
    return {TITLE: request.fate.of(model, made)}


PROCESS = Process(
    name="bremsstrahlung",
    title=TITLE,
    couples=couples_to_lepton("e"),
    prepare=_prepare,
    citations=CITATIONS,
    needs="electrons",
    total=_total,
    reaction="e N -> e N X (X = V, A, S, P) in the shower",
    method="exact tree level; WW and improved WW beside it",
)
