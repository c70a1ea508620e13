"""Track length of a shower as a function of depth and energy, by steps in depth without dice.

The discrete cascade operator of `kernels` gives dm/dt = G c for the moments m of the particles in
each cell of energy; m is a fixed combination of the coefficients c of the density, m = M c. With
A = M^-1 G the shower at depth t is exp(A t) c(0), and the track length between two depths is the
integral, A^-1 [c(t2) - c(t1)], exactly. All depths together, with what lies beyond the last, are
therefore the depth-integrated solution of `track_lengths` to rounding, whatever the step.
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass

import numpy as np

from ...ground.arrays import FloatArray
from ...ground.errors import UnknownNameError, ValidityError
from ...ground.histogram import BinAxis, Histogram
from ...ground.matrix_exponential import matrix_exponential
from ..materials import Material
from .cascade import solve
from .kernels import ELECTRON, POSITRON, Physics, Transfer, transfer
from .tracks import PARTICLES, Particle, check_beam

__all__ = ["DepthProfile", "depth_operator", "remaining", "track_depths"]

CITATIONS = ("Rossi:1941zza",)


_ENERGY_STEP = 0.1
DEPTH_STEPS = (0.02, 5.0)
"""Smallest and largest step in depth in radiation lengths."""
MOST_DEPTHS = 2000


@dataclass(frozen=True, slots=True, eq=False)
class DepthProfile:
    """Track length per primary in cells of depth and energy.

    Parameters
    ----------
    material : Material
        Target; infinitely wide and deep.
    primary : str
        "e-", "e+" or "gamma".
    energy, min_energy : float
        Beam energy and lowest energy in GeV.
    depths : array, shape (d+1,)
        Edges in depth in radiation lengths, from 0.
    edges : array, shape (n+1,)
        Edges in energy in GeV, ascending.
    lengths : array, shape (3, 2, d, n)
        For e-, e+, gamma the coefficients a, b of the track length a + b (2x - 1), x = 0..1 over
        the cell of energy, in radiation lengths; a is the track length in the cell.
    beyond : array, shape (3, 2, n)
        The same for all depths behind the last edge.
    """

    material: Material
    primary: str
    energy: float
    min_energy: float
    depths: FloatArray
    edges: FloatArray
    lengths: FloatArray
    beyond: FloatArray

    @property
    def depths_cm(self) -> FloatArray:
        """Edges in depth in cm."""
        return self.depths * self.material.radiation_length_cm

    def _index(self, particle: str) -> int:
        if particle not in PARTICLES:
            raise UnknownNameError("particle", particle, PARTICLES)
        return PARTICLES.index(particle)

    def histogram(self, particle: Particle, energy: float | None = None) -> Histogram:
        """Track length in cells of depth, as a histogram that hist and mplhep plot.

        Parameters
        ----------
        particle : "e-", "e+" or "gamma"
            Species.
        energy : float, optional
            Lowest energy in GeV; that of the solution by default.

        Returns
        -------
        Histogram
            Radiation lengths per primary and cell.
        """
        lowest = self.min_energy if energy is None else energy
        name = f"track length of {particle} above {lowest:g} GeV [X0 per primary]"
        return Histogram(
            BinAxis(self.depths, "depth [X0]"), self.above(particle, lowest), name=name
        )

    def cells(self, particle: Particle) -> FloatArray:
        """Track length in the cells of depth and energy.

        Parameters
        ----------
        particle : "e-", "e+" or "gamma"
            Species.

        Returns
        -------
        array, shape (d, n)
            Radiation lengths per primary.
        """
        found: FloatArray = self.lengths[self._index(particle), 0]
        return found

    def above(self, particle: Particle, energy: float) -> FloatArray:
        """Track length above an energy per cell of depth.

        Parameters
        ----------
        particle : "e-", "e+" or "gamma"
            Species.
        energy : float
            Lowest energy in GeV, at least `min_energy`.

        Returns
        -------
        array, shape (d,)
            Radiation lengths per primary; within the cell that holds the energy the density is
            linear.

        Raises
        ------
        ValidityError
            If the energy is below the range of the solution, or not a number.
        """
        if not energy >= self.min_energy * (1 - 1e-12):
            raise ValidityError(
                f"track lengths were solved down to {self.min_energy:g} GeV, asked for "
                f"{energy:g} GeV; solve again with a lower min_energy."
            )
        a, b = self.lengths[self._index(particle)]
        widths = np.diff(self.edges)
        x = np.clip((energy - self.edges[:-1]) / widths, 0.0, 1.0)
        # Integrals from x to 1 of 1 and of 2x - 1.
        result: FloatArray = a @ (1.0 - x) + b @ (x * (1.0 - x))
        return result

    def between(self, particle: Particle, energies: FloatArray) -> FloatArray:
        """Track length between energies per cell of depth.

        Parameters
        ----------
        particle : "e-", "e+" or "gamma"
            Species.
        energies : array, shape (k+1,)
            Energies in GeV, ascending; outside the range of the solution there is none.

        Returns
        -------
        array, shape (d, k)
            Radiation lengths per primary; within a cell of the solution the density is linear.
        """
        a, b = self.lengths[self._index(particle)]
        cell = np.clip(np.searchsorted(self.edges, energies, "right") - 1, 0, self.edges.size - 2)
        x = np.clip((energies - self.edges[cell]) / np.diff(self.edges)[cell], 0.0, 1.0)
        below = np.zeros((a.shape[0], self.edges.size))
        np.cumsum(a, axis=1, out=below[:, 1:])
        # Integrals from 0 to x of 1 and of 2x - 1.
        return np.diff(below[:, cell] + a[:, cell] * x - b[:, cell] * (x * (1.0 - x)), axis=1)

    def density(self, particle: Particle, energy: FloatArray) -> FloatArray:
        """Differential track length at given energies per cell of depth.

        Parameters
        ----------
        particle : "e-", "e+" or "gamma"
            Species.
        energy : array, shape (k,)
            Energies in GeV.

        Returns
        -------
        array, shape (d, k)
            dL/dE in radiation lengths per GeV, linear in each cell of energy, not negative; zero
            outside the range of the solution.
        """
        e = np.asarray(energy, dtype=np.float64)
        inside = (e >= self.edges[0]) & (e <= self.edges[-1])
        cell = np.clip(np.searchsorted(self.edges, e, "right") - 1, 0, self.edges.size - 2)
        widths = np.diff(self.edges)[cell]
        x = (e - self.edges[cell]) / widths
        a, b = self.lengths[self._index(particle)][:, :, cell]
        slope = np.clip(b, -np.abs(a), np.abs(a))
        return np.where(inside, np.maximum(a + slope * (2.0 * x - 1.0), 0.0) / widths, 0.0)

    def nodes(self, particle: Particle) -> tuple[FloatArray, FloatArray]:
        """Points for integrals over energy with a smooth function, two per cell of energy.

        Parameters
        ----------
        particle : "e-", "e+" or "gamma"
            Species.

        Returns
        -------
        tuple of array, shapes (2 n,) and (d, 2 n)
            Energies in GeV, ascending, and weights in radiation lengths.
        """
        offset = 0.5 / math.sqrt(3.0)
        low, width = self.edges[:-1], np.diff(self.edges)
        energies = np.stack([low + width * (0.5 - offset), low + width * (0.5 + offset)], axis=1)
        a, b = self.lengths[self._index(particle)]
        tilt = np.clip(b, -np.abs(a), np.abs(a)) * offset
        weights = np.stack([a / 2 - tilt, a / 2 + tilt], axis=2)
        return energies.ravel(), weights.reshape(a.shape[0], -1)

    def mean_depth(self, particle: Particle, energy: float) -> float:
        """Mean depth in radiation lengths of the track length above an energy in GeV."""
        weights = self.above(particle, energy)
        middle = 0.5 * (self.depths[1:] + self.depths[:-1])
        total = float(weights.sum())
        return float(weights @ middle) / total if total > 0.0 else 0.0


def depth_operator(system: Transfer) -> FloatArray:
    """Matrix A of dc/dt = A c for the coefficients of the density.

    Parameters
    ----------
    system : Transfer
        Cascade operator with n cells.

    Returns
    -------
    array, shape (6 n, 6 n)
        Per radiation length; index (cell, species, shape), cells from the beam energy down, so
        that the matrix is lower triangular in blocks of 6.
    """
    n = system.edges.size - 1
    gain = np.ascontiguousarray(system.gain.transpose(5, 0, 2, 3, 1, 4))
    slow = system.ionisation.transpose(3, 0, 1, 2)
    for lepton in (ELECTRON, POSITRON):
        gain[:, lepton, :, :, lepton] += slow
    # Number and energy moment of a + b (2x - 1) are a and a/2 + b/6; here is the inverse.
    number, moment = gain[:, :, 0], gain[:, :, 1]
    out = np.stack([number, 6.0 * moment - 3.0 * number], axis=2)
    return out.reshape(6 * n, 6 * n)


@functools.lru_cache(maxsize=16)
def _solution(
    material: Material, energy: float, min_energy: float, physics: Physics, grid: tuple[int, float]
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Descending edges, coefficients (cell, species, shape, primary, depth), and beyond."""
    steps, step = grid
    system = transfer(material, energy, min_energy, physics, _ENERGY_STEP)
    operator = depth_operator(system)
    n = system.edges.size - 1
    advance = matrix_exponential(step * operator)
    shower = np.zeros((6 * n, 3))
    for species in range(3):
        # One particle at the beam energy: moments 1 and 1.
        shower[2 * species : 2 * species + 2, species] = 1.0, 3.0
    states = [shower]
    for _ in range(steps):
        states.append(advance @ states[-1])
    stack = np.stack(states, axis=2)
    # Track length still to come from depth t on is -A^-1 c(t); one triangular solve for all.
    ahead = remaining(system, stack)
    lengths = ahead[..., :-1] - ahead[..., 1:]
    return system.edges, lengths, ahead[..., -1]


def remaining(system: Transfer, states: FloatArray) -> FloatArray:
    """Track length that showers still have to come, of all depths together.

    Parameters
    ----------
    system : Transfer
        Cascade operator with n cells.
    states : array, shape (6 n, primaries, depths)
        Coefficients of the density, see `depth_operator`.

    Returns
    -------
    array, shape (n, 3, 2, primaries, depths)
        Coefficients of the track length in radiation lengths, by cell, species and shape.
    """
    n = system.edges.size - 1
    primaries, depths = states.shape[1:]
    density = states.reshape(n, 3, 2, primaries * depths)
    source = np.stack([density[:, :, 0], density[:, :, 0] / 2 + density[:, :, 1] / 6], axis=2)
    found = solve(system, np.ascontiguousarray(source.transpose(1, 2, 0, 3)))
    return found.transpose(2, 0, 1, 3).reshape(n, 3, 2, primaries, depths)


@functools.lru_cache(maxsize=64)
def track_depths(
    material: Material,
    primary: str,
    energy: float,
    min_energy: float = 0.5,
    *,
    depth: float = 25.0,
    step: float = 0.25,
    physics: Physics | None = None,
) -> DepthProfile:
    """Solve the cascade in depth for one beam.

    Parameters
    ----------
    material : Material
        Target; a sandwich is treated as homogeneous.
    primary : "e-", "e+" or "gamma"
        Beam particle.
    energy, min_energy : float
        Beam energy and lowest energy in GeV, as for `track_lengths`.
    depth : float
        Depth in radiation lengths up to which the profile is made.
    step : float
        Width of the cells of depth in radiation lengths, 0.02 to 5. A resolution, not an accuracy:
        the contents of the cells do not depend on it.
    physics : Physics, optional
        Processes; all by default.

    Returns
    -------
    DepthProfile
        Track lengths per cell; kept, so that asking again costs nothing.

    Raises
    ------
    ValidityError
        If an energy, the depth or the step is outside its range.
    UnknownNameError
        If the primary is unknown.
    """
    check_beam(primary, energy, min_energy)
    low, high = DEPTH_STEPS
    if not low <= step <= high:
        raise ValidityError(f"depth step {step:g} X0 is outside {low:g} to {high:g} X0.")
    if not step <= depth <= MOST_DEPTHS * step:
        raise ValidityError(
            f"depth {depth:g} X0: needs at least one step ({step:g} X0) and at most "
            f"{MOST_DEPTHS} of them."
        )
    steps = math.ceil(depth / step - 1e-9)
    edges, lengths, beyond = _solution(
        material, float(energy), float(min_energy), physics or Physics(), (steps, float(step))
    )
    which = PARTICLES.index(primary)
    # (cell, species, shape, depth) to (species, shape, depth, cell), energies ascending; the shape
    # 2x - 1 is odd in neither order since x runs up in both.
    table = lengths[:, :, :, which].transpose(1, 2, 3, 0)[..., ::-1].copy()
    rest = beyond[:, :, :, which].transpose(1, 2, 0)[..., ::-1].copy()
    depths: FloatArray = np.arange(steps + 1, dtype=np.float64) * step
    ascending: FloatArray = edges[::-1].copy()
    for array in (depths, ascending, table, rest):
        array.flags.writeable = False
    return DepthProfile(material, primary, energy, min_energy, depths, ascending, table, rest)
