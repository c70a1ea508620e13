"""Heads and units of columns that stand in the comments of a table in plain text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from ....ground.bounded_text import plain_number, shown
from .labels import OF_ONE_COLUMN
from .mass_name import is_mass
from .naming import named
from .quantity import meaning_of
from .text_rows import BLANK
from .unit_text import parse_unit, split_unit
from .wording import plain, scale_of

__all__ = [
    "axes_in_heads",
    "axes_told",
    "has_energy_unit",
    "heads_in_comments",
    "mentions_energy",
    "ordinate_told",
    "split_heads",
    "told_units",
    "without_heads",
]

_MASS_TOLD: Final = re.compile(
    r"(?:mass(?:es)?|(?<![a-z])m_?\S{1,12}|(?<![a-z])m(?= (?:in|is|are|given) )|"
    r"(?<![a-z])x(?:[ -]?axis)?|first column|column 1|units?)"
    # A number, or "tens of", before it makes another unit of it; a range is none.
    r"[^.;\n]{0,30}?(?<![a-z\d.])(?<!\d )(?<!sub-)(?<!multi-)(?<!ens of )(?<!eds of )(?<!nds of )"
    r"([kmgt]?ev)(?![a-z^])(?!\s*\^)(?![ -]?(?:range|region|scale|regime|masses))",
    re.IGNORECASE,
)
_ANY_ENERGY: Final = r"(?<![a-z])[kmt]?ev(?![a-z])"


_IS: Final = r"\s*(?::|=|\bis\b|\bare\b)\s*(?:the )?"
_AXIS_IS: Final = r"\s*(?::|=|\s[-\N{EN DASH}\N{EM DASH}]\s|\bis\b|\bare\b)\s*(?:the )?"
_AXES: Final = re.compile(
    # What stands before, up to a mark, is about something else.
    rf"(?:.*?(?:[;:.,]\s+|\())??(?:the )?(?:x(?:[ -]?axis)?|first column|column 1)"
    rf"(?:{_AXIS_IS}(.+?)|\s+in\s+([kmgt]?ev))[\s,;]*(?:\band )?(?:the )?"
    rf"(?<![a-z])(?:y(?:[ -]?axis)?|second column|column 2){_AXIS_IS}(.+?)[\s.]*",
    re.IGNORECASE,
)
_LONGEST_AXES: Final = 200
_PAIR: Final = re.compile(
    r"(?:.*[;:.]\s+)?\(?x, ?y\)?\s*[=:]\s*\(?([^,]+),\s*([^,]+)", re.IGNORECASE
)
_AXIS_HEADS: Final = re.compile(r"x ?\((.+)\)\ny ?\((.+)\)", re.IGNORECASE)
_ORDINATE: Final = re.compile(rf"(?:the )?y(?:[ -]?axis|(?=\s*[:=])){_IS}(.+)", re.IGNORECASE)
_DEFINES_Y: Final = re.compile(r"alpha|\bm_|\u03b1", re.IGNORECASE)


def axes_told(comments: Sequence[str]) -> list[str] | None:
    """Heads from a comment that says what is on both axes: ``x = mass [MeV], y = epsilon^2``."""
    for comment in comments:
        text = comment.strip()
        if len(text) > _LONGEST_AXES:
            continue
        if match := _AXES.fullmatch(text):
            mass = match[1].strip(" ,;.") if match[1] else f"mass [{match[2]}]"
            return [mass, _closed(match[3])]
        if match := _PAIR.fullmatch(text):
            return [match[1].strip(), _closed(match[2])]
    return None


def axes_in_heads(heads: Sequence[str]) -> list[str] | None:
    """Heads ``x (GeV)`` and ``y (epsilon^2)``: what stands in the brackets, a mass and a name."""
    match = _AXIS_HEADS.fullmatch("\n".join(heads)) if len(heads) == 2 else None
    if match is None or not meaning_of(match[2]).power:
        return None
    unit = parse_unit(match[1]).dimension == "energy"
    return [f"mass [{match[1]}]" if unit else match[1], match[2]]


def _closed(text: str) -> str:
    """A text without the bracket at its end that was opened before it."""
    text = text.strip()
    return text[:-1] if text.endswith(")") and text.count(")") > text.count("(") else text


def ordinate_told(comments: Sequence[str]) -> list[str]:
    """What comments say is on the vertical axis; the definition of y is not meant."""
    found = [match[1] for c in comments if (match := _ORDINATE.fullmatch(c.strip()))]
    return [text for text in found if not _DEFINES_Y.search(text)]


_AGAINST: Final = re.compile(
    r"([^:]+?)\s+(?:vs\.?|versus|against)\s+(.+?)(?:(?:[;,]|\.(?=\s+[A-Z\d]))\s+.*)?", re.IGNORECASE
)
"""``epsilon^2 vs. m_A' (MeV), 90% C.L.``"""


def order_assumed(comments: Sequence[str], heads: Sequence[str]) -> tuple[str, ...]:
    """A note where a comment names the values first, and the mass is taken as the first column."""
    for comment in comments:
        match = _AGAINST.fullmatch(comment.strip())
        if match and [part.strip() for part in match.groups()[::-1]] == list(heads):
            return (f"'{shown(comment, 60)}': the mass is taken as the first column",)
    return ()


def split_heads(line: str, count: int, delimiter: str) -> list[str] | None:
    """Heads in a line of words, for the number of columns that the rows have."""
    if count == 2 and (match := _AGAINST.fullmatch(line.strip())):
        both = [part.strip() for part in match.groups()]
        if is_mass(both[0]) != is_mass(both[1]):
            return both if is_mass(both[0]) else both[::-1]
    ways = ([delimiter] if delimiter != BLANK else []) + ["\t", ",", ";", "|"]
    for mark in ways:
        heads = [part.strip() for part in _outside(line, mark)]
        if len(heads) == count:
            return _whole(heads)
    for pattern in (r"\s{2,}", r"\s+(?![\[(])(?![^\[(]*[\])])", r"\s+"):
        heads = [part for part in re.split(pattern, line.strip()) if part]
        if len(heads) == count:
            return _whole(heads)
    match = re.match(r"(.*?[\[(][^\])]*[\])])[\s,;]+(.+)", line)
    return [match[1], match[2]] if match and count == 2 else None


def _outside(line: str, mark: str) -> list[str]:
    """Split at a mark that stands in no bracket."""
    parts, depth = [""], 0
    for letter in line:
        depth = max(depth + (letter in "([") - (letter in ")]"), 0)
        if letter == mark and not depth:
            parts.append("")
        else:
            parts[-1] += letter
    return parts


def joined_heads(cells: Sequence[str], mark: str) -> list[str]:
    """Cells of a row of heads, those that a separator in a bracket parted being one again."""
    return [part.strip() for part in _outside(f"{mark} ".join(cells), mark)]


def _whole(heads: list[str]) -> list[str] | None:
    """Heads, unless one is only a unit, or a small word, that belongs to the one before."""
    part = re.compile(
        r"[\[(].*[\])][,;:]?|on|of|in|the|for|from|at|is|are|and|with|to|vs\.?", re.IGNORECASE
    )
    return None if any(part.fullmatch(head) for head in heads) else heads


def _is_header(heads: Sequence[str], *, apart: bool) -> bool:
    """Whether words of a comment are heads: the first is a mass, or some names a quantity.

    `apart`: by a mark, so that any of them may be the mass; of "electron masses" it is none.
    """
    if any(plain_number(head) is not None for head in heads):
        return False
    if is_mass(heads[0]) or any(has_energy_unit(head) for head in heads):
        return True
    if apart and any(map(is_mass, heads)):
        return True
    return any(
        bool(found.name) and found.power > 0
        for found in (named(scale_of(plain(split_unit(head)[0]))[1]) for head in heads)
    )


def has_energy_unit(head: str) -> bool:
    """Whether a head has a unit of energy."""
    unit = split_unit(head)[1]
    return unit is not None and unit.dimension == "energy"


def heads_in_comments(comments: Sequence[str], count: int, delimiter: str) -> list[str] | None:
    """Heads from the last comment that has some.

    Parameters
    ----------
    comments : sequence of str
        Comments without their mark.
    count : int
        Number of columns.
    delimiter : str
        What stands between columns.

    Returns
    -------
    list of str or None
        One head per column, of which one is a mass or names a quantity; None if there are none.
    """
    if count == 2 and (axes := axes_told(comments)):
        return axes
    numbered = _numbered_heads(comments, count)
    if numbered and all(numbered):
        return numbered
    for comment in reversed(comments):
        said = re.sub(r"^(?:columns?|heads?|header)\s*[:=]\s*", "", comment, flags=re.I)
        if said == comment and re.match(r":|[a-z][\w -]*:\s", comment, re.I):
            continue
        heads, apart = split_heads(said, count, delimiter), re.search(r"[,;|\t]", said) is not None
        if heads is not None and _is_header(heads, apart=apart) and not _PROSE.match(heads[0]):
            return heads
    return numbered if numbered and numbered[0] else None


_NTH: Final = ("first", "second", "third", "fourth")


def _numbered_heads(comments: Sequence[str], count: int) -> list[str] | None:
    """Heads from comments of one column each: ``Column 1: log10(m_A'/MeV)``."""
    heads = [""] * count
    for number, head in filter(None, map(_of_one_column, comments)):
        if not 1 <= number <= count or heads[number - 1]:
            return None
        heads[number - 1] = head
    return heads if any(is_mass(head) or has_energy_unit(head) for head in heads) else None


def _of_one_column(comment: str) -> tuple[int, str] | None:
    """Number and head of a column in a comment on it alone."""
    match = OF_ONE_COLUMN.fullmatch(comment.strip())
    if match is None:
        return None
    nth = (match["nth"] or "").lower()
    number = match["number"] or match["alone"] or nth[:1]
    return _NTH.index(nth) + 1 if nth in _NTH else int(number), match["head"].strip(" .;,")


def without_heads(comments: Sequence[str], heads: Sequence[str]) -> list[str]:
    """Comments but for those that say of one column no more than its head does."""
    own = set(enumerate(heads, 1))
    return [comment for comment in comments if _of_one_column(comment) not in own]


_PROSE: Final = re.compile(
    r"(?:the |these )?(?:exclusion |upper )?(?:limits|bounds|constraints|curves?|contours?)\b",
    re.IGNORECASE,
)


def told_units(comments: Sequence[str]) -> list[str]:
    """Units of energy that comments give to the mass, each once."""
    told = {m[1].lower(): m[1] for c in comments for m in _MASS_TOLD.finditer(c)}
    return list(told.values())


def mentions_energy(comments: Sequence[str], *, alone: bool = False) -> bool:
    """Whether any unit of energy but GeV stands in comments; `alone`: without a number."""
    before = r"(?<!\d)(?<!\d )(?<!\d-)" if alone else ""
    return any(re.search(f"{before}{_ANY_ENERGY}", comment, re.I) for comment in comments)
