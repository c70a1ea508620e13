"""How a curve was read, in one line, and what its file says beside that no rule used."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from ....ground.bounded_text import plain_number, shown
from .conditions import conditions_in, place_of_condition
from .hepdata_table import TELLING
from .labels import sentences, spoken_qualifier, without_lead
from .mass_name import is_of_dark_matter, is_of_mediator
from .other_models import OTHER_BOSON
from .quantity import KNOWN, Meaning, meaning_of
from .said_already import Said
from .stated_sector import ALPHA_STATED, RATIO_STATED, alphas_in, ratios_in
from .table import Choice, Column, Table
from .unit_text import parse_unit, split_unit
from .wording import Scale, plain

__all__ = ["reading_of"]

_SECTOR: Final = ("alpha_D", "mass ratio")
_STATED: Final = (ALPHA_STATED, RATIO_STATED)
_QUOTED: Final = 2
_MOST: Final = 4
_SHORT: Final = 60


def reading_of(
    table: Table,
    parts: Sequence[tuple[Column, Meaning]],
    what: tuple[str, Sequence[float | None]],
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
    what : tuple of (str, sequence of float or None)
        Name of the quantity; alpha_D and the mass ratio that the file states, where they count.
    mass : tuple of (Column, str, str)
        The mass, what it is called in all, and its scale.
    choice : Choice
        What the user stated.

    Returns
    -------
    str
        Quantity, column and what was done to its numbers, mass and unit; then two texts of the
        file that no rule used, up to four if they may be of the numbers, and how many more there
        are.
    """
    name, sector = what
    how = ", ".join([_columns(table, [column for column, _ in parts]), *_converted(parts[0][1])])
    named = name or "not said what, taken as the coupling"
    words = f"{named} ({how}) against {_mass(mass, name, choice)}"
    stated = [f"{n} = {v:.4g}" for n, v in zip(_SECTOR, sector, strict=False) if v is not None]
    words += f", for {' and '.join(stated)}" if stated else ""
    open_ = [pattern for pattern, v in zip(_STATED, sector, strict=False) if v is None]
    dark = name == "y" or name.startswith("sigma") or is_of_dark_matter(mass[1])
    says = Said(parts[0][1], mass[2], _unit(mass, choice), dark, sector, "|".join(open_))
    # A description may repeat a comment that has a label before it.
    texts = list({without_lead(t): t for t in _unused(table, parts[0], says, choice)}.values())
    used = [mass[0], *(column for column, _ in parts)]
    boson = OTHER_BOSON.search(plain(mass[0].head)) or _SCALAR.search(plain(mass[0].head))
    if boson and not is_of_dark_matter(mass[0].head):
        texts.insert(0, mass[0].head)
    texts = [*_unknown_columns(table, used), *_constants(table, used), *texts]
    if not texts:
        return words
    texts.sort(key=_rank)
    # What may be of the numbers does not hide behind the rest.
    count = max(_QUOTED, min(_MOST, sum(_rank(text) < 2 for text in texts)))
    quoted = ", ".join(f"'{shown(_heart(text), _SHORT)}'" for text in texts[:count])
    more = f" and {len(texts) - count} more" if len(texts) > count else ""
    return f"{words}; not used: {quoted}{more}"


_SCALAR: Final = re.compile(r"(?<![a-z])m_?\(?s\)?(?![a-z'])")
_BESIDE: Final = re.compile(
    r"(?<![a-z])(?:limits?|bounds?|obs\w*|exp\w*|median|mean|sigma|bands?|err\w*|unc\w*|stat\w*|sys\w*|"
    r"low\w*|up\w*|min\w*|max\w*|central|cl|c\.l\.|events?|index|eff\w*|acceptance)(?![a-z])|[%\u00b1]|"
    r"^[+-]|[+-]$"
)
"""What stands beside a limit in records and makes nothing else of it."""


def _unknown_columns(table: Table, used: Sequence[Column]) -> list[str]:
    """Columns of values with heads that name nothing known."""
    return [
        f"column {shown(column.head, _SHORT)}"
        for column in table.dependent
        if column.head
        and not any(column is one for one in used)
        and meaning_of(column.head).name not in KNOWN
        and not _BESIDE.search(plain(column.head))
        and any(str(cell).strip() for cell in column.cells)
    ]


def _constants(table: Table, used: Sequence[Column]) -> list[str]:
    """Variables that have one value, other than the dark sector."""
    found = []
    for column in table.independent:
        value = column.cells[0] if column.cells else ""
        said = f"{shown(column.head, _SHORT)} = {value}"
        if (
            isinstance(value, str)
            and set(column.cells) == {value}
            and not any(column is one for one in used)
            and not (alphas_in(plain(said)) or ratios_in(plain(said)))
        ):
            found.append(said)
    return found


_OF_NUMBERS: Final = re.compile(
    r"[\d^*/=%]|(?<![a-z])(?:mass(?:es)?|columns?|values?|numbers?|units?|scale[sd]?|factors?|limits?|"
    r"coupling|epsilon|tens|hundreds|thousands|multiples?|times|half|twice|double|rows?|points?)"
    r"(?![a-z])"
)


def _rank(text: str) -> int:
    """What a limit holds for first, then what may be of its numbers, then the rest."""
    return 0 if conditions_in(text) else 1 if _OF_NUMBERS.search(plain(text)) else 2


_ALTERS: Final = re.compile(
    r"10\s*\^|10[\u207b\u2070-\u2079]|\b1e-?\d|[*^\u00d7]|\b(?:tens|hundreds|thousands|half|halved|twice|"
    r"doubled?|squared?|inverse|times|factor|multipl\w+|divided|scaled|units? of|instead|swapped|"
    r"should be|too (?:small|large|low|high))\b",
    re.IGNORECASE,
)


def _heart(text: str) -> str:
    """A long text from a little before what a limit holds for, or what may alter its numbers."""
    found = _ALTERS.search(text)
    place = place_of_condition(text) or (found.start() if found else 0)
    start = text.rfind(" ", 0, max(place - 15, 0)) if len(text) > _SHORT else -1
    part = text[start + 1 :]
    # Its end goes before its middle.
    return part if start < 0 or len(part) <= _SHORT else f"{part[: _SHORT - 3]}..."


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
        sign = "-" if meaning.power < 0 else ""
        done.append(f"antilogarithms of {sign}{meaning.scale} taken")
    elif meaning.power < 0:
        done.append("inverse taken")
    if meaning.unit is not None and meaning.unit.factor != 1.0:
        done.append(f"in units of {shown(meaning.unit.text, 30)}")
    if meaning.factor != 1.0:
        done.append(f"times {meaning.factor:.6g}")
    if (power := abs(meaning.power)) > 1:
        done.append("roots taken" if power == 2 else f"roots of power {power}")
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
    unit = _unit(mass, choice)
    done = "" if scale == "linear" else f" (antilogarithms of {scale} taken)"
    if not all(isinstance(cell, str) for cell in column.cells):
        done = " (bins at the middle of their logarithm)"
    return f"{whose} in {_SPELLED.get(unit.lower(), shown(unit, 20))}{done}"


def _unit(mass: tuple[Column, str, Scale], choice: Choice) -> str:
    column = mass[0]
    if choice.mass_unit is not None and parse_unit(choice.mass_unit).dimension == "energy":
        return choice.mass_unit
    own = split_unit(choice.mass_unit or "")[1] or split_unit(column.head)[1]
    return own.text if own is not None else column.unit


_SPELLED: Final = {unit.lower(): unit for unit in ("eV", "keV", "MeV", "GeV", "TeV")}


_PARAMETER: Final = re.compile(
    r"alpha_?(?:d|x)|mass[ _]?ratio|(?:in )?units?(?: of)?$|re$|f_dm$|"
    r"(?:particles|electrons|positrons|protons|muons) on target$|[efpm]ot$|"
    r"(?:sqrt ?\(?s\w*\)?|cms?(?: energy)?|(?:integrated )?luminosity)(?: ?[\[(].*)?$|"
    r"(?:c\.?l\.?|confidence level)(?: ?[\[(]%[\])])?$"
)


def _unused(
    table: Table, part: tuple[Column, Meaning], says: Said, choice: Choice
) -> Iterator[str]:
    """Texts of a file that say anything but what the reading says."""
    column, _ = part
    described = [] if table.description in table.comments else table.description.split("\n")
    for text in (*sentences(described), *sentences(table.remarks)):
        unsaid = says.unsaid(text.replace("\n", " "))
        lines = [part for line in text.split("\n") for part in says.unsaid(line)]
        condition = any(map(conditions_in, unsaid))
        if unsaid:
            yield from unsaid if condition or not lines else lines
    chosen = {key for key, _ in choice.qualifiers}
    for key, value in column.qualifiers:
        told = spoken_qualifier(key, value)
        if key in chosen:
            continue
        if key == "table":
            yield from says.unsaid(value)
        elif conditions_in(told, column.head) or not _is_used(key, value, says):
            yield told


_TELLS: Final = re.compile(
    r"\w*(?:limit|quantit|observable|variable|scale|coupling|content|interpret)\w*|"
    r"\bpoi\b|parameter of interest|\btype\b|\bkind\b",
    re.IGNORECASE,
)


def _is_used(key: str, value: str, says: Said) -> bool:
    """Whether a rule has used a qualifier, or its value says no more than the reading."""
    name = plain(key)
    if re.match(r"alpha_?(?:d|x)|mass[ _]?ratio|m_?\(?\w+'?\)? ?/ ?m_", name):
        return says.says(f"{key} = {value}")
    if value and (_PARAMETER.match(name) or (name == "splitting" and plain_number(value) == 0.0)):
        return True
    if value and (TELLING.search(key) or re.match(r"observed|expected", value, re.IGNORECASE)):
        return says.says(value) and says.says(_TELLS.sub(" ", key))
    return not says.unsaid(spoken_qualifier(key, value))
