"""How a curve was read, in one line, and what its file says beside that no rule used."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from ....ground.bounded_text import shown
from .conditions import conditions_in, place_of_condition
from .harmless import OF_FILES, PATTERNS, names_in, unknown_words
from .hepdata_table import TELLING
from .labels import sentences, spoken_qualifier, without_lead
from .mass_name import is_mass, is_of_dark_matter, is_of_mediator
from .naming import bare
from .quantity import Meaning, meaning_of
from .stated_sector import ALPHA_STATED, RATIO_STATED
from .statement_words import ABOUT_THE_FILE, ALTERS_NOTHING
from .statements import statements
from .table import Choice, Column, Table
from .text_heads import axes_told
from .unit_text import parse_unit, split_unit
from .wording import Scale, plain

__all__ = ["reading_of"]

_SECTOR: Final = ("alpha_D", "mass ratio")
_STATED: Final = (ALPHA_STATED, RATIO_STATED)
_QUOTED: Final = 2
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
        Quantity, column and what was done to its numbers, mass and unit; then at most two texts
        of the file that no rule used, and how many more there are.
    """
    name, sector = what
    how = ", ".join([_columns(table, [column for column, _ in parts]), *_converted(parts[0][1])])
    named = name or "not said what, taken as the coupling"
    words = f"{named} ({how}) against {_mass(mass, name, choice)}"
    stated = [f"{n} = {v:.4g}" for n, v in zip(_SECTOR, sector, strict=False) if v is not None]
    words += f", for {' and '.join(stated)}" if stated else ""
    open_ = [pattern for pattern, v in zip(_STATED, sector, strict=False) if v is None]
    texts = list(dict.fromkeys(_unused(table, parts[0], mass, choice, open_)))
    if not texts:
        return words
    texts.sort(key=lambda text: not conditions_in(text))
    quoted = ", ".join(f"'{shown(_heart(text), _SHORT)}'" for text in texts[:_QUOTED])
    more = f" and {len(texts) - _QUOTED} more" if len(texts) > _QUOTED else ""
    return f"{words}; not used: {quoted}{more}"


def _heart(text: str) -> str:
    """A long text from a little before what a limit holds for."""
    place = place_of_condition(text)
    start = text.rfind(" ", 0, max(place - 15, 0)) if len(text) > _SHORT else -1
    return text[start + 1 :]


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


def _unused(
    table: Table,
    part: tuple[Column, Meaning],
    mass: tuple[Column, str, Scale],
    choice: Choice,
    open_: Sequence[str],
) -> Iterator[str]:
    """Texts of a file that say anything but what the reading says."""
    column, meaning = part
    says = _Reading(
        meaning,
        mass[2],
        _unit(mass, choice),
        "|".join(open_),
    )
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
        if key in chosen or key == "table":
            continue
        used = (
            TELLING.search(key)
            or _PARAMETER.match(plain(key))
            or re.match(r"observed|expected", value, re.IGNORECASE)
        ) and not conditions_in(told, column.head)
        if not used:
            yield from says.unsaid(told)


_PARAMETER: Final = re.compile(
    r"alpha_?(?:d|x)|mass[ _]?ratio|units?|re$|sqrt|cms|luminosity|f_dm$|"
    r"(?:c\.?l\.?|confidence level)(?: ?[\[(]%[\])])?$"
)
_OURS: Final = re.compile(r"an empty cell means", re.IGNORECASE)
_QUANTITY: Final = r"(?<![a-z])(?:epsilon|eps|kinetic mixing|y|g)(?:\^2|\^\(2\))?(?![a-z])"
_SPIN: Final = r"spin[ _-]?(?:in)?dependent"
_ENERGY: Final = r"(?<![a-z0-9^])[kmgt]?ev(?:/c\^?2?)?(?![a-z^])"
_FOREIGN: Final = re.compile(
    r"(?<![a-z])(?:m_(?:e|mu|tau|pi|p|n|k|planck|z|w)|[gf]_\w+|sqrt|1 ?- ?cl|"
    r"(?!prompt-)[a-z]+-like)(?![a-z'])"
)
_TELLS: Final = re.compile(
    rf"(?:{_QUANTITY}|mass(?:es)?|column(?: \d)?)\s*(?:=|is|are|means|:)(?![a-z])\s*(.*)"
)


@dataclass(frozen=True, slots=True)
class _Reading:
    """What a reading says already, so that a text with the same need not be quoted."""

    meaning: Meaning
    mass_scale: Scale
    unit: str
    open: str
    """Pattern of what a file states in more than one way, so that it is not used."""

    def unsaid(self, text: str) -> list[str]:
        """Sentences that say something which neither the reading says nor is about the file."""
        if not text or ABOUT_THE_FILE.match(text) or _OURS.match(text):
            return []
        parts = [part.strip() for part in re.split(rf"[;\n]|{_STOP} +", text)]
        return [part for part in parts if part and not self._says(part)]

    def _says(self, text: str) -> bool:
        if conditions_in(text, self.meaning.head):
            return False
        text = without_lead(text)
        if re.match(r"(?:the )?(?:x|first|column)", text, re.IGNORECASE) and (
            axes := axes_told([text])
        ):
            return all(self._says(axis) for axis in axes)
        words = re.sub(_DEFINITION, " ", plain(text))
        if not words.strip():
            return True
        if self.open and re.search(self.open, words):
            return False
        words = re.sub(f"{ALPHA_STATED}|{RATIO_STATED}", " ", words)
        if _FOREIGN.search(words.replace(self.meaning.name, " ")) or not self._agrees(text):
            return False
        if (told := _TELLS.search(words)) and not self._is_known(told[1]):
            return False
        if is_mass(text) and {*re.findall(_ENERGY, words)} <= {self.unit.lower()}:
            return True
        for pattern in (
            *ALTERS_NOTHING[:2], *PATTERNS, *self._own_words(), r"(?<![\w.])1(?![\w.])"
        ):  # fmt: skip
            words = re.sub(pattern, " ", words)
        if self.meaning.name == "epsilon" and _CHARGES.search(plain(text)):
            return False
        people = {
            name.lower().strip(".") for found in _PEOPLE.findall(text) for name in found.split()
        }
        return not unknown_words(bare(words), (names_in(text) - _ENERGIES) | people | OF_FILES)

    def _own_words(self) -> tuple[str, ...]:
        """Patterns of what this reading says: its unit, quantity and scale."""
        spin = (_SPIN,) if self.meaning.name.startswith("sigma") else ()
        scales = {self.meaning.scale, self.mass_scale} - {"linear"}
        unit = rf"(?<![a-z0-9^]){re.escape(self.unit.lower() or 'gev')}(?:/c\^?2?)?(?![a-z^])"
        return (unit, _QUANTITY, *spin, *(rf"(?<![a-z]){scale}(?![a-z0-9])" for scale in scales))

    def _agrees(self, text: str) -> bool:
        found = meaning_of(text, prose=True)
        own = self.meaning
        if any(said.about == "masses" or said.kind == "other" for said in statements(text)):
            return self.mass_scale != "linear"
        # What limits are on may be named without its power, but not by its symbol.
        topic = found.power == 1 and not re.search(r"(?<![a-z])(?:eps|kappa|g_|y)", plain(text))
        same = found.name == own.name and (topic or abs(found.power) == abs(own.power))
        return not (found.name and found.power) or (same and found.scale in {"linear", own.scale})

    def _is_known(self, told: str) -> bool:
        """Whether what a quantity or a mass is said to be is a number, a unit or its own name."""
        own = re.sub(rf"{_ENERGY}|{_QUANTITY}", " ", told)
        return not re.search(
            r"[a-z]{3}|[/*]", re.sub(r"m_\w+'?|alpha_\w+|in|the|limits?|on", " ", own)
        )


_STOP: Final = r"(?<![ (.][A-Za-z])(?<!Fig)(?<!fig)(?<!Eq)(?<!Ref)(?<!Tab)(?<!Sec)(?<!et al)\."
_CHARGES: Final = re.compile(r"(?<![a-z])(?:l_?mu ?- ?l_?tau|b ?- ?l(?![a-z]))")
"""Models whose coupling is g; a curve of epsilon that names them is another's, or in units of e."""
_ENERGIES: Final = frozenset({"ev", "kev", "mev", "gev", "tev"})
_PEOPLE: Final = re.compile(
    r"\b(?:by|courtesy of|thanks to|contact|from) ((?:[A-Z]\. ?|[A-Z][a-z]+(?: (?=[A-Z])|\b))+)"
)
_DEFINITION: Final = (
    r"(?<![a-z])y ?= ?epsilon\^2 ?\*? ?alpha_\w+ ?\*? ?\(?m_\w+'? ?/ ?m_\w+'?\)?\^4"
)
