"""Files in which the signal region is physically absent."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from ...events.record import EventTable, columns_of
from ...events.record.batches import iterate_events
from ...events.record.files import SKIMMED, write_events
from ...events.record.table import is_simulation
from ...experiments.layout import Layout
from ...ground.atomic import explain_failure
from ...ground.errors import EmissError, OutputError
from ...ground.guards import flag, guarded, instance
from ...ground.guards import path as a_path
from .gate import SIZE, check_schema, outside, place_of_log
from .log import status_of
from .region import needs_tracks

__all__ = ["skim"]


@guarded(path=a_path, layout=instance("Layout"), destination=a_path, renumber=flag)
def skim(
    path: Path | str, layout: Layout, destination: Path | str, *, renumber: bool = False
) -> int:
    """Write the events outside the signal region to a file.

    Parameters
    ----------
    path : path
        File or directory of events; data or simulation, opened or not.
    layout : Layout
        The apparatus, with its selection and signal region.
    destination : path
        File, ``.parquet`` or ``.root``; it appears whole or not at all.
    renumber : bool, optional
        Number the events of each run anew from 0: gaps in the numbers say how many are missing.

    Returns
    -------
    int
        Number of events in it.

    Raises
    ------
    EmissError
        If nothing is left, or events cannot be read.
    OutputError
        If the file exists or cannot be written.
    """
    destination = Path(destination)
    form = {".parquet": "parquet", ".root": "root"}.get(destination.suffix)
    if form is None:
        raise EmissError(f"'{destination}': events are written to .parquet or .root files.")
    if destination.exists():
        raise OutputError(f"'{destination}' exists; choose another name.")
    kept = _even(_outside(path, layout))
    if renumber:
        kept = _renumbered(kept)
    first = next(kept, None)
    if first is None:
        raise EmissError("no event lies outside the signal region; nothing is written.")
    provenance = {**first.provenance, SKIMMED: "events outside the signal region"}
    provenance.pop("generated_events", None)
    columns = [c for c in columns_of(layout) if c.name in first.columns]
    if said := provenance.get("columns"):
        provenance["columns"] = {c.name: said[c.name] for c in columns if c.name in said}
    batches = itertools.chain([EventTable(first.columns, provenance)], kept)
    try:
        destination.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise explain_failure(error, destination.parent) from error
    return write_events(batches, columns, destination, form)


def _outside(path: Path | str, layout: Layout) -> Iterator[EventTable]:
    """The events outside the signal region, batch by batch; none of the batches is empty."""
    tracks, status = needs_tracks(layout), None
    for file, table in iterate_events(path):
        check_schema(table, layout, file)
        if not is_simulation(table.provenance):
            directory = place_of_log(file, path)
            # Refuses another region than the sealed one.
            status = status or status_of(directory, layout)
        kept = outside(table, layout, tracks)
        if len(kept):
            yield kept


def _even(tables: Iterator[EventTable]) -> Iterator[EventTable]:
    """Batches of the same size, which do not say how many events were dropped from each."""
    waiting: list[EventTable] = []
    count = 0
    for table in tables:
        waiting.append(table)
        count += len(table)
        while count >= SIZE:
            joined = EventTable.join(waiting)
            yield joined.take(np.arange(SIZE))
            waiting, count = [joined.take(np.arange(SIZE, count))], count - SIZE
    if count:
        yield EventTable.join(waiting)


def _renumbered(tables: Iterator[EventTable]) -> Iterator[EventTable]:
    """Events with the numbers 0, 1, 2, ... in each run, in their order."""
    following: dict[int, int] = {}
    for table in tables:
        run, number = np.asarray(table["run"]), np.array(table["event"])
        for one in np.unique(run):
            rows = np.flatnonzero(run == one)
            first = following.get(int(one), 0)
            number[rows] = first + np.arange(rows.size)
            following[int(one)] = first + rows.size
        yield EventTable({**table.columns, "event": number}, table.provenance)
