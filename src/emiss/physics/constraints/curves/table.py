"""Tables as all formats give them, and what a user may say of one."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ....ground import guards
from ....ground.bounded_text import shown
from ....ground.errors import EmissError
from .labels import in_parts, spoken, without_lead

__all__ = [
    "MAX_COLUMNS",
    "MAX_COMMENTS",
    "MAX_ROWS",
    "Cell",
    "Choice",
    "Column",
    "Table",
    "read_choice",
]

Cell = str | tuple[str, str]
"""A number as text (empty where there is none), or the two ends of a bin."""
MAX_COLUMNS: Final = 500
MAX_ROWS: Final = 200_000
MAX_COMMENTS: Final = 200


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """A column as it stands in a file.

    Parameters
    ----------
    head : str
        Its head; empty if it has none.
    unit : str
        Its unit, where the format has a place for it.
    cells : sequence of Cell
        One per row.
    qualifiers : tuple of (str, str)
        What it was made for, e.g. ``("alpha_D", "0.1")``.
    """

    head: str
    unit: str
    cells: Sequence[Cell]
    qualifiers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """A table of any format.

    Parameters
    ----------
    file : str
        Its file, for messages.
    places : sequence of str
        File and line (or row) of each row.
    independent, dependent : tuple of Column
        Variables and values.
    reference : str
        Where it was published.
    description : str
        What the file says of its values beside the heads.
    notes : tuple of str
        What was assumed when it was read.
    gaps : bool
        Whether a missing value means that nothing is excluded there.
    comments : tuple of str
        Its comments, where they may say more of the values.
    assumed : bool
        Whether the unit of the mass is only the convention of the format.
    breaks : tuple of (int, str)
        Numbers of the rows before which an empty line or a comment stands, and what that says.
    """

    file: str
    places: Sequence[str]
    independent: tuple[Column, ...]
    dependent: tuple[Column, ...]
    reference: str = ""
    description: str = ""
    notes: tuple[str, ...] = ()
    gaps: bool = False
    comments: tuple[str, ...] = ()
    assumed: bool = False
    breaks: tuple[tuple[int, str], ...] = ()

    def __post_init__(self) -> None:
        # Whatever the format, the same sentence is read alike.
        described, *more = in_parts(spoken(self.description)) or [""]
        comments = [part for text in self.comments for part in in_parts(spoken(text))]
        comments = [*more, *comments]
        if (left := len(comments) - MAX_COMMENTS) > 0:
            del comments[MAX_COMMENTS // 2 : MAX_COMMENTS // 2 + left]
            note = f"{left} sentences of the file's texts were not read"
            object.__setattr__(self, "notes", (*self.notes, note))
        object.__setattr__(self, "description", described)
        object.__setattr__(self, "comments", tuple(comments))

    @property
    def remarks(self) -> tuple[str, ...]:
        """Comments but for those that are the heads of the columns and no more."""
        return tuple(text for text in self.comments if not self.are_heads(text))

    def are_heads(self, text: str) -> bool:
        """Whether a text is the heads of the columns and no more."""
        heads = [c.head for c in (*self.independent, *self.dependent) if c.head]
        for head in sorted(heads, key=len, reverse=True):
            if head not in text:
                return False
            text = text.replace(head, " ", 1)
        return bool(heads) and re.fullmatch(r"\W*", without_lead(text)) is not None


_POSITIVE: Final = guards.optional(guards.number(0.0, math.inf, inside=True))
_TEXT: Final = guards.optional(guards.text)
_PARTS: Final = {
    "alpha_dark": _POSITIVE,
    "mass_ratio": _POSITIVE,
    "column": _TEXT,
    "qualifiers": guards.each(guards.pair(guards.text)),
    "mass_unit": _TEXT,
    "quantity": _TEXT,
}


@dataclass(frozen=True, slots=True)
class Choice:
    """Which part of a file is meant, and what it does not say itself.

    Parameters
    ----------
    column : str or None
        Head of the column, its number (from 1, variables not counted), or a part of its head.
    qualifiers : tuple of (str, str)
        Qualifiers of the column, or values of further variables, as name and value.
    mass_unit : str or None
        Unit of the mass where the file states none, or which mass it is and in what, where that
        is in doubt: ``"MeV"``, ``"m_chi [MeV]"``, ``"log10(m/GeV)"``.
    quantity : str or None
        What the column holds where the file does not say, or is in doubt: ``"epsilon^2"``,
        ``"log10(epsilon)"``, ``"epsilon [10^-4]"``.
    alpha_dark, mass_ratio : float or None
        Dark coupling and mediator mass over dark-matter mass: with both, y is turned into epsilon.

    Raises
    ------
    EmissError
        If a number is not positive and finite, or the column's name is empty.
    """

    column: str | None = None
    qualifiers: tuple[tuple[str, str], ...] = ()
    mass_unit: str | None = None
    quantity: str | None = None
    alpha_dark: float | None = None
    mass_ratio: float | None = None

    def __post_init__(self) -> None:
        for name, guard in _PARTS.items():
            guard(getattr(self, name), name)
        if self.column is not None and not self.column.strip():
            raise EmissError("the column's name is empty; give a name, a part of it or a number.")


def read_choice(texts: Sequence[str] | None) -> tuple[tuple[str, str], ...]:
    """Split ``NAME=VALUE`` texts.

    Parameters
    ----------
    texts : sequence of str or None
        For example ``["alpha_D=0.5"]``.

    Returns
    -------
    tuple of (str, str)
        Names and values.

    Raises
    ------
    EmissError
        If one has no ``=``, or lacks a side of it.
    """
    found = []
    for text in texts or ():
        name, equals, value = text.partition("=")
        if not equals or not name.strip() or not value.strip():
            raise EmissError(
                f"--qualifier '{shown(text)}': write NAME=VALUE, for example alpha_D=0.5."
            )
        found.append((name.strip(), value.strip()))
    return tuple(found)
