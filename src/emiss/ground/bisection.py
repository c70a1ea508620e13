"""Where a condition stops to hold between two points, by halving."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from .arrays import FloatArray

__all__ = ["switch_point", "switch_points"]


def switch_point(
    holds: Callable[[float], bool], inside: float, outside: float, halvings: int = 40
) -> float:
    """Where a condition stops to hold between two points.

    Parameters
    ----------
    holds : callable
        The condition, true at `inside` and false at `outside`.
    inside, outside : float
        Two points, in any order.
    halvings : int, optional
        Number of steps.

    Returns
    -------
    float
        The switch, to 2^-halvings of their distance.
    """
    for _ in range(halvings):
        middle = 0.5 * (inside + outside)
        if holds(middle):
            inside = middle
        else:
            outside = middle
    return 0.5 * (inside + outside)


def switch_points(
    holds: Callable[[FloatArray], NDArray[np.bool_]],
    inside: FloatArray,
    outside: FloatArray,
    halvings: int = 64,
) -> FloatArray:
    """Where conditions stop to hold, element by element.

    Parameters
    ----------
    holds : callable
        The conditions: element i of the answer depends on element i of the points only.
    inside, outside : array of float, shape (n,)
        Points where they hold and where they do not.
    halvings : int, optional
        Number of steps.

    Returns
    -------
    array of float, shape (n,)
        The switches, to 2^-halvings of the distances.
    """
    for _ in range(halvings):
        middle = 0.5 * (inside + outside)
        within = holds(middle)
        inside, outside = np.where(within, middle, inside), np.where(within, outside, middle)
    return np.asarray(0.5 * (inside + outside))
