"""What a veto hadron calorimeter before the dump does to hadrons that miss the calorimeters.

A block of copper and scintillator with a hole for the beam, as NA64 has had it since 2023
(arXiv:2503.11275); size and place are assumed, those of the muon layouts of the catalogue.
Interactions in the matter in front of it, of which little arrives in the hadron calorimeter, are
counted with and without it. What passes far outside, from matter many metres away, it does not see.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from ...events.hadrons import Box
from ...physics.materials import Material, get
from .base import Question
from .upstream_neutrals import EFFORT, interactions, layers

__all__ = ["NEAR", "QUIET", "SIZE", "Effect", "veto_calorimeter", "veto_calorimeter_effect"]

CITATIONS = ("arXiv:2503.11275",)
SIZE: Final = {"length": 100.0, "half": 25.0, "hole": 6.0, "before the dump": 30.0}
"""Length, half width, half width of the hole and distance to the dump, cm; assumed."""
QUIET: Final = 1.5
"""Energy in GeV below which it counts as quiet, a published cut."""
NEAR: Final = 30.0
"""Energy in GeV in the hadron calorimeter below which events come near the signal region."""
_LAYERS: Final = (("Cu", 2.0), ("polystyrene", 0.9))


@dataclass(frozen=True, slots=True)
class Effect:
    """Events with less than `NEAR` in the hadron calorimeter.

    Parameters
    ----------
    without, quiet : int
        All of them, and of as many interactions those in which the veto stays quiet.
    """

    without: int
    quiet: int

    @property
    def lowest_factor(self) -> float:
        """Lower limit of the factor at 90 % CL, from the Poisson limit on what is left."""
        from scipy.special import gammaincinv

        return self.without / float(gammaincinv(self.quiet + 1.0, 0.9))


def veto_calorimeter() -> Box:
    """The calorimeter as a homogeneous block.

    Returns
    -------
    Box
        In front of the dump, with a hole for the beam.
    """
    stack = [(get(name), thickness) for name, thickness in _LAYERS]
    repeat = round(SIZE["length"] / sum(thickness for _, thickness in stack))
    material = Material.layered("vhcal", stack, repeat, source="a choice", status="assumed")
    end, half = -SIZE["before the dump"], SIZE["half"]
    return Box(
        "vhcal", material, end - SIZE["length"], end, (-half, half), (-half, half),
        (SIZE["hole"], SIZE["hole"]), 1.3,
    )  # fmt: skip


def veto_calorimeter_effect(question: Question, model: str = "pythia") -> Effect:
    """Events that come near the signal region, without it and with it quiet.

    Parameters
    ----------
    question : Question
        Layout, effort and seed; the exposure does not matter.
    model : str
        Hadron model.

    Returns
    -------
    Effect
        Counts of as many interactions in the matter in front of it.
    """
    veto = veto_calorimeter()
    matter = tuple(box for box in layers(question.layout) if box.end <= veto.start)
    counts = []
    for extra, quiet in ((None, math.inf), (veto, QUIET)):
        random = question.random("veto calorimeter", model)
        found = interactions(
            question.layout, EFFORT * question.events // 2, random, model, matter=matter,
            veto=extra, most=quiet,
        )  # fmt: skip
        counts.append(int((found.hadronic < NEAR).sum()))
    return Effect(*counts)
