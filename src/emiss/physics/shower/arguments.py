"""What the functions of showers and of muons in matter take, by name of the argument."""

from __future__ import annotations

import math
from types import MappingProxyType
from typing import Final

from ...ground.guards import Guard, chosen, flag, instance, number, numbers, optional, whole

__all__ = ["ARGUMENTS"]

HIGHEST_ENERGY: Final = 1e15
"""Energies in GeV are below it; formulae are checked at energies beyond any beam."""

LOWEST_ENERGY: Final = 1e-9
"""An electronvolt in GeV, below any shower."""

ARGUMENTS: Final = MappingProxyType[str, Guard](
    {
        "material": instance("Material"),
        "element": instance("Element"),
        "energy": numbers(LOWEST_ENERGY, HIGHEST_ENERGY, "GeV"),
        "transfer": numbers(1e-15, HIGHEST_ENERGY, "GeV"),
        "beam_energy": number(LOWEST_ENERGY, HIGHEST_ENERGY, "GeV"),
        "thickness_cm": optional(number(0.0, 1e6, "cm", inside=True)),
        "fraction": numbers(1e-15, 1.0),
        "s": numbers(0.0, math.inf),
        "loss": number(0.0, 1e3, inside=True),
        "excess": number(-1.0, 1.0),
        "nodes": whole(1, 1000),
        "lpm": flag,
        "screening": chosen(("tsai", "complete")),
        "primary": chosen(("e-", "e+", "gamma")),
        "particle": chosen(("e-", "e+", "gamma")),
        "projectile": chosen(("mu-", "mu+")),
    }
)
"""Guards by name of the argument; a function with another meaning of a name says so itself."""
