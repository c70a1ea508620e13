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
from .mass_name import is_mass
from .naming import first_named
from .overlay import Overlay
from .pieces import breaks_between
from .quantity import meaning_of
from .remarks import quantity_told
from .table import MAX_ROWS, Column, Table
from .text_heads import (
    heads_in_comments,
    mentions_energy,
    ordinate_told,
    told_units,
    without_heads,
)
from .text_rows import BLANK
from .unit_text import split_unit
from .wording import plain

__all__ = ["parse_lmt", "write_lmt"]

CITATIONS: Final = ("Ilten:2018crw",)


_OURS: Final = re.compile(r":[^:]* excluded from(?:, to)?$")
_LIMITS: Final = re.compile(
    r"limit|bound|exclu|coupling|contour|sensitiv|reach|upper|mixing|column", re.IGNORECASE
)
_EDGES_FIRST: Final = re.compile(r"(?:(?:lower|upper|limit|low|high|min|max)\s+){1,2}mass", re.I)
_AGAINST: Final = re.compile(
    r"(?:^|[:;,.(]\s*)\S+ (?:vs\.?|versus|against|as a function of)(?!\w)", re.IGNORECASE
)
"""What names both axes: ``epsilon vs m_A'``."""


def _heads(comments: Sequence[str], count: int, file: str, *, commas: bool) -> list[str]:
    """Heads from a comment with a mass among them; else those of DarkCast.

    Two heads above three numbers name the mass and what has two edges, if no comma is between the
    digits.
    """
    for comment in comments:
        words = comment.split()
        if len(words) == count and _EDGES_FIRST.fullmatch(comment.strip()):
            return words
    found = heads_in_comments(comments, count, BLANK)
    if found is not None and any(map(is_mass, found)):
        return found
    other = heads_in_comments(comments, 5 - count, BLANK)
    if other is not None and any(map(is_mass, other)):
        couplings = [meaning_of(head) for head in other if not is_mass(head)]
        if count == 3 and not commas and is_mass(other[0]):
            return [other[0], f"{other[1]} lower", f"{other[1]} upper"]
        if commas and all(m.name and m.power for m in couplings):
            raise EmissError(
                f"{file}: rows of {count} numbers below {len(other)} heads "
                f"({shown(', '.join(other), 80)}); write decimal points, not commas."
            )
    return ["mass", "lower", "upper"][:count]


def _cells(content: str, where: str) -> list[str]:
    """Numbers of a row, between blanks or between commas, but not between both."""
    if "," not in content:
        return content.split()
    content = content.strip().rstrip(",")
    cells = [cell.strip() for cell in content.split(",")]
    mixed = re.search(r",\S", content) and re.search(r",\s", content)
    if mixed or any(not cell or len(cell.split()) > 1 for cell in cells):
        raise EmissError(
            f"{where}: blanks and commas both stand between the digits; write decimal points, not "
            "commas."
        )
    return cells


def _unit_of_mass(comments: Sequence[str], head: str, file: str) -> tuple[str, bool]:
    """Unit of the mass, if not in its head; and whether it is only the convention of DarkCast."""
    if split_unit(head)[1] is not None:
        return "", False
    told = told_units(comments)
    if len(told) > 1:
        raise EmissError(
            f"{file}: comments give the mass in {' and in '.join(told)}; remove one of them."
        )
    if not told and mentions_energy(comments, alone=True):
        return "", True  # of what it is the unit is open
    return (told[0], False) if told else ("GeV", True)


def _limited(comments: Sequence[str]) -> str:
    """The comment that says what is limited; a plain name alone may be that of another curve."""
    if axis := ordinate_told(comments):
        return axis[0]
    told = quantity_told(comments)
    meaning = meaning_of(told, prose=True)
    plainly = meaning.name in {"", "epsilon", "g"} and meaning.power <= 1
    if plainly and meaning.scale == "linear":
        alone = len(told.split()) <= 2 or first_named(plain(told)) == 0
        told = told if alone or _LIMITS.search(told) or _AGAINST.search(told) else ""
    scales = [comment for comment in comments if re.match(r"scale\s*[:=]", comment, re.IGNORECASE)]
    return " ".join([told, *scales[:1]]).strip()


def parse_lmt(text: str, file: str) -> Table:
    """Read a DarkCast-style table.

    Parameters
    ----------
    text : str
        Two or three columns separated by blanks or commas; ``#`` starts a comment.
    file : str
        Its file, for messages.

    Returns
    -------
    Table
        Mass, in GeV if no comment says otherwise, and one column or the two edges.

    Raises
    ------
    EmissError
        If rows differ in their number of columns, masses do not ascend, or the third column is
        the ratio r of DarkCast's two-dimensional tables; file and line are named.
    """
    rows: list[tuple[str, list[str]]] = []
    comments: list[str] = []
    reference = said = ""
    commas = False
    lines: list[int] = []
    between: list[tuple[int, str]] = []
    for number, line in enumerate(split_lines(text, file, MAX_ROWS), 1):
        content, _, comment = line.partition("#")
        if match := re.match(r"\s*references?\s*:\s*(.*)", comment, re.IGNORECASE):
            reference = match[1].strip()
        if not content.strip():
            between.append((number, comment.strip()[:1000]))
            if match := re.match(r"\s*quantity\s*:\s*(.*)", comment, re.IGNORECASE):
                said = match[1].strip()
            elif not _OURS.search(comment.strip()):
                comments.append(comment.strip())
            continue
        where = f"{file}, line {number}"
        if comment.strip():
            comments.append(comment.strip())
        cells = _cells(content, where)
        commas = commas or "," in content
        if not rows and not comments and plain_number(cells[0]) is None:
            comments.append(content.strip())  # heads without their mark
            continue
        if not 2 <= len(cells) <= 3 or (rows and len(cells) != len(rows[0][1])):
            wanted = f"{len(rows[0][1])} as above" if rows else "mass, lower edge, upper edge"
            raise EmissError(f"{where}: {len(cells)} column(s); needed are {wanted}.")
        rows.append((where, cells))
        lines.append(number)
    count = len(rows[0][1]) if rows else 2
    heads = _heads(comments, count, file, commas=commas)
    if heads[-1].lower() in {"r", "rvalue", "ratio"}:
        raise EmissError(
            f"{file}: a table of ratios r against mass and coupling, not a curve; where r is 1 "
            "is the limit: write that line as mass and coupling."
        )
    first = next((i for i, head in enumerate(heads) if is_mass(head)), 0)
    _refuse_steps([(where, cells[first]) for where, cells in rows], two_sided=count == 3)
    unit, assumed = _unit_of_mass(comments, heads[first], file)
    columns = [
        Column(heads[i], unit if i == first else "", [cells[i] for _, cells in rows])
        for i in range(count)
    ]
    return Table(
        file,
        [where for where, _ in rows],
        (columns[first],),
        tuple(column for column in columns if column is not columns[first]),
        reference,
        said or _limited(comments),
        comments=tuple(without_heads(comments, heads)),
        assumed=assumed,
        breaks=breaks_between(lines, between),
    )


def _refuse_steps(rows: Sequence[tuple[str, str]], *, two_sided: bool) -> None:
    """Masses of two edges ascend, else the edges cannot be followed."""
    last: float | None = None
    for where, cell in rows:
        mass = plain_number(cell)
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
