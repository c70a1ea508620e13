"""Units of columns: read from their own place or from a head, and compared."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Final, Literal

from ....ground.bounded_text import shown
from ....ground.errors import EmissError
from .wording import LONGEST, plain, with_carets

__all__ = ["Unit", "contradict", "of_one_factor", "parse_unit", "split_unit"]

Dimension = Literal["number", "energy", "area", "per energy", "other"]


@dataclass(frozen=True, slots=True)
class Unit:
    """What a unit measures, and its size.

    Parameters
    ----------
    dimension : str
        ``"number"``, ``"energy"`` (in GeV), ``"area"`` (in cm^2), ``"per energy"`` (in GeV^-1) or
        ``"other"``.
    factor : float
        Size in the unit in brackets.
    text : str
        As it was written.
    power : int, optional
        Power of what it measures: 2 for ``"GeV^-2"``, which is ``"per energy"`` squared.
    """

    dimension: Dimension
    factor: float
    text: str
    power: int = 1


_ENERGY: Final = {"ev": 1e-9, "kev": 1e-6, "mev": 1e-3, "gev": 1.0, "tev": 1e3, "muev": 1e-15}
_AREA: Final = {
    "cm^2": 1.0, "cm2": 1.0, "m^2": 1e4, "b": 1e-24, "mb": 1e-27, "mub": 1e-30, "ub": 1e-30,
    "nb": 1e-33, "pb": 1e-36, "fb": 1e-39, "ab": 1e-42, "zb": 1e-45, "yb": 1e-48,
    "barn": 1e-24, "barns": 1e-24, "millibarn": 1e-27, "microbarn": 1e-30, "nanobarn": 1e-33,
    "picobarn": 1e-36, "femtobarn": 1e-39, "attobarn": 1e-42,
}  # fmt: skip
_NUMBER: Final = {
    "", "1", "-", "--", "none", "dimensionless", "unitless", "number", "n/a", "1.0", "null", "nil",
    "no units", "no unit", "without unit", "without units", "dimension-less", "unit-less", "unity",
    "adimensional", "pure number", "na", "~", "[]", "()", "[-]", "[1]", "nan",
}  # fmt: skip
_SHARE: Final = {
    "%": 1e-2, "pct": 1e-2, "percent": 1e-2, "per cent": 1e-2, "permille": 1e-3, "per mille": 1e-3,
    "per mil": 1e-3, "permil": 1e-3, "promille": 1e-3, "‰": 1e-3, "ppm": 1e-6, "ppb": 1e-9,
}  # fmt: skip
_POWER: Final = re.compile(
    r"(?:x ?)?(?:10\^ ?\(?(-?\d{1,3})\)?|1(?:\.0)?e(-?\d{1,3})|"
    # A raised exponent that was lost on the way, or Fortran's.
    r"(?:10|e)(-(?:0?\d|1[0-5]))(?=$))(?: ?[x*] ?| |$)"
)


_INVERSE: Final = re.compile(
    r"(?:1? ?/ ?([a-z]*ev)(?:\^?\(?([1-9])\)?)?|([a-z]*ev)\^?\(?-([1-9])\)?)"
)
_LARGEST_EXPONENT: Final = 60


def parse_unit(text: str) -> Unit:
    """Read a unit.

    Parameters
    ----------
    text : str
        For example ``"MEV"``, ``"GeV/c^2"``, ``"10^-4 GeV^-1"``, ``"%"`` or nothing.

    Returns
    -------
    Unit
        Its dimension and factor; of dimension ``"other"`` if it is not known.

    Raises
    ------
    EmissError
        If it is ``meV``, which is 1e-3 eV by the book and 1e6 eV by slip of the hand.
    """
    text = text[:LONGEST]
    if re.search(r"(?<![A-Za-z])meV(?![A-Za-z])", text):
        raise EmissError(
            f"the unit '{shown(text, 40)}' may be 1e-3 eV or a slip for MeV; write MeV (or eV)."
        )
    words = re.sub(r"(?<=ev)(?: ?/ ?c(?:\^?[24])?\b| ?c\^-2)", "", plain(text))
    words = re.sub(
        r"^(?:(?:given|expressed) )?(?:in )?(?:units?|multiples) of |^in (?=10\^|1e-)", "", words
    )
    if bracket := re.fullmatch(r"[\[(]([^\[\]()]+)[\])]", words):
        words = bracket[1].strip()
    words = re.sub(r"^\* ?(?=10\^)", "", words)
    factor = 1.0
    if re.match(r"x ?10\^\(?[1-9]", words):
        # "(x10^4)" may mean values in units of 1e4, or values times 1e4.
        return Unit("other", math.nan, text)
    if match := _POWER.match(words):
        exponent = match[1] or match[2] or match[3]
        if len(exponent) > 4 or abs(int(exponent)) > _LARGEST_EXPONENT:
            return Unit("other", math.nan, text)
        factor = 10.0 ** int(exponent)
        words = words[match.end() :].strip()
    words = words.replace("microev", "muev").replace("uev", "muev").replace("mmuev", "muev")
    if words in _ENERGY:
        return Unit("energy", factor * _ENERGY[words], text)
    if words in _AREA:
        return Unit("area", factor * _AREA[words], text)
    if inverse := _INVERSE.fullmatch(words):
        size, power = _ENERGY.get(inverse[1] or inverse[3]), int(inverse[2] or inverse[4] or 1)
        if size is not None:
            return Unit("per energy", factor / size**power, text, power)
    if words in _SHARE:
        return Unit("number", _SHARE[words] * factor, text)
    if words in _NUMBER and factor > 1.0:
        return Unit("other", math.nan, text)  # may be what the values were multiplied with
    if words in _NUMBER:
        return Unit("number", factor, text)
    return Unit("other", math.nan, text)


def contradict(one: Unit | None, other: Unit | None) -> bool:
    """Say whether two statements of the unit of one column exclude each other.

    Parameters
    ----------
    one, other : Unit or None
        What the head and the place for the unit say; None if nothing.

    Returns
    -------
    bool
        False too where one is the number 1, says nothing or is not known.
    """
    if one is None or other is None or "other" in {one.dimension, other.dimension}:
        return False
    if any(u.dimension == "number" and u.factor == 1.0 for u in (one, other)):
        return False
    if (one.dimension, one.power) != (other.dimension, other.power):
        return True
    return not math.isclose(one.factor, other.factor, rel_tol=1e-9)


def of_one_factor(own: Unit | None, stated: Unit | None) -> bool:
    """Say whether a head has only the factor, and the place for the unit only the unit.

    Parameters
    ----------
    own, stated : Unit or None
        ``10^-10`` in the head and ``GeV^-1`` in its place are one statement together.

    Returns
    -------
    bool
        False where both have a power of ten, or both a dimension.
    """
    if own is None or stated is None or own.dimension != "number" or own.factor == 1.0:
        return False
    return stated.dimension in {"per energy", "area"} and not _POWER.match(plain(stated.text))


_UPRIGHT: Final = r"\\(?:mathrm|textrm|text|mathit)\s*\{([^{}]*)\}|\{\\rm\s+([^{}]*)\}"
_LOG_BEFORE: Final = re.compile(r"(?:log|ln|lg)(?:_?\{?(?:10|2)\}?)?$", re.IGNORECASE)
_BRACKET: Final = re.compile(r"\s*(?:\[([^\[\]]*)\]|\(([^()]*)\))\s*$")
_SYMBOL: Final = r"(?:epsilon|eps|kappa|g(?:_[a-z'-]+)?'?|y)(?:\^2)?"
"""A quantity in the place of a unit: ``observed [epsilon]``."""
_AREA_INSIDE: Final = re.compile(
    r"\s*[\[(](c?m\^?\{?2\}?|[^\[\]()]*)[\])]"
    r"(?=,? *\(?(?:heavy|light|massless|contact)[^()]*\)?\s*$|,? *F_?\{?DM\}? ?=[^()=]*$|"
    r"[\s(,]*\d\d\s*\\?%\s*C\.?L|\s*\([^()]*=[^()]*\)\s*$|\s+[^()=]+=[^()=]+$)",
    re.IGNORECASE,
)
_TAIL: Final = re.compile(
    r"(?:[\s_/,]+|(?<=[a-z])_)((?:[kmgt]?ev|μev|uev|meV)(?:/c\^?2?)?(?:\^?-[12])?|cm\^?2|[pfnamuzy]b)\s*\)?$",
    re.IGNORECASE,
)
_WORDS: Final = re.compile(
    r"[\s,_]+(?:(?:given |expressed )?in (?:units?|multiples) of|in)\s+(.{1,40}?)\s*$",
    re.IGNORECASE,
)
_SHARED: Final = re.compile(
    r"(?<!\d)[\s,_(]+(%|‰|per ?cent|per ?mille?|promille|pp[mb])\s*\)?$", re.IGNORECASE
)
_INSIDE: Final = re.compile(
    r"(?:/|\[)\s*\\?,?\s*([kmgt]?ev(?:/c\^?2)?|cm\^?2)\s*\]?\s*(?=\))", re.IGNORECASE
)


_BEHIND: Final = re.compile(
    # What may stand behind the unit: which limit it is, and at what level.
    r"(?<=[\])])(?:[\s,(\[]*(?:(?:at|observed|obs\.?|expected|exp\.?|median|upper|limits?|"
    r"(?:6[578]|9\d)(?:\.\d+)?[ \\]*%|C\. ?L\.?|CL_?s?|confidence|level)(?![a-z])[\s)\]]*)+)$",
    re.IGNORECASE,
)
_SCALED: Final = re.compile(
    r"(?P<unit>[^,;]+)[,;]\s*(?P<scale>log_?\{?10\}?|lg|ln|log(?:arithmic)?|lin(?:ear)?)"
    r"(?P<axis>[ -](?:scale|axis))?",
    re.IGNORECASE,
)


def _with_scale(before: str, inside: str) -> tuple[str, Unit | None] | None:
    """A head with both its unit and its scale in one bracket: ``(MeV, log10)``."""
    match = _SCALED.fullmatch(inside.strip())
    if match is None or parse_unit(match["unit"]).dimension == "other":
        return None
    linear = match["axis"] or match["scale"].lower().startswith("lin")
    return before if linear else f"{before} ({match['scale']})", parse_unit(match["unit"])


def split_unit(name: str) -> tuple[str, Unit | None]:
    """Take the unit out of the head of a column.

    Parameters
    ----------
    name : str
        For example ``"m_A' [GeV]"``, ``"mass_mev"``, ``"log10(m/GeV)"`` or ``"sigma_e_cm2"``.

    Returns
    -------
    rest : str
        The head without the unit.
    unit : Unit or None
        What stands in brackets at the end or is a known unit at the end; None if there is none. A
        bracket that holds no unit (``"M(A')"``) stays.
    """
    name = re.sub(_UPRIGHT, r"\1\2", with_carets(name[:LONGEST].replace("$", "")))
    if match := re.search(r"\[([^\[\]]*)\](?=\s*\)\s*$)", name):
        # log10(g [GeV^-1])
        return name[: match.start()].rstrip() + name[match.end() :], parse_unit(match[1])
    if behind := _BEHIND.search(name):
        rest, unit = split_unit(name[: behind.start()])
        if unit is not None and unit.dimension != "other":
            return f"{rest} {behind[0].strip()}", unit
    match = _BRACKET.search(name)
    if match and not _LOG_BEFORE.search(name[: match.start()]):
        inside = match[1] if match[1] is not None else match[2]
        if both := _with_scale(name[: match.start()].strip(), inside):
            return both
        if match[1] is not None and re.fullmatch(r"log_?\{?10\}?|lg|ln", inside, re.IGNORECASE):
            return f"{name[: match.start()].strip()} {inside}", None
        if match[1] is not None and re.fullmatch(_SYMBOL, plain(inside)):
            return f"{name[: match.start()].strip()} {inside}", None
        unit = parse_unit(inside)
        if re.search(r"(?<![A-Za-z])C\.?L\b|limit|obs|exp|median", inside, re.IGNORECASE):
            return name, None
        if unit.dimension != "other" or match[1] is not None:
            return name[: match.start()].strip(), unit
    if (match := _AREA_INSIDE.search(name)) and parse_unit(match[1]).dimension == "area":
        return (name[: match.start()] + name[match.end() :]).strip(), parse_unit(match[1])
    if match := re.search(r"\s*/\s*(10\^\{?-?\d+\}?|1e-?\d+)\s*$", name, re.IGNORECASE):
        return name[: match.start()], parse_unit(match[1])
    if match := _SHARED.search(name):
        return name[: match.start()].strip(), parse_unit(match[1])
    if match := _WORDS.search(name):
        text = match[1] if "(" in match[1] else match[1].rstrip(") ")
        unit = parse_unit(text)
        if unit.dimension != "other" or "of" in match[0].lower().split():
            return name[: match.start()].strip(), unit
    for pattern in (_INSIDE, _TAIL):
        match = pattern.search(name)
        # "8 GeV" is an energy, not a unit.
        if match and not re.search(r"(?:^|[\s,=(])\d[\d.]*$", name[: match.start()]):
            unit = parse_unit(match[1])
            closing = (
                ")" if pattern is _TAIL and name[match.start() :].rstrip().endswith(")") else ""
            )
            rest = (name[: match.start()] + closing + name[match.end() :]).strip()
            if unit.dimension != "other" and rest:
                return rest, unit
    return name, None
