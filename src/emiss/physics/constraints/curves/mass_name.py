"""Heads of columns that name a mass, and whose: of the mediator or of the dark matter."""

from __future__ import annotations

import re
from typing import Final

from .harmless import PATTERNS, names_in, unknown_words
from .leftover import alters_mass
from .naming import first_named
from .unit_text import split_unit
from .wording import plain, scale_of

__all__ = ["MASS_SYMBOL", "is_mass", "is_of_dark_matter", "is_of_mediator", "may_be_mass"]

_NOT_MASS: Final = re.compile(
    r"(?<![a-z])(?:pt|et|p_t|e_t|sqrt|energy|momentum|q\^2|q2|ht|met|eta|rapidity|angle|time|c?tau|"
    r"lifetime|length|distance|frequency|hz|alpha|epsilon|coupling|splitting|run|bin|"
    r"index|lambda|scale|temperature|f_a|width|gamma|resolution|[epqtk])(?![a-z])"
)
_ALTERED: Final = re.compile(
    # A sign, a factor, a power, a ratio, or a word that makes something else of a mass.
    r"^\W*-|^\W*(?!20\d\d)\d[\d.^e]*\s*(?:\*|x|\\times|\\cdot|\u00b7)?\s*\(?m(?!ev)|[*/]\s*\(?\d|"
    r"(?<![a-z])x ?(?!17(?!\d))\d|(?:mass|m_?\(?[a-z]*'?\)*|\])\s*[+-]\s*(?!20\d\d)\d|"
    r"m(?:ass)?(?:_\(?\w+)?'?\)*\^\(?(?:-\d|[2-9])|/\s*m_?\w*'?\)*$|^\W*[kmgt]?ev\s*/|"
    r"^\W*mass[ _]ratio|"
    r"(?<![a-z])(?:delta|half|twice|double|inverse|reciprocal|err(?:or)?|uncertainty|difference|"
    r"splitting|ratio|resolution|width|shift)(?: (?:of|in|on|between|the|to))*[ _]*\(?m(?![eg]v)|"
    r"mass(?:es)?[ _](?:difference|splitting|err|unc|resolution|width|shift)"
)
_DARK: Final = r"chi|dm|ldm|sgdm|cdm|wdm|wimp|psi|darkmatter|dark_?matter|dark_?fermion|neutralino"
_OF: Final = (
    r"a|a'|ap|aprime|a'_?d|a_?d|z|z'|zp|zprime|zd|z_?d|x|x17|x_?17|v|v'|u|u'|phi|phi'|s|h|h'|w|w'|"
    r"d|b|alp|axion|med|mediator|boson|dp|(?:dark|hidden)[ -]?photon|dark|gamma|gamma'|"
    r"gamma_?\(?d(?:ark)?\)?|g'|p=\d|b ?- ?l|"
    r"l_?mu ?- ?l_?tau|inv|miss|ee|mumu|ll|res|hyp|low|high|min|max|mid|lo|hi|bin|cent(?:er|re)|"
    rf"a'->\w+|mu ?mu|(?:e|mu|l)\^?\+ ?(?:e|mu|l)\^?-|gamma ?gamma|pi ?pi|{_DARK}"
)
MASS_SYMBOL: Final = (
    rf"(?<![a-z'])m(?:[ _]?\(?(?:{_OF})(?![a-z])\)?(?:\^[\d+*-]+)?(?:_?\d+)?)?'?\)?(?![\w'])"
)
_NAMES: Final = (
    r"x|a'?|z'?|v|mass|mediator|(?:dark|hidden|heavy) photon|dark[ -]?matter|wimp|ldm|dm|chi|"
    r"(?:new |gauge |vector |scalar |dark )?boson|vector|scalar|pseudoscalar|alp|axion|x-?axis|x17|"
    r"dark (?:scalar|higgs|fermion)|"
    # In German, French, Italian, Spanish, Russian and Chinese.
    r"masse|massa|masa|масса|质量"
)


def _words(head: str) -> str:
    words = scale_of(plain(split_unit(head)[0]))[1]
    # "m_chi = m_A'/3": what it equals is not what it is called.
    name, equals, _ = words.partition("=")
    return name.strip() if equals and re.fullmatch(rf"\W*{MASS_SYMBOL}\W*", name) else words


def is_mass(head: str) -> bool:
    """Say whether a head names a mass, and not what is made of one (twice a mass, a difference).

    Parameters
    ----------
    head : str
        As the file has it.

    Returns
    -------
    bool
        False where a coupling is named first (a limit as a function of the mass), or a word
        stands beside the mass that is not known to alter nothing.
    """
    words = _words(head)
    if _ALTERED.search(words) or alters_mass(words) or _OF_OTHERS.search(words):
        return False
    spelled = words.replace("_", " ")
    named = re.search(r"(?<![a-z])mass(?:es)?(?![a-z])", spelled) or re.search(MASS_SYMBOL, words)
    if named is None or 0 <= first_named(words) < named.start():
        return False
    if re.fullmatch(rf"\W*{MASS_SYMBOL}\W*", words):
        return True
    for pattern in (MASS_SYMBOL, *PATTERNS):
        words = re.sub(pattern, " ", words)
    words = re.sub(rf"(?<![a-z])(?:{_DARK}|{_OF})(?![a-z])", " ", words.replace("_", " "))
    beside = unknown_words(words, names_in(head) - {"ev", "mev", "gev"})
    return set(beside) <= _BESIDE


_BESIDE: Final = frozenset(
    {
        "point",
        "points",
        "hypothesis",
        "hypotheses",
        "value",
        "values",
        "h",
        "candidate",
        "paraphoton",
        "hypothesised",
        "hypothesized",
        "test",
        "tested",
        "assumed",
    }
)
_KNOWN_PARTICLE: Final = (
    r"electron|positron|muon|tau|proton|neutron|nucleon|nucleus|kaon|pion|neutrino|quark|top|charm|"
    r"bottom|meson|planck|atom|(?<!dark )higgs"
)
_OF_OTHERS: Final = re.compile(
    r"(?<![a-z])(?:invariant|recoil|transverse|reduced|effective)(?![a-z])|"
    rf"(?<![a-z])(?:{_KNOWN_PARTICLE})s?[ _]mass|mass of (?:an? |the )?(?:{_KNOWN_PARTICLE})"
)


def may_be_mass(head: str) -> bool:
    """Say whether a head without the word is that of a mass: a particle, an axis, or nothing.

    Parameters
    ----------
    head : str
        As the file has it.

    Returns
    -------
    bool
        True for ``"A' [MeV]"`` and ``"x"``; false for a width or an energy.
    """
    words = _words(head).strip(" ,:;()_")
    return not words or is_mass(head) or re.fullmatch(_NAMES, words) is not None


def is_of_dark_matter(text: str) -> bool:
    """Say whether a mass is that of the dark matter, not of the mediator."""
    words = plain(text)
    return bool(
        re.search(
            r"(?<![a-z])m(?:ass(?:es)?)?[ _(]*(?:of )?(?:the )?(?:light )?"
            rf"(?:{_DARK}|dark[ -]matter|dark[ -]fermion)(?![a-z])",
            words,
        )
        or re.search(
            rf"(?:dark[ -]?matter|dark[ -]fermion|(?<![a-z])(?:{_DARK}))[ _-]*"
            r"(?:particle |candidate )?mass",
            words,
        )
        or re.fullmatch(rf"\W*(?:{_DARK}|dark[ -]matter)\W*", plain(split_unit(text)[0]))
        or re.search(r"\((?:the )?(?:dark[ -]?matter|dm|wimp)\)", words)
    )


_MEDIATOR: Final = re.compile(
    r"mediator|dark photon|boson|m_?\(?(?:a'|ap|aprime|z'|zp|med|a(?![a-z])|v(?![a-z]))"
)


def is_of_mediator(text: str) -> bool:
    """Say whether a mass is clearly that of the mediator."""
    return _MEDIATOR.search(plain(text)) is not None
