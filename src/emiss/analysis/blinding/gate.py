"""The one gate through which recorded events are read.

Events of data that lie in the signal region are dropped here, before anything is counted, drawn or
said; what is left is handed on in batches whose borders do not depend on what was dropped. With and
without a hidden event every result is the same to the last bit. Simulated events always pass.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ...events.record import EventTable, columns_of
from ...events.record.batches import iterate_events
from ...events.record.table import is_simulation, width_of
from ...experiments.layout import Layout
from ...ground.errors import EmissError
from ..reconstruction import columns_needed, reconstruct
from .log import Status, status_of
from .region import hidden, needs_tracks

__all__ = [
    "Batch",
    "check_schema",
    "directory_of",
    "outside",
    "place_of_log",
    "readable",
    "visible",
]

_LARGEST: Final = 1e15
"""Readings in GeV, cm and ns lie far below it, and weights; their squares are numbers."""
SIZE: Final = 20_000
"""Events of a batch."""


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Events that may be looked at.

    Parameters
    ----------
    table : EventTable
        Their records.
    variables : mapping of str to array
        Their variables, see `Layout.variables`.
    weight : array
        Their weights.
    """

    table: EventTable
    variables: Mapping[str, NDArray[Any]]
    weight: NDArray[np.float64]


def directory_of(path: Path | str) -> Path:
    """Directory in which the log of some data lies."""
    place = Path(path)
    return place if place.is_dir() else place.parent


def place_of_log(file: Path, path: Path | str) -> Path:
    """Directory in which the log of a file of data lies: its own, behind no link.

    Parameters
    ----------
    file : Path
        A file of recorded events.
    path : path
        What was asked for: the file, or the directory in which it lies.

    Returns
    -------
    Path
        The directory.

    Raises
    ------
    EmissError
        If the file lies in another directory.
    """
    directory, real = directory_of(path), file.resolve().parent
    if real != directory.resolve():
        raise EmissError(
            f"'{file}' is a link to recorded events in '{real}'; name that directory, where the "
            "log of their signal region lies."
        )
    return directory


def visible(path: Path | str, layout: Layout, size: int = SIZE) -> Iterator[Batch]:
    """Read events that may be looked at.

    Parameters
    ----------
    path : path
        File, or directory of files.
    layout : Layout
        The apparatus that recorded them, with its selection.
    size : int
        Events of a batch.

    Yields
    ------
    Batch
        Simulated events; data outside the signal region, and all data once it is opened.

    Raises
    ------
    EmissError
        If a file is damaged or of another schema, lacks a column, holds an event twice or numbers
        that are not finite. No message depends on a hidden event.
    """
    names = columns_needed(layout)
    seen = _Seen()
    waiting: list[EventTable] = []
    count = 0
    for file, table in _allowed(path, layout, names):
        _check(table, file, seen)
        waiting.append(table)
        count += len(table)
        while count >= size:
            joined = EventTable.join(waiting)
            yield _batch(joined.take(np.arange(size)), layout)
            waiting, count = [joined.take(np.arange(size, count))], count - size
    if count:
        yield _batch(EventTable.join(waiting), layout)


def readable(path: Path | str, layout: Layout) -> EventTable:
    """Read all columns of the events that may be looked at, as they were recorded.

    Parameters
    ----------
    path : path
        File, or directory of files.
    layout : Layout
        The apparatus that recorded them, with its selection.

    Returns
    -------
    EventTable
        Simulated events; data outside the signal region, and all data once it is opened.

    Raises
    ------
    EmissError
        If a file is damaged, of another schema or apparatus, or there is no event to look at.
    """
    tables = [table for _, table in _allowed(path, layout) if len(table)]
    if not tables:
        raise EmissError(f"'{path}': there is no event to look at.")
    return EventTable.join(tables)


def _allowed(
    path: Path | str, layout: Layout, names: tuple[str, ...] | None = None
) -> Iterator[tuple[Path, EventTable]]:
    """Batches of events that may be looked at, with some or all of their columns."""
    status: Status | None = None
    tracks = needs_tracks(layout)
    simulated: bool | None = None
    for file, raw in iterate_events(path):
        check_schema(raw, layout, file)
        table = raw if names is None else _only(raw, names)
        before, simulated = simulated, is_simulation(raw.provenance)
        if before not in (None, simulated):
            raise EmissError(f"'{path}' holds data and simulated events; keep them apart.")
        if not simulated:
            directory = place_of_log(file, path)
            # The same for all files, whatever happens meanwhile.
            status = status or status_of(directory, layout)
            if not status.opens(file):
                _check_named(status, file)
                table = outside(table, layout, tracks)
        yield file, table


def _check_named(status: Status, file: Path) -> None:
    """Refuse a file beside opened data that no opening can name: results would call it opened."""
    if status.open and file.name not in status.added:
        raise EmissError(
            f"'{file}' lies beside data that were unblinded, and is none of them; let its name end "
            "in .parquet or .root as those of files of events do."
        )


def outside(table: EventTable, layout: Layout, tracks: bool) -> EventTable:
    """Events outside the signal region; what a hidden one holds is neither checked nor told."""
    if not len(table):
        return table
    with np.errstate(all="ignore"):
        variables = reconstruct(table, layout, tracks=tracks)
    return table.take(~hidden(layout, variables))


def _only(table: EventTable, names: tuple[str, ...]) -> EventTable:
    """The columns that are needed, and truth where there is any."""
    kept = [*names, *(n for n in table.columns if n.startswith("truth_") and n not in names)]
    return EventTable({name: table.columns[name] for name in kept}, table.provenance)


def _batch(table: EventTable, layout: Layout) -> Batch:
    variables = reconstruct(table, layout)
    return Batch(table, variables, np.asarray(table["weight"], dtype=np.float64))


def check_schema(table: EventTable, layout: Layout, file: Path) -> None:
    """Refuse records of another apparatus.

    Raises
    ------
    EmissError
        If a column is not as wide as the layout has it, or one that the layout needs is missing.
    """
    for column in columns_of(layout):
        found = table.columns.get(column.name)
        if found is not None and width_of(found) != max(column.width, -1):
            raise EmissError(
                f"'{file}': column '{column.name}' is not as wide as the layout has it; these are "
                "records of another apparatus."
            )
    missing = [name for name in columns_needed(layout) if name not in table.columns]
    if missing:
        raise EmissError(f"'{file}' has no column '{missing[0]}', which the layout needs.")


class _Seen:
    """Numbers of visible events, to find one that comes twice; ranges where they are in order."""

    def __init__(self) -> None:
        self._known: dict[int, NDArray[np.int64]] = {}

    def twice(self, run: NDArray[np.int64], event: NDArray[np.int64]) -> tuple[int, int] | None:
        """Run and number of an event that was there before."""
        for number in np.unique(run):
            new = np.sort(event[run == number])
            again = new[1:][new[1:] == new[:-1]]
            old = self._known.get(int(number), np.zeros(0, dtype=np.int64))
            if old.size and new.size and new[0] <= old[-1]:
                again = np.concatenate([again, np.intersect1d(old, new)])
            if again.size:
                return int(number), int(again[0])
            both = np.concatenate([old, new])
            self._known[int(number)] = both if not old.size or new[0] > old[-1] else np.sort(both)
        return None


def _check(table: EventTable, file: Path, seen: _Seen) -> None:
    for name, column in table.columns.items():
        if name.endswith("_time") or name.startswith("truth_"):
            continue  # without a signal there is no time
        values = column.values if hasattr(column, "values") else column
        if not np.all(np.isfinite(values)):
            raise EmissError(f"'{file}': column '{name}' has values that are not finite.")
        if values.dtype.kind == "f" and np.any(np.abs(values) > _LARGEST):
            raise EmissError(
                f"'{file}': column '{name}' has values above {_LARGEST:g}; nothing measures that."
            )
    if np.any(np.asarray(table["weight"]) < 0.0):
        raise EmissError(f"'{file}': column 'weight' has negative values; give 0 or more.")
    found = seen.twice(
        np.asarray(table["run"], dtype=np.int64), np.asarray(table["event"], dtype=np.int64)
    )
    if found is not None:
        raise EmissError(f"'{file}': event {found[1]} of run {found[0]} is there twice.")
