"""Events of files in batches, so that memory does not grow with their number."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ...ground.errors import EmissError
from .files import data_files
from .parquet import read_parquet
from .root import read_root
from .table import EventTable, Ragged

__all__ = ["iterate_events"]


def iterate_events(
    path: Path | str, names: Sequence[str] | None = None, size: int = 20_000
) -> Iterator[tuple[Path, EventTable]]:
    """Read a file, or the finished chunks of a campaign, batch by batch.

    Parameters
    ----------
    path : path
        File or directory.
    names : sequence of str, optional
        Columns; all by default.
    size : int
        Most events of a batch of a Parquet file; a ROOT file is one batch.

    Yields
    ------
    Path, EventTable
        The file, and some of its events in their order.

    Raises
    ------
    EmissError
        If a file is damaged, holds no events of emiss, or lacks a column.
    """
    for file in data_files(Path(path)):
        if file.suffix == ".parquet":
            yield from ((file, table) for table in _parquet(file, names, size))
        else:
            yield file, read_root(file, names)


def _parquet(path: Path, names: Sequence[str] | None, size: int) -> Iterator[EventTable]:
    empty = read_parquet(path, names=["event"])  # says in a sentence what is wrong with the file
    import pyarrow
    import pyarrow.parquet

    try:
        with pyarrow.parquet.ParquetFile(path) as file:
            known = set(file.schema_arrow.names)
            for name in names or ():
                if name not in known:
                    raise EmissError(f"'{path}' has no column '{name}'.")
            for batch in file.iter_batches(size, columns=None if names is None else list(names)):
                yield EventTable(_columns(pyarrow, batch), empty.provenance)
    except (OSError, pyarrow.ArrowException, json.JSONDecodeError) as error:
        raise EmissError(f"'{path}' cannot be read as Parquet: {error}") from None


def _columns(arrow: Any, batch: Any) -> dict[str, Any]:
    columns: dict[str, Any] = {}
    for name, array in zip(batch.schema.names, batch.columns, strict=True):
        if arrow.types.is_fixed_size_list(array.type):
            flat = array.flatten().to_numpy(zero_copy_only=False)
            columns[name] = flat.reshape(-1, array.type.list_size)
        elif arrow.types.is_list(array.type):
            offsets = array.offsets.to_numpy().astype(np.int64)
            values = array.flatten().to_numpy(zero_copy_only=False)
            columns[name] = Ragged(values, offsets - offsets[0])
        else:
            columns[name] = array.to_numpy(zero_copy_only=False)
    return columns
