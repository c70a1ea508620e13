"""A table of text cells, ready to be laid out by a terminal or a notebook; numbers as text."""

from __future__ import annotations

import math
from dataclasses import dataclass

__all__ = ["TextTable", "number"]


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
    """

    title: str
    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()


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
    return f"{value:.{digits}g}"
