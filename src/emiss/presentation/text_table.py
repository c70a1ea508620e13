"""A table of text cells, ready to be laid out by a terminal or a notebook; numbers as text."""

from __future__ import annotations

import math
from dataclasses import dataclass

from ..ground.numbers import plain, readable

__all__ = ["TextTable", "number", "power_words", "shortened"]


@dataclass(frozen=True, slots=True)
class TextTable:
    """A table ready to be laid out by whoever prints it.

    Parameters
    ----------
    title : str
        Heading.
    headers : tuple of str
        Column heads.
    rows : tuple of tuple of str
        Cells, one tuple per row, as long as ``headers``.
    notes : tuple of str
        Sentences to print below.

    Notes
    -----
    Exponents are written as 1.5e10 in whatever was given.
    """

    title: str
    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "title", readable(self.title))
        object.__setattr__(self, "rows", tuple(tuple(map(readable, row)) for row in self.rows))
        object.__setattr__(self, "notes", tuple(map(readable, self.notes)))


def power_words(name: str, power: float) -> str:
    """Power of a quantity in words, such as ``epsilon squared`` or ``g^4``.

    Parameters
    ----------
    name : str
        The quantity.
    power : float
        The exponent.

    Returns
    -------
    str
        The name alone for 1.
    """
    return {1.0: name, 2.0: f"{name} squared"}.get(power, f"{name}^{power:g}")


def number(value: float | None, digits: int = 4) -> str:
    """Write a number for a table; an em dash where there is none.

    Parameters
    ----------
    value : float or None
        The number.
    digits : int, optional
        Significant digits.

    Returns
    -------
    str
        Text; ``∞`` for infinity.
    """
    if value is None or math.isnan(value):
        return "—"
    if math.isinf(value):
        return "∞"
    return plain(value, digits)


def shortened(table: TextTable, most: int) -> TextTable:
    """Keep some rows, spread evenly, the first and last among them, and say how many are left out.

    Parameters
    ----------
    table : TextTable
        The whole.
    most : int
        Rows to keep, two or more.

    Returns
    -------
    TextTable
        The same where it has no more rows.
    """
    count = len(table.rows)
    if count <= most:
        return table
    chosen = sorted({round(i * (count - 1) / (most - 1)) for i in range(most)})
    left_out = f"{count - len(chosen)} more rows: --table"
    rows = tuple(table.rows[i] for i in chosen)
    return TextTable(table.title, table.headers, rows, (left_out, *table.notes))
