"""Rows in pieces: one curve that goes on behind an empty line or a comment, or several curves."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

import numpy as np

from ....ground.arrays import FloatArray
from ....ground.bounded_text import shown
from ....ground.errors import EmissError
from .table import Choice, Table
from .wording import plain

__all__ = ["AGAIN", "PIECE", "breaks_between", "refuse_pieces", "rows_of_piece"]

PIECE: Final = "piece"
"""Name of the qualifier that chooses one of several pieces, by its number."""
AGAIN: Final = "the heads again"
"""What stands between two pieces where the row of heads is repeated."""
_EMPTY: Final = "empty lines"
_OURS: Final = frozenset({AGAIN, _EMPTY})
_APART: Final = re.compile(
    r"(?<![a-z])(?:(?:sub-?)?regions?|segments?|pieces?|parts?|branch(?:es)?|islands?|blocks?|"
    r"sections?|curves?|contours?|data ?sets?|series|edges?|boundar(?:y|ies)|half|upper|lower|"
    r"second|third|2nd|3rd|next|another|other|new|lines?|limits? (?:of|from|by)|mass|m_\S+)"
    r"(?![a-z])"
)
_JUMP: Final = 2.0
"""Step over an empty line, in units of the largest beside it, up to which a curve goes on."""
_FLAT: Final = 0.35
"""Step in the logarithm of the value that is no jump, where the curve is flat."""


def breaks_between(
    lines: Sequence[int], between: Sequence[tuple[int, str]]
) -> tuple[tuple[int, str], ...]:
    """Find where something stands between rows.

    Parameters
    ----------
    lines : sequence of int
        Line number of each row of numbers.
    between : sequence of (int, str)
        Line number of each empty line, comment and repeated row of heads, and what it says.

    Returns
    -------
    tuple of (int, str)
        Number of the first row behind each such place, and what stands there; none where the rows
        are apart by an empty line throughout.
    """
    texts: dict[int, list[str]] = {}
    places = np.searchsorted(lines, [line for line, _ in between]).tolist()
    for place, (_, text) in zip(places, between, strict=True):
        if 0 < place < len(lines):
            texts.setdefault(place, []).append(text)
    spaced = len(lines) > 1 and len(texts) == len(lines) - 1
    if spaced and all(found == [""] for found in texts.values()):
        return ()
    return tuple((place, _said(found)) for place, found in sorted(texts.items()))


def _said(texts: Sequence[str]) -> str:
    """What stands between two pieces; several empty lines part data sets of gnuplot."""
    said = AGAIN if AGAIN in texts else next(filter(None, texts), "")
    return said or (_EMPTY if len(texts) > 1 else "")


def rows_of_piece(table: Table, choice: Choice, rows: Sequence[int]) -> list[int]:
    """Rows of the piece that is asked for; all if none is.

    Raises
    ------
    EmissError
        If there is no such piece.
    """
    asked = next((value for name, value in choice.qualifiers if name.lower() == PIECE), None)
    if asked is None or not table.breaks:
        return list(rows)
    starts = [0, *(row for row, _ in table.breaks)]
    number = int(asked) if re.fullmatch(r"[0-9]{1,4}", asked) else 0
    if not 1 <= number <= len(starts):
        raise EmissError(
            f"{table.file}: there is no piece {shown(asked, 20)}; the rows stand in {len(starts)}."
        )
    end = [*starts, len(table.places)][number]
    return [row for row in rows if starts[number - 1] <= row < end]


def refuse_pieces(
    table: Table, rows: Sequence[int], masses: FloatArray, values: FloatArray
) -> tuple[str, ...]:
    """Refuse pieces that are not, or may not be, one curve.

    Parameters
    ----------
    table : Table
        The table.
    rows : sequence of int
        Numbers of the rows that are read.
    masses, values : array of float, shape (n,)
        What they hold, positive; the lower edge of two.

    Returns
    -------
    tuple of str
        A note if a curve goes on behind an empty line or a comment.

    Raises
    ------
    EmissError
        If what stands between calls them pieces, or masses or values do not go on.
    """
    found = [
        (k, said)
        for row, said in table.breaks
        if 0 < (k := int(np.searchsorted(rows, row))) < len(rows)
    ]
    if not found:
        return ()
    x, y = np.log(masses), np.log(np.where(np.isfinite(values), values, 1.0))
    ends = [0, *(k for k, _ in found), len(rows)]
    for i, (k, said) in enumerate(found):
        pieces = slice(ends[i], k), slice(k, ends[i + 2])
        if said in _OURS or _APART.search(plain(said)):
            problem = "which are pieces of their own"
        elif not _goes_on(x, y, *pieces):
            problem = "behind which the curve does not go on"
        else:
            continue
        what = "an empty line" if not said else said if said in _OURS else f"'{shown(said, 60)}'"
        where = table.places[rows[k]].rsplit(", ", 1)[-1]
        raise EmissError(
            f"{table.file}: rows before and behind {what} ({where}), {problem}: a line through "
            "both may claim a limit that is not there. Write one file per piece (both edges of a "
            "region as mass, lower edge and upper edge), or choose one of the "
            f"{len(table.breaks) + 1} pieces with --qualifier {PIECE}=1."
        )
    texts = ", ".join(f"'{shown(said, 40)}'" for _, said in found[:2] if said)
    return (
        "rows before and behind "
        + (f"{texts} are" if texts else "an empty line are")
        + " read as one curve, which goes on there",
    )


def _goes_on(x: FloatArray, y: FloatArray, before: slice, behind: slice) -> bool:
    """Whether mass and value go on from one piece to the next as within them."""
    one, two, k = x[before], x[behind], behind.start
    step = float(x[k] - x[k - 1])
    ways = {float(np.sign(w)) for w in (one[-1] - one[0], step, two[-1] - two[0])} - {0.0}
    if len(ways) > 1:
        return False
    if ways and 1.0 in ways and two.min() < one.max() - 1e-9:
        return False
    if ways and -1.0 in ways and two.max() > one.min() + 1e-9:
        return False

    def largest(z: FloatArray) -> float:
        steps = np.abs(np.concatenate([np.diff(z[before]), np.diff(z[behind])]))
        return float(steps.max(initial=0.0))

    jump = abs(float(y[k] - y[k - 1]))
    return abs(step) <= _JUMP * largest(x) and jump <= max(_JUMP * largest(y), _FLAT)
