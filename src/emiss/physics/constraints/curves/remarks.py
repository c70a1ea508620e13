"""What a file says of its values beside their heads: qualifiers and comments."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from ....ground.bounded_text import shown
from ....ground.errors import EmissError
from .definitions import GAUGE_COUPLING
from .few_words import unknown_label
from .hepdata_table import TELLING
from .labels import sentences, spoken, spoken_qualifier
from .mass_name import is_mass
from .naming import COUPLING, mentions
from .quantity import KNOWN, Meaning, meaning_of, states_logarithm
from .statement_words import CHARGE
from .statements import Statement, statements
from .table import Column, Table
from .unit_text import parse_unit, split_unit
from .wording import Scale, plain, scale_of

__all__ = [
    "doubt_of_values",
    "product_told",
    "quantity_told",
    "refuse_altered_masses",
    "said_of",
    "unit_in_qualifiers",
    "with_yaml_comments",
]

_ALTERING: Final = re.compile(
    r"(?:value )?(?:scale|scaling|units?|factor|scal(?:e|ing) factor|multiplier|multiplied(?: by)?|"
    r"multiply(?: by)?|divided(?: by)?|prefactor|transform(?:ation)?|power|exponent|"
    r"normali[sz]ation|function)s?"
)
_SAYS_FACTOR: Final = re.compile(r"(?P<name>[a-z ]+?)\s*[:=]\s*(?P<value>\S.{0,60})", re.IGNORECASE)
_PLAIN: Final = frozenset(
    {"", "1", "1.0", "none", "no", "lin", "linear", "identity", "dimensionless", "unitless", "-"}
)
_IS_UNIT: Final = re.compile(r"(?:values? )?(?:in )?units?(?: of)?")
_ALTERED: Final = re.compile(
    r"(?:(?:the )?values? )?(?:are |is )?(?:\^\d|squares?|inverse|inverted|reciprocals?|ratios?|"
    r"relative|normali[sz]ed|scaled|rescaled|multiplied|logarithmic|square roots?)"
)
_SCALE: Final = r"\W*(?:scale|axis|values?)?\W*"
_YAML_COMMENT: Final = re.compile(r"(?:^|\s)#+(?:\s|(?=[A-Za-z]))(.*)$", re.MULTILINE)


def _is_logarithm(name: str, value: str) -> bool:
    """Whether the scale, or a transformation, is said to be a logarithm and no more."""
    if "scale" not in name.lower() and not _alters(name):
        return False
    scale, rest = scale_of(plain(value))
    return scale != "linear" and re.fullmatch(_SCALE, rest) is not None


def _alters(name: str) -> bool:
    return _ALTERING.fullmatch(plain(name).replace("_", " ")) is not None


def said_of(table: Table, column: Column) -> str:
    """What the file says of a column beside its head."""
    told = []
    for name, value in column.qualifiers:
        if "scale" in name.lower() or _is_logarithm(name, value):
            told.append(f"scale: {value}")
        elif TELLING.search(name):
            told.append(value)
    return " ".join([*told, _telling(table.description)]).strip()


_LIMIT_ON: Final = re.compile(
    r"(?:limit|bound|constraint|exclusion|sensitivit|contour)\w*(?: \w+)? (?:on|for|in|of) ", re.I
)


def _telling(description: str) -> str:
    """A description, or its sentence on the limit where others name further quantities."""
    if meaning_of(description, prose=True).power:
        return description
    sentences = [s for s in re.split(r"[.;]\s+", description[:2000]) if _LIMIT_ON.search(s)]
    return quantity_told(sentences) or description


def unit_in_qualifiers(table: Table, column: Column) -> str:
    """Unit that a qualifier states, where the head has none.

    Raises
    ------
    EmissError
        If the head states another one.
    """
    for name, value in column.qualifiers:
        if not _IS_UNIT.fullmatch(plain(name)) or plain(value) in _PLAIN:
            continue
        unit, own = parse_unit(value), split_unit(column.head)[1]
        if own is None and not column.unit:
            return value
        stated = parse_unit(column.unit) if column.unit else own
        if stated is None or (unit.dimension, unit.factor) != (stated.dimension, stated.factor):
            raise EmissError(
                f"{table.file}: the qualifier {shown(name, 40)} = {shown(value, 40)} of "
                f"'{shown(column.head, 60)}' contradicts its unit; correct one of them."
            )
    return ""


def product_told(column: Column) -> str:
    """What a qualifier calls the values, if it names a product or a multiple of quantities."""
    for name, value in column.qualifiers:
        if TELLING.search(name) and "=" not in value and mentions(value):
            found = meaning_of(value)
            if not found.power:
                return found.name
    return ""


_FACTORS: Final = frozenset({"factor", "share"})
_HOW: Final = (
    "write it into the head of its column, or say what the column holds with --quantity, such as "
    "'epsilon^2', 'log10(epsilon)' or 'epsilon [10^-4]'"
)


def _is_understood(said: Statement, meaning: Meaning, text: str) -> bool:
    """Whether the head says the same as a sentence of a text, so that it has been converted."""
    if said.kind == "logarithm":
        return meaning.scale != "linear"
    if said.kind == "power":
        return abs(meaning.power) > 1
    if said.kind in {"inverse", "signed"}:
        return meaning.power < 0
    if said.kind in _FACTORS:
        of_unit = meaning.unit is not None and meaning.unit.factor != 1.0
        return of_unit or meaning.factor != 1.0
    if said.kind == "relative" and re.search(CHARGE, said.words):
        return meaning.name == "epsilon"  # the mixing is g/e
    if said.words.endswith(" times") and meaning.name.startswith(said.words):
        return True  # the product is what the values are called
    if said.kind == "named" and said.words == "mass":
        return meaning.name != ""  # an end of the masses
    # Limits on something else are the subject unless the text names a coupling too.
    couplings = rf"{COUPLING}|{GAUGE_COUPLING}|coupling|mixing|(?<![a-z])y(?![a-z])"
    known = meaning.name not in {"", "branching", "sigma"}
    return said.kind == "named" and (
        re.search(couplings, plain(text)) is not None if known else meaning.name != ""
    )


def _altering(text: str, meaning: Meaning, *, called: bool = True) -> Statement | None:
    """The first thing that a text says of the values and their head does not.

    `called`: also what it calls them, as "efficiency", which the name of a qualifier does not.
    """
    said = (
        s
        for s in statements(text)
        if s.about == "values"
        and not _is_understood(s, meaning, text)
        and (called or s.kind not in {"other", "named"})
    )
    return next(said, None)


def doubt_of_values(table: Table, column: Column, meaning: Meaning) -> str:
    """Find what comments, the description or qualifiers say of the values and the head does not.

    Parameters
    ----------
    table : Table
        The table.
    column : Column
        A column of values.
    meaning : Meaning
        What its head says.

    Returns
    -------
    str
        The reason for which the column cannot be read without a word of the user; else nothing.
    """
    texts = [("comment", text) for text in table.remarks]
    for name, text in [("description", table.description), *texts]:
        if said := _altering(text, meaning):
            does = "tells a factor" if said.kind in _FACTORS else "alters the values"
            return (
                f"{table.file}: the {name} {does} ('{shown(said.words, 40)}' in "
                f"'{shown(text, 80)}'), and the head '{shown(column.head, 60)}' does not say so; "
                f"{_HOW}."
            )
    if not meaning.name and (doubt := _doubt_of_silence(table, column)):
        return doubt
    return _doubt_of_power(table, column, meaning) or _doubt_of_qualifiers(table, column, meaning)


_LEVEL: Final = re.compile(r"confidence level|(?<![a-z])c\.?l(?![a-z])")
_BLANK_HEAD: Final = r"(?:data|values?|val|numbers?|result|results|value data|y values?)"
_SAYS_LIMIT: Final = re.compile(
    r"limit|bound|exclu|coupling|contour|sensitiv|reach|mixing|constrain", re.IGNORECASE
)
_OF_A_LIMIT: Final = re.compile(r"limit|bound|contour|curve|coupling|(?<!\d)(?:6[58]|9\d)(?!\d)")


def _doubt_of_silence(table: Table, column: Column) -> str:
    """What texts name where the head says nothing, and what is not understood."""
    words = plain(column.head)
    if _LEVEL.search(words) and not _OF_A_LIMIT.search(words):
        return (
            f"{table.file}: '{shown(column.head, 60)}' may be a confidence level and no coupling; "
            f"{_HOW}."
        )
    names = [value for name, value in column.qualifiers if name == "table"]
    texts = (table.description, *table.comments, *map(spoken, names))
    if re.fullmatch(_BLANK_HEAD, words) and not any(_SAYS_LIMIT.search(text) for text in texts):
        return (
            f"{table.file}: the head '{shown(column.head, 60)}' does not say what the values are, "
            f"nor that they are a limit; {_HOW}."
        )
    for text in texts:
        word = unknown_label(text)
        if not word and mentions(text) and not _is_heads(text):
            word = "" if meaning_of(_telling(text), prose=True).power else text
        if word:
            return (
                f"{table.file}: the head '{shown(column.head, 60)}' does not say what the values "
                f"are, and '{shown(text, 80)}' may; {_HOW}."
            )
    return ""


def _is_heads(text: str) -> bool:
    """Whether a text may be a line of heads, of which a mass is one."""
    return re.search(r"(?<![a-z])m(?:ass(?:es)?|_\S*|'?)(?![a-z])", plain(text)) is not None


_TOPIC: Final = re.compile(
    r"^(?!.*(?<![a-z])(?:epsilon|eps|kappa)(?![a-z])).*(?:kinetic|photon)[ _-]*mixing"
    r"(?! (?:parameter|strength|coefficient|coupling|angle))"
)


def _doubt_of_power(table: Table, column: Column, meaning: Meaning) -> str:
    for text in dict.fromkeys((said_of(table, column), table.description)):
        other = meaning_of(text, prose=True)
        if (
            other.power == 1
            and _TOPIC.search(plain(text))
            and abs(meaning_of(column.head).power) > 1
        ):
            continue  # what limits are on is named, and the head alone states the power
        if other.name == meaning.name and other.power not in {0, abs(meaning.power)}:
            return _differ(table, column, text, meaning)
    for text in table.remarks:
        other = meaning_of(text, prose=True)
        same = other.name == meaning.name in KNOWN
        power = other.power > 1 and other.power != abs(meaning.power)
        log = other.power and other.scale != "linear" == meaning.scale and states_logarithm(text)
        if same and (power or log):
            return _differ(table, column, text, meaning)
    return ""


def _differ(table: Table, column: Column, text: str, meaning: Meaning) -> str:
    return (
        f"{table.file}: the head '{shown(column.head, 60)}' and the text '{shown(text, 80)}' "
        f"differ in the power or the scale of {meaning.name}; {_HOW}."
    )


def _doubt_of_qualifiers(table: Table, column: Column, meaning: Meaning) -> str:
    told_by_comments = [
        (match["name"], match["value"].strip())
        for comment in table.comments
        if (match := _SAYS_FACTOR.fullmatch(comment))
        and _alters(match["name"])
        and not _IS_UNIT.fullmatch(plain(match["name"]))
    ]
    for name, value in (*column.qualifiers, *told_by_comments):
        words = plain(value)
        if words in _PLAIN or _is_logarithm(name, value) or _IS_UNIT.fullmatch(plain(name)):
            continue
        # A name such as "mass" says that the value is the head of another column.
        told = meaning_of("" if is_mass(name) else value, prose=True)
        altered = (
            # "10 GeV" is the scale of an energy.
            (_alters(name) and not re.fullmatch(r"[\d.e+-]+ ?[kmgt]?ev", words))
            or re.fullmatch(_ALTERED, words)
            or _altering(value, meaning)
            or _altering(spoken_qualifier(name, value), meaning, called=False)
            or (told.name == meaning.name in KNOWN and told.power not in {0, abs(meaning.power)})
        )
        if altered:
            return (
                f"{table.file}: the qualifier {shown(name, 40)} = {shown(value, 40)} of "
                f"'{shown(column.head, 60)}' alters its values, and how is open; {_HOW}."
            )
    return ""


_MASS_ALTERED: Final = frozenset({"logarithm", "signed", "power", "inverse", "factor", "share"})


def refuse_altered_masses(table: Table, mass: Column, scale: Scale) -> None:
    """Refuse masses of which a text says what their head does not.

    Parameters
    ----------
    table : Table
        The table.
    mass : Column
        Its mass.
    scale : str
        That of the mass, by its head.

    Raises
    ------
    EmissError
        If a comment or the description calls the masses logarithms or multiples.
    """
    for name, value in mass.qualifiers:
        known = plain(value) in _PLAIN or (_is_logarithm(name, value) and scale != "linear")
        if not known and (_alters(name) or statements(value)):
            raise EmissError(
                f"{table.file}: the qualifier {shown(name, 40)} = {shown(value, 40)} of "
                f"'{shown(mass.head, 60)}' alters the masses, and how is open; say what they are "
                "with --mass-unit, such as 'm [MeV]' or 'log10(m/GeV)'."
            )
    remarks = table.remarks
    whole = [text.replace("\n", " ") for text in sentences(remarks)]
    described = () if table.are_heads(table.description) else (table.description,)
    for text in (*described, *remarks, *whole):
        for said in statements(text):
            understood = said.kind == "logarithm" and scale != "linear"
            if said.about == "masses" and said.kind in _MASS_ALTERED and not understood:
                raise EmissError(
                    f"{table.file}: '{shown(text, 80)}' alters the masses ('"
                    f"{shown(said.words, 40)}'), and the head '{shown(mass.head, 60)}' does "
                    "not say so; write it into the head, or say what they are with --mass-unit, "
                    "such as 'm [MeV]' or 'log10(m/GeV)'."
                )


def quantity_told(comments: Sequence[str]) -> str:
    """The comment that names what is limited, if all that do name the same; else nothing."""
    named_in = [(meaning_of(comment, prose=True), comment) for comment in comments]
    kinds = {(m.name, m.power, m.scale): c for m, c in named_in if m.name in KNOWN and m.power}
    return next(iter(kinds.values())) if len(kinds) == 1 else ""


def with_yaml_comments(table: Table, text: str) -> Table:
    """Add what comments of a YAML file say of the values."""
    comments = [match[1].strip() for match in _YAML_COMMENT.finditer(text)]
    told = quantity_told(comments)
    description = f"{table.description} {told}".strip()
    return replace(table, description=description, comments=(*table.comments, *comments))
