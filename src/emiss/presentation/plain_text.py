"""Tables as plain text: columns side by side, numbers right-aligned."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .text_table import TextTable

__all__ = ["GAP", "numeric", "plain_page", "table_text", "widest_of", "widths_of"]

GAP = 3
"""Blanks between two columns."""
_NUMERIC = re.compile(r"((?:> )?[-+−]?[0-9.]|—|∞|-?inf|-$|$)")


def widest_of(cells: Sequence[Sequence[str]], index: int) -> int:
    """Letters of the longest cell of a column."""
    return max((len(row[index]) for row in cells), default=1)


def widths_of(columns: Sequence[str], cells: Sequence[Sequence[str]]) -> list[int]:
    """Letters of the longest cell or head of each column."""
    return [max(len(name), widest_of(cells, i) if cells else 0) for i, name in enumerate(columns)]


def numeric(columns: Sequence[str], cells: Sequence[Sequence[str]]) -> list[bool]:
    """Say which columns hold numbers; the first names the rows."""
    return [
        bool(index) and all(_NUMERIC.match(row[index]) for row in cells)
        for index in range(len(columns))
    ]


def plain_page(title: str, columns: Sequence[str], cells: Sequence[Sequence[str]]) -> str:
    """Lay a table out as rich does, which takes longer to load than to work.

    Parameters
    ----------
    title : str
        Heading.
    columns : sequence of str
        Column heads.
    cells : sequence of sequence of str
        Cells by row.

    Returns
    -------
    str
        Lines.
    """
    widths, right = widths_of(columns, cells), numeric(columns, cells)

    def line(row: Sequence[str]) -> str:
        places = zip(row, widths, right, strict=True)
        words = [w.rjust(n) if numbers else w.ljust(n) for w, n, numbers in places]
        return f" {(' ' * GAP).join(words)} "

    across = sum(widths) + GAP * (len(widths) - 1)
    blank = " " * (across + 2)
    ruled = f" {'─' * across} "
    return "\n".join([title, blank, line(columns), ruled, *map(line, cells), blank, ""])


def table_text(table: TextTable) -> str:
    """Write a table with its notes as text.

    Parameters
    ----------
    table : TextTable
        Title, heads, cells and the lines below.

    Returns
    -------
    str
        Lines without blanks at their ends.
    """
    page = plain_page(table.title, table.headers, table.rows).splitlines()
    lines = [line.rstrip() for line in page] + list(table.notes)
    return "\n".join(lines).rstrip("\n")
