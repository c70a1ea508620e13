"""A resonance folded with what makes it: integrals over s that treat the pole exactly.

Cells of s are integrated in closed form with numerator and G linear in each; what lies next to the
threshold of the dark channel belongs to `dark_threshold`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ...ground.chebyshev import chebyshev_nodes, from_nodes, nodes_needed
from ..models.base import FloatArray
from .breit_wigner import far_cells, linear_cells
from .dark_threshold import zone_integral
from .resonance import Density, Resonance

__all__ = ["folded"]

_CHUNK: Final = 128
_MANY: Final = 3
"""Masses for each node, from which on integrals are interpolated."""
_ZONE: Final = 0.25
_ZONE_CELLS: Final = 12
"""Treated with the threshold: cells up to this share above it, and at least so many."""


def folded(
    density: Density,
    resonance: Resonance,
    strength: Callable[[FloatArray], FloatArray],
    on_edges: FloatArray | None = None,
) -> FloatArray:
    """Integral over s of density, strength and invisible width over the Breit-Wigner denominator.

    Parameters
    ----------
    density : Density
        What meets per interval of s.
    resonance : Resonance
        X at k masses and couplings.
    strength : callable
        Any further smooth function of s.
    on_edges : array of float, optional
        That function on the edges of the cells, where it is at hand.

    Returns
    -------
    array of float, shape (k,)
        Integrals.
    """
    out = np.empty(len(resonance))
    if on_edges is None:
        on_edges = strength(density.edges)
    meets = on_edges[:-1] * density.lower, on_edges[1:] * density.upper
    zone = _threshold_inside(density, resonance)
    far = _far(density, resonance) & ~zone
    left = np.ones(out.size, dtype=bool)
    if resonance.dark_alone:
        closed = _closed(density, resonance)
        out[closed] = 0.0
        smooth = far & _light(density, resonance) & ~closed
        if smooth.any():
            squared = np.square(resonance.mass[smooth, 0])
            out[smooth] = _interpolated(density, resonance, squared, meets)
        left = ~(closed | smooth)
    for rows, simple in ((np.flatnonzero(left & ~far), False), (np.flatnonzero(left & far), True)):
        for start in range(0, rows.size, _CHUNK):
            part = rows[start : start + _CHUNK]
            some = resonance.rows(part)
            x, numerator, imaginary = ends = _ends(density.edges, some, meets)
            if simple:
                out[part] = far_cells(x, numerator, imaginary)
            else:
                out[part] = _chunk(density, some, strength, ends, zone[part])
    return out


def _far(density: Density, resonance: Resonance) -> NDArray[np.bool_]:
    """Where the pole is far from all cells."""
    (low, high), pole = density.near, np.square(resonance.mass[:, 0])
    return np.asarray((pole < low) | (pole > high))


def _threshold_inside(density: Density, resonance: Resonance) -> NDArray[np.bool_]:
    """Where the threshold of the dark channel, or the zone above it, has cells."""
    edges, threshold = density.edges, resonance.threshold[:, 0]
    above = threshold * (1.0 + _ZONE) > edges[0]
    return np.asarray((threshold > 0.0) & (threshold < edges[-1]) & above)


def _light(density: Density, resonance: Resonance) -> NDArray[np.bool_]:
    """Where the pole is far below all cells, if that is so for many: they share nodes."""
    top = density.near[0]
    if len(resonance) < _MANY or top <= 0.0:
        return np.zeros(len(resonance), dtype=bool)
    light = np.square(resonance.mass[:, 0]) < top
    enough = np.count_nonzero(light) >= _MANY * nodes_needed(top, float(density.edges[0]))
    return light if enough else np.zeros_like(light)


def _interpolated(
    density: Density,
    resonance: Resonance,
    squared: FloatArray,
    meets: tuple[FloatArray, FloatArray],
) -> FloatArray:
    """Integrals at squared masses far below all cells, of which they are an analytic function.

    The nearest singularity is a pole on the lowest edge; that of a threshold there is heavier.
    """
    top = density.near[0]
    nodes = chebyshev_nodes(top, nodes_needed(top, float(density.edges[0])))
    zero = np.zeros((nodes.size, 1))
    columns = (np.sqrt(nodes)[:, None], zero, np.ones(nodes.size), zero)
    there = Resonance(resonance.model, *columns, resonance.form, resonance.dark_alone)
    return from_nodes(nodes, far_cells(*_ends(density.edges, there, meets)), squared)


def _closed(density: Density, resonance: Resonance) -> NDArray[np.bool_]:
    """Where nothing reaches the threshold of the dark channel, if there is no other."""
    return np.asarray(resonance.threshold[:, 0] >= density.edges[-1])


def _ends(
    edges: FloatArray, resonance: Resonance, meets: tuple[FloatArray, FloatArray]
) -> tuple[tuple[FloatArray, FloatArray], ...]:
    """Distance from the pole, numerator and G at both ends of each cell.

    `meets` is what the invisible width is multiplied with at the ends.
    """
    invisible, imaginary = resonance.at(edges)
    x = edges - np.square(resonance.mass)
    return (
        (x[:, :-1], x[:, 1:]),
        (invisible[:, :-1] * meets[0], invisible[:, 1:] * meets[1]),
        (imaginary[:, :-1], imaginary[:, 1:]),
    )


def _chunk(
    density: Density,
    resonance: Resonance,
    strength: Callable[[FloatArray], FloatArray],
    ends: tuple[tuple[FloatArray, FloatArray], ...],
    near: NDArray[np.bool_],
) -> FloatArray:
    edges = density.edges
    x, numerator, imaginary = ends
    cells = linear_cells(x, numerator, imaginary)
    if not np.any(near):
        return np.asarray(cells.sum(axis=1))
    threshold = resonance.threshold[:, 0]
    first = np.maximum(np.searchsorted(edges, threshold, side="right") - 1, 0)
    last = np.searchsorted(edges, threshold * (1.0 + _ZONE))
    last = np.minimum(np.maximum(last, first + _ZONE_CELLS), edges.size - 1)
    index = np.arange(edges.size - 1)
    inside = near[:, None] & (index >= first[:, None]) & (index < last[:, None])
    out = np.where(inside, 0.0, cells).sum(axis=1)
    width = int(np.max((last - first)[near]))
    within = np.minimum(first[near, None] + np.arange(width + 1), last[near, None])
    out[near] += zone_integral(density, resonance.rows(near), strength, edges[within])
    return np.asarray(out)
