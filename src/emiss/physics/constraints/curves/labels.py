"""What a comment, a description, a name or a qualifier says, without its label.

Formats differ in where they put a sentence: behind ``#``, behind ``#: description:``, in a field of
its own. The same words mean the same everywhere, so that all go through here before they are read.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

__all__ = [
    "LONGEST_TEXT",
    "OF_ONE_COLUMN",
    "in_parts",
    "sentences",
    "spoken",
    "spoken_qualifier",
    "without_lead",
]

LONGEST_TEXT: Final = 380
"""Letters of a text that is read in one; longer ones are read sentence by sentence."""

_LABEL: Final = re.compile(
    r"(?:table[ _]?)?(?:name|title|description|caption|comments?|notes?|remarks?|abstract|summary|"
    r"label|what|info)\s*[:=]\s*",
    re.IGNORECASE,
)
_LOCATION: Final = re.compile(
    r"(?:supplementary |auxiliary |additional |extended data )*"
    r"(?:fig(?:ure)?s?|tab(?:le)?s?|appendix|section|sec)\.?[ _~]*"
    r"(?:\d+[a-z]?|[a-z]|[ivx]+)(?:[ ,]*\([a-z]+\))?(?:[ ,]*(?:left|right|top|bottom|middle))*"
    r"\s*[:.,;\-\N{EN DASH}\N{EM DASH}]+\s+(?=\S)",
    re.IGNORECASE,
)


_LEAD: Final = re.compile(
    r"(?:columns?|heads?|header|units?|scale|quantity|values?|content|what is limited)\s*[:=]\s*",
    re.IGNORECASE,
)


OF_ONE_COLUMN: Final = re.compile(
    r"(?:the )?(?:(?:column|col\.?)s? ?#?\(?(?P<number>\d{1,2})\)?|"
    r"(?P<nth>first|second|third|fourth|1st|2nd|3rd|4th) column|\[?(?P<alone>\d)\]?(?=[:.)]))"
    r"\s*(?:[:=.)-]|\bis\b|\bcontains\b)\s*(?P<head>.+)",
    re.IGNORECASE,
)
"""A text on one column: ``Column 1: log10(m_A'/MeV)``."""


def without_lead(text: str) -> str:
    """A text on the columns without the word that says so: ``columns:``."""
    return _LEAD.sub("", text, 1)


def spoken(text: str) -> str:
    """Take the label and the place in a paper off the front of a text.

    Parameters
    ----------
    text : str
        For example ``": description: Figure 3. Limits on epsilon"``.

    Returns
    -------
    str
        ``"Limits on epsilon"``.
    """
    words = text.strip(" \t:")
    while match := _LABEL.match(words) or _LOCATION.match(words):
        words = words[match.end() :].strip(" \t:")
    return words


def spoken_qualifier(name: str, value: str) -> str:
    """Say a qualifier as a sentence: ``Normalised to`` and its value are one.

    Parameters
    ----------
    name, value : str
        As the file has them.

    Returns
    -------
    str
        Both in one.
    """
    return f"{name.strip(' :=')} {value}".strip()


def in_parts(text: str) -> list[str]:
    """Take a long text apart at the ends of sentences, else between words.

    Parameters
    ----------
    text : str
        A comment or a description.

    Returns
    -------
    list of str
        The text itself if it is short, else its sentences, none longer than `LONGEST_TEXT`.
    """
    if len(text) <= LONGEST_TEXT:
        return [text]
    found = []
    for sentence in filter(None, re.split(r"(?<=[.;!?])\s+(?=[A-Z(])|\n", text)):
        while len(sentence) > LONGEST_TEXT:
            end = sentence.rfind(" ", LONGEST_TEXT // 2, LONGEST_TEXT)
            end = end if end > 0 else LONGEST_TEXT
            found.append(sentence[:end].strip())
            sentence = sentence[end:].strip()
        found.append(sentence.strip())
    return [part for part in found if part]


_GOES_ON: Final = re.compile(r"[a-z(\d$]|\\")


def sentences(lines: Sequence[str]) -> list[str]:
    """Join lines of which a sentence goes on in the next.

    Parameters
    ----------
    lines : sequence of str
        Comments, or lines of a description.

    Returns
    -------
    list of str
        A line is one with the next, but for a line break, if that begins in lower case or with a
        number.
    """
    found: list[str] = []
    for line in filter(None, (one.strip() for one in lines)):
        if found and _GOES_ON.match(line):
            found[-1] += f"\n{line}"
        else:
            found.append(line)
    return found
