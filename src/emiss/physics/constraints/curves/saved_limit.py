"""The record of a limit that emiss wrote, ``limit.json``, as a table like any other.

The record is documented (`limit_record`); only its columns are read here, so that no search is
needed to draw an old result.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from itertools import pairwise
from typing import Any, Final

from ....ground.bounded_text import plain_number, shown
from ....ground.errors import EmissError
from .quantity import KNOWN, meaning_of
from .saved_fields import refuse_other_fields
from .saved_model import (
    LARGEST,
    SMALLEST,
    UNITS,
    is_known,
    refuse_other_coupling,
    refuse_other_y,
)
from .table import Cell, Column, Table

__all__ = ["parse_saved_limit"]

_FORMAT: Final = "emiss-limit/1"


def _cells(record: Mapping[str, Any], name: str, values: Any, file: str) -> list[Cell]:
    """Positive numbers as text, empty where there is none."""
    masses = record.get("masses_gev")
    count = len(masses) if isinstance(masses, list) else -1
    if not isinstance(values, list) or len(values) != count:
        raise EmissError(
            f"'{file}': '{name}' must be a list of {max(count, 0)} numbers, one per mass."
        )
    for value in values:
        if value is not None and not _is_number(value):
            raise EmissError(
                f"'{file}': '{name}' must hold only numbers and null, not {shown(repr(value), 40)}."
            )
        if value is not None and not SMALLEST <= value <= LARGEST:
            raise EmissError(
                f"'{file}': '{name}' must be positive, from {SMALLEST:g} to {LARGEST:g}, not "
                f"{value:g}."
            )
    return ["" if value is None else repr(value) for value in values]


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _coupling_name(record: Mapping[str, Any], file: str) -> str:
    """Name of the coupling: one word, and not one that makes something else of a known one."""
    name = record.get("coupling_name")
    if not isinstance(name, str) or not name or len(name) > 60 or plain_number(name):
        raise EmissError(
            f"'{file}': the key 'coupling_name' is missing; give a limit.json of emiss."
        )
    known = meaning_of(name)
    beside = known.doubt and re.match(r"(?:epsilon|eps|y|g)_", name, re.IGNORECASE)
    altered = beside or known.power not in {0, 1} or known.scale != "linear" or _ERROR.search(name)
    if altered or not re.fullmatch(r"[^\W\d][\w'-]*", name):
        raise EmissError(
            f"'{file}': the coupling_name '{shown(name, 40)}' is not that of a coupling; give a "
            "limit.json of emiss."
        )
    try:
        refuse_other_fields(record)
        refuse_other_coupling(record)
    except EmissError as error:
        raise EmissError(f"'{file}': {error}") from error
    return name


_ERROR: Final = re.compile(
    r"(?<![a-z])(?:err|unc|stat|sys|low|up|min|max|exp|obs|med|rel|ratio|limit)", re.IGNORECASE
)


def _number(record: Mapping[str, Any], name: str, file: str) -> tuple[tuple[str, str], ...]:
    """A parameter of the model as a qualifier; none where it has none."""
    given = record.get("model_parameters")
    value = given.get(name) if isinstance(given, Mapping) else None
    if value is None:
        return ()
    if not _is_number(value) or value <= 0.0:
        raise EmissError(
            f"'{file}': '{name}' must be a positive number, not {shown(repr(value), 40)}."
        )
    return ((name, repr(value)),)


def _unit(record: Mapping[str, Any], name: str, file: str) -> str:
    """Unit of the coupling, which its name fixes where that is known."""
    stated = record.get("coupling_unit", "")
    known = meaning_of(name).name
    wanted = {"GeV^-1"} if known in _PER_ENERGY else {""} if known in KNOWN else UNITS
    # Records of old have none.
    if stated not in wanted and not (stated == "" and "coupling_unit" not in record):
        raise EmissError(
            f"'{file}': the coupling_unit {shown(repr(stated), 40)} does not belong to "
            f"'{shown(name, 40)}'."
        )
    return "GeV^-1" if known in _PER_ENERGY else str(stated)


_BANDS: Final = frozenset({"-2", "-1", "0", "1", "2"})
_PER_ENERGY: Final = frozenset({"g_agg", "g_phigg"})


def _refuse_level(record: Mapping[str, Any], file: str) -> None:
    level = record.get("cl")
    if level is not None and not (_is_number(level) and 0.0 < level < 1.0):
        raise EmissError(
            f"'{file}': 'cl' must be a number above 0 and below 1, not {shown(repr(level), 40)}."
        )


def _refuse_unordered(masses: list[object], name: str, file: str) -> None:
    numbers = [mass if isinstance(mass, int | float) else 0.0 for mass in masses]
    if any(b <= a for a, b in pairwise([0.0, *numbers])):
        raise EmissError(f"'{file}': '{name}' must be positive numbers that ascend.")


def _refuse_crossing(expected: Mapping[str, Any], file: str) -> None:
    """Refuse bands of which a lower one lies above a higher one."""
    bands = sorted(expected, key=int)
    for low, high in pairwise(bands):
        pairs = zip(expected[low], expected[high], strict=True)
        if any(None not in (a, b) and a > b * (1.0 + 1e-6) for a, b in pairs):
            raise EmissError(
                f"'{file}': 'expected': band {low} lies above band {high}; they must ascend."
            )


def _told(record: Mapping[str, Any]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What is to be said of a record: a level that is not 90 %, and a model that is not known."""
    level, model = record.get("cl"), record.get("model")
    comments = () if level is None or abs(level - 0.9) < 1e-9 else (f"{100.0 * level:.6g} % CL",)
    if model is None or is_known(model):
        return comments, ()
    return comments, (
        f"the record is of the model '{shown(model, 40)}', which is not known here: whether its "
        "coupling is the same is open",
    )


def parse_saved_limit(record: Mapping[str, Any], file: str) -> Table:
    """Read the columns of a record.

    Parameters
    ----------
    record : mapping
        Parsed JSON.
    file : str
        Its file, for messages.

    Returns
    -------
    Table
        Mediator mass (and dark-matter mass) against observed edges, expected bands and y.

    Raises
    ------
    EmissError
        If a key is missing or a list has the wrong length or contents.
    """
    if record.get("format", _FORMAT) != _FORMAT:
        raise EmissError(
            f"'{file}': its format is {shown(repr(record['format']), 40)}, and only {_FORMAT} is "
            "known; read it with the version of emiss that wrote it."
        )
    sector = _number(record, "alpha_dark", file) + _number(record, "mass_ratio", file)
    name = _coupling_name(record, file)
    for key in ("masses_gev", "observed"):
        if key not in record:
            raise EmissError(f"'{file}': the key '{key}' is missing; give a limit.json of emiss.")
    unit = _unit(record, name, file)
    _refuse_level(record, file)
    masses = _cells(record, "masses_gev", record["masses_gev"], file)
    _refuse_unordered(record["masses_gev"], "masses_gev", file)
    observed = _cells(record, "observed", record["observed"], file)
    projection = record.get("projection", False)
    if not isinstance(projection, bool):
        raise EmissError(
            f"'{file}': 'projection' must be true or false, not {shown(repr(projection), 40)}."
        )
    kind = "projected" if projection else "observed"
    columns = [Column(f"{name} {kind}", unit, observed)]
    if record.get("observed_upper") is not None:
        upper = _cells(record, "observed_upper", record["observed_upper"], file)
        # No upper edge beside a lower one: open above.
        open_ = ["inf" if not u and o else u for u, o in zip(upper, observed, strict=True)]
        columns.append(Column(f"{name} {kind} upper", unit, open_))
    expected = record.get("expected")
    if expected is not None and not (isinstance(expected, Mapping) and _BANDS.issuperset(expected)):
        raise EmissError(
            f"'{file}': 'expected' must be an object with the bands {', '.join(sorted(_BANDS))}."
        )
    for band, values in (expected or {}).items():
        head = f"{name} expected {shown(band, 10)}"
        columns.append(Column(head, unit, _cells(record, head, values, file)))
    _refuse_crossing(expected or {}, file)
    variables = [Column("mediator mass", "GeV", masses)]
    if record.get("y") is not None and record.get("dark_matter_masses_gev") is not None:
        columns.append(Column("y", "", _cells(record, "y", record["y"], file), sector))
        dark = _cells(record, "dark_matter_masses_gev", record["dark_matter_masses_gev"], file)
        _refuse_unordered(record["dark_matter_masses_gev"], "dark_matter_masses_gev", file)
        variables.append(Column("m_chi", "GeV", dark))
    places = [f"{file}, mass {i + 1}" for i in range(len(variables[0].cells))]
    try:
        refuse_other_y(record)
    except EmissError as error:
        raise EmissError(f"'{file}': {error}") from error
    comments, notes = _told(record)
    return Table(
        file, places, tuple(variables), tuple(columns), notes=notes, gaps=True, comments=comments
    )
