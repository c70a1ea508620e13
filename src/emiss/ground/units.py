"""Reading and writing quantities with units; inside the package everything is in GeV, cm, ns, T.

>>> round(parse_quantity("16.7 MeV", "energy"), 6)
0.0167
>>> round(parse_quantity("1.5mm", "length"), 6)
0.15
"""

from __future__ import annotations

import math
import re
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .checks import check_real, shortened, wrong_type
from .errors import ArgumentTypeError, EmissError, UnitError, UnknownNameError

__all__ = [
    "LARGEST_GRID",
    "UNITS",
    "format_energy",
    "format_level",
    "mass_grid",
    "parse_masses",
    "parse_quantity",
]

UNITS: Final[dict[str, dict[str, float]]] = {
    "energy": {"eV": 1e-9, "keV": 1e-6, "MeV": 1e-3, "GeV": 1.0, "TeV": 1e3},
    "length": {"um": 1e-4, "mm": 0.1, "cm": 1.0, "m": 100.0},
    "density": {"g/cm3": 1.0, "g/cm^3": 1.0, "kg/m3": 1e-3},
    "area density": {"g/cm2": 1.0, "g/cm^2": 1.0},
    "cross-section": {"pb": 1e-36, "nb": 1e-33, "ub": 1e-30, "mb": 1e-27, "b": 1e-24, "cm2": 1.0},
    "magnetic field": {"T": 1.0},
    "field integral": {"T.m": 1.0, "T*m": 1.0, "Tm": 1.0},
    "time": {"ps": 1e-3, "ns": 1.0, "us": 1e3, "ms": 1e6, "s": 1e9},
    "angle": {"urad": 1e-6, "mrad": 1e-3, "rad": 1.0},
    "molar mass": {"g/mol": 1.0},
    "coupling per energy": {"GeV^-1": 1.0, "1/GeV": 1.0, "TeV^-1": 1e-3},
}
"""Units accepted per kind of quantity, as factors to the internal unit."""

_QUANTITY = re.compile(
    r"\s*([+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)\s*([^\s\d].*?)?\s*"
)
_SMALLEST, _LARGEST = 1e-60, 1e18
"""Sizes in internal units (GeV, cm, ...): from far below any to the Planck mass or a light-year."""
_LONGEST = 80
"""Characters of a number with its unit; more is no quantity."""
_GRID_COUNT = re.compile(r"[0-9]{1,6}")
LARGEST_GRID = 100_000
"""Masses in a grid."""


def parse_quantity(text: object, kind: str, name: str = "value") -> float:
    """Read a finite number with its unit.

    Parameters
    ----------
    text : str
        For example ``"16.7 MeV"`` or ``"1.5mm"``.
    kind : str
        A key of `UNITS`.
    name : str, optional
        How to call the quantity in an error.

    Returns
    -------
    float
        Value in the internal unit (GeV, cm, g/cm^2, cm^2, T, T m, ns, rad).

    Raises
    ------
    UnitError
        If the unit is missing or of another kind, or the number cannot be read or is not finite.
    """
    if not isinstance(kind, str) or kind not in UNITS:
        raise UnknownNameError("kind of quantity", shortened(kind), UNITS)
    units = UNITS[kind]
    allowed = ", ".join(units)
    if not isinstance(text, str):
        plain = isinstance(text, int | float) and not isinstance(text, bool)
        example = shortened(text) if plain else "1"
        raise UnitError(
            f"{name}: {shortened(text)} has no unit; write the {kind} as text with one of "
            f"{allowed}, "
            f'for example "{example} {next(unit for unit in units if units[unit] == 1.0)}".'
        )
    match = _QUANTITY.fullmatch(text) if len(text) <= _LONGEST else None
    if match is None:
        raise UnitError(
            f"{name}: cannot read {shortened(text)} as a number with a unit ({allowed})."
        )
    number, unit = float(match[1]), match[2]
    if unit is None:
        raise UnitError(f"{name}: '{text}' has no unit; add one of {allowed}.")
    if unit not in units:
        raise UnitError(f"{name}: '{unit}' in '{text}' is not a unit of {kind}; use {allowed}.")
    value = number * units[unit]
    if not math.isfinite(value):
        raise UnitError(f"{name}: '{text}' is not a finite number.")
    if value != 0.0 and not _SMALLEST <= abs(value) <= _LARGEST:
        raise UnitError(f"{name}: '{text}' is out of any range that physics could need.")
    return value


def format_energy(value: float, digits: int = 4) -> str:
    """Write an energy in GeV with the unit in which it reads best.

    >>> format_energy(0.0167)
    '16.7 MeV'
    """
    value = check_real(value, "value")
    if not isinstance(digits, int) or isinstance(digits, bool) or not 1 <= digits <= 17:
        raise wrong_type(digits, "digits", "a whole number from 1 to 17")
    for unit in ("TeV", "GeV", "MeV", "keV"):
        factor = UNITS["energy"][unit]
        if abs(value) >= 0.99999999 * factor:
            return f"{value / factor:.{digits}g} {unit}"
    return f"{value / 1e-9:.{digits}g} eV"


def format_level(cl: float) -> str:
    """Write a confidence level in per cent with all its digits: never 100 % unless it is one.

    Parameters
    ----------
    cl : float
        Between 0 and 1.

    Returns
    -------
    str
        For example ``"90%"``.

    >>> format_level(0.9), format_level(0.999999)
    ('90%', '99.9999%')
    """
    from decimal import Decimal

    cl = check_real(cl, "confidence level cl")
    if not 0.0 <= cl <= 1.0:
        raise EmissError(f"confidence level cl: {cl:g}; give a number from 0 to 1.")
    percent = Decimal(repr(cl)).scaleb(2)
    return f"{percent.normalize():f}%"


def mass_grid(low: str | float, high: str | float, count: int) -> NDArray[np.float64]:
    """Masses spaced evenly in their logarithm, ends included.

    Parameters
    ----------
    low, high : str or float
        Ends, text with unit or numbers in GeV.
    count : int
        Number of masses, at least 1 (2 where the ends differ).

    Returns
    -------
    array of float, shape (count,)
        Masses in GeV.

    Raises
    ------
    EmissError
        If the ends are not positive and in order, or the count is too small.

    Examples
    --------
    >>> mass_grid("1 MeV", "1 GeV", 4).round(6).tolist()
    [0.001, 0.01, 0.1, 1.0]
    """
    start, stop = (
        parse_quantity(end, "energy", name) if isinstance(end, str) else check_real(end, name)
        for name, end in (("mass, low", low), ("mass, high", high))
    )
    if isinstance(count, bool) or not isinstance(count, int | np.integer):
        raise ArgumentTypeError(f"count: {shortened(count)} is not a whole number; give one.")
    if not (0.0 < start <= stop < math.inf):
        raise EmissError(f"mass grid from low = {low} to high = {high}: needs 0 < low <= high.")
    if count < (1 if start == stop else 2):
        raise EmissError(f"mass grid with a count of {shortened(count)} points: needs at least 2.")
    if count > LARGEST_GRID:
        raise EmissError(
            f"mass grid with a count of {shortened(count)} points: at most {LARGEST_GRID}."
        )
    grid: NDArray[np.float64] = np.exp(np.linspace(math.log(start), math.log(stop), count))
    grid[0], grid[-1] = start, stop
    return grid


def parse_masses(text: str) -> NDArray[np.float64]:
    """Read masses from ``"1MeV:1GeV:60"`` (logarithmic grid) or a list ``"1MeV,16.7MeV"``.

    Parameters
    ----------
    text : str
        Grid ``low:high:count`` or comma-separated list, each with its unit.

    Returns
    -------
    array of float, shape (n,)
        Masses in GeV, ascending.

    Raises
    ------
    EmissError
        If the text cannot be read, or a mass is not positive or given twice.
    """
    if not isinstance(text, str):
        raise ArgumentTypeError(
            f"masses: {shortened(text)} is no text; write low:high:count, such as 1MeV:1GeV:60."
        )
    if not text.strip():
        raise EmissError("masses: the text is empty; write low:high:count, such as 1MeV:1GeV:60.")
    if ":" in text:
        parts = text.split(":")
        if len(parts) != 3 or not _GRID_COUNT.fullmatch(parts[2].strip()):
            raise EmissError(
                f"masses {shortened(text)}: write low:high:count, for example 1MeV:1GeV:60, with "
                f"at most {LARGEST_GRID} masses."
            )
        return mass_grid(parts[0], parts[1], int(parts[2]))
    values = [parse_quantity(part, "energy", "mass") for part in text.split(",")]
    if len(values) > LARGEST_GRID:
        raise EmissError(f"{len(values)} masses: at most {LARGEST_GRID}.")
    masses: NDArray[np.float64] = np.unique(np.array(values, dtype=np.float64))
    if masses.size != len(values):
        raise EmissError(f"masses {shortened(text)}: a mass is given twice.")
    if masses[0] <= 0.0:
        raise EmissError(f"masses {shortened(text)}: masses must be positive.")
    return masses
