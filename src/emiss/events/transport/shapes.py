"""The fits of sub-showers as arrays for the kernels."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["Shapes", "no_shapes"]

Array = NDArray[np.float64]


class Shapes(NamedTuple):
    """Distributions of what sub-showers leave in the active layers of a sandwich.

    Parameters
    ----------
    visible : array, shape (3, nodes, 2, steps + 1)
        Quantiles of the visible share, by particle (e-, e+, gamma), energy and whether the start
        lies in an active layer.
    layers : array, shape (3, nodes, 2, steps + 1)
        Quantiles of the layer, counted from that of the start, plus a part in [0, 1).
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

    visible: Array
    layers: Array
    radii: Array
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
    return Shapes(empty, empty, empty, none, 0.0, 0.0, 0.0, 0.0, 0, 0, 1, 0, 0, 1)
