"""Events as columns in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...ground.errors import EmissError

__all__ = ["EventTable", "Ragged", "is_simulation", "width_of"]


def is_simulation(provenance: Mapping[str, Any]) -> bool:
    """Whether events say of themselves that they are simulated; all others are data."""
    return str(provenance.get("sample", "data")) != "data"


@dataclass(frozen=True, slots=True, eq=False)
class Ragged:
    """Lists of any length, one per event.

    Parameters
    ----------
    values : array
        All numbers, event by event.
    offsets : array of int, shape (events + 1,)
        Where the list of each event begins.
    """

    values: NDArray[Any]
    offsets: NDArray[np.int64]

    @classmethod
    def make(cls, events: int, event: NDArray[np.int64], values: NDArray[Any]) -> Ragged:
        """Lists from numbers and their events, in ascending order of events."""
        count = np.bincount(event, minlength=events)
        return cls(values, np.concatenate([[0], np.cumsum(count)]).astype(np.int64))

    def __len__(self) -> int:
        return self.offsets.size - 1

    def __getitem__(self, event: int) -> NDArray[Any]:
        return np.asarray(self.values[self.offsets[event] : self.offsets[event + 1]])

    @property
    def counts(self) -> NDArray[np.int64]:
        """Length of each list."""
        return np.diff(self.offsets)

    def take(self, rows: NDArray[Any]) -> Ragged:
        """Lists of some events: a mask, or numbers."""
        chosen = np.flatnonzero(rows) if rows.dtype == bool else rows
        counts = self.counts[chosen]
        starts = self.offsets[:-1][chosen]
        ends = np.cumsum(counts)
        inner = np.arange(ends[-1] if ends.size else 0) - np.repeat(ends - counts, counts)
        offsets = np.concatenate([[0], ends]).astype(np.int64)
        return Ragged(self.values[np.repeat(starts, counts) + inner], offsets)


def width_of(column: NDArray[Any] | Ragged) -> int:
    """Numbers per event: 0 for a column without an axis of its own, -1 for lists."""
    if isinstance(column, Ragged):
        return -1
    return int(column.shape[1]) if column.ndim == 2 else 0


@dataclass(frozen=True, slots=True, eq=False)
class EventTable:
    """Events as columns.

    Parameters
    ----------
    columns : mapping of str to array or Ragged
        One entry per event in each; numbers per event are the second axis.
    provenance : mapping
        How they were made, as plain values.
    """

    columns: Mapping[str, NDArray[Any] | Ragged]
    provenance: Mapping[str, Any] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(next(iter(self.columns.values()))) if self.columns else 0

    def __getitem__(self, name: str) -> NDArray[Any]:
        column = self.columns[name]
        if isinstance(column, Ragged):
            raise EmissError(f"column '{name}' holds lists; use lists('{name}').")
        return column

    def lists(self, name: str) -> Ragged:
        """A column of lists.

        Raises
        ------
        EmissError
            If it holds numbers.
        """
        column = self.columns[name]
        if not isinstance(column, Ragged):
            raise EmissError(f"column '{name}' holds numbers, not lists.")
        return column

    def take(self, rows: NDArray[Any]) -> EventTable:
        """Some events: a mask, or numbers."""
        columns = {
            name: column.take(rows) if isinstance(column, Ragged) else column[rows]
            for name, column in self.columns.items()
        }
        return EventTable(columns, self.provenance)

    @classmethod
    def join(cls, tables: Sequence[EventTable]) -> EventTable:
        """Events of several tables with the same columns, one after the other."""
        first = tables[0]
        columns: dict[str, NDArray[Any] | Ragged] = {}
        for name in first.columns:
            parts = [table.columns[name] for table in tables]
            if isinstance(parts[0], Ragged):
                lists = [part for part in parts if isinstance(part, Ragged)]
                counts = np.concatenate([part.counts for part in lists])
                offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
                columns[name] = Ragged(np.concatenate([p.values for p in lists]), offsets)
            else:
                columns[name] = np.concatenate([p for p in parts if not isinstance(p, Ragged)])
        return cls(columns, first.provenance)
