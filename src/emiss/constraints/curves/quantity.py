"""Which quantity the head of a column names, in the wordings of public records, and conversions.

A column that is read as something it is not gives a silent wrong comparison, so a head is either
recognised, or says nothing beyond that it is a limit, or is kept as a name of its own that compares
with nothing else.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ...ground.bounded_text import shown
from ...ground.errors import EmissError
from .wording import Scale, Unit, parse_unit, plain, scale_of, split_unit

__all__ = ["Meaning", "converted", "epsilon_from_y", "is_mass", "is_of_dark_matter", "meaning_of",
           "named", "y_from_epsilon"]  # fmt: skip

Array = NDArray[np.float64]

_STRENGTH: Final = r"(?:[ _](?:parameter|strength|coefficient|coupling|angle))*"
_EPSILON: Final = (
    rf"(?<![a-z/])(?:epsilon|eps|kappa|kinetic[ _-]?mixing{_STRENGTH}|"
    rf"(?:photon )?mixing (?:parameter|strength)(?: squared)?)(?![a-df-z])"
)
_POWER: Final = r"\)?(?:\^\(?([2-9])\)?|_?\^?sq\b|_?([2])(?![\d.a-z]))?"
_ONE_FERMION: Final = r"(?<![a-z])(?:epsilon|eps|kappa|g)_?(?:e|mu|tau|q|u|d|s|b|l|p|n|nu|chi|dm|d|d?ark|f)(?![a-z0-9'-])"
_G: Final = (
    r"(?<![a-z_0-9])g(?:_?(?:b ?- ?l|bl|z'?|zprime|zp|x|v|x17|l_?mu ?- ?l_?tau|mu ?- ?tau|phi|s|b))?'?"
    r"(?![a-z0-9_])(?!\s*-\s*2)|gauge coupling"
)
_SIGMA: Final = (
    r"(?<![a-z])(?<!\d)(?<!\d )(?<!\d_)(?:sigma(?:v)?|(?:cross[ _-]?sections?)|xsec\w*|xs)(?![a-df-z])"
)
_PATTERNS: Final = (
    ("g_agg", r"(?<![a-z])g_?\(?(?:a|alp) ?_?(?:gamma ?(?:gamma)?|gg|yy|ph)\)?|(?:axion|alp)[ -]photon coupling"),
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
_OTHERS: Final = re.compile(
    r"(?<![a-z])(?:events?|yields?|acceptance|efficiency|signal[ -]?strength|p[ -]?value|cls|"
    r"significance|lifetime|c?tau|f_a|theta|sin|tan|u_?(?:e|mu|tau)|alpha_?(?:d|x|b)\w*|mass|width|"
    r"ratio|r|probability|counts?|likelihood|energy|luminosity)(?![a-z])"
)
_GENERIC: Final = frozenset(
    "upper lower limit limits lim observed obs expected exp exclusion excluded exclude coupling couplings "
    "strength value values val cl c.l c.l. confidence level the of on at in an for bound bounds ul constraint "
    "constraints edge region curve data median central minimum maximum min max free parameter parameters "
    "dark photon photons boson mediator vector from to above below smallest largest this contour line "
    "na64 band a a' z' x v u".split()
)
_NOISE: Final = "observed|obs|expected|exp|limits?|lim|upper|lower|ul|9[059]|cl|median|max|min|excluded|bound"


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
    """

    name: str
    power: int
    scale: Scale
    unit: Unit | None
    head: str


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
    head = re.split(r"\s(?:vs\.?|versus|as a function of|against|with|assuming|where|at)\s", words)[0]
    return head if _matches(head) else words


def _matches(words: str) -> list[tuple[str, int]]:
    found: list[tuple[str, int]] = []
    for name, pattern in _PATTERNS:
        for match in re.finditer(pattern, words):
            power = re.match(_POWER, words[match.end() :])
            number = 1
            if power and power[0].strip(")"):
                number = int(power[1] or power[2] or 2)
            found.append((name, number))
            words = words[: match.start()] + " " * (match.end() - match.start()) + words[match.end() :]
    return found


def _one(found: list[tuple[str, int]], words: str) -> tuple[str, int] | None:
    """The one quantity that is named; None if there is none."""
    names = {name for name, _ in found}
    if not names:
        return None
    if "y" in names and names <= {"y", "epsilon", "g"} and re.match(r"\W*y\b|.*\bon y\b", words):
        return "y", 1
    if len(names) > 1 or re.search(r"epsilon(?:\^2)?[ *]*alpha_?[dx]|alpha_?[dx][ *]*epsilon", words):
        return words, 0
    if re.search(r"sqrt|1 ?/ ?(?:epsilon|eps|g)|(?:epsilon|eps|g)\^-|/ ?(?:m|lambda|f)_?", words):
        return (words, 0) if names & {"epsilon", "g", "y"} else (names.pop(), 1)
    name, power = names.pop(), max(power for _, power in found)
    if re.search(r"square of", words) and power == 1:
        power = 2
    if name == "one fermion":
        return words, 0
    return ("epsilon", 2 * power) if name == "ratio" else (name, power)


def named(words: str) -> tuple[str, int]:
    """Quantity and power that a text names.

    Parameters
    ----------
    words : str
        As `plain` gives it, without unit and logarithm.

    Returns
    -------
    name : str
        See `Meaning`; empty if the words say only that it is a limit.
    power : int
        Power of the quantity; 0 where the text names a product or several quantities.
    """
    text = _undecorated(words)
    subject = _subject(text)
    found = _one(_matches(subject), subject)
    if found is not None:
        return found if found[1] else (_bare(found[0]), 0)
    if _OTHERS.search(text):
        return _bare(text), 0
    left = [w for w in re.findall(r"[^\s,;:%()\[\]_+-]+", text) if not re.fullmatch(r"[\d.%<>=]+", w)]
    return ("", 1) if all(word.strip(".'\"") in _GENERIC for word in left) else (_bare(text), 0)


def _bare(words: str) -> str:
    """A name without the words that say which limit it is."""
    rest = re.sub(rf"(?<![a-z])(?:{_NOISE})(?![a-z])", " ", words)
    return re.sub(r"\s+", " ", rest).strip(" ,;:_") or words


def meaning_of(head: str, unit: str = "", more: str = "") -> Meaning:
    """Recognise what a column holds.

    Parameters
    ----------
    head : str
        Head of the column.
    unit : str, optional
        Unit, where the format has a place for it.
    more : str, optional
        What else the file says of its values, used where the head says nothing.

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
    if scale == "linear":
        scale = of_unit
    name, power = named(words)
    if not name and more:
        further, more_words = scale_of(plain(split_unit(more)[0]))
        name, power = named(more_words)
        name, power = (name, power) if power else ("", 1)
        scale = further if scale == "linear" else scale
    return Meaning(name, power, scale, stated, head)


def is_mass(head: str) -> bool:
    """Say whether a head names a mass."""
    words = scale_of(plain(split_unit(head)[0]))[1]
    if re.search(r"(?<![a-z])mass(?![a-z])|mass_|_mass", words):
        return True
    return bool(
        re.fullmatch(
            r"\W*m(?:[ _]?\(?(?:a|a'|ap|aprime|z|z'|zp|zprime|x|v|u|phi|s|chi|dm|gamma|gamma'|d|b|alp|"
            r"med|p=\d|h|w|w'|v'|chi_?\d?|b ?- ?l|gamma_?d|a_?d|a'->\w+|inv|ee|mumu)'?\)?)?'?\)?\W*",
            words,
        )
    )


def is_of_dark_matter(head: str) -> bool:
    """Say whether a mass is that of the dark matter, not of the mediator."""
    words = plain(head)
    return bool(
        re.search(r"(?<![a-z])m(?:ass)?[ _(]*(?:of )?(?:the )?(?:chi|dm(?![a-z])|wimp)", words)
        or re.search(r"(?:dark[ -]?matter|wimp|(?<![a-z])dm|chi)[ _-]*(?:particle )?mass", words)
    )


_ALLOWED: Final = {
    "epsilon": "number", "g": "number", "y": "number", "g_ae": "number", "branching": "number",
    "g_agg": "per energy", "g_phigg": "per energy", "sigma": "area",
}  # fmt: skip


def factor_of(meaning: Meaning) -> float:
    """Factor to GeV^-1, cm^2 or a number.

    Raises
    ------
    EmissError
        If the unit does not belong to the quantity.
    """
    if meaning.unit is None:
        return 1.0
    wanted = _ALLOWED.get(meaning.name)
    got = meaning.unit
    if wanted is None:
        # Of a name of its own, or of none: a number, or nothing is known of it.
        wanted = "number"
    if got.dimension != wanted:
        what = f"'{shown(meaning.head, 60)}'" + (f" ({meaning.name})" if meaning.name else "")
        needed = {"number": "no unit", "per energy": "GeV^-1", "area": "cm^2"}[wanted]
        raise EmissError(
            f"the unit '{shown(got.text, 40)}' does not belong to {what}, which has {needed}; "
            "choose another column, or correct the head."
        )
    return got.factor


def converted(values: Array, meaning: Meaning) -> Array:
    """Turn the numbers of a column into the quantity itself.

    Parameters
    ----------
    values : array of float, shape (n,)
        Numbers as they stand.
    meaning : Meaning
        What they are.

    Returns
    -------
    array of float, shape (n,)
        10**x or e**x of logarithms, in internal units, roots of powers.

    Raises
    ------
    EmissError
        If the unit does not belong to the quantity, the base of a logarithm is not said, or the
        column is a product of which the quantity cannot be told.
    """
    if meaning.scale == "log":
        raise EmissError(
            f"'{shown(meaning.head, 60)}': the base of the logarithm is not said; write log10(...) "
            "or ln(...)."
        )
    factor = factor_of(meaning)
    with np.errstate(over="ignore", under="ignore"):
        if meaning.scale == "log10":
            values = np.power(10.0, values)
        elif meaning.scale == "ln":
            values = np.exp(values)
        values = values * factor
        if meaning.power > 1:
            values = np.power(np.where(values > 0.0, values, np.nan), 1.0 / meaning.power)
    return np.asarray(values, dtype=np.float64)


def y_from_epsilon(epsilon: Array, alpha_dark: float, mass_ratio: float) -> Array:
    """y = epsilon^2 alpha_D (m_chi/m_A')^4.

    Parameters
    ----------
    epsilon : array of float, shape (n,)
        Kinetic mixing.
    alpha_dark : float
        Dark coupling g_D^2/4pi.
    mass_ratio : float
        Mediator mass over dark-matter mass.

    Returns
    -------
    array of float, shape (n,)
        y, without unit.
    """
    return np.asarray(np.square(epsilon) * alpha_dark / mass_ratio**4)


def epsilon_from_y(y: Array, alpha_dark: float, mass_ratio: float) -> Array:
    """Inverse of `y_from_epsilon`; same parameters."""
    return np.asarray(np.sqrt(y / alpha_dark) * mass_ratio**2)


def checked_sector(alpha_dark: float | None, mass_ratio: float | None) -> tuple[float, float] | None:
    """The two numbers that tie y to epsilon, or None if neither is given.

    Raises
    ------
    EmissError
        If only one is given, or one is not positive and finite.
    """
    if alpha_dark is None and mass_ratio is None:
        return None
    if alpha_dark is None or mass_ratio is None:
        raise EmissError("y and epsilon need both alpha_D and the mass ratio; give both, or neither.")
    for name, value in (("alpha_D", alpha_dark), ("mass ratio", mass_ratio)):
        if not 0.0 < value < math.inf:
            raise EmissError(f"{name} = {value:g}: must be positive and finite.")
    return alpha_dark, mass_ratio
