"""What heads and texts define a quantity as: in the words of papers, or as something else."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["DEFINITION_OF_Y", "GAUGE_COUPLING", "other_definition", "without_definition"]

GAUGE_COUPLING: Final = (
    r"(?<![a-z_0-9])g(?:'(?=_))?(?:_?(?:b ?- ?l|bl|z'?|zprime|zp|x|v|x17|l_? ?mu ?- ?l_? ?tau|"
    r"mu ?-? ?tau|phi|s|b)|_?p(?:rime)?)?'?"
    r"(?![a-z0-9_])(?!\s*-\s*2)|gauge coupling"
)
_IS: Final = r" ?(?:=|:=|\u2261) ?"
_END: Final = r"(?= ?(?:[,;)\]]|$)| (?![*/x^+(-]))"
"""The end of a definition: no operator goes on with it."""
_EM: Final = r"(?:alpha(?:_?(?:em|qed))?|alpha_?0)"
_DARK_ALPHA: Final = r"(?:alpha'|alpha_?(?:a'|prime|x|d\w*))"
_RATIO_OF_MASSES: Final = (
    r"\(? ?m_?\(?(?:chi|l?dm|psi)\w*'?\)? ?/ ?m_?\(?(?!chi|l?dm|psi)\w+'?\)? ?\)?\^\(?4\)?"
)
DEFINITION_OF_Y: Final = (
    # In any order of its factors.
    rf"(?<![a-z])y{_IS}(?:(?:(?:epsilon|eps)\^\(?2\)?|alpha_?\w+'?|{_RATIO_OF_MASSES})[ *x]*){{3}}"
)
_CHARGE: Final = rf"(?:{GAUGE_COUPLING.partition('|gauge')[0]}|e'|g_?d\w*|e_?d)"
_KNOWN: Final = (
    DEFINITION_OF_Y,
    rf"epsilon{_IS}(?:\(?{_CHARGE} ?/ ?e\)?|sqrt ?\(?{_DARK_ALPHA} ?/ ?{_EM}\)?|"
    rf"\(?{_DARK_ALPHA} ?/ ?{_EM}\)?\^\(?(?:1/2|0\.5)\)?|sqrt ?\(?epsilon\^2\)?){_END}",
    rf"epsilon\^2{_IS}(?:\(?{_DARK_ALPHA} ?/ ?{_EM}\)?|\({_CHARGE} ?/ ?e\)\^2|"
    rf"{_CHARGE}\^2 ?/ ?e\^2|(?:kappa|chi)\^2){_END}",
    rf"(?<![a-z])g{_IS}(?:e ?\*? ?epsilon|epsilon ?\*? ?e|sqrt ?\(? ?4 ?\*? ?pi ?\*? ?"
    rf"{_DARK_ALPHA}\)?){_END}",
    rf"alpha'/{_EM}{_IS}epsilon\^2{_END}",
)
_DEFINED: Final = re.compile(
    rf"(?<![a-z0-9_'])(?:y|epsilon(?:\^2)?|g|alpha'/alpha){_IS}(?P<what>[^,;]*)"
)
_OPERATOR: Final = re.compile(r"\^|[*/+]|sqrt|log|(?<![a-z])ln(?![a-z])|(?<![a-z_])\d")


def without_definition(words: str) -> str:
    """A text, as `plain` gives it, without known definitions: what is defined stays."""
    words = re.sub(r"sqrt ?\((epsilon|eps|g|y)\^2\)", r"\1", words)
    for pattern in _KNOWN:
        words = re.sub(pattern, lambda match: f"{re.split(_IS, match[0])[0]} ", words)
    return words.strip()


def other_definition(words: str) -> str:
    """Find what a text defines a quantity as, if that is not what it is here.

    Parameters
    ----------
    words : str
        As `without_definition` gives it.

    Returns
    -------
    str
        What stands behind the equals sign; nothing where that is another name only.
    """
    match = _DEFINED.search(words)
    return match["what"].strip() if match and _OPERATOR.search(match["what"]) else ""
