"""What a file says of its values beside their heads: qualifiers and comments."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from ....ground.bounded_text import shown
from ....ground.errors import EmissError
from .hepdata_table import TELLING
from .mass_variable import is_mass
from .quantity import KNOWN, Meaning, meaning_of, mentions
from .table import Column, Table
from .wording import parse_unit, plain, scale_of, split_unit

__all__ = [
    "product_told",
    "quantity_told",
    "refuse_alterations",
    "refuse_told_factor",
    "said_of",
    "unit_in_qualifiers",
    "with_yaml_comments",
]

_SHARE_TOLD: Final = re.compile(
    r"(?<!\d)(?<!\d )(?:%|‰|per ?cent(?:age)?|per ?mille?|pp[mb])(?!\s*(?:c\.?l|conf))",
    re.IGNORECASE,
)
_FACTOR_TOLD: Final = re.compile(
    r"(?:in (?:units?|multiples) of\s+(?:10|1e|\d+\s*e)|"
    r"(?:multiplied|scaled|divided|rescaled) (?:by|with)\s+(?:a factor (?:of )?)?\(?\d|"
    # Not a number with a power of ten, as of electrons on target.
    r"(?<![\d.\\])(?<![\d.] )(?:times|[x*×])\s*(?:10\s*\^|10{2,}|1e[+-]?\d))",
    re.IGNORECASE,
)
_ALTERING: Final = re.compile(
    r"(?:value )?(?:scale|scaling|units?|factor|scal(?:e|ing) factor|multiplier|multiplied(?: by)?|"
    r"multiply(?: by)?|divided(?: by)?|prefactor|transform(?:ation)?|power|exponent|"
    r"normali[sz]ation|function)s?"
)
_VALUES_ARE: Final = re.compile(
    r"(?:values?|numbers|entries|column(?: 2)?|epsilon|eps|couplings?|mixing|limits?)\s+"
    r"(?:(?:is|are|were|was|given|quoted|listed|here|all|taken|as|the|in)\s+)+"
    r"(?P<what>\^2|squares?|relative|ratios?|inverse|reciprocals?|normali[sz]ed|"
    r"(?:re)?scaled(?! (?:to|from))|log\w*(?!\w)|ln(?![a-z])|"
    r"(?<=in )(?:1e-?\d|10\^-?\d)|(?:1e\d+|10\^\d+) times)(?! ?-?(?:scale|axis|plot))|"
    r"(?<![a-z])(?P<before>\^2|log(?:arithmic|10)|relative|normali[sz]ed|inverse|reciprocal) "
    r"(?:values|numbers|couplings?)(?![a-z])"
)
_SAYS_FACTOR: Final = re.compile(r"(?P<name>[a-z ]+?)\s*[:=]\s*(?P<value>\S.{0,60})", re.IGNORECASE)
_PLAIN: Final = frozenset(
    {"", "1", "1.0", "none", "no", "lin", "linear", "identity", "dimensionless", "unitless", "-"}
)
_IS_UNIT: Final = re.compile(r"(?:value )?units?")
_ALTERED: Final = re.compile(
    r"(?:(?:the )?values? )?(?:are |is )?(?:\^\d|squares?|inverse|inverted|reciprocals?|ratios?|"
    r"relative|normali[sz]ed|scaled|rescaled|multiplied|logarithmic|square roots?)"
)
_SCALE: Final = r"\W*(?:scale|axis|values?)?\W*"
_YAML_COMMENT: Final = re.compile(r"(?:^|\s)#+(?:\s|(?=[A-Za-z]))(.*)$", re.MULTILINE)
_COMMENTS: Final = 200


def _is_logarithm(value: str) -> bool:
    """Whether a value says only that numbers are logarithms."""
    scale, rest = scale_of(plain(value))
    return scale != "linear" and re.fullmatch(_SCALE, rest) is not None


def _alters(name: str) -> bool:
    return _ALTERING.fullmatch(plain(name).replace("_", " ")) is not None


def said_of(table: Table, column: Column) -> str:
    """What the file says of a column beside its head."""
    told = []
    for name, value in column.qualifiers:
        if "scale" in name.lower() or (_alters(name) and _is_logarithm(value)):
            told.append(f"scale: {value}")
        elif TELLING.search(name):
            told.append(value)
    return " ".join([*told, table.description]).strip()


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


def _factor_in(text: str) -> re.Match[str] | None:
    return _FACTOR_TOLD.search(text) or _FACTOR_TOLD.search(plain(text))


def product_told(column: Column) -> str:
    """What a qualifier calls the values, if it names a product or a multiple of quantities."""
    for name, value in column.qualifiers:
        if TELLING.search(name) and "=" not in value and mentions(value):
            found = meaning_of(value)
            if not found.power:
                return found.name
    return ""


def refuse_alterations(table: Table, column: Column, meaning: Meaning) -> None:
    """Refuse qualifiers and descriptions that make other numbers of the values, how is open.

    Raises
    ------
    EmissError
        If there is one, such as ``multiplier = 1000``: it may have been applied or not.
    """
    bare = not column.unit and split_unit(column.head)[1] is None
    if bare and (match := _factor_in(table.description)):
        raise EmissError(
            f"{table.file}: the description tells a factor ('{shown(match[0].strip(), 40)}'), and "
            f"'{shown(column.head, 60)}' has no unit; say what the column holds with --quantity, "
            "such as 'epsilon [10^-4]'."
        )
    for text in (*table.comments, table.description):
        match = _VALUES_ARE.search(plain(text).replace("are^", "are ^").replace("is^", "is ^"))
        if match is None:
            continue
        what = match["what"] or match["before"]
        square, logarithm = what.startswith(("^", "square")), what.startswith(("log", "ln"))
        known = (square and meaning.power > 1) or (logarithm and meaning.scale != "linear")
        if not known and (bare or square or logarithm):
            raise EmissError(
                f"{table.file}: '{shown(text, 80)}' alters the values, and the head "
                f"'{shown(column.head, 60)}' does not say so; write it into the head, or say what "
                "the column holds with --quantity."
            )
    told_by_comments = [
        (match["name"], match["value"].strip())
        for comment in table.comments
        if (match := _SAYS_FACTOR.fullmatch(comment))
        and _alters(match["name"])
        and not _IS_UNIT.fullmatch(plain(match["name"]))
    ]
    for name, value in (*column.qualifiers, *told_by_comments):
        words = plain(value)
        if words in _PLAIN or _is_logarithm(value) or _IS_UNIT.fullmatch(plain(name)):
            continue
        # A name such as "mass" says that the value is the head of another column.
        told = meaning_of("" if is_mass(name) else value, prose=True)
        altered = (
            # "10 GeV" is the scale of an energy.
            (_alters(name) and not re.fullmatch(r"[\d.e+-]+ ?[kmgt]?ev", words))
            or re.fullmatch(_ALTERED, words)
            or _factor_in(value)
            or (told.name == meaning.name in KNOWN and told.power not in {0, meaning.power})
        )
        if not altered:
            continue
        raise EmissError(
            f"{table.file}: the qualifier {shown(name, 40)} = {shown(value, 40)} of "
            f"'{shown(column.head, 60)}' alters its values, and how is open; say what the column "
            "holds with --quantity, such as 'epsilon^2' or 'epsilon [10^-4]'."
        )


def quantity_told(comments: Sequence[str]) -> str:
    """The comment that names what is limited, if all that do name the same; else nothing."""
    named_in = [(meaning_of(comment, prose=True), comment) for comment in comments]
    kinds = {(m.name, m.power, m.scale): c for m, c in named_in if m.name in KNOWN and m.power}
    return next(iter(kinds.values())) if len(kinds) == 1 else ""


def refuse_told_factor(file: str, comments: Sequence[str], columns: Sequence[Column]) -> None:
    """Refuse a factor that only a comment tells: which column it goes with is anyone's guess.

    Raises
    ------
    EmissError
        If there is one, and no column has a unit.
    """
    if any(c.unit or split_unit(c.head)[1] is not None for c in columns):
        return
    for comment in comments:
        if match := _SHARE_TOLD.search(comment) or _factor_in(comment):
            raise EmissError(
                f"{file}: the comment '{shown(comment, 80)}' tells a factor "
                f"('{shown(match[0].strip(), 40)}'); write it as a unit in the head of its column, "
                "such as 'epsilon [%]' or 'epsilon [10^-4]'."
            )


def with_yaml_comments(table: Table, text: str) -> Table:
    """Add what comments of a YAML file say of the values.

    Raises
    ------
    EmissError
        If one tells a factor.
    """
    comments = [match[1].strip()[:1000] for match in _YAML_COMMENT.finditer(text)][:_COMMENTS]
    refuse_told_factor(table.file, comments, table.dependent)
    told = quantity_told(comments)
    description = f"{table.description} {told}".strip()
    return replace(table, description=description, comments=tuple(comments))
