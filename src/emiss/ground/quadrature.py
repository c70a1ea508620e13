"""Nodes and weights of quadrature rules, each said once and kept."""

from __future__ import annotations

import functools

import numpy as np
from numpy.typing import NDArray

__all__ = ["normal_nodes"]

FloatArray = NDArray[np.float64]


@functools.cache
def normal_nodes(count: int) -> tuple[FloatArray, FloatArray]:
    """Nodes and weights for the mean of a function of a standard normal number.

    Parameters
    ----------
    count : int
        Number of nodes.

    Returns
    -------
    tuple of array of float, shape (count,)
        Gauss-Hermite nodes in standard deviations, and weights that sum to 1.
    """
    nodes, weights = np.polynomial.hermite_e.hermegauss(count)
    weights = weights / weights.sum()
    nodes.flags.writeable = weights.flags.writeable = False
    return nodes, weights
