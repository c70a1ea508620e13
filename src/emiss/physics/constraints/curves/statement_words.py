"""Words by which texts speak of the numbers of a table: nouns, what is done to them, what is not.

Which sentence says something of the values follows in `statements`.
"""

from __future__ import annotations

import re
from typing import Final, Literal

__all__ = [
    "ABOUT_THE_FILE",
    "ALTERS_NOTHING",
    "CHARGE",
    "COPULA",
    "LABEL",
    "LIMITED",
    "NOUN",
    "OPERATION",
    "SYMBOL",
    "TITLE",
    "Kind",
]

Kind = Literal[
    "logarithm", "signed", "power", "inverse", "factor", "share", "relative", "other", "named"
]

SYMBOL: Final = r"(?:epsilon|eps|kappa)(?:_\(?[a-z0-9]+\)?)?|g(?:_\(?[a-z'-]+\)?)?'?|y|alpha'"
_QUANTITY: Final = rf"(?:{SYMBOL}|couplings?|mixings?)"
CHARGE: Final = r"(?:electric|elementary|electron|electromagnetic|unit) (?:charge|coupling)"
"""What the mixing is relative to by definition."""
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
    r"distributions?|pdfs?|trials?|alpha_\w+|exposures?|[efpm]ot|detectors?|triggers?|"
    r"bins?|binning|steps?|spac\w+|grids?|resolutions?|form|polari\w+|targets?|relic|densit\w+|"
    r"dos\w+|rates?|lifetimes?|axis|axes|scales?|columns? ?(?:[3-9]|\d\d)|(?:third|fourth|last) "
    r"column|plots?|figures?|curve of|interpolat\w+|fits?|smooth\w+|p-?values?|probabilit\w+|"
    r"test|phase|fractions?|nuisance|priors?|quantiles?|expected number|currents?|beams?|radius|"
    r"thickness|lengths?|times|momentum|angles?|amplitudes?|phases?|ratios? of"
)
NOUN: Final = re.compile(
    rf"(?<![a-z'_])(?:(?P<foreign>{_FOREIGN})|(?P<masses>{_MASSES})|(?P<values>{_VALUES}))"
    r"(?![a-z'_])"
)
OPERATION: Final[tuple[tuple[Kind, str, bool], ...]] = (
    # What is done, in which words, and whether the noun behind says to what.
    ("signed", r"(?:-|(?<![a-z])(?:minus|negative|absolute)(?: \w+)? )\s*(?:log|ln)\w*", True),
    ("logarithm", r"(?<![a-z])(?:log_?\(?10\)?|log|ln|lg)(?![a-z])", True),
    ("logarithm", r"(?<![a-z])logarithm\w*|(?<![a-z])decades", True),
    ("other", rf"(?<![a-z]){_QUANTITY}\)?(?:\^\d)? (?:times|x|\*) (?=[a-z(])", False),
    ("signed", r"sign (?:is |was )?(?:reversed|flipped|changed|inverted)|reversed sign", False),
    ("inverse", rf"(?<![\w.])1(?:\.0)? ?/ ?\(?(?:{_QUANTITY}|f_a|x|lambda)(?![a-z])", False),
    (
        "inverse",
        rf"(?<![a-z])(?:one|unity) (?:over|divided by) (?:the )?{_QUANTITY}(?![a-z])",
        False,
    ),
    ("logarithm", r"10\^\(?[a-z]|(?<![a-z])(?:exponents?|powers? of (?:ten|10))(?![a-z])", False),
    ("logarithm", r"log\w*[ -]scale (?:values|numbers|limits)", False),
    (
        "relative",
        r"(?:observed|obs|expected|exp|limit|target|thermal|relic) ?(?:/|over|divided by) ?"
        r"(?:the )?(?:observed|obs|expected|exp|limit|target|thermal|relic)(?= ?$)",
        False,
    ),
    (
        "factor",
        r"10\^\(?-?\d+\)?(?: \w+)? (?:omitted|factored|taken out|left out|suppressed|dropped)|"
        r"(?<![a-z])(?:re)?scaled for",
        False,
    ),
    ("logarithm", r"(?<![a-z])(?:logs|dex|mantissas?)(?![a-z])", False),
    ("power", r"(?<![a-z])sqrt(?! ?\(?s(?![a-z]))", True),
    ("other", rf"(?<![a-z])delta ?(?:{_QUANTITY})(?![a-z])", False),
    (
        "other",
        r"(?<![a-z])(?:shifted|offset|pixels?|un-?calibrated|"
        r"not calibrated)(?![a-z])",
        False,
    ),
    ("relative", r"(?<![a-z])(?:arbitrary (?:units?|normal)|arb\.? ?u|a\.u\.)", False),
    (
        "factor",
        r"10\^\(?-?\d+\)? units?(?![a-z])|(?<![a-z])units?(?: (?:of|for) (?:the )?"
        rf"{_QUANTITY})? ?[:=]? ?(?:of )?(?:10\^|"
        r"1e-?\d)",
        False,
    ),
    ("factor", r"(?<![a-z])times (?:(?:one|two|ten|a) )?(?:ten|hundred|thousand|million)", False),
    ("inverse", rf"(?<![a-z]){_QUANTITY}\^\(?-\d", False),
    ("inverse", r"(?<![a-z])(?:inverses?|inverted|reciprocals?)(?![a-z])", True),
    ("power", r"(?<![a-z])(?:squares?|square[ -]roots?|roots?|cub(?:e|ed))(?![a-z])", True),
    (
        "power",
        r"(?:^|(?<=[ (])|(?<= are)|(?<= is)|(?<= be)|(?<=value)|(?<=[su]es)|"
        r"(?<=ers))\^[2-9]",
        False,
    ),
    ("power", r"(?<=couplings)\^[2-9]|(?<=coupling)\^[2-9]|(?<=mixing)\^[2-9]", False),
    (
        "factor",
        r"(?<![a-z])(?:multipl(?:y|ied|ying)|divid(?:e|ed|ing)|(?:re)?scal(?:e|ed|ing))"
        r"(?: \w+){0,3} (?:by|with)(?![a-z])",
        False,
    ),
    ("factor", r"(?<![a-z])(?:multipl(?:y|ied)|divided?)(?![a-z])", False),
    ("factor", r"(?<![a-z])scal(?:es?|ing) (?:\w+ )?(?:as|like|with)(?![a-z])", False),
    ("factor", r"(?<![a-z])(?:a )?(?:pre)?factors? (?:of )?(?:about )?(?:\d|10\^|sqrt)", False),
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
    (
        "factor",
        rf"(?<![a-z])in (?:units?|multiples) of (?:the )?(?!.?[kmgt]?ev|{CHARGE})",
        False,
    ),
    (
        "factor",
        r"(?<![a-z])(?:(?:in|as)|in (?:units of )?[kmgt]?ev(?: and|,)) \(?(?:10\^\(?-?\d|1e-?\d)",
        False,
    ),
    ("factor", rf"(?<![a-z]){_QUANTITY}\)?(?:\^\d)? ?/ ?\(?(?:10\^|1e-?\d)", False),
    (
        "share",
        r"(?<!\d)(?<!\d )(?:%|‰|(?<![a-z])(?:per ?cent(?:ages?)?|per ?mill?e?|promille|pp[mb])"
        r"(?![a-z]))",
        False,
    ),
    ("relative", r"(?<![a-z])(?:re)?normali[sz]ed(?! (?:energ|dist))", False),
    ("relative", r"(?<![a-z])normali[sz]ation(?= )", True),
    (
        "relative",
        rf"(?<![a-z])(?:relative to|in units? of|in multiples of) (?:the |an? )?{CHARGE}",
        False,
    ),
    ("relative", r"(?<![a-z])relative to(?! (?:the )?(?:beam|axis))", False),
    ("relative", r"(?<![a-z])ratios? (?:to|with|over)(?![a-z])", False),
    ("relative", r"(?<![a-z])relative (?=(?:values|limits?|numbers|couplings?))", False),
)  # fmt: skip
_CALLED: Final = (
    # What values are said to be.
    r"(?:error|uncertaint|ratio|fraction|difference|exponent|efficienc|acceptance|"
    r"significance|pixel|p-?value|event|count|signal strength|signal yield|width|"
    r"deviation|number of|half|twice|double|index|indices|probabilit|chi\^2|likelihood|derivative|"
    r"relative|sum|product|acceptances|percentage|deltas?|shift|correction|weight|coordinate|"
    r"p_?0|cls values?|chi_?2|test statistic|excess|residual|pull)"
)
_MEASURED: Final = (
    r"(?:efficienc(?:y|ies)|acceptances?|significances?|p-?values?|lifetimes?|probabilit(?:y|ies))"
)
_IS: Final = r"(?: (?:is|are|were|was|means?|denotes?|gives?|contains?|holds?|represents?)| ?[:=])"
LABEL: Final = re.compile(
    r"(?:the |this |it |we (?:give|quote|list|show) |gives? |is |are |contains? )*"
    r"(?:(?:statistical|systematic|total|relative|absolute|signal|expected|observed|lower|upper|y|"
    rf"detection|selection|local|global|raw|standard|excess) )*(?:{_CALLED}\w*|"
    rf"numbers? of(?: \w+)*)"
    r"(?: events?)?(?:(?: or| and| &)? \w*(?:error|uncertaint)\w*)?"
    r"(?: (?:on|of|in|for|to|from|between|values?)(?![a-z])"
    r"(?! (?:the )?(?:digiti|read|interpol|scan)).*)?"
)
TITLE: Final = re.compile(
    # No sentence, and no parameter with its number.
    r"(?!.*(?<![a-z])(?:is|are|was|were|has|have|had|included?|includes|taken|not|no|been|be|added|"
    r"neglected|shown|applied|used|see|around|about|below|above|only)(?![a-z]))"
    r"(?!.*(?::|(?<!epsilon )(?<!eps )=) ?[\d.])"
    r"(?:the |our |expected |observed |total |systematic |statistical |relative |local |global |"
    r"signal |selection |trigger |detection |overall )*"
    rf"(?:(?P<called>{_CALLED}\w*|"
    r"numbers? of (?!elec|posi|prot|muons|points|mass|rows|bins|toys)\w+)|"
    # Whatever stands before what is measured for each mass, but no limit and no participle.
    rf"(?:exclusion |(?!(?:{_VALUES}|\w+ing|(?!obs|exp|comb)\w+ed|with\w*|of|for|in|at|to|by|"
    r"from|and|or|improved|higher|lower|low|high|flat)(?![a-z]))[a-z][a-z-]* ){1,3}"
    rf"(?P<measured>{_MEASURED}))"
    r"(?: \w+){0,2}(?:,| (?:of|on|in|for|as|to|between|per|from|versus|vs|at|with)(?![a-z])| ?$)"
)
LIMITED: Final = re.compile(
    r"(?:limits?|bounds?|exclusions?|u\.?l\.?|sensitivity) (?:on|of|for|to) (?:the )?(?:\w+ ){0,2}?"
    r"(?P<called>numbers? of|signal|events?|yields?|efficienc|branching|width|lifetime|mass|rate|"
    r"cross[ -]section|f_a|decay constant|theta|sin|u_|y_|lambda|[a-z]+ times)|"
    r"(?<![a-z])(?<!from )(?<!from the )(?<!by )(?<!with )"
    r"(?P<before>(?:signal |decay )?(?:yields?|strengths?|rates?|widths?|constants?)|"
    r"lifetimes?|branching(?: ratios?| fractions?)?|cross[ -]sections?|f_a) "
    r"(?:upper |exclusion )?(?:limits?|bounds?)(?![a-z])"
)
COPULA: Final = re.compile(
    rf"(?<![a-z'_])(?:{_VALUES}){_IS}(?: (?:given|quoted|listed|here|all|taken|as|the|in|an?))* "
    rf"(?:[a-z]+ )?(?P<called>{_CALLED}\w*)"
)
ALTERS_NOTHING: Final = (
    r"https?://\S+|\S+\.(?:csv|txt|dat|yaml|pdf|py|ipynb|git)(?![a-z])|\S*/\S*/\S+",
    # Logarithms of other things.
    r"log(?:arithmic(?:ally)?)?[ -]*(?:scales?(?! (?:values|num|lim))|ax[ie]s|plots?|spac\w+|"
    r"likelihoods?|bins?|binning|"
    r"binned|grids?|interpol\w+|steps?|normal|uniform|space|log|distributed|prior)|"
    r"(?:interpol\w+|linear|spaced|equidistant|uniform|sampled|binned|steps?|even|equal|grids?|"
    r"flat|constant|bins?)(?:ly)?(?: \w+)? (?:in|of) (?:the )?(?:log\w*|ln)(?: of(?: the)?)?\S*"
    r"(?: m\S*)?|"
    r"(?:every|points?|spacing|steps? of) ?[\d.]* in (?:the )?log\S*|"
    r"log-likelihood|-? ?2 ?\*? ?(?:delta ?)?(?:ln|log) ?\(?l\w*\)?|"
    r"(?:ln|log) ?\(?l(?:ikelihood)?\)?(?![a-z])|"
    r"(?:[xy][ -]?)?ax[ie]s(?: types?| scales?)? ?[:=]? ?(?:log\w*|linear|lin)"
    r"(?:,? (?:and )?log\w*)?(?= ?(?:,|;|$|and))|"
    r"(?:bi|semi)-?log\w*|log[ -]y|log[ -]x|(?:both|double|on)[ -]log\w*",
    # Ratios, fractions, numbers and units of other things.
    r"(?:mass|branching|likelihood|profile|test|signal[ -]to[ -](?:noise|background)|gyromagnetic)"
    r"[ _-]*(?:ratios?|fractions?|statistics?)(?: of)?|ratios? of (?:the )?(?:two )?mass\w*|"
    r"(?:ratio|fraction) m_\S+|signal strength limit|"
    r"(?:form|k|quality|enhancement|sommerfeld|damping|safety|trials?|look-elsewhere)[ -]factors?|"
    r"inverse (?:femto|atto|pico|nano)?barns?|inverse (?:compton|primakoff|beta|gev|[fpa]b)",
    r"(?<![a-z])(?:momentum|energy|transfer|invariant mass|missing mass|mass|chi|amplitude|"
    r"matrix element|s)"
    r"[ -]*(?:\^2|squares?)|(?:least|mean)[ -](?:\^2|squares?)|root[ -]mean[ -](?:\^2|square)\w*",
    r"(?:in )?units? of (?:m_\w+|[kmgt]?ev(?:/c\^?2?)?)",
    r"(?:by )?(?:a )?factors? (?:of )?(?:about )?\d[\d.]* ?(?:better|worse|strong|weak|more|less|"
    r"improve|larger|smaller|higher|lower)\w*|(?:improv\w+|strengthen\w*|weaken\w*|stronger|weaker|"
    r"better|worse|reduc\w+|increas\w+)(?: \w+){0,3} by (?:a |an )?(?:\w+ )?(?:factors?)"
    r"(?: of)?(?: ?\d[\d.]*)?",
    r"(?:re)?(?:scaled|scales?|scaling|normali[sz]ed|weighted) (?:down |up )?"
    r"(?:to|from|with|by|as|like) "
    r"(?:the )?(?:an? )?(?:(?:(?:the)? ?\^2|(?:the )?\w+)[ -]roots? of (?:the )?)?"
    r"(?:(?:total |full |integrated |nominal )*(?:luminosit\w+|exposures?|statistics|[efpm]ot|"
    r"(?:number|amount) of (?:electrons|positrons|protons|muons)\w*)|"
    r"(?:90|95) ?%? ?c\.?l\.?|(?:10\^)?\d\S*(?: x 10\^\d+)? ?(?:[efpm]ot|[fpa]b\S*))",
    r"\d[\d.]* ?(?:%|per ?cent|per ?mille?)|(?:c\.?l\.?|confidence level|level) ?[\[(]? ?% ?[\])]?",
    r"relative (?:uncertaint\w+|error\w*|width|velocit\w+|momentum|to (?:the )?(?:beam|axis)\w*)",
    # What a quantity is defined as.
    r"(?<![\w'])(?:y|epsilon(?:\^2)?|g|sigma\S*|k) ?(?:=|:=|≡) ?[^,;]*",
)  # fmt: skip
ABOUT_THE_FILE: Final = re.compile(
    r"(?:sources?|references?|refs?|urls?|doi|authors?|files?|paths?|dates?|created|software|"
    r"commit|provenance|licen[cs]es?|contact|papers?|table_doi|(?:data_?)?location|data_file|"
    r"keyword)\b[^:]{0,60}:",
    re.IGNORECASE,
)
