"""What a reconstruction of a kind of detector is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ....events.record import EventTable, Ragged
from ....experiments.elements import Element
from ....experiments.layout import Layout
from ....ground.arrays import FloatArray

__all__ = ["Reconstruction", "Variables", "column", "numbers", "sums"]

Variables: TypeAlias = dict[str, NDArray[Any]]
"""Arrays of one entry per event by the name of their variable."""


@dataclass(frozen=True, slots=True)
class Reconstruction:
    """How variables of one kind of element follow from its columns.

    Parameters
    ----------
    name : str
        Kind of element.
    columns : callable
        ``(element) -> names`` of the columns that it needs.
    variables : callable
        ``(element, table, layout) -> variables``, with the names that `Element.variables` has.
    """

    name: str
    columns: Callable[[Element], tuple[str, ...]]
    variables: Callable[[Element, EventTable, Layout], Variables]


def column(element: Element, quantity: str) -> str:
    """Name of a column or variable of an element."""
    return f"{element.name.replace('-', '_').replace('.', '_')}_{quantity}"


def numbers(table: EventTable, name: str) -> FloatArray:
    """A column of numbers as double precision."""
    return np.asarray(table[name], dtype=np.float64)


def sums(lists: Ragged) -> FloatArray:
    """Sum of the list of each event."""
    totals = np.concatenate([[0.0], np.cumsum(lists.values.astype(np.float64))])
    return np.asarray(totals[lists.offsets[1:]] - totals[lists.offsets[:-1]])
