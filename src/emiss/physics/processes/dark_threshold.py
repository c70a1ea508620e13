"""Integrals of a resonance next to the threshold of its dark channel.

From the threshold s_0 on, numerator and G go with a power of v = sqrt(s - s_0): the variable is v,
the nodes are even in ln v, the pole is one of them, and the order is the fourth.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

import numpy as np

from ..models.base import FloatArray
from .breit_wigner import linear_cells, smooth_cells
from .resonance import Density, Resonance

__all__ = ["line_shapes", "zone_integral"]

_NODES: Final = 56
_LEAST: Final = 1e-3
"""Nodes in ln v per threshold, from this share of the smallest scale on."""
_TAIL: Final = 0.4
"""Step in ln u of the line shape far above its pole."""
_AWAY: Final = np.array([0.003, 0.01, 0.03, 0.06, 0.1, 0.15, 0.2, 0.27, 0.35, 0.45])
_AROUND: Final = np.concatenate([1.0 - _AWAY, [1.0], 1.0 + _AWAY])
"""Pole and further nodes on both sides of it, over its v."""
_SHAPE_NODES: Final = 448
"""The same where one line shape serves all masses: a rate that ends in its tail asks for many."""
_EVEN: Final = {count: np.linspace(0.0, 1.0, count) for count in (_NODES, _SHAPE_NODES)}


def zone_integral(
    density: Density,
    resonance: Resonance,
    strength: Callable[[FloatArray], FloatArray],
    borders: FloatArray,
) -> FloatArray:
    """Integral from the cell that holds the threshold to the end of a zone above it.

    Parameters
    ----------
    density : Density
        What meets per interval of s.
    resonance : Resonance
        X at k masses and couplings.
    strength : callable
        Any further smooth function of s.
    borders : array of float, shape (k, n)
        Edges of the cells of the zone in s in GeV^2.

    Returns
    -------
    array of float, shape (k,)
        Integrals of density, strength and invisible width over the denominator.
    """
    below = _below(density, resonance, strength, borders[:, :1])
    v, pole = _nodes(borders, resonance)
    s, value, width, places = _in_v(resonance, v, pole)
    value, n = value * strength(s), v.shape[1]
    # The density may jump from cell to cell, so that an edge has two values.
    cell = np.searchsorted(density.edges, s[:, n:], side="right") - 1
    cell = np.clip(cell, 0, density.lower.size - 1)
    made = density.within(cell)
    numerator = [value[:, place] * made(s[:, place]) for place in places]
    integrals = smooth_cells(v - pole, numerator, [width[:, place] for place in places])
    return np.asarray(integrals.sum(axis=1) + below)


def line_shapes(resonance: Resonance, tops: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Distribution of a boson's squared mass over that on the mass shell.

    Parameters
    ----------
    resonance : Resonance
        One boson with a dark sector, in the limit of small coupling.
    tops : array of float, shape (n,)
        Halves of the largest ratios, above 1.

    Returns
    -------
    ratio, weight : array of float, shape (n, k)
        Ratios u = M/m^2 and their share of sqrt(M) Gamma_inv(M)/pi over the denominator, a row for
        each top, to its end. The same for all masses of a model, whose dark matter has a mass in
        proportion.
    """
    squared = np.square(resonance.mass)
    borders = np.hstack([np.broadcast_to(resonance.threshold, (tops.size, 1)), _tails(tops)])
    borders[:, 1:] *= squared
    v, pole = _nodes(borders, resonance, _SHAPE_NODES)
    s, value, width, places = _in_v(resonance, v, pole)
    value = value * np.sqrt(s) / math.pi
    weight = smooth_cells(v - pole, [value[:, x] for x in places], [width[:, x] for x in places])
    return s[:, v.shape[1] :] / squared, weight


def _tails(tops: FloatArray) -> FloatArray:
    """Edges in u far above the pole; a row that ends before another repeats its last."""
    # The tail of a width in proportion to sqrt(s) falls with 1/u only.
    cells = np.ceil(np.log(tops) / _TAIL)[:, None]
    return np.asarray(2.0 * tops[:, None] ** np.minimum(np.arange(cells.max() + 1.0) / cells, 1.0))


def _in_v(
    resonance: Resonance, v: FloatArray, pole: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray, list[slice]]:
    """S, 2 v times the invisible width and G at nodes and middles, over powers of v + pole.

    The slices pick what belongs to the lower end, the middle and the upper end of each cell.
    """
    both = np.hstack([v, 0.5 * (v[:, 1:] + v[:, :-1])])
    s = resonance.threshold + np.square(both)
    invisible, imaginary = resonance.at(s)
    value = 2.0 * both * invisible / np.square(both + pole)
    n = v.shape[1]
    places = [slice(0, n - 1), slice(n, None), slice(1, n)]
    return s, value, imaginary / (both + pole), places


def _below(
    density: Density,
    resonance: Resonance,
    strength: Callable[[FloatArray], FloatArray],
    start: FloatArray,
) -> FloatArray:
    """From the lower edge of the cell that holds the threshold to the threshold: neutrinos only."""
    if resonance.dark_alone:
        return np.zeros(len(resonance))
    end = np.maximum(resonance.threshold, start)
    cell = np.searchsorted(density.edges, 0.5 * (start + end), side="right") - 1
    cell = np.clip(cell, 0, density.lower.size - 1)
    (lower, g_lower), (upper, g_upper) = resonance.at(start), resonance.at(end)
    if not (np.any(lower) or np.any(upper)):
        return np.zeros(len(resonance))
    made = density.within(cell)
    lower, upper = lower * strength(start) * made(start), upper * strength(end) * made(end)
    squared = np.square(resonance.mass)
    left, right = start - squared, end - squared
    empty = right <= left  # also where the threshold is within rounding of the edge
    x = left, np.where(empty, left + 1.0, right)
    found = linear_cells(x, (lower, upper), (g_lower, g_upper))
    return np.asarray(np.where(empty, 0.0, found)[:, 0])


def _nodes(
    borders: FloatArray, resonance: Resonance, count: int = _NODES
) -> tuple[FloatArray, FloatArray]:
    """Nodes in v = sqrt(s - s_0), ascending, and the pole in v."""
    threshold = resonance.threshold
    pole = np.sqrt(np.square(resonance.mass) - threshold)
    width = resonance.at(np.square(resonance.mass))[1] / np.square(pole)
    least = _LEAST * pole / (1.0 + width)
    edges = np.sqrt(np.maximum(borders - threshold, 0.0))
    bottom, top = edges[:, :1], edges[:, -1:]
    # Most zones end before the pole.
    around = _AROUND if np.any(pole * _AROUND[0] < top) else _AROUND[:0]
    found = np.empty((len(edges), edges.shape[1] + count + around.size))
    inner = found[:, edges.shape[1] :]
    found[:, : edges.shape[1]] = edges
    np.exp(_EVEN[count] * np.log(np.maximum(top / least, 1.0)), out=inner[:, :count])
    inner[:, :count] *= least
    inner[:, count:] = pole * around
    np.minimum(np.maximum(inner, bottom, out=inner), top, out=inner)
    found.sort(axis=1)
    return found, pole
