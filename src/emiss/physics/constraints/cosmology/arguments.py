"""What the functions of freeze-out take, by name of the argument."""

from __future__ import annotations

import math
from types import MappingProxyType
from typing import Any, Final

from ....ground.checks import wrong_type
from ....ground.errors import ValidityError
from ....ground.guards import Guard, instance, number, numbers, row, whole

__all__ = ["ARGUMENTS", "HIGHEST_TEMPERATURE", "plasma", "species"]

HIGHEST_TEMPERATURE: Final = 1e16
"""Highest temperature of the fit of degrees of freedom in GeV."""
_MASS: Final = number(1e-12, 1e6, "GeV")
_COUNT: Final = number(1e-6, 1e6)
_METHODS: Final = ("energy", "entropy", "sqrt_g_star")


def plasma(value: Any, name: str) -> None:
    """Guard degrees of freedom: anything that has the methods of `DegreesOfFreedom`."""
    if isinstance(value, type) or not all(callable(getattr(value, m, None)) for m in _METHODS):
        raise wrong_type(value, name, f"an object with the methods {', '.join(_METHODS)}")


def species(value: Any, name: str) -> None:
    """Guard states by mass and degrees of freedom, lightest first."""
    pairs = isinstance(value, tuple | list) and len(value) > 0
    if not pairs or not all(isinstance(one, tuple | list) and len(one) == 2 for one in value):
        raise wrong_type(value, name, "pairs of a mass in GeV and degrees of freedom")
    for mass, dof in value:
        _MASS(mass, f"{name}, mass")
        _COUNT(dof, f"{name}, degrees of freedom")
    if min(mass for mass, _ in value) < value[0][0]:
        raise ValidityError(f"{name}: give the lightest state first.")


ARGUMENTS: Final = MappingProxyType[str, Guard](
    {
        # Far from where powers of a mass over a temperature are no numbers any more.
        "temperature": numbers(1e-30, HIGHEST_TEMPERATURE, "GeV", "degrees of freedom"),
        "temperatures": row(1e-15, 1e9, "GeV"),
        "x": numbers(1e-9, 1e9),
        "degrees": plasma,
        "species": species,
        "annihilation": instance("Annihilation"),
        "mediator": instance("Mediator"),
        "dark": instance("DarkStates"),
        "mass": _MASS,
        "mediator_mass": number(1e-12, 1e21, "GeV"),
        "masses_chi": row(1e-12, 1e6, "GeV", some=True),
        "final_yield": number(0.0, 1e30),
        "coupling": number(1e-30, 1e30),
        "alpha_dark": number(1e-30, 4.0 * math.pi),
        "mass_ratio": number(1e-6, 1e15),
        "splitting": number(0.0, 0.999999),
        "target": number(1e-9, 1e6),
        "order": whole(1, 1000),
    }
)
"""Guards by name of the argument."""
