"""Flows of bremsstrahlung and pair production, tabulated once per material.

A process is described by the rate at which it gives a secondary more than the fraction v of the
parent's energy, Phi(v) = Int_v^1 dN, and by Omega(v) = Int_v^1 Phi dv'. Both are smooth in
z = ln(v/(1 - v)), and depend on the energy so weakly that a few Chebyshev nodes in ln E do.
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from typing import TypedDict

import numpy as np
from numpy.typing import NDArray

from ...ground.arrays import FloatArray
from ..materials import Material
from .radiation import Screening, bremsstrahlung_spectrum, pair_spectrum

__all__ = ["FlowTable", "radiation_tables"]

CITATIONS = ("Tsai:1973py",)


_LOWEST_ENERGY, _HIGHEST_ENERGY = 0.05, 520.0
_ENERGY_NODES = 12
_Z_MIN, _Z_MAX, _Z_STEP = -15.0, 20.0, 0.2


class _Options(TypedDict):
    screening: Screening
    lpm: bool


@dataclass(frozen=True, slots=True)
class FlowTable:
    """Flows of one process on a grid in z and at Chebyshev nodes in ln E.

    Parameters
    ----------
    log_energy : array, shape (c,)
        Chebyshev nodes.
    z : array, shape (n,)
        Uniform grid.
    values : array, shape (c, 4 n)
        Phi, -h dN/dz, Omega and h dOmega/dz side by side, h the step of z.
    """

    log_energy: FloatArray
    z: FloatArray
    values: FloatArray

    def at(self, energy: FloatArray) -> FloatArray:
        """Table rows at parent energies.

        Parameters
        ----------
        energy : array, shape (p,)
            Energies in GeV.

        Returns
        -------
        array, shape (p, 4, n)
            Interpolated in ln E (barycentric Lagrange).
        """
        rows: FloatArray = _lagrange(self.log_energy, np.log(energy)) @ self.values
        return rows.reshape(energy.size, 4, self.z.size)

    def flows(
        self, rows: FloatArray, parent: NDArray[np.intp], z: FloatArray
    ) -> tuple[FloatArray, FloatArray]:
        """Phi and Omega at scattered points.

        Parameters
        ----------
        rows : array, shape (p, 4, n)
            From `at`.
        parent : array of int, shape (m,)
            Row of each point.
        z : array, shape (m,)
            ln(v/(1-v)).

        Returns
        -------
        tuple of array, shape (m,)
            Phi and Omega per radiation length; cubic Hermite in z, constant dN/dz below the grid,
            zero above it.
        """
        step = self.z[1] - self.z[0]
        place = (np.clip(z, self.z[0], self.z[-1]) - self.z[0]) / step
        index = np.minimum(place.astype(np.intp), self.z.size - 2)
        t = place - index
        t2 = t * t
        h01 = t2 * (3 - 2 * t)
        h11 = t2 * (t - 1)
        h10 = h11 - t2 + t
        h00 = 1 - h01
        flat = rows.ravel()
        base = parent * (4 * self.z.size) + index
        out = []
        for offset in (0, 2 * self.z.size):
            low = base + offset
            slope = low + self.z.size
            out.append(
                h00 * flat[low] + h01 * flat[low + 1] + h10 * flat[slope] + h11 * flat[slope + 1]
            )
        below = np.flatnonzero(z < self.z[0])
        if below.size:
            self._extend(rows, parent[below], z[below], out, below)
        return out[0], out[1]

    def _extend(
        self,
        rows: FloatArray,
        parent: NDArray[np.intp],
        z: FloatArray,
        out: list[FloatArray],
        below: NDArray[np.intp],
    ) -> None:
        """Go on below the grid with constant dN/dz, where v = exp z."""
        slope = -rows[parent, 1, 0] / (self.z[1] - self.z[0])
        depth = self.z[0] - z
        v0, v = math.exp(self.z[0]), np.exp(z)
        out[0][below] += slope * depth
        out[1][below] += (v0 - v) * (rows[parent, 0, 0] + slope) - slope * v * depth

    def energy_share(self, rows: FloatArray) -> FloatArray:
        """Omega(0), the mean fraction of energy given away per radiation length.

        Parameters
        ----------
        rows : array, shape (p, 4, n)
            From `at`.

        Returns
        -------
        array, shape (p,)
            Int v dN.
        """
        slope = -rows[:, 1, 0] / (self.z[1] - self.z[0])
        share: FloatArray = rows[:, 2, 0] + math.exp(self.z[0]) * (rows[:, 0, 0] + slope)
        return share


def _lagrange(nodes: FloatArray, x: FloatArray) -> FloatArray:
    """Weights (x, nodes) of polynomial interpolation at Chebyshev nodes of the first kind."""
    k = np.arange(nodes.size)
    weights = (-1.0) ** k * np.sin((2 * k + 1) * math.pi / (2 * nodes.size))
    gap = x[:, None] - nodes
    gap[np.abs(gap) < 1e-13] = 1e-13
    terms = weights / gap
    normed: FloatArray = terms / terms.sum(axis=1, keepdims=True)
    return normed


def _integrate(
    density: FloatArray, low: FloatArray, z: FloatArray, weights: FloatArray
) -> FloatArray:
    """Stack the table from dN/dz at Gauss nodes, shape (c, intervals, q), and on the grid."""
    step = z[1] - z[0]
    number = density @ weights
    energy = (density * low) @ weights
    flows = []
    for part in (number, energy):
        tail = np.zeros((part.shape[0], z.size))
        tail[:, :-1] = np.cumsum(part[:, ::-1], axis=1)[:, ::-1] * step
        flows.append(tail)
    fraction = 1 / (1 + np.exp(-z))
    omega = flows[1] - fraction * flows[0]
    slope = -step * flows[0] * fraction * (1 - fraction)
    return np.stack([flows[0], omega, slope])


def _density(
    material: Material, energy: FloatArray, z: FloatArray, process: str, options: _Options
) -> FloatArray:
    """dN/dz, shape (energies, z)."""
    fraction = 1 / (1 + np.exp(-z))
    # 1 - v is formed from z, not from v, or the far end would lose its digits.
    rest = 1 / (1 + np.exp(z))
    if process == "bremsstrahlung":
        return rest * bremsstrahlung_spectrum(material, energy[:, None], fraction, **options)
    return rest * fraction * pair_spectrum(material, energy[:, None], fraction, **options)


def _build(material: Material, process: str, options: _Options) -> FlowTable:
    scaling = options["screening"] == "complete" and not options["lpm"]
    count = 1 if scaling else _ENERGY_NODES
    low, high = math.log(_LOWEST_ENERGY), math.log(_HIGHEST_ENERGY)
    angles = (2 * np.arange(count) + 1) * math.pi / (2 * count)
    log_energy = (low + high) / 2 + (high - low) / 2 * np.cos(angles)
    symmetric = process == "pair"
    start = -_Z_MAX if symmetric else _Z_MIN
    intervals = round((_Z_MAX - start) / _Z_STEP)
    z = np.linspace(start, _Z_MAX, intervals + 1)
    step = z[1] - z[0]
    nodes = 0.5 + np.array([-1.0, 1.0]) / math.sqrt(12.0)
    # On the grid and at the Gauss nodes of each interval, in ascending order.
    points = np.append((z[:-1, None] + step * np.append(0.0, nodes)).ravel(), z[-1])
    energy = np.exp(log_energy)
    if symmetric:
        half = _density(material, energy, points[: points.size // 2 + 1], process, options)
        density = np.concatenate([half, half[:, -2::-1]], axis=1)
    else:
        density = _density(material, energy, points, process, options)
    inner = density[:, :-1].reshape(count, intervals, 3)[:, :, 1:]
    fraction = 1 / (1 + np.exp(-points[:-1].reshape(intervals, 3)[:, 1:]))
    phi, omega, slope = _integrate(inner, fraction, z, np.array([0.5, 0.5]))
    values = np.concatenate([phi, -step * density[:, ::3], omega, slope], axis=1)
    return FlowTable(log_energy, z, values)


@functools.lru_cache(maxsize=64)
def radiation_tables(
    material: Material, screening: Screening, lpm: bool
) -> tuple[FlowTable, FlowTable]:
    """Flows of bremsstrahlung and of pair production in a material.

    Parameters
    ----------
    material : Material
        The material.
    screening : "tsai" or "complete"
        See `emiss.physics.shower.radiation`.
    lpm : bool
        Suppression at high energy.

    Returns
    -------
    tuple of FlowTable
        Bremsstrahlung (photon's fraction) and pair production (electron's fraction), 0.05 to
        520 GeV.
    """
    options: _Options = {"screening": screening, "lpm": lpm}
    return _build(material, "bremsstrahlung", options), _build(material, "pair", options)
