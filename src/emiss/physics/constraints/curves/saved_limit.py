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
from .quantity import meaning_of
from .table import Cell, Column, Table

__all__ = ["parse_saved_limit"]


def _cells(record: Mapping[str, Any], name: str, values: Any, file: str) -> list[Cell]:
    masses = record.get("masses_gev")
    count = len(masses) if isinstance(masses, list) else -1
    if not isinstance(values, list) or len(values) != count:
        raise EmissError(
            f"'{file}': '{name}' must be a list of {max(count, 0)} numbers, one per mass."
        )
    for value in values:
        number = plain_number(value) if isinstance(value, str) else None
        if value is not None and (number is None or not math.isfinite(number)):
            raise EmissError(
                f"'{file}': '{name}' must hold only numbers and null, not {shown(value, 40)}."
            )
    return ["" if value is None else value for value in values]


def _coupling_name(record: Mapping[str, Any], file: str) -> str:
    """Name of the coupling: one word, and not one that makes something else of a known one."""
    name = record.get("coupling_name")
    if not isinstance(name, str) or not name or len(name) > 60 or plain_number(name):
        raise EmissError(
            f"'{file}': the key 'coupling_name' is missing; give a limit.json of emiss."
        )
    known = meaning_of(name)
    beside = known.doubt and re.match(r"(?:epsilon|eps|y|g)_", name, re.IGNORECASE)
    altered = beside or known.power > 1 or known.scale != "linear" or _ERROR.search(name)
    if altered or not re.fullmatch(r"[^\W\d][\w'-]*", name):
        raise EmissError(
            f"'{file}': the coupling_name '{shown(name, 40)}' is not that of a coupling; give a "
            "limit.json of emiss."
        )
    return name


_ERROR: Final = re.compile(
    r"(?<![a-z])(?:err|unc|stat|sys|low|up|min|max|exp|obs|med|rel|ratio|limit)", re.IGNORECASE
)


def _number(record: Mapping[str, Any], name: str) -> tuple[tuple[str, str], ...]:
    given = record.get("model_parameters")
    value = given.get(name) if isinstance(given, Mapping) else None
    return ((name, value),) if isinstance(value, str) and plain_number(value) is not None else ()


def _refuse_unordered(masses: list[object], file: str) -> None:
    numbers = [(plain_number(mass) if isinstance(mass, str) else None) or 0.0 for mass in masses]
    if any(b <= a for a, b in pairwise([0.0, *numbers])):
        raise EmissError(f"'{file}': 'masses_gev' must be positive numbers that ascend.")


def parse_saved_limit(record: Mapping[str, Any], file: str) -> Table:
    """Read the columns of a record.

    Parameters
    ----------
    record : mapping
        Parsed JSON, numbers as text.
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
    name = _coupling_name(record, file)
    for key in ("masses_gev", "observed"):
        if key not in record:
            raise EmissError(f"'{file}': the key '{key}' is missing; give a limit.json of emiss.")
    unit = "GeV^-1" if name.lower() in {"g_agg", "g_phigg"} else ""
    sector = _number(record, "alpha_dark") + _number(record, "mass_ratio")
    observed = _cells(record, "observed", record["observed"], file)
    kind = "projected" if record.get("projection") is True else "observed"
    _refuse_unordered(record["masses_gev"], file)
    columns = [Column(f"{name} {kind}", unit, observed)]
    if record.get("observed_upper") is not None:
        upper = _cells(record, "observed_upper", record["observed_upper"], file)
        # No upper edge beside a lower one: open above.
        open_ = ["inf" if not u and o else u for u, o in zip(upper, observed, strict=True)]
        columns.append(Column(f"{name} {kind} upper", unit, open_))
    expected = record.get("expected")
    for band, values in expected.items() if isinstance(expected, Mapping) else ():
        head = f"{name} expected {shown(band, 10)}"
        columns.append(Column(head, unit, _cells(record, head, values, file)))
    variables = [
        Column("mediator mass", "GeV", _cells(record, "masses_gev", record["masses_gev"], file))
    ]
    if record.get("y") is not None and record.get("dark_matter_masses_gev") is not None:
        columns.append(Column("y", "", _cells(record, "y", record["y"], file), sector))
        dark = _cells(record, "dark_matter_masses_gev", record["dark_matter_masses_gev"], file)
        variables.append(Column("m_chi", "GeV", dark))
    places = [f"{file}, mass {i + 1}" for i in range(len(variables[0].cells))]
    return Table(file, places, tuple(variables), tuple(columns), gaps=True)
