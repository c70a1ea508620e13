"""Neutral hadrons that leave the dump of a visible search and decay or interact behind it.

A photon of the shower interacts with a nucleus of the dump. One K0S, K0L or neutron takes enough
energy and passes the rest of the dump, of which the counter behind it must see nothing: all else
that the collision made has to stay in the dump. Then a K0S decays between the counters (to charged
pions, or to photons of which one converts in the second counter), or a neutron or K0L interacts in
the second counter. What follows must leave enough energy in the calorimeter and next to nothing
behind it, and dump and calorimeter together must see the energy of the beam: hadrons lose some in
both.

Photon track lengths of the deterministic cascade, times the cross-section of photons on nuclei,
times collisions of a generator; each neutral is weighted with the chance to pass and to decay or
interact, and everything else is followed. Decays of K0L, a tenth of their interactions in the
counter, and the electron's own virtual photons are left out.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ...events.hadrons import (
    CODES,
    E_OVER_H,
    HADRONS,
    MODELS,
    Box,
    Hadrons,
    boxes_of,
    interaction_length_cm,
    load_library,
    shower,
)
from ...events.hadrons import library as collisions
from ...events.hadrons.decays import decayed
from ...events.hadrons.particles import turned
from ...experiments.elements import Element
from ...experiments.layout import Layout
from ...experiments.modes.base import asked
from ...experiments.modes.visible import DECAY_ENERGY
from ...ground.arrays import FloatArray
from ...ground.quantity import Quantity
from ...physics.materials import Material, get
from ...physics.shower import track_lengths
from ...physics.shower.depth import track_depths
from .base import Estimate, Input, Question, Source
from .punch_through import photon_collisions

__all__ = ["SOURCE", "Passage", "converted", "passage"]

_REPEATS: Final = 50
"""Decays or interactions that are drawn of each neutral beside which nothing is seen."""
_LEAST: Final = 1e-3
"""Energy in GeV below which products of a collision stay where they are."""

PAIR: Final = Input(
    "pair-signal",
    "least signal in the counter before the calorimeter, minimum-ionising particles",
    Quantity(
        1.5, 0.0, "", "arXiv:1803.07748", "recalled",
        "as in the selection; fluctuations of the signal are left out",
    ),
    most=2.0,
)  # fmt: skip
BEHIND: Final = Input(
    "energy-behind",
    "energy that leaves the calorimeter below which all behind it is quiet, GeV",
    Quantity(
        1.0, 0.0, "", "a quiet hadron calorimeter, NA64 papers", "recalled",
        "medium confidence; the layout has nothing behind its calorimeter",
    ),
)  # fmt: skip
BALANCE: Final = Input(
    "energy-balance",
    "least energy in dump and calorimeter, over that of the beam",
    Quantity(
        0.9, 0.05, "", "the sum is that of the beam, arXiv:1803.07748", "recalled",
        "that there is such a cut; the window is assumed",
    ),
)  # fmt: skip
_NEUTRALS: Final = ("K0S", "K0L", "n")
_CROSS_SECTION: Final = 0.10
"""Relative error of the cross-section of photons on nuclei."""
VETO: Final = Input(
    "veto-quiet",
    "energy in the counter behind the dump below which it is quiet, GeV",
    Quantity(
        5e-4, 0.0, "", "half of a minimum-ionising particle, arXiv:1803.07748", "recalled",
        "as in the selection; accidental quiet of a struck counter is left out",
    ),
)  # fmt: skip


_INPUTS: Final = (VETO, PAIR, BEHIND, BALANCE)


@dataclass(frozen=True, slots=True)
class Passage:
    """Places that decide, in cm along the beam.

    Parameters
    ----------
    vertex, dump_end : float
        Mean place of the collision, and end of the dump.
    dump, veto, counter, calorimeter : Box
        The dump, the counter behind it, that at the end of the decay volume, and the calorimeter.
    least : float
        Least energy in GeV in the calorimeter.
    pair : float
        Least signal in the counter in minimum-ionising particles.
    """

    vertex: float
    dump_end: float
    dump: Box
    veto: Box
    counter: Box
    calorimeter: Box
    least: float
    pair: float = PAIR.value


def passage(question: Question) -> Passage:
    """Places of a layout of the visible mode.

    Parameters
    ----------
    question : Question
        With the apparatus and stated inputs.

    Returns
    -------
    Passage
        Counters that have no matter are of plastic, and a calorimeter without is of the sampling
        of the invisible mode.
    """
    layout = question.layout
    material, beam = layout.target.material, layout.beam
    least = asked(layout, DECAY_ENERGY, "min")
    depth = track_depths(material, beam.particle, beam.energy, 0.98 * least)
    front = min(e.start for e in layout.role("preshower", "target"))
    end = max(e.end for e in layout.role("preshower", "target"))
    plastic = get("polystyrene")
    lead = Material.layered("calorimeter", [(get("Pb"), 0.15), (plastic, 0.15)], 150)
    return Passage(
        front + depth.mean_depth("gamma", least) * material.radiation_length_cm, end,
        Box("dump", material, front, end),
        _box(layout.role("veto")[-1], plastic), _box(layout.role("decay-counter")[0], plastic),
        _box(layout.role("decay-calorimeter")[0], lead), least,
        question.input(PAIR).value,
    )  # fmt: skip


def _box(element: Element, otherwise: Material) -> Box:
    found = boxes_of((element,), (element.kind,))
    return found[0] if found else Box(element.name, otherwise, element.start, element.end)


def _vertices(kind: NDArray[np.int64], place: Passage) -> FloatArray:
    found = np.zeros((kind.size, 3))
    found[:, 2] = place.vertex
    return found


def _hadrons(
    made: collisions.Collisions, rows: NDArray[np.intp], event: FloatArray, place: Passage
) -> Hadrons:
    ahead = np.tile([0.0, 0.0, 1.0], (rows.size, 1))
    direction = turned(ahead, made.slope_x[rows], made.slope_y[rows])
    return Hadrons(
        np.asarray(event, dtype=np.int64), made.kind[rows], made.energy[rows],
        _vertices(made.kind[rows], place), direction,
    )  # fmt: skip


def _beside(
    made: collisions.Collisions, chosen: NDArray[np.intp], place: Passage,
    library: collisions.FinalStates,
    random: np.random.Generator,
) -> tuple[FloatArray, FloatArray]:  # fmt: skip
    """Energy in GeV seen in the dump and in the counter behind it, but for each chosen neutral."""
    parents, order = made.parent[chosen], np.argsort(made.parent, kind="stable")
    low = np.searchsorted(made.parent[order], parents, "left")
    high = np.searchsorted(made.parent[order], parents, "right")
    rows, events = [], []
    for event, (first, last, own) in enumerate(zip(low, high, chosen, strict=True)):
        others = order[first:last]
        others = others[(others != own) & (made.energy[others] > _LEAST)]
        rows.append(others)
        events.append(np.full(others.size, event))
    seen = np.zeros((chosen.size, 2))
    seen[:, 0] = made.soft_photons[parents] + made.soft_hadrons[parents] / E_OVER_H
    which = np.concatenate(rows)
    if which.size:
        beside = _hadrons(made, which, np.concatenate(events), place)
        boxes = place.dump, place.veto
        spots = shower(boxes, beside, chosen.size, random, library=library).spots
        np.add.at(seen, (spots.event, spots.box), spots.visible)
    return seen[:, 0], seen[:, 1]


def _boost(name: str, energy: FloatArray) -> FloatArray:
    mass = HADRONS[CODES[name]].mass
    return np.asarray(np.sqrt(np.maximum(energy**2 - mass**2, 0.0)) / mass)


def _chance(name: str, energy: FloatArray, place: Passage) -> FloatArray:
    """Chance to pass the dump and to decay in the volume or to interact in its last counter."""
    mean = float(energy.mean())
    left, veto = place.dump_end - place.vertex, place.veto.end - place.veto.start
    through = math.exp(-left / interaction_length_cm(place.dump.material, mean, name))
    through *= math.exp(-veto / interaction_length_cm(place.veto.material, mean, name))
    if name == "K0S":
        length = HADRONS[CODES[name]].decay_length * _boost(name, energy)
        near, far = place.veto.end - place.vertex, place.counter.start - place.vertex
        return np.asarray(through * (np.exp(-near / length) - np.exp(-far / length)))
    thick = place.counter.end - place.counter.start
    hit = -math.expm1(-thick / interaction_length_cm(place.counter.material, mean, name))
    return np.full(energy.size, through * hit)


def converted(counter: Box, pair: float) -> float:
    """Chance that a photon converts in a counter early enough for the pair to be seen.

    Parameters
    ----------
    counter : Box
        The counter.
    pair : float
        Minimum-ionising particles that are asked for in it.

    Returns
    -------
    float
        7/9 per radiation length of the part from which two particles still leave enough.
    """
    thick = (counter.end - counter.start) / counter.material.radiation_length_cm
    return 7.0 / 9.0 * thick * (1.0 - 0.5 * pair)


def _seen(
    name: str, energy: FloatArray, place: Passage, library: collisions.FinalStates,
    random: np.random.Generator,
) -> tuple[FloatArray, FloatArray, FloatArray]:  # fmt: skip
    """Chance that the last counter sees a pair, energy in the calorimeter, and energy behind it."""
    n, counter = energy.size, place.counter
    start, weight = np.zeros((n, 3)), np.ones(n)
    start[:, 2] = 0.5 * (counter.start + counter.end)
    decays = name == "K0S"
    if decays:
        start[:, 2] = place.veto.end + (counter.start - place.veto.end) * random.random(n)
    made = Hadrons(
        np.arange(n), np.full(n, CODES[name]), energy, start, np.tile([0.0, 0.0, 1.0], (n, 1))
    )
    if decays:
        made = decayed(made, random)
        photons = np.zeros(n, dtype=bool)
        photons[made.event[made.kind == CODES["gamma"]]] = True
        weight[photons] = -math.expm1(-4.0 * converted(counter, place.pair))
    boxes = (place.calorimeter,) if decays else (place.calorimeter, counter)
    found = shower(boxes, made, n, random, library=library, collide_first=not decays)
    mine = found.spots.box == 0
    visible, behind = np.zeros(n), np.zeros(n)
    np.add.at(visible, found.spots.event[mine], found.spots.visible[mine])
    np.add.at(behind, found.escaped.event, found.escaped.energy)
    return weight, visible, behind


def _rates(question: Question, place: Passage, model: str) -> dict[str, tuple[float, float, float]]:
    """By hadron, events per electron, their statistical error, events without cuts on hadrons."""
    layout, library = question.layout, load_library(model)
    random, count = question.random("visible neutrals", model), 400 * question.events
    material = layout.target.material
    quietest, behind_most, balance = (one.value for one in question.inputs(VETO, BEHIND, BALANCE))
    tracks = track_lengths(material, layout.beam.particle, layout.beam.energy, place.least)
    energy, weight = tracks.nodes("gamma")
    lengths = [interaction_length_cm(material, float(e), "gamma") for e in energy]
    number = weight * material.radiation_length_cm / np.array(lengths)
    total = float(number.sum())
    drawn = energy[random.choice(energy.size, size=count, p=number / total)]
    made = photon_collisions(material, drawn, library, random)
    found = {}
    for name in _NEUTRALS:
        rows = np.nonzero((made.kind == CODES[name]) & (made.energy > place.least))[0]
        if not rows.size:
            found[name] = (0.0, 0.0, 0.0)
            continue
        dump, veto = _beside(made, rows, place, library, random)
        quiet = veto < quietest
        rows, dump = np.repeat(rows[quiet], _REPEATS), np.repeat(dump[quiet], _REPEATS)
        if not rows.size:
            found[name] = (0.0, 0.0, 0.0)
            continue
        chance, visible, behind = _seen(name, made.energy[rows], place, library, random)
        total_seen = layout.beam.energy - drawn[made.parent[rows]] + dump + visible
        worth = _chance(name, made.energy[rows], place) * chance * (visible >= place.least)
        scale, open_ = total / count / _REPEATS, float(worth.sum())
        worth *= behind < behind_most
        worth *= total_seen >= balance * layout.beam.energy
        # decays of one neutral are not independent
        each = worth.reshape(-1, _REPEATS).sum(axis=1)
        error = math.sqrt(float((each**2).sum()))
        found[name] = (scale * float(each.sum()), scale * error, scale * open_)
    return found


def _estimate(question: Question) -> Estimate:
    place = passage(question)
    totals, variance = {}, 0.0
    steps: dict[str, float] = {}
    for model in MODELS:
        found = _rates(question, place, model)
        totals[model] = sum(rate for rate, _, _ in found.values())
        if model == next(iter(MODELS)):
            variance = sum(error**2 for _, error, _ in found.values())
        for name, (rate, _, number) in found.items():
            steps[f"{model}: {name} before the cuts on hadrons, per electron"] = number
            steps[f"{model}: events of {name} per electron"] = rate
    rate, other = (totals[model] for model in MODELS)
    shifts = {
        "hadron model": abs(rate - other),
        "photons on nuclei": _CROSS_SECTION * rate,
        "cuts on the shape of showers, which are not known: all of it": rate,
    }
    return Estimate(rate, math.sqrt(variance), shifts, steps, question.inputs(*_INPUTS))


def _applies(layout: Layout) -> bool:
    return layout.beam.particle in ("e-", "e+")


SOURCE = Source(
    "visible-neutrals",
    "neutral hadrons from the dump that decay or interact before the calorimeter",
    ("visible",),
    "photon track length, photons on nuclei, leading neutrals of two generators followed",
    _estimate,
    _applies,
    _INPUTS,
)
