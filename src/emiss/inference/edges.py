"""Couplings between which a search excludes, for any dependence of the signal on the coupling."""

from __future__ import annotations

import math

import numpy as np

from ..ground.arrays import FloatArray
from ..ground.errors import ValidityError
from ..ground.guards import function, guarded, number, pair, whole
from .crossing import Excess
from .island_edges import Edges, edges_near

__all__ = ["Edges", "find_edges"]


@guarded(
    excess=function,
    span=pair(number(0.0, 1e300, inside=True)),
    masses=whole(1, 10**6),
    scan_points=whole(5, 10**6),
    tolerance=number(1e-14, 0.5),
)
def find_edges(
    excess: Excess,
    span: tuple[float, float],
    masses: int,
    *,
    scan_points: int = 61,
    tolerance: float = 1e-6,
) -> Edges:
    """Smallest and largest excluded coupling at every mass, for any dependence on the coupling.

    Parameters
    ----------
    excess : callable
        ``excess(couplings)`` with couplings of shape (masses,), positive where excluded.
    span : (float, float)
        Smallest and largest coupling to search.
    masses : int
        Number of masses.
    scan_points : int
        Points of the scan in ln(coupling); an island narrower than two steps is looked for
        around the largest excess.
    tolerance : float
        Relative accuracy of the edges.

    Returns
    -------
    Edges
        Lower and upper edges.

    Raises
    ------
    ValidityError
        A wrong span, or a coupling excluded already at the lower end of the span.
    """
    low, high = span
    if not low < high:
        raise ValidityError(f"span: {low:g} to {high:g}; give the lower end first.")
    couplings = np.exp(np.linspace(math.log(low), math.log(high), scan_points))

    def each(places: FloatArray) -> FloatArray:
        return np.stack([np.asarray(excess(row), dtype=float) for row in places])

    table = each(np.repeat(couplings[:, None], masses, axis=1))
    return edges_near(each, couplings, table, own=True, tolerance=tolerance)
