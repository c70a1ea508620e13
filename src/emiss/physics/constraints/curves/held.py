"""What the column of a curve holds: as the file says without a doubt, or as the user states it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from ....ground.bounded_text import shown
from ....ground.errors import EmissError
from .conditions import is_one_side
from .labels import spoken_qualifier
from .mass_name import is_of_dark_matter
from .other_models import doubt_of_model
from .quantity import KNOWN, Meaning, meaning_of
from .remarks import doubt_of_values, product_told, said_of, unit_in_qualifiers
from .statements import plain_clauses
from .table import Choice, Column, Table
from .unit_text import contradict, of_one_factor, parse_unit, split_unit
from .wording import plain, scale_of

__all__ = ["held", "refuse_band", "refuse_other_side"]


def held(table: Table, column: Column, choice: Choice) -> Meaning:
    """What a column holds: as the user states it, else as the file says it without a doubt."""
    if choice.quantity is not None:
        return _as_stated(table, column, choice.quantity)
    _refuse_two_units(table, column)
    column = _mixing_of_photons(table, column)
    found = meaning_of(
        column.head, column.unit or unit_in_qualifiers(table, column), said_of(table, column)
    )
    if numbered := _numbered(table, column):
        raise EmissError(
            f"{table.file}: beside '{shown(numbered, 60)}', '{shown(column.head, 60)}' may be the "
            "second of two columns or a square; say what it holds with --quantity."
        )
    if doubt := doubt_of_values(table, column, found):
        raise EmissError(doubt)
    if found.name in {"g_agg", "g_phigg"} and found.unit is None:
        _refuse_told_unit(table, column)
    if (found.name.startswith("epsilon") or not found.name) and (
        doubt := doubt_of_model(table, column)
    ):
        raise EmissError(doubt)
    return found if found.name else replace(found, name=product_told(column))


_INVERSE: Final = re.compile(r"(?<![a-z])(?:[kmt]ev\^\(?-1|(?:1 ?/|per|inverse) ?[kmt]ev)")


def _refuse_told_unit(table: Table, column: Column) -> None:
    """Refuse a coupling to photons without a unit where a text has another one than GeV^-1."""
    for text in (table.description, *table.comments):
        if told := _INVERSE.search(plain(text)):
            raise EmissError(
                f"{table.file}: '{shown(column.head, 60)}' has no unit, and '{shown(text, 60)}' "
                f"has '{told[0]}'; write it into the head, or say with --quantity what the column "
                "holds, such as 'g_agg [TeV^-1]'."
            )


_CHI: Final = re.compile(
    # No particle that something couples to.
    r"(?<!to )(?<!to \$)(?<!with )(?<!of )(?<!for )"
    r"(?:\\chi|\u03c7|(?<![A-Za-z_'\\])chi(?![A-Za-z_0-9']))(?! ?\^)",
    re.IGNORECASE,
)
_OF_PHOTONS: Final = re.compile(
    r"(?:dark|hidden|heavy|para)[ -]?photon|kinetic|(?<![a-z])(?:m_?)?\(?(?:gamma|a)'"
)


def _mixing_of_photons(table: Table, column: Column) -> Column:
    """A column headed chi, headed epsilon where the file speaks of photons that mix.

    Raises
    ------
    EmissError
        If it does not: chi has other meanings.
    """
    head, count = _CHI.subn("epsilon", column.head)
    if count != 1 or (meaning_of(column.head).power and meaning_of(head).name != "epsilon"):
        return column
    variables = [c.head for c in table.independent]
    texts = (*variables, column.head, table.description, *table.comments)
    if any(map(is_of_dark_matter, variables)) or not any(
        _OF_PHOTONS.search(plain(text)) for text in texts
    ):
        raise EmissError(
            f"{table.file}: chi in '{shown(column.head, 60)}' is the kinetic mixing in papers on "
            "hidden photons, and other things elsewhere; if it is the mixing, say so with "
            "--quantity epsilon."
        )
    return replace(column, head=head)


_LOWER: Final = (
    r"(?<!upper/)(?<!upper or )(?<!upper and )\blower (?:limits?|bounds?)(?!/| and upper| or upper)"
)


def refuse_other_side(table: Table, column: Column) -> None:
    """Refuse a lower limit, or an upper edge, that stands alone: it is no limit from above.

    Raises
    ------
    EmissError
        If the head, or a text on the coupling, says so.
    """
    if said := _other_side(table, column):
        raise EmissError(
            f"{table.file}: '{shown(column.head, 60)}' is said to be '{shown(said, 40)}', one "
            "side of a region and not a limit from above; give both edges as mass, lower edge and "
            "upper edge, or say what the column holds with --quantity."
        )


def _other_side(table: Table, column: Column) -> str:
    """What calls the values a lower limit or an upper edge; nothing if they are neither."""
    head = plain(column.head).replace("_", " ")
    found = re.search(
        rf"{_LOWER}|\bexcluded (?:below|under)\b|\bupper (?:edge|boundary|border|end)s?\b", head
    )
    for text in (table.description, *table.comments):
        found = found or re.search(
            rf"{_LOWER} (?:on|of|for) (?:the )?{_ON_COUPLING}|{_EXCLUDED_BELOW}", plain(text)
        )
    if found:
        return found[0]
    qualifiers = (text for n, v in column.qualifiers for text in (spoken_qualifier(n, v), v))
    texts = (table.description, *table.remarks, *qualifiers)
    return next((c for text in texts for c in plain_clauses(text) if is_one_side(c)), "")


_OF_A_BAND: Final = (
    r"(?<![a-z])bands?(?![a-z])|[12] ?-?(?:sigma|s\.?d\.?)(?![a-z])|"
    r"(?:68|95) ?% (?:expect\w+|interval|range|central)|"
    r"(?<![a-z])(?:theor\w+|model) uncertaint\w+|"
    r"(?:two|three|several|all|over|of the|different) (?:\w+ )?(?:models|generators|methods)|"
    r"(?:limits?|exclusion) ranges?|ranges? of (?:the )?(?:limit|bound|projection|exclusion)|"
    r"(?<![a-z])spread(?![a-z])|(?:weak|strong|low|high|optimistic|conservative)\w* (?:and|to|or) "
    r"(?:weak|strong|high|low|optimistic|conservative)\w*(?! (?:edge|bound))|percentiles?|"
    r"quantiles?|"
    r"(?:one|two) (?:sigma|standard)|limits? in two|expected range|"
    r"(?:smallest|lowest|min\w*) and (?:the )?(?:largest|highest|max\w*) (?:of|over|among)|envelope"
)


def refuse_band(table: Table, columns: Sequence[Column]) -> None:
    """Refuse two columns that a text calls a band: they are no edges of what is excluded.

    Raises
    ------
    EmissError
        If the description or a comment does.
    """
    for text in (table.description, *table.comments):
        if found := re.search(_OF_A_BAND, plain(text)):
            heads = " and ".join(f"'{shown(column.head, 40)}'" for column in columns)
            raise EmissError(
                f"{table.file}: {heads} may be the sides of a band ('{shown(found[0], 20)}' in "
                f"'{shown(text, 60)}') and not the edges of a region; choose one with --column, or "
                "say that they are edges with --quantity."
            )


_EXCLUDED_BELOW: Final = (
    r"exclu(?:ded|sion)[^.;]{0,30} (?:below|under) (?:the |this )?(?:curve|line|contour|values?)|"
    r"(?:couplings?|values?|regions?|areas?|everything|all|points?)(?: \w+)? (?:below|under)"
    r"(?! [\d.]+ ?[kmgt]?ev)[^.;]{0,30} (?:is|are) excluded|"
    r"exclu(?:ded|des|sion)\W+(?:\w+ )?(?:below|under)(?! ?[\d.]+ ?[kmgt]?ev)(?! m(?:ass|_))|"
    r"limits? (?:is|are) from below|not excluded above"
)
_ON_COUPLING: Final = r"(?:epsilon|eps|kinetic|mixing|(?:gauge )?coupling|g(?:_\S+)?|y)(?![a-z])"


def _numbered(table: Table, column: Column) -> str:
    """The column that has a 1 or a 3 where this one has a 2 at its end; else nothing."""
    match = re.fullmatch(r"(.*[A-Za-z])2", column.head.strip())
    others = {f"{match[1]}1", f"{match[1]}3"} if match else set()
    return next((c.head for c in table.dependent if c.head.strip() in others), "")


def _as_stated(table: Table, column: Column, quantity: str) -> Meaning:
    """What the user says that a column holds; only a head without a doubt may contradict it."""
    given = meaning_of(quantity)
    if not given.name or given.scale == "log":
        raise EmissError(
            f"--quantity '{shown(quantity, 60)}': write epsilon, epsilon^2, g, y, log10(epsilon), "
            "epsilon [10^-4], ..."
        )
    if given.unit is None:
        _refuse_two_units(table, column)
    by_head = meaning_of(column.head, column.unit)
    doubt = _numbered(table, column) or doubt_of_values(table, column, by_head)
    clear = by_head.name in KNOWN and not doubt and not by_head.tens
    if clear and (given.name, given.power, given.factor, given.scale) != (
        by_head.name,
        by_head.power,
        by_head.factor,
        given.scale if by_head.scale == "log" else by_head.scale,
    ):
        raise EmissError(
            f"{table.file}: --quantity {shown(quantity, 60)} contradicts the head "
            f"'{shown(column.head, 60)}'."
        )
    unit = given.unit
    if unit is None:
        stated = column.unit or unit_in_qualifiers(table, column)
        unit = meaning_of(column.head, stated).unit
    return replace(given, unit=unit, head=column.head or quantity)


def _refuse_two_units(table: Table, column: Column) -> None:
    """Refuse a unit in the head that is not the one in its place."""
    own = split_unit(column.head)[1]
    # An energy at the end of the head of a coupling is that of a beam.
    if column.unit and own is not None and own.dimension != "energy":
        of_unit, words = scale_of(plain(column.unit))
        stated = parse_unit(column.unit if of_unit == "linear" else words)
        if contradict(own, stated) and not of_one_factor(own, stated):
            raise EmissError(
                f"{table.file}: the unit in the head '{shown(column.head, 60)}' and the unit "
                f"'{shown(column.unit, 40)}' contradict each other; correct one of them."
            )
