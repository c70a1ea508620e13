"""Quantities that words name, and what else the words say beside them."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from .definitions import GAUGE_COUPLING, other_definition, without_definition
from .leftover import MARK, alters
from .overlay import ONE_LEPTON
from .wording import plain

__all__ = [
    "COUPLING",
    "DEFINES_Y",
    "Named",
    "bare",
    "first_named",
    "mentions",
    "named",
    "named_briefly",
]

_STRENGTH: Final = r"(?:[ _](?:parameter|strength|coefficient|coupling|angle))*"
COUPLING: Final = (
    rf"(?<![a-z/])(?:epsilon|eps|kappa|kinetic[ _-]?mixing{_STRENGTH}(?:[ ,(]+chi(?![a-z_])\)?)?|"
    r"(?:dark[ -]?photon|photon|kinetic|gamma)[ -]mixing|mixing (?:parameter|strength))(?![a-df-z])"
)
_POWER: Final = r"\)?(?:\.?\^\(?([2-9])\)?| ?\(\^([2-9])\)|[ _]?\^?sq\b\.?|_?([2])(?![\d.a-z]))?"
_SQUARE_BEFORE: Final = (
    r"(?:^|[(:,]|(?<![a-z_'])(?:the|on|of|for|limits?|lim|bounds?|observed|obs|expected|exp|"
    r"upper|lower|median|cl|ul))\s*\^2[ (|]*$"
)
_ONE_FERMION: Final = (
    r"(?<![a-z])(?!gp(?:rime)?(?![a-z]))(?:epsilon|eps|kappa|g)_?"
    r"(?:e|mu|tau|q|u|d|s|b|l(?! ?_?mu)|p|n|nu|chi|dm|d?ark|f)(?![a-z0-9'-])"
    r"(?! - (?:e|mu|tau)(?![a-z]))(?! ?tau(?![a-z]))"
)
DEFINES_Y: Final = (
    r"(?<![a-z])(?:epsilon|eps)\^2[ *x]*alpha_?(?:d\w*|x)'?[ *x]*"
    r"\(? ?m_?\(?(?:chi|l?dm|psi)\w*\)? ?/ ?m_?\(?\w+'?\)? ?\)?\^4"
)
"""What y is, as `plain` gives it."""
_SIGMA: Final = (
    r"(?<![a-z])(?<!\d)(?<!\d )(?<!\d_)(?<!\d-)(?<!one )(?<!two )(?<!one-)(?<!two-)(?<!three )"
    r"(?:sigma(?:v|_[enp])?|(?:cross[ _-]?sections?)|xsec\w*|xs)(?![a-df-z])"
)
_PATTERNS: Final = (
    (
        "g_agg",
        r"(?<![a-z])g_?\(?(?:a|alp) ?_?(?:gamma ?(?:gamma)?|gg|yy|ph|g(?![a-z]))"
        r"(?! ?[zw](?![a-z])|[a-z])\)?|"
        r"(?:axion|alp)[ -]photon coupling",
    ),
    ("g_phigg", r"(?<![a-z])g_?\(?(?:phi|s) ?_?(?:gamma ?gamma|gg)\)?"),
    ("g_ae", r"(?<![a-z])g_?\(?ae{1,2}\)?(?![a-z])|(?:axion|alp)[ -]electron coupling"),
    ("ratio", r"alpha(?:'|_?prime|_?a')\s*/\s*alpha(?:_?em|_?qed)?(?![a-z])"),
    ("g_b", r"(?<![a-z])g_baryon(?![a-z0-9'-])"),
    ("one fermion", _ONE_FERMION),
    ("epsilon", COUPLING),
    ("y", r"(?<![a-z0-9_'])y(?![a-z0-9_']|[ -]ax[ie]s)"),
    ("sigma", _SIGMA),
    ("branching", r"branching|(?<![a-z])(?:br|bf)(?![a-z])|(?<![a-z])b ?\("),
    ("g", GAUGE_COUPLING),
)
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
    r"a'|z'|x|v|u|low|high|up|sensitivity|reach"
)
_FACTOR: Final = r"(?:epsilon|eps|kappa|kinetic mixing|y|g(?:_[a-z'-]+)?)"
_PRODUCT: Final = (
    rf"sqrt|x ?(?:10\^|1e)[+]?\d|{_FACTOR}\)?\^-|"
    # Another factor beside it: alpha_D, e, a power of ten, whatever an operator ties to it.
    rf"{_FACTOR}(?:\^\d)?[ *]*alpha_?[dx](?!\w*\s*=)|alpha_?[dx](?:ark)?[ *]+{_FACTOR}|"
    rf"(?<![a-z'])e[ *]+(?:epsilon|eps)|{_FACTOR}\)?(?:\^\d)?\s*(?:[*/]|x (?![a-z]*ev))|"
    rf"(?:[*/]|(?<![a-z])x)\s*\(?{_FACTOR}(?![a-z])|10\^-?\d+ ?\(?{_FACTOR}"
)
_SYMBOL: Final = r"(?:epsilon|eps|g|y)(?:_\(?[a-z']+\)?)?'?(?:\^\d)?"
_ADJACENT: Final = rf"(?<![a-z_']){_SYMBOL}\|? +\|?{_SYMBOL}(?![a-z'])"
"""Two symbols side by side: a product."""
_BEFORE: Final = (
    # A sign, an operator, a factor, a logarithm, or a word that makes another thing of the next.
    r"(?:^\W*-|[+*/]|\d ?-|log\w*|(?:^|[ (])exp ?\(-?|\( ?-|"
    r"(?:^|[ (])(?:d|delta|inverse|reciprocal|error|uncertainty|efficiency)"
    r"(?: of| on| in)?(?: the)?)[ (|]*$|"
    # Confidence levels and years are no factors.
    r"(?:^|[ (])(?!(?:6[578]|9\d|19\d\d|20\d\d)(?:\.\d+)?[ (|]*$)"
    r"\d[\d.]*(?:\^\(?-?\d+\)?|e-?\d+)?[ (|]*$"
)
_ONE_SIDE: Final = r"(?:lower|upper|low|up|high|down|minus|plus|total|stat\w*|sys\w*)"
_AFTER: Final = (
    # Efficiencies and uncertainties: subscripts that no mixing has.
    r"_\(?(?:sel|sig|trk|det|tot|sys|stat|bkg|gen|geom?|vtx|vert|data|pid|tag|rec|trg)[a-z]*|"
    r"[ )|]*(?:\^|\*|/(?! ?(?:[kmgt]?ev|cm))|\(? ?x ?(?:10|\d)|e[+-]?\d|"
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
_ASSUMED: Final = (
    r"(?<![a-z])(?:br|bf|branching(?: ratio| fraction)?|b(?= ?\())(?: ?\([^()=]*\))? ?= ?[\d.]+ ?%?"
    r"|branching (?:ratio|fraction) of (?:unity|one|1(?:\.0)?|100 ?%)"
)
_NOISE: Final = (
    "observed|obs|projected|expected|exp|limits?|lim|upper|lower|ul|9[059]|cl|median|med|max|min|"
    "excluded|bound"
)


def _undecorated(words: str) -> str:
    for _ in range(3):
        words = re.sub(rf"_(?=(?:{_NOISE})(?![a-z]))", " ", words)
        words = re.sub(rf"(?<![a-z])({_NOISE}|log10)_", r"\1 ", words)
    return words


def _subject(words: str) -> str:
    """The part of a head that names the quantity: not its definition, nor what it depends on."""
    match = re.search(r"(?<![a-z0-9_'])(y|epsilon(?:\^2)?|g|alpha'/alpha)\s*(?:=|:=|≡)", words)
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
    if len(found) > 1 and re.search(_ADJACENT, words):
        return words, 0
    if len(names) > 1 or (
        names - {"g_agg", "g_phigg", "g_ae", "sigma", "branching"} and re.search(_PRODUCT, words)
    ):
        return words, 0
    name, power = names.pop(), max(power for _, power in found)
    if re.search(r"square of", words) and power == 1:
        power = 2
    if name == "one fermion":
        name = _of_one_fermion(words)
        return name, power if name in ONE_LEPTON and len(found) == 1 else 0
    return ("epsilon", 2 * power) if name == "ratio" else (name, power)


_CHARGED: Final = re.compile(
    r"(?<![a-z])(epsilon|eps|kappa|g)_?(e|mu|tau)(?![a-z0-9'-])(?! - (?:e|mu|tau)(?![a-z]))"
)


def _of_one_fermion(words: str) -> str:
    """Name of the coupling to one charged lepton, ``g_mu`` or ``epsilon_e``; else the words."""
    match = _CHARGED.search(words)
    if match is None:
        return words
    return f"{'g' if match[1] == 'g' else 'epsilon'}_{match[2]}"


class Named(NamedTuple):
    """What a text names.

    Parameters
    ----------
    name : str
        See `Meaning`; empty if the words say only that it is a limit.
    power : int
        Power of the quantity; 0 where the text names a product or several quantities.
    doubt : str
        What stands beside the quantity and is not known to alter nothing.
    """

    name: str
    power: int
    doubt: str = ""


def named(words: str, *, prose: bool = True, names: frozenset[str] = frozenset()) -> Named:
    """Quantity and power that a text names.

    Parameters
    ----------
    words : str
        As `plain` gives it, without unit and logarithm.
    prose : bool, optional
        Whether it is a text about the values rather than the head of a column, in which all words
        beside the quantity must be harmless.
    names : frozenset of str, optional
        Words that are names, from `names_in`.

    Returns
    -------
    Named
        Name, power and doubt.
    """
    # A power behind the subscript that says which limit it is.
    words = re.sub(rf"(?<=[a-z'])_((?:{_NOISE})(?: ?%)?)\^([2-9])", r"^\2 \1", words)
    # What the symbol behind it says again.
    words = re.sub(r"(?<=coupling)(s?)\^2(?=[ ,:(]+(?:g|epsilon)\S*\^2)", r"\1", words)
    words = without_definition(words)
    # An exposure is no power of ten beside the quantity.
    text = re.sub(_ASSUMED, " ", re.sub(_EXPOSURE, r"e\1", _undecorated(words)))
    subject = _subject(text)
    matches, left = _matches(subject)
    found = _one(matches, subject)
    if found is not None:
        doubt = ""
        if found[1] and not prose:
            doubt = other_definition(text) or alters(found[0], left, _matches(text)[1], names)
            found = (text, 0) if doubt else found
        return Named(*found) if found[1] else Named(bare(found[0]), 0, doubt)
    if re.search(_OTHERS, text):
        return Named(bare(text), 0)
    rest = [
        w for w in re.findall(r"[^\s,;:%()\[\]_+-]+", text) if not re.fullmatch(r"[\d.%<>=]+", w)
    ]
    silent = all(re.fullmatch(_GENERIC, word.strip(".'\"")) for word in rest)
    return Named("", 1) if silent else Named(bare(text), 0)


def named_briefly(words: str) -> Named:
    """Quantity that a short text names in place of a head, each word counted."""
    found = named(words)
    left = _matches(_undecorated(words))[1]
    if found.power and (doubt := alters("", left, left)):
        return Named(bare(words), 0, doubt)
    return found


def mentions(text: str) -> bool:
    """Whether a text names any quantity, alone or in a product."""
    return bool(_matches(re.sub(_ASSUMED, " ", _undecorated(plain(text))))[0])


def first_named(words: str) -> int:
    """Where a text as `plain` gives it first names a coupling; -1 where it names none."""
    left = _matches(_undecorated(words))[1]
    return left.find(MARK)


def bare(words: str) -> str:
    """A name without the words that say which limit it is."""
    rest = re.sub(rf"(?<![a-z])(?!exp ?\()(?:{_NOISE})(?![a-z])", " ", words)
    rest = re.sub(r"[\[(][\s\d.%]*[\])]", " ", rest)
    rest = re.sub(r"^(?:(?:at|on|of|for)(?![a-z])|[%\s])+", "", rest)
    return re.sub(r"\s+", " ", rest).strip(" ,;:_") or words
