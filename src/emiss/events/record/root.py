"""Event records in ROOT files: a TTree, or an RNTuple."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO, Final

import numpy as np

from ...ground.bounded_text import shown
from ...ground.errors import EmissError
from ...ground.extras import Extra
from .checked import check_columns, checked_provenance, checked_table
from .schema import EVENT, Column
from .table import EventTable, Ragged

__all__ = ["UPROOT", "read_root", "write_root"]

_TREE, _PROVENANCE = "events", "provenance"
_LARGEST_PAGE: Final = 1 << 25
"""Numbers in a page of an RNTuple; uproot makes room for what a damaged file says."""


UPROOT: Final = Extra("uproot", "io", "ROOT files need")


def _libraries() -> tuple[Any, Any]:
    return UPROOT.load(), Extra("awkward", "io", "ROOT files need").load()


def _lists(awkward: Any, value: Ragged, form: str) -> Any:
    offsets = awkward.index.Index64(value.offsets)
    content = awkward.contents.NumpyArray(value.values.astype(form))
    return awkward.Array(awkward.contents.ListOffsetArray(offsets, content))


def write_root(
    tables: Iterable[EventTable],
    columns: Sequence[Column],
    file: BinaryIO | Path,
    rntuple: bool = False,
) -> None:
    """Write events as the tree ``events``, and their provenance as a text beside it.

    Parameters
    ----------
    tables : iterable of EventTable
        Events in batches, at least one, with the columns below; provenance is that of the first.
    columns : sequence of Column
        Their schema.
    file : file
        Where to. ROOT files hold the time at which they were written: equal events give files that
        differ in that.
    rntuple : bool
        An RNTuple in place of a TTree.

    Raises
    ------
    EmissError
        Without uproot.
    """
    uproot, awkward = _libraries()
    tree = None
    with uproot.recreate(file) as made:
        for table in tables:
            data, types = _branches(awkward, table, columns, rntuple)
            if tree is not None:
                tree.extend(data)
                continue
            made[_PROVENANCE] = json.dumps(dict(table.provenance))
            if rntuple:
                tree = made.mkrntuple(_TREE, data)
            else:
                tree = made.mktree(_TREE, types, title="events of emiss")
                tree.extend(data)


def _branches(
    awkward: Any, table: EventTable, columns: Sequence[Column], rntuple: bool
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Data and types by branch."""
    data: dict[str, Any] = {}
    types: dict[str, Any] = {}
    for column in columns:
        value = table.columns[column.name]
        if isinstance(value, Ragged):
            data[column.name] = _lists(awkward, value, column.form)
            types[column.name] = f"var * {column.form}"
            continue
        array = np.ascontiguousarray(value.astype(column.form))
        width = (column.width,) if column.width > 0 else ()
        types[column.name] = np.dtype((column.form, width)) if width else np.dtype(column.form)
        # An RNTuple wants regular arrays of awkward, a TTree those of numpy.
        data[column.name] = awkward.from_numpy(array, regulararray=True) if rntuple else array
    return data, types


def read_root(path: Path, names: Sequence[str] | None = None) -> EventTable:
    """Read events from a TTree or RNTuple.

    Parameters
    ----------
    path : Path
        The file.
    names : sequence of str, optional
        Columns; all by default. There is no way to pass a cut: uproot would ignore it silently
        for an RNTuple.

    Returns
    -------
    EventTable
        Events and provenance.

    Raises
    ------
    EmissError
        Without uproot, or if the file is damaged, not one of ours or lacks a column.
    """
    uproot, awkward = _libraries()
    try:
        with uproot.open(path) as file:
            if _TREE not in file or _PROVENANCE not in file:
                raise EmissError(f"'{path}' holds no events of emiss.")
            provenance = checked_provenance(json.loads(str(file[_PROVENANCE])), path)
            tree = file[_TREE]
            _check_pages(tree)
            check_columns(tree.keys(), provenance, names, path)
            widths = _widths(provenance, names, path)
            arrays = tree.arrays(list(widths))
            columns = {n: _column(awkward, arrays[n], width) for n, width in widths.items()}
    except EmissError:
        raise
    except Exception as error:  # a damaged file raises whatever its bytes lead to
        raise EmissError(f"'{path}' cannot be read as ROOT file: {shown(error, 300)}") from None
    return checked_table(EventTable(columns, provenance), path)


def _widths(
    provenance: Mapping[str, Any], names: Sequence[str] | None, path: Path
) -> dict[str, int]:
    """Width of each column to read; trees do not tell an array from a list that never varies."""
    known = provenance.get("columns", {})
    wanted = (*(column.name for column in EVENT), *known) if names is None else names
    if unsaid := [name for name in wanted if name not in known]:
        raise EmissError(
            f"'{shown(path, 300)}': its provenance does not list column '{shown(unsaid[0], 60)}'."
        )
    return {name: known[name]["width"] for name in wanted}


def _check_pages(tree: Any) -> None:
    """Refuse an RNTuple whose pages are larger than any; a TTree has no such list."""
    for cluster in getattr(tree, "page_link_list", ()):
        for column in cluster:
            for page in column.pages:
                if not 0 <= page.num_elements <= _LARGEST_PAGE:
                    raise ValueError(f"a page of {page.num_elements} numbers")


def _column(awkward: Any, array: Any, width: int) -> Any:
    if width >= 0:
        return np.asarray(awkward.to_numpy(array))
    counts = awkward.to_numpy(awkward.num(array))
    offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    return Ragged(awkward.to_numpy(awkward.flatten(array)), offsets)
