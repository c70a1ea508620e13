"""Heads of columns as people write them: LaTeX, Unicode and code names as one plain spelling.

The scale, linear or logarithmic, is taken out here; `unit_text` takes out the unit, and `quantity`
says which quantity the rest names.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final, Literal

__all__ = ["LONGEST", "Scale", "plain", "scale_of", "with_carets"]

Scale = Literal["linear", "log10", "ln", "log"]

_SUPER: Final = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
_GREEK: Final = {
    "ε": "epsilon", "ϵ": "epsilon", "α": "alpha", "γ": "gamma", "κ": "kappa", "μ": "mu",
    "√": "sqrt ", "Δ": "delta ", "δ": "delta ",
    "σ": "sigma", "τ": "tau", "χ": "chi", "φ": "phi", "ϕ": "phi", "θ": "theta", "Λ": "lambda",
    "′": "'", "’": "'", "π": "pi", "−": "-", "×": " x ", "·": "*", "→": "->",
}  # fmt: skip
_COMMANDS: Final = (
    (r"<sup>(.*?)</sup>", r"^\1"),
    (r"<sub>(.*?)</sub>", r"_\1"),
    (
        r"\\(?:math(?:rm|it|bf|cal|sf|frak)|text(?:rm|it|bf)?|rm|it|bf|left|right|displaystyle)\b",
        "",
    ),
    (r"\\(?:,|;|!|:|quad\b|qquad\b|\s)|~", " "),
    (r"\\var(?=epsilon|phi|theta|sigma|kappa)", r"\\"),
    (r"\\kern\s*-?[\d.]+\s*(?:em|ex|pt)\s*", ""),
    (r"\\times(?![A-Za-z])", " x "),
    (r"\\cdot(?![A-Za-z])", "*"),
    (r"\\(?:rightarrow|to)(?![A-Za-z])", "->"),
    (r"\^?\\prime\b|\^\{?'\}?", "'"),
    *((r"(?<!frac)(?<!\})\{([^{}]*)\}", r"\1"),) * 3,
    (r"\\frac\s*\{([^{}]*)\}\s*\{([^{}]*)\}", r"\1/\2"),
    (r"\\bar\b|\\overline\b|\\hat\b|\\tilde\b", ""),
    (r"\\%", "%"),
    (r"\\([A-Za-z]+)", r" \1 "),
    (r"[\\{}$|]", ""),
)
LONGEST: Final = 400
"""Letters of a head that are read."""


def with_carets(text: str) -> str:
    """Write superscripts as powers: ``10^-4``."""
    return re.sub("[⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺]+", lambda m: "^" + m[0].translate(_SUPER), text)


def plain(text: str) -> str:
    r"""Spell a head of a column in lower case without LaTeX and Greek letters.

    Parameters
    ----------
    text : str
        For example ``"$\\varepsilon^{2}$"`` or ``"ε²"``.

    Returns
    -------
    str
        ``"epsilon^2"``: powers as ``^``, words apart by one blank.
    """
    # ROOT writes LaTeX with another mark.
    text = re.sub(r"#(?=[A-Za-z]{2})", r"\\", text)
    # Letters of an address name nothing.
    text = re.sub(r"https?://\S+", " ", text)
    words = unicodedata.normalize("NFKC", with_carets(text[:LONGEST]))
    for letter, name in _GREEK.items():
        words = words.replace(letter, name)
    for pattern, new in _COMMANDS:
        words = re.sub(pattern, new, words)
    # The coupling to baryons, and not that to the quark b.
    words = re.sub(r"(?<![A-Za-z])g_?\(?B\)?(?![A-Za-z0-9]|\s*-\s*L)", "g_baryon", words)
    words = words.lower().replace("**", "^")
    words = re.sub(r"[\s_-]*\bsquared?\b(?! of)|_squared(?![a-z])", "^2", words)
    words = re.sub(r"(?<![a-z])(epsilon|eps)sq(?![a-z])", r"\1^2", words)
    words = re.sub(r"\s*\^?\s*'", "'", words)
    words = re.sub(r"(?<=\d) ?pct(?![a-z])", "%", words)
    # HEPData of old: MASS(NAME=Z-PRIME).
    words = re.sub(r"\(name ?= ?", "(", words)
    words = re.sub(r"(?<=(?<![a-z])[azu])-prime(?![a-z])", "'", words)
    words = re.sub(r"\( +", "(", re.sub(r" +\)", ")", words))
    words = re.sub(r"\s*\^\s*", "^", words)
    words = re.sub(r"\s*_\s*(?=[a-z0-9'(])", "_", words)
    return re.sub(r"\s+", " ", words).strip()


_LOG: Final = re.compile(
    r"(?<![a-z])(log_?\(?10\)?|lg|log|ln)(?=[\s_(\[)]|epsilon|eps|m|g|y|$)(?!\s*-?\s*(?:scale|like|axis|normal))"
)
_LOG_WORD: Final = r"log(?:arithms?|arithmic)?"
_OF: Final = r"(?: values?)?(?: (?:of|to)(?: the)?(?= ))?"
_LOG_WORDS: Final = (
    (rf"\b(?:decimal|decadic|common|base[ -]?10)[ -]{_LOG_WORD}\b{_OF}", "log10"),
    (rf"\bnatural[ -]{_LOG_WORD}\b{_OF}", "ln"),
    (rf"\b{_LOG_WORD}[ ,(]+(?:to )?(?:the )?base[ -]?(?:of )?10\b\)?{_OF}", "log10"),
    (rf"\b(?:logarithms?|logarithmic)\b(?! ?-? ?(?:scale|axis)){_OF}", "log"),
    (r"\b(log_?10|ln|log) of(?: the)?(?= )", r"\1"),
)


def _argument(text: str) -> tuple[str, str]:
    """What is in the bracket at the beginning of a text, and what is behind it."""
    depth = 0
    for i, letter in enumerate(text):
        depth += (letter in "([") - (letter in ")]")
        if depth == 0:
            return text[1:i], text[i + 1 :]
    return text[1:], ""


def scale_of(words: str) -> tuple[Scale, str]:
    """Say whether a head names a logarithm, and of what.

    Parameters
    ----------
    words : str
        As `plain` gives it.

    Returns
    -------
    scale : str
        ``"linear"``, ``"log10"``, ``"ln"``, or ``"log"`` where the base is not said.
    rest : str
        The head without the logarithm and the bracket around its argument.
    """
    for pattern, new in _LOG_WORDS:
        words = re.sub(pattern, new, words)
    match = _LOG.search(words)
    if match is None:
        return "linear", words
    if words[: match.start()].rstrip().endswith("(") and re.search(r"\)\^", words[match.end() :]):
        return "linear", words  # the power of a logarithm: not that of which the logarithm is taken
    if re.search(r"(?:[-*/\d]|(?<![a-z])x|minus|negative|abs\()\s*$", words[: match.start()]):
        return "linear", words  # a sign or a factor before it: not the logarithm itself
    base = match[1]
    scale: Scale = "ln" if base == "ln" else "log" if base == "log" else "log10"
    rest = words[match.end() :].strip(" _")
    if rest.startswith(("(", "[")):
        inside, behind = _argument(rest)
        if re.match(r"\^| ?(?:[*/]|x(?![a-z])|[+-]) ?-?\d", behind):
            return "linear", words  # likewise
        rest = f"{inside} {behind.strip(')] ')}"
    return scale, f"{words[: match.start()]} {rest}".strip()
