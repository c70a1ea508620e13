"""One quantity, however it is handed over: a number, text with a unit, pint's, or a particle.

Nothing of pint or `particle` is imported; their objects are known by what they offer.
"""

from __future__ import annotations

from typing import Any

from .checks import LARGEST, SMALLEST, check_real, shortened
from .errors import ArgumentError, UnitError
from .units import parse_quantity

__all__ = ["as_quantity", "magnitude"]

_PINT_UNITS = {"energy": ("GeV", "GeV/c**2", "GeV/c"), "length": ("cm",)}


def as_quantity(value: Any, kind: str, name: str) -> float:
    """Read one quantity.

    Parameters
    ----------
    value : float, str, quantity of pint, or Particle
        A bare number is in GeV or cm; a particle stands for its mass.
    kind : str
        ``"energy"`` or ``"length"``.
    name : str
        Name of the argument.

    Returns
    -------
    float
        In GeV or cm.

    Raises
    ------
    ArgumentTypeError
        If it is none of these.
    UnitError
        If its unit is of another kind.
    """
    if isinstance(value, str):
        return parse_quantity(value, kind, name)
    if hasattr(value, "to") and hasattr(value, "magnitude"):
        return _bounded(check_real(magnitude(value, kind, name), name), name)
    if kind == "energy" and hasattr(value, "pdgid") and hasattr(value, "mass"):
        if value.mass is None:
            raise ArgumentError(f"{name}: the mass of {value} is not known.")
        return 1e-3 * float(value.mass)  # particle: in MeV
    return _bounded(check_real(value, name), name)


def _bounded(value: float, name: str) -> float:
    """Refuse what is out of any range, as `parse_quantity` does."""
    if value != 0.0 and not SMALLEST <= abs(value) <= LARGEST:
        raise ArgumentError(
            f"{name}: {value:g} is out of any range; give 0 or {SMALLEST:g} to {LARGEST:g}."
        )
    return value


def magnitude(value: Any, kind: str, name: str) -> Any:
    """Number of a quantity of pint in the internal unit, whatever its registry.

    Parameters
    ----------
    value : quantity of pint
        One quantity or several.
    kind : str
        ``"energy"`` or ``"length"``.
    name : str
        Name of the argument.

    Returns
    -------
    float or array
        In GeV or cm.

    Raises
    ------
    UnitError
        If its unit is of another kind.
    """
    for unit in _PINT_UNITS[kind]:
        try:
            return value.to(unit).magnitude
        except Exception as error:
            if type(error).__name__ not in ("DimensionalityError", "UndefinedUnitError"):
                raise
    raise UnitError(f"{name}: {shortened(value)} is no {kind}; give {_PINT_UNITS[kind][0]}.")
