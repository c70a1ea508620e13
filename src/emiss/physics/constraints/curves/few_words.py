"""Comments of a few words: whether all of them are known where nothing else names the values."""

from __future__ import annotations

import re
from typing import Final

from .harmless import OF_FILES, PATTERNS, names_in, unknown_words
from .statement_words import ABOUT_THE_FILE, ALTERS_NOTHING
from .statements import plain_clauses

__all__ = ["unknown_label"]

_FERMIONS: Final = r"(?:electron|muon|tau|proton|neutron|nucleon|quark|lepton|neutrino|baryon)s?"
_ONE_COUPLING: Final = re.compile(
    rf"(?<![a-z]){_FERMIONS}[ -]couplings?|couplings? (?:to|with|of) (?:the )?{_FERMIONS}(?![a-z])|"
    r"decay constant|^gamma(?:_\S+)?$"
)
_SYSTEMATICS: Final = re.compile(r"(?:includ\w+|with|without|no) (?:stat|sys)[a-z]*")
_LABEL_WORDS: Final = 4


def unknown_label(text: str) -> str:
    """What a few words say that is not known, where nothing else says what the values are.

    Parameters
    ----------
    text : str
        A comment or a description.

    Returns
    -------
    str
        A word, such as ``"lifetime"``; nothing if all are known, are more than a label, or speak of
        the file.
    """
    clauses = plain_clauses(text)
    if clauses and (coupling := _ONE_COUPLING.search(clauses[0])):
        return coupling[0]
    if ABOUT_THE_FILE.match(text) or len(clauses) != 1 or re.search(r"[,:|=]", clauses[0]):
        return ""
    words = re.sub(ALTERS_NOTHING[0], " ", clauses[0])
    of_mass = re.search(r"(?<![a-z])m(?:ass(?:es)?|_\S*|'?)(?![a-z])", words)
    if len(words.split()) > _LABEL_WORDS or of_mass or _SYSTEMATICS.search(words):
        return ""
    # Capitals behind the first word are those of names.
    capitals = {word.lower() for word in re.findall(r"(?<=\s)[A-Z][a-z]+", text.strip())}
    for pattern in PATTERNS:
        words = re.sub(pattern, " ", words)
    unknown = unknown_words(words, names_in(text) | capitals | OF_FILES)
    return next(iter(unknown), "") if len(clauses[0]) > 1 else ""
