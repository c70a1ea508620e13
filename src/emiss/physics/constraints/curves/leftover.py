"""What stands in the head of a column beside its quantity: harmless, or something that alters it.

A number, a power, a percent sign or a word such as "ratio" beside a quantity makes other numbers of
its values. Confidence levels, years, energies, exposures, names of reactions and the numbers of
figures do not.
"""

from __future__ import annotations

import re
from typing import Final

__all__ = ["MARK", "alters", "alters_mass"]

MARK: Final = "\x00"
"""Stands where the quantity was."""
_NUMBER: Final = r"(?:10\^\(?\d+\)?|\d[\d.]*(?:e\+?\d+|\s*[x*]\s*10\^\(?\d+\)?)?)"
_UNIT: Final = (
    r"(?:[kmgt]?ev|[fpna]b\^?\(?-1\)?|/[fpna]b|[efpm]?ot|e[+-]?ot|mot|pot|electrons?|positrons?|"
    r"muons?|protons?|sigma|s\.?d\.?|(?:signal |expected |observed )?events?|days?|yrs?|years?|"
    r"k?g|t(?:ons?)?(?:[ .*-]*(?:yrs?|years?))?|[ck]?m|x_?0|[\s%]*(?:quantile|percentile)|"
    r"th percentile)(?![a-z])"
)
_HARMLESS: Final = (
    # Reactions and particles.
    r"[^\s()]*\s*->\s*[^\s)]+",
    r"(?<![a-z0-9\x00])(?:e|mu|tau|pi|p)\^?[+-](?:\s*(?:e|mu|tau|pi|p)\^?[+-])?(?![\w.])",
    r"s?u\(\d\)\w*",
    # Numbers that belong to other names, such as DarkSide-50 and E-137, and to masses.
    r"(?<![a-z])(?:(?![fpna]b-1(?!\d))[a-z]{2,}-\d+[a-z]*|e-?(?:137|141|774))(?![\d.^])",
    r"\(\s*m\s*\)",
    r"\(?m_?\(?[a-z'_]+\)?\s*/\s*m_?\(?[a-z'_]+\)?\)?(?:\^4)?(?:\s*=\s*[\d./]+)?",
    rf"[a-z_')/]\s*[=<>~]\s*\(?{_NUMBER}\)?(?:\s*/\s*\d+)?\s*(?:\*?\s*m_[\w']+|[kmgt]?ev)?",
    rf"{_NUMBER}\s*m_[\w']+",
    # Confidence levels, amounts with a unit, years, numbers of papers and figures.
    r"(?<![\d.^*/e-])(?:0?\.)?(?:6[578]|9\d)(?:\.\d+)?\s*(?:%|per ?cent)?(?=[\s),;:\]_-]|c\.?l|$)",
    rf"(?<![\d.^])[+-]?\s*{_NUMBER}[\s-]*{_UNIT}",
    r"(?<=\x00 )in gev\^-1|gev\^-1",
    r"(?<!\d)(?:19|20)\d\d(?:\s*[-+&/,]\s*(?:19|20)?\d\d)*(?![\d.])",
    r"(?:arxiv)?\W*\d{4}\.\d{4,5}",
    r"(?:fig(?:ure)?|table|tab|eq|ref|run|phase|panel|col(?:umn)?|scenario|benchmark|model|version|"
    r"case|type|spin|bc)s?[._ -]*#?\d+[a-z]?(?:\s*[+&-]\s*\d+)*(?![\d.])",
    r"(?:pr[dcl]|plb|epj[ac]|jhep|jcap|phys\w*\.? ?(?:rev|lett)\w*\.? ?(?:lett\w*\.?|[bcdx])?)"
    r"[ .,]*\d+(?:[\s,():]+\d+)*",
    r"\bc\. ?l\.?",
    # The first or second column of its name.
    r"(?<=\x00)[_.]\d(?![\w.^])",
    # Words that alter nothing where they stand.
    r"square of|mass[ _]ratio\s*[\d.]*|alpha_\w+\s+[\d.]+|(?:re)?scaled (?:to|from)|"
    r"(?:expected|exp|observed)[ _]+[+-]?[0-2](?![\d.])|sqrt\(?s\)?|"
    r"(?:branching|likelihood)[ _](?:ratio|fraction)|"
    r"log(?:arithmic)?[ -]?(?:scale|likelihood|axis)|(?:elementary|unit) charge|points? of\b",
)
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
_LETTER: Final = r"(?<![\w'.])[ceghijkmnoqrtwy](?![\w'.+-]|\^)"
_TIED: Final = (
    # A mass or a coupling that stands next to the quantity multiplies it.
    rf"{MARK}[ *]*(?:m_\w+'?|alpha(?:_\w+)?'?)(?![\w'])(?!\s*[=<>~/])|"
    rf"(?<![a-z])alpha(?:_\w+)?'?[ *]*{MARK}"
)
_COUPLINGS: Final = frozenset({"epsilon", "g", "y", "g_agg", "g_ae", "g_phigg"})


def alters(name: str, subject: str, text: str) -> bool:
    """Say whether what stands beside a quantity makes something else of it.

    Parameters
    ----------
    name : str
        The quantity.
    subject : str
        The part of the head that names it, with `MARK` in its place.
    text : str
        The whole head, likewise.

    Returns
    -------
    bool
        True if a number, a power, a letter or a word is left that is not known to be harmless.
    """
    for pattern in _HARMLESS:
        subject, text = (re.sub(pattern, " ", words) for words in (subject, text))
    if re.search(_ALTERING, text):
        return True
    if name not in _COUPLINGS:
        return bool(re.search(_TENS, text))
    if re.search(_TIED, subject):
        return True
    return bool(re.search(_STRAY, text) or re.search(_LETTER, subject.replace(MARK, " ")))


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
    for pattern in (*_HARMLESS, r"(?<!of )mass(?:es)?[ _]points?"):
        words = re.sub(pattern, " ", words)
    return re.search(rf"{_ALTERING}|{_TENS}|\(\^\d", words) is not None
