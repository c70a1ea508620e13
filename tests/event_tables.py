"""Tables of events made up for tests: every column of a layout, no simulation."""

from __future__ import annotations

import functools

import numpy as np

from emiss.events.record import EventTable, Ragged, columns_of
from emiss.experiments import get


@functools.cache
def layout():
    return get("na64e-2021-2022").runs[0].layout


def made_up(events, seed, sample="data", first=0, inside=0.3):
    """Events of which a share lies in the signal region."""
    random = np.random.default_rng(seed)
    columns = {}
    for column in columns_of(layout()):
        name = column.name
        if column.width < 0:
            counts = (
                random.integers(0, 2, events)
                if name.endswith(("_x", "_y"))
                else np.zeros(events, dtype=int)
            )
            offsets = np.concatenate([[0], np.cumsum(counts)])
            values = random.normal(0.0, 0.5, offsets[-1]).astype(column.form)
            columns[name] = Ragged(values, offsets)
        elif column.width > 0:
            cells = random.exponential(0.3 / column.width, (events, column.width))
            columns[name] = cells.astype(column.form)
        else:
            columns[name] = random.random(events).astype(column.form)
    quiet = random.random(events) < inside
    columns["ecal_cells"][:, 17] += np.where(quiet, 20.0, 90.0).astype("float32")
    columns["hcal0_cells"][~quiet, 4] += 5.0
    columns["run"] = np.full(events, 1, dtype="int32")
    columns["spill"] = np.ones(events, dtype="int32")
    columns["event"] = np.arange(first, first + events)
    columns["weight"] = np.ones(events)
    provenance = {
        "schema_version": 1,
        "sample": sample,
        "columns": {
            c.name: {"unit": c.unit, "width": c.width, "shape": list(c.shape)}
            for c in columns_of(layout())
        },
    }
    return EventTable(columns, provenance)
