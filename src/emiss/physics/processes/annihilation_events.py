"""Events of e+ e- -> X and e+ e- -> gamma X, with and without radiation, for a boson of any width.

The squared mass M of X is distributed with rho(M) = sqrt(M) Gamma_inv(M)/(pi D(M)), D the
Breit-Wigner's denominator. Without radiation M = s and

    sigma(s) = 4 pi^2 (2 J + 1) Gamma_ee(s)/(b_e^2 sqrt(s)) rho(s)

in units of the electron's coupling. With radiation a photon takes the share x = 1 - M/s,

    sigma(s) = int dM rho(M) x^b (1 + d) sigma_associated(s, M),

see `initial_state`: soft photons give the resonance back, hard ones are associated production. M is
drawn from the mean of rho in cells, and each event is weighted with rho and the cross-section at
its own M: cells are wide far above the boson's mass, where x^b picks out their ends. A boson that
is narrower than a window is spread evenly over it; the invariant mass of what is made differs from
the boson's by half of its relative width at most.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from ...ground import constants as const
from ...ground.arrays import FloatArray
from ...ground.quadrature import gauss_symmetric
from ..models.base import Boson, Model
from .annihilation import squared_energy
from .associated import binned_cross_section, photon_energies
from .breit_wigner import electron_factor
from .initial_state import radiation_exponent, virtual_factor
from .resonance import Resonance

__all__ = ["AnnihilationEvents", "LineShape", "sample_at"]

CITATIONS = ("arXiv:1802.03794", "arXiv:1807.05884", "Kuraev:1985hb")

WINDOW: Final = 0.003
"""Full relative width in squared mass over which a narrower boson is spread."""
_HAT_CELLS: Final = 12
_POLE_CELLS: Final = 48
_REACH: Final = 400.0
_TAIL_CELLS: Final = 16
_POINTS: Final = 5
_ANGLES: Final = 48
_CHUNK: Final = 4096


@dataclass(frozen=True, slots=True, eq=False)
class LineShape:
    """Distribution of the squared mass of an invisible X in cells, at small coupling.

    Parameters
    ----------
    boson : str
        Kind of boson.
    edges : array of float, shape (n + 1,)
        Squared masses in GeV^2, ascending.
    density : array of float, shape (n,)
        Mean of rho in each cell, in GeV^-2.
    resonance : Resonance or None
        What rho is worked out from; None where it is even in each cell.
    """

    boson: Boson
    edges: FloatArray
    density: FloatArray
    resonance: Resonance | None = None

    @classmethod
    def of(cls, model: Model, mass: float, highest: float, window: float = WINDOW) -> LineShape:
        """Line shape of a model's boson.

        Parameters
        ----------
        model : Model
            The model; without dark matter X is narrow and all of it counts.
        mass : float
            Mass in GeV.
        highest : float
            Highest positron energy in GeV.
        window : float, optional
            See `WINDOW`.

        Returns
        -------
        LineShape
            With its total over all M, 1 for a narrow boson.
        """
        squared = mass * mass
        if not float(model.dark_width(np.array([mass]))[0]) > 0.0:
            return cls._narrow(model.boson, squared, window)
        resonance = Resonance.of(model, mass, None, "energy-dependent")
        width = float(resonance.at(np.array([squared]))[1][0, 0])
        if width < 0.5 * window * squared:
            return cls._narrow(model.boson, squared, window)
        top = max(2.0 * float(squared_energy(highest)), 2.0 * squared)
        u = np.linspace(-1.0, 1.0, 2 * _POLE_CELLS + 1) * math.asinh(_REACH)
        near = squared + width * np.sinh(u)
        far = np.geomspace(1e-6 * squared, top, 4 * _TAIL_CELLS + 1)
        edges = np.unique(np.concatenate([far, near[(near > far[0]) & (near < top)]]))
        nodes, weights = gauss_symmetric(_POINTS)
        points = edges[:-1, None] + np.diff(edges)[:, None] * 0.5 * (nodes + 1.0)
        rho = _rho(resonance, points.ravel())
        density = rho.reshape(points.shape) @ (0.5 * weights)
        return cls(model.boson, edges, density, resonance)

    @classmethod
    def _narrow(cls, boson: Boson, squared: float, window: float) -> LineShape:
        edges = squared * np.linspace(1.0 - 0.5 * window, 1.0 + 0.5 * window, _HAT_CELLS + 1)
        return cls(boson, edges, np.full(_HAT_CELLS, 1.0 / (window * squared)))

    def at(self, squared: FloatArray) -> FloatArray:
        """Density at squared masses in GeV^2; 0 outside the cells."""
        cell = np.searchsorted(self.edges, squared, side="right") - 1
        inside = (cell >= 0) & (cell < self.density.size)
        if self.resonance is None:
            return np.where(inside, self.density[np.clip(cell, 0, self.density.size - 1)], 0.0)
        found = np.zeros(squared.shape)
        found[inside] = _rho(self.resonance, squared[inside])
        return found

    def cross_section(self, energy: FloatArray, *, radiation: bool) -> FloatArray:
        """Cross-section per electron in cm^2 at g = e to electrons.

        Parameters
        ----------
        energy : array of float, shape (n,)
            Total positron energies in GeV.
        radiation : bool
            With the photons that are radiated.

        Returns
        -------
        array of float, shape (n,)
            For all photon energies.
        """
        if not radiation:
            s = squared_energy(energy)
            factor = electron_factor(self.boson, s) * math.pi / np.sqrt(s)
            unit = const.ELECTRIC_CHARGE**2 * const.GEV2_CM2
            return np.asarray(unit * factor * self.at(s))
        parts = [
            self._cells(energy[i : i + _CHUNK])[0].sum(axis=1)
            for i in range(0, energy.size, _CHUNK)
        ]
        return np.concatenate(parts) if parts else np.zeros(0)

    def _cells(self, energy: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Cross-section by cell of M, and x^b at both ends of the cell; shape (n, cells)."""
        s = squared_energy(energy)[:, None]
        exponent = radiation_exponent(s)
        ends = np.maximum(1.0 - self.edges / s, 0.0) ** exponent
        middle = 0.5 * (ends[:, 1:] + ends[:, :-1])
        x = np.clip(middle ** (1.0 / exponent), 1e-12, 1.0 - 1e-9)
        open_ = ends[:, :-1] > ends[:, 1:]
        flat_s, flat_x = np.broadcast_to(s, x.shape)[open_], x[open_]
        positron = flat_s / (2.0 * const.ELECTRON_MASS) - const.ELECTRON_MASS
        value = np.zeros(x.shape)
        value[open_] = _whole(positron, np.sqrt(flat_s * (1.0 - flat_x)), self.boson) * flat_x
        value *= self.density * virtual_factor(s) * s / exponent
        return value * (ends[:, :-1] - ends[:, 1:]), ends[:, :-1], ends[:, 1:]

    def _density(self, s: FloatArray, x: FloatArray) -> FloatArray:
        """Cross-section per unit of x^b at a share of each s, shape (n,)."""
        x = np.clip(x, 1e-12, 1.0 - 1e-9)
        squared = s * (1.0 - x)
        positron = s / (2.0 * const.ELECTRON_MASS) - const.ELECTRON_MASS
        value = _whole(positron, np.sqrt(squared), self.boson) * x * self.at(squared)
        return np.asarray(value * virtual_factor(s) * s / radiation_exponent(s))


def _rho(resonance: Resonance, squared: FloatArray) -> FloatArray:
    """Density at squared masses in GeV^2, shape (n,)."""
    invisible, imaginary = (value[0] for value in resonance.at(squared))
    pole = float(resonance.mass[0, 0]) ** 2
    away = np.square(squared - pole) + np.square(imaginary)
    return np.asarray(np.sqrt(squared) * invisible / math.pi / away)


def _whole(positron: FloatArray, mass: FloatArray, boson: Boson) -> FloatArray:
    """Cross-section of gamma X for all photon energies, in cm^2 at g = e."""
    edges = np.stack(photon_energies(positron, mass), axis=1)
    edges[:, 0], edges[:, 1] = 0.0, 2.0 * edges[:, 1]
    return np.asarray(binned_cross_section(positron, mass, edges, boson)[:, 0])


@dataclass(frozen=True, slots=True, eq=False)
class AnnihilationEvents:
    """Events of positrons along +z on electrons at rest.

    Parameters
    ----------
    boson, photon : array of float, shape (n, 4)
        Four-vectors (E, px, py, pz) in GeV; without radiation the photons are zero.
    cross_section : array of float, shape (n,)
        What each event stands for in cm^2 per electron at g = e; its mean over events of one energy
        is the total cross-section.
    """

    boson: FloatArray
    photon: FloatArray
    cross_section: FloatArray


def sample_at(
    energies: FloatArray, shape: LineShape, random: np.random.Generator, *, radiation: bool
) -> AnnihilationEvents:
    """Sample one event for each of many positron energies.

    Parameters
    ----------
    energies : array of float, shape (n,)
        Total positron energies in GeV.
    shape : LineShape
        Line shape of the boson.
    random : numpy.random.Generator
        Four numbers per event are drawn.
    radiation : bool
        With the photon.

    Returns
    -------
    AnnihilationEvents
        Weighted events for each energy with a cross-section above 0; the photon's angle follows
        the cross-section within cells.
    """
    u = random.random((energies.size, 4))
    total = energies + const.ELECTRON_MASS
    momentum = np.sqrt((energies - const.ELECTRON_MASS) * (energies + const.ELECTRON_MASS))
    whole = np.zeros((energies.size, 4))
    whole[:, 0], whole[:, 3] = total, momentum
    photon, sigma = np.zeros((energies.size, 4)), np.zeros(energies.size)
    if not radiation:
        return AnnihilationEvents(whole, photon, shape.cross_section(energies, radiation=False))
    for first in range(0, energies.size, _CHUNK):
        part = slice(first, first + _CHUNK)
        photon[part], sigma[part] = _photons(energies[part], shape, u[part])
    return AnnihilationEvents(whole - photon, photon, sigma)


def _photons(energy: FloatArray, shape: LineShape, u: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Four-vectors of the photons, and the cross-section that each event stands for."""
    cells, upper, lower = shape._cells(energy)
    cumulative = np.cumsum(cells, axis=1)
    total = cumulative[:, -1]
    aim = u[:, 0] * total
    cell = np.minimum((cumulative < aim[:, None]).sum(axis=1), cells.shape[1] - 1)
    row = np.arange(energy.size)
    s = squared_energy(energy)
    power = lower[row, cell] + u[:, 1] * (upper[row, cell] - lower[row, cell])
    x = np.clip(power ** (1.0 / radiation_exponent(s)), 0.0, 1.0 - 1e-9)
    mass = np.sqrt(s * (1.0 - x))
    cosine = _cosines(energy, mass, u[:, 2], shape.boson)
    momentum = np.sqrt((energy - const.ELECTRON_MASS) * (energy + const.ELECTRON_MASS))
    inner = 0.5 * np.sqrt(s) * x
    gamma, boost = (energy + const.ELECTRON_MASS) / np.sqrt(s), momentum / np.sqrt(s)
    sine = np.sqrt(np.maximum((1.0 - cosine) * (1.0 + cosine), 0.0))
    turn = 2.0 * math.pi * u[:, 3]
    photon = np.stack(
        [
            inner * (gamma + boost * cosine),
            inner * sine * np.cos(turn),
            inner * sine * np.sin(turn),
            inner * (gamma * cosine + boost),
        ],
        axis=1,
    )
    made = total > 0.0
    photon[~made] = 0.0
    spread, weight = (upper - lower)[row, cell], np.zeros(total.size)
    proposed = cells[row, cell] / np.where(spread != 0.0, spread, 1.0)
    exact = shape._density(s[made], x[made])
    weight[made] = total[made] * exact / proposed[made]
    return photon, weight


def _cosines(energy: FloatArray, mass: FloatArray, u: FloatArray, boson: Boson) -> FloatArray:
    """Cosines of the photon to the positron in the centre of mass."""
    s = squared_energy(energy)
    beta = np.sqrt(1.0 - 4.0 * const.ELECTRON_MASS**2 / s)
    # Even in atanh(beta cos), in which the collinear peaks are flat.
    end = np.arctanh(beta)[:, None]
    edges = np.tanh(end * np.linspace(-1.0, 1.0, _ANGLES + 1)) / beta[:, None]
    low, high = (k[:, None] for k in photon_energies(energy, mass))
    bins = low + (high - low) * 0.5 * (np.clip(edges, -1.0, 1.0) + 1.0)
    bins[:, 0], bins[:, -1] = low[:, 0], high[:, 0]
    cumulative = np.cumsum(binned_cross_section(energy, mass, bins, boson), axis=1)
    aim = u * cumulative[:, -1]
    cell = np.minimum((cumulative < aim[:, None]).sum(axis=1), _ANGLES - 1)
    row = np.arange(energy.size)
    before = np.where(cell > 0, cumulative[row, cell - 1], 0.0)
    inside = np.clip((aim - before) / np.maximum(cumulative[row, cell] - before, 1e-300), 0.0, 1.0)
    place = (cell + inside) / _ANGLES * 2.0 - 1.0
    return np.asarray(np.clip(np.tanh(end[:, 0] * place) / beta, -1.0, 1.0))
