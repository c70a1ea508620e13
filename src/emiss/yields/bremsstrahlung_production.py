"""Dark bremsstrahlung by depth and energy, at the masses of the tables and between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray

from ..experiments.setup import Setup
from ..ground import constants as const
from ..ground.arrays import FloatArray
from ..ground.kept_rows import KeptRows
from ..ground.recent import Recent
from .beam_tracks import track_edges
from .bremsstrahlung_rates import Rates, cut_grid
from .production import Production, depth_profile, depth_tracks, energy_edges

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ..physics.processes.bremsstrahlung_table import BremsstrahlungTable

__all__ = ["bremsstrahlung_production"]


@dataclass(frozen=True, slots=True, eq=False)
class _Nodes:
    """Bosons at the masses of the tables, filled as they are asked for.

    Parameters
    ----------
    logs : array of float, shape (n, d, k)
        Logarithm of the bosons by depth and energy, 0 where there are none.
    energies : array of float, shape (n, k)
        Mean energies in GeV.
    made, full : array of bool, shape (n,)
        Which have been filled, and in which of these no cell is empty.
    """

    logs: FloatArray
    energies: FloatArray
    made: NDArray[np.bool_]
    full: NDArray[np.bool_]

    @classmethod
    def empty(cls, size: int, shape: tuple[int, int]) -> Self:
        """None of so many, of cells of depth and energy."""
        sums = np.zeros((size, *shape)), np.zeros((size, shape[1]))
        return cls(*sums, np.zeros(size, np.bool_), np.zeros(size, np.bool_))

    def add(self, rows: NDArray[np.intp], found: list[tuple[FloatArray, FloatArray]]) -> None:
        """Fill some."""
        for row, (number, mean) in zip(rows.tolist(), found, strict=True):
            self.logs[row] = np.log(np.where(number > 0.0, number, 1.0))
            self.energies[row], self.full[row] = mean, np.all(number > 0.0)
            self.made[row] = True

    def at(self, masses: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Bosons and mean energies, shapes (m, d, k) and (m, k), in the logarithm as the tables."""
        from ..physics.processes.bremsstrahlung_table_grid import at_masses

        energies = at_masses(self.energies[:, None], masses)[:, 0]
        found = at_masses(self.logs, masses)
        return np.exp(found, out=found), energies


_NODES: Recent[_Nodes] = Recent(16)
_ROWS = KeptRows(4, 600)
"""Of the setups asked for last; 20 kB a mass."""


def bremsstrahlung_production(
    setup: Setup,
    limit_cm: float,
    masses: FloatArray,
    boson: str,
    *,
    form_factor: str = "elastic",
    progress: Callable[[float], None] | None = None,
) -> Production:
    """Dark bremsstrahlung of all electrons and positrons of the shower.

    Parameters
    ----------
    setup : Setup
        Beam, dump and least energy of the boson.
    limit_cm : float
        Depth in cm up to which production counts: the dump's length, or the first plane behind
        which decays count.
    masses : array of float, shape (m,)
        Boson masses in GeV.
    boson : str
        ``vector``, ``axial``, ``scalar`` or ``pseudoscalar``.
    form_factor : str, optional
        ``elastic`` or ``elastic+inelastic``.
    progress : callable, optional
        Called with the share done while a table for a new element is made.

    Returns
    -------
    Production
        Weights at g = e, at the mean energy of each cell. Between the masses of the tables they
        are interpolated in the logarithm, as the tables are.

    Raises
    ------
    ValidityError
        If a mass or energy is outside the tables.
    """
    from ..physics.processes.bremsstrahlung_table_grid import check_masses, mass_nodes

    check_masses(masses)
    edges, profile = energy_edges(setup), depth_profile(setup, limit_cm)
    shape = profile.depths.size - 1, edges.size - 1
    key = (setup, limit_cm, boson, form_factor, edges.tobytes())
    known = _NODES.get(key, lambda: _Nodes.empty(mass_nodes().size, shape))
    how = (setup, limit_cm, edges, boson, form_factor, progress)
    weights, energies = _ROWS.get(key, masses, lambda each: _between(each, known, how))
    grid = np.maximum(energies.T, masses)
    weights = np.ascontiguousarray(weights.transpose(1, 2, 0))
    return Production(masses, profile.depths_cm, grid, weights, "electron")


_How = tuple["Setup", float, FloatArray, str, str, "Callable[[float], None] | None"]


def _between(masses: FloatArray, known: _Nodes, how: _How) -> tuple[FloatArray, FloatArray]:
    """Bosons and mean energies, from the nodes where these are without empty cells."""
    from ..physics.processes.bremsstrahlung_table_grid import mass_nodes, nodes_for

    around = nodes_for(masses)
    missing = np.unique(around)
    missing = missing[~known.made[missing]]
    known.add(missing, _by_mass(mass_nodes()[missing], *how))
    # Next to the end of the spectrum some cells are empty: no logarithm to interpolate in.
    smooth = known.full[around].all(axis=1)
    weights = np.zeros((masses.size, *known.logs.shape[1:]))
    energies = np.zeros((masses.size, known.energies.shape[1]))
    if smooth.any():
        weights[smooth], energies[smooth] = known.at(masses[smooth])
    direct = np.flatnonzero(~smooth)
    for row, each in zip(direct.tolist(), _by_mass(masses[direct], *how), strict=True):
        weights[row], energies[row] = each
    return weights, energies


def _by_mass(
    masses: FloatArray,
    setup: Setup,
    limit_cm: float,
    edges: FloatArray,
    boson: str,
    form_factor: str,
    progress: Callable[[float], None] | None,
) -> list[tuple[FloatArray, FloatArray]]:
    """Bosons by depth and energy, and mean energies, of each mass from the tables themselves."""
    from ..physics.processes.bremsstrahlung_table import load_table

    if masses.size == 0:
        return []
    tracks, leptons = depth_tracks(setup, limit_cm, ("e-", "e+")), track_edges(setup)
    leptons = 0.5 * (leptons[1:] + leptons[:-1])
    sums = np.zeros((2, masses.size, leptons.size, edges.size - 1))
    for element, atoms in setup.makers:
        table = load_table(element, projectile="e-", form_factor=form_factor, progress=progress)
        scale = atoms * const.PICOBARN_CM2
        for row, rates, place in _rates(table, leptons, masses, edges, boson):
            cells, rate, bosons = rates.of(place, edges[0])
            low, range_ = rates.low[place, cells], (rates.high - rates.low)[place, cells]
            # Of ascending energies of bosons those in a cell are neighbours.
            first = np.searchsorted(rates.middle, (edges - low[:, None]) / range_[:, None])
            sums[0, row, cells] += scale * _sums(rate, first)
            rate *= bosons
            sums[1, row, cells] += scale * _sums(rate, first)
    return [_gathered(setup, tracks, n, e, edges) for n, e in zip(*sums, strict=True)]


def _sums(values: FloatArray, first: NDArray[np.intp]) -> FloatArray:
    """Sums along rows from each place up to the next."""
    sums = np.zeros((values.shape[0], values.shape[1] + 1))
    np.cumsum(values, axis=1, out=sums[:, 1:])
    return np.diff(np.take_along_axis(sums, first, axis=1), axis=1)


def _gathered(
    setup: Setup, tracks: FloatArray, number: FloatArray, energy: FloatArray, edges: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Bosons that pass by depth and cell of energy, and the mean energy in the cells.

    From their number and energy per track length, by energy of the track and of the boson.
    """
    made, sums = tracks @ number, (tracks @ energy).sum(axis=0)
    total = made.sum(axis=0)
    mean = np.sqrt(edges[1:] * edges[:-1])
    np.divide(sums, total, out=mean, where=total > 0.0)
    # A rounding of differences must not leave the cell.
    mean = np.clip(mean, edges[:-1], edges[1:])
    return made * setup.pass_probability(mean), mean


def _rates(
    table: BremsstrahlungTable,
    leptons: FloatArray,
    masses: FloatArray,
    edges: FloatArray,
    boson: str,
) -> Iterator[tuple[int, Rates, int]]:
    """Rates mass by mass, and the place of the mass in them, with cuts of its own decade."""
    heaviest = np.ceil(np.log10(masses))
    for decade in np.unique(heaviest):
        rows = np.flatnonzero(heaviest == decade)
        cuts = cut_grid(float((edges[0] - 10.0**decade) / edges[-1]))
        rates = Rates.of_table(table, leptons, masses[rows], cuts, boson)
        for place, row in enumerate(rows.tolist()):
            yield row, rates, place
