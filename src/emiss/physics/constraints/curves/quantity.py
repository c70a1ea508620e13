"""Which quantity the head of a column names, in the wordings of public records.

A column that is read as something it is not gives a silent wrong comparison, so a head is either
recognised, or says nothing beyond that it is a limit, or is kept as a name of its own that compares
with nothing else.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

from ....ground import constants as const
from .definitions import GAUGE_COUPLING
from .harmless import names_in
from .naming import COUPLING, DEFINES_Y, Named, named, named_briefly
from .overlay import ONE_LEPTON
from .unit_text import Unit, of_one_factor, parse_unit, split_unit
from .wording import Scale, plain, scale_of

__all__ = ["KNOWN", "Meaning", "meaning_of", "states_logarithm"]

KNOWN: Final = ONE_LEPTON | {
    "epsilon", "g", "g_b", "y", "g_agg", "g_ae", "g_phigg", "sigma", "branching"
}  # fmt: skip
"""Quantities that are recognised; any other name compares with nothing but itself."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What the numbers of a column are.

    Parameters
    ----------
    name : str
        ``"epsilon"``, ``"g"``, ``"y"``, ``"g_agg"``, ``"g_ae"``, ``"g_phigg"``, ``"sigma"``,
        ``"branching"``, another name as the file has it, or nothing if the file does not say.
    power : int
        The column holds this power of the quantity; negative for its inverse, and 0 where it holds
        something else that goes by the name.
    scale : str
        ``"linear"``, ``"log10"``, ``"ln"`` or ``"log"``.
    unit : Unit or None
        Unit as stated; None if none is.
    head : str
        The head of the column, for messages.
    factor : float, optional
        What the numbers are to be multiplied with beside their unit: e for ``g/e``.
    doubt : str, optional
        What stands beside the quantity and is not understood, so that the name is one of its own.
    tens : int, optional
        Power of ten that stands beside the quantity without a bracket: the numbers were multiplied
        with it, or it is their unit. The sense in which they are small is taken, if it is the only
        one of the two in which they are couplings.
    """

    name: str
    power: int
    scale: Scale
    unit: Unit | None
    head: str
    factor: float = 1.0
    doubt: str = ""
    tens: int = 0


_G_ALONE: Final = rf"(?:{GAUGE_COUPLING.split('|gauge')[0]})"
_G_LEPTON: Final = r"(?<![a-z_0-9])g_?(?:e|mu|tau)(?![a-z0-9'-])"
_Y: Final = r"(?<![a-z0-9_'])y(?![a-z0-9_'])"
_NAME: Final = rf"(?:{COUPLING.replace('(?<![a-z/])', '(?<![a-z])', 1)}|{_G_ALONE}|g_baryon|{_Y})"
_ANY: Final = rf"(?P<any>{_NAME}\)?(?:\^\(?[2-4]\)?)?)"
_POWER_OF_TEN: Final = r"(?:10\^ ?\(?|1(?:\.0)?e)(?P<tens>[+-]?\d{1,2})\)?"
_FACTOR_BEFORE: Final = r"(?<![\d*/x^])(?<![\d*/x^] )"
_DEFINED: Final = (
    # Pattern, what is left in its place, the factor in front of it, and the sign of its power.
    (rf"\( ?(?P<g>{_G_ALONE}) ?/ ?e ?\) ?\(?\^2\)?", r"\g<g>^2", const.ELECTRIC_CHARGE**2, 1),
    (rf"(?P<g>{_G_ALONE}) ?/ ?e(?![\w^+-]| ?\)* ?\(?\^)", r"\g<g>", const.ELECTRIC_CHARGE, 1),
    (rf"(?P<g>{_G_ALONE})\^2 ?/ ?e\^2", r"\g<g>^2", const.ELECTRIC_CHARGE**2, 1),
    (
        rf"(?P<g>{_G_ALONE}|{_G_LEPTON})\^2 ?/ ?(?:\( ?4 ?\*? ?pi ?\)|4 ?\*? ?pi(?![a-z]))",
        r"\g<g>^2",
        4.0 * math.pi,
        1,
    ),
    (r"(?<![a-z])alpha'(?![\w'/^]| ?/)", "epsilon^2", 1.0 / const.ALPHA, 1),
    (r"(?<![a-z])alpha_b(?![\w'/^-]| ?[-/])", "g_baryon^2", 4.0 * math.pi, 1),
    (DEFINES_Y, "y", 1.0, 1),
    (
        rf"\( ?(?P<any>{_NAME}) ?/ ?(?:10\^ ?\(?|1(?:\.0)?e)(?P<of>-\d{{1,2}})\)? ?\)\^\(?2\)?",
        r"\g<any>^2",
        1.0,
        1,
    ),
    # Numbers times a power of ten; a negative one is their unit: small numbers in both.
    (rf"{_ANY} ?(?:x|\*|,|_|(?<= )) ?{_POWER_OF_TEN}(?! ?\)*\^)(?![\w.])", r"\g<any>", 1.0, 1),
    (rf"{_ANY}[ _,]+\(?e(?P<tens>-\d{{1,2}})\)?(?=$| )", r"\g<any>", 1.0, 1),
    (
        rf"{_FACTOR_BEFORE}{_POWER_OF_TEN}(?: ?[x*] ?| )?"
        rf"(?P<any>{_NAME}(?:\^[2-4])?)(?!\)? ?\(?\^)",
        r"\g<any>",
        1.0,
        1,
    ),
    (rf"{_FACTOR_BEFORE}1(?:\.0)? ?/ ?\(?{_ANY}(?! ?[a-z*/])", r"\g<any>", 1.0, -1),
    (rf"(?P<any>{_NAME})\)?\^\(?-(?P<power>[12])\)?", r"\g<any>^\g<power>", 1.0, -1),
)


class _Made(NamedTuple):
    """What a head is made of by definition: a quantity, a factor, a sign, a power of ten."""

    words: str
    factor: float = 1.0
    sign: int = 1
    tens: int = 0


def _defined(words: str) -> _Made:
    """Find the quantity of which a head is made by definition."""
    for pattern, new, factor, sign in _DEFINED:
        match = re.search(pattern, words)
        if match is not None and len(re.findall(pattern, words)) == 1:
            tens = abs(int(match.groupdict().get("tens") or 0))
            left = words[: match.start()] + match.expand(new) + words[match.end() :]
            # "10^4 epsilon" is a product and nothing else.
            product = re.match(r"10\^ ?\(?\+?\d|1(?:\.0)?e\+?\d", match[0])
            # Of what is squared with its unit the unit is squared too.
            made = factor * 10.0**-tens * 10.0 ** (2 * int(match.groupdict().get("of") or 0))
            return _Made(left.replace("^1", ""), made, sign, 0 if product else tens)
    return _Made(words)


_TO_PHOTONS: Final = r"(?<!dark )(?<!dark-)(?<![a-z])photon coupling"


_MINUS_LOG: Final = re.compile(
    r"^[\s${(]*(?:(?:-|\u2212)(?:\s*1\s*[*x\u00b7\u00d7])?|(?:minus|neg(?:ative)?) )\s*"
    r"(?=[${]*\\?(?:(?:math(?:rm|it)|text)\{)?(?:log|ln|lg))",
    re.IGNORECASE,
)
_ABSOLUTE_LOG: Final = re.compile(
    r"^[\s$]*(?:\\left)?(?:\||abs ?\()\s*"
    r"(?P<log>\\?(?:log|ln|lg)[^|()]*(?:\([^|()]*\))?[^|()]*?)(?:\\right)?(?:\||\))(?P<more>.*)$",
    re.IGNORECASE,
)
"""Of a coupling below 1 it is the logarithm with its sign turned."""
_SIGNED_LOG: Final = re.compile(
    r"(?:-|\u2212|\||\babs ?\(|\bminus )\s*[${]*\s*\\?(?:(?:math(?:rm|it)|text)\{)?(?:log|ln|lg)"
    r"(?![a-z]*[ -]?lik)",
    re.IGNORECASE,
)
_RAPIDITY: Final = re.compile(r"\|\s*y\s*\|", re.IGNORECASE)
_SHORT: Final = 80
"""Longest text that is taken for a name of the values, in which each word counts."""


def _joined(own: Unit | None, stated: Unit) -> Unit:
    """The unit in its place together with what the head says."""
    if own is None or own.dimension in {"other", "energy"}:
        return stated
    if stated.dimension == "number" and stated.factor == 1.0:
        # "dimensionless" does not take back a factor in the head.
        return own
    if of_one_factor(own, stated):
        return replace(stated, factor=own.factor * stated.factor)
    return stated


def _column_unit(own: Unit | None, unit: str) -> tuple[Scale, Unit | None]:
    """Scale and unit from the place for the unit, joined to those of the head."""
    scale, words = scale_of(plain(unit))
    if not unit.strip():
        return scale, own
    return scale, _joined(own, parse_unit(unit if scale == "linear" else words))


_LOG_OF_MASS: Final = re.compile(
    r"(?:log_?\(?10\)?|lg|ln|log)(?: of(?: the)?)? ?[(\[]* ?(?:mass\w*|m(?:_\(?[\w']+\)?|[axz]'?)?"
    r"(?![\w']))[^()]*\)?|mass\w* ?[(\[][^()\[\]]*[)\]]"
)
_AGAINST: Final = re.compile(r" (?:versus|vs\.?|against|as a function of) ")


_STATED: Final = re.compile(
    r"^\W*(?:(?:[\w%. ]+ )?(?:limits?|bounds?|contours?|exclusions?|values?|numbers?|"
    r"columns?(?: \d)?|"
    r"sensitivity|scale|y|quantity)\W+(?:(?:on|of|in|for|is|are|as|given|the|at|90|95|%|cl|c\.l\.|"
    r"upper|observed|expected)\W+)*)?(?:the )?(?:-|minus |absolute )?\W?"
    r"(?:log|lg|ln|decimal|decadic|natural|common|base)"
)


def states_logarithm(text: str) -> bool:
    """Say whether a text states that the values are logarithms.

    Parameters
    ----------
    text : str
        A description, a comment or a qualifier.

    Returns
    -------
    bool
        False where it only mentions one: a prior, an interpolation, another table, an axis.
    """
    return _STATED.search(plain(text)) is not None


def _without_masses(words: str) -> str:
    """A text on the values without what it says of the masses: their logarithm is no scale."""
    return _LOG_OF_MASS.sub(" ", _AGAINST.split(words)[0]).strip()


def meaning_of(head: str, unit: str = "", more: str = "", *, prose: bool = False) -> Meaning:
    """Recognise what a column holds.

    Parameters
    ----------
    head : str
        Head of the column.
    unit : str, optional
        Unit, where the format has a place for it.
    more : str, optional
        What else the file says of its values, used where the head says nothing.
    prose : bool, optional
        As for `named`.

    Returns
    -------
    Meaning
        Name, power, scale and unit.
    """
    rest, own = split_unit(head)
    unsigned = rest if prose else _ABSOLUTE_LOG.sub(r"\g<log>\g<more>", _MINUS_LOG.sub("", rest))
    said = plain(unsigned)
    scale, words = scale_of(_without_masses(said) if prose else said)
    of_unit, stated = _column_unit(own, unit)
    if not prose and (signed := _SIGNED_LOG.search(unsigned) or _RAPIDITY.search(rest)):
        return Meaning(plain(rest), 0, "linear", stated, head, 1.0, signed[0])
    scale = of_unit if scale == "linear" else scale
    made = _Made("", sign=1 if unsigned == rest else -1)
    names = frozenset() if prose else names_in(rest)
    found = named(words, prose=prose, names=names)
    if not (found.power or prose or "=" in words):
        of = _defined(words)
        twice = stated is not None and stated.factor != 1.0 and of.factor < 1.0
        # A factor beside a logarithm may be that of its numbers.
        outside = scale != "linear" and of.factor != 1.0
        whole = named(of.words, prose=False, names=names)
        if whole.power and not (twice or outside):
            found, made = whole, of._replace(sign=of.sign * made.sign)
    per_energy = stated is not None and (stated.dimension, stated.power) == ("per energy", 1)
    if not found.name and per_energy and re.search(_TO_PHOTONS, words):
        found = Named("g_agg", found.power)
    if not found.name and re.fullmatch(r"c?m\^?2", plain(stated.text if stated else "")):
        found = Named("sigma", found.power) if "coupling" not in words else found
    if more:
        further, more_words = scale_of(_without_masses(plain(split_unit(more)[0])))
        told = named(more_words)
        same = told.name in {"", found.name} and states_logarithm(more)
        if scale == "linear" and (same or "scale" in more_words):
            scale = further
        if not found.name and told.power:
            found = named_briefly(more_words) if len(more) <= _SHORT else told
            scale = further if scale == "linear" and states_logarithm(more) else scale
    return Meaning(
        found.name,
        made.sign * found.power,
        scale,
        stated,
        head,
        made.factor,
        found.doubt,
        made.tens,
    )
