"""Whose mass a curve goes with, as its texts say: that of the mediator or of the dark matter."""

from __future__ import annotations

import re
from typing import Final

from .mass_name import is_of_dark_matter, is_of_mediator
from .table import Table
from .wording import plain

__all__ = ["mass_mentioned", "whose_mass"]

_AGAINST: Final = re.compile(
    r"(?:function of|versus|vs\.?|against|(?<![a-z])x(?:[ -]?axis)?(?:(?: is)? ?:| is )|"
    r"first column ?(?::|is)|"
    r"column 1 ?(?::|is)|mass(?:es)? (?:is|are)(?: (?:that|those|of|the|for))*) *"
    r"(.{1,40}?)(?=[,;.]|$)"
)
_DARK: Final = (
    r"(?:(?<![a-z'])m_?\(?(?:chi|l?dm|psi|wimp|dark)\)?(?![a-z'])|"
    r"(?:dark[ -]?matter|dark[ -]fermion|(?<![a-z])(?:l?dm|wimp|chi))[ _-]*"
    r"(?:particle |candidate )?mass(?:es)?(?! ratio)|"
    r"mass(?:es)? of (?:the |a |an )?(?:light )?(?:dark[ -]?matter|dark[ -]fermion|l?dm|wimp|chi)"
    r"(?: particles?| candidates?)?)"
)
_MEDIATOR: Final = (
    r"(?:(?<![a-z'])m_?\(?(?:a'|ap|aprime|z'|zp|med|a|v|x|phi)\)?(?![a-z'])|"
    r"(?:mediator|photon|boson|a'|z')[ _-]*mass(?:es)?|"
    r"mass(?:es)? of (?:the |a |an )?(?:dark )?(?:mediator|photon|boson|a'|z'))"
)
_AMOUNT: Final = (
    rf"(?:[\d.]+(?:e[+-]?\d+)? ?\*? ?(?:{_DARK}|{_MEDIATOR}|[kmgt]?ev)?|"
    rf"(?:{_DARK}|{_MEDIATOR})(?: ?/ ?[\d.]+)?|"
    r"(?:one|two|three|a|half|twice|thrice)(?![a-z])(?: ?-?(?:thirds?|half|times))?)"
)
_TIED: Final = re.compile(
    # A mass with its number, or tied to the other mass, is no axis.
    rf"(?:{_DARK}|{_MEDIATOR}) ?(?:=|<=?|>=?|~|/|<<|>>|"
    r"(?:is|are|of|at|to|equals?|being|below|above)"
    rf"(?: (?:fixed|set|kept|equal))?(?: (?:to|at|the))*|(?:fixed|set|kept) (?:to|at)) ?{_AMOUNT}"
    rf"(?: ?[=<>] ?{_AMOUNT})?"
)


def whose_mass(table: Table) -> str:
    """What comments and the description say that the curve is a function of.

    Parameters
    ----------
    table : Table
        The table.

    Returns
    -------
    str
        The mass as they call it; nothing if they do not say, or speak of both.
    """
    found = {}
    told = [f"{name}: {value}" for column in table.dependent for name, value in column.qualifiers]
    for text in (table.description, *table.comments, *told):
        for match in _AGAINST.finditer(plain(text)):
            phrase = match[1] if "mass" not in match[0].split()[0] else f"mass of {match[1]}"
            phrase = phrase.partition("=")[0]  # what it equals is the other mass
            if is_of_dark_matter(phrase) != is_of_mediator(phrase):
                found[is_of_dark_matter(phrase)] = phrase
    return next(iter(found.values())) if len(found) == 1 else ""


def mass_mentioned(table: Table) -> str:
    """The mass of the dark matter, where texts name it and not that of the mediator.

    Parameters
    ----------
    table : Table
        The table.

    Returns
    -------
    str
        As they call it; nothing where each mention comes with its number, or with the ratio of the
        two masses.
    """
    texts = [_TIED.sub(" ", plain(text)) for text in (table.description, *table.comments)]
    if any(re.search(_MEDIATOR, words) for words in texts):
        return ""
    return next((match[0] for words in texts if (match := re.search(_DARK, words))), "")
