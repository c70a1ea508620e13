"""From a table and a choice to a curve: which variable is the mass, which numbers, in what unit."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np
import numpy.typing as npt

from ....ground.arrays import FloatArray
from ....ground.bounded_text import plain_number, shown
from ....ground.errors import EmissError
from .choosing import choose_columns, choose_rows
from .conversion import checked_sector, converted, epsilon_from_y
from .mass_variable import cell_value, is_of_dark_matter, mass_at, mass_unit, pick_mass
from .order import edges_of_contour, refuse_disorder
from .overlay import Overlay
from .quantity import KNOWN, Meaning, meaning_of
from .remarks import product_told, refuse_alterations, said_of, unit_in_qualifiers
from .table import Choice, Column, Table
from .wording import Scale, contradict, parse_unit, plain, scale_of, split_unit

__all__ = ["curve_of"]

_MEDIATOR: Final = re.compile(
    r"mediator|dark photon|boson|m_?\(?(?:a'|ap|aprime|z'|zp|med|a(?![a-z])|v(?![a-z]))"
)
_ELECTRON: Final = re.compile(
    r"sigma_?\(?(?:(?:chi|dm) ?-? ?)?e(?![a-z+-])|(?<!e\+ )electron|(?:dm|chi|wimp)-e(?![a-z])"
)
_NUCLEON: Final = re.compile(
    r"sigma_?\(?(?:(?:chi|dm) ?-? ?)?(?:n|p|si)(?![a-z])|nucleon|proton|neutron|"
    r"spin[ _-]?independent|(?<![a-z])si(?![a-z])"
)
_SPIN_DEPENDENT: Final = re.compile(r"spin[ _-]?dependent|(?<![a-z])sd(?![a-z])")
_KINDS: Final = r"(?:dark[ -]?photon|vector|scalar|boson|(?:vector |scalar )?mediator)s?(?![a-z])"
_LIGHT: Final = re.compile(
    rf"light[ -]{_KINDS}|massless|/ ?\(?(?:vec )?q(?![a-z])|(?<![a-z])q\^\(?-[24]|"
    r"m_?\(?(?:a'|med|v|phi)\)? ?(?:<<|≪|ll(?![a-z])|-> ?0)"
)
_HEAVY: Final = re.compile(
    rf"heavy[ -]{_KINDS}|contact|(?<![a-z])f_?\(?dm\)?(?: ?\(q\))? ?= ?1(?![\d/])"
)
_SPIN_INDEPENDENT: Final = re.compile(r"spin[ _-]?independent|(?<![a-z])si(?![a-z])")


def _meaning(table: Table, column: Column, choice: Choice) -> Meaning:
    said = said_of(table, column)
    stated_unit = column.unit or unit_in_qualifiers(table, column)
    _refuse_two_units(table, column)
    found = meaning_of(column.head, stated_unit, said)
    if choice.quantity is None:
        refuse_alterations(table, column, found)
        for text in dict.fromkeys((said, table.description)):
            other = meaning_of(text, prose=True)
            if other.name == found.name and other.power not in {0, found.power}:
                raise EmissError(
                    f"{table.file}: the head '{shown(column.head, 60)}' and the text "
                    f"'{shown(text, 80)}' differ in the power of {found.name}; correct one of them."
                )
        return found if found.name else replace(found, name=product_told(column))
    given = meaning_of(choice.quantity)
    if not given.name:
        raise EmissError(
            f"--quantity '{shown(choice.quantity, 60)}': write epsilon, epsilon^2, g, y, ..."
        )
    differs = (given.name, given.power, given.factor) != (found.name, found.power, found.factor)
    stated = meaning_of(column.head, column.unit)
    if stated.name in KNOWN and (differs or (found.scale != given.scale and found.scale != "log")):
        raise EmissError(
            f"{table.file}: --quantity {shown(choice.quantity, 60)} contradicts the head "
            f"'{shown(column.head, 60)}'."
        )
    unit = found.unit if given.unit is None else given.unit
    head = column.head or choice.quantity
    return Meaning(given.name, given.power, given.scale, unit, head, given.factor)


def _refuse_two_units(table: Table, column: Column) -> None:
    """Refuse a unit in the head that is not the one in its place."""
    own = split_unit(column.head)[1]
    # An energy at the end of the head of a coupling is that of a beam.
    if column.unit and own is not None and own.dimension != "energy":
        of_unit, words = scale_of(plain(column.unit))
        if contradict(own, parse_unit(column.unit if of_unit == "linear" else words)):
            raise EmissError(
                f"{table.file}: the unit in the head '{shown(column.head, 60)}' and the unit "
                f"'{shown(column.unit, 40)}' contradict each other; correct one of them."
            )


def _is_of_light_mediator(table: Table, column: Column, words: str) -> bool:
    """Whether a cross-section is that of a light mediator: the first text that says so decides."""
    told = " ".join(f"{name} {value}" for name, value in column.qualifiers)
    for text in (words, plain(told), plain(table.description), *map(plain, table.comments)):
        light, heavy = _LIGHT.search(text) is not None, _HEAVY.search(text) is not None
        if light != heavy:
            return light
        if light:
            raise EmissError(
                f"{table.file}: '{shown(column.head, 60)}' is of a heavy or of a light mediator, "
                "which is open; write F_DM = 1 or F_DM = 1/q^2 into the head of the column."
            )
    return False


def _named_sigma(table: Table, column: Column, meaning: Meaning) -> str:
    """Name of a cross-section with its target; refuse one that no coupling follows from."""
    words = plain(split_unit(column.head)[0])
    further = (
        f"{words} {plain(table.description)} {plain(' '.join(v for _, v in column.qualifiers))}"
    )
    unit = meaning.unit
    if _SPIN_DEPENDENT.search(words) or (
        _SPIN_DEPENDENT.search(further) and not _SPIN_INDEPENDENT.search(words)
    ):
        raise EmissError(
            f"{table.file}: '{shown(column.head, 60)}' is, or may be, a spin-dependent "
            "cross-section: no limit here compares with one."
        )
    if unit is None:
        raise EmissError(
            f"{table.file}: '{shown(column.head, 60)}' is a cross-section without a unit; head the "
            "column sigma_e_cm2 or sigma_n_cm2."
        )
    light = " (light mediator)" if _is_of_light_mediator(table, column, words) else ""
    for text in (words, further):
        if _ELECTRON.search(text):
            return f"sigma_e_cm2{light}"
        if _NUCLEON.search(text):
            return f"sigma_n_cm2{light}"
    if unit.dimension == "area" and re.search(r"m\^?2", plain(unit.text)):
        return f"sigma_cm2{light}"
    raise EmissError(
        f"{table.file}: '{shown(column.head, 60)}' is a cross-section in {shown(unit.text, 40)} "
        "and not a coupling, which follows from it only with the production of that experiment; "
        "give a table of the coupling."
    )


def _numbers(
    table: Table, rows: Sequence[int], mass: Column, parts: Sequence[tuple[Column, Meaning]],
    scale: Scale,
) -> tuple[list[int], FloatArray]:  # fmt: skip
    """Rows between the first and the last with a value, and their numbers by column."""
    found: list[list[float | None]] = []
    for i in rows:
        where = table.places[i]
        line: list[float | None] = [mass_at(mass.cells[i], where, scale)]
        for k, (column, meaning) in enumerate(parts):
            line.append(cell_value(column.cells[i], where, scale=meaning.scale, upper=k == 1))
        if not table.gaps and None in line:
            cell = parts[line.index(None) - 1][0].cells[i]
            word = f" ('{shown(cell, 20)}' is not finite)" if str(cell).lower() == "nan" else ""
            raise EmissError(f"{where}: a value is missing{word}; remove the row or complete it.")
        found.append(line)
    full = [k for k, line in enumerate(found) if line[1] is not None]
    inside = range(full[0], full[-1] + 1) if full else range(0)
    for k in inside:
        if found[k][1] is None:
            raise EmissError(
                f"{table.file}: no value at {table.places[rows[k]].rsplit(', ', 1)[-1]}, inside "
                "the curve; a line through it would claim a limit that is not there. Split the "
                "table into one file per piece."
            )
    numbers = [[math.inf if v is None else v for v in found[k]] for k in inside]
    columns = np.array(numbers, dtype=np.float64).reshape(-1, 1 + len(parts)).T
    return [rows[k] for k in inside], columns


def _checked(values: FloatArray, places: Sequence[str], *, upper: bool = False) -> FloatArray:
    wrong = ~(values > 0.0) if upper else ~(np.isfinite(values) & (values > 0.0))
    if wrong.any():
        first = int(np.argmax(wrong))
        raise EmissError(
            f"{places[first]}: the number is out of range once converted; is it a logarithm, or is "
            "its unit right?"
        )
    return values


def _without_placeholders(
    places: list[str], columns: list[FloatArray]
) -> tuple[list[str], list[FloatArray]]:
    """Drop rows at the ends where both edges are 1e5, DarkCast's sign for nothing excluded."""
    mass, lower, upper = columns
    empty = (lower == upper) & (lower == 1e5)
    if empty.all() or not empty.any():
        return places, columns
    first, last = int(np.argmin(empty)), len(empty) - int(np.argmin(empty[::-1]))
    return places[first:last], [c[first:last] for c in (mass, lower, upper)]


def _ascending(mass: FloatArray) -> npt.NDArray[np.intp]:
    """Order by mass; rows of equal mass, which are vertical steps, go the way of the curve."""
    way = np.arange(mass.size)
    return np.lexsort((way if mass[-1] >= mass[0] else -way, mass))


def _two_sided(
    places: list[str], columns: list[FloatArray]
) -> tuple[FloatArray, FloatArray, FloatArray | None]:
    places, (mass, lower, upper) = _without_placeholders(places, columns)
    for where, low, high in zip(places, lower.tolist(), upper.tolist(), strict=True):
        if high < low:
            raise EmissError(f"{where}: the upper edge {high:g} is below the lower {low:g}.")
    refuse_disorder(list(zip(mass.tolist(), lower.tolist(), strict=True)), places)
    order = _ascending(mass)
    closed = bool(np.isfinite(upper).any())
    return mass[order], lower[order], upper[order] if closed else None


def _one_sided(
    places: list[str], mass: FloatArray, values: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray | None]:
    edges = edges_of_contour(mass, values, places)
    if edges is not None:
        return edges
    refuse_disorder(list(zip(mass.tolist(), values.tolist(), strict=True)), places)
    order = _ascending(mass)
    return mass[order], values[order], None


def _stated(table: Table, column: Column, pattern: str) -> float | None:
    """A number that the head, its qualifiers or the description give to a name."""
    for name, value in column.qualifiers:
        if re.fullmatch(pattern, plain(name).replace(" ", "_")):
            number = plain_number(value)
            # "nan" and "inf" state nothing.
            return number if number is not None and math.isfinite(number) else None
    told = "; ".join(f"{name} {value}" for name, value in column.qualifiers)
    words = plain(f"{column.head}; {told[:300]}; {table.description}")
    match = re.search(rf"(?:{pattern})\s*=\s*([\d.]+(?:e-?\d+)?)(?!\s*\*?\s*m)", words)
    return plain_number(match[1].rstrip(".")) if match else None


def _stated_ratio(table: Table, column: Column) -> float | None:
    """Mediator mass over dark-matter mass, as a ratio or as ``m_A' = 3 m_chi``."""
    found = _stated(table, column, r"mass_?ratio|m_?\(?a'?\)?_?/_?m_?\(?chi\)?")
    words = plain(f"{column.head} {table.description}")
    match = re.search(r"m_?\(?(?:a|z|ap)'?\)?\s*=\s*([\d.]+)\s*\*?\s*m_?\(?chi", words)
    return plain_number(match[1]) if found is None and match else found


def _of_other_mass(curve: Overlay, mass: Column, choice: Choice, file: str) -> Overlay:
    """Bring a curve to the mass that belongs to its quantity."""
    dark = is_of_dark_matter(mass.head)
    wants_dark = curve.quantity == "y" or curve.quantity.startswith("sigma")
    clear = dark or bool(_MEDIATOR.search(plain(mass.head)))
    if not clear or dark == wants_dark or not curve.quantity:
        return curve
    ratio = choice.mass_ratio if choice.mass_ratio is not None else curve.mass_ratio
    if ratio is None:
        kinds = ("the dark matter", "the mediator")
        raise EmissError(
            f"{file}: {curve.quantity} against the mass of {kinds[not dark]} "
            f"('{shown(mass.head, 60)}'), where that of {kinds[dark]} is needed; give their ratio "
            "with --curve-mass-ratio."
        )
    if not 0.0 < ratio < math.inf:
        raise EmissError(f"{file}: mass ratio = {ratio:g}: must be positive and finite.")
    factor = ratio if dark else 1.0 / ratio
    note = f"masses times {factor:g}: given against '{shown(mass.head, 60)}'"
    return replace(curve, masses=curve.masses * factor, notes=(*curve.notes, note))


def _in_epsilon(curve: Overlay, choice: Choice) -> Overlay:
    """Turn y into epsilon where both numbers that tie them are given."""
    if curve.quantity != "y":
        return curve
    sector = checked_sector(choice.alpha_dark, choice.mass_ratio)
    if sector is None:
        return curve
    alpha, ratio = sector
    for name, given, stated in (
        ("alpha_D", alpha, curve.alpha_dark),
        ("mass ratio", ratio, curve.mass_ratio),
    ):
        if stated is not None and not math.isclose(given, stated, rel_tol=1e-6):
            raise EmissError(
                f"'{curve.label}': {name} = {given:g} is given, but the file states {stated:g}."
            )
    upper = None if curve.upper is None else epsilon_from_y(curve.upper, alpha, ratio)
    note = f"y turned into epsilon with alpha_D = {alpha:g} and mass ratio {ratio:g}"
    return replace(
        curve,
        masses=curve.masses * ratio,
        values=epsilon_from_y(curve.values, alpha, ratio),
        upper=upper,
        quantity="epsilon",
        notes=(*curve.notes, note),
    )


def _notes(table: Table, meaning: Meaning, column: Column, closed: bool) -> tuple[str, ...]:
    notes = list(table.notes)
    head = shown(column.head, 80) or "the column"
    if meaning.power > 1:
        notes.append(f"'{head}' is {meaning.name}^{meaning.power}: its root is used")
    if meaning.factor != 1.0:
        notes.append(f"'{head}' is a multiple: its numbers times {meaning.factor:.6g} are used")
    if meaning.scale != "linear":
        notes.append(f"'{head}' is a logarithm ({meaning.scale}): its antilogarithm is used")
    if not meaning.name and not table.notes:
        notes.append(
            "the file does not say what it limits: taken as the coupling of the model; say "
            "otherwise with --quantity"
        )
    if meaning.name in {"g_agg", "g_phigg"} and meaning.unit is None:
        notes.append(f"'{head}' has no unit: taken as GeV^-{meaning.power}")
    if closed:
        notes.append("the rows run around a closed region: read as its lower and upper edge")
    return tuple(notes)


def curve_of(table: Table, label: str, choice: Choice) -> Overlay:
    """Make the curve that is meant in a table.

    Parameters
    ----------
    table : Table
        The table.
    label : str
        Name for legends.
    choice : Choice
        What is meant, and what the file does not say.

    Returns
    -------
    Overlay
        Masses in GeV, ascending; couplings, y or cross-sections in internal units, positive.

    Raises
    ------
    EmissError
        If it is open which column is meant or what it is, a unit does not belong, another variable
        varies, or values are missing, not positive, not numbers or out of order.
    """
    if not table.dependent:
        raise EmissError(f"{table.file}: no column of values beside its variables.")
    meanings = {id(c): meaning_of(c.head, c.unit, said_of(table, c)) for c in table.dependent}
    likely = [
        c
        for c in table.dependent
        if meanings[id(c)].name in KNOWN | {""} or re.search("limit|bound|exclu", c.head, re.I)
    ]
    columns = choose_columns(table, choice, likely)
    parts = [(column, _meaning(table, column, choice)) for column in columns]
    column, meaning = parts[0]
    name = _named_sigma(table, column, meaning) if meaning.name == "sigma" else meaning.name
    mass = pick_mass(table, name == "y" or name.startswith("sigma"))
    factor, scale = mass_unit(table, mass, choice)
    rows, numbers = _numbers(table, choose_rows(table, choice, mass), mass, parts, scale)
    places = [table.places[i] for i in rows]
    if not rows:
        raise EmissError(f"{table.file}: no row of data; a curve needs two masses.")
    try:
        masses = converted(numbers[0], Meaning("", 1, scale, None, mass.head)) * factor
        values = [converted(numbers[k + 1], m) for k, (_, m) in enumerate(parts)]
    except EmissError as error:
        raise EmissError(f"{table.file}: {error}") from error
    checked = [_checked(v, places, upper=k == 2) for k, v in enumerate([masses, *values])]
    if len(checked) == 3:
        x, low, high = _two_sided(places, checked)
    else:
        x, low, high = _one_sided(places, checked[0], checked[1])
    if np.unique(x).size < 2:
        raise EmissError(f"{table.file}: {x.size} row(s) of data; a curve needs two masses.")
    curve = Overlay(
        label,
        x,
        low,
        name,
        high,
        table.reference,
        {"g_agg": "GeV^-1", "g_phigg": "GeV^-1"}.get(
            name, "cm^2" if name.startswith("sigma") else ""
        ),
        _notes(table, meaning, column, high is not None and len(checked) == 2),
        _stated(table, column, r"alpha_?d(?:ark)?|alpha_?x"),
        _stated_ratio(table, column),
    )
    return _in_epsilon(_of_other_mass(curve, mass, choice, table.file), choice)
