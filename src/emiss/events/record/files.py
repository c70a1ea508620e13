"""Event records in files, whatever their format, and the list of bad spills."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, Final

import numpy as np

from ...ground.atomic import atomic_file
from ...ground.errors import EmissError, UnknownNameError
from .parquet import ARROW, read_parquet, write_parquet
from .root import UPROOT, read_root, write_root
from .schema import Column
from .table import EventTable, is_simulation

__all__ = [
    "FORMATS",
    "SKIMMED",
    "check_format",
    "data_files",
    "encode_events",
    "event_files",
    "good_spills",
    "read_events",
    "write_events",
]

FORMATS: Final = {"parquet": ".parquet", "root": ".root", "rntuple": ".root"}
"""Formats and the ends of their files' names."""
SKIMMED: Final = "skimmed"
"""Key in the provenance of files that hold no event of the signal region."""


def check_format(form: str) -> None:
    """Check that a format can be written here, before the events are made.

    Raises
    ------
    UnknownNameError
        If there is no such format.
    EmissError
        If its package is not installed.
    """
    if form not in FORMATS:
        raise UnknownNameError("format", form, FORMATS)
    (ARROW if form == "parquet" else UPROOT).check()


class _Page(io.BytesIO):
    """Bytes that stay readable: a writer closes its file at the end."""

    def close(self) -> None:
        """Do nothing."""


def encode_events(table: EventTable, columns: Sequence[Column], form: str) -> bytes:
    """Content of a file of events in one of `FORMATS`.

    Raises
    ------
    UnknownNameError
        If there is no such format.
    """
    page = _Page()
    _write([table], columns, page, form)
    return page.getvalue()


def write_events(
    events: EventTable | Iterable[EventTable], columns: Sequence[Column], path: Path, form: str
) -> int:
    """Write events in one of `FORMATS`; the file appears completely or not at all.

    Parameters
    ----------
    events : EventTable or iterable of EventTable
        Events, or batches of them, of which one is held at a time.
    columns : sequence of Column
        Their schema.
    path : Path
        The file.
    form : str
        One of `FORMATS`.

    Returns
    -------
    int
        Number of events written.

    Raises
    ------
    UnknownNameError
        If there is no such format.
    OutputError
        If the file cannot be written.
    """
    count = 0

    def counted() -> Iterator[EventTable]:
        nonlocal count
        for table in [events] if isinstance(events, EventTable) else events:
            count += len(table)
            yield table

    with atomic_file(path) as staging, staging.open("wb+") as file:
        _write(counted(), columns, file, form)
    return count


def _write(
    tables: Iterable[EventTable], columns: Sequence[Column], file: BinaryIO, form: str
) -> None:
    check_format(form)
    if form == "parquet":
        write_parquet(tables, columns, file)
    else:
        write_root(tables, columns, file, rntuple=form == "rntuple")


def data_files(path: Path) -> tuple[Path, ...]:
    """The file itself, the finished chunks of a campaign's directory, or all files of another one.

    Raises
    ------
    EmissError
        If there is no such place or nothing in it, or the file of a finished chunk is missing.
    """
    if not path.is_dir():
        if not path.is_file():
            raise EmissError(f"there is no file or directory '{path}'.")
        return (path,)
    campaign = (path / "campaign.json").exists() or any(path.glob("chunk-*"))
    files = _chunks(path) if campaign else event_files(path)
    if not files:
        what = "finished chunk of a campaign" if campaign else "files of events"
        raise EmissError(f"'{path}' holds no {what}.")
    return files


def _chunks(path: Path) -> tuple[Path, ...]:
    commits = sorted(path.glob("chunk-*.json"))
    found = [next((f for f in _beside(commit) if f.is_file()), None) for commit in commits]
    for commit, file in zip(commits, found, strict=True):
        if file is None:
            raise EmissError(
                f"'{commit}' records a finished chunk whose file is not there; emiss simulate with "
                "--resume makes it again."
            )
    return tuple(file for file in found if file is not None)


def event_files(path: Path) -> tuple[Path, ...]:
    """All files of a directory that hold events by their names, finished chunks or not."""
    ends = set(FORMATS.values())
    return tuple(sorted(f for f in path.iterdir() if f.suffix in ends and f.is_file()))


def _beside(commit: Path) -> list[Path]:
    return [commit.with_suffix(end) for end in sorted(set(FORMATS.values()))]


def read_events(
    path: Path | str, names: Sequence[str] | None = None, *, bad_spills: bool = False
) -> EventTable:
    """Read events back: of a file, or of all finished chunks of a campaign.

    Parameters
    ----------
    path : path
        File, or directory of a campaign or of files.
    names : sequence of str, optional
        Columns; all by default.
    bad_spills : bool
        Keep events of spills that are listed as bad; they are left out by default.

    Returns
    -------
    EventTable
        Events and the provenance of the first file.

    Raises
    ------
    EmissError
        If a file is damaged, holds no events of emiss or those of another version, lacks a column
        of every event, one that it lists or one of `names`, or if they are data, which may be
        blind: those are read through `analysis.blinding`, and only skims of them here.
    """
    wanted = None if names is None else list(dict.fromkeys((*names, "run", "spill")))
    tables = []
    for file in data_files(Path(path)):
        read = read_parquet if file.suffix == ".parquet" else read_root
        table = read(file, wanted)
        if not is_simulation(table.provenance) and SKIMMED not in table.provenance:
            raise EmissError(
                f"'{file}' holds recorded data, whose signal region may be blind: read them with "
                "emiss.analysis.blinding.readable or visible, or a skim of them."
            )
        tables.append(table if bad_spills else good_spills(table))
    joined = EventTable.join(tables)
    if names is None:
        return joined
    return EventTable({name: joined.columns[name] for name in names}, joined.provenance)


def good_spills(table: EventTable) -> EventTable:
    """Events outside the spills that their file lists as bad.

    Parameters
    ----------
    table : EventTable
        Events, with their run and spill, and provenance.

    Returns
    -------
    EventTable
        Those of good spills.
    """
    bad = table.provenance.get("bad_spills", [])
    if not bad or not len(table):
        return table
    run, spill = table["run"], table["spill"]
    keep = np.ones(len(table), dtype=bool)
    for number, first, last in bad:
        keep &= ~((run == number) & (spill >= first) & (spill <= last))
    return table.take(keep)
