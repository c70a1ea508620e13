"""Histograms as plain values, with the protocol by which hist and mplhep plot anything (UHI)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .arrays import FloatArray
from .errors import ArgumentError

__all__ = ["BinAxis", "Histogram"]


@dataclass(frozen=True, slots=True)
class _Traits:
    circular: bool = False
    discrete: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class BinAxis:
    """Bins between edges, as an axis of the protocol.

    Parameters
    ----------
    edges : array of float, shape (n + 1,)
        Ascending edges.
    label : str
        Quantity with its unit.
    """

    edges: FloatArray
    label: str = ""

    @property
    def traits(self) -> _Traits:
        """Neither circular nor discrete."""
        return _Traits()

    def __len__(self) -> int:
        return int(self.edges.size - 1)

    def __getitem__(self, index: int) -> tuple[float, float]:
        if not -len(self) <= index < len(self):
            raise IndexError(index)
        at = index % len(self)
        return float(self.edges[at]), float(self.edges[at + 1])

    def __iter__(self) -> Iterator[tuple[float, float]]:
        return (self[index] for index in range(len(self)))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, BinAxis) and np.array_equal(self.edges, other.edges)

    def __hash__(self) -> int:
        return hash((self.edges.tobytes(), self.label))


@dataclass(frozen=True, slots=True, eq=False)
class Histogram:
    """Contents of bins; follows the plottable protocol of UHI.

    Parameters
    ----------
    axis : BinAxis
        The bins.
    contents : array of float, shape (n,)
        What each bin holds.
    squared_errors : array of float, shape (n,), or None
        Variances; None where the contents are calculated and have none.
    name : str
        What is counted, with its unit.

    Raises
    ------
    ArgumentError
        If there is not one number per bin.
    """

    axis: BinAxis
    contents: FloatArray
    squared_errors: FloatArray | None = None
    name: str = ""

    def __post_init__(self) -> None:
        for numbers in (self.contents, self.squared_errors):
            if numbers is not None and np.shape(numbers) != (len(self.axis),):
                raise ArgumentError(
                    f"histogram: {np.size(numbers)} numbers for {len(self.axis)} bins."
                )

    @property
    def axes(self) -> Sequence[BinAxis]:
        """The one axis."""
        return (self.axis,)

    @property
    def kind(self) -> str:
        """``COUNT``: contents add up when bins are joined."""
        return "COUNT"

    def values(self) -> FloatArray:
        """Contents of the bins."""
        return self.contents

    def variances(self) -> FloatArray | None:
        """Squared errors of the contents, None where there are none."""
        return self.squared_errors

    def counts(self) -> FloatArray:
        """Effective number of entries: contents squared over variance, else the contents."""
        if self.squared_errors is None:
            return self.contents
        with np.errstate(invalid="ignore", divide="ignore"):
            ratio = np.square(self.contents) / self.squared_errors
        return np.where(self.squared_errors > 0.0, ratio, 0.0)

    def _to_boost_histogram_(self) -> Any:
        """What ``hist.Hist(histogram)`` asks for; boost_histogram is there when it asks."""
        import boost_histogram

        axis = boost_histogram.axis.Variable(self.axis.edges)
        axis.__dict__ |= {"name": "", "label": self.axis.label}
        made: Any
        if self.squared_errors is None:
            made = boost_histogram.Histogram(axis, storage=boost_histogram.storage.Double())
            made[...] = self.contents
        else:
            made = boost_histogram.Histogram(axis, storage=boost_histogram.storage.Weight())
            made[...] = np.stack([self.contents, self.squared_errors], axis=-1)
        return made
