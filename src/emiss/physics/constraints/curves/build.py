"""From a table and a choice to a curve: which variable is the mass, which numbers, in what unit."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Final

import numpy as np

from ....ground.arrays import FloatArray
from ....ground.bounded_text import shown
from ....ground.errors import EmissError
from .choosing import choose_columns, choose_rows, without_side
from .conversion import converted, refuse_open_scale
from .cross_section import named_sigma
from .held import held, refuse_band, refuse_other_side
from .mass_name import is_mass, is_of_dark_matter, is_of_mediator
from .mass_variable import cell_value, mass_at, mass_unit, pick_mass, stated_mass
from .order import edges_of_contour, in_order, refuse_disorder, refuse_plane
from .overlay import Overlay
from .pieces import refuse_pieces
from .quantity import KNOWN, Meaning, meaning_of
from .reading import reading_of
from .remarks import refuse_altered_masses, said_of
from .saved_model import LARGEST, SMALLEST
from .sector import in_epsilon, of_other_mass, refuse_other_sector
from .stated_sector import sector_asked, stated_alpha, stated_ratio
from .table import Choice, Column, Table
from .whose_mass import mass_mentioned, whose_mass
from .wording import Scale

__all__ = ["curve_of"]


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
    inside = (values >= SMALLEST) & (values <= LARGEST)
    wrong = ~(inside | np.isposinf(values)) if upper else ~inside
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


_Edges = tuple[FloatArray, FloatArray, FloatArray | None]
"""Masses, lower edge, and upper edge where there is one."""


def _two_sided(places: list[str], columns: list[FloatArray]) -> tuple[_Edges, str]:
    places, (mass, lower, upper) = _without_placeholders(places, columns)
    for where, low, high in zip(places, lower.tolist(), upper.tolist(), strict=True):
        if high < low:
            raise EmissError(f"{where}: the upper edge {high:g} is below the lower {low:g}.")
    refuse_disorder(list(zip(mass.tolist(), lower.tolist(), strict=True)), places)
    mass, order, note = in_order(mass, lower, places)
    closed = bool(np.isfinite(upper).any())
    return (mass, lower[order], upper[order] if closed else None), note


def _one_sided(
    places: list[str], mass: FloatArray, values: FloatArray, name: str
) -> tuple[_Edges, str]:
    edges = edges_of_contour(mass, values, places)
    if edges is not None:
        return edges, ""
    points = list(zip(mass.tolist(), values.tolist(), strict=True))
    refuse_plane(points, places, 2 if name == "y" or name.startswith("sigma") else 1)
    refuse_disorder(points, places)
    mass, order, note = in_order(mass, values, places)
    return (mass, values[order], None), note


def _notes(
    table: Table, meaning: Meaning, column: Column, least: float, closed: bool
) -> tuple[str, ...]:
    notes = list(table.notes)
    head = shown(column.head, 80) or "the column"
    if not meaning.name and not table.notes:
        notes.append(
            "the file does not say what it limits: taken as the coupling of the model; say "
            "otherwise with --quantity"
        )
    if meaning.doubt:
        notes.append(
            f"'{head}': '{shown(meaning.doubt, 40)}' beside the quantity is not known to alter "
            "nothing, so it is taken for one of its own; say what the column holds with --quantity"
        )
    if meaning.name in _SMALL and least > 4.0 * math.pi:
        notes.append(
            f"{meaning.name} is above {least:.3g} everywhere, too large for a coupling: is it an "
            "inverse, or is the sign of a logarithm another? Say what the column holds with "
            "--quantity"
        )
    if closed:
        notes.append("the rows run around a closed region: read as its lower and upper edge")
    return tuple(notes)


def _refuse_large_logarithms(
    table: Table, column: Column, meaning: Meaning, numbers: FloatArray
) -> None:
    """Refuse small positive numbers that a text calls logarithms: the couplings would be 1."""
    stated = "scale" in said_of(table, column).lower()
    told = meaning.scale != "linear" == meaning_of(column.head, column.unit).scale and not stated
    if told and meaning.power > 0 and numbers.size and 0.0 < numbers.min() <= numbers.max() < 0.1:
        raise EmissError(
            f"{table.file}: a text speaks of logarithms, and the numbers of "
            f"'{shown(column.head, 60)}' are small and positive: as logarithms they would all be "
            "1; say what the column holds with --quantity, such as 'epsilon' or 'log10(epsilon)'."
        )


_SMALL: Final = frozenset({"epsilon", "g", "g_b", "y"})


def _called(table: Table, mass: Column) -> str:
    """The head of a mass; where that does not say whose it is, what the texts call it.

    Raises
    ------
    EmissError
        If the head and the texts call it differently.
    """
    dark, told = is_of_dark_matter(mass.head), whose_mass(table)
    if not dark and not is_of_mediator(mass.head):
        return told or mass_mentioned(table) or mass.head
    if told and is_of_dark_matter(told) != dark:
        raise EmissError(
            f"{table.file}: the head '{shown(mass.head, 60)}' and a text ('{shown(told, 40)}') "
            "differ in whose mass it is; correct one of them, or say it with --mass-unit, such as "
            "'m_chi [MeV]'."
        )
    return mass.head


def _ratio_of_masses(table: Table, rows: Sequence[int], stated: float | None) -> float | None:
    """The ratio of two columns of masses, the mediator's over the dark matter's; else the stated.

    Raises
    ------
    EmissError
        If it is at any row another one than the file states.
    """
    masses = [c for c in table.independent if is_mass(c.head)]
    sides = [[c for c in masses if is_of_dark_matter(c.head) == dark] for dark in (False, True)]
    if any(len(side) != 1 for side in sides):
        return stated
    columns = []
    for (column,) in sides:
        factor, scale = mass_unit(table, column, Choice())
        numbers = np.array([mass_at(column.cells[i], table.places[i], scale) for i in rows])
        columns.append(converted(numbers, Meaning("", 1, scale, None, column.head)) * factor)
    ratios = columns[0] / columns[1]
    if stated is None:
        same = np.allclose(ratios, ratios[0], rtol=_RATIO_DIGITS, atol=0.0)
        return float(np.median(ratios)) if same else None
    wrong = ~np.isclose(ratios, stated, rtol=_RATIO_DIGITS, atol=0.0)
    if wrong.any():
        first = int(np.argmax(wrong))
        raise EmissError(
            f"{table.places[rows[first]]}: the masses '{shown(sides[0][0].head, 40)}' and "
            f"'{shown(sides[1][0].head, 40)}' have the ratio {ratios[first]:.4g}, and the file "
            f"states {stated:.4g}; correct one of them."
        )
    return stated


_RATIO_DIGITS: Final = 0.02
"""To which masses that were rounded keep a ratio."""


def _parts(table: Table, columns: Sequence[Column], choice: Choice) -> list[tuple[Column, Meaning]]:
    """The column of values, or those of the lower and the upper edge, with what they hold."""
    if len(columns) == 1:
        if choice.quantity is None:
            refuse_other_side(table, columns[0])
        return [(columns[0], held(table, columns[0], choice))]
    if choice.quantity is None:
        refuse_band(table, columns)
    return [(column, held(table, without_side(column), choice)) for column in columns]


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
    parts = _parts(table, columns, choice)
    column, meaning = parts[0]
    name = meaning.name
    if name == "sigma":
        name = named_sigma(table, column, meaning, choice.quantity or "")
    stated = stated_mass(choice)
    mass = pick_mass(table, name == "y" or name.startswith("sigma"), stated)
    factor, scale = mass_unit(table, mass, choice)
    if choice.mass_unit is None:
        refuse_altered_masses(table, mass, scale)
    rows, numbers = _numbers(table, choose_rows(table, choice, mass), mass, parts, scale)
    places = [table.places[i] for i in rows]
    if not rows:
        raise EmissError(f"{table.file}: no row of data; a curve needs two masses.")
    _refuse_large_logarithms(table, column, meaning, numbers[1])
    try:
        masses = converted(numbers[0], Meaning("", 1, scale, None, mass.head)) * factor
        values = [converted(numbers[k + 1], m) for k, (_, m) in enumerate(parts)]
        refuse_open_scale(numbers[1], meaning)
    except EmissError as error:
        raise EmissError(f"{table.file}: {error}") from error
    if len(values) == 2 and meaning.power < 0 and np.all(values[1] <= values[0]):
        values.reverse()  # the larger one of two inverses is the lower edge
    checked = [_checked(v, places, upper=k == 2) for k, v in enumerate([masses, *values])]
    pieces = refuse_pieces(table, rows, checked[0], checked[1])
    if len(checked) == 3:
        (x, low, high), moved_rows = _two_sided(places, checked)
    else:
        (x, low, high), moved_rows = _one_sided(places, checked[0], checked[1], name)
    if np.unique(x).size < 2:
        raise EmissError(f"{table.file}: {x.size} row(s) of data; a curve needs two masses.")
    called = stated or _called(table, mass)
    ratio = _ratio_of_masses(table, rows, stated_ratio(table, column))
    sector = stated_alpha(table, column), ratio
    asks = name == "y" and choice.alpha_dark is None
    open_ = sector_asked(table, column) if asks else ""
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
        _notes(table, meaning, column, float(low.min()), high is not None and len(checked) == 2)
        + tuple(note for note in (moved_rows, open_) if note)
        + pieces,
        *sector,
        reading=reading_of(
            table, parts, (name, sector if name == "y" else ()), (mass, called, scale), choice
        ),
    )
    refuse_other_sector(curve, choice)
    moved = of_other_mass(curve, called, choice, table.file)
    if moved is not curve and choice.alpha_dark is None and curve.alpha_dark is None:
        return moved  # the ratio was given for the masses
    return in_epsilon(moved, choice)
