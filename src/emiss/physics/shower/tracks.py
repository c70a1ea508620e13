"""Depth-integrated differential track lengths of an electromagnetic shower.

The target is infinite, in depth and width: every particle is followed to the lowest energy. For a
dump of 40 radiation lengths and energies above a per cent of the beam's nothing is missing.
A sandwich is homogeneous here, with the LPM suppression of its layers; how much of the tracks lies
in which layer is in `layers`.
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from ...ground.arrays import FloatArray
from ...ground.errors import UnknownNameError, ValidityError
from ...ground.guards import chosen, flag, guarded, instance, number, numbers
from ...ground.histogram import BinAxis, Histogram
from ...ground.presentable import Presentable
from ...ground.units import mass_grid
from ..materials import Material
from .cascade import reconstruct, solve
from .kernels import Physics, transfer
from .radiation import Screening

__all__ = ["PARTICLES", "TrackLengths", "check_beam", "smooth_lengths", "track_lengths"]

CITATIONS = ("Rossi:1941zza", "Tsai:1966js")

Particle = Literal["e-", "e+", "gamma"]

PARTICLES: tuple[Particle, ...] = ("e-", "e+", "gamma")
"""Species of the cascade."""

BEAM_ENERGIES = (1.0, 500.0)
LOWEST_ENERGY = 0.1
_PARTICLE = chosen(PARTICLES, "particle")
_STEP = 0.1


@dataclass(frozen=True, slots=True, eq=False)
class TrackLengths(Presentable):
    """Track length per primary of each species, above and in cells of energy.

    Parameters
    ----------
    material : Material
        Target, infinitely thick.
    primary : str
        "e-", "e+" or "gamma".
    energy, min_energy : float
        Beam energy and lowest energy in GeV.
    edges : array, shape (n+1,)
        Edges of the cells in GeV, ascending; much finer towards the beam energy, where the track
        length of the primary is singular (but integrable).
    cumulative : array, shape (3, n+1)
        Track length above each edge, for e-, e+, gamma, in radiation lengths.
    shapes : array, shape (4, 3, n)
        Energy dependence in the cells: Legendre coefficients in 2x - 1, x = 0..1 from edge to
        edge, of the track length; the first is the track length in the cell.
    """

    material: Material
    primary: str
    energy: float
    min_energy: float
    edges: FloatArray
    cumulative: FloatArray
    shapes: FloatArray

    def _index(self, particle: str) -> int:
        if particle not in PARTICLES:
            raise UnknownNameError("particle", particle, PARTICLES)
        return PARTICLES.index(particle)

    @guarded(energy=numbers(0.0, 1e6, "GeV"), particle=_PARTICLE)
    def above(self, energy: ArrayLike, particle: Particle) -> FloatArray:
        """Track length above an energy.

        Parameters
        ----------
        energy : array_like
            Energies in GeV; at least `min_energy`, zero is returned above the beam energy.
        particle : "e-", "e+" or "gamma"
            Species.

        Returns
        -------
        array
            L(>E) in radiation lengths per primary; exact at `edges`, monotone between them.

        Raises
        ------
        ValidityError
            If an energy is below the range of the solution, or not a number.
        UnknownNameError
            If the particle is unknown.
        """
        which = self._index(particle)
        e = np.asarray(energy, dtype=np.float64)
        if not np.all(e >= self.min_energy * (1 - 1e-12)):
            raise ValidityError(
                f"track lengths were solved down to {self.min_energy:g} GeV, asked for "
                f"{float(np.min(e)):g} GeV; solve again with a lower min_energy."
            )
        inside = np.clip(e, self.min_energy, self.energy)
        cell = np.clip(np.searchsorted(self.edges, inside, "right") - 1, 0, self.edges.size - 2)
        low = self.edges[cell]
        x = (inside - low) / (self.edges[cell + 1] - low)
        a, b, c, d = self.shapes[:, which, cell]
        # Integrals from x to 1 of the Legendre polynomials in 2x - 1.
        s = 2 * x - 1
        inner = a + x * (b + s * c + (1.25 * s * s - 0.25) * d)
        result: FloatArray = self.cumulative[which, cell + 1] + (1 - x) * inner
        return result

    def bin_averages(self, edges: ArrayLike, particle: Particle) -> FloatArray:
        """Mean differential track length in bins.

        Parameters
        ----------
        edges : array_like, shape (m+1,)
            Bin edges in GeV, ascending, from `min_energy` up.
        particle : "e-", "e+" or "gamma"
            Species.

        Returns
        -------
        array, shape (m,)
            dL/dE averaged over each bin, in radiation lengths per GeV per primary.

        Raises
        ------
        ValidityError
            If the edges do not ascend or reach below the range of the solution.
        """
        bins = np.asarray(edges, dtype=np.float64)
        if bins.ndim != 1 or bins.size < 2 or not np.all(np.diff(bins) > 0):
            raise ValidityError("bin edges: needs two or more energies in GeV, ascending.")
        length = self.above(bins, particle)
        averages: FloatArray = (length[:-1] - length[1:]) / np.diff(bins)
        return averages

    @guarded(particle=_PARTICLE, bins=numbers(1e-6, 1e5))
    def histogram(self, particle: Particle, bins: int | ArrayLike = 40) -> Histogram:
        """Track length in bins of energy, as a histogram that hist and mplhep plot.

        Parameters
        ----------
        particle : "e-", "e+" or "gamma"
            Species.
        bins : int or array_like, optional
            How many, even in ln E, or their edges in GeV.

        Returns
        -------
        Histogram
            Radiation lengths per primary and bin.

        Raises
        ------
        ValidityError
            If the edges do not ascend or reach below the range of the solution.

        Examples
        --------
        >>> import emiss
        >>> shower = emiss.tracks("Pb", "e-", "50 GeV", min_energy="5 GeV")
        >>> len(shower.histogram("gamma", 12).values())
        12
        """
        edges = (
            mass_grid(self.min_energy, self.energy, int(bins) + 1)
            if isinstance(bins, int | np.integer)
            else np.asarray(bins, dtype=np.float64)
        )
        content = self.bin_averages(edges, particle) * np.diff(edges)
        name = f"track length of {particle} [X0 per primary]"
        return Histogram(BinAxis(edges, "E [GeV]"), content, name=name)

    def cells(self, particle: Particle) -> tuple[FloatArray, FloatArray]:
        """Cells of the solution, for sums over the track length.

        Parameters
        ----------
        particle : "e-", "e+" or "gamma"
            Species.

        Returns
        -------
        tuple of array, shapes (n+1,) and (n,)
            Edges in GeV, ascending, and track length in each cell in radiation lengths.
        """
        return self.edges, -np.diff(self.cumulative[self._index(particle)])

    def nodes(self, particle: Particle) -> tuple[FloatArray, FloatArray]:
        """Points for integrals of the track length with a smooth function, two per cell.

        Parameters
        ----------
        particle : "e-", "e+" or "gamma"
            Species.

        Returns
        -------
        tuple of array, shape (2 n,)
            Energies in GeV, ascending, and weights in radiation lengths: Int dE L f is
            sum(weights * f(energies)), exact for f linear in each cell.
        """
        which = self._index(particle)
        edges, content = self.cells(particle)
        # Gauss points of each cell, x = (1 -+ 1/sqrt 3)/2; the weights a (1 -+ b/(a sqrt 3))/2
        # keep the number and the mean energy.
        offset = 0.5 / math.sqrt(3.0)
        low, width = edges[:-1], np.diff(edges)
        energies = np.stack([low + width * (0.5 - offset), low + width * (0.5 + offset)], axis=1)
        a, b = self.shapes[:2, which]
        tilt = np.clip(b, -a, a) * offset
        weights = np.stack([content / 2 - tilt, content / 2 + tilt], axis=1)
        return energies.ravel(), weights.ravel()


@functools.lru_cache(maxsize=128)
def _solution(
    material: Material, energy: float, min_energy: float, physics: Physics, step: float
) -> tuple[FloatArray, FloatArray]:
    """Ascending edges and coefficients for the three primaries."""
    system = transfer(material, energy, min_energy, physics, step)
    return system.edges[::-1].copy(), solve(system)[:, :, ::-1]


def check_beam(primary: str, energy: float, min_energy: float) -> None:
    """Raise a `ValidityError` or `UnknownNameError` for a beam that cannot be solved."""
    if primary not in PARTICLES:
        raise UnknownNameError("particle", primary, PARTICLES)
    low, high = BEAM_ENERGIES
    if not low <= energy <= high:
        raise ValidityError(
            f"track lengths: beam energy {energy:g} GeV is outside {low:g} to {high:g} GeV."
        )
    # The grid needs some room below the beam energy.
    if not LOWEST_ENERGY <= min_energy <= 0.99 * energy:
        raise ValidityError(
            f"track lengths: min_energy {min_energy:g} GeV is outside {LOWEST_ENERGY:g} GeV to "
            f"0.99 of the beam energy ({0.99 * energy:g} GeV)."
        )


@guarded(
    material=instance(Material),
    energy=number(*BEAM_ENERGIES, "GeV"),
    min_energy=number(LOWEST_ENERGY, BEAM_ENERGIES[1], "GeV"),
    primary=_PARTICLE,
    screening=chosen(("tsai", "complete")),
    lpm=flag,
    ionisation=flag,
    secondary=flag,
)
@functools.lru_cache(maxsize=256)
def track_lengths(
    material: Material,
    primary: str,
    energy: float,
    min_energy: float = 0.5,
    *,
    screening: Screening = "tsai",
    lpm: bool = True,
    ionisation: bool = True,
    secondary: bool = True,
) -> TrackLengths:
    """Solve the cascade for one beam.

    Parameters
    ----------
    material : Material
        Target, infinitely thick; a sandwich is treated as homogeneous.
    primary : "e-", "e+" or "gamma"
        Beam particle.
    energy : float
        Beam energy in GeV, 1 to 500.
    min_energy : float
        Lowest energy in GeV, from 0.1 up to 0.99 of the beam energy. Does not change the result
        above it, other than through which knocked-on electrons are followed.
    screening : "tsai" or "complete"
        Thomas-Fermi screening, or its limit at high energy.
    lpm : bool
        Landau-Pomeranchuk-Migdal and dielectric suppression.
    ionisation : bool
        Collision loss.
    secondary : bool
        Compton, Moller and Bhabha scattering, annihilation in flight.

    Returns
    -------
    TrackLengths
        Track lengths of e-, e+ and gamma; kept, so that asking again costs nothing.

    Raises
    ------
    ValidityError
        If an energy is outside its range.
    UnknownNameError
        If the primary is unknown.
    """
    check_beam(primary, energy, min_energy)
    physics = Physics(screening, lpm, ionisation, secondary)
    edges, solution = _solution(material, float(energy), float(min_energy), physics, _STEP)
    one = solution[:, :, :, PARTICLES.index(primary)].transpose(1, 2, 0)
    return smooth_lengths(material, primary, energy, min_energy, edges, one)


def smooth_lengths(
    material: Material,
    primary: str,
    energy: float,
    min_energy: float,
    edges: FloatArray,
    coefficients: FloatArray,
) -> TrackLengths:
    """Track lengths from the solution of a cascade.

    Parameters
    ----------
    material, primary, energy, min_energy, edges
        As of `TrackLengths`.
    coefficients : array, shape (2, n, 3)
        Coefficients a and b of the track length a + b (2x - 1) over each cell, by species.

    Returns
    -------
    TrackLengths
        Continuous over the edges.
    """
    shapes = reconstruct(edges, coefficients).transpose(0, 2, 1).copy()
    cumulative = np.zeros((3, edges.size))
    cumulative[:, :-1] = np.cumsum(shapes[0, :, ::-1], axis=1)[:, ::-1]
    for array in (edges, cumulative, shapes):
        array.flags.writeable = False
    return TrackLengths(material, primary, energy, min_energy, edges, cumulative, shapes)
