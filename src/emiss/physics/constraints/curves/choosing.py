"""The choice of a column, of the two edges of a region and of rows in a table."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from ....ground.bounded_text import plain_number, shown
from ....ground.errors import EmissError
from .mass_name import is_mass, is_of_dark_matter
from .naming import mentions
from .pieces import PIECE, rows_of_piece
from .table import Cell, Choice, Column, Table
from .unit_text import parse_unit, split_unit
from .wording import plain

__all__ = ["choose_columns", "choose_rows", "is_uncertainty", "without_side"]


def _key(text: str) -> str:
    return re.sub(r"[^a-z0-9^'/+-]+", "", plain(text))


def _same(one: str, other: str) -> bool:
    a, b = plain_number(one), plain_number(other)
    if a is not None and b is not None:
        return abs(a - b) <= 1e-9 * max(abs(a), abs(b))
    return _key(one) == _key(other)


def _named(column: Column, name: str) -> bool:
    key = _key(name)
    return bool(key) and (_key(column.head) == key or key in _key(column.head))


def _list(columns: Sequence[Column]) -> str:
    """Columns with numbers and qualifiers that tell them apart, for messages."""
    common = (
        set(columns[0].qualifiers).intersection(*(c.qualifiers for c in columns))
        if columns
        else set()
    )
    parts = []
    for i, column in enumerate(columns[:12]):
        own = ", ".join(f"{n} = {v}" for n, v in column.qualifiers if (n, v) not in common)
        head = f"'{shown(column.head, 80)}'" if column.head else "no head"
        parts.append(f"{i + 1}: {head}" + (f" ({shown(own, 100)})" if own else ""))
    more = f" and {len(columns) - 12} more" if len(columns) > 12 else ""
    return (", ".join(parts) or "none") + more


def _exact(columns: Sequence[Column], wanted: str) -> list[Column]:
    for same in (
        lambda c: c.head == wanted,
        lambda c: c.head.strip().lower() == wanted.strip().lower(),
        lambda c: bool(_key(wanted)) and _key(c.head) == _key(wanted),
    ):
        found = [column for column in columns if same(column)]
        if found:
            return found
    return []


def _by_name(table: Table, columns: Sequence[Column], wanted: str) -> list[Column]:
    if found := _exact(columns, wanted):
        return found
    if re.fullmatch(r"#?[0-9]{1,4}", wanted.strip()):
        number = int(wanted.strip().lstrip("#"))
        if 1 <= number <= len(table.dependent):
            one = table.dependent[number - 1]
            if one not in columns:
                raise EmissError(
                    f"{table.file}: column {number} does not have the qualifiers asked for; "
                    f"there are {_list(table.dependent)}."
                )
            return [one]
        raise EmissError(
            f"{table.file}: there is no column {number}; there are {_list(table.dependent)}."
        )
    return [
        column
        for column in columns
        if wanted.lower() in column.head.lower() or _named(column, wanted)
    ]


def _with_qualifiers(table: Table, choice: Choice) -> list[Column]:
    kept = list(table.dependent)
    for name, value in choice.qualifiers:
        if any(_named(column, name) for column in table.independent):
            continue
        if table.breaks and name.lower() == PIECE:
            continue
        having = [c for c in kept if any(_key(n) == _key(name) for n, _ in c.qualifiers)]
        found = [
            c
            for c in having
            if any(_key(n) == _key(name) and _same(v, value) for n, v in c.qualifiers)
        ]
        if not found:
            stated = sorted({f"{n} = {v}" for c in table.dependent for n, v in c.qualifiers})
            variables = [c.head for c in table.independent]
            raise EmissError(
                f"{table.file}: no column has the qualifier {shown(name, 60)} = "
                f"{shown(value, 60)}; there are {shown(', '.join(stated[:12]) or 'none', 300)}, "
                f"and the variables {shown(', '.join(variables), 200)}."
            )
        kept = found
    return kept


def _edges(columns: Sequence[Column]) -> list[Column]:
    """Lower and upper edge of one region, where the heads say so."""
    heads = [(plain(c.head).replace("_", " "), c) for c in columns]
    heads = [(h, c) for h, c in heads if not _BAND.search(h)]
    if both := _ends(heads, _BOTH_LIMITS):
        return both
    # "Upper limit" is what any limit is called; an edge is named otherwise.
    lower = [c for h, c in heads if re.search(r"\blower\b(?! limit)", h)]
    upper = [c for h, c in heads if re.search(r"\bupper\b(?! limit)", h)]
    plain_ones = [c for h, c in heads if c not in upper and re.search(r"(observed|projected)$", h)]
    if len(upper) == 1 and len(lower) == 1 and lower != upper:
        # Beside a value that both belong to they are its errors, or a band around it.
        return [] if _values_between(heads) else [lower[0], upper[0]]
    if len(upper) == 1 and len(plain_ones) == 1 and not lower:
        return [plain_ones[0], upper[0]]
    return _ends(heads, _END)


def _values_between(heads: Sequence[tuple[str, Column]]) -> list[Column]:
    """Columns that name a quantity or a limit and are neither a lower nor an upper edge."""
    return [
        column
        for head, column in heads
        if not re.search(r"\b(?:lower|upper)\b(?! limit)", head)
        and (mentions(column.head) or _VALUE.search(head))
    ]


_VALUE: Final = re.compile(
    r"\b(?:limit|observed|value|coupling|central|median|mean|mid|middle|nominal|best)s?\b"
)


def _ends(heads: Sequence[tuple[str, Column]], ends: str) -> list[Column]:
    """Two columns of the same name with "low" and "up": edges, if none is between them."""
    stems: dict[str, list[tuple[bool, Column]]] = {}
    for head, column in heads:
        stem, count = re.subn(ends, " ", head)
        if count == 1:
            is_lower = re.search(rf"{_LOWER_END}|\blower\b", head) is not None
            stems.setdefault(re.sub(r"\W+", " ", stem).strip(), []).append((is_lower, column))
    pairs = [sorted(pair, key=lambda end: not end[0]) for pair in stems.values() if len(pair) == 2]
    pairs = [pair for pair in pairs if pair[0][0] and not pair[1][0]]
    if len(pairs) != 1 or len(stems) != 1:
        return []
    between = {re.sub(r"\W+", " ", head).strip() for head, _ in heads} & set(stems)
    if "" in stems and len(heads) > len(pairs[0]):
        return []  # "low" and "high" beside a value are its errors
    return [] if between else [column for _, column in pairs[0]]


def _lone_edge(columns: Sequence[Column], chosen: Column) -> Column | None:
    """The one column with the name of the chosen one, or none, and a word for one end of it."""

    def stem(head: str) -> tuple[str, int]:
        rest, count = re.subn(_END, " ", plain(head).replace("_", " "))
        return re.sub(r"\W+", " ", rest).strip(), count

    name, own = stem(chosen.head)
    others = [column for column in columns if column is not chosen]
    ends = [c for c in others if (found := stem(c.head))[1] == 1 and found[0] in {name, ""}]
    return ends[0] if len(ends) == 1 and own == 0 else None


_LOWER_END: Final = r"\b(?:low|lo|down|min|minimum|bottom)\b(?! (?:limit|mass))|\bexcluded from\b"
_END: Final = (
    rf"{_LOWER_END}|\bexcluded to\b|\b(?:up|high|hi|max|maximum|top)\b(?! (?:limit|mass|to\b))"
)
_BOTH_LIMITS: Final = r"\b(?:low|upp)er (?:limits?|bounds?)(?: on)?\b(?:(?<= on) the\b)?"
_BAND: Final = re.compile(
    # Bands and uncertainties have two sides that are no edges of a region.
    r"expected|\bexp\b|sigma band|\d ?-?sig(?:ma)?\b|\bband|68 ?%|\berr(?:ors?)?\b|"
    r"uncert|\b(?:stat|sys|unc)|\b68\b|\bci\b|\bmed(?:ian)?\b|\btoys?\b|\bgreen\b|\byellow\b|"
    r"\bmodels?\b|\b95\b(?! ?%? ?c)|\b[12]s\b|\bmean\b|\boptimistic\b|\bconservative\b|\bnominal\b|"
    r"\btheor|quantile|percentile|interval|envelope"
)
_SIDE: Final = re.compile(
    r"expected|(?<![a-z])exp(?![a-z])|sigma(?: |$)(?=band|$)|[+-] ?[12] ?(?:s\.?d\.?|sigma)|"
    r"[12] ?-?sig(?:ma)?(?![a-z])|"
    r"(?<![a-z])(?:err(?:ors?)?|stat\w*|sys\w*|unc\w*|"
    r"low|lo|down|high|hi|up(?! to)|min|max)(?![a-z])|"
    r"68 ?% ?(?:lower|upper)|(?:lower|upper) 68 ?%|[+-]$"
)


_UNCERTAINTY: Final = re.compile(
    r"(?<![a-z])(?:err(?:ors?)?|stat\w*|sys\w*|unc\w*|total)(?![a-z])\W*(?:[+-]|up|down|low|high)?\W*$|"
    r"[+-]$"
)


def is_uncertainty(head: str) -> bool:
    """Whether a column holds an uncertainty of the one before, as ``stat +`` does."""
    return _UNCERTAINTY.search(plain(head).replace("_", " ")) is not None


def without_side(column: Column) -> Column:
    """One of two edges without the word that says which, so that its head names the quantity."""
    head = re.sub(
        r"[_ ,(]*(?<![a-z])(?:low|lo|up|high|hi|bottom|top|excluded (?:from|to))(?![a-z])\)?",
        " ",
        column.head,
        flags=re.I,
    )
    return replace(column, head=head.strip(" _"))


def _said(column: Column) -> str:
    """The head of a column with the qualifiers that say whether it is the observed limit."""
    kinds = (value for _, value in column.qualifiers if _KIND.match(value))
    return plain(" ".join([column.head, *kinds]))


_KIND: Final = re.compile(r"(?:median )?(?:observed|expected|obs|exp)(?![a-z])", re.IGNORECASE)


def _default(columns: Sequence[Column], likely: Sequence[Column]) -> list[Column]:
    """Without a wish: the only one, both edges, the observed one, the only one that is a limit."""
    of_values = [column for column in columns if not is_uncertainty(column.head)]
    if len(columns) == 1 or len(of_values) == 1:
        return of_values or list(columns)
    if _are_quantiles(columns):
        return []
    edges = _edges(columns)
    named = any(re.search(r"observed|projected", c.head, re.IGNORECASE) for c in edges)
    if edges and (named or not any(_is_value(c) for c in columns if c not in edges)):
        return edges
    for pool in (likely, columns) if not likely else (likely,):
        observed = [
            c for c in pool if re.search(r"observed|projected|(?<![a-z])obs(?![a-z])", _said(c))
        ]
        observed = [c for c in observed if not _SIDE.search(_said(c))]
        if len(observed) == 1:
            # "Observed" beside a head that names a quantity may be anything.
            others = [c for c in likely if mentions(c.head) and not _SIDE.search(_said(c))]
            return observed if mentions(observed[0].head) or not others else []
    central = [c for c in likely if not _SIDE.search(_said(c))]
    if len(central) == 2:  # beside a limit the median is what was expected
        central = [c for c in central if not re.search("median", c.head, re.I)] or central
    if len(central) > 1:
        between = _values_between([(plain(c.head).replace("_", " "), c) for c in central])
        # "Lower" and "upper" beside one value; two limits of their own stay open.
        central = between if len(between) == len(central) - 2 == 1 else central
    return central if len(central) == 1 else []


_PERCENT: Final = re.compile(
    r"(?<![\d.])(\d{1,2}(?:\.\d+)?) ?(?:%|pct|per ?cent|(?:st|nd|rd|th) per)"
)


def _are_quantiles(columns: Sequence[Column]) -> bool:
    """Whether columns are at several shares, such as 16, 50 and 84 %, which are no levels."""
    found = [float(m[1]) for c in columns if (m := _PERCENT.search(plain(c.head)))]
    return len(set(found)) > 1 and min(found) <= 50.0


def _is_value(column: Column) -> bool:
    """Whether a column holds a quantity or a limit, and is no end of anything."""
    head = plain(column.head).replace("_", " ")
    ends = rf"{_END}|\b(?:lower|upper)\b(?! limit)|sigma|[+-] ?[12]|\b(?:err|stat|sys|unc)|[+-]$"
    named = mentions(column.head) or re.search(rf"{_VALUE.pattern}|\b(?:expected|exp)\b", head)
    return bool(named) and not re.search(ends, head)


def choose_columns(table: Table, choice: Choice, likely: Sequence[Column]) -> list[Column]:
    """Pick the column that is meant, or the two edges of a region.

    Parameters
    ----------
    table : Table
        The table.
    choice : Choice
        What is asked for.
    likely : sequence of Column
        Columns whose heads name a quantity.

    Returns
    -------
    list of Column
        One, or two: lower and upper edge.

    Raises
    ------
    EmissError
        If it is open which one is meant, or there is none such; the message lists what there is.
    """
    columns = _with_qualifiers(table, choice)
    if choice.column is None:
        found = _default(columns, [c for c in columns if c in likely])
        if not found:
            raise EmissError(
                f"{table.file}: several columns; choose one with --column (a name, a part of it or "
                f"its number here) or --qualifier NAME=VALUE: {_list(table.dependent)}."
            )
        if len(found) == 1 and (edge := _lone_edge(columns, found[0])):
            raise EmissError(
                f"{table.file}: '{shown(edge.head, 60)}' beside '{shown(found[0].head, 60)}' may "
                "be an edge of a region or one side of a band; choose one with --column, or head "
                f"the edges as lower and upper: {_list(table.dependent)}."
            )
        return found
    found = _by_name(table, columns, choice.column)
    if len(found) > 1 and (edges := _edges(found)) and len(edges) == len(found):
        return edges
    if len(found) != 1:
        raise EmissError(
            f"{table.file}: '{shown(choice.column, 60)}' is part of the name of {len(found)} "
            f"columns; choose by number or with --qualifier NAME=VALUE: {_list(table.dependent)}."
        )
    return found


def choose_rows(table: Table, choice: Choice, mass: Column) -> list[int]:
    """Rows at the values asked for of variables other than the mass.

    Parameters
    ----------
    table : Table
        The table.
    choice : Choice
        Its qualifiers may name variables.
    mass : Column
        The variable of the curve.

    Returns
    -------
    list of int
        Numbers of the rows.

    Raises
    ------
    EmissError
        If a value does not occur, or another variable still varies: none is ignored.
    """
    rows = rows_of_piece(table, choice, range(len(table.places)))
    for column in table.independent:
        if column is mass:
            continue
        for name, value in choice.qualifiers:
            if _named(column, name):
                kept = [
                    i for i in rows if isinstance(c := column.cells[i], str) and _same(c, value)
                ]
                if not kept:
                    some = dict.fromkeys(str(column.cells[i]) for i in rows)
                    raise EmissError(
                        f"{table.file}: '{shown(column.head, 60)}' is nowhere "
                        f"{shown(value, 40)}; it is {shown(', '.join(list(some)[:12]), 200)}."
                    )
                rows = kept
    for column in table.independent:
        if column is not mass and not _follows(column, mass, rows):
            raise EmissError(
                f"{table.file}: '{shown(column.head, 60)}' is a second variable; choose one value "
                f'with --qualifier "{shown(column.head, 60)}={_example(column, rows)}", none is '
                f"ignored{_ENDS if is_mass(column.head) else ''}."
            )
    return rows


_ENDS: Final = "; if the two masses are the ends of bins, keep one column, with the masses meant"


def _example(column: Column, rows: Sequence[int]) -> str:
    return shown(column.cells[rows[0]], 30) if rows else "VALUE"


def _middle(cell: Cell) -> float | None:
    if isinstance(cell, str):
        return plain_number(cell)
    ends = [plain_number(end) for end in cell]
    return None if None in ends else 0.5 * sum(end or 0.0 for end in ends)


def _follows(column: Column, mass: Column, rows: Sequence[int]) -> bool:
    """Whether a variable is constant, the same mass again, or the other mass at a fixed ratio.

    Of anything else a fixed multiple of the mass is a variable of its own: the upper ends of bins,
    a coupling that grows with the mass.
    """
    if len({column.cells[i] for i in rows}) <= 1:
        return True
    numbers = [(_middle(column.cells[i]), _middle(mass.cells[i])) for i in rows]
    if any(a is None or not b for a, b in numbers):
        return False
    ratios = [(a or 0.0) / (b or 1.0) for a, b in numbers]
    if max(ratios) - min(ratios) > 2e-3 * abs(max(ratios, key=abs)):
        return False
    if is_mass(column.head) and is_of_dark_matter(column.head) != is_of_dark_matter(mass.head):
        return True
    wanted = _unit_size(mass) / _unit_size(column)
    return all(abs(ratio / wanted - 1.0) <= 2e-3 for ratio in ratios)


def _unit_size(column: Column) -> float:
    """Size of the unit of a mass; 1 where it has none."""
    own = split_unit(column.head)[1]
    unit = parse_unit(column.unit) if column.unit else own
    return unit.factor if unit is not None and unit.dimension == "energy" else 1.0
