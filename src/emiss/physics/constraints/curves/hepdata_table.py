"""HEPData tables: YAML of a submission, or JSON as the site gives it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from ....ground.bounded_text import shown
from ....ground.errors import EmissError
from .table import MAX_COLUMNS, MAX_ROWS, Cell, Choice, Column, Table

__all__ = ["parse_documents", "parse_hepdata"]

TELLING: Final = re.compile(
    r"limit|quantity|observable|variable|scale|coupling|content|interpret|^poi$|"
    r"parameter of interest|^parameter$",
    re.I,
)


def _text(value: Any) -> str:
    """One value of a table as text; empty for none."""
    if value is None:
        return ""
    if isinstance(value, list | Mapping):
        raise TypeError("a list or mapping stands where a value is expected")
    return str(value).strip()


def _cell(entry: Any) -> Cell:
    if not isinstance(entry, Mapping):
        return _text(entry)
    if "value" in entry and _text(entry["value"]):
        return _text(entry["value"])
    if "low" in entry and "high" in entry:
        return _text(entry["low"]), _text(entry["high"])
    return _text(entry["value"])


def _rows(values: Any) -> list[Any]:
    if not isinstance(values, list):
        raise TypeError("values must be a list")
    if len(values) > MAX_ROWS:
        raise EmissError(f"more than {MAX_ROWS} rows")
    return values


def _pairs(given: Any) -> tuple[tuple[str, str], ...]:
    found = []
    for entry in given or ():
        unit = _text(entry.get("units"))
        found.append(
            (_text(entry["name"]), _text(entry.get("value")) + (f" {unit}" if unit else ""))
        )
    return tuple(found)


def _column(part: Mapping[str, Any]) -> Column:
    head = part["header"]
    cells = [_cell(entry) for entry in _rows(part["values"])]
    # What else a head says, such as its scale, counts like a qualifier.
    more = tuple(
        (str(key), _text(value)) for key, value in head.items() if key not in {"name", "units"}
    )
    qualifiers = _pairs(part.get("qualifiers")) + more
    return Column(_text(head["name"]), _text(head.get("units")), cells, qualifiers)


def _submission_columns(data: Mapping[str, Any]) -> tuple[list[Column], list[Column]]:
    parts = [data["independent_variables"] or [], data["dependent_variables"] or []]
    if any(len(part) > MAX_COLUMNS for part in parts):
        raise EmissError(f"more than {MAX_COLUMNS} columns")
    independent, dependent = ([_column(column) for column in part] for part in parts)
    return independent, dependent


def _site_columns(data: Mapping[str, Any]) -> tuple[list[Column], list[Column]]:
    rows = _rows(data["values"])
    count, wide = (len(rows[0][axis]) for axis in "xy") if rows else (1, 1)
    if count + wide > MAX_COLUMNS:
        raise EmissError(f"more than {MAX_COLUMNS} columns")
    heads: list[str] = []
    for head in data["headers"]:
        span = _text(head.get("colspan", 1))
        if not re.fullmatch(r"[1-9][0-9]{0,3}", span) or len(heads) + int(span) > count + wide:
            raise EmissError(f"colspan {shown(span, 20)} of '{shown(head['name'], 40)}' is wrong")
        heads += [_text(head["name"])] * int(span)
    if len(heads) != count + wide:
        raise EmissError(f"{len(heads)} heads for {count + wide} columns")
    for number, row in enumerate(rows, 1):
        if len(row["x"]) != count or len(row["y"]) != wide:
            raise EmissError(f"row {number} has another number of columns than the first")
    given = data.get("qualifiers")
    qualifiers: list[tuple[tuple[str, str], ...]] = [() for _ in range(wide)]
    if isinstance(given, Mapping):
        for name, entries in given.items():
            values: list[str] = []
            for entry in entries[:wide]:
                span = _text(entry.get("colspan", 1))
                many = int(span) if re.fullmatch(r"[0-9]{1,3}", span) else 1
                values += [_text(entry.get("value"))] * min(many, wide)
            for i, value in enumerate(values[:wide]):
                qualifiers[i] += ((str(name), value),)
    independent = [Column(heads[i], "", [_cell(r["x"][i]) for r in rows]) for i in range(count)]
    dependent = [
        Column(heads[count + i], "", [_cell(r["y"][i]) for r in rows], qualifiers[i])
        for i in range(wide)
    ]
    return independent, dependent


def parse_hepdata(data: Mapping[str, Any], file: str) -> Table:
    """Read one HEPData table in either layout.

    Parameters
    ----------
    data : mapping
        Its tree; numbers may be text.
    file : str
        Its file, for messages.

    Returns
    -------
    Table
        Variables and columns with units and qualifiers.

    Raises
    ------
    EmissError
        If it is no such table, or its parts do not fit together.
    """
    site = "independent_variables" not in data and "headers" in data
    try:
        independent, dependent = _site_columns(data) if site else _submission_columns(data)
        reference = next(
            (_text(data[k]) for k in ("doi", "hepdata_doi", "table_doi") if data.get(k)), ""
        )
        said = _text(data.get("description"))
    except EmissError as error:
        raise EmissError(f"'{file}': {error}.") from error
    except (KeyError, TypeError, AttributeError, IndexError, ValueError) as error:
        problem = f"no {error}" if isinstance(error, KeyError) else shown(error)
        raise EmissError(
            f"'{file}' is not a HEPData table: {problem}. A table has independent_variables and "
            "dependent_variables (or headers and values)."
        ) from error
    if not independent:
        raise EmissError(f"'{file}': the table has no independent variable, so no mass.")
    count = len(independent[0].cells)
    for column in (*independent, *dependent):
        if len(column.cells) != count:
            raise EmissError(
                f"'{file}': '{shown(column.head, 60)}' has {len(column.cells)} values where the "
                f"first variable has {count}."
            )
    # Its name is a qualifier, so that one of several tables can be asked for.
    own = (("table", shown(data["name"])),) if isinstance(data.get("name"), str) else ()
    columns = tuple(_told(replace(c, qualifiers=c.qualifiers + own)) for c in dependent)
    places = [f"{file}, row {i + 1}" for i in range(count)]
    return Table(file, places, tuple(independent), columns, reference, said, gaps=True)


def _told(column: Column) -> Column:
    """A column without a head is called what its qualifiers say it is."""
    if column.head:
        return column
    said = next((v for n, v in column.qualifiers if TELLING.search(n)), "")
    return Column(said, column.unit, column.cells, column.qualifiers)


def parse_documents(documents: list[Any], file: str, choice: Choice) -> Mapping[str, Any]:
    """Find the table among the documents of a YAML file.

    Parameters
    ----------
    documents : list
        Trees.
    file : str
        Name of the file, for messages.
    choice : Choice
        Its qualifier ``table`` names one of several.

    Returns
    -------
    mapping
        The table.

    Raises
    ------
    EmissError
        If there is none (a submission.yaml lists tables but holds none) or several.
    """
    kept = [part for part in documents if isinstance(part, Mapping)]
    tables = [part for part in kept if "independent_variables" in part or "headers" in part]
    wanted = next((v for n, v in choice.qualifiers if n.lower() == "table"), None)
    if wanted is not None:
        tables = [
            part for part in tables if str(part.get("name", "")).lower() == wanted.lower()
        ] or tables
    if len(tables) == 1:
        return tables[0]
    if tables:
        names = ", ".join(f"'{shown(part.get('name', 'no name'), 60)}'" for part in tables[:12])
        raise EmissError(
            f"'{file}' is not one YAML document but holds {len(tables)} tables; choose one with "
            f"--qualifier table=NAME: {names}."
        )
    listed = [str(part["data_file"]) for part in kept if "data_file" in part]
    if listed:
        raise EmissError(
            f"'{file}' lists the tables of a submission and holds none; give the file of one: "
            f"{shown(', '.join(listed[:12]), 300)}."
        )
    if not kept:
        raise EmissError(f"'{file}' is not a table: its outermost level must be a mapping.")
    if len(documents) > 1:
        raise EmissError(f"'{file}' is not one YAML document with a table; give the table's file.")
    return kept[0]
