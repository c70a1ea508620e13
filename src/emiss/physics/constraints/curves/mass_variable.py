"""The mass of a curve: which variable it is, in what unit and scale, and the numbers in cells."""

from __future__ import annotations

import math
import re
from typing import Final

from ....ground.bounded_text import plain_number, shown
from ....ground.errors import EmissError
from .mass_name import is_mass, is_of_dark_matter, may_be_mass
from .table import Cell, Choice, Column, Table
from .unit_text import contradict, parse_unit, split_unit
from .wording import Scale, plain, scale_of

__all__ = ["cell_value", "mass_at", "mass_unit", "pick_mass", "stated_mass"]

_MISSING: Final = frozenset({"", "-", "--", "nan", "none", "null", "n/a", "~", "\N{EN DASH}"})


def cell_value(
    cell: Cell, where: str, *, scale: Scale = "linear", upper: bool = False
) -> float | None:
    """Number in a cell; None if there is none."""
    if not isinstance(cell, str):
        raise EmissError(f"{where}: a bin stands where a value is expected.")
    word = cell.strip()
    if word.lower() in _MISSING:
        return None
    value = plain_number(word)
    if value is None:
        hint = (
            "; write decimal points, not commas" if re.fullmatch(r"[\d.,]+(e-?\d+)?", word) else ""
        )
        raise EmissError(f"{where}: '{shown(word, 60)}' is not a number{hint}.")
    if not (math.isfinite(value) or (upper and value == math.inf)):
        raise EmissError(f"{where}: '{shown(word, 60)}' is not finite; remove the row.")
    if scale == "linear" and value <= 0.0:
        raise EmissError(
            f"{where}: {value:g} is not positive; masses and couplings must be (head a "
            "column of logarithms log10(...))."
        )
    return value


def mass_at(cell: Cell, where: str, scale: Scale) -> float:
    """Mass in a cell; the middle of a bin in its logarithm (in itself if the bin starts at 0)."""
    if isinstance(cell, str):
        value = cell_value(cell, where, scale=scale)
        if value is None:
            raise EmissError(f"{where}: the mass is missing.")
        return value
    low, high = (plain_number(end) for end in cell)
    if low is None or high is None or not (0.0 <= low < high < math.inf) or scale != "linear":
        ends = f"{shown(cell[0], 30)} to {shown(cell[1], 30)}"
        raise EmissError(f"{where}: the bin {ends} is no range of masses.")
    return math.sqrt(low * high) if low > 0.0 else 0.5 * high


def stated_mass(choice: Choice) -> str:
    """What the user says that the mass is, beyond its unit: ``m_chi [MeV]``; else nothing.

    Raises
    ------
    EmissError
        If it is neither a unit nor a mass with one.
    """
    text = choice.mass_unit
    if text is None or parse_unit(text).dimension == "energy":
        return ""
    unit = split_unit(text)[1]
    if unit is None or unit.dimension != "energy" or not is_mass(text):
        raise EmissError(
            f"--mass-unit '{shown(text, 40)}': write eV, keV, MeV, GeV or TeV, or which mass it is "
            "and in what, such as 'm_chi [MeV]' or 'log10(m/GeV)'."
        )
    return text


def pick_mass(table: Table, dark: bool, stated: str = "") -> Column:
    """The variable of the curve: a mass, of the dark matter if that is what belongs.

    Parameters
    ----------
    table : Table
        The table.
    dark : bool
        Whether the mass of the dark matter belongs to the quantity.
    stated : str, optional
        From `stated_mass`; then the first variable is taken where none is a mass by its head.

    Returns
    -------
    Column
        As it stands in the table.

    Raises
    ------
    EmissError
        If no variable is known to be a mass.
    """
    masses = [c for c in table.independent if is_mass(c.head)]
    if not masses:
        masses = [c for c in table.independent if may_be_mass(c.head)]
        masses = [c for c in masses if _has_energy_unit(c)] or masses[:1]
    if not masses and stated:
        masses = list(table.independent[:1])
    if not masses:
        heads = ", ".join(f"'{shown(c.head, 60)}'" for c in table.independent)
        raise EmissError(
            f"{table.file}: none of the variables {heads} is a mass by its head; a curve goes with "
            "the mass itself, 'm [MeV]'. If it is one, say which, and in what, with --mass-unit "
            "'m [MeV]' or 'm_chi [MeV]'."
        )
    dark = is_of_dark_matter(stated) if stated else dark
    right = [c for c in masses if is_of_dark_matter(c.head) == dark]
    return (right or masses)[0]


def _has_energy_unit(column: Column) -> bool:
    own = split_unit(column.head)[1]
    unit = parse_unit(column.unit) if column.unit else own
    return unit is not None and unit.dimension == "energy"


def mass_unit(table: Table, mass: Column, choice: Choice) -> tuple[float, Scale]:
    """Size of the unit of the mass in GeV, and its scale: what the user says goes first."""
    if stated := stated_mass(choice):
        return _unit_as_stated(table, mass, stated)
    rest, own = split_unit(mass.head)
    scale = scale_of(plain(rest))[0]
    of_unit, words = scale_of(plain(mass.unit))
    unit = parse_unit(mass.unit if of_unit == "linear" else words) if mass.unit else own
    if mass.unit and contradict(own, unit):
        raise EmissError(
            f"{table.file}: the unit in the head '{shown(mass.head, 60)}' and the unit "
            f"'{shown(mass.unit, 40)}' contradict each other; correct one of them."
        )
    scale = of_unit if scale == "linear" else scale
    if scale == "log":
        raise EmissError(
            f"{table.file}: '{shown(mass.head, 60)}': the base of the logarithm is not said; write "
            "log10(...) or ln(...), or say with --mass-unit what the numbers are: 'log10(m/GeV)', "
            "or 'm [GeV]' if only the axis is logarithmic."
        )
    given = None if choice.mass_unit is None else parse_unit(choice.mass_unit)
    if (unit is not None and unit.dimension == "other") or (
        unit is not None and unit.dimension in {"area", "per energy"}
    ):
        raise EmissError(
            f"{table.file}: the unit '{shown(unit.text, 40)}' of '{shown(mass.head, 60)}' is not "
            "one of mass; needed are eV, keV, MeV, GeV or TeV."
        )
    if unit is None or unit.dimension == "number":
        if given is None:
            raise EmissError(
                f"{table.file}: the unit of the mass is not stated; add the unit of "
                f"'{shown(mass.head, 60)}' to its head (mass_gev, 'm [MeV]'), as a comment line "
                "'# units: GeV, 1', or with --mass-unit."
            )
        return given.factor, scale
    assumed = table.assumed or any("otherwise with --mass-unit" in note for note in table.notes)
    if (
        given is not None
        and not assumed
        and not math.isclose(given.factor, unit.factor, rel_tol=1e-9)
    ):
        raise EmissError(
            f"{table.file}: --mass-unit {choice.mass_unit} contradicts the file, which has "
            f"'{shown(unit.text, 40)}'."
        )
    return (given.factor if given is not None else unit.factor), scale


def _unit_as_stated(table: Table, mass: Column, stated: str) -> tuple[float, Scale]:
    rest, unit = split_unit(stated)
    scale = scale_of(plain(rest))[0]
    if unit is None or scale == "log":
        raise EmissError(f"--mass-unit '{shown(stated, 40)}': write log10(...) or ln(...).")
    own_rest, own = split_unit(mass.head)
    own = parse_unit(mass.unit) if mass.unit else own
    # A logarithm without a base may be that of the axis.
    scales = ({scale_of(plain(own_rest))[0]} if is_mass(mass.head) else set()) - {"log"} | {scale}
    if (contradict(own, unit) and not table.assumed) or len(scales) > 1:
        raise EmissError(
            f"{table.file}: --mass-unit {shown(stated, 40)} contradicts the file, which has "
            f"'{shown(mass.head, 60)}' {shown(mass.unit, 40)}; correct one of them."
        )
    return unit.factor, scale
