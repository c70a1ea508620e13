"""Tracking stations: number of hits, and the hit nearest to the middle."""

from __future__ import annotations

import numpy as np

from ....events.record import EventTable, Ragged
from ....experiments.elements import Element
from ....experiments.layout import Layout
from ....ground.arrays import FloatArray
from .base import Reconstruction, Variables, column

__all__ = ["RECONSTRUCTION", "padded"]


def padded(lists: Ragged, most: int) -> FloatArray:
    """Lists as rows of one length, padded with NaN.

    Parameters
    ----------
    lists : Ragged
        One list per event.
    most : int
        Length of a row; what is beyond is left out.

    Returns
    -------
    array, shape (events, most)
        The numbers.
    """
    found = np.full((len(lists), most), np.nan)
    event = np.repeat(np.arange(len(lists)), lists.counts)
    place = np.arange(event.size) - lists.offsets[:-1][event]
    keep = place < most
    found[event[keep], place[keep]] = lists.values[keep]
    return found


def _columns(element: Element) -> tuple[str, ...]:
    return column(element, "x"), column(element, "y")


def _variables(element: Element, table: EventTable, layout: Layout) -> Variables:
    x, y = (table.lists(name) for name in _columns(element))
    most = int(max(x.counts.max(initial=0), 1))
    rows_x, rows_y = padded(x, most), padded(y, most)
    distance = np.where(np.isfinite(rows_x), np.hypot(rows_x, rows_y), np.inf)
    first = np.argmin(distance, axis=1)
    rows = np.arange(first.size)
    return {
        column(element, "hits"): x.counts.astype(np.float64),
        column(element, "x"): rows_x[rows, first],
        column(element, "y"): rows_y[rows, first],
        column(element, "time"): np.full(first.size, np.nan),
    }


RECONSTRUCTION = Reconstruction("tracker", _columns, _variables)
