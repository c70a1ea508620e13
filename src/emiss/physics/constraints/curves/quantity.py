"""Which quantity the head of a column names, in the wordings of public records.

A column that is read as something it is not gives a silent wrong comparison, so a head is either
recognised, or says nothing beyond that it is a limit, or is kept as a name of its own that compares
with nothing else.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Final

from ....ground import constants as const
from .leftover import MARK, alters
from .wording import Scale, Unit, parse_unit, plain, scale_of, split_unit

__all__ = ["KNOWN", "Meaning", "meaning_of", "mentions", "named"]

KNOWN: Final = frozenset({"epsilon", "g", "y", "g_agg", "g_ae", "g_phigg", "sigma", "branching"})
"""Quantities that are recognised; any other name compares with nothing but itself."""
_STRENGTH: Final = r"(?:[ _](?:parameter|strength|coefficient|coupling|angle))*"
_EPSILON: Final = (
    rf"(?<![a-z/])(?:epsilon|eps|kappa|kinetic[ _-]?mixing{_STRENGTH}|"
    r"(?:dark[ -]?photon|photon|kinetic)[ -]mixing|mixing (?:parameter|strength))(?![a-df-z])"
)
_POWER: Final = r"\)?(?:\^\(?([2-9])\)?| ?\(\^([2-9])\)|_?\^?sq\b|_?([2])(?![\d.a-z]))?"
_SQUARE_BEFORE: Final = (
    r"(?:^|[(:,]|(?<![a-z_'])(?:the|on|of|for|limits?|lim|bounds?|observed|obs|expected|exp|"
    r"upper|lower|median|cl|ul))\s*\^2[ (|]*$"
)
_ONE_FERMION: Final = (
    r"(?<![a-z])(?:epsilon|eps|kappa|g)_?"
    r"(?:e|mu|tau|q|u|d|s|b|l(?! ?_?mu)|p|n|nu|chi|dm|d?ark|f)(?![a-z0-9'-])"
    r"(?! - (?:e|mu|tau)(?![a-z]))"
)
_G: Final = (
    r"(?<![a-z_0-9])g(?:_?(?:b ?- ?l|bl|z'?|zprime|zp|x|v|x17|l_? ?mu ?- ?l_? ?tau|mu ?-? ?tau|"
    r"phi|s|b))?'?"
    r"(?![a-z0-9_])(?!\s*-\s*2)|gauge coupling"
)
_SIGMA: Final = (
    r"(?<![a-z])(?<!\d)(?<!\d )(?<!\d_)(?<!\d-)"
    r"(?:sigma(?:v|_[enp])?|(?:cross[ _-]?sections?)|xsec\w*|xs)(?![a-df-z])"
)
_PATTERNS: Final = (
    (
        "g_agg",
        r"(?<![a-z])g_?\(?(?:a|alp) ?_?(?:gamma ?(?:gamma)?|gg|yy|ph|g(?![a-z]))\)?|"
        r"(?:axion|alp)[ -]photon coupling",
    ),
    ("g_phigg", r"(?<![a-z])g_?\(?(?:phi|s) ?_?(?:gamma ?gamma|gg)\)?"),
    ("g_ae", r"(?<![a-z])g_?\(?ae{1,2}\)?(?![a-z])|(?:axion|alp)[ -]electron coupling"),
    ("ratio", r"alpha(?:'|_?prime|_?a')\s*/\s*alpha(?:_?em|_?qed)?(?![a-z])"),
    ("one fermion", _ONE_FERMION),
    ("epsilon", _EPSILON),
    ("y", r"(?<![a-z0-9_'])y(?![a-z0-9_'])"),
    ("sigma", _SIGMA),
    ("branching", r"branching|(?<![a-z])(?:br|bf)(?![a-z])|(?<![a-z])b ?\("),
    ("g", _G),
)
# Compiled when first asked for: most processes read no curve, and compiling takes 20 ms.
_OTHERS: Final = (
    r"(?<![a-z])(?:events?|yields?|acceptance|efficiency|signal[ -]?strength|p[ -]?value|cls|"
    r"significance|lifetime|c?tau|f_a|theta|sin|tan|u_?(?:e|mu|tau)|alpha_?(?:d|x|b)\w*|mass|width|"
    r"ratio|r|probability|counts?|likelihood|energy|luminosity)(?![a-z])"
)
_GENERIC: Final = (
    r"upper|lower|limit|limits|lim|observed|obs|projected|expected|exp|exclusion|excluded|exclude|"
    r"coupling|couplings|strength|value|values|val|cl|c\.l|c\.l\.|confidence|level|the|of|"
    r"on|at|in|an|for|bound|bounds|boundary|border|ul|constraint|constraints|edge|region|curve|data|median|"
    r"central|minimum|maximum|min|max|free|parameter|parameters|dark|photon|photons|boson|"
    r"mediator|vector|from|to|above|below|smallest|largest|this|contour|line|band|a|"
    r"a'|z'|x|v|u|low|high|up"
)
_FACTOR: Final = r"(?:epsilon|eps|kappa|kinetic mixing|y|g(?:_[a-z'-]+)?)"
_PRODUCT: Final = (
    rf"sqrt|x ?(?:10\^|1e)[+]?\d|{_FACTOR}\)?\^-|"
    # Another factor beside it: alpha_D, e, a power of ten, whatever an operator ties to it.
    rf"{_FACTOR}(?:\^\d)?[ *]*alpha_?[dx](?!\w*\s*=)|alpha_?[dx](?:ark)?[ *]+{_FACTOR}|"
    rf"(?<![a-z'])e[ *]+(?:epsilon|eps)|{_FACTOR}\)?(?:\^\d)?\s*(?:[*/]|x (?![a-z]*ev))|"
    rf"(?:[*/]|(?<![a-z])x)\s*\(?{_FACTOR}(?![a-z])|10\^-?\d+ ?\(?{_FACTOR}"
)
_BEFORE: Final = (
    # A sign, an operator, a factor, a logarithm, or a word that makes another thing of the next.
    r"(?:^\W*-|[+*/]|\d ?-|log\w*|(?:^|[ (])exp ?\(|(?:^|[ (])(?:d|delta|inverse|reciprocal|error|"
    r"uncertainty|efficiency)(?: of| on| in)?(?: the)?)[ (|]*$|"
    # Confidence levels and years are no factors.
    r"(?:^|[ (])(?!(?:6[578]|9\d|19\d\d|20\d\d)(?:\.\d+)?[ (|]*$)"
    r"\d[\d.]*(?:\^\(?-?\d+\)?|e-?\d+)?[ (|]*$"
)
_ONE_SIDE: Final = r"(?:lower|upper|low|up|high|down|minus|plus|total|stat\w*|sys\w*)"
_AFTER: Final = (
    # Efficiencies and uncertainties: subscripts that no mixing has.
    r"_\(?(?:sel|sig|trk|det|tot|sys|stat|bkg|gen|geom?|vtx|pid|tag|rec|trg)[a-z]*|"
    r"[ )|]*(?:\^|\*|/(?! ?(?:[kmgt]?ev|cm))|\(? ?x ?(?:10|\d)|e[+-]?\d|-axis|"
    rf"[ _(,]*(?:{_ONE_SIDE}[ _]+)*"
    r"(?:eff|efficiency|acc|acceptance|trig|trigger|reco|errors?|err|unc|uncertainty|stat|"
    r"syst|rel|ref)(?:\)|[ _]?(?:upper|lower|up|down|high|low)|[ _]?[+-])?\W*$|"
    r"[ #;,:(]+(?:relative|normali[sz]ed|compared|in units?|in multiples|divided|times(?= \d))"
    r"(?![a-z]))"
)
_EXPOSURE: Final = (
    r"(?<=\d) ?(?:x|\*) ?10\^\(?(\d+)\)?(?= ?"
    r"(?:[efpm]?ot|e[+-]ot|mot|electrons?|positrons?|protons?|muons?)(?![a-z]))"
)
_NOISE: Final = (
    "observed|obs|projected|expected|exp|limits?|lim|upper|lower|ul|9[059]|cl|median|max|min|"
    "excluded|bound"
)


@dataclass(frozen=True, slots=True)
class Meaning:
    """What the numbers of a column are.

    Parameters
    ----------
    name : str
        ``"epsilon"``, ``"g"``, ``"y"``, ``"g_agg"``, ``"g_ae"``, ``"g_phigg"``, ``"sigma"``,
        ``"branching"``, another name as the file has it, or nothing if the file does not say.
    power : int
        The column holds this power of the quantity.
    scale : str
        ``"linear"``, ``"log10"``, ``"ln"`` or ``"log"``.
    unit : Unit or None
        Unit as stated; None if none is.
    head : str
        The head of the column, for messages.
    factor : float, optional
        What the numbers are to be multiplied with beside their unit: e for ``g/e``.
    """

    name: str
    power: int
    scale: Scale
    unit: Unit | None
    head: str
    factor: float = 1.0


def _undecorated(words: str) -> str:
    for _ in range(3):
        words = re.sub(rf"_(?=(?:{_NOISE})(?![a-z]))", " ", words)
        words = re.sub(rf"(?<![a-z])({_NOISE}|log10)_", r"\1 ", words)
    return words


def _subject(words: str) -> str:
    """The part of a head that names the quantity: not its definition, nor what it depends on."""
    match = re.search(r"(?<![a-z0-9_'])(y|epsilon(?:\^2)?|g)\s*(?:=|:=|≡)", words)
    if match:
        return match[1]
    head = re.split(r"\s(?:vs\.?|versus|as a function of|against|with|assuming|where|at)\s", words)[
        0
    ]
    return head if _matches(head)[0] else words


def _matches(words: str) -> tuple[list[tuple[str, int]], str]:
    """Quantities that words name, with their powers, and the words without them.

    Of power 0 is what only goes into another.
    """
    found: list[tuple[str, int]] = []
    spans: list[tuple[int, int]] = []
    whole = words
    for name, pattern in _PATTERNS:
        for match in re.finditer(pattern, words):
            power = re.match(_POWER, words[match.end() :])
            number, end = 1, match.end()
            if power and power[0].strip(")"):
                number, end = int(power[1] or power[2] or power[3] or 2), end + power.end()
            square = re.search(_SQUARE_BEFORE, words[: match.start()]) if number == 1 else None
            if square:
                number = 2
                spans.append((square.end() - len(square[0][square[0].index("^") :]), square.end()))
            if re.search(_BEFORE, words[: match.start()]) or re.match(_AFTER, words[end:]):
                number = 0
            found.append((name, number))
            spans.append((match.start(), end))
            words = (
                words[: match.start()] + " " * (match.end() - match.start()) + words[match.end() :]
            )
    for start, end in sorted(spans, reverse=True):
        whole = f"{whole[:start]}{MARK}{whole[end:]}"
    return found, whole


def _one(found: list[tuple[str, int]], words: str) -> tuple[str, int] | None:
    """The one quantity that is named; None if there is none."""
    names = {name for name, _ in found}
    if not names:
        return None
    if not all(power for _, power in found):
        return words, 0
    if "y" in names and names <= {"y", "epsilon", "g"} and re.match(r"\W*y\b|.*\bon y\b", words):
        return "y", next(power for name, power in found if name == "y")
    if len(names) > 1 or (names & {"epsilon", "g", "y", "ratio"} and re.search(_PRODUCT, words)):
        return words, 0
    name, power = names.pop(), max(power for _, power in found)
    if re.search(r"square of", words) and power == 1:
        power = 2
    if name == "one fermion":
        return words, 0
    return ("epsilon", 2 * power) if name == "ratio" else (name, power)


def named(words: str, *, prose: bool = True) -> tuple[str, int]:
    """Quantity and power that a text names.

    Parameters
    ----------
    words : str
        As `plain` gives it, without unit and logarithm.
    prose : bool, optional
        Whether it is a text about the values rather than the head of a column, in which all words
        beside the quantity must be harmless.

    Returns
    -------
    name : str
        See `Meaning`; empty if the words say only that it is a limit.
    power : int
        Power of the quantity; 0 where the text names a product or several quantities.
    """
    # A power behind the subscript that says which limit it is.
    words = re.sub(rf"(?<=[a-z'])_((?:{_NOISE})(?: ?%)?)\^([2-9])", r"^\2 \1", words)
    # An exposure is no power of ten beside the quantity.
    text = re.sub(_EXPOSURE, r"e\1", _undecorated(words))
    subject = _subject(text)
    matches, left = _matches(subject)
    found = _one(matches, subject)
    if found is not None:
        if found[1] and not prose:
            found = (text, 0) if alters(found[0], left, _matches(text)[1]) else found
        return found if found[1] else (_bare(found[0]), 0)
    if re.search(_OTHERS, text):
        return _bare(text), 0
    rest = [
        w for w in re.findall(r"[^\s,;:%()\[\]_+-]+", text) if not re.fullmatch(r"[\d.%<>=]+", w)
    ]
    return (
        ("", 1)
        if all(re.fullmatch(_GENERIC, word.strip(".'\"")) for word in rest)
        else (_bare(text), 0)
    )


def mentions(text: str) -> bool:
    """Whether a text names any quantity, alone or in a product."""
    return bool(_matches(_undecorated(plain(text)))[0])


def _bare(words: str) -> str:
    """A name without the words that say which limit it is."""
    rest = re.sub(rf"(?<![a-z])(?:{_NOISE})(?![a-z])", " ", words)
    return re.sub(r"\s+", " ", rest).strip(" ,;:_") or words


_G_ALONE: Final = rf"(?:{_G.split('|gauge')[0]})"
_MULTIPLES: Final = (
    # Pattern, what is left in its place, and the factor in front of it.
    (rf"\( ?(?P<g>{_G_ALONE}) ?/ ?e ?\) ?\(?\^2\)?", r"\g<g>^2", const.ELECTRIC_CHARGE**2),
    (rf"(?P<g>{_G_ALONE}) ?/ ?e(?![\w^+-]| ?\)* ?\(?\^)", r"\g<g>", const.ELECTRIC_CHARGE),
    (rf"(?P<g>{_G_ALONE})\^2 ?/ ?e\^2", r"\g<g>^2", const.ELECTRIC_CHARGE**2),
    (
        rf"(?P<g>{_G_ALONE})\^2 ?/ ?(?:\( ?4 ?\*? ?pi ?\)|4 ?\*? ?pi(?![a-z]))",
        r"\g<g>^2",
        4.0 * math.pi,
    ),
)
_TENS: Final = re.compile(rf"10\^\(?(\d{{1,2}})\)?[ *]*(?={_EPSILON}|{_G})")


def _multiple_of(words: str) -> tuple[str, float]:
    """A head that is a defined multiple of a quantity: without its factor, and the factor."""
    for pattern, new, factor in _MULTIPLES:
        found, count = re.subn(pattern, new, words)
        if count == 1:
            return found, factor
    match = _TENS.search(words)
    if (
        match is None
        or re.search(r"[\d*/x^]\s*$", words[: match.start()])
        or re.search(r"\) ?\(?\^", words[match.end() :])
    ):
        return words, 1.0
    return words[: match.start()] + words[match.end() :], 10.0 ** -int(match[1])


_TO_PHOTONS: Final = r"(?<!dark )(?<!dark-)(?<![a-z])photon coupling"


def _is_one(unit: Unit) -> bool:
    return unit.dimension == "number" and unit.factor == 1.0


_SHORT: Final = 80
"""Longest text that is taken for a name of the values, in which each word counts."""


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
    scale, words = scale_of(plain(rest))
    of_unit, unit_words = scale_of(plain(unit))
    stated = own
    if unit.strip():
        stated = parse_unit(unit if of_unit == "linear" else unit_words)
        if own is not None and own.dimension not in {"other", "energy"} and _is_one(stated):
            # "dimensionless" does not take back a factor in the head.
            stated = own
    if scale == "linear":
        scale = of_unit
    factor = 1.0
    name, power = named(words, prose=prose)
    twice = stated is not None and stated.factor != 1.0 and _TENS.search(words) is not None
    if not (power or prose or twice or "=" in words or scale != "linear"):
        without, factor = _multiple_of(words)
        name, power = named(without, prose=False) if factor != 1.0 else (name, power)
    per_energy = stated is not None and (stated.dimension, stated.power) == ("per energy", 1)
    if not name and per_energy and re.search(_TO_PHOTONS, words):
        name = "g_agg"
    if more:
        further, more_words = scale_of(plain(split_unit(more)[0]))
        told, exponent = named(more_words)
        if not name and exponent:
            name, power = told, exponent
            left = _matches(_undecorated(more_words))[1]
            if len(more) <= _SHORT and alters("", left, left):
                name, power = _bare(more_words), 0
        if scale == "linear" and (told in {"", name} or "scale" in more_words):
            scale = further
    return Meaning(name, power, scale, stated, head, factor if power else 1.0)
