"""DarkCast-style ``.lmt`` tables: mass in GeV, lower edge and, if two-sided, upper edge."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np

from ....ground.atomic import write_text
from ....ground.bounded_text import plain_number, shown, split_lines
from ....ground.errors import EmissError
from .overlay import Overlay
from .quantity import meaning_of
from .remarks import quantity_told, refuse_told_factor
from .table import MAX_ROWS, Column, Table

__all__ = ["parse_lmt", "write_lmt"]

CITATIONS: Final = ("Ilten:2018crw",)


def _heads(comments: Sequence[str], count: int) -> list[str]:
    for comment in reversed(comments):
        words = comment.split()
        if len(words) == count and words[0].lower() in {"mass", "m"}:
            return words
    return ["mass", "lower", "upper"][:count]


def parse_lmt(text: str, file: str) -> Table:
    """Read a DarkCast-style table.

    Parameters
    ----------
    text : str
        Two or three columns separated by blanks; ``#`` starts a comment.
    file : str
        Its file, for messages.

    Returns
    -------
    Table
        Mass in GeV, and one column or the two edges.

    Raises
    ------
    EmissError
        If rows differ in their number of columns, masses do not ascend, or the third column is
        the ratio r of DarkCast's two-dimensional tables; file and line are named.
    """
    rows: list[tuple[str, list[str]]] = []
    comments: list[str] = []
    reference = said = ""
    for number, line in enumerate(split_lines(text, file, MAX_ROWS), 1):
        content, _, comment = line.partition("#")
        if match := re.match(r"\s*references?\s*:\s*(.*)", comment, re.IGNORECASE):
            reference = match[1].strip()
        if not content.strip():
            comments.append(comment.strip())
            if match := re.match(r"\s*quantity\s*:\s*(.*)", comment, re.IGNORECASE):
                said = match[1].strip()
            continue
        where = f"{file}, line {number}"
        cells = content.replace(",", " ").split()
        if not 2 <= len(cells) <= 3 or (rows and len(cells) != len(rows[0][1])):
            wanted = f"{len(rows[0][1])} as above" if rows else "mass, lower edge, upper edge"
            raise EmissError(f"{where}: {len(cells)} column(s); needed are {wanted}.")
        rows.append((where, cells))
    count = len(rows[0][1]) if rows else 2
    heads = _heads(comments[-50:], count)
    if heads[-1].lower() in {"r", "rvalue", "ratio"}:
        raise EmissError(
            f"{file}: a table of ratios r against mass and coupling, not a curve; where r is 1 "
            "is the limit: write that line as mass and coupling."
        )
    _refuse_steps(rows, two_sided=count == 3)
    columns = [
        Column(heads[i], "GeV" if i == 0 else "", [cells[i] for _, cells in rows])
        for i in range(count)
    ]
    quantity = said
    if not quantity:
        refuse_told_factor(file, comments[-50:], columns[1:])
        told = quantity_told(comments[-50:])
        meaning = meaning_of(told, prose=True)
        # A plain name may be that of another curve; squares and logarithms are not named by chance.
        said = told if meaning.power > 1 or meaning.scale != "linear" else ""
        scales = [c for c in comments[-50:] if re.match(r"scale\s*[:=]", c, re.IGNORECASE)]
        said = " ".join([said, *scales[:1]]).strip()
    places = [where for where, _ in rows]
    further = () if quantity else tuple(comments[-50:])
    return Table(file, places, (columns[0],), tuple(columns[1:]), reference, said, comments=further)


def _refuse_steps(rows: Sequence[tuple[str, list[str]]], *, two_sided: bool) -> None:
    """Masses of two edges ascend, else the edges cannot be followed."""
    last: float | None = None
    for where, cells in rows:
        mass = plain_number(cells[0])
        if two_sided and mass is not None and last is not None and mass < last:
            raise EmissError(
                f"{where}: mass {mass:g} after {last:g}; the rows must ascend in mass, "
                "else the two edges cannot be followed. Sort the table, and write a region that "
                "is not one interval per mass as two files."
            )
        last = mass if mass is not None else last


def write_lmt(curve: Overlay, path: Path | str) -> None:
    """Write a DarkCast-style table: mass in GeV, lower edge and, if two-sided, upper edge.

    Parameters
    ----------
    curve : Overlay
        The curve.
    path : path
        The file.

    Raises
    ------
    OutputError
        If the file cannot be written.
    """
    columns = [curve.masses, curve.values, *([] if curve.upper is None else [curve.upper])]
    head = [f"{shown(curve.label)}: mass (GeV), {curve.quantity or 'coupling'} excluded from"]
    head[0] += "" if curve.upper is None else ", to"
    head += [f"quantity: {curve.quantity}"] if curve.quantity else []
    head += [f"reference: {shown(curve.reference, 300)}"] if curve.reference else []
    lines = [f"# {' '.join(line.split())}" for line in head]
    lines += [" ".join(f"{value:.9e}" for value in row) for row in np.column_stack(columns)]
    write_text(Path(path), "\n".join(lines) + "\n")
