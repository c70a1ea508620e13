"""What stands in the head of a column beside its quantity: harmless, or something that alters it.

A number, a power, a sign or a word such as "ratio" beside a quantity makes other numbers of its
values. What `harmless` lists does not; of all else nothing is known, and it counts as altering.
"""

from __future__ import annotations

import re
from typing import Final

from .harmless import PATTERNS, are_known, unknown_words
from .other_models import OTHER_BOSON
from .overlay import ONE_LEPTON

__all__ = ["MARK", "alters", "alters_mass"]

MARK: Final = "\x00"
"""Stands where the quantity was."""
_ALTERING: Final = (
    r"(?<![a-z])(?:squared?|squares|roots?|sqrt|cub(?:ed|e)|log\w*|ln|lg|ratios?|relative(?:ly)?|"
    r"numbers?|points?|units?|multipl(?:y|ied|ier|ication|es?)|times|(?:re)?scaled|scaling|factors?|"
    r"fractions?|percent\w*|divided|product|sum|differences?|inverse|reciprocal|normali[sz]\w*|"
    r"powers?|exponents?|antilog\w*|derivative|minus|plus|deviations?|index|indices|counts?|"
    r"improvement|correction|permille|promille|half(?!-)|halved|twice|doubled?(?!-)|tripled?|"
    r"quarter|(?:two|three)(?![ -](?:body|sigma|sided?|loop))|(?:ten|hundred|thousand|[mb]illion)"
    r"(?:s|ths?)?|milli|micro|nano|pico|db|arb|gradient|slope|density|weights?|flags?|changes?|"
    r"shifts?|bias)(?![a-z])|(?<![a-z])a\.u\.|"
    # Another quantity below or beside it.
    r"(?<![a-z])over (?:the )?(?:e|g|m|alpha|sqrt|thermal|relic|target|[\d(])|[%‰]|"
    r"(?<![a-z])(?:cos|sin|tan)(?![a-z])(?![^,;]*[<>])"
)
_STRAY: Final = r"(?<![a-z\d'.])\.?\d|\^\(?[+-]?\d|(?<![a-z])e[+-]?\d"
_TENS: Final = r"10\^|(?<![\w.])1e[+-]?\d|(?<![a-z])x ?1(?:0|e)|(?<=[\w)] )x \d"
_ONE_OF_TWO: Final = (
    r"(?:obs\w*|exp\w*|limits?|upper|lower|max\w*|min\w*|old|new|theory|na64|babar|best|\d\d ?%)"
)
_COMPARED: Final = (
    # A ratio or a difference of two limits.
    rf"(?<![a-z]){_ONE_OF_TWO}[)\]|]* ?[/-] ?[(|]*(?:{MARK})?[ _(]*{_ONE_OF_TWO}(?![a-z])"
)
_SLASHED: Final = (
    rf"(?<![a-z])[a-z0-9]{{3,}} ?/ ?(?!or(?![a-z]))[a-z0-9]{{3,}}|[)\w] ?[-/] ?[|(]?{MARK}"
)
_WITH_SIGMA: Final = (
    r"(?<![a-z])(?:f_?\(?(?:chi|x)\)?(?! ?=)|f_?\(?dm\)?(?=\W*$)|rho|omega\w*|n_e|a\^2)(?![a-z])"
)
_LETTER: Final = r"(?<![\w'.])[ceghijkmnoqrtwy](?![\w'.+-]|\^)"
_TIED: Final = (
    # A mass or a coupling that stands next to the quantity multiplies it.
    rf"{MARK}[ *]*(?:m_\w+'?|alpha(?:_\w+)?'?)(?![\w'])(?!\s*[=<>~/])|"
    rf"{MARK}[ *]*mass(?:es)?(?![ -]?(?:range|region|dependen|scan|hypothes))(?![a-z])|"
    rf"(?<![a-z])alpha(?:_\w+)?'?[ *]*{MARK}|{MARK}[ *]*g_\w+|(?<![a-z])g_\w+'?[ *]*{MARK}"
)
_FOREIGN_LETTER: Final = re.compile(r"[^\W\d_\x00-\x7f]+")
"""Of another alphabet, which may be a symbol: of the known ones none is left."""
_COUPLINGS: Final = ONE_LEPTON | {"epsilon", "g", "g_b", "y", "g_agg", "g_ae", "g_phigg"}


def alters(name: str, subject: str, text: str, names: frozenset[str] = frozenset()) -> str:
    """Find what makes something else of a quantity beside which it stands.

    Parameters
    ----------
    name : str
        The quantity.
    subject : str
        The part of the head that names it, with `MARK` in its place.
    text : str
        The whole head, likewise.
    names : frozenset of str, optional
        Words that are names, from `names_in`.

    Returns
    -------
    str
        A number, a power, a letter or a word that is not known to be harmless; else nothing.
    """
    compared = re.search(_COMPARED, text)
    for pattern in PATTERNS:
        subject, text = (re.sub(pattern, " ", words) for words in (subject, text))
    found = re.search(_ALTERING, text)
    if found is None and name not in _COUPLINGS:
        found = re.search(_TENS, text)
    if found is None and name in _COUPLINGS:
        found = (
            re.search(_TIED, subject)
            or re.search(_STRAY, text)
            or re.search(_LETTER, subject.replace(MARK, " "))
        )
    if found is None and name == "epsilon":
        found = OTHER_BOSON.search(text) or re.search(r"\((?:nu|tau|mu|e|q)\)", text)
    if found is None:
        found = compared or re.search(_SLASHED, text)
    if found is None and name == "sigma":
        found = re.search(_WITH_SIGMA, text)
    if found is not None:
        return found[0].replace(MARK, "").strip()
    if name not in _COUPLINGS:
        return ""
    if letter := _FOREIGN_LETTER.search(text):
        return letter[0]
    below = re.search(rf"{MARK}(?:_\(?([a-z])\)?(?![a-z0-9'])|('|_prime))", text)
    if name == "g" and re.search(rf"{MARK}'(?!_)", text):
        return "'"  # a second prime
    if below and name != "g":
        return below[1] or below[2]  # a subscript, a prime
    if (of := re.search(rf"([a-z][a-z0-9]*)\({MARK}", text)) and not are_known(of[1]):
        return of[1]  # a function of the quantity
    if re.search(r" a$", subject.rstrip()):
        return "a"  # a letter that tells columns apart, and no article
    # What the quantity is defined as does not stand beside it.
    beside = subject if "=" in text else text
    return next(iter(unknown_words(beside.replace(MARK, " "), names)), "")


def alters_mass(words: str) -> bool:
    """Say whether a word or a power of ten in the head of a mass makes something else of it.

    Parameters
    ----------
    words : str
        The head without its unit and logarithm, as `plain` gives it.

    Returns
    -------
    bool
        True for "relative mass", "mass multiplied by 1000" and the like.
    """
    for pattern in (*PATTERNS, r"(?<!of )mass(?:es)?[ _]points?"):
        words = re.sub(pattern, " ", words)
    return re.search(rf"{_ALTERING}|{_TENS}|\(\^\d", words) is not None
