"""Leading neutrons and K0L of photons that interact in the dump and pass the hadron calorimeter.

A photon of the shower interacts with a nucleus of the dump; one neutral hadron takes more than the
missing energy and leaves less than the cut allows in all modules. Photon track lengths of the
deterministic cascade, times the cross-section of photons on nuclei, times the share of collisions
with such a neutral (hadron generator), times the probability that it passes, by splitting. What
else the collision makes is taken to stay in the dump: the estimate is conservative.
"""

from __future__ import annotations

import functools
import math
from typing import Final

import numpy as np

from ...events.hadrons import (
    CODES,
    MODELS,
    Box,
    boxes_of,
    interaction_length_cm,
    load_library,
    punch_through,
)
from ...events.hadrons.lengths import target_shares
from ...events.hadrons.library import Collisions, FinalStates
from ...experiments.layout import Layout
from ...experiments.modes.base import asked
from ...ground.arrays import FloatArray
from ...physics.materials import Material
from ...physics.shower import track_lengths
from .base import Estimate, Question, Source

__all__ = ["SOURCE", "leading_neutrals", "passing", "photon_collisions"]

_NEUTRALS: Final = ("n", "K0L")
_SPLITTING: Final = 4
_ERROR: Final = 0.10
"""Relative error of the cross-section of photons on nuclei."""


def leading_neutrals(
    layout: Layout, events: int, random: np.random.Generator, model: str = "pythia"
) -> dict[str, tuple[float, float, float]]:
    """Neutral hadrons with more than the missing energy, made by photons in the dump.

    Parameters
    ----------
    layout : Layout
        The apparatus.
    events : int
        Collisions to draw.
    random : Generator
        Random numbers.
    model : str
        Hadron model, a key of `hadrons.MODELS`.

    Returns
    -------
    dict of str to (float, float, float)
        Number per beam particle, its statistical error, and mean energy in GeV, by hadron.
    """
    material, library = layout.target.material, load_library(model)
    missing = layout.beam.energy - asked(layout, "target_energy", "max")
    tracks = track_lengths(material, layout.beam.particle, layout.beam.energy, missing)
    energy, weight = tracks.nodes("gamma")
    lengths = [interaction_length_cm(material, float(e), "gamma") for e in energy]
    collisions = weight * material.radiation_length_cm / np.array(lengths)
    chosen = energy[random.choice(energy.size, size=events, p=collisions / collisions.sum())]
    drawn = photon_collisions(material, chosen, library, random)
    total, found = float(collisions.sum()), {}
    for name in _NEUTRALS:
        rows = (drawn.kind == CODES[name]) & (drawn.energy > missing)
        share = float(rows.sum()) / events
        error = math.sqrt(max(rows.sum(), 1)) / events
        mean = float(drawn.energy[rows].mean()) if rows.any() else missing
        found[name] = (total * share, total * error, mean)
    return found


def photon_collisions(
    material: Material, energy: FloatArray, library: FinalStates, random: np.random.Generator
) -> Collisions:
    """What photons make on the nuclei of a material.

    Parameters
    ----------
    material : Material
        What they collide in.
    energy : array, shape (n,)
        Their energies in GeV.
    library : FinalStates
        Final states of a hadron model.
    random : Generator
        Random numbers.

    Returns
    -------
    Collisions
        Products of all collisions.
    """
    shares, count = target_shares(material, "gamma", library), energy.size
    target = random.choice(shares.size, size=count, p=shares / shares.sum()).astype(np.int64)
    return library.draw(np.full(count, CODES["gamma"], dtype=np.int64), target, energy, random)


@functools.lru_cache(maxsize=32)
def passing(
    modules: tuple[Box, ...], hadron: str, energy: float, most: float, events: int, seed: int,
    model: str,
) -> tuple[float, float]:  # fmt: skip
    """Probability that a hadron leaves less than ``most`` GeV in every module, and its error.

    The same question is answered once; see `punch_through` for the arguments.
    """
    found = punch_through(
        modules, hadron, energy, most, events=events, repeats=_SPLITTING, seed=seed, model=model
    )
    return found.probability, found.error


def _estimate(question: Question) -> Estimate:
    layout = question.layout
    modules = boxes_of(layout.role("hadronic"))
    # the sum of the modules is below the cut only if each is
    most = asked(layout, "hadronic_energy", "max")
    totals, variance = {}, 0.0
    steps: dict[str, float] = {}
    for model in MODELS:
        random = question.random("punch-through", model)
        made = leading_neutrals(layout, 100 * question.events, random, model)
        total = 0.0
        for name, (number, error, energy) in made.items():
            chance, spread = passing(
                modules, name, round(energy), most, max(question.events // 4, 100),
                question.stream("splitting", name, model) % 2**30, model,
            )  # fmt: skip
            total += number * chance
            steps[f"{model}: {name} above the missing energy, per electron"] = number
            steps[f"{model}: {name} of {round(energy)} GeV that pass"] = chance
            if model == next(iter(MODELS)):
                variance += (error * chance) ** 2 + (number * spread) ** 2
        totals[model] = total
    rate, other = (totals[model] for model in MODELS)
    shifts = {"hadron model": abs(rate - other), "photons on nuclei": _ERROR * rate}
    return Estimate(rate, math.sqrt(variance), shifts, steps)


def _applies(layout: Layout) -> bool:
    return layout.beam.particle in ("e-", "e+", "gamma") and bool(layout.role("hadronic"))


SOURCE = Source(
    "punch-through",
    "leading neutrons and K0L from the dump that pass the hadron calorimeter",
    ("missing-energy",),
    "photon track length, photons on nuclei, leading neutrals of two generators, splitting",
    _estimate,
    _applies,
)
