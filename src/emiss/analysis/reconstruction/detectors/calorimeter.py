"""Calorimeters: energy, cluster, shower shape, and what came at another time.

The cluster is the 3 x 3 cells around the largest; the lateral ratio is the share of the energy
outside of it. The shower shape is compared with a template by energy of electrons on the axis,

    chi^2 = 1/n sum_i [(E_i/E - f_i(E)) / s_i(E)]^2,

with the mean share f_i and its standard deviation s_i of each of n cells that hold more than a
thousandth on average.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ....events.record import EventTable
from ....experiments.elements import Element
from ....experiments.elements.calorimeter import Calorimeter
from ....experiments.layout import Layout
from ....ground.arrays import FloatArray
from ..templates import template_of
from .base import Reconstruction, Variables, column, numbers, sums

__all__ = ["RECONSTRUCTION"]


def _columns(element: Element) -> tuple[str, ...]:
    return tuple(column(element, name) for name in ("cells", "time", "pulse_energy"))


def _variables(element: Element, table: EventTable, layout: Layout) -> Variables:
    assert isinstance(element, Calorimeter)
    shape = (-1, element.cells_y, element.cells_x)
    cells = numbers(table, column(element, "cells")).reshape(shape)
    energy = cells.sum(axis=(1, 2))
    row, col = _largest(cells)
    cluster = _cluster(cells, row, col)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(energy > 0.0, (energy - cluster) / energy, np.nan)
    central = cells[:, element.cells_y // 2, element.cells_x // 2]
    found = {
        "energy": energy,
        "max_cell_x": np.where(energy > 0.0, col, np.nan),
        "max_cell_y": np.where(energy > 0.0, row, np.nan),
        "central_energy": central,
        "lateral_ratio": ratio,
        "shower_chi2": _shape(cells, energy, element, layout),
        "out_of_time_energy": sums(table.lists(column(element, "pulse_energy"))),
        "periphery_energy": energy - cluster,
        "time": numbers(table, column(element, "time")),
    }
    return {column(element, name): values for name, values in found.items()}


def _largest(cells: FloatArray) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Row and column of the cell with the largest energy."""
    place = cells.reshape(len(cells), -1).argmax(axis=1)
    row, col = np.divmod(place, cells.shape[2])
    return row.astype(np.int64), col.astype(np.int64)


def _cluster(cells: FloatArray, row: NDArray[np.int64], col: NDArray[np.int64]) -> FloatArray:
    """Energy in the 3 x 3 cells around a cell."""
    wide = np.pad(cells, ((0, 0), (1, 1), (1, 1)))
    event = np.arange(len(cells))
    total = np.zeros(len(cells))
    for dy in range(3):
        for dx in range(3):
            total += wide[event, row + dy, col + dx]
    return total


def _shape(
    cells: FloatArray, energy: FloatArray, element: Calorimeter, layout: Layout
) -> FloatArray:
    if element.cells_x * element.cells_y < 4 or element.role not in ("preshower", "target"):
        return np.full(len(cells), np.nan)
    template = template_of(layout, element)
    return template.chi2(cells.reshape(len(cells), -1), energy)


RECONSTRUCTION = Reconstruction("calorimeter", _columns, _variables)
