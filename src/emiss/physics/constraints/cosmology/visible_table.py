"""A mediator's visible width folded over cells of energy, for many masses at once."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np

from ....ground.arrays import FloatArray
from .mediators import Mediator

__all__ = ["VisibleTable", "visible_table"]

_STEP: Final = 1e-4
"""Step in ln(energy): 40 to the width of the phi."""
_SMOOTH: Final = 1e-5
"""Relative width of a cell below which the slope of the ratio in it cannot matter."""


@dataclass(frozen=True, slots=True, eq=False)
class VisibleTable:
    """Visible width over mass, F, and its integrals from the lowest energy, on a fine even grid.

    Parameters
    ----------
    start : float
        Logarithm of the lowest energy in GeV.
    ratio : array of float, shape (n,)
        F per coupling^2; constant above the last energy.
    weighted : tuple of array of float, shape (n,)
        F E and F E^2: what is integrated in ln E for the moments 0 and 1 of F.
    integrals : tuple of array of float, shape (n,)
        The integrals of F and F E over E.
    """

    start: float
    ratio: FloatArray
    weighted: tuple[FloatArray, FloatArray]
    integrals: tuple[FloatArray, FloatArray]

    def moments(self, edges: FloatArray) -> FloatArray:
        """Mean and slope of F in cells of energy.

        Parameters
        ----------
        edges : array of float, shape (n + 1, m)
            Edges of the cells in GeV along the first axis.

        Returns
        -------
        array of float, shape (2 n, m)
            Coefficients of the Legendre polynomials 1 and xi of F, xi from -1 to 1 across a cell:
            first all means, then all slopes.
        """
        first, second = (np.diff(part, axis=0) for part in self._integrated(edges))
        half, middle = 0.5 * np.diff(edges, axis=0), 0.5 * (edges[1:] + edges[:-1])
        slope = 1.5 * (second - middle * first) / np.square(half)
        # In narrow cells the difference is lost in rounding, and F does not change.
        slope = np.where(half < _SMOOTH * middle, 0.0, slope)
        return np.concatenate([0.5 * first / half, slope])

    def _integrated(self, energy: FloatArray) -> tuple[FloatArray, FloatArray]:
        last = self.ratio.size - 1
        place = (np.log(energy) - self.start) / _STEP
        cell = np.clip(place.astype(np.int64), 0, last - 1)
        part = place - cell
        highest = math.exp(self.start + _STEP * last)
        beyond = place > last
        found = []
        for power, (weighted, integral) in enumerate(
            zip(self.weighted, self.integrals, strict=True), start=1
        ):
            rise = 0.5 * (weighted[cell + 1] - weighted[cell])
            inside = integral[cell] + _STEP * part * (weighted[cell] + rise * part)
            tail = self.ratio[-1] * (energy**power - highest**power) / power
            found.append(np.where(beyond, integral[-1] + tail, inside) if beyond.any() else inside)
        return found[0], found[1]


@lru_cache(maxsize=8)
def _tabulated(mediator: Mediator, first: int, last: int) -> VisibleTable:
    top = min(10.0**last, mediator.maximum_energy)
    start = first * math.log(10.0)
    count = math.ceil((math.log(top) - start) / _STEP) + 1
    energy = np.minimum(np.exp(start + _STEP * np.arange(count)), top)
    ratio = mediator.visible_width(energy) / energy
    weighted = ratio * energy, ratio * energy**2
    mean, slope = (
        np.concatenate([[0.0], np.cumsum(0.5 * _STEP * (each[1:] + each[:-1]))])
        for each in weighted
    )
    return VisibleTable(start, ratio, weighted, (mean, slope))


def visible_table(mediator: Mediator, lowest: float, highest: float) -> VisibleTable:
    """Tabulate the visible width of a mediator.

    Parameters
    ----------
    mediator : Mediator
        The mediator.
    lowest, highest : float
        Energies in GeV between which it is wanted; beyond the energy up to which the width is
        known it is in proportion to the energy.

    Returns
    -------
    VisibleTable
        Over full decades, so that it is found again for a range that is little different.
    """
    return _tabulated(
        mediator, math.floor(math.log10(lowest)), max(math.ceil(math.log10(highest)), 0)
    )
