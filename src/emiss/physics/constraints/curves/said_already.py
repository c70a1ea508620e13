"""Whether a text of a file says no more than the line that says how its curve was read.

What the reading says exactly is taken out of a text: its quantity, its unit and scale, the dark
sector it states, and what is about the paper or the search (dates, numbers of papers, a confidence
level of 90 %, exposures). Whatever is left makes the text one to be quoted: a digit, a power, an
operator, a word that is not known.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from .conditions import conditions_in
from .definitions import DEFINITION_OF_Y
from .harmless import OF_FILES, are_known, names_in
from .labels import without_lead
from .mass_name import MASS_SYMBOL, is_mass, is_of_dark_matter
from .other_models import OTHER_BOSON
from .quantity import Meaning, meaning_of
from .remark_numbers import REMARK_NUMBERS
from .stated_sector import ALPHA_STATED, RATIO_STATED, alphas_in, ratios_in
from .statement_words import ABOUT_THE_FILE, ALTERS_NOTHING
from .statements import statements
from .text_heads import axes_told
from .wording import Scale, plain

__all__ = ["Said"]

_OURS: Final = re.compile(r"an empty cell means", re.IGNORECASE)
_QUANTITY: Final = r"(?<![a-z])(?:epsilon|eps|kinetic mixing|y|g)(?:\^2|\^\(2\))?(?![a-z])"
_SPIN: Final = r"spin[ _-]?(?:in)?dependent"
_ENERGY: Final = r"(?<![a-z0-9^])[kmgt]?ev(?:/c\^?2?)?(?![a-z^])"
_FOREIGN: Final = re.compile(
    r"(?<![a-z])(?:m_(?:e|mu|tau|pi|p|n|k|planck|z|w)|[gf]_\w+|sqrt(?! ?\(?s\)?(?![a-z]))|1 ?- ?cl|"
    r"(?!prompt-)[a-z]+-like|(?:one|unity|1) over|"
    r"per (?!cent|mil|year|day|month|bin|point|line|row)[a-z]+|"
    r"(?:electron|muon|tau|proton|neutron|nucleon|pion|kaon|planck)s?[ -]mass(?:es)?)(?![a-z'])"
)
_TELLS: Final = re.compile(
    rf"(?:{_QUANTITY}|mass(?:es)?|column(?: \d)?)\s*(?:=|is|are|means|:)(?![a-z])\s*(.*)"
)
_STOP: Final = (
    r"(?<![ (.][A-Za-z])(?<!Fig)(?<!fig)(?<!Eq)(?<!Ref)(?<!Tab)(?<!Sec)(?<!et al)"
    r"(?<!Phys)(?<!Rev)(?<!Lett)(?<!Eur)(?<!Nucl)(?<!Meth)(?<!Instrum)(?<!Collab)(?<!Vol)(?<!No)\."
)
_ENERGIES: Final = frozenset({"ev", "kev", "mev", "gev", "tev"})
_PEOPLE: Final = re.compile(
    r"\b(?:by|courtesy of|thanks to|contact|from) ((?:[A-Z]\. ?|[A-Z][a-z]+(?: (?=[A-Z])|\b))+)|"
    r"\b([A-Z][a-z]+(?:-[A-Z][a-z]+)?) et al\b"
)
_COLUMN: Final = re.compile(
    r"(?<![a-z\d])(?:(?:column|col\.?) ?#?(?P<number>[12])(?!\d)|"
    r"(?P<nth>first|second|1st|2nd) col(?:umn|\.))"
)
_TOKEN: Final = re.compile(r"(?<![a-z0-9'])[a-z](?:[a-z0-9'_-]*[a-z0-9'])?")
_LEFT: Final = re.compile(r"[^\W_]|[\^*/=<>~%‰±≈≤≥÷√∝]")
_NOT_A_NAME: Final = re.compile(
    # Capitals with a digit that are a power or a number of what is read, and words that alter.
    r"(?:log|ln|lg|eps|epsilon|kappa|y|g|m|mass|masses|col|column|x|e|p|times|[kmgt]?ev)[-+]?\d.*|"
    r"(?:squared?|half|twice|double|inverse|times|tens?|hundreds?|thousands?|multiples?|roots?|"
    r"ratios?|relative|scaled|factors?|divided|minus|log\w*|ln|lg|not?|only|wrong)"
)
_LISTED: Final = (
    "modified written copyright traced design collisions collision luminosity nature science "
    "secondary repository commit readme notebook licence license snapshot found provided "
    "significant excess seen numerical tabulated preprint benefit missing licensed nuisance "
    "uncertainty uncertainties null evaluated considered treated selection "
    "selections requirement requirements trigger profile likelihood unbinned binned fit "
    "presented background backgrounds zero-background approximation treatment follows valid "
    "package "
    "bibtex caption legend titled called named revised corresponding approximately approx"
)
_OF_PAPERS: Final = frozenset(_LISTED.split())
_EXPERIMENTS: Final = frozenset({"e137", "e141", "e774", "e949", "e787", "x17"})


@dataclass(frozen=True, slots=True)
class Said:
    """What a reading says already, so that a text with the same need not be quoted.

    Parameters
    ----------
    meaning : Meaning
        Of the column of values.
    mass_scale : str
        Scale of the mass.
    unit : str
        Unit of the mass.
    dark : bool
        Whether the mass is that of the dark matter.
    sector : tuple of (float or None, float or None)
        alpha_D and mass ratio that the reading says; None where it says none.
    open : str
        Pattern of what a file states in more than one way, so that it is not used.
    """

    meaning: Meaning
    mass_scale: Scale
    unit: str
    dark: bool
    sector: Sequence[float | None]
    open: str

    def unsaid(self, text: str) -> list[str]:
        """Sentences that say something which neither the reading says nor is about the file."""
        if not text or ABOUT_THE_FILE.match(text) or _OURS.match(text):
            return []
        parts = [part.strip() for part in re.split(rf"[;\n]|{_STOP} +", text)]
        return [part for part in parts if part and not self.says(part)]

    def says(self, text: str) -> bool:
        """Whether the reading says all that a sentence does."""
        if conditions_in(text, self.meaning.head):
            return False
        text = without_lead(text)
        if re.match(r"(?:the )?(?:x|first|column)", text, re.IGNORECASE) and (
            axes := axes_told([text])
        ):
            return all(self.says(axis) for axis in axes)
        words = re.sub(DEFINITION_OF_Y, " ", plain(text)).rstrip(" .")
        if words.strip(" .,:") in plain(self.meaning.head):
            return True  # nothing is left, or the head of the column shows it
        if (self.open and re.search(self.open, words)) or self._is_other_sector(words):
            return False
        words = re.sub(f"{ALPHA_STATED}|{RATIO_STATED}", " ", words)
        if self._differs(text, words):
            return False
        if (told := _TELLS.search(words)) and not self._is_known(told[1]):
            return False
        return not self._left(text, words)

    def _differs(self, text: str, words: str) -> bool:
        """Whether a text says something else than the reading, the dark sector left out."""
        own = words.replace(self.meaning.name, " ") if self.meaning.name else words
        if _FOREIGN.search(own) or not self._agrees(text):
            return True
        if is_mass(words) and is_of_dark_matter(words) and not self.dark:
            return True
        if _are_swapped(words):
            return True
        # A curve of epsilon, or of no name, that names another boson is of that one's coupling.
        other = self.meaning.name in {"epsilon", ""} and OTHER_BOSON.search(words)
        return bool(other) or _is_other_kind(words, plain(self.meaning.head))

    def _is_other_sector(self, words: str) -> bool:
        """Whether a text states another dark sector than the one that is said."""
        pairs = zip((alphas_in(words), ratios_in(words)), self.sector, strict=False)
        return any(
            own is not None and found and not any(abs(own - v) <= 1e-6 * own for v in found)
            for found, own in pairs
        )

    def _left(self, text: str, words: str) -> str:
        """What is left of a text without what is known; nothing if all of it is."""
        for pattern in (*ALTERS_NOTHING[1:2], *REMARK_NUMBERS, *self._own_words()):
            words = re.sub(pattern, " ", words)
        people = {
            name.lower().strip(".")
            for groups in _PEOPLE.findall(text)
            for found in groups
            for name in found.split()
        }
        known = _names(text) | people | OF_FILES | _OF_PAPERS

        def without_known(match: re.Match[str]) -> str:
            return " " if _is_word(match[0], known) else match[0]

        left = _LEFT.search(_TOKEN.sub(without_known, words))
        return left[0] if left else ""

    def _own_words(self) -> tuple[str, ...]:
        """Patterns of what this reading says: its unit, quantity, scale and columns."""
        spin = (_SPIN,) if self.meaning.name.startswith("sigma") else ()
        scales = {self.meaning.scale, self.mass_scale} - {"linear"}
        power = (r"square of|(?<![\d)])\^\(?2(?![\d.])\)?",) if abs(self.meaning.power) == 2 else ()
        unit = re.escape(self.unit.lower() or "gev")
        own = self.meaning.unit
        none = own is None or own.factor == 1.0
        pure = (r"[\[(] ?(?:1|-|dimensionless) ?[\])]",) if none else ()
        return (
            # A number before a unit is one of its multiples.
            rf"(?<![a-z0-9^])(?<!\d )(?<!of ){unit}(?:/c\^?2?)?(?![a-z^])|/ ?{unit}(?![a-z^])",
            _QUANTITY,
            MASS_SYMBOL,
            re.sub(r"\?P<\w+>", "?:", _COLUMN.pattern),
            *spin,
            *power,
            *pure,
            *(rf"(?<![a-z]){scale}(?![a-z0-9])" for scale in scales),
        )

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


_LIMIT: Final = r"(?:upper |median )?(?:limits?|bounds?|exclusions?|reach|sensitivit\w+)(?![a-z])"
_OBSERVED: Final = re.compile(r"(?<![a-z])(?:observed|obs)(?![a-z])")
_EXPECTED: Final = re.compile(
    rf"(?<![a-z])(?:(?:expected|exp) {_LIMIT}|"
    r"projected|projections?|forecasts?|sensitivit(?:y|ies))(?![a-z])"
)
_HEADED_EXPECTED: Final = re.compile(rf"{_EXPECTED.pattern}|(?<![a-z])(?:expected|exp)(?![a-z])")


def _is_other_kind(words: str, head: str) -> bool:
    """Whether a text calls expected what the head of the column calls observed, or the reverse."""
    observed, expected = _OBSERVED.search(words), _EXPECTED.search(words)
    of_head = _OBSERVED.search(head), _HEADED_EXPECTED.search(head)
    if (observed and expected) or (of_head[0] and of_head[1]):
        return False
    return bool((of_head[0] and expected) or (of_head[1] and observed))


def _are_swapped(words: str) -> bool:
    """Whether a text puts something else than the mass into the first column, or a mass second."""
    found = [*_COLUMN.finditer(words)]
    ends = [match.start() for match in found[1:]] + [len(words)]
    for match, end in zip(found, ends, strict=False):
        what = re.split(r"[,;]", words[match.end() : end])[0].strip(" :=-.()")
        what = re.sub(r"^(?:is|has|contains|gives|holds|for|the|are) |^the | and$", "", what)
        if what and ((match["number"] or match["nth"])[0] in "1f") != is_mass(what):
            return True
    return False


def _names(text: str) -> frozenset[str]:
    """Names of experiments in a text, by their capitals, that are nothing else."""
    names = names_in(text) - _ENERGIES
    return frozenset(n for n in names if n in _EXPERIMENTS or not _NOT_A_NAME.fullmatch(n))


def _is_word(word: str, known: frozenset[str]) -> bool:
    """Whether a word is known; a number behind a hyphen belongs to a name only."""
    if word in known:
        return True
    return are_known(word, known) and not any(part.isdigit() for part in re.split("[_-]", word))
