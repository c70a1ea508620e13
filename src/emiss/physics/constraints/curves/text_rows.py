"""Rows, comments and reference of a table in plain text."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from ....ground.bounded_text import shown, split_lines
from ....ground.errors import EmissError
from .labels import spoken
from .table import MAX_COLUMNS, MAX_ROWS

__all__ = ["BLANK", "Text", "parse_rows", "split_cells", "with_decimal_points"]

BLANK: Final = " "
_COMMENT: Final = re.compile(r"\s*(?:#|%|//|!)")


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
    lines : list of int
        Line number of each comment.
    between : list of (int, str)
        Line number of each empty line and comment, and what that says.
    """

    file: str
    delimiter: str = BLANK
    rows: list[tuple[int, list[str]]] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    reference: str = ""
    lines: list[int] = field(default_factory=list)
    between: list[tuple[int, str]] = field(default_factory=list)


_BEHIND: Final = re.compile(r"(?<=\S)\s+#+\s+(.*)$")
"""A comment behind the numbers of a row."""
_MOST_COMMENTS: Final = 1000
_LONGEST_COMMENT: Final = 20_000
_NUMBER: Final = r"[+-]?\d*\.?\d+(?:e[+-]?\d+)?"
_ROW: Final = re.compile(rf"{_NUMBER}(?:[\s,;|]+{_NUMBER})+", re.IGNORECASE)
"""A row of numbers that was commented out."""
_COMMA: Final = r"[+-]?\d+,\d+(?:e[+-]?\d+)?"
_BY_BLANKS: Final = re.compile(
    rf"(?:{_COMMA}|[+-]?\d+)(?:\s+(?:{_COMMA}|[+-]?\d+))+", re.IGNORECASE
)
_WITH_COMMA: Final = re.compile(_COMMA, re.IGNORECASE)
_SEPARATOR: Final = re.compile(r"sep=.")
"""The first line of some spreadsheets; the rows say the same."""
_TIMES_TEN: Final = re.compile(
    r"([+-]?\d[\d.,]*) ?(?:x|\*|\N{MULTIPLICATION SIGN}|\N{MIDDLE DOT}|\\times|\\cdot) ?"
    r"10 ?\^ ?[({]?([+-]?\d+)[)}]?"
)
_THOUSANDS: Final = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}")


def with_decimal_points(rows: Sequence[tuple[int, list[str]]]) -> tuple[str, ...]:
    """Write decimal commas of cells as points, in place.

    Parameters
    ----------
    rows : sequence of (int, list of str)
        Rows whose cells are apart by something else than these commas.

    Returns
    -------
    tuple of str
        A note if there were any. Left as they are where a cell has a decimal point too, or where
        all may be marks of thousands.
    """
    cells = [cell for _, row in rows for cell in row]
    some = [cell for cell in cells if _WITH_COMMA.fullmatch(cell)]
    points = any(
        re.fullmatch(r"[+-]?\d*\.\d+(?:e[+-]?\d+)?", cell, re.IGNORECASE) for cell in cells
    )
    if points or all(_THOUSANDS.fullmatch(cell) for cell in some):
        return ()
    for _, row in rows:
        row[:] = [c.replace(",", ".") if _WITH_COMMA.fullmatch(c) else c for c in row]
    return ("decimal commas read as points",)


def _delimiter(lines: Sequence[str]) -> str:
    some = lines[:200]
    numbers = [line for line in some if line[:1].isdigit()]
    if any("," in line for line in numbers) and all(map(_BY_BLANKS.fullmatch, numbers)):
        return BLANK  # the commas are decimal
    with_tabs = sum("\t" in line for line in numbers)
    if 0 < with_tabs < len(numbers) and len({len(line.split()) for line in numbers}) == 1:
        return BLANK  # tabs are blanks like others
    for mark in ("\t", ";", ",", "|"):
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
            found.between.append((number, said[:1000]))
            if match := re.match(r":?\s*(?:references?|table_doi|doi)\s*:\s*(.*)", said, re.I):
                found.reference = match[1].strip()
            elif not _ROW.fullmatch(said):
                if len(found.comments) >= _MOST_COMMENTS:
                    del found.comments[_MOST_COMMENTS // 2], found.lines[_MOST_COMMENTS // 2]
                found.comments.append(_without_label(said[:_LONGEST_COMMENT]))
                found.lines.append(number)
        elif line.strip() and not _SEPARATOR.fullmatch(line.strip()):
            lines.append((number, line.strip()))
        elif not line.strip():
            found.between.append((number, ""))
    found.delimiter = delimiter or _delimiter([line for _, line in lines])
    for number, line in lines:
        if behind := _BEHIND.search(line):
            found.comments.append(_without_label(behind[1][:_LONGEST_COMMENT]))
            found.lines.append(number)
            line = line[: behind.start()].rstrip(" ,;")
        line = _TIMES_TEN.sub(r"\1e\2", line) if line[:1].isdigit() else line
        cells = split_cells(line, found.delimiter, f"{file}, line {number}")
        if len(cells) > MAX_COLUMNS:
            raise EmissError(f"{file}, line {number}: more than {MAX_COLUMNS} columns.")
        if any(cells):
            found.rows.append((number, cells))
    return found


def _without_label(comment: str) -> str:
    """A comment as it is read; the colon of HEPData stays before qualifiers with their cells."""
    cells = re.match(r":\s*[^:,]+,", comment)
    return comment if cells else spoken(comment)


def split_cells(line: str, delimiter: str, where: str) -> list[str]:
    """Split a line at a delimiter, quotes respected; at any blanks for `BLANK`."""
    if delimiter == BLANK:
        return line.split()
    try:
        cells = next(csv.reader([line], delimiter=delimiter, skipinitialspace=True))
    except (csv.Error, StopIteration) as error:
        raise EmissError(f"{where}: cannot be split into columns: {shown(error)}.") from error
    return [cell.strip() for cell in cells]
