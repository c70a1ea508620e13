"""The fits of sub-showers as arrays for the kernels."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...ground.arrays import FloatArray

__all__ = ["RADII", "SHARES", "Shapes", "alias_table", "no_shapes"]


SHARES, RADII = 64, 256
"""Steps of equal probability in the distributions of visible shares and of radii."""


class Shapes(NamedTuple):
    """Distributions of what sub-showers leave in the active layers of a sandwich.

    Parameters
    ----------
    visible : array, shape (3, nodes, 2, steps + 1)
        Quantiles of the visible share, by particle (e-, e+, gamma), energy and whether the start
        lies in an active layer.
    keep, alias : array, shape (3, nodes, 2, offsets)
        Walker's tables of the layer, counted from `before` layers before the start.
    radii : array, shape (3, nodes, rings, steps + 1)
        Quantiles of the distance from the axis in cm, by groups of layers.
    groups : array of int, shape (offsets,)
        Group of each layer offset, from -`before`.
    first, per_log : float
        ln of the lowest node in GeV, and nodes per unit of ln E.
    lowest : float
        Energy in GeV below which all stays in the slab.
    density : float
        Spots per GeV.
    nodes, rings, period, active, before, offsets : int
        Number of nodes (0: no fits) and of groups, slabs in a layer, which of them is active,
        layers before the start and in all.
    """

    visible: FloatArray
    keep: FloatArray
    alias: NDArray[np.int64]
    radii: FloatArray
    groups: NDArray[np.int64]
    first: float
    per_log: float
    lowest: float
    density: float
    nodes: int
    rings: int
    period: int
    active: int
    before: int
    offsets: int


def no_shapes() -> Shapes:
    """Placeholder for transport without fits."""
    empty, none = np.zeros(1), np.zeros(1, dtype=np.int64)
    return Shapes(empty, empty, none, empty, none, 0.0, 0.0, 0.0, 0.0, 0, 0, 1, 0, 0, 1)


def alias_table(weights: FloatArray) -> tuple[FloatArray, NDArray[np.int64]]:
    """Walker's tables for drawing from a discrete distribution with one number.

    Parameters
    ----------
    weights : array, shape (n,)
        Probabilities, not normalised.

    Returns
    -------
    tuple of array, shape (n,)
        Probability to keep a column, and the other entry of the column.
    """
    n = weights.size
    left = weights / weights.sum() * n
    keep, alias = np.ones(n), np.arange(n)
    small = [i for i in range(n) if left[i] < 1.0]
    large = [i for i in range(n) if left[i] >= 1.0]
    while small and large:
        low, high = small.pop(), large[-1]
        keep[low], alias[low] = left[low], high
        left[high] -= 1.0 - left[low]
        if left[high] < 1.0:
            small.append(large.pop())
    return keep, alias
