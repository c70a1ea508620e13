"""Files in which the signal region is physically absent."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from ...events.record import EventTable, columns_of
from ...events.record.batches import iterate_events
from ...events.record.files import write_events
from ...experiments.layout import Layout
from ...ground.errors import EmissError, OutputError
from ..reconstruction import reconstruct
from .gate import check_schema
from .region import hidden, needs_tracks

__all__ = ["skim"]


def skim(path: Path | str, layout: Layout, destination: Path) -> int:
    """Write the events outside the signal region to a file.

    Parameters
    ----------
    path : path
        File or directory of events; data or simulation, opened or not.
    layout : Layout
        The apparatus, with its selection and signal region.
    destination : Path
        File, ``.parquet`` or ``.root``; it appears whole or not at all.

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
    form = {".parquet": "parquet", ".root": "root"}.get(destination.suffix)
    if form is None:
        raise EmissError(f"'{destination}': events are written to .parquet or .root files.")
    if destination.exists():
        raise OutputError(f"'{destination}' exists; choose another name.")
    parts: list[EventTable] = []
    tracks = needs_tracks(layout)
    for file, table in iterate_events(path):
        check_schema(table, layout, file)
        kept = table.take(~hidden(layout, reconstruct(table, layout, tracks=tracks)))
        if len(kept):
            parts.append(kept)
    if not parts:
        raise EmissError("no event lies outside the signal region; nothing is written.")
    joined = EventTable.join(parts)
    provenance = {**joined.provenance, "skimmed": "events outside the signal region"}
    provenance.pop("generated_events", None)
    columns = [c for c in columns_of(layout) if c.name in joined.columns]
    try:
        destination.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=destination.parent, suffix=destination.suffix)
        os.close(handle)
        partial = Path(name)
        try:
            write_events(EventTable(joined.columns, provenance), columns, partial, form)
            partial.replace(destination)
        finally:
            partial.unlink(missing_ok=True)
    except OSError as error:
        raise OutputError(f"cannot write {destination}: {error}") from error
    return len(joined)
