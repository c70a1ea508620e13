"""Numbers and signs in the remarks of a file that are not about those of its columns.

Confidence levels of 90 %, exposures, energies of beams, ranges of masses, dates, papers, figures,
reactions. A number that stands alone, or before the unit of a column, is none of these.
"""

from __future__ import annotations

from typing import Final

__all__ = ["REMARK_NUMBERS"]

_NUMBER: Final = r"(?:10\^\(?\d+\)?|\d[\d.]*(?:e\+?\d+|\s*[x*]\s*10\^\(?\d+\)?)?)"
_EV: Final = r"[kmgt]?ev(?:/c\^?2?)?(?![a-z^])"
_PARTICLES: Final = r"(?:electron|positron|muon|proton|hadron|pion|kaon|photon|lepton|beam)s?"
_MONTH: Final = r"(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*\.?"
_SIDE: Final = (
    # One side of a reaction.
    r"(?:[a-z]{1,12}\d?'?\*?(?:\^?[+-])?(?: (?=\S+ ?-+>)|\b|(?<=[+-]|')))"
)
_NO_NUMBER: Final = r"(?!m(?![a-z])|m_|mass|eps|kappa|y(?![a-z])|g(?![a-z])|g_|log|ln|x(?![a-z]))"

REMARK_NUMBERS: Final = (
    # Addresses, files and folders.
    r"https?://\S+|\S+\.(?:csv|txt|dat|yaml|yml|json|pdf|py|ipynb|git|lmt|tar|zip|root|tex|eps)"
    r"(?![a-z])|(?<!\S)(?:\.{0,2}/)?(?:[a-z][\w.-]*/){2,}[\w.-]*|\S+@\S+",
    # Confidence levels.
    r"(?<![\d.])(?:0?\.90?|90(?:\.0+)?)[ -]?(?:%|per ?cent)?[ -]*(?:c\. ?l\.?|cl(?:_?s)?(?![a-z])|"
    r"conf[a-z.]*)|(?<![\d.])90(?:\.0+)? ?(?:%|per ?cent)|"
    r"(?<![a-z])(?:c\.? ?l\.?|conf[a-z]* (?:level|limit)|level)(?: ?[\[(] ?% ?[\])])?"
    r"(?: ?[:=] ?| of | )(?:0?\.90?|90(?:\.0+)?)(?![\d.])(?: ?%)?|\bc\. ?l\.?|\bcl ?_?s\b",
    # Exposures.
    rf"(?<![\d.^/*-])[~\u2248]? ?{_NUMBER} ?(?:x )?(?:[fpna]b\^?\(?-1\)?|/[fpna]b|[efpm]?ot|"
    r"e[+-]?ot|(?:electrons|positrons|protons|muons|particles)(?: on target)?|"
    r"(?:live[ -])?(?:days?|yrs?|years?|months?|hours?|weeks?)|"
    r"(?:k?g|t(?:ons?|onnes?)?)[ .*-]*(?:yrs?|years?|days?|d))(?![a-z])",
    # Energies of beams and collisions.
    rf"(?<![\d.^/*]){_NUMBER}[ -]?{_EV}(?:[ -](?:cern|slac|sps|lhc|high[ -]energy|secondary|"
    rf"primary))*[ -](?:{_PARTICLES}|[ep][+-])(?![a-z])|"
    rf"(?<![a-z])beam(?: energ(?:y|ies))?(?: of| is| at|:| ?=)? ?{_NUMBER} ?{_EV}|"
    rf"(?<![a-z])(?:sqrt ?\(?s\)?|e_?(?:beam|cm)|(?:cms?|center[ -]of[ -]mass|centre[ -]of[ -]mass)"
    rf"(?: energy)?)(?: ?[=:~] ?| of | )?{_NUMBER} ?{_EV}",
    r"(?<![\d.])(?:7|8|13(?:\.6)?|14) ?tev(?![a-z^])",
    # Ranges of masses and energies.
    rf"(?<![a-z])(?:between|from|range|region)(?: of)?:? {_NUMBER}(?: ?{_EV})?"
    rf" ?(?:and|to|-|\u2013) ?{_NUMBER} ?{_EV}|"
    rf"(?<![a-z])(?:above|below|beyond|under|over|up to|down to|than|until) (?:about )?"
    rf"{_NUMBER} ?{_EV}",
    # Reactions and particles.
    rf"(?<![\w'^]){_NO_NUMBER}{_SIDE}\s*-+>\s*{_NO_NUMBER}[a-z]{{1,12}}\d?'?(?:\^?[+-])?",
    r"(?<![a-z0-9])(?:e|mu|tau|pi|p|l|k)\^?[+-](?:\s*(?:e|mu|tau|pi|p|l|k)\^?[+-])?(?![\w.])",
    r"s?u\(\d\)\w*|(?<![a-z])gamma(?: gamma)?(?![a-z])|(?<![a-z])pi0(?!\w)|"
    r"\(\d[spd](?:[,+/ ]+\d[spd])*\)",
    r"(?<![a-z])and/or(?![a-z])",
    r"(?<![a-z])test statistics?(?![a-z])",
    # Numbers of reports and licences.
    r"(?<![a-z])(?:cern|fermilab|desy|slac|kek|bnl|jlab|lal|mpp|tum)(?:-[a-z]+)+-\d{2,4}-\d+|"
    r"(?<![a-z])cc[ -]?(?:by|0)(?:-[a-z]{2})*(?: ?\d\.\d)?(?![a-z\d])",
    # Dates, papers, figures, versions, pages.
    rf"(?<![\d.])\d{{1,2}}(?:st|nd|rd|th)? {_MONTH},?(?: (?:19|20)\d\d)?(?!\d)|"
    rf"(?<![a-z]){_MONTH} (?:\d{{1,2}}(?:st|nd|rd|th)?,? )?(?:19|20)\d\d(?!\d)|"
    r"(?<![\d.])(?:19|20)\d\d([-/.])\d{1,2}\1\d{1,2}(?:t?[ ]?\d\d:\d\d(?::\d\d)?z?)?(?!\d)|"
    r"(?<![\d.])\d{1,2}([-/.])\d{1,2}\2(?:19|20)?\d\d(?!\d)|(?<![\d.])\d\d:\d\d(?::\d\d)?(?!\d)",
    r"(?:(?<=arxiv)|(?<![\d.]))\W{0,2}\d{4}\.\d{4,5}(?:v\d)?(?!\d)|(?<![a-z])ins\d{4,}|"
    r"(?:hep-(?:ph|ex|th)|astro-ph|nucl-(?:ex|th))/\d{7}|(?<![\d.])10\.\d{4,9}/\S+",
    r"(?:pr[dcl]|plb|npb|epj[ac]|jhep|jcap|phys\w*\.? ?(?:rev|lett)\w*\.? ?"
    r"(?:lett\w*\.?|[bcdx](?![a-z]))?|eur\. ?phys\. ?j\. ?[ac]?)"
    r"[ .,]*\d+(?:[\s,():]+\d+)*(?![\d.^*/])",
    r"(?<![\d.^*/-])(?:19|20)\d\d(?:\s*[-+&/,\u2013]\s*(?:19|20)?\d\d)*(?![\d.^*/])",
    r"(?<=[a-z]-)(?:19|20)\d\d(?:-(?:19|20)?\d\d)?(?![\d.^*/])",
    r"(?<![a-z])(?:fig(?:ure)?|table|tab|eq|equation|ref|run|phase|panel|scenario|benchmark|model|"
    r"version|case|stage|set|sec(?:tion)?|chapter|page|pp?|vol(?:ume)?|no|appendix|v)"
    r"s?[._ -]*[#(]?\d+(?:\.\d+)*[a-z]?\)?(?:\s*(?:[+&,-]|and)\s*(?:\d+[a-z]?))*"
    r"(?![\w.]*\d)(?![\^*/])",
    r"(?<![a-z])(?:webplotdigitizer|plotdigitizer|engauge(?: digitizer)?|mathematica|python|root|"
    r"matplotlib|emiss|darkcast|microsoft excel|excel|origin|gnuplot) v?\d+(?:\.\d+)*",
    # Rulers, rows that are counted, kinds of axes.
    r"^[\s=*~^_#+-]{3,}|[\s=*~^_#+-]{3,}$|\(c\)|(?<![a-z])e-?mail(?![a-z])|"
    r"(?:number of )?(?:points|rows|lines|entries|columns) ?[:=] ?\d+(?![\d.])|"
    r"(?<![\d.^*/-])\d+ (?:points|rows|lines|entries|columns)(?![a-z])|"
    r"ax[ie]s (?:is|are) (?:both )?(?:logarithmic|log|linear)(?! of)",
    # A number without a unit, as a comment on units says it; all of a branching.
    r"(?<=[a-z\])]) ?[,;] ?(?:1|none)$|"
    r"(?<![a-z])(?:branching|likelihood)[ _](?:ratio|fraction)(?: of (?:unity|one|1))?(?![.\d])|"
    r"100 ?%(?= (?:branching|invisible|dark|to |into ))",
)
"""Patterns, in words as `plain` gives them."""
