"""Sentences about the numbers of a table: what alters them, said in comments and descriptions.

A sentence is about the values, the masses or something else, by the noun that stands nearest. What
alters the values must be said by the head as well, or be stated by the user; what is said of
backgrounds, exposures and the like alters nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

from .harmless import PATTERNS
from .wording import plain

__all__ = ["Statement", "statements"]

Kind = Literal[
    "logarithm", "signed", "power", "inverse", "factor", "share", "relative", "other", "named"
]
About = Literal["values", "masses"]


@dataclass(frozen=True, slots=True)
class Statement:
    """Something that a text says of the numbers.

    Parameters
    ----------
    about : str
        ``"values"`` or ``"masses"``.
    kind : str
        What is done to them.
    words : str
        The words that say so.
    """

    about: About
    kind: Kind
    words: str


_QUANTITY: Final = r"(?:epsilon|eps|kappa|g(?:_\(?[a-z'-]+\)?)?'?|y|alpha'|couplings?|mixings?)"
_VALUES: Final = (
    rf"values?|numbers?(?! of)|entr(?:y|ies)|ordinates?|y[ -]?(?:axis|values?)|{_QUANTITY}|"
    r"second column|(?:column|col\.?) ?2|limits?|bounds?|curves?|contours?|constraints?|results?|"
    r"exclusions?|sensitivit(?:y|ies)|everything|they|tables?|data(?! ?(?:sets?|samples?|taking))"
)
_MASSES: Final = (
    r"mass(?:es)?|m(?= ?[/)\[])|m_\(?[a-z']{1,4}\)?|m(?:a|x|z|dm|chi)'?|x[ -]?(?:axis|values?)|"
    r"first column|column 1"
)
_FOREIGN: Final = (
    r"cross[ -]?sections?|xsec\w*|backgrounds?|signals?|yields?|efficienc\w+|acceptances?|events?|"
    r"likelihoods?|luminosit\w+|spectr\w+|simulat\w+|monte|mc|samples?|energ\w+|moment(?:um|a)|"
    r"flux\w*|widths?|branching\w*|systematic\w*|uncertaint\w+|errors?|templates?|histograms?|"
    r"distributions?|pdfs?|trials?|alpha_\w+|exposures?|[efpm]ot|charges?|detectors?|triggers?|"
    r"bins?|binning|steps?|spac\w+|grids?|resolutions?|form|polari\w+|targets?|relic|densit\w+|"
    r"dos\w+|rates?|lifetimes?|axis|axes|scales?|columns? ?(?:[3-9]|\d\d)|(?:third|fourth|last) "
    r"column|plots?|figures?|curve of|interpolat\w+|fits?|smooth\w+|p-?values?|probabilit\w+|"
    r"test|phase|fractions?|nuisance|priors?|quantiles?|expected number|currents?|beams?|radius|"
    r"thickness|lengths?|times|momentum|angles?|amplitudes?|phases?|ratios? of"
)
_NOUN: Final = re.compile(
    rf"(?<![a-z'_])(?:(?P<foreign>{_FOREIGN})|(?P<masses>{_MASSES})|(?P<values>{_VALUES}))"
    r"(?![a-z'_])"
)
_OPERATION: Final[tuple[tuple[Kind, str, bool], ...]] = (
    # What is done, in which words, and whether the noun behind says to what.
    ("signed", r"(?:-|(?<![a-z])(?:minus|negative|absolute)(?: \w+)? )\s*(?:log|ln)\w*", False),
    ("logarithm", r"(?<![a-z])(?:log_?\(?10\)?|log|ln|lg)(?![a-z])", True),
    ("logarithm", r"(?<![a-z])logarithm\w*|(?<![a-z])decades", True),
    ("inverse", rf"(?<![\w.])1(?:\.0)? ?/ ?\(?(?:{_QUANTITY})(?![a-z])", False),
    ("inverse", rf"(?<![a-z]){_QUANTITY}\^\(?-\d", False),
    ("inverse", r"(?<![a-z])(?:inverses?|inverted|reciprocals?)(?![a-z])", True),
    ("power", r"(?<![a-z])(?:squares?|square[ -]roots?|roots?|cub(?:e|ed))(?![a-z])", True),
    ("power", r"(?:^|(?<=[ (])|(?<= are)|(?<= is)|(?<=value)|(?<=[su]es)|(?<=ers))\^[2-9]", False),
    ("power", r"(?<=couplings)\^[2-9]|(?<=coupling)\^[2-9]|(?<=mixing)\^[2-9]", False),
    (
        "factor",
        r"(?<![a-z])(?:multipl(?:y|ied|ying)|divid(?:e|ed|ing)|(?:re)?scal(?:e|ed|ing))"
        r"(?: \w+){0,3} (?:by|with)(?![a-z])",
        False,
    ),
    ("factor", r"(?<![a-z])(?:multipl(?:y|ied)|divided?)(?![a-z])", False),
    ("factor", r"(?<![a-z])(?:a )?(?:pre)?factors? (?:of )?(?:about )?(?:\d|10\^)", False),
    (
        "factor",
        # Not a number with a power of ten, as of electrons on target.
        r"(?<![\d.\\])(?<![\d.] )(?<![a-z])(?:times|[x*]) ?(?:10 ?\^|10{2,}|1e[+-]?\d)",
        False,
    ),
    (
        "factor",
        r"(?:10\^\(?-?\d+\)?|(?<![\w.])1e-?\d+|\d{2,}) times(?! (?:strong|weak|bet|wor|m|l))",
        False,
    ),
    ("factor", r"(?<![a-z])in (?:units?|multiples) of (?:the )?(?!.?[kmgt]?ev)", False),
    ("factor", r"(?<![a-z])(?:in|as) \(?(?:10\^\(?-?\d|1e-?\d)", False),
    ("factor", rf"(?<![a-z]){_QUANTITY}\)?(?:\^\d)? ?/ ?\(?(?:10\^|1e-?\d)", False),
    ("share", r"(?<!\d)(?<!\d )(?:%|(?<![a-z])(?:per ?cent(?:ages?)?|per ?mille?|pp[mb])(?![a-z]))",
     False),
    ("relative", r"(?<![a-z])(?:re)?normali[sz]ed(?! (?:energ|dist))", False),
    ("relative", r"(?<![a-z])normali[sz]ation(?= )", True),
    ("relative", r"(?<![a-z])relative to(?! (?:the )?(?:beam|axis))", False),
    ("relative", r"(?<![a-z])ratios? (?:to|with|over)(?![a-z])", False),
    ("relative", r"(?<![a-z])relative (?=(?:values|limits?|numbers|couplings?))", False),
)  # fmt: skip
_CALLED: Final = (
    # What values are said to be.
    r"(?:error|uncertaint|ratio|fraction|difference|exponent|efficienc|acceptance|"
    r"significance|pixel|p-?value|event|count|signal strength|signal yield|width|"
    r"deviation|number of|half|twice|double|index|indices|probabilit|chi\^2|likelihood|derivative|"
    r"relative|sum|product|acceptances|percentage|deltas?|shift|correction|weight|coordinate)"
)
_IS: Final = r"(?: (?:is|are|were|was|means?|denotes?|gives?|contains?|holds?|represents?)| ?[:=])"
_LABEL: Final = re.compile(
    r"(?:the |this |it |we (?:give|quote|list|show) |gives? |is |are |contains? )*"
    r"(?:(?:statistical|systematic|total|relative|absolute|signal|expected|observed|lower|upper|y|"
    rf"detection|selection|local|global|raw|standard) )*{_CALLED}\w*(?: events?)?"
    r"(?:(?: or| and| &)? \w*(?:error|uncertaint)\w*)?(?: (?:on|of|in|for|to|from) .*)?"
)
_LIMITED: Final = re.compile(
    r"(?:limits?|bounds?|exclusions?|u\.?l\.?|sensitivity) (?:on|of|for|to) (?:the )?(?:\w+ ){0,2}?"
    r"(?P<called>numbers? of|signal|events?|yields?|efficienc|branching|width|lifetime|mass|rate|"
    r"f_a|decay constant|theta|sin|u_|y_|lambda|[a-z]+ times)"
)
_COPULA: Final = re.compile(
    rf"(?<![a-z'_])(?:{_VALUES}){_IS}(?: (?:given|quoted|listed|here|all|taken|as|the|in|an?))* "
    rf"(?:[a-z]+ )?(?P<called>{_CALLED}\w*)"
)
_ALTERS_NOTHING: Final = (
    r"https?://\S+|\S+\.(?:csv|txt|dat|yaml|pdf|py|ipynb|git)(?![a-z])|\S*/\S*/\S+",
    # Logarithms of other things.
    r"log(?:arithmic(?:ally)?)?[ -]*(?:scales?|ax[ie]s|plots?|spac\w+|likelihoods?|bins?|binning|"
    r"binned|grids?|interpol\w+|steps?|normal|uniform|space|log|distributed|prior)|"
    r"(?:interpol\w+|linear|spaced|equidistant|uniform|sampled|binned|steps?|even|equal|grids?|"
    r"flat|constant|bins?)(?:ly)?(?: \w+)? (?:in|of) (?:the )?(?:log\w*|ln)(?: of(?: the)?)?\S*"
    r"(?: m\S*)?|"
    r"log-likelihood|-? ?2 ?\*? ?(?:delta ?)?(?:ln|log) ?\(?l\w*\)?|"
    r"(?:ln|log) ?\(?l(?:ikelihood)?\)?(?![a-z])|"
    r"(?:bi|semi)-?log\w*|log[ -]y|log[ -]x|(?:both|double|on)[ -]log\w*",
    # Ratios, fractions, numbers and units of other things.
    r"(?:mass|branching|likelihood|profile|test|signal[ -]to[ -](?:noise|background)|gyromagnetic)"
    r"[ _-]*(?:ratios?|fractions?|statistics?)(?: of)?|ratios? of (?:the )?(?:two )?mass\w*|"
    r"(?:ratio|fraction) m_\S+|signal strength limit|"
    r"(?:form|k|quality|enhancement|sommerfeld|damping|safety|trials?|look-elsewhere)[ -]factors?|"
    r"inverse (?:femto|atto|pico|nano)?barns?|inverse (?:compton|primakoff|beta|gev|[fpa]b)",
    r"(?:momentum|energy|transfer|invariant mass|missing mass|mass|chi|amplitude|matrix element|s)"
    r"[ -]*(?:\^2|squares?)|(?:least|mean)[ -](?:\^2|squares?)|root[ -]mean[ -](?:\^2|square)\w*",
    r"(?:in )?units? of (?:m_\w+|[kmgt]?ev(?:/c\^?2?)?)",
    r"(?:by )?(?:a )?factors? (?:of )?(?:about )?\d[\d.]* ?(?:better|worse|strong|weak|more|less|"
    r"improve|larger|smaller|higher|lower)\w*|(?:improv\w+|strengthen\w*|weaken\w*|stronger|weaker|"
    r"better|worse|reduc\w+|increas\w+)(?: \w+){0,3} by (?:a |an )?(?:\w+ )?(?:factors?)"
    r"(?: of)?(?: ?\d[\d.]*)?",
    r"(?:re)?(?:scaled|scaling|normali[sz]ed|weighted) (?:down |up )?(?:to|from|with|by) "
    r"(?:the )?(?:an? )?"
    r"(?:(?:total |full |integrated |nominal )*(?:luminosit\w+|exposures?|statistics|[efpm]ot|"
    r"(?:number|amount) of (?:electrons|positrons|protons|muons)\w*)|unity|unit area|data|"
    r"(?:90|95) ?%? ?c\.?l\.?|10\^\d+|\d\S*(?: x 10\^\d+)? ?(?:[efpm]ot|[fpa]b\S*))",
    r"\d[\d.]* ?(?:%|per ?cent|per ?mille?)",
    r"relative (?:uncertaint\w+|error\w*|width|velocit\w+|momentum|to (?:the )?(?:beam|axis)\w*)",
    # What a quantity is defined as.
    r"(?<![\w'])(?:y|epsilon(?:\^2)?|g|sigma\S*|k) ?(?:=|:=|≡) ?[^,;]*",
)  # fmt: skip
_ABOUT_THE_FILE: Final = re.compile(
    r"(?:sources?|references?|refs?|urls?|doi|authors?|files?|paths?|dates?|created|software|commit|"
    r"provenance|licen[cs]es?|contact|title|papers?|table_doi|name|location|keyword|units?|"
    r"conversion|original calculation|what|label|conventions?|caveats?)\b[^:]{0,60}:",
    re.IGNORECASE,
)


def _about(clause: str, match: re.Match[str], behind: bool) -> About | None:
    """Of what a clause says something: the noun before, or else behind; values if there is none."""
    before = list(_NOUN.finditer(clause[: match.start()]))
    noun = before[-1] if before else None
    next_one = _NOUN.search(clause[match.end() :]) if behind else None
    direct = next_one and _DIRECT.fullmatch(clause[match.end() :][: next_one.start()])
    if next_one and (noun is None or direct):
        if next_one.lastgroup == "masses" and not direct:
            return None
        noun, before = next_one, []
    elif noun and noun.lastgroup == "masses" and _FAR.search(clause[noun.end() : match.start()]):
        return None
    if before and before[-1].lastgroup == "masses":
        # "Limits as a function of the mass are multiplied": the mass is not the subject.
        lead = clause[: before[-1].start()]
        if re.search(
            r"(?:function of|versus|vs\.?|against|at|each|per|with)(?: the| a| each)?(?: \w+)? $",
            lead,
        ):
            noun = next((n for n in before if n.lastgroup == "values"), before[-1])
    if noun is None or noun.lastgroup == "values":
        return "values"
    return "masses" if noun.lastgroup == "masses" else None


_DIRECT: Final = re.compile(r"\W*(?:of|the|this|our|\(|\s)*")
_FAR: Final = re.compile(r"(?:\S+\s+){5}")


def _clauses(text: str) -> list[str]:
    return [
        part.strip()
        for part in re.split(r"[;\n]|\. +|, (?=\w+ed |but |and )", text)
        if part.strip()
    ]


def statements(text: str) -> list[Statement]:
    """Find what a text says that alters the numbers.

    Parameters
    ----------
    text : str
        A comment, a description, or the value of a qualifier.

    Returns
    -------
    list of Statement
        In the order of the sentences; empty if it says nothing of the kind.
    """
    text = text.strip(" \t:")  # HEPData marks comments with "#:"
    if _ABOUT_THE_FILE.match(text):
        return []
    found = []
    sentences = _plain_clauses(text)
    for clause in sentences:
        words = clause
        for pattern in _ALTERS_NOTHING:
            words = re.sub(pattern, " , ", words)
        taken: list[tuple[int, int]] = []
        for kind, pattern, behind in _OPERATION:
            for match in re.finditer(pattern, words):
                if any(a < match.end() and match.start() < b for a, b in taken):
                    continue
                taken.append(match.span())
                about = _about(words, match, behind)
                if about is not None:
                    found.append(Statement(about, kind, match[0].strip()))
        found += _called(clause, words, alone=len(sentences) == 1)
    return found


def _called(clause: str, words: str, *, alone: bool) -> list[Statement]:
    """What a clause calls the values: efficiencies, errors, numbers of events."""
    if called := _COPULA.search(words):
        return [Statement("values", "other", called["called"])]
    if not alone:
        return []
    for pattern in PATTERNS:
        clause = re.sub(pattern, " ", clause)
    clause = clause.strip(" ,.:;()")
    if len(clause.split()) <= 6 and (label := _LABEL.fullmatch(clause)):
        return [Statement("values", "other", label[0])]
    if len(clause.split()) <= 12 and (limited := _LIMITED.search(clause)):
        return [Statement("values", "named", limited["called"].strip())]
    return []


def _plain_clauses(text: str) -> list[str]:
    """The clauses of a text as `plain` spells them."""
    # Bars of absolute values are no letters of a plain spelling.
    text = re.sub(r"(?:\||\babs ?\()\s*\$?\\?(?=log|ln)", " absolute ", text, flags=re.IGNORECASE)
    return [words for part in _clauses(text) if (words := plain(part))]
