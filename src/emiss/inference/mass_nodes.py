"""Masses at which limits and yields may have edges and kinks, and the first of an adaptive grid."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from ..ground import constants as const
from ..ground.arrays import FloatArray
from ..ground.mass_range import MassRange

if TYPE_CHECKING:
    from ..experiments import Experiment
    from ..experiments.setup import Setup
    from ..physics.models import Model

__all__ = ["dense_masses", "first_masses", "kinks_of", "luminosity_cells"]

_STEP = 0.3
"""Step in ln m of the first masses: a factor 1.35."""
_AROUND = (0.012, 0.03, 0.07)
"""Further first masses on both sides of a resonance edge, in ln m."""
_DENSE_STEP = 0.1
_DENSE_AROUND = 0.13 * np.sinh(np.linspace(-3.0, 3.0, 27)) / np.sinh(3.0)
_DARK_AROUND = 0.13 * np.sinh(np.linspace(-3.0, 3.0, 9)) / np.sinh(3.0)
_ABOVE_KINKS = np.array([6e-4, 3e-3, 0.01, 0.03])
"""Masses at which a yield that costs little is looked at: everywhere, on both sides of edges and
above thresholds, behind which curves may rise like a root; in ln m."""
_BEND = 0.03
"""Change of the luminosity of positrons across half a cell that a limit may show."""
_LEAST_DENSITY = 1e-7
"""Share of the largest luminosity below which it is of no interest."""
_BESIDE_STEP = 2e-6
_SMOOTH = 1e-3
"""Distance from a step in ln m: least, some widths of a boson that decays visibly alone, and from
where it is no step but a bend like others."""
_TWO_PIONS = 2.0 * const.CHARGED_PION_MASS
_THRESHOLDS = (
    *(2.0 * mass for mass in const.LEPTON_MASS.values()),
    const.NEUTRAL_PION_MASS,
    _TWO_PIONS,
    _TWO_PIONS + const.NEUTRAL_PION_MASS,
)
_HADRONIC = (0.70, 0.74, 0.76, 0.7740, 0.7827, 0.7870, 0.80, 0.9873, 0.9952, 1.0152, 1.0195, 1.0237)
_FLANKS = (0.768, 0.7775, 0.780, 0.7848, 0.7905, 0.795)
"""On the rho, the omega and the phi and on their flanks, and at the thresholds of kaons, in GeV;
and further ones on the flanks of the omega."""


def kinks_of(
    experiments: Iterable[Experiment], model: Model
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Masses at which curves may have kinks.

    Parameters
    ----------
    experiments : iterable of Experiment
        The experiments.
    model : Model
        The model.

    Returns
    -------
    tuple of array of float
        Kinks: thresholds of decays, nodes of efficiency tables, meson thresholds where mesons are
        made. Edges: sqrt(2 m_e E), where the resonance of positrons on electrons meets the
        threshold and the beam energy. Dark edges: where the threshold of the dark matter does. In
        GeV, ascending.
    """
    kinks, edges, dark = set(_THRESHOLDS), set[float](), set[float]()
    for experiment in experiments:
        for run in experiment.runs:
            kinks.update(run.efficiency.masses)
            found = _resonance_edges(run.setup)
            edges.update(found)
            if model.dark_sector is not None:
                above = model.dark_sector.mass_ratio / (2.0 + model.dark_sector.splitting)
                dark.update(above * edge for edge in found)
        if "charge_exchange" in experiment.search.processes:
            kinks.update(_meson_thresholds(model))
    return np.array(sorted(kinks)), np.array(sorted(edges)), np.array(sorted(dark))


def _resonance_edges(setup: Setup) -> list[float]:
    if setup.particle not in ("e-", "e+") or setup.recoil is not None:
        return []
    energies = (setup.min_missing_energy, setup.beam_energy)
    return [math.sqrt(2.0 * const.ELECTRON_MASS * energy) for energy in energies]


def _meson_thresholds(model: Model) -> list[float]:
    """Masses of mesons and their halves; that of a boson whose dark matter they make in pairs."""
    from ..ground.mesons import MESON_IDS, meson_data

    shares = [0.5, 1.0]
    ratio = getattr(model, "mass_ratio", None)
    if ratio is not None:
        shares.append(0.5 * ratio)
    masses = [meson_data(name).mass for name in MESON_IDS]
    return [share * mass for mass in masses for share in shares]


def luminosity_cells(
    span: MassRange, experiments: Iterable[Experiment], model: Model
) -> FloatArray:
    """Masses where cells of positron energy meet, which bosons narrower than a cell show.

    Parameters
    ----------
    span : MassRange
        The range.
    experiments : iterable of Experiment
        The experiments.
    model : Model
        The model.

    Returns
    -------
    array of float
        Masses in GeV, ascending: on both sides of where the luminosity of positrons changes within
        a cell, or from one to the next, so much that a limit may have a kink or a step there.
    """
    from ..yields.positrons import annihilation_luminosity

    found: list[FloatArray] = [np.empty(0)]
    for experiment in experiments:
        if "annihilation" not in experiment.search.processes:
            continue
        for setup in dict.fromkeys(run.setup for run in experiment.runs):
            if setup.particle in ("e-", "e+") and setup.recoil is None:
                found.append(np.sqrt(annihilation_luminosity(setup).bends(_BEND, _LEAST_DENSITY)))
    places = np.unique(np.concatenate(found))
    reach = np.full(places.size, _BESIDE_STEP)
    if model.dark_sector is not None and places.size:
        reach = np.maximum(reach, 2.0 * model.dark_sector.width(places) / places)
    narrow = reach < _SMOOTH
    sides = np.outer(places[narrow], [1.0, 1.0]) + np.outer(places * reach, [-1.0, 1.0])[narrow]
    return np.unique(sides[(sides > span.low) & (sides < span.high)])


def first_masses(
    span: MassRange, kinks: FloatArray, edges: FloatArray, dark_edges: FloatArray
) -> FloatArray:
    """First masses of an adaptive grid.

    Parameters
    ----------
    span : MassRange
        The range.
    kinks, edges, dark_edges : array of float
        As `kinks_of` gives them.

    Returns
    -------
    array of float
        Masses in GeV, ascending, with all kinks in the range.
    """
    low, high = span.low, span.high
    count = math.ceil(math.log(high / low) / _STEP) + 1
    offsets = np.exp(np.array([0.0, *_AROUND, *(-step for step in _AROUND)]))
    around = np.outer(np.append(edges, dark_edges), offsets)
    wanted = np.concatenate([kinks, _HADRONIC, around.ravel()])
    wanted = np.unique(wanted[(wanted > low) & (wanted < high)])
    even = np.geomspace(low, high, max(count, 5))
    even[[0, -1]] = low, high
    # An even mass next to one that is wanted says nothing new.
    apart = np.abs(np.log(wanted / even[:, None]))
    near = np.any(apart < 0.1 * _STEP, axis=1)
    near[[0, -1]] = False
    return np.unique(np.concatenate([even[~near], wanted]))


def dense_masses(
    span: MassRange, kinks: FloatArray, edges: FloatArray, dark_edges: FloatArray
) -> FloatArray:
    """Masses so close that nothing is missed; for the parameters see `first_masses`.

    Returns
    -------
    array of float
        Masses in GeV, ascending, with all kinks in the range.
    """
    low, high = span.low, span.high
    even = np.geomspace(low, high, math.ceil(math.log(high / low) / _DENSE_STEP) + 1)
    even[[0, -1]] = low, high
    around = (
        np.outer(edges, np.exp(_DENSE_AROUND)),
        np.outer(dark_edges, np.exp(_DARK_AROUND)),
        np.outer(kinks, np.exp(_ABOVE_KINKS)),
    )
    found = [even, kinks, np.array([*_HADRONIC, *_FLANKS]), *(masses.ravel() for masses in around)]
    masses = np.unique(np.concatenate(found))
    return masses[(masses >= low) & (masses <= high)]
