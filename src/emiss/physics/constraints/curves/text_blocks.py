"""HEPData's CSV with one block per column of values, joined to one table."""

from __future__ import annotations

import csv
import io
from itertools import pairwise

from ....ground.bounded_text import plain_number
from .table import MAX_COLUMNS
from .text_rows import Text, split_cells

__all__ = ["join_blocks"]

Rows = list[tuple[int, list[str]]]


def join_blocks(found: Text) -> None:
    """Put blocks with the same variables side by side, in place.

    Parameters
    ----------
    found : Text
        A text whose row of heads stands again above each block. Left as it is where the blocks
        differ in their first columns, so that a second table is refused as such.
    """
    blocks = _blocks(found.rows)
    if len(blocks) < 2 or len({len(block) for block in blocks}) > 1:
        return
    widths = [max(len(cells) for _, cells in block) for block in blocks]
    shared = _shared(blocks, min(widths) - 1)
    if not shared or sum(widths) > MAX_COLUMNS:
        return
    begin = offset = 0
    for block, width in zip(blocks, widths, strict=True):
        for i, line in enumerate(found.lines):
            if begin < line < block[0][0] and found.comments[i].startswith(":"):
                found.comments[i] = _moved(found, found.comments[i], shared, offset, width)
        begin = block[-1][0]
        offset += width - shared
    found.rows[:] = [
        (
            rows[0][0],
            rows[0][1][:shared]
            + [
                cell
                for (_, cells), width in zip(rows, widths, strict=True)
                for cell in (cells + [""] * (width - len(cells)))[shared:]
            ],
        )
        for rows in zip(*blocks, strict=True)
    ]


def _blocks(rows: Rows) -> list[Rows]:
    """Rows from each row of heads to the next; one block where they stand once."""
    first = rows[0][1][0] if rows else ""
    if not rows or plain_number(first) is not None:
        return []
    starts = [i for i, (_, cells) in enumerate(rows) if cells[0] == first]
    return [rows[a:b] for a, b in pairwise([*starts, len(rows)])]


def _shared(blocks: list[Rows], most: int) -> int:
    """How many first columns are the same in all blocks."""
    for k in range(most):
        for rows in zip(*blocks, strict=True):
            if len({cells[k] if k < len(cells) else "" for _, cells in rows}) > 1:
                return k
    return max(most, 0)


def _moved(found: Text, comment: str, shared: int, offset: int, width: int) -> str:
    """Qualifiers of a block, moved to where its columns are."""
    cells = split_cells(comment[1:].strip(), ",", found.file)
    if len(cells) == width + 1 and not cells[1]:
        del cells[1]  # the name stands before all columns
    out = io.StringIO()
    csv.writer(out).writerow([*cells[:shared], *[""] * offset, *cells[shared:]])
    return f":{out.getvalue().strip()}"
