"""What the functions of several processes take, by name of the argument."""

from __future__ import annotations

import math
from types import MappingProxyType
from typing import Final

from ...ground import constants as const
from ...ground.guards import Guard, chosen, flag, instance, number, numbers, optional
from ..materials import Element, Material
from ..models.base import COUPLINGS, MASSES, Model
from ..models.bosons import BOSONS
from .form_factors import FORM_FACTORS

__all__ = ["FLIGHT", "IN_MATTER", "ON_ELECTRONS", "WIDTH_FORMS"]

WIDTH_FORMS: Final = ("energy-dependent", "constant", "running")
"""What may stand in the denominator of a resonance."""

HIGHEST_ENERGY: Final = 1e6
"""Energies in GeV are below it: formulae are of tree level, and beams far from it."""

ON_ELECTRONS: Final = MappingProxyType[str, Guard](
    {
        "energy": numbers(const.ELECTRON_MASS, HIGHEST_ENERGY, "GeV"),
        "mass": MASSES,
        "model": instance(Model),
        "coupling": optional(COUPLINGS),
        "width_form": chosen(WIDTH_FORMS),
        "boson": chosen(BOSONS),
        "photon_energy": numbers(0.0, HIGHEST_ENERGY, "GeV"),
        "min_photon_energy": number(0.0, HIGHEST_ENERGY, "GeV"),
        "max_photon_energy": number(0.0, math.inf, "GeV"),
    }
)
"""Positrons that meet electrons at rest."""

_LENGTH = numbers(0.0, math.inf, "cm")
FLIGHT: Final = MappingProxyType[str, Guard](
    {
        "mass": MASSES,
        "energy": numbers(0.0, HIGHEST_ENERGY, "GeV"),
        "ctau": _LENGTH,
        "length": _LENGTH,
        "end": _LENGTH,
        "start": numbers(0.0, 1e30, "cm"),
        "distance": numbers(0.0, 1e30, "cm"),
        "half_size": number(0.0, 1e30, "cm"),
        "min_separation": number(0.0, 1e30, "cm"),
        "cosine": numbers(-1.0, 1.0),
        "angle": numbers(0.0, math.pi, "rad"),
        "daughter_mass": number(0.0, 1e3, "GeV"),
    }
)
"""Bosons that fly and decay."""

IN_MATTER: Final = MappingProxyType[str, Guard](
    {
        "material": instance(Material),
        "element": instance(Element),
        "recoil": flag,
        "form_factor": chosen(FORM_FACTORS),
        "lepton_mass": number(1e-12, 10.0, "GeV"),
        "boson": chosen(BOSONS),
    }
)
"""Anything on nuclei or in a medium."""
