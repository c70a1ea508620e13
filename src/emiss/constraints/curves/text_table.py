"""Tables in plain text: comma, semicolon, tab or blanks between the columns."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from ...ground.bounded_text import plain_number, shown, split_lines
from ...ground.errors import EmissError
from .mass_variable import is_mass
from .quantity import named
from .table import MAX_COLUMNS, MAX_ROWS, Column, Table
from .wording import parse_unit, plain, scale_of, split_unit

__all__ = ["BLANK", "Text", "parse_rows", "parse_text"]

BLANK: Final = " "
_COMMENT: Final = re.compile(r"\s*(?:#|%|//|!)")
_OURS: Final = "an empty cell means"
_SAID: Final = re.compile(
    r"(quantity|values?|scale|y[ -]?axis|content|what is limited)\s*[:=]\s*(.*)", re.I
)
_PARAMETER: Final = re.compile(
    r"(?<![a-z])(?:alpha_?d\w*|mass[ _]?ratio|m_?chi ?/ ?m_?a'?|splitting|delta|ctau|lifetime|"
    r"beam[ _]energy|g_?d(?:m|ark)?)(?![a-z])"
)


@dataclass(slots=True)
class Text:
    """A text file taken apart.

    Parameters
    ----------
    file : str
        Its name, for messages.
    delimiter : str
        What stands between columns; one blank for any run of blanks.
    rows : list of (int, list of str)
        Line number and cells of each row that is not a comment.
    comments : list of str
        Comments without their mark; those before the first row of numbers.
    reference : str
        Where the curve was published.
    """

    file: str
    delimiter: str = BLANK
    rows: list[tuple[int, list[str]]] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    reference: str = ""


def _delimiter(lines: Sequence[str]) -> str:
    some = lines[:200]
    for mark in ("\t", ";", ","):
        if sum(mark in line for line in some) > 0.5 * len(some):
            return mark
    return BLANK


def parse_rows(text: str, file: str, delimiter: str | None = None) -> Text:
    """Split a text into rows, comments and reference.

    Parameters
    ----------
    text : str
        Contents of the file.
    file : str
        Its name, for messages.
    delimiter : str, optional
        What stands between columns; found from the rows if not given.

    Returns
    -------
    Text
        Its parts.

    Raises
    ------
    EmissError
        If there are too many lines or columns.
    """
    found = Text(file)
    lines: list[tuple[int, str]] = []
    for number, line in enumerate(split_lines(text, file, MAX_ROWS), 1):
        if _COMMENT.match(line):
            said = line.strip().lstrip("#%/!").strip()
            if match := re.match(r":?\s*(?:references?|table_doi|doi)\s*:\s*(.*)", said, re.I):
                found.reference = match[1].strip()
            elif len(found.comments) < 1000:
                found.comments.append(said[:1000])
        elif line.strip():
            lines.append((number, line.strip()))
    found.delimiter = delimiter or _delimiter([line for _, line in lines])
    for number, line in lines:
        cells = _cells(line, found.delimiter, f"{file}, line {number}")
        if len(cells) > MAX_COLUMNS:
            raise EmissError(f"{file}, line {number}: more than {MAX_COLUMNS} columns.")
        found.rows.append((number, cells))
    return found


def _cells(line: str, delimiter: str, where: str) -> list[str]:
    if delimiter == BLANK:
        return line.split()
    try:
        cells = next(csv.reader([line], delimiter=delimiter, skipinitialspace=True))
    except (csv.Error, StopIteration) as error:
        raise EmissError(f"{where}: cannot be split into columns: {shown(error)}.") from error
    return [cell.strip() for cell in cells]


def _split_heads(line: str, count: int, delimiter: str) -> list[str] | None:
    """Heads in a line of words, for the number of columns that the rows have."""
    ways = ([delimiter] if delimiter != BLANK else []) + ["\t", ",", ";", "|"]
    for mark in ways:
        heads = [part.strip() for part in line.split(mark)]
        if len(heads) == count:
            return heads
    for pattern in (r"\s{2,}", r"\s+(?![\[(])(?![^\[(]*[\])])", r"\s+"):
        heads = [part for part in re.split(pattern, line.strip()) if part]
        if len(heads) == count:
            return heads
    match = re.match(r"(.*?[\[(][^\])]*[\])])[\s,;]+(.+)", line)
    return [match[1], match[2]] if match and count == 2 else None


def _is_header(heads: Sequence[str]) -> bool:
    """Whether words of a comment are heads: the first is a mass, or some names a quantity."""
    if any(plain_number(head) is not None for head in heads):
        return False
    if any(is_mass(head) or _energy(head) for head in heads):
        return True
    return any(
        bool(n) and p > 0 for n, p in (named(scale_of(plain(split_unit(h)[0]))[1]) for h in heads)
    )


def _energy(head: str) -> bool:
    unit = split_unit(head)[1]
    return unit is not None and unit.dimension == "energy"


def _heads(found: Text, count: int) -> list[str] | None:
    """Heads from the first row, else from the last comment that has some."""
    if found.rows and plain_number(found.rows[0][1][0]) is None:
        number, cells = found.rows[0]
        if len(cells) != count:
            split = (
                _split_heads(" ".join(cells), count, BLANK) if found.delimiter == BLANK else None
            )
            if split is None:
                return cells
            cells = split
        found.rows.pop(0)
        if len(cells) < 2:
            raise EmissError(f"{found.file}, line {number}: needs two columns, mass and coupling.")
        return cells
    for comment in reversed(found.comments):
        said = re.sub(r"^(?:columns?|heads?|header)\s*[:=]\s*", "", comment, flags=re.I)
        if said == comment and re.match(r":|[a-z][\w -]*:\s", comment, re.I):
            continue
        heads = _split_heads(said, count, found.delimiter)
        if heads is not None and _is_header(heads):
            return heads
    return None


def _units(found: Text, count: int) -> list[str]:
    """Units per column from a comment ``# units: GeV, 1``."""
    for comment in found.comments:
        if match := re.match(r"units?\s*:\s*(.*)", comment, re.I):
            parts = [part.strip() for part in re.split(r"[,;]", match[1])]
            texts = []
            for part in parts[:count]:
                unit = split_unit(part)[1]
                texts.append(
                    unit.text if unit else part if parse_unit(part).dimension != "other" else ""
                )
                if scale_of(plain(part))[0] != "linear":
                    texts[-1] = part
            return texts + [""] * (count - len(texts))
    return [""] * count


def _qualifiers(found: Text, column: int) -> tuple[tuple[str, str], ...]:
    """Qualifiers of a column in HEPData's CSV: ``#: NAME,,value,value``."""
    pairs = []
    for comment in found.comments:
        if comment.startswith(":") and "," in comment:
            cells = _cells(comment[1:].strip(), ",", found.file)
            if 1 < len(cells) <= MAX_COLUMNS and column < len(cells) and cells[column]:
                pairs.append((cells[0], cells[column]))
    return tuple(pairs)


def _check_widths(found: Text, heads: Sequence[str] | None) -> int:
    count = len(heads) if heads is not None else len(found.rows[0][1]) if found.rows else 2
    for number, cells in found.rows:
        where = f"{found.file}, line {number}"
        if len(cells) < 2:
            raise EmissError(f"{where}: needs two columns, mass and coupling.")
        if len(cells) > count:
            raise EmissError(
                f"{where}: {len(cells)} cells where there are {count} columns; write decimal "
                "points, not commas, and put text with commas into quotes."
            )
        if len(cells) < count and heads is None:
            raise EmissError(f"{where}: {len(cells)} cells where the rows above have {count}.")
    return count


def _width(rows: Sequence[tuple[int, list[str]]]) -> int:
    numbers = [len(cells) for _, cells in rows if plain_number(cells[0]) is not None]
    return max(set(numbers), key=numbers.count) if numbers else len(rows[0][1]) if rows else 2


def _is_independent(head: str, i: int, masses: Sequence[int]) -> bool:
    if i in masses or (not masses and i == 0):
        return True
    words = plain(split_unit(head)[0])
    return bool(_PARAMETER.search(words)) and not named(scale_of(words)[1])[1]


def parse_text(text: str, file: str) -> Table:
    """Read a table in plain text.

    Parameters
    ----------
    text : str
        Contents of the file.
    file : str
        Its name, for messages.

    Returns
    -------
    Table
        Masses (columns so named, else the first one) and parameters as variables, all else as
        values.

    Raises
    ------
    EmissError
        If rows have too few or too many cells, or there is a second table below the first.
    """
    found = parse_rows(text, file)
    heads = _heads(found, _width(found.rows))
    if (
        found.rows
        and heads is not None
        and len(heads) != len(found.rows[0][1])
        and found.rows[0][1] is heads
    ):
        found.rows.pop(0)
    count = _check_widths(found, heads)
    names = list(heads) if heads is not None else [""] * count
    units = _units(found, count)
    notes: tuple[str, ...] = ()
    masses = [i for i, head in enumerate(names) if is_mass(head)]
    if heads is None and not any(units) and found.delimiter == BLANK and found.rows:
        units[0] = "GeV"
        notes = (
            "no heads and no units: read like the tables of DarkCast, mass in GeV and then the "
            "coupling; say otherwise with --mass-unit and --quantity",
        )
    elif not masses and found.rows and not units[0] and heads is not None:
        masses = [i for i, head in enumerate(names) if _energy(head)][:1]
    columns = [
        Column(
            names[i],
            units[i],
            [row[i] if i < len(row) else "" for _, row in found.rows],
            _qualifiers(found, i),
        )
        for i in range(count)
    ]
    ends = [i for i, head in enumerate(names) if re.search(r"\s(?:LOW|HIGH)$", head)]
    variables = [i for i in range(count) if _is_independent(names[i], i, masses) and i not in ends]
    said = [
        m[0] if m[1].lower() == "scale" else m[2] for c in found.comments if (m := _SAID.match(c))
    ]
    return Table(
        file,
        [f"{file}, line {number}" for number, _ in found.rows],
        tuple(columns[i] for i in variables),
        tuple(c for i, c in enumerate(columns) if i not in variables and i not in ends),
        found.reference,
        " ".join(said),
        notes,
        gaps=any(_OURS in comment for comment in found.comments),
    )
