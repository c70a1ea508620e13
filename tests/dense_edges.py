"""Edges of an excluded region from a scan of the whole range of couplings: slow, and sure."""

from __future__ import annotations

import numpy as np

from emiss.inference.island_edges import edges_near


def find_edges(excess, span, masses, *, scan_points=61, tolerance=1e-6):
    """Smallest and largest excluded coupling at every mass, for any dependence on the coupling.

    ``excess(couplings)`` takes couplings of shape (masses,) and is positive where excluded.
    """
    couplings = np.geomspace(*span, scan_points)

    def each(places):
        return np.stack([np.asarray(excess(row), dtype=float) for row in places])

    table = each(np.repeat(couplings[:, None], masses, axis=1))
    return edges_near(each, couplings, table, own=True, tolerance=tolerance)
