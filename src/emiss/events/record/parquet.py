"""Event records in Parquet files."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO, Final

import numpy as np

from ...ground.bounded_text import shown
from ...ground.errors import EmissError
from ...ground.extras import Extra
from .checked import check_columns, checked_provenance, checked_table
from .schema import Column
from .table import EventTable, Ragged

__all__ = ["ARROW", "iterate_parquet", "read_parquet", "write_parquet"]

_KEY = b"emiss"


ARROW: Final = Extra("pyarrow", "io", "Parquet files need", ", or choose --format root")


def _arrow() -> Any:
    Extra("pyarrow.parquet", ARROW.extra, ARROW.purpose, ARROW.otherwise).load()
    return ARROW.load()


def write_parquet(tables: Iterable[EventTable], columns: Sequence[Column], file: BinaryIO) -> None:
    """Write events.

    Parameters
    ----------
    tables : iterable of EventTable
        Events in batches, at least one, with the columns below; provenance is that of the first.
    columns : sequence of Column
        Their schema.
    file : file
        Where to; the same batches give the same bytes with the same version of pyarrow.

    Raises
    ------
    EmissError
        Without pyarrow.
    """
    arrow = _arrow()
    writer = None
    try:
        for table in tables:
            made = _arrow_table(arrow, table, columns)
            if writer is None:
                schema = made.schema.with_metadata(_metadata(table))
                writer = arrow.parquet.ParquetWriter(
                    file, schema, compression="zstd", write_page_checksum=True
                )
            writer.write_table(made)
    finally:
        if writer is not None:
            writer.close()


def _metadata(table: EventTable) -> dict[bytes, bytes]:
    return {_KEY: json.dumps(dict(table.provenance)).encode()}


def _arrow_table(arrow: Any, table: EventTable, columns: Sequence[Column]) -> Any:
    arrays, fields = [], []
    for column in columns:
        form = arrow.from_numpy_dtype(np.dtype(column.form))
        value = table.columns[column.name]
        if isinstance(value, Ragged):
            kind = arrow.list_(form)
            values = arrow.array(value.values.astype(column.form))
            offsets = arrow.array(value.offsets.astype(np.int32))
            array = arrow.ListArray.from_arrays(offsets, values)
        elif column.width > 0:
            kind = arrow.list_(form, column.width)
            flat = arrow.array(value.astype(column.form).ravel())
            array = arrow.FixedSizeListArray.from_arrays(flat, column.width)
        else:
            kind, array = form, arrow.array(value.astype(column.form))
        about = {"unit": column.unit, "doc": column.doc}
        fields.append(arrow.field(column.name, kind, nullable=False, metadata=about))
        arrays.append(array.cast(kind) if array.type != kind else array)
    return arrow.Table.from_arrays(arrays, schema=arrow.schema(fields))


def read_parquet(path: Path, names: Sequence[str] | None = None) -> EventTable:
    """Read events.

    Parameters
    ----------
    path : Path
        The file.
    names : sequence of str, optional
        Columns; all by default.

    Returns
    -------
    EventTable
        Events and provenance.

    Raises
    ------
    EmissError
        Without pyarrow, or if the file is damaged, not one of ours or lacks a column.
    """
    arrow = _arrow()
    wanted = None if names is None else list(names)
    try:
        with arrow.parquet.ParquetFile(path, page_checksum_verification=True) as file:
            provenance = _provenance(file.schema_arrow, wanted, path)
            found = file.read(wanted)
    except (OSError, arrow.ArrowException) as error:
        raise _unreadable(path, error) from None
    return _whole(arrow, found, provenance, path)


def _whole(arrow: Any, found: Any, provenance: dict[str, Any], path: Path) -> EventTable:
    arrays = [column.combine_chunks() for column in found.columns]
    columns = _columns(arrow, found.column_names, arrays, path)
    return checked_table(EventTable(columns, provenance), path)


def iterate_parquet(path: Path, names: Sequence[str] | None, size: int) -> Iterator[EventTable]:
    """Read events batch by batch.

    Parameters
    ----------
    path : Path
        The file.
    names : sequence of str or None
        Columns; all if None.
    size : int
        Most events of a batch.

    Yields
    ------
    EventTable
        Events and provenance; of a file without events one batch without any.

    Raises
    ------
    EmissError
        As `read_parquet`.
    """
    arrow = _arrow()
    wanted = None if names is None else list(names)
    try:
        with arrow.parquet.ParquetFile(path, page_checksum_verification=True) as file:
            provenance = _provenance(file.schema_arrow, wanted, path)
            if not file.metadata.num_rows:
                yield _whole(arrow, file.read(wanted), provenance, path)
            # Over all groups at once Arrow keeps those that were read.
            for group in range(file.num_row_groups):
                for batch in file.iter_batches(size, row_groups=[group], columns=wanted):
                    columns = _columns(arrow, batch.schema.names, batch.columns, path)
                    yield checked_table(EventTable(columns, provenance), path)
    except (OSError, arrow.ArrowException) as error:
        raise _unreadable(path, error) from None


def _unreadable(path: Path, error: Exception) -> EmissError:
    return EmissError(f"'{path}' cannot be read as Parquet: {shown(error, 300)}")


def _provenance(schema: Any, names: Sequence[str] | None, path: Path) -> dict[str, Any]:
    """Provenance of a file, whose columns are those that it must have."""
    metadata = schema.metadata or {}
    if _KEY not in metadata:
        raise EmissError(f"'{path}' holds no events of emiss.")
    try:
        found = json.loads(metadata[_KEY])
    except (ValueError, RecursionError) as error:
        raise _unreadable(path, error) from None
    provenance = checked_provenance(found, path)
    check_columns(schema.names, provenance, names, path)
    return provenance


def _columns(arrow: Any, names: Sequence[str], arrays: Sequence[Any], path: Path) -> dict[str, Any]:
    """Arrays of Arrow, each of one piece, as columns of a table."""
    columns: dict[str, Any] = {}
    for name, array in zip(names, arrays, strict=True):
        if array.null_count or name in columns:
            raise EmissError(f"'{path}': column '{name}' lacks values, or is there twice.")
        if arrow.types.is_fixed_size_list(array.type):
            width = array.type.list_size
            columns[name] = array.flatten().to_numpy(zero_copy_only=False).reshape(-1, width)
        elif arrow.types.is_list(array.type):
            offsets = array.offsets.to_numpy().astype(np.int64)
            values = array.flatten().to_numpy(zero_copy_only=False)
            columns[name] = Ragged(values, offsets - offsets[0])
        else:
            columns[name] = array.to_numpy(zero_copy_only=False)
    return columns
