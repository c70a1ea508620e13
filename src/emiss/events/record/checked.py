"""Tables of events as files written by others give them: numbers in the shapes that they state."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np

from ...ground.bounded_text import shown
from ...ground.errors import EmissError
from .schema import EVENT, SCHEMA_VERSION
from .table import EventTable, Ragged, width_of

__all__ = ["check_columns", "checked_provenance", "checked_table"]

_LONGEST_LIST: Final = 1000
"""Hits of one plane in one event; rows of events are padded to the longest list."""
_WHOLE: Final = ("run", "spill", "event", "trigger")
"""Columns of whole numbers, which name events and say nothing of readings."""


def checked_provenance(found: Any, path: Path) -> dict[str, Any]:
    """Provenance of a file, with those of its entries that are used.

    Parameters
    ----------
    found : object
        What stands in the file.
    path : Path
        The file, for errors.

    Returns
    -------
    dict
        The same.

    Raises
    ------
    EmissError
        If it is no mapping, says another version of the schema or none, or its columns, bad spills
        or sample are not what they must be.
    """

    def wrong(key: str, what: str) -> EmissError:
        return EmissError(f"'{shown(path, 300)}': '{key}' of its provenance must be {what}.")

    if not isinstance(found, dict):
        raise EmissError(f"'{shown(path, 300)}': its provenance must be a JSON object.")
    version = found.get("schema_version")
    if version != SCHEMA_VERSION:
        raise EmissError(
            f"'{shown(path, 300)}' has schema version {shown(version, 40)}; this emiss reads "
            f"version {SCHEMA_VERSION}."
        )
    columns = found.get("columns", {})
    if not isinstance(columns, dict) or not all(
        isinstance(said, dict) and type(said.get("width")) is int for said in columns.values()
    ):
        raise wrong("columns", "an object with the width of each column")
    spills = found.get("bad_spills", [])
    if not isinstance(spills, list) or not all(
        isinstance(spill, list) and len(spill) == 3 and all(type(n) is int for n in spill)
        for spill in spills
    ):
        raise wrong("bad_spills", "a list of run, first and last spill")
    for key in ("sample", "experiment"):
        if not isinstance(found.get(key, ""), str):
            raise wrong(key, "text")
    return found


def check_columns(
    held: Collection[str],
    provenance: Mapping[str, Any],
    names: Collection[str] | None,
    path: Path,
) -> None:
    """Check that a file holds the columns of every event, those that it says, and those asked for.

    Parameters
    ----------
    held : collection of str
        Columns of the file.
    provenance : mapping
        Its provenance, checked.
    names : collection of str or None
        Columns asked for.
    path : Path
        The file, for errors.

    Raises
    ------
    EmissError
        If one is missing; the message names file and column.
    """
    required = {
        "which every event has": [column.name for column in EVENT],
        "which its provenance lists": provenance.get("columns", ()),
        "": names or (),
    }
    for why, wanted in required.items():
        if (absent := next((name for name in wanted if name not in held), None)) is not None:
            said = f"'{shown(path, 300)}' has no column '{shown(absent, 60)}'"
            raise EmissError(f"{said}, {why}." if why else f"{said}.")


def checked_table(table: EventTable, path: Path) -> EventTable:
    """A table whose columns hold numbers, one entry per event, as wide as the file says.

    Parameters
    ----------
    table : EventTable
        What was read, its provenance checked.
    path : Path
        The file, for errors.

    Returns
    -------
    EventTable
        The same.

    Raises
    ------
    EmissError
        If a column holds something else, or a list is longer than any event makes it; the message
        names file and column.
    """
    said: Mapping[str, Any] = table.provenance.get("columns", {})
    for name, column in table.columns.items():
        values = column.values if isinstance(column, Ragged) else column
        where = f"'{shown(path, 300)}': column '{shown(name, 60)}'"
        if values.dtype.kind not in "biuf":
            raise EmissError(f"{where} does not hold numbers, or lacks some.")
        if len(column) != len(table):
            raise EmissError(f"{where} has {len(column)} entries for {len(table)} events.")
        if name in said and width_of(column) != max(said[name]["width"], -1):
            raise EmissError(f"{where} is not as wide as the file says of it.")
        if isinstance(column, Ragged):
            _check_lists(column, where)
        if name in _WHOLE and values.dtype.kind == "f" and not _whole(values):
            raise EmissError(f"{where} must hold whole numbers.")
    return table


def _whole(values: Any) -> bool:
    """Whether all numbers are whole, and small enough for 64 bits."""
    return bool(np.all((np.abs(values) < 2.0**53) & (np.floor(values) == values)))


def _check_lists(column: Ragged, where: str) -> None:
    counts = column.counts
    if column.offsets[0] != 0 or counts.min(initial=0) < 0 or counts.sum() != len(column.values):
        raise EmissError(f"{where}: the lengths of its lists do not fit its numbers.")
    if counts.max(initial=0) > _LONGEST_LIST:
        raise EmissError(f"{where} has a list of more than {_LONGEST_LIST} numbers.")
