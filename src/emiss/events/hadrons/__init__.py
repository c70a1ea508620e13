"""Hadrons in calorimeters: collisions from tables, cascades, punch-through, electrons on nuclei.

Collisions come from an event generator, whose final states are kept in tables; another model gives
the spread that is carried as an uncertainty. See ``docs/hadrons-in-calorimeters.md``.
"""

from __future__ import annotations

from .apparatus import E_OVER_H, boxes_of
from .boxes import Box, cross
from .cascade import CUT, Showers, ionise, shower
from .electronuclear import (
    LEAST_PHOTON,
    Electronuclear,
    electronuclear_length_cm,
    interact,
    interaction_probability,
    scattered,
)
from .kinds import CODES, HADRONS, Hadron, code
from .lengths import inelastic_cross_section_mb, interaction_length_cm
from .library import MODELS, FinalStates, load_library
from .particles import Hadrons
from .punch_through import PunchThrough, punch_through
from .response import HadronResponse, response
from .spots import Spots

__all__ = [
    "CODES",
    "CUT",
    "E_OVER_H",
    "HADRONS",
    "LEAST_PHOTON",
    "MODELS",
    "Box",
    "Electronuclear",
    "FinalStates",
    "Hadron",
    "HadronResponse",
    "Hadrons",
    "PunchThrough",
    "Showers",
    "Spots",
    "boxes_of",
    "code",
    "cross",
    "electronuclear_length_cm",
    "inelastic_cross_section_mb",
    "interact",
    "interaction_length_cm",
    "interaction_probability",
    "ionise",
    "load_library",
    "punch_through",
    "response",
    "scattered",
    "shower",
]
