"""Nodes and weights of quadrature rules, each said once and kept."""

from __future__ import annotations

import functools

import numpy as np

from .arrays import FloatArray

__all__ = ["gauss", "gauss_hermite", "gauss_panels", "gauss_symmetric"]


@functools.cache
def gauss(order: int) -> tuple[FloatArray, FloatArray]:
    """Gauss-Legendre nodes and weights on (0, 1).

    Parameters
    ----------
    order : int
        Number of nodes.

    Returns
    -------
    tuple of array, shape (order,)
        Nodes, ascending, and weights; read-only. Exact for polynomials up to 2 order - 1.
    """
    return gauss_panels(order, 1)


@functools.cache
def gauss_panels(order: int, panels: int) -> tuple[FloatArray, FloatArray]:
    """Gauss-Legendre nodes and weights on (0, 1) cut into panels of equal width.

    Parameters
    ----------
    order : int
        Number of nodes in each panel.
    panels : int
        Number of panels.

    Returns
    -------
    tuple of array, shape (order * panels,)
        Nodes, ascending, and weights; read-only.
    """
    nodes, weights = gauss_symmetric(order)
    position = ((np.arange(panels)[:, None] + 0.5 * (nodes + 1.0)) / panels).ravel()
    weight = np.tile(0.5 * weights / panels, panels)
    position.flags.writeable = weight.flags.writeable = False
    return position, weight


@functools.cache
def gauss_symmetric(order: int) -> tuple[FloatArray, FloatArray]:
    """Gauss-Legendre nodes and weights on (-1, 1).

    Parameters
    ----------
    order : int
        Number of nodes.

    Returns
    -------
    tuple of array of float, shape (order,)
        Nodes, ascending, and weights; read-only. Exact for polynomials up to 2 order - 1.
    """
    nodes, weights = np.polynomial.legendre.leggauss(order)
    nodes.flags.writeable = weights.flags.writeable = False
    return nodes, weights


@functools.cache
def gauss_hermite(count: int) -> tuple[FloatArray, FloatArray]:
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
