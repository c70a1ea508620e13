"""Electromagnetic cascade in an infinite target: the track lengths by balance, without dice.

For track lengths integrated over depth, what enters a cell of energy equals what leaves it. Since
no particle gains energy the system is triangular, and is solved from the beam energy downwards.
"""

from __future__ import annotations

import numpy as np

from ...ground.arrays import FloatArray
from .kernels import ELECTRON, POSITRON, Transfer

__all__ = ["reconstruct", "solve"]

CITATIONS = ("Rossi:1941zza",)


def solve(transfer: Transfer, source: FloatArray | None = None) -> FloatArray:
    """Solve the depth-integrated balance.

    Parameters
    ----------
    transfer : Transfer
        Cascade operator with n cells.
    source : array, shape (3, 2, n, m), optional
        Particles put into the target: number and energy moment per species and cell, for m
        problems at once. Default: one particle at the beam energy of each species in turn (m = 3).
        Moments in depth follow from the same operator with the previous moment as the source.

    Returns
    -------
    array, shape (3, 2, n, m)
        Coefficients a, b of the track length a + b (2x - 1) over each cell, in radiation lengths;
        a is the track length in the cell.
    """
    n = transfer.edges.size - 1
    if source is None:
        source = np.zeros((3, 2, n, 3))
        source[np.arange(3), :, 0, np.arange(3)] = 1.0
    columns = source.shape[-1]
    # Cells outermost, so that the operator is lower triangular in blocks of 3 species x 2 shapes.
    operator = np.empty((n, 3, 2, n, 3, 2))
    np.negative(transfer.gain.transpose(5, 0, 2, 3, 1, 4), out=operator)
    slow = transfer.ionisation.transpose(3, 0, 1, 2)
    for lepton in (ELECTRON, POSITRON):
        operator[:, lepton, :, :, lepton] -= slow
    matrix = operator.reshape(6 * n, 6 * n)
    right = source.transpose(2, 0, 1, 3).reshape(6 * n, columns)
    cell = np.arange(n)
    inverse = np.linalg.inv(operator.reshape(n, 6, n, 6)[cell, :, cell])
    out = np.zeros((6 * n, columns))
    for i in range(n):
        here = slice(6 * i, 6 * i + 6)
        out[here] = inverse[i] @ (right[here] - matrix[here, : 6 * i] @ out[: 6 * i])
    return out.reshape(n, 3, 2, columns).transpose(1, 2, 0, 3)


def _edge_densities(widths: FloatArray, moments: FloatArray) -> FloatArray:
    """Density at each edge from the cubic with the moments of the cells on both sides.

    Parameters
    ----------
    widths : array, shape (n,)
        Widths of ascending cells.
    moments : array, shape (2, n, m)
        Coefficients a, b.

    Returns
    -------
    array, shape (n+1, m)
        Density times energy; the outermost from the cell alone.
    """
    n = widths.size
    scale = np.maximum(widths[:-1], widths[1:])
    left, right = widths[:-1] / scale, widths[1:] / scale
    power = np.arange(4)
    system = np.empty((n - 1, 4, 4))
    for row, width, sign in ((0, left, -1.0), (2, right, 1.0)):
        # Int t^k and Int (2x - 1) t^k over a cell that starts or ends at t = 0.
        whole = width[:, None] ** (power + 1) / (power + 1)
        tilt = width[:, None] ** (power + 1) * (2 / (power + 2) - 1 / (power + 1))
        system[:, row] = whole * sign**power
        system[:, row + 1] = tilt * sign ** (power + 1)
    a, b = moments
    right_side = np.stack([a[:-1], b[:-1] / 3, a[1:], b[1:] / 3], axis=1)
    out = np.empty((n + 1, a.shape[1]))
    out[1:-1] = np.linalg.solve(system, right_side)[:, 0] / scale[:, None]
    out[0] = (a[0] - b[0]) / widths[0]
    out[-1] = (a[-1] + b[-1]) / widths[-1]
    return out


def reconstruct(edges: FloatArray, coefficients: FloatArray) -> FloatArray:
    """Smooth and positive density inside the cells.

    Parameters
    ----------
    edges : array, shape (n+1,)
        Ascending edges in GeV.
    coefficients : array, shape (2, n, m)
        a and b in ascending cells, for m species.

    Returns
    -------
    array, shape (4, n, m)
        Legendre coefficients in 2x - 1 of the track length per cell: a and b are kept, the other
        two make the density continuous; where that would be negative, a line is used.
    """
    widths = np.diff(edges)
    a, b = np.maximum(coefficients[0], 0.0), coefficients[1]
    density = _edge_densities(widths, coefficients)
    low, high = density[:-1] * widths[:, None], density[1:] * widths[:, None]
    shape = np.stack([a, b, (low + high) / 2 - a, (high - low) / 2 - b])
    probe = np.polynomial.legendre.legvander(np.linspace(-1, 1, 25), 3)
    values = np.tensordot(probe, shape, axes=1)
    # The probe is fine enough for a cubic if its least value keeps away from zero.
    bad = values.min(axis=0) <= 0.02 * a
    shape[1] = np.where(bad, np.clip(b, -a, a), b)
    shape[2:, bad] = 0.0
    return shape
