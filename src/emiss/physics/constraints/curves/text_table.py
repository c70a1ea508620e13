"""Tables in plain text: comma, semicolon, tab or blanks between the columns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from ....ground.bounded_text import plain_number, shown
from ....ground.errors import EmissError
from .choosing import is_uncertainty
from .leftover import alters_mass
from .mass_name import is_mass
from .pieces import AGAIN, breaks_between
from .quantity import meaning_of
from .remarks import quantity_told
from .table import Column, Table
from .text_blocks import join_blocks
from .text_heads import (
    axes_in_heads,
    axes_told,
    has_energy_unit,
    heads_in_comments,
    joined_heads,
    mentions_energy,
    order_assumed,
    ordinate_told,
    split_heads,
    told_units,
    without_heads,
)
from .text_rows import BLANK, Text, parse_rows, split_cells, with_decimal_points
from .unit_text import contradict, parse_unit, split_unit
from .wording import plain, scale_of

__all__ = ["parse_text"]

_KEYWORDS: Final = re.compile(r"[:\s]*key ?words?\b[^:=]{0,60}[:=]", re.IGNORECASE)
_OURS: Final = "an empty cell means"
_OF_EMISS: Final = re.compile(
    # What emiss writes above its tables about columns and provenance.
    r"method: \w+, 90% confidence level"
    r"(?:; [\w^-]+ is the smallest excluded coupling(?: in GeV\^-1)?)?|"
    r"\w+_-2 \.\.\. \w+_2: standard deviations from the median without signal|"
    r"units: \*_gev in GeV, signal_events in events, all else dimensionless.*|"
    r"an empty cell means: nothing excluded at this mass|"
    r"emiss [\w.+-]+; inputs sha256 [0-9a-f]{64}"
)
_SAID: Final = re.compile(
    r"(quantity|values?|scale|content|second column|column 2|what is limited)"
    r"\s*[:=]\s*(.*)",
    re.IGNORECASE,
)
_AXIS: Final = re.compile(r"(?:log\w*|lin(?:ear)?)(?: scale)?", re.IGNORECASE)
_NO_NAME: Final = re.compile(
    # What programs call a curve that its maker has not named.
    r"(?:default.*|(?:data ?set|series|curve|line|trace|plot|data)\W*\d*)$",
    re.IGNORECASE,
)
_REMARK: Final = re.compile(r"(?:comment|note|remark|ref(?:erence)?|source|link|doi)s?", re.I)
"""Heads of columns that rows may lack."""
_PARAMETER: Final = re.compile(
    r"(?<![a-z])(?:alpha_?[dx]\w*|(?:mass[ _]?)?ratio|r|f_?dm|[eg]_?d|"
    r"m_?\(?(?:chi|dm)\)? ?/ ?m_?\(?\w+'?\)?|m_?\(?\w+'?\)? ?/ ?m_?\(?(?:chi|dm)\)?|"
    r"splitting|delta|ctau|lifetime|beam[ _]energy|g_?(?:d(?:m|ark)?|chi|psi)|"
    # What says which curve, or what makes of a number, a row is.
    r"experiments?|collaborations?|models?|scenarios?|cases?|types?|kinds?|curves?|lines?|sides?|"
    r"branch(?:es)?|status|quantit(?:y|ies)|units?|scales?|factors?|exponents?|powers?|prefactors?)"
    r"(?![a-z])"
)


def _is_row(cells: Sequence[str]) -> bool:
    return plain_number(cells[0]) is not None


def _filled(cells: Sequence[str]) -> list[str]:
    return [cell for cell in cells if cell]


def _set_titles_apart(found: Text, count: int) -> None:
    """Make comments of lines without a number above the heads, which are as many as the columns."""
    words = [cells for _, cells in found.rows if not _is_row(cells)]
    # Spreadsheets pad titles with separators; a line such as "Author:,A. Author" is none of heads.
    filled = [0 if cells[0].endswith(":") else len(_filled(cells)) for cells in words]
    count = max((len(_filled(cells)) for _, cells in found.rows if _is_row(cells)), default=count)
    most = count if found.delimiter == BLANK else max(filled, default=0)
    fitting = [i for i, cells in enumerate(filled) if count <= cells <= most]
    named = (i for i in fitting if any(is_mass(c) or has_energy_unit(c) for c in words[i]))
    above = next(named, fitting[0] if fitting else 0)
    if above and _are_axes(found.rows[above : above + 1]):
        above -= 1  # the name of a curve
    if any(cells != row for cells, (_, row) in zip(words[:above], found.rows, strict=False)):
        return  # not at the top
    for line, cells in found.rows[:above]:
        found.comments.append(found.delimiter.join(_filled(cells)))
        found.lines.append(line)
    del found.rows[:above]


def _set_notes_apart(found: Text) -> None:
    """Make comments of lines below the rows that have one cell, which is no number."""
    while len(found.rows) > 2:
        line, cells = found.rows[-1]
        filled = _filled(cells)
        if len(cells) < 2 or len(filled) != 1 or plain_number(filled[0]) is not None:
            return
        found.rows.pop()
        found.comments.append(filled[0])
        found.lines.append(line)


def _heads(found: Text, count: int) -> list[str] | None:
    """Heads from the first row, else from the last comment that has some."""
    if found.rows and plain_number(found.rows[0][1][0]) is None:
        number, cells = found.rows.pop(0)
        if len(cells) > count and found.delimiter != BLANK:
            cells = joined_heads(cells, found.delimiter)
        if len(cells) != count:
            split = split_heads(" ".join(cells), count, BLANK) if found.delimiter == BLANK else None
            if split is None:
                return cells
            cells = split
        if len(cells) < 2:
            raise EmissError(f"{found.file}, line {number}: needs two columns, mass and coupling.")
        if count == 2 and _are_axes(found.rows[:1]):
            # WebPlotDigitizer: the name of the curve above the axes.
            found.rows.pop(0)
            named = "" if _NO_NAME.match(cells[0]) else cells[0]
            return ["", named]
        # The axes of a digitised plot say nothing of what is on them; a comment may.
        axes = [cell.lower() for cell in cells] == ["x", "y"]
        return (axes_told(found.comments) or ["", ""]) if axes else axes_in_heads(cells) or cells
    return heads_in_comments(found.comments, count, found.delimiter)


def _are_axes(rows: Sequence[tuple[int, list[str]]]) -> bool:
    return [[cell.lower() for cell in cells] for _, cells in rows] == [["x", "y"]]


def _units(found: Text, names: Sequence[str]) -> list[str]:
    """Units per column from a comment ``# units: GeV, 1``, where the heads have none."""
    count = len(names)
    texts = [""] * count
    comments = [m[1] for c in found.comments if (m := re.match(r"units?\s*:\s*(.*)", c, re.I))]
    parts = re.split(r"[,;]", comments[0])[:count] if comments else []
    for i, part in enumerate(part.strip() for part in parts):
        unit, own = split_unit(part)[1], split_unit(names[i])[1]
        text = unit.text if unit else part if parse_unit(part).dimension != "other" else ""
        said = plain(part)
        if scale_of(said)[0] != "linear" or (
            not text and (alters_mass(said) or re.fullmatch(r"\^\d", said))
        ):
            text = part
        if own is None:
            texts[i] = text
        elif text and (
            contradict(own, parse_unit(text))
            or (i == 0 and abs(parse_unit(text).factor - own.factor) > 1e-9 * own.factor)
        ):
            raise EmissError(
                f"{found.file}: the head '{shown(names[i], 60)}' and the comment on units "
                f"('{shown(part, 40)}') contradict each other."
            )
    return texts


def _qualifiers(found: Text, column: int, heads: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Qualifiers of a column in HEPData's CSV.

    Its converter puts the name in place of the first column: ``#: NAME,value,value`` above a mass
    and two columns. With one cell more, and the first empty, the name stands before them all; so
    it does where the value would stand above an uncertainty. What has still more cells belongs to
    no column that could be told.
    """
    rows = [_qualifier_cells(found, comment, heads) for comment in found.comments]
    of_column = (row for row in rows if 0 < column < len(row) and row[column])
    return tuple((row[0], row[column]) for row in of_column)


def _qualifier_cells(found: Text, comment: str, heads: Sequence[str]) -> list[str]:
    """Name and values in a comment that holds a qualifier of each column; else nothing."""
    if not (comment.startswith(":") and "," in comment):
        return []
    count = len(heads)
    cells = split_cells(comment[1:].strip(), ",", found.file)
    filled = [i for i, cell in enumerate(cells) if i and cell]
    above_error = filled and filled[0] < count and is_uncertainty(heads[filled[0]])
    if len(cells) > 2 and not cells[1] and (len(cells) == count + 1 or above_error):
        del cells[1]
    while len(cells) > count and not cells[-1]:
        cells.pop()
    return cells if 1 < len(cells) <= count else []


def _is_open(cells: Sequence[str], heads: Sequence[str]) -> bool:
    """Whether it is open to which column a qualifier with an empty first value belongs."""
    return len(cells) > 2 and not cells[1] and not _is_independent(heads[1], 1, [0])


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
    for head in (heads or ())[_width(found.rows) :]:
        if head.strip() and not _REMARK.fullmatch(head.strip()):
            raise EmissError(
                f"{found.file}: the head '{shown(head, 40)}' has no column below it; put a head "
                "that has the separator in it into quotes, and units into brackets."
            )
    return count


def _width(rows: Sequence[tuple[int, list[str]]]) -> int:
    numbers = [len(cells) for _, cells in rows if plain_number(cells[0]) is not None]
    return max(set(numbers), key=numbers.count) if numbers else len(rows[0][1]) if rows else 2


def _is_independent(head: str, i: int, masses: Sequence[int]) -> bool:
    if (
        i in masses
        or (not masses and i == 0)
        or (has_energy_unit(head) and not meaning_of(head).power)
    ):
        return True
    words = plain(split_unit(head)[0])
    return bool(_PARAMETER.fullmatch(words.strip("() ")))


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
    commas = with_decimal_points(found.rows)
    if not found.rows:
        raise EmissError(f"{file}: no row of data; a curve needs two masses.")
    join_blocks(found)
    _set_titles_apart(found, _width(found.rows))
    _set_notes_apart(found)
    # Keywords are topics of a record: they neither settle nor contradict what a column holds.
    found.comments[:] = [text for text in found.comments if not _KEYWORDS.match(text)]
    first = found.rows[0][1]
    heads = _heads(found, _width(found.rows))
    if plain_number(first[0]) is None:
        _drop_repeated(found, first)
    _trim(found, heads)
    units_row = _units_row(found, heads)
    count = _check_widths(found, heads)
    names = (list(heads) if heads is not None else [""] * count)[:count]
    if not names:
        raise EmissError(f"{file}: no column has a head or a value.")
    units = units_row or _units(found, names)
    notes: tuple[str, ...] = ()
    if not units[0] and not any(has_energy_unit(name) for name in names) and found.rows:
        units[0], notes = _told_unit(found, bare=heads is None and not any(units))
    columns = [
        Column(
            names[i],
            units[i],
            [row[i] if i < len(row) else "" for _, row in found.rows],
            _qualifiers(found, i, names),
        )
        for i in range(count)
    ]
    variables, values = _sides([c for i, c in enumerate(columns) if not _is_index(columns, i)])
    gaps = any(_OURS in comment for comment in found.comments)
    told = tuple(found.comments)
    # What is said of one column is no remark on the table.
    found.comments[:] = [
        comment
        for comment in without_heads(found.comments, names)
        if not _OF_EMISS.fullmatch(comment)
        if not (cells := _qualifier_cells(found, comment, names)) or _is_open(cells, names)
    ]
    return Table(
        file,
        [f"{file}, line {number}" for number, _ in found.rows],
        tuple(variables),
        tuple(values),
        found.reference,
        _description(found, values, names),
        (*notes, *commas, *order_assumed(told, names)),
        gaps=gaps,
        comments=tuple(found.comments),
        breaks=breaks_between([number for number, _ in found.rows], found.between),
    )


def _drop_repeated(found: Text, first: Sequence[str]) -> None:
    """Drop rows that repeat the heads; what is behind them is a piece of its own."""
    again = [line for line, cells in found.rows if cells == list(first)]
    found.rows[:] = [row for row in found.rows if row[0] not in again]
    found.between[:] = sorted([*found.between, *((line, AGAIN) for line in again)])


def _trim(found: Text, heads: list[str] | None) -> None:
    """Drop what trailing separators leave: columns without a head and without a value."""
    while (
        heads and not heads[-1] and not any("".join(row[len(heads) - 1 :]) for _, row in found.rows)
    ):
        heads.pop()
    count = len(heads) if heads else _width(found.rows)
    for _, row in found.rows:
        while len(row) > max(count, 2) and not row[-1]:
            row.pop()


def _units_row(found: Text, heads: list[str] | None) -> list[str] | None:
    """Units in a row of their own below the heads."""
    if heads is None or not found.rows:
        return None
    row = found.rows[0][1]
    if len(row) != len(heads) or parse_unit(row[0].strip("[]()")).dimension != "energy":
        return None
    found.rows.pop(0)
    return [cell.strip("[]()") for cell in row]


def _told_unit(found: Text, *, bare: bool) -> tuple[str, tuple[str, ...]]:
    """Unit of the mass from the comments; that of DarkCast for bare numbers in blanks."""
    told = told_units(found.comments)
    if len(told) == 1:
        return told[0], ()
    if not bare or found.delimiter != BLANK or mentions_energy(found.comments):
        return "", ()
    return "GeV", (
        "no heads and no units: read like the tables of DarkCast, mass in GeV and then the "
        "coupling; say otherwise with --mass-unit and --quantity",
    )


def _is_index(columns: Sequence[Column], i: int) -> bool:
    """Whether a column without a head beside a mass counts the rows, as tables of programs do."""
    column = columns[i]
    if column.head or not any(is_mass(c.head) for c in columns) or not column.cells:
        return False
    numbers = [str(k) for k in range(len(column.cells) + 1)]
    return list(column.cells) in (numbers[:-1], numbers[1:])


def _sides(columns: Sequence[Column]) -> tuple[list[Column], list[Column]]:
    """Variables and values; the edges of bins that HEPData adds are neither."""
    heads = [column.head for column in columns]
    ends = [i for i, head in enumerate(heads) if re.search(r"\s(?:LOW|HIGH)$", head)]
    masses = [i for i, head in enumerate(heads) if is_mass(head)]
    masses = masses or [i for i, head in enumerate(heads) if has_energy_unit(head)][:1]
    variables = [
        i for i in range(len(columns)) if _is_independent(heads[i], i, masses) and i not in ends
    ]
    rest = [c for i, c in enumerate(columns) if i not in variables and i not in ends]
    return [columns[i] for i in variables], rest


def _description(found: Text, values: Sequence[Column], names: Sequence[str]) -> str:
    """What comments say of the values: where they say so, or the one quantity that they name."""
    said = [
        m[0] if m[1].lower() == "scale" else m[2] for c in found.comments if (m := _SAID.match(c))
    ]
    # A logarithmic axis is how they are drawn.
    said = [text for text in (*said, *ordinate_told(found.comments)) if not _AXIS.fullmatch(text)]
    if said or (len(values) > 1 and all(meaning_of(column.head).name for column in values)):
        return " ".join(said)
    # Heads in a comment are read column by column.
    heads = [name for name in names if name]
    told = [t for t in found.comments[-20:] if not heads or not all(name in t for name in heads)]
    return quantity_told(told)
