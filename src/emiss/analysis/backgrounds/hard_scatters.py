"""Beam muons that one nucleon of the target scatters into counters beside the beam.

At such angles Q^2 is some GeV^2: a nucleon seldom stays whole, nearly all break up. What is made
flies along the momentum transfer, some 0.3 rad from the beam, and is followed through the dump, the
veto behind it and the hadron calorimeter like what a photon of that energy makes. Scatters are
drawn evenly in the logarithms of Q^2 and of the energy, and weighted with the cross-section.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ...events.hadrons import CODES, Hadrons, boxes_of, load_library, shower
from ...experiments.layout import Layout
from ...experiments.setup import Setup
from ...ground.arrays import FloatArray
from ...ground.constants import AVOGADRO, PROTON_MASS
from ...physics.shower.muon_inelastic import broken_nucleon, least_loss, whole_nucleon
from ...yields.acceptance.recoil_cuts import RecoilSample, hits_planes

__all__ = ["Scatters", "broken_scatters", "quiet", "whole_scatters"]

_ANGLES: Final = (2e-3, 0.1)
_SEEN: Final = 0.5
"""Least share of the energy that calorimeters see; more than the cut over it is not drawn."""


@dataclass(frozen=True, slots=True, eq=False)
class Scatters:
    """Scatters off nucleons of the target.

    Parameters
    ----------
    weight : array, shape (n,)
        Their mean is the number of scatters per muon.
    loss : array, shape (n,)
        Energy in GeV that goes to hadrons.
    direction : array, shape (n, 3)
        Unit vector of the momentum transfer.
    depth : array, shape (n,)
        Place in the target, 0 to 1.
    hit : array of bool, shape (n,)
        Whether the muon hits all counters.
    hadron : str
        What stands for the hadrons: a proton, or a photon that interacts there.
    """

    weight: FloatArray
    loss: FloatArray
    direction: FloatArray
    depth: FloatArray
    hit: NDArray[np.bool_]
    hadron: str


def whole_scatters(setup: Setup, count: int, random: np.random.Generator) -> Scatters:
    """Scatters off nucleons that stay whole.

    Parameters
    ----------
    setup : Setup
        Beam, target and selection.
    count : int
        How many to draw.
    random : Generator
        Random numbers.

    Returns
    -------
    Scatters
        With weights.
    """
    q2, width = _transfers(setup, count, random)
    neutrons, nucleons = _nucleons(setup)
    weight = nucleons * width * whole_nucleon(q2, neutrons)
    return _scatters(setup, q2, q2 / (2.0 * PROTON_MASS), weight, random, "p")


def broken_scatters(setup: Setup, count: int, random: np.random.Generator) -> Scatters:
    """Scatters off nucleons that break up.

    Parameters
    ----------
    setup : Setup
        Beam, target and selection.
    count : int
        How many to draw.
    random : Generator
        Random numbers.

    Returns
    -------
    Scatters
        With weights.
    """
    q2, width = _transfers(setup, count, random)
    neutrons, nucleons = _nucleons(setup)
    least = least_loss(q2)
    most = min(setup.asked_recoil.max_calorimeter / _SEEN, 0.5 * setup.beam_energy)
    span = np.log(np.maximum(most / least, 1.0))
    loss = least * np.exp(span * random.random(count))
    cross_section = broken_nucleon(setup.beam_energy, loss, q2, neutrons)
    return _scatters(
        setup, q2, loss, nucleons * width * span * loss * cross_section, random, "gamma"
    )


def _transfers(
    setup: Setup, count: int, random: np.random.Generator
) -> tuple[FloatArray, FloatArray]:
    """Q^2 in GeV^2, and that times the width in its logarithm."""
    low, high = ((setup.beam_energy * angle) ** 2 for angle in _ANGLES)
    q2 = low * (high / low) ** random.random(count)
    return q2, q2 * math.log(high / low)


def _nucleons(setup: Setup) -> tuple[float, float]:
    """Share of neutrons, and nucleons per cm^2 of the target."""
    # a mole of mass number A weighs A grams to a per mille
    protons = sum(
        part.mass_fraction * part.element.Z / part.element.A for part in setup.material.components
    )
    return 1.0 - protons, setup.length * setup.material.density * AVOGADRO


def _scatters(
    setup: Setup, q2: FloatArray, loss: FloatArray, weight: FloatArray,
    random: np.random.Generator, hadron: str,
) -> Scatters:  # fmt: skip
    """Directions and hits; the muon flies towards the turn in azimuth, the hadrons away from it."""
    count, energy, recoil = q2.size, setup.beam_energy, setup.asked_recoil
    left = np.maximum(energy - loss, 1e-3)
    angle, turn = np.sqrt(q2 / (energy * left)), 2.0 * math.pi * random.random(count)
    across = np.stack([np.cos(turn), np.sin(turn)], axis=1)
    slope = recoil.beam_divergence * random.standard_normal((count, 2)) + angle[:, None] * across
    depth = random.random(count)
    behind = setup.length * (1.0 - depth)
    place = recoil.beam_size * random.standard_normal((count, 2)) + slope * behind[:, None]
    sample = RecoilSample(left, place, slope, loss, np.ones(count))
    transverse, along = left * angle, energy - left * np.cos(angle)
    vector = np.column_stack([-transverse[:, None] * across, along])
    direction = vector / np.linalg.norm(vector, axis=1)[:, None]
    return Scatters(weight, loss, direction, depth, hits_planes(setup, sample), hadron)


def quiet(
    layout: Layout, scatters: Scatters, most: float, veto: float, model: str,
    random: np.random.Generator,
) -> NDArray[np.bool_]:  # fmt: skip
    """Whether calorimeters and vetoes stay below their cuts; the muon's own signal is left out.

    Parameters
    ----------
    layout : Layout
        The apparatus.
    scatters : Scatters
        Those to follow.
    most : float
        Cut on the sum of all calorimeters in GeV.
    veto : float
        Cut on the vetoes behind the target in GeV.
    model : str
        Hadron model.
    random : Generator
        Random numbers.

    Returns
    -------
    array of bool, shape (n,)
        True where both stay below.
    """
    front = min(e.start for e in layout.role("preshower", "target"))
    elements = tuple(e for e in layout.elements if e.start >= front)
    boxes, count = boxes_of(elements), scatters.loss.size
    place = np.zeros((count, 3))
    length = layout.target.length or 0.0
    place[:, 2] = front + length * (1e-6 + (1.0 - 2e-6) * scatters.depth)
    made = Hadrons(
        np.arange(count), np.full(count, CODES[scatters.hadron]), scatters.loss, place,
        scatters.direction,
    )  # fmt: skip
    found = shower(
        boxes, made, count, random, library=load_library(model),
        collide_first=scatters.hadron == "gamma",
    )  # fmt: skip
    visible = np.zeros((count, len(boxes)))
    np.add.at(visible, (found.spots.event, found.spots.box), found.spots.visible)
    vetoes = {e.name for e in layout.role("veto")}
    is_veto = np.array([box.name in vetoes for box in boxes])
    return np.asarray((visible.sum(axis=1) < most) & (visible[:, is_veto].sum(axis=1) < veto))
