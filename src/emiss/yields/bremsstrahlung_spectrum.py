"""Signal from dark bremsstrahlung of all electrons and positrons in the shower.

Prepared once per beam, dump, boson and form factor is the spectrum of bosons that pass the
preshower, at the masses of the cross-section tables. A threshold is one product with it.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from ..experiments.setup import Setup
from ..ground import constants as const
from ..ground.arrays import FloatArray
from ..ground.errors import ValidityError
from ..ground.kept_rows import KeptRows
from ..ground.recent import Recent
from .beam_tracks import BeamTracks, beam_tracks
from .bremsstrahlung_rates import Rates, cut_grid

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = [
    "all_positive",
    "at_nodes",
    "boson_spectrum",
    "bremsstrahlung_coefficient",
    "mean_probability",
]


CITATIONS = ("Bjorken:2009mm", "arXiv:1705.01633", "arXiv:1712.05706", "Tsai:1973py")

SPECTRUM_STEPS: Final = 400
"""Steps of the boson spectrum between the floor and the highest beam energy."""


_MOST_SPECTRA: Final = 32
_SPECTRA: dict[tuple[Setup, str, str], tuple[FloatArray, FloatArray, frozenset[int]]] = {}
_COEFFICIENTS: Recent[FloatArray] = Recent(32, room=100_000)
"""Coefficients asked for last: most parameters of a model change nothing of them."""
_ROWS = KeptRows(32, 3000)
"""The same by mass."""


def bremsstrahlung_coefficient(
    setup: Setup,
    masses: FloatArray,
    boson: str,
    form_factor: str = "elastic",
    progress: Callable[[float], None] | None = None,
) -> FloatArray:
    """Bosons that pass threshold and preshower per beam particle at coupling 1 (g = e).

    Parameters
    ----------
    setup : Setup
        Beam, dump, threshold and preshower.
    masses : array of float, shape (n,)
        Boson masses in GeV.
    boson : str
        ``vector``, ``axial``, ``scalar`` or ``pseudoscalar``.
    form_factor : str, optional
        ``elastic`` or ``elastic+inelastic``.
    progress : callable, optional
        Called with the share done while a table for a new element is made.

    Returns
    -------
    array of float, shape (n,)
        n = sum over elements of atoms per X0 times the integral over the track length of electrons
        and positrons of energy E, and over E_X, of dsigma/dE_X times the probability that the
        missing energy E_X passes the smeared threshold and that the preshower passes with a
        recoil of E - E_X. Read-only.

    Raises
    ------
    ValidityError
        If a mass or energy is outside the tables.
    """
    # Who watches the progress does not matter.
    key = (setup, masses.tobytes(), masses.shape, boson, form_factor)

    def make() -> FloatArray:
        found = _ROWS.get((setup, boson, form_factor), masses, of_masses)[0]
        found.flags.writeable = False
        return found

    def of_masses(each: FloatArray) -> tuple[FloatArray]:
        return (_coefficient(setup, each, boson, form_factor, progress),)

    return _COEFFICIENTS.get(key, make, masses.size)


def _coefficient(
    setup: Setup,
    masses: FloatArray,
    boson: str,
    form_factor: str,
    progress: Callable[[float], None] | None,
) -> FloatArray:
    from ..physics.processes.bremsstrahlung_results import MASS_RANGE

    low, high = MASS_RANGE
    if not np.all((masses >= low * (1.0 - 1e-9)) & (masses <= high * (1.0 + 1e-9))):
        worst = float(masses[~((masses >= low) & (masses <= high))][0])
        raise ValidityError(
            f"boson mass {worst:g} GeV is outside the bremsstrahlung tables ({low:g} to {high:g} "
            "GeV); they are not extrapolated."
        )
    base = setup.at_floor()
    energies, spectrum, rows = at_nodes(base, boson, form_factor, progress, masses)
    passing = mean_probability(setup, energies)
    nodes = np.zeros(spectrum.shape[0])
    nodes[rows] = spectrum[rows] @ passing
    found = np.empty(masses.shape)
    # Some masses are too heavy for the threshold: no logarithm to interpolate in.
    smooth = all_positive(nodes, masses)
    if smooth.any():
        found[smooth] = _between_nodes(nodes, masses[smooth])
    if not smooth.all():
        direct = boson_spectrum(base, masses[~smooth], boson, form_factor, progress)
        found[~smooth] = direct[1] @ passing
    return found


def _between_nodes(values: FloatArray, masses: FloatArray) -> FloatArray:
    """Interpolate the logarithm in mass as the tables do; other rows have no weight there."""
    from ..physics.processes.bremsstrahlung_table_grid import at_masses

    logs = np.log(np.where(values > 0.0, values, 1.0))
    return np.exp(at_masses(logs[:, None, None], masses)[:, 0, 0])


def all_positive(values: FloatArray, masses: FloatArray) -> NDArray[np.bool_]:
    """Whether all values between which a mass is interpolated are positive.

    Parameters
    ----------
    values : array of float, shape (nodes,)
        Values at the masses of the tables.
    masses : array of float, shape (m,)
        Masses in GeV.

    Returns
    -------
    array of bool, shape (m,)
        For each mass; what the other masses need says nothing.
    """
    from ..physics.processes.bremsstrahlung_table_grid import nodes_for

    return np.asarray(np.all(values[nodes_for(masses)] > 0.0, axis=1))


def at_nodes(
    base: Setup,
    boson: str,
    form_factor: str,
    progress: Callable[[float], None] | None,
    masses: FloatArray | None = None,
) -> tuple[FloatArray, FloatArray, NDArray[np.intp]]:
    """`boson_spectrum` at the masses of the tables, kept.

    Parameters
    ----------
    base, boson, form_factor, progress
        As of `boson_spectrum`.
    masses : array of float, optional
        Masses around which nodes are wanted; all nodes without.

    Returns
    -------
    tuple of array
        Energies; spectra of all nodes, shape (n, k), of which those asked for have been filled;
        and their places.
    """
    from ..physics.processes.bremsstrahlung_table_grid import mass_nodes, rows_for

    nodes = mass_nodes()
    rows = np.arange(nodes.size) if masses is None else rows_for(masses)
    # Not an lru_cache: who watches the progress does not matter.
    key = (base, boson, form_factor)
    energies, spectrum, known = _SPECTRA.get(key, (np.zeros(0), np.zeros(0), frozenset()))
    missing = [row for row in rows.tolist() if row not in known]
    if missing:
        energies, found = boson_spectrum(base, nodes[missing], boson, form_factor, progress)
        # Others may be reading what is there.
        spectrum = spectrum.copy() if known else np.zeros((nodes.size, energies.size))
        spectrum[missing] = found
        if key not in _SPECTRA and len(_SPECTRA) >= _MOST_SPECTRA:
            _SPECTRA.pop(next(iter(_SPECTRA)))
        _SPECTRA[key] = (energies, spectrum, known | set(missing))
    return energies, spectrum, rows


def mean_probability(setup: Setup, energies: FloatArray) -> FloatArray:
    """Probability to pass the threshold, averaged over the hat function around each energy.

    Parameters
    ----------
    setup : Setup
        With the threshold.
    energies : array of float, shape (n,)
        Evenly spaced energies in GeV.

    Returns
    -------
    array of float, shape (n,)
        Between 0 and 1; read-only.
    """
    return _probabilities(setup, float(energies[0]), float(energies[-1]), energies.size)


@functools.lru_cache(maxsize=64)
def _probabilities(setup: Setup, first: float, last: float, number: int) -> FloatArray:
    energies = np.linspace(first, last, number)
    step = energies[1] - energies[0]
    # Gauss points of both halves of the hat; a sharp threshold needs many.
    count = 16 if setup.threshold_smearing < step else 2
    offsets = step * (np.arange(-count, count) + 0.5) / count
    weights = 1.0 - np.abs(offsets) / step
    values = setup.pass_probability((energies[:, None] + offsets).ravel())
    found = np.asarray(values.reshape(energies.size, -1) @ weights / weights.sum())
    found.flags.writeable = False
    return found


def boson_spectrum(
    base: Setup,
    masses: FloatArray,
    boson: str,
    form_factor: str = "elastic",
    progress: Callable[[float], None] | None = None,
) -> tuple[FloatArray, FloatArray]:
    """Energy spectrum of bosons in events that pass the preshower, at coupling 1 (g = e).

    Parameters
    ----------
    base : Setup
        Beam, dump and preshower; the threshold is where the spectrum starts.
    masses : array of float, shape (n,)
        Boson masses in GeV.
    boson : str
        ``vector``, ``axial``, ``scalar`` or ``pseudoscalar``.
    form_factor : str, optional
        ``elastic`` or ``elastic+inelastic``.
    progress : callable, optional
        Called with the share done while a table for a new element is made.

    Returns
    -------
    tuple of array of float, shapes (k,) and (n, k)
        Boson energies in GeV, evenly spaced, and bosons per beam particle assigned to each; what
        lies between two is shared by them such that number and mean energy stay.

    Raises
    ------
    ValidityError
        If a mass or energy is outside the tables.
    """
    from ..physics.processes.bremsstrahlung_table import load_table
    from ..physics.processes.bremsstrahlung_table_grid import mass_nodes

    tracks = beam_tracks(base)
    # Cells go as low as the heaviest boson of the tables needs.
    heaviest = float(mass_nodes()[-1])
    cuts = cut_grid((base.min_missing_energy - heaviest) / float(tracks.edges[-1]))
    energies = np.linspace(base.min_missing_energy, tracks.edges[-1], SPECTRUM_STEPS + 1)
    spectrum = np.zeros((masses.size, energies.size))
    for element, atoms in base.makers:
        table = load_table(element, projectile="e-", form_factor=form_factor, progress=progress)
        found = np.zeros_like(spectrum)
        rates = Rates.of_table(table, tracks.centres, masses, cuts, boson)
        _add_passing(found, energies, tracks, rates)
        spectrum += atoms * const.PICOBARN_CM2 * found
    return energies, spectrum


def _add_passing(
    spectrum: FloatArray, energies: FloatArray, tracks: BeamTracks, rates: Rates
) -> None:
    """Add track length times cross-section between cuts, times acceptance, to the spectra.

    Mass by mass, so that what is worked on stays close at hand. Each rate goes to the two nearest
    energies of the spectrum; what is below its start is left out.
    """
    accepted = _Accepted(tracks)
    length = tracks.electron + tracks.positron
    count, step = energies.size, energies[1] - energies[0]
    for i in range(rates.masses.size):
        # Cells that are closed, or end below the floor, add nothing.
        cells, rate, boson_energy = rates.of(i, energies[0] - step)
        if cells.size == 0:
            continue
        rate *= length[cells, None]
        recoil = np.maximum(rates.energies[cells, None] - boson_energy, const.ELECTRON_MASS)
        rate *= accepted.at(cells, recoil)
        # One more column on the left takes what is below.
        place = (boson_energy.ravel() - (energies[0] - step)) / step
        np.clip(place, 0.0, count, out=place)
        left = place.astype(np.intp)
        place -= left
        share = rate.ravel()
        further = share * place
        found = np.bincount(left, share - further, count + 2)
        found[1:] += np.bincount(left, further, count + 1)
        spectrum[i] += found[1 : count + 1]


class _Accepted:
    """Probability that the preshower passes, by cell and energy of the recoil.

    Linear in the logarithm of the energy between nodes that are even in it, so that the node below
    is found without a search.
    """

    __slots__ = ("_first", "_nodes", "_rise", "_step", "_values")

    def __init__(self, tracks: BeamTracks) -> None:
        logs = np.log(tracks.recoils)
        self._nodes = logs.size
        self._first, self._step = float(logs[0]), float(logs[-1] - logs[0]) / (logs.size - 1)
        self._values = tracks.recoiling
        self._rise = np.diff(tracks.recoiling, axis=1, append=tracks.recoiling[:, -1:])

    def at(self, cells: NDArray[np.intp], recoil: FloatArray) -> FloatArray:
        """Probabilities for recoils, shape (cells, n), of the cells."""
        place = np.log(recoil)
        place -= self._first
        place *= 1.0 / self._step
        np.clip(place, 0.0, self._nodes - 1.0, out=place)
        node = place.astype(np.intp)
        place -= node
        node += self._nodes * cells[:, None]
        found = np.take(self._rise, node)
        found *= place
        found += np.take(self._values, node)
        return found
