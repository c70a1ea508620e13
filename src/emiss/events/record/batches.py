"""Events of files in batches, so that memory does not grow with their number."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from .files import data_files, good_spills
from .parquet import iterate_parquet
from .root import read_root
from .table import EventTable

__all__ = ["iterate_events"]


def iterate_events(
    path: Path | str, names: Sequence[str] | None = None, size: int = 20_000
) -> Iterator[tuple[Path, EventTable]]:
    """Read a file, or the finished chunks of a campaign, batch by batch; bad spills are left out.

    Parameters
    ----------
    path : path
        File or directory.
    names : sequence of str, optional
        Columns, `run` and `spill` among them; all by default.
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
            yield from ((file, good_spills(table)) for table in iterate_parquet(file, names, size))
        else:
            yield file, good_spills(read_root(file, names))
