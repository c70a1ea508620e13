"""Decays in flight of K0S and Lambda, to two bodies and isotropic in their rest frame."""

from __future__ import annotations

from typing import Final

import numpy as np

from ...ground.arrays import FloatArray
from ...ground.constants import NEUTRAL_PION_MASS
from .kinds import CODES, HADRONS
from .particles import Hadrons, turned

__all__ = ["decayed"]

CHANNELS: Final = {
    "K0S": ((0.692, "pi+", "pi-"), (0.308, "pi0", "pi0")),
    "Lambda": ((0.641, "p", "pi-"), (0.359, "n", "pi0")),
}
"""Branching fractions and products (Particle Data Group, rounded); a pi0 makes a shower."""


def decayed(hadrons: Hadrons, random: np.random.Generator) -> Hadrons:
    """Let hadrons decay where they are.

    Parameters
    ----------
    hadrons : Hadrons
        K0S and Lambda.
    random : Generator
        Random numbers.

    Returns
    -------
    Hadrons
        Two for each; energies are kinetic for baryons and total else.
    """
    parts = [hadrons.chosen(np.zeros(hadrons.size, dtype=bool))]
    draw = random.random(hadrons.size)
    for name, channels in CHANNELS.items():
        least = 0.0
        for fraction, *products in channels:
            rows = (hadrons.kind == CODES[name]) & (draw >= least) & (draw < least + fraction)
            parts += _two_bodies(hadrons.chosen(rows), name, products, random)
            least += fraction
    return Hadrons.joined(parts)


def _two_bodies(
    parents: Hadrons, name: str, products: list[str], random: np.random.Generator
) -> list[Hadrons]:
    mass = HADRONS[CODES[name]].mass
    masses = [NEUTRAL_PION_MASS if p == "pi0" else HADRONS[CODES[p]].mass for p in products]
    baryon = abs(HADRONS[CODES[name]].pdg) > 1000
    total = parents.energy + (mass if baryon else 0.0)
    gamma = total / mass
    boost = np.sqrt(np.maximum(gamma**2 - 1.0, 0.0))
    lead = (mass**2 + masses[0] ** 2 - masses[1] ** 2) / (2 * mass)
    momentum = np.sqrt(lead**2 - masses[0] ** 2)
    cosine, angle = 2 * random.random(parents.size) - 1, 2 * np.pi * random.random(parents.size)
    across = momentum * np.sqrt(1 - cosine**2)
    parts = []
    for sign, product, own in ((1, products[0], masses[0]), (-1, products[1], masses[1])):
        rest = lead if sign > 0 else mass - lead
        along = gamma * sign * momentum * cosine + boost * rest
        energy = gamma * rest + boost * sign * momentum * cosine
        norm = np.sqrt(along**2 + across**2)
        slopes = [sign * across * f(angle) / norm for f in (np.cos, np.sin)]
        direction = turned(parents.direction, *_forward(slopes, along))
        kinetic = energy - (own if product in ("p", "n") else 0.0)
        code = CODES["gamma" if product == "pi0" else product]
        kind = np.full(parents.size, code)
        parts.append(Hadrons(parents.event, kind, kinetic, parents.place, direction))
    return parts


def _forward(slopes: list[FloatArray], along: FloatArray) -> list[FloatArray]:
    """Slopes of what flies backwards in the laboratory, which is slow: across the axis."""
    return [np.where(along > 0.0, slope, np.clip(slope, -0.7, 0.7)) for slope in slopes]
