"""Sentences about the numbers of a table: what alters them, said in comments and descriptions.

A sentence is about the values, the masses or something else, by the noun that stands nearest. What
alters the values must be said by the head as well, or be stated by the user; what is said of
backgrounds, exposures and the like alters nothing.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import Final, Literal

from .harmless import PATTERNS, names_in
from .naming import named
from .stated_sector import ALPHA_STATED, RATIO_STATED
from .statement_words import (
    ABOUT_THE_FILE,
    ALTERS_NOTHING,
    COPULA,
    LABEL,
    LIMITED,
    NOUN,
    OPERATION,
    SYMBOL,
    TITLE,
    Kind,
)
from .wording import plain, scale_of

__all__ = ["Statement", "plain_clauses", "statements"]

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


def _about(clause: str, match: re.Match[str], behind: bool) -> About | None:
    """Of what a clause says something: the noun before, or else behind; values if there is none."""
    before = list(NOUN.finditer(clause[: match.start()]))
    noun = before[-1] if before else None
    next_one = NOUN.search(clause[match.end() :]) if behind else None
    of = _OF.match(clause[match.end() :]) if behind and noun is None else None
    if of and NOUN.search(of[1]) is None:
        return None  # "the inverse of the Lorentz factor"
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


_OF: Final = re.compile(r" (?:of|in) (?:the |a |an |its |our )?(\S+(?: \S+)?)")
_DIRECT: Final = re.compile(r"\W*(?:of|the|this|our|\(|\s)*")
_FAR: Final = re.compile(r"(?:\S+\s+){5}")


def _clauses(text: str) -> list[str]:
    return [
        part.strip()
        for part in re.split(r"[;\n]|\. +|, (?=\w+ed |but |and )", text)
        if part.strip()
    ]


_LONGEST: Final = 2000
"""Letters of a text that are read."""


@functools.lru_cache(maxsize=512)
def statements(text: str) -> tuple[Statement, ...]:
    """Find what a text says that alters the numbers.

    Parameters
    ----------
    text : str
        A comment, a description, or the value of a qualifier.

    Returns
    -------
    tuple of Statement
        In the order of the sentences; empty if it says nothing of the kind.
    """
    text = text[:_LONGEST].strip(" \t:")  # HEPData marks comments with "#:"
    if ABOUT_THE_FILE.match(text):
        return ()
    found: list[Statement] = []
    clauses = plain_clauses(text)
    for clause in clauses:
        words = clause
        for pattern in ALTERS_NOTHING:
            words = re.sub(pattern, " , ", words)
        found += _done(words)
        called = _called(clause, words, alone=len(clauses) == 1)
        if not called and clause is clauses[0] and (title := TITLE.match(words)):
            called = [Statement("values", "other", title["called"] or title["measured"])]
        found += called
    if len(clauses) == 1 and not found and (product := _product(clauses[0], names_in(text))):
        found.append(Statement("values", "other", product))
    return tuple(found)


def _done(words: str) -> list[Statement]:
    """What a clause says that is done to the values or the masses."""
    found: list[Statement] = []
    taken: list[tuple[int, int]] = []
    for kind, pattern, behind in OPERATION:
        for match in re.finditer(pattern, words):
            if any(a < match.end() and match.start() < b for a, b in taken):
                continue
            if (about := _about(words, match, behind)) is not None:
                taken.append(match.span())
                found.append(Statement(about, kind, match[0].strip()))
    return found


def _called(clause: str, words: str, *, alone: bool) -> list[Statement]:
    """What a clause calls the values: efficiencies, errors, numbers of events."""
    if called := COPULA.search(words):
        return [Statement("values", "other", called["called"])]
    if not alone:
        return []
    whole = clause
    for pattern in PATTERNS:
        clause = re.sub(pattern, " ", clause)
    clause = clause.strip(" ,.:;()")
    if re.search(r"[:=] ?[\d.]", clause):
        return []  # what a parameter is
    if len(clause.split()) <= 6 and (label := LABEL.fullmatch(clause)):
        return [Statement("values", "other", label[0])]
    if len(clause.split()) <= 12 and (limited := LIMITED.search(whole)):
        return [Statement("values", "named", (limited["called"] or limited["before"]).strip())]
    return []


def _product(clause: str, names: frozenset[str]) -> str:
    """A few words that name a quantity together with something else, and are no heads."""
    clause = re.sub(rf"{ALPHA_STATED}|{RATIO_STATED}", " ", clause)
    count = len(clause.split())
    if count > 6 or not re.search(rf"(?<![a-z'_])(?:{SYMBOL})(?![a-z'_])", clause):
        return ""
    if re.search(r"[,|:]|[\[(][kmgt]?ev|(?<![a-z])m(?:ass(?:es)?|_\S*)?(?![a-z])", clause):
        return ""
    words = re.sub(
        r"^(?:the )?(?:values?|numbers|these|this|it) (?:is|are) ", "", scale_of(clause)[1]
    )
    # Of three words each counts, as in a head.
    altered = named(words, prose=count > 3, names=names).power == 0
    return clause if altered else ""


_ANOMALY: Final = re.compile(
    r"(?<![\w^])\(?\$?\(?g ?[-\u2212\u2013] ?2\)?(?:_\{?\(?\\?(?:e|mu|\u03bc)\}?\)?)?\$?(?![\d.^])",
    re.IGNORECASE,
)
"""The anomalous magnetic moment, which is no difference."""


def plain_clauses(text: str) -> list[str]:
    """Take a text apart into clauses.

    Parameters
    ----------
    text : str
        A comment or a description.

    Returns
    -------
    list of str
        Each as `plain` spells it, with the bars of absolute values in words.
    """
    text = re.sub(r"\barb\. (?=u)", "arb ", text, flags=re.IGNORECASE)
    text = re.sub(r"(?:\||\babs ?\()\s*\$?\\?(?=log|ln)", " absolute ", text, flags=re.IGNORECASE)
    text = _ANOMALY.sub("anomaly", text)
    return [words for part in _clauses(text) if (words := plain(part))]
