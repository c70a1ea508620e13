"""Muons that give most of their energy to a nucleus, of which nothing is seen.

A beam muon loses more than the selection asks for to a nucleus of the target; one neutral hadron
takes all but what the calorimeter cut allows and passes the hadron calorimeter below the muon's own
signal. The cross-section of inelastic muon scattering, times the share of collisions with
such a neutral (hadron generator), times the probability that it passes, by splitting. The
scattered muon is taken to hit all counters: the estimate is conservative.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from ...events.hadrons import CODES, MODELS, boxes_of, load_library
from ...experiments.layout import Layout
from ...experiments.modes import modes
from ...experiments.setup import Setup
from ...ground.arrays import FloatArray
from ...ground.constants import AVOGADRO
from ...ground.quadrature import gauss
from ...physics.shower.muon_cross_sections import photonuclear
from .base import Estimate, Question, Source
from .punch_through import passing, photon_collisions

__all__ = ["SOURCE", "nuclear_losses"]

CITATIONS = ("Borog:1975icrc",)
_QUIET: Final = 1.0
"""Energy in GeV that a neutral may leave in every module beside the muon; assumed."""
_ERROR: Final = 0.2
"""Relative error of the cross-section."""


def nuclear_losses(setup: Setup, least: float) -> tuple[float, FloatArray, FloatArray]:
    """Muons that lose more than an energy to a nucleus of the target.

    Parameters
    ----------
    setup : Setup
        Beam and target.
    least : float
        Energy in GeV.

    Returns
    -------
    tuple of float and two arrays
        Number per muon, energies in GeV, and their probabilities.
    """
    nodes, widths = (np.asarray(a) for a in gauss(40))
    top = setup.beam_energy - 1.0
    loss = least * (top / least) ** nodes
    density = np.zeros(loss.size)
    for part in setup.material.components:
        atoms = AVOGADRO * part.mass_fraction / part.element.A * setup.material.density
        density += atoms * setup.length * photonuclear(part.element, setup.beam_energy, loss)
    weight = density * loss * math.log(top / least) * widths
    total = float(weight.sum())
    return total, loss, weight / total


def _estimate(question: Question) -> Estimate:
    layout = question.layout
    setup = modes()[layout.mode].setup(layout)
    recoil = setup.asked_recoil
    number, loss, chance = nuclear_losses(setup, setup.beam_energy - recoil.max_outgoing)
    modules, count = boxes_of(layout.role("hadronic")), 100 * question.events
    steps = {"losses per muon": number}
    totals, errors = {}, {}
    for model in MODELS:
        library, random = load_library(model), question.random("hermeticity", model)
        energy = random.choice(loss, size=count, p=chance)
        drawn = photon_collisions(setup.material, energy, library, random)
        taken = drawn.energy > energy[drawn.parent] - recoil.max_calorimeter
        total, variance = 0.0, 0.0
        for name in ("n", "K0L"):
            found = int((taken & (drawn.kind == CODES[name])).sum())
            # without one the size of an upper limit stands for it
            share = max(found, 1) / count
            through, spread = passing(
                modules, name, 90.0, _QUIET, max(question.events // 4, 100),
                question.stream("splitting", name, model) % 2**30, model,
            )  # fmt: skip
            total += number * share * through
            variance += (number * math.sqrt(share / count) * through) ** 2
            variance += (number * share * spread) ** 2
            steps[f"{model}: share with a {name} that takes nearly all"] = found / count
            steps[f"{model}: {name} of 90 GeV that pass"] = through
        totals[model], errors[model] = total, math.sqrt(variance)
    (rate, other), error = totals.values(), errors[next(iter(MODELS))]
    shifts = {"hadron model": abs(rate - other), "cross-section": _ERROR * rate}
    return Estimate(rate, error, shifts, steps)


def _applies(layout: Layout) -> bool:
    return layout.beam.particle in ("mu-", "mu+") and bool(layout.role("hadronic"))


SOURCE = Source(
    "hermeticity",
    "muons that lose their energy to a neutral hadron that is not seen",
    ("missing-momentum",),
    "inelastic muon scattering, leading neutrals of two generators, splitting",
    _estimate,
    _applies,
)
