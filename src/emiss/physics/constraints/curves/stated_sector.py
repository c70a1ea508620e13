"""The dark sector for which a curve holds, as its heads, qualifiers and texts state it."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from ....ground.bounded_text import plain_number
from .table import Column, Table
from .wording import plain

__all__ = [
    "ALPHA_STATED",
    "RATIO_STATED",
    "alphas_in",
    "ratios_in",
    "sector_asked",
    "stated_alpha",
    "stated_ratio",
]

_Value = Callable[[float], float]
_NUMBER: Final = r"\(?(\d[\d.]*(?:e[+-]?\d+)?|\.\d+)(?![\d.e])(?: ?/ ?(\d[\d.]*))?\)?"
_ALONE: Final = (
    # Neither a mass, nor one of several values.
    r"(?! ?\*? ?(?:m_?|[kmgt]?e)[a-z])(?! ?(?:-|to|\.\.|and|or) ?\.?\d)(?!, ?0?\.\d)"
    # Nor a number that a power of ten follows.
    r"(?! ?10\^)"
    # Nor a part of a product, a power or a percentage, which is not worked out.
    r"(?! ?(?:\^|%|per ?cent|[*/x] ?[\d(a-z]|\*\*|alpha|pi(?![a-z])))"
)
_IS: Final = r"(?: ?(?:=|:|~|(?<= )(?:is|of|at)(?= )|(?:fixed|set|equal) to) ?| )"
_DARK: Final = r"(?<![a-z])m_?\(?(?:chi|l?dm|psi|dark[ -]matter)(?:_1)?\)?"
_MEDIATOR: Final = r"(?<![a-z])m_?\(?(?:a'?|ap|aprime|z'?|zp|v|med(?:iator)?|phi)\)?'?"
_DARK_SAID: Final = rf"(?:{_DARK}|(?<![a-z])(?:the )?(?:dark[ -]matter|l?dm)(?: mass)?)"
_MEDIATOR_SAID: Final = (
    rf"(?:{_MEDIATOR}|(?<![a-z])(?:the )?(?:mediator|med|dark[ -]photon|a'|z')(?: mass)?)"
)
"""In words too, which need the other mass beside them."""
_ALPHA: Final = (
    # Neither a root nor a multiple of it.
    r"(?<![a-z/*^\d])(?<!sqrt\()(?<!/ )(?<!\d )(?<!\* )(?<!sqrt )"
    rf"(?:alpha_?\(?(?:d(?:m|ark)?|x|chi)\)?|a_?d){_IS}{_NUMBER}"
)
_COUPLING: Final = rf"(?<![a-z])g_?\(?(?:d(?:m|ark)?|chi)\)?{_IS}{_NUMBER}"
_RATIOS: Final[tuple[tuple[str, _Value], ...]] = (
    # The mediator over the dark matter, the other way, and either.
    (rf"{_MEDIATOR_SAID}(?: ?/ ?| to ){_DARK_SAID}(?: ratio)?{_IS}{_NUMBER}", float),
    (rf"{_MEDIATOR} ?= ?{_NUMBER} ?\*? ?{_DARK}", float),
    (rf"{_DARK} ?= ?{_MEDIATOR} ?/ ?{_NUMBER}", float),
    (
        rf"{_DARK_SAID}(?: ?/ ?| to ){_MEDIATOR_SAID}(?: ratio)?{_IS}{_NUMBER}",
        lambda r: 1.0 / r,
    ),
    (rf"{_DARK} ?= ?{_NUMBER} ?\*? ?{_MEDIATOR}", lambda r: 1.0 / r),
    (rf"mass[ _]?ratio(?: r)?{_IS}{_NUMBER}", lambda r: max(r, 1.0 / r)),
    (
        rf"(?<![a-z_])(?<!delta )r ?[=:] ?(?!0?\.(?!33)){_NUMBER}(?! ?[kc]?m(?![a-z]))",
        lambda r: max(r, 1.0 / r),
    ),
)
ALPHA_STATED: Final = f"{_ALPHA}|{_COUPLING}"
RATIO_STATED: Final = "|".join(pattern for pattern, _ in _RATIOS)


def _sources(table: Table, column: Column) -> Iterator[list[str]]:
    """Texts in the order in which they count: those of the column, of the table, comments."""
    same = [c for c in table.independent if c.cells and set(c.cells) == {c.cells[0]}]
    yield [
        column.head,
        *(f"{name} = {value}" for name, value in column.qualifiers),
        *(f"{c.head} = {c.cells[0]}" for c in same if isinstance(c.cells[0], str)),
    ]
    for texts in (table.description.split("\n"), table.comments):
        yield [part for text in texts for part in re.split(r"(?<=[.;]) ", text)]


def _number(whole: str, below: str | None) -> float:
    """A number or a fraction; of 0.333 the third that is meant."""
    number = plain_number(whole.rstrip(".")) or math.nan
    if below is not None:
        return number / (plain_number(below.rstrip(".")) or math.nan)
    digits = len(whole.partition(".")[2].rstrip("."))
    if 0.0 < number < 1.0 and digits > 1:
        nearest = round(1.0 / number)
        return 1.0 / nearest if round(1.0 / nearest, digits) == number else number
    return number


_EXCEPTION: Final = re.compile(
    r"(?<![a-z])(?:unless|except|otherwise|elsewhere|here|instead|this (?:table|file|curve))"
    r"(?![a-z])"
)
_BARE: Final = re.compile(
    r"(?<![\w.<>^/=])(?<![=<>/~] )(\d*\.\d+)(?![\w.]| ?(?:%|per ?cent|[kmgt]?ev|c\.? ?l|sigma))"
)


def _excepted(words: str, small: bool) -> set[float]:
    """Numbers without a name in a text on an exception: below 1 couplings, else ratios."""
    if not _EXCEPTION.search(words):
        return set()
    numbers = (float(match[1]) for match in _BARE.finditer(words))
    return {number for number in numbers if number > 0.0 and (number < 1.0) == small}


_OF_OTHERS: Final = re.compile(
    r"(?<![a-z])(?:not|unlike|other (?:file|table|curve)s?|compar\w+|converted|translated|rather|"
    r"(?<!on )targets?|relic)(?![a-z])|= ?[\d.]+ (?:is|are) (?:excluded|ruled out)"
)
"""Words of sentences whose numbers may be those of something else."""


def _values_in(words: str, patterns: Sequence[tuple[str, _Value]]) -> set[float]:
    """Values that one text, as `plain` gives it, states."""
    return {
        value(number)
        for pattern, value in patterns
        for match in re.finditer(pattern + _ALONE, words)
        if 0.0 < (number := _number(match[1], match[2])) < math.inf
    }


def _values(
    table: Table, column: Column, patterns: Sequence[tuple[str, _Value]], *, small: bool
) -> set[float]:
    """All values that the first texts with any state."""
    for number, texts in enumerate(_sources(table, column)):
        # What belongs to the column belongs to nothing else.
        texts = [text for text in texts if not (number and _OF_OTHERS.search(plain(text)))]
        found = set[float]().union(*(_values_in(plain(text), patterns) for text in texts))
        if found:
            return found.union(*(_excepted(plain(text), small) for text in texts))
    return set()


def _one(values: set[float]) -> float | None:
    return next(iter(values)) if len(values) == 1 else None


def sector_asked(table: Table, column: Column) -> str:
    """Ask for the dark sector where a file states several; nothing where it states one or none."""
    asked = [
        f"{name} ({', '.join(f'{value:.4g}' for value in sorted(values))})"
        for name, values in (
            ("alpha_D", _alphas(table, column)),
            ("the mass ratio", _ratios(table, column)),
        )
        if len(values) > 1
    ]
    if not asked:
        return ""
    return (
        f"the file states several values of {' and of '.join(asked)}, none of which is taken: say "
        "which with --curve-alpha-dark and --curve-mass-ratio"
    )


_ALPHAS: Final[tuple[tuple[str, _Value], ...]] = (
    (_ALPHA, float),
    (_COUPLING, lambda g: g * g / (4.0 * math.pi)),
)


def alphas_in(words: str) -> set[float]:
    """Values of alpha_D that a text, as `plain` gives it, states."""
    return _values_in(words, _ALPHAS)


def ratios_in(words: str) -> set[float]:
    """Ratios of the mediator's mass to the dark matter's that such a text states."""
    return _values_in(words, _RATIOS)


def _alphas(table: Table, column: Column) -> set[float]:
    return _values(table, column, _ALPHAS, small=True)


def _ratios(table: Table, column: Column) -> set[float]:
    return _values(table, column, _RATIOS, small=False)


def stated_alpha(table: Table, column: Column) -> float | None:
    """Find the dark coupling alpha_D for which a curve holds.

    Parameters
    ----------
    table : Table
        The table.
    column : Column
        Its column of values.

    Returns
    -------
    float or None
        As stated, or g_D^2/4pi; None where nothing, or more than one number, is stated.
    """
    return _one(_alphas(table, column))


def stated_ratio(table: Table, column: Column) -> float | None:
    """Mediator mass over dark-matter mass, as a ratio or as ``m_A' = 3 m_chi``; else None.

    Of a ratio that does not say of what the mediator is taken for the heavier one.
    """
    return _one(_ratios(table, column))
