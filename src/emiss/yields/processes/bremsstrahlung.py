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
    all_positive,
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
"""Energies, numbers and depths by mass."""


def _by_mass(
    setup: Setup, masses: FloatArray, boson: str, options: Options
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Mean energies and numbers by group, shape (n, k), and edges of depth, shape (n, k, 2)."""
    from ...physics.processes.bremsstrahlung_table_grid import at_masses

    how = (options.form_factor, options.progress)
    base = setup.at_floor()
    energies, spectrum, _ = at_nodes(base, boson, *how, masses)
    passing = mean_probability(setup, energies)
    mean, number = grouped(energies, spectrum * passing)
    used = number.max(axis=1) > 0.0
    smooth = all_positive(np.all(number[used] > 0.0, axis=0).astype(np.float64), masses)
    both = np.stack([np.log(np.where(number > 0.0, number, 1.0))[used], mean[used]])
    found = at_masses(both.transpose(2, 1, 0), masses)
    found[..., 0] = np.exp(found[..., 0])
    number, mean = np.zeros((2, used.size, masses.size))
    number[used], mean[used] = found.transpose(2, 1, 0)
    if not smooth.all():  # too heavy for the threshold
        energies, spectrum = boson_spectrum(base, masses[~smooth], boson, *how)
        mean[:, ~smooth], number[:, ~smooth] = grouped(energies, spectrum * passing)
    # What little the interpolation in mass changes of the sum is given back.
    whole = bremsstrahlung_coefficient(setup, masses, boson, *how)
    total = number.sum(axis=0)
    number = number * np.divide(whole, total, out=np.zeros_like(whole), where=total > 0.0)
    mean = np.maximum(mean, masses)
    depths = depths_of_leptons(setup, mean, masses)
    return mean.T, number.T, depths.T


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
