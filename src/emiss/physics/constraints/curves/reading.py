"""How a curve was read, in one line, and what its file says beside that no rule used."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from ....ground.bounded_text import shown
from .harmless import PATTERNS, names_in, unknown_words
from .hepdata_table import TELLING
from .labels import spoken_qualifier
from .mass_name import is_mass, is_of_dark_matter, is_of_mediator
from .naming import bare
from .quantity import Meaning, meaning_of
from .statement_words import ABOUT_THE_FILE
from .statements import statements
from .table import Choice, Column, Table
from .text_heads import axes_told, ordinate_told, told_units
from .unit_text import parse_unit, split_unit
from .whose_mass import speaks_of_masses
from .wording import Scale, plain

__all__ = ["reading_of"]

_QUOTED: Final = 2
_SHORT: Final = 60


def reading_of(
    table: Table,
    parts: Sequence[tuple[Column, Meaning]],
    name: str,
    mass: tuple[Column, str, Scale],
    choice: Choice,
) -> str:
    """Say how a curve was read.

    Parameters
    ----------
    table : Table
        Its table.
    parts : sequence of (Column, Meaning)
        The column of values, or those of the two edges, and what they hold.
    name : str
        Name of the quantity.
    mass : tuple of (Column, str, str)
        The mass, what it is called in all, and its scale.
    choice : Choice
        What the user stated.

    Returns
    -------
    str
        Quantity, column and what was done to its numbers, mass and unit; then at most two texts
        of the file that no rule used, and how many more there are.
    """
    meaning = parts[0][1]
    what = name or "not said what, taken as the coupling"
    how = ", ".join([_columns(table, [column for column, _ in parts]), *_converted(meaning)])
    words = f"{what} ({how}) against {_mass(mass, name, choice)}"
    texts = list(dict.fromkeys(_unused(table, parts[0], name, choice)))
    if not texts:
        return words
    quoted = ", ".join(f"'{shown(text, _SHORT)}'" for text in texts[:_QUOTED])
    more = f" and {len(texts) - _QUOTED} more" if len(texts) > _QUOTED else ""
    return f"{words}; not used: {quoted}{more}"


def _columns(table: Table, columns: Sequence[Column]) -> str:
    names = [
        f"'{shown(column.head, _SHORT)}'"
        if column.head
        else f"{table.dependent.index(column) + 1} of values"
        for column in columns
    ]
    return f"column{'s' if len(names) > 1 else ''} {' and '.join(names)}"


def _converted(meaning: Meaning) -> list[str]:
    """What was done to the numbers of a column."""
    done = []
    if meaning.scale != "linear":
        done.append(f"antilogarithms of {meaning.scale} taken")
    if meaning.unit is not None and meaning.unit.factor != 1.0:
        done.append(f"in units of {shown(meaning.unit.text, 30)}")
    if meaning.factor != 1.0:
        done.append(f"times {meaning.factor:.6g}")
    if meaning.power > 1:
        done.append("roots taken" if meaning.power == 2 else f"roots of power {meaning.power}")
    if meaning.name in {"g_agg", "g_phigg"} and meaning.unit is None:
        done.append(f"unit taken as GeV^-{meaning.power}")
    return done


def _mass(mass: tuple[Column, str, Scale], name: str, choice: Choice) -> str:
    column, called, scale = mass
    dark = is_of_dark_matter(called)
    whose = "the dark matter's mass" if dark else "the mediator's mass"
    if not dark and not is_of_mediator(called):
        of = "dark matter" if name == "y" or name.startswith("sigma") else "mediator"
        whose = f"the mass, taken as the {of}'s,"
    own = split_unit(choice.mass_unit or "")[1] or split_unit(column.head)[1]
    unit = own.text if own is not None else column.unit
    if choice.mass_unit is not None and parse_unit(choice.mass_unit).dimension == "energy":
        unit = choice.mass_unit
    logarithm = "" if scale == "linear" else f" (antilogarithms of {scale} taken)"
    return f"{whose} in {_SPELLED.get(unit.lower(), shown(unit, 20))}{logarithm}"


_SPELLED: Final = {unit.lower(): unit for unit in ("eV", "keV", "MeV", "GeV", "TeV")}


def _unused(table: Table, part: tuple[Column, Meaning], name: str, choice: Choice) -> Iterator[str]:
    """Texts of a file that no rule used and of which not every word is known."""
    column, _ = part
    heads = [c.head for c in (*table.independent, *table.dependent) if c.head]
    for text in (table.description, *table.comments):
        if not (_is_used(text, name, heads) or _is_harmless(text)):
            yield text
    chosen = {key for key, _ in choice.qualifiers}
    for key, value in column.qualifiers:
        told = spoken_qualifier(key, value)
        used = (
            key in chosen or key == "table" or TELLING.search(key) or _PARAMETER.match(plain(key))
        )
        if not (used or _is_used(told, name, heads) or _is_harmless(told)):
            yield told


_PARAMETER: Final = re.compile(r"alpha_?(?:d|x)|mass[ _]?ratio|units?|re$|sqrt|cl$|cms|luminosity")
_SAYS: Final = re.compile(
    r"(?:columns?|heads?|header|units?|scale|quantity|values?|content|x|y|mass(?:es)?|"
    r"what is limited)\s*[:=]|.*spin[ _-]?(?:in)?dependent|an empty cell means|"
    r".*alpha_?d\w* ?= ?[\d.]",
    re.IGNORECASE,
)


def _is_used(text: str, name: str, heads: Sequence[str]) -> bool:
    """Whether some rule looks at a text and finds something in it."""
    if ABOUT_THE_FILE.match(text) or _SAYS.match(text) or told_units([text]):
        return True
    if axes_told([text]) or ordinate_told([text]) or statements(text) or speaks_of_masses(text):
        return True
    if heads and all(head in text for head in heads):
        return True
    found = meaning_of(text, prose=True)
    return bool(found.power and found.name and (found.name == name or name.startswith(found.name)))


def _is_harmless(text: str) -> bool:
    """Whether each word of a text is known to alter nothing."""
    words = plain(text)
    for pattern in PATTERNS:
        words = re.sub(pattern, " ", words)
    words = re.sub(r"(?<![a-z])(?:epsilon|kinetic mixing|y|g)(?![a-z])", " ", bare(words))
    return is_mass(text) or not unknown_words(words, names_in(text))
