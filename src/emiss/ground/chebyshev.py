"""Analytic functions from their values at Chebyshev's nodes, to the last digit."""

from __future__ import annotations

import math

import numpy as np

from .arrays import FloatArray

__all__ = ["chebyshev_nodes", "from_nodes", "nodes_needed"]

_LAST_DIGIT = 1e-17


def nodes_needed(end: float, singularity: float) -> int:
    """Nodes on (0, end) that give a function to the last digit.

    Parameters
    ----------
    end : float
        End of the interval, positive.
    singularity : float
        Nearest real place above it at which the function is not analytic.

    Returns
    -------
    int
        The error falls with each node by the sum of the axes of the ellipse through the
        singularity whose foci are the ends of the interval.
    """
    place = 2.0 * singularity / end - 1.0
    axes = place + math.sqrt(place * place - 1.0)
    return math.ceil(-math.log(_LAST_DIGIT) / math.log(axes))


def chebyshev_nodes(end: float, count: int) -> FloatArray:
    """Chebyshev's nodes of the first kind on (0, end), descending.

    Parameters
    ----------
    end : float
        End of the interval.
    count : int
        Number of nodes.

    Returns
    -------
    array of float, shape (count,)
        The nodes; the ends are not among them.
    """
    return np.asarray(0.5 * end * (1.0 + np.cos(_angles(count))))


def from_nodes(nodes: FloatArray, values: FloatArray, places: FloatArray) -> FloatArray:
    """Polynomial through values at the nodes of `chebyshev_nodes`.

    Parameters
    ----------
    nodes, values : array of float, shape (k,)
        Nodes, and the function there.
    places : array of float, shape (n,)
        Where it is wanted, in the same interval.

    Returns
    -------
    array of float, shape (n,)
        Values, by the second barycentric formula (Berrut and Trefethen, SIAM Review 46, 501).
    """
    weights = np.sin(_angles(nodes.size))
    weights[1::2] *= -1.0
    apart = places[:, None] - nodes
    apart[apart == 0.0] = 1e-300  # on a node its value alone counts
    shares = weights / apart
    return np.asarray(shares @ values / shares.sum(axis=1))


def _angles(count: int) -> FloatArray:
    return math.pi * (np.arange(count) + 0.5) / count
