"""Rate of bremsstrahlung by energy of the lepton and of the boson, from the tables."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

import numpy as np
from numpy.typing import NDArray

from ..ground import constants as const
from ..ground.arrays import FloatArray

if TYPE_CHECKING:
    from ..physics.processes.bremsstrahlung_table import BremsstrahlungTable

__all__ = ["Rates", "cut_grid"]


_EVEN: Final = (0.15, 0.95)
_STEP: Final = 0.008
_LEAST_CUT: Final = 4e-4
"""Lowest cut that the tables' grid holds."""


def cut_grid(lowest: float) -> FloatArray:
    """Cuts in f, the position of E_X in its kinematic range, from a lowest one that is needed.

    Even up to where the recoil's energy decides on the preshower, then even in the logarithm of
    what is left for it; likewise in the logarithm of f where that is small.
    """
    first, last = _EVEN
    start = min(max(0.95 * lowest, _LEAST_CUT), first)
    low = np.geomspace(start, first, 1 + math.ceil(math.log(first / start) / 0.05))
    even = np.linspace(first, last, 1 + round((last - first) / _STEP))
    high = 1.0 - np.geomspace(1.0 - last, 1e-6, 34)
    return np.concatenate([low[:-1], even, high[1:]])


@dataclass(frozen=True, slots=True, eq=False)
class Rates:
    """Cross-section between cuts on the boson's energy, at energies of the lepton.

    Parameters
    ----------
    energies : array of float, shape (n,)
        Energies of the lepton in GeV.
    masses : array of float, shape (m,)
        Masses of the boson in GeV.
    low, high : array of float, shape (m, n)
        Least and largest energy of the boson in GeV.
    middle : array of float, shape (k,)
        Where between them the boson's energy is taken for each pair of neighbouring cuts.
    weights, near : array of float, shapes (m, n, excess) and (m, n)
        Interpolation of the table in the lepton's energy, and its fall to threshold.
    by_cut : array of float, shape (m, excess, k+1)
        Logarithm of the cross-section in pb above each cut.
    """

    energies: FloatArray
    masses: FloatArray
    low: FloatArray
    high: FloatArray
    middle: FloatArray
    weights: FloatArray
    near: FloatArray
    by_cut: FloatArray

    @classmethod
    def of_table(
        cls,
        table: BremsstrahlungTable,
        energies: FloatArray,
        masses: FloatArray,
        cuts: FloatArray,
        boson: str,
    ) -> Self:
        """Prepare the rates on one element.

        Parameters
        ----------
        table : BremsstrahlungTable
            Cross-sections on the element.
        energies : array of float, shape (n,)
            Energies of the lepton in GeV.
        masses : array of float, shape (m,)
            Masses of the boson in GeV.
        cuts : array of float, shape (k+1,)
            As of `cut_grid`.
        boson : str
            ``vector``, ``axial``, ``scalar`` or ``pseudoscalar``.

        Returns
        -------
        Rates
            The rates.
        """
        from ..physics.processes.bremsstrahlung_quadrature import boson_energy_range

        low, high = boson_energy_range(
            energies, masses[:, None], const.ELECTRON_MASS, table.nuclear_mass
        )
        # In the log-even part the spectrum is flat in ln(1 - f) rather than in f.
        middle = np.where(
            cuts[1:] <= _EVEN[1] + 1e-9,
            0.5 * (cuts[1:] + cuts[:-1]),
            1.0 - np.sqrt((1.0 - cuts[1:]) * (1.0 - cuts[:-1])),
        )
        weights, near = _at_energies(table, energies, masses)
        by_cut = _by_cut(table, masses, cuts, boson)
        return cls(energies, masses, low, high, middle, weights, near, by_cut)

    def of(self, row: int, floor: float) -> tuple[NDArray[np.intp], FloatArray, FloatArray]:
        """Rates of one mass, for the lepton energies that can make bosons above an energy.

        Parameters
        ----------
        row : int
            Place of the mass.
        floor : float
            Least energy of the boson in GeV.

        Returns
        -------
        tuple of array, shapes (c,), (c, k) and (c, k)
            Places of the lepton energies, cross-section in pb, and energy of the boson in GeV.
        """
        cells = np.flatnonzero((self.high[row] > self.low[row]) & (self.high[row] > floor))
        above = np.exp(self.weights[row, cells] @ self.by_cut[row])
        # The last cut stands for the kinematic end.
        above[:, -1] = 0.0
        rate = above[:, :-1] - above[:, 1:]
        rate *= self.near[row, cells, None]
        boson_energy = (self.high[row, cells] - self.low[row, cells])[:, None] * self.middle
        boson_energy += self.low[row, cells, None]
        return cells, rate, boson_energy


def _by_cut(
    table: BremsstrahlungTable, masses: FloatArray, cuts: FloatArray, boson: str
) -> FloatArray:
    """Logarithm of the cross-section by mass, excess of the grid and cut.

    The same interpolation as the table's own, arranged as products of matrices: the cuts are at
    the same places of its grid for all masses and energies.
    """
    from ..physics.processes import bremsstrahlung_table_grid as tables
    from ..physics.processes.bremsstrahlung_results import BOSONS

    at_masses = tables.at_masses(table.log_sigma[..., BOSONS.index(boson)], masses)[..., 1:]
    zeta = np.log(cuts) - np.log1p(-cuts)
    return np.asarray(at_masses @ _matrix("zeta", zeta).T)


def _at_energies(
    table: BremsstrahlungTable, energy: FloatArray, masses: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Interpolation from the grid's excess to energies, by mass; and the fall to threshold.

    Shapes (mass, energy, excess) and (mass, energy); below threshold the weights mean nothing.
    """
    from ..physics.processes import bremsstrahlung_table_grid as tables

    least = tables.threshold(masses, const.ELECTRON_MASS, table.nuclear_mass)
    lowest = float(np.exp(tables.GRID["log_excess"][0]))
    excess = energy - least[:, None]
    weights = _matrix("log_excess", np.log(np.maximum(excess, lowest)).ravel())
    near = np.clip(excess / lowest, 0.0, 1.0)
    return weights.reshape(*excess.shape, -1), near


def _matrix(axis: str, places: FloatArray) -> FloatArray:
    """Interpolation from the nodes of an axis to places, as a matrix."""
    from ..physics.processes import bremsstrahlung_table_grid as tables

    count = tables.GRID[axis][2]
    first, weights = tables._lagrange(tables._grid_position(axis, places), count)
    dense = np.zeros((places.size, count))
    np.put_along_axis(dense, first[:, None] + np.arange(weights.shape[1]), weights, axis=1)
    return dense
