"""What a curve holds for, in the words of its file: such a text is quoted, whatever else it says.

A limit at another confidence level, a reach for a discovery, a curve for some number of events, one
side of a region or a limit at another exposure are numbers of the right quantity, but mean
something else.
"""

from __future__ import annotations

import re
from typing import Final

from .wording import plain

__all__ = ["conditions_in", "is_one_side", "place_of_condition"]

_FERMIONS: Final = r"electron|muon|tau|proton|neutron|nucleon|quark|lepton|neutrino|baryon"
_SHARES: Final = (
    r"(?<!100)(?<!100 )%(?!\W*(?:c\.? ?l|conf|upper|limit|exclu|observed|expected))|"
    r"(?<![a-z])(?:per ?cent|(?<!branching )fractions? of|sub-?dominant|sub-?components?|"
    r"abundances?|f_\(?\w+|"
    r"allowed|preferred|favou?red|best[ -]fit|"
    rf"couplings? (?:to|with|of) (?:the )?(?:{_FERMIONS}))"
)
_EDGES: Final = (
    r"(?:edge|branch|boundar(?:y|ie)|border|side|half|lobe|end|piece|segment|solution|contour)s?"
)
_PIECES: Final = r"(?:region|island|segment|piece|part|block|interval|fragment|section|zone)s?"
_WHICH: Final = r"(?:lower|upper|left|right|first|second|third|inner|outer|top|bottom)(?:most)?"
_NUMBER: Final = r"(?:\d[\d.]*(?:e\+?\d+)?(?: ?x? ?10\^\(?\d+\)?)?|one|two|three|five|ten)"
_LEVEL: Final = r"(?:6[578]|9[1-9])(?:\.\d+)?"
_OTHERS: Final = (
    # Significances and confidence levels other than 90 %, which is that of emiss.
    rf"(?<![\w.]){_NUMBER}[ -]*(?:sigma|s\.?d\.?|standard deviations?)(?![a-z_])|"
    r"(?<![a-z])(?:discover\w*|evidence|significances?|p-?values?)|"
    rf"(?<![\d.])(?:0?\.)?{_LEVEL} ?(?:%|per ?cent)?[ -]*(?:c\.? ?l(?![a-z])|conf)|"
    rf"(?<![a-z])(?:c\.?l\.?|confidence level)[ :=]+(?:0?\.)?{_LEVEL}(?![\d.])|"
    # Another particle, what it couples to and decays to, and lines that are no limits.
    r"(?<![a-z])(?:thermal|relic|(?:pseudo-?)?scalar|axial|muonphilic|inelastic|"
    r"visible|displaced|higgs|mass mixing|mixing with|baryonic|hadronic)(?![a-z])|(?<![a-z])br ?\(|"
    r"(?<![a-z])couplings? (?:\w+ ){0,2}(?:to|with|of) (?:the )?"
    r"(?:photon|gluon|quark|higgs|z(?![a-z']))|"
    rf"(?<![a-z])(?:{_FERMIONS})s?[ -]only|only (?:to |for |with )?(?:{_FERMIONS})s?(?![a-z])|"
    r"(?:(?<![a-z])(?:final states?|decays? (?:in)?to|(?:decay )?(?:modes?|channels?))|"
    r"(?:[a-z]'|(?<![a-z])(?:x|phi|boson|mediator|photon)) ?-*->)"
    r"(?: (?:is|are|in(?:to)?)(?= )|[\W_])*"
    r"(?:e\^?[+-]|mu\^?[+-]|tau\^?[+-]|l\^?[+-]|pi\^?[+-]|ee(?![a-z])|mumu|gamma gamma|visible|"
    r"(?:di)?(?:electron|muon|lepton|tau|jet|hadron|pion)s?(?![a-z]))|"
    r"(?<![a-z])(?:majorana|(?:lepto|proto|hadro|electro|muon?o|photo)(?:philic|phobic)|preliminary|"
    r"optimistic|conservative|obsolete|superseded|do not use|wrong|erratum|errata)(?![a-z])|"
    r"(?<![a-z])spin\W+[02]|"
    r"(?<![a-z])(?:lepton|fermion|quark|flavou?r)s?\W+(?:e|mu|tau|[udscbt]|electrons?|muons?|taus?)"
    r"(?![a-z])|"
    # What is no limit, or one from below.
    r"(?<![a-z])(?:from below|not excluded|(?:not|no) (?:\w+ )?limits?|"
    r"(?:mean|central|best) values?|minimum couplings?)(?![a-z])|"
    r"(?:exclu\w+[^.;]{0,30}|(?:the|region|area) )(?:below|under)"
    r"(?= (?:the |this )?(?:curve|line|contour|is excluded)|$)|"
    r"(?:lower|upper) (?:bound|limit|edge|border|end)s? of (?:the )?(?:excluded|exclusion|region)|"
    # Couplings that are another's.
    rf"(?<![a-z])(?:{_FERMIONS})s?[ -]couplings?|dark gauge coupling|"
    r"couplings? (?:\w+ ){0,4}(?:to|with) (?:the )?(?:dark matter|dm|neutrinos?)(?![a-z])|"
    # Numbers of events, and limits brought to another exposure.
    rf"(?<![\w.]){_NUMBER}[ -](?:(?:signal|expected|observed|detected|decay) )*events?(?![a-z])|"
    r"(?<![a-z])(?:(?:re)?scaled|extrapolated|reweighted|projected|projections?|prospects?)(?![a-z])|"
    # One part of a border, or one of several.
    rf"(?<![a-z]){_WHICH}[ -](?:{_EDGES}|{_PIECES})(?![a-z])|"
    rf"(?<![a-z])(?:{_EDGES}|{_PIECES})\W+(?:{_WHICH}(?![a-z])|no\W*\d|#? ?\d+(?![\d.]))|"
    rf"(?<![a-z]){_WHICH} only(?![a-z])"
)
_CONDITION: Final = re.compile(f"{_SHARES}|{_OTHERS}")
_EXPECTATION: Final = re.compile(
    r"(?<![a-z])(?:expected|median|sensitivit(?:y|ies)|reach)(?![a-z])"
)


_USUAL: Final = (
    # The sign behind "CL", and 90 % behind it.
    r"[\[(] ?% ?[\])]|(?<![\d.])90(?:\.0+)? ?(?:%|per ?cent)(?=[ -]*(?:c\.? ?l(?![a-z])|conf))|"
    r"(?<![a-z])(?:c\.?l\.?|confidence level)\W{0,3}(?:(?:is|of) )?90(?:\.0+)? ?(?:%|per ?cent)"
)


def conditions_in(text: str, head: str = "") -> bool:
    """Say whether a text holds a condition that the head of the column does not.

    Parameters
    ----------
    text : str
        A sentence of a comment or a description, or a qualifier.
    head : str, optional
        Head of the column of values, which a reading shows.

    Returns
    -------
    bool
        True also where it calls a limit expected and neither text nor head speaks of what was
        observed.
    """
    words, shown = re.sub(_USUAL, " ", plain(text)), plain(head)
    found = [match[0] for match in _CONDITION.finditer(words)]
    if not re.search(r"(?<![a-z])obs", f"{words} {shown}"):
        found += [match[0] for match in _EXPECTATION.finditer(words)]
    return any(phrase not in shown for phrase in found)


def place_of_condition(words: str) -> int:
    """Where the last condition of a text begins; 0 where there is none."""
    *_, place = 0, *(match.start() for match in _CONDITION.finditer(words))
    return place


_ONE_SIDE: Final = re.compile(
    # A limit from below.
    r"(?:(?:this|these|rows?|values?|it) (?:is|are) )?(?:an? |the )?lower (?:bound|limit)s?|"
    r"(?:the )?(?:excluded|exclusion) (?:side|region|area) (?:is |lies )?(?:below|under)"
    r"(?: (?:the |this )?(?:curve|line))?|"
    # The upper edge of a region.
    r"(?:(?:the|only|this is|this file has|rows? (?:is|are)|values? (?:is|are)) )*"
    rf"(?:upper(?:most)?[ -]{_EDGES}|{_EDGES}\W+upper)(?: only)?"
    r"(?: of (?:the |an? |this )?(?:\w+ ){0,3}"
    r"(?:region|contour|area|island|exclusion|curve|limit)s?)?"
)


def is_one_side(clause: str) -> bool:
    """Say whether a clause, as `plain` gives it, calls rows a limit from below or an upper edge."""
    return _ONE_SIDE.fullmatch(clause.strip(" .,:;()")) is not None
