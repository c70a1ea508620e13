"""What may stand beside a quantity or a mass and alters nothing of it.

Every word in the head of a column must be known: it is part of the quantity, or it is listed here,
or the column keeps a name of its own that compares with nothing.
"""

from __future__ import annotations

import re
from typing import Final

__all__ = ["OF_FILES", "PATTERNS", "are_known", "names_in", "unknown_words"]

_NUMBER: Final = r"(?:10\^\(?\d+\)?|\d[\d.]*(?:e\+?\d+|\s*[x*]\s*10\^\(?\d+\)?)?)"
_UNIT: Final = (
    r"(?:[kmgt]?ev|[fpna]b\^?\(?-1\)?|/[fpna]b|[efpm]?ot|e[+-]?ot|mot|pot|electrons?|positrons?|"
    r"muons?|protons?|sigma|s\.?d\.?|(?:signal |expected |observed )?events?|days?|yrs?|years?|"
    r"k?g|t(?:ons?)?(?:[ .*-]*(?:yrs?|years?))?|[ck]?m|x_?0|[\s%]*(?:quantile|percentile)|"
    r"th percentile)(?![a-z])"
)
PATTERNS: Final = (
    # Reactions and particles.
    r"[^\s()]*\s*->\s*[^\s)]+",
    r"(?<![a-z0-9\x00])(?:e|mu|tau|pi|p)\^?[+-](?:\s*(?:e|mu|tau|pi|p)\^?[+-])?(?![\w.])",
    r"s?u\(\d\)\w*|gamma gamma|(?:a'|z'|x|mono)[ -]?gamma(?![a-z'])|"
    r"(?<![a-z])gamma[ -]?(?:a'|z'|x)",
    # Numbers that belong to other names, such as DarkSide-50 and E-137, and to masses.
    r"(?<![a-z])(?:(?![fpna]b-1(?!\d))[a-z]{2,}-\d+[a-z]*|e-?(?:137|141|774))(?![\d.^])",
    r"\(\s*m\s*\)|[a-z]{2,}\d+/\d(?!\d)|\(\d[spd](?:[,+/ ]+\d[spd])*\)",
    r"\(?m_?\(?[a-z'_]+\)?\s*/\s*m_?\(?[a-z'_]+\)?\)?(?:\^4)?(?:\s*=\s*[\d./]+)?",
    # Cuts on angles.
    rf"\(?(?:cos|sin|tan)?[ _(]*theta(?:[_^][\w*']+)?\)?\s*[<>]=?\s*{_NUMBER}\)?",
    rf"[\w')/]*[a-z_')/]\s*[=<>~]\s*\(?{_NUMBER}\)?(?:\s*/\s*\d+)?\s*(?:\*?\s*m_[\w']+|[kmgt]?ev)?",
    rf"{_NUMBER}\s*m_[\w']+",
    # Confidence levels, amounts with a unit, years, numbers of papers and figures.
    r"(?<![\d.^*/e-])(?:0?\.)?(?:6[578]|9\d)(?:\.\d+)?\s*(?:%|per ?cent)?(?=[\s),;:\]_-]|c\.?l|$)",
    rf"(?<![\d.^])[+-]?\s*{_NUMBER}[\s-]*{_UNIT}",
    r"(?<=\x00 )in gev\^-1|gev\^-1",
    r"(?<!\d)(?:19|20)\d\d(?:\s*[-+&/,]\s*(?:19|20)?\d\d)*(?![\d.])",
    r"(?:arxiv)?\W*\d{4}\.\d{4,5}|(?<![a-z])ins\d{4,}",
    r"(?:fig(?:ure)?|table|tab|eq|ref|run|phase|panel|col(?:umn)?|scenario|benchmark|model|version|"
    r"case|type|spin|bc|stage|part|set|row)s?[._ -]*#?\d+[a-z]?(?:\s*[+&-]\s*\d+)*(?!\.?\d)",
    r"(?:pr[dcl]|plb|epj[ac]|jhep|jcap|phys\w*\.? ?(?:rev|lett)\w*\.? ?(?:lett\w*\.?|[bcdx])?)"
    r"[ .,]*\d+(?:[\s,():]+\d+)*",
    r"\bc\. ?[il]\.?|\bcl ?s\b",
    # The first or second column of its name.
    r"(?<=\x00)[_.][1-9](?![\w.^])",
    # Words that alter nothing where they stand.
    r"square of|mass[ _]ratio\s*[\d.]*|alpha_\w+\s+[\d.]+|(?:re)?scaled (?:to|from)|"
    r"(?:expected|exp|observed)[ _]+[+-]?[0-2](?![\d.])|sqrt\(?s\)?|"
    r"(?:branching|likelihood)[ _](?:ratio|fraction)|"
    r"log(?:arithmic)?[ -]?(?:scale|likelihood|axis)|(?:elementary|unit) charge|points? of\b|"
    r"over (?:the |a |an )?(?:whole |full |entire |wide )?(?:mass|range)|"
    r"missing[ -](?:transverse )?(?:energy|momentum|mass)|(?:integrated )?luminosity of|"
    r"profiled?[ -]likelihood|(?:zero[ -])?background[ -]free|zero[ -]backgrounds?|"
    r"signal[ -](?:region|channel)|(?:lepton|baryon)[ -]number|"
    r"(?:with|without|no|only|in(?:cl|cluding)|ex(?:cl|cluding))\.? (?:stat|sys)[a-z]*\.?"
    r"(?: (?:and|&) (?:stat|sys)[a-z]*\.?)?(?: (?:only|uncertaint(?:y|ies)|errors?))?",
)
"""Patterns of numbers and signs that belong to something else than the quantity."""

_LISTED: Final = (
    # Small words.
    "a above after against all also an and any are around as assuming at be before below beside "
    "between both by down due during each for from function given here if in into is it its "
    "least less like more most near no not of on only or other over per see than that the these "
    "this through to under up used using versus via vs was were has have been when where which "
    "with within without "
    # What limits are called.
    "aggressive allowed analyses analysis area based baseline best blind border bound "
    "boundaries boundary bounds combination combined conservative constrained constraint "
    "constraints contour contours current curve curves default derived digitisation digitised "
    "digitization digitized displayed edge estimate estimated exclude excluded excludes "
    "excluding exclusion exclusions existing exp expectation expected experiment experimental "
    "experiments extracted favored favoured final first forbidden full future goal highest "
    "individual initial interpolated interpretation interpreted largest lim limit limits line "
    "lines ll lower lowest main max maximal maximum measured measurement median min minimal "
    "minimum new nominal obs observed obtained old optimistic out overall partial plotted "
    "preferred preliminary present previous projected projection projections prospect prospects "
    "published reach realistic reanalysis recast recasted recasting region regions reinterpret "
    "reinterpretation reinterpreted result results ruled search searches second sensitivities "
    "sensitivity set shown smallest smoothed strong strongest taken target theoretical theory "
    "third total ul unblinded upper weak weakest work "
    # Statistics.
    "approach asymptotic average band bands bayes bayesian central ci cl cl_s cls cls_b clsb "
    "confidence cousins credible fc feldman frequentist global level levels mean med method one "
    "percentile power-constrained profiled quantile side sided single statistical statistics "
    "toy toys two "
    # Couplings and where they come from.
    "alp alps angle anti assumption asymmetric atomki axial axion axions b-l baryon baryonic "
    "benchmark benchmarks boson bosons bsm case cases coefficient complex constant coupling "
    "couplings dark dirac dm elastic electron electrons electrophilic eta fermion fermionic "
    "fermions flavor flavour gauge gaugophobic generic hadron hadronic hadrons "
    "hadrophilic heavy hidden higgs hypothesis inelastic kaon kaons kinetic kinetically ldm "
    "lepton leptonic leptons leptophilic leptophobe leptophobic light majorana massive matter "
    "mediator mediators meson mesons mixed mixing mixings model models muon muonphilic muons "
    "neutrino neutrinos neutron neutrons nu nucleon nucleons omega parameter parameters "
    "particle particles phi photon photons physics pion pions portal positron positrons proton "
    "protons protophobic pseudo pseudo-dirac pseudoscalar psi quark quarks real relic rho "
    "scalar scenario scenarios sector simplified sm standard strength sub sub-gev symmetric tau "
    "taus thermal u' universal upsilon vector wimp wimps x17 z "
    # How it is made, how it decays, where it is searched for.
    "annihilation associated backward barrel beam beams brems bremsstrahlung bump calorimeter "
    "categories category channel channels collider colliders data dataset decay decayed "
    "decaying decays detector dielectron dilepton dimuon diphoton displaced displacement dump "
    "dumps e+e- electron-positron endcap entire eot ep excl exclusive exposure fixed forward "
    "free hunt incl included including inclusive invisible invisibly lived long long-lived mass "
    "masses mode modes mono mono-photon monophoton mot non-resonant nonresonant period periods "
    "phase pot pp primakoff produced production prompt radiated radiative range ranges "
    "resonance resonant run runs sample samples semi-visible semivisible signature signatures "
    "single-photon stage state states topology tracker upgrade upgraded vertex vertexed "
    "vertices visible visibly whole wide "
    # Papers, files, and experiments whose names are no capitals in a head that has none.
    "abracadabra admx al aleph ancillary apex appendix arxiv astrophysical astrophysics atlas "
    "auxiliary babar babyiaxo bbn bdx belle bes besii besiii black blue borexino bottom branch "
    "cast cdex cdms cern charm cleo clusters cmb cms codex codex-b coherent collab "
    "collaboration column columns cooling cosmological cosmology cows cresst crows damic "
    "damic-m darkmesa darkquest darkside dashed deap delphi desy digitizer doi dotted dune e137 "
    "e141 e774 earth edelweiss ee epjc eq equation et faser fermilab fig figure figures file "
    "files galactic gg globular gray green grey group halo haystac hepdata horizontal hps iaxo "
    "icarus inset inspire instrum jcap jhep jlab juno kek kek-pf kloe ldmx left lep lett lhc "
    "lhcb lsnd lux lz m3 magellan mainz mami material mathusla mesa microboone miniboone mumu "
    "na na48 na62 na64 na64e na64mu note nsw nucal nucl online opal orsay osqar padme panda-x "
    "pandax panel paper papers phys planck plb plot prc prd prl pvlas red redtop ref reference "
    "references refs rev right row rows sbnd seaquest sensei shaded ship slac sn sn1987a solar "
    "solid spinquest stars stellar sun supercdms supernova supplemental supplementary tab table "
    "tables tabs tevatron top trex update updated vepp version web xenon xenon1t xenonnt "
)
_WORDS: Final = frozenset(_LISTED.split())
"""Words, in lower case, that say which limit of a quantity it is and where it comes from."""

_LISTED_OF_FILES: Final = (
    # People and their tools.
    "hand eye author authors website github script python mathematica root zenodo my own our "
    "their theirs we you thanks courtesy communication private public webplotdigitizer record "
    "plotdigitizer engauge digitize digitise digitised digitized darkcast records report european "
    "strategy method methods technique plane axis axes space matplotlib asimov experiment "
    # What is done with a file.
    "process processes fully prompt-like start end begin contain contains unity as header include "
    "includes generated made created prepared produced provided "
    "extracted computed calculated copied copy download downloaded read off sorted ascending "
    "descending rounded corrected typo redistribute cite please use original version last plain "
    "text format csv yaml json hepdata ascii separated commas semicolons tabs blanks comma tab "
    "comment comments "
    "nothing something date points point value values numbers x middle unless noted otherwise if "
    "do beam energy dimensionless natural units scientific notation systematic systematics "
    "assumes assumed luminosity thick thin dash orange purple yellow colour "
)
OF_FILES: Final = frozenset(_LISTED_OF_FILES.split())
"""Words of comments about the file and its rows; beside a quantity they may say more."""

_TOKEN: Final = re.compile(r"(?<![a-z0-9'])[a-z](?:[a-z0-9'_-]*[a-z0-9'])?")
_LIKE_A_PARAMETER: Final = re.compile(
    r"l_?(?:e|mu|tau)(?:-l_?(?:e|mu|tau))?|m_[a-z]+'?|alpha_[a-z]+'?|g_[a-z]+'?|g_d|m'|a'|z'|v'|x'|h'"
)
_NO_NAMES: Final = frozenset(
    # Capitals that say what the numbers are.
    {"pdf", "cdf", "rms", "snr", "nsi", "llr", "nll", "eff", "acc", "rel", "err", "unc", "std"}
    | {"fwhm", "cov", "dof", "ndf", "roi", "px", "pos", "idx", "sf", "db", "wt", "diff", "cpv"}
)
_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[+-][A-Za-z0-9]+)*")


def names_in(head: str) -> frozenset[str]:
    """Words of a head that are names of experiments by their capitals, in lower case.

    Parameters
    ----------
    head : str
        As the file has it.

    Returns
    -------
    frozenset of str
        Words with two capitals, or a capital and a digit: ``"BaBar"``, ``"NA64"``; none if all
        letters of the head are capitals.
    """
    if head.upper() == head:
        return frozenset()
    words = re.sub(r"\\[A-Za-z]+|<[^>]*>", " ", head)
    return (
        frozenset(
            part.lower()
            for word in _NAME.findall(words)
            if sum(letter.isupper() for letter in word) > 1
            or (word[:1].isupper() and any(letter.isdigit() for letter in word))
            for part in (word, *re.split(r"[+-]", word))
        )
        - _NO_NAMES
    )


def are_known(word: str, names: frozenset[str] = frozenset()) -> bool:
    """Say whether a word alters nothing.

    Parameters
    ----------
    word : str
        In lower case, as `plain` spells it.
    names : frozenset of str, optional
        From `names_in`.

    Returns
    -------
    bool
        True if it is listed, a name, or made of such by hyphens and underscores.
    """
    if word in _WORDS or word in names or _LIKE_A_PARAMETER.fullmatch(word):
        return True
    parts = [part for part in re.split(r"[_-]+", word) if part and not part.isdigit()]
    return len(parts) > 0 and all(
        len(part) > 1 and (part in _WORDS or part in names) for part in parts
    )


def unknown_words(words: str, names: frozenset[str] = frozenset()) -> list[str]:
    """Words that are not known to alter nothing.

    Parameters
    ----------
    words : str
        As `plain` gives it, without the quantity and without `PATTERNS`.
    names : frozenset of str, optional
        From `names_in`.

    Returns
    -------
    list of str
        In the order in which they stand.
    """
    return [word for word in _TOKEN.findall(words) if not are_known(word, names)]
