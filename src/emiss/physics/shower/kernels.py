"""Transfer matrices of the cascade on an energy grid, exact in number and energy.

The track length of each species is a linear function of the energy in each cell. Balance is asked
for the number of particles and for their energy in every cell, so that both are conserved by the
discrete system as they are by the continuous one. The matrices know nothing of the depth: the same
set serves the depth-integrated balance and moments or steps in depth.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...ground.arrays import FloatArray
from ...ground.quadrature import gauss
from ..materials import Material
from . import secondary as sec
from .radiation import Screening
from .tables import FlowTable, radiation_tables

__all__ = ["ELECTRON", "PHOTON", "POSITRON", "Physics", "Transfer", "energy_edges", "transfer"]

CITATIONS = ("Tsai:1973py",)

Flow = Callable[[FloatArray, FloatArray], tuple[FloatArray, FloatArray]]

ELECTRON, POSITRON, PHOTON = 0, 1, 2
_NODES = 5
_NEAREST, _NEAR = 1e-7, 5e-3


@dataclass(frozen=True, slots=True)
class Physics:
    """Which processes take part.

    Parameters
    ----------
    screening : "tsai" or "complete"
        Screening of the nuclei.
    lpm : bool
        Suppression by multiple scattering and polarisation.
    ionisation : bool
        Continuous collision loss.
    secondary : bool
        Compton, Moller and Bhabha scattering, annihilation in flight.
    """

    screening: Screening = "tsai"
    lpm: bool = True
    ionisation: bool = True
    secondary: bool = True


@dataclass(frozen=True, slots=True)
class Transfer:
    """Discrete cascade operator per radiation length.

    Parameters
    ----------
    edges : array, shape (n+1,)
        Cell edges in GeV, descending from the beam energy.
    gain : array, shape (3, 3, 2, n, 2, n)
        [child, parent, moment, parent's cell, shape, child's cell]: change of the number of
        particles (moment 0) and of their energy above the lower edge in units of the cell
        (moment 1), for unit coefficients of the shapes 1 and 2x - 1 of the parent's track length
        over the cell.
    ionisation : array, shape (2, n, 2, n)
        The same for the continuous loss of an electron or a positron.
    """

    edges: FloatArray
    gain: FloatArray
    ionisation: FloatArray


def energy_edges(energy: float, min_energy: float, step: float) -> FloatArray:
    """Cell edges: uniform in ln E, and graded geometrically towards the beam energy.

    Parameters
    ----------
    energy, min_energy : float
        Ends in GeV.
    step : float
        Largest width of a cell in ln E.

    Returns
    -------
    array, shape (n+1,)
        Descending edges; the first cell has a relative width of 1e-7.
    """
    span = math.log(energy / min_energy)
    # The primary's track length goes like 1/(y ln^2 y), y = ln(E0/E), and secondaries rise like a
    # power of y: equal ratios of y, small ones where the yields of hard secondaries come from.
    ratio = 1.0 + 3.0 * step
    top = min(step / (ratio - 1.0), span / 2)
    parts = [np.zeros(1), np.array([_NEAREST])]
    near = min(_NEAR, top / 2)
    for low, high, factor in ((_NEAREST, near, 3.0), (near, top, ratio)):
        count = max(1, math.ceil(math.log(high / low) / math.log(factor)))
        parts.append(np.geomspace(low, high, count + 1)[1:])
    cells = max(2, math.ceil((span - top) / step))
    parts.append(np.linspace(top, span, cells + 1)[1:])
    edges: FloatArray = energy * np.exp(-np.concatenate(parts))
    edges[-1] = min_energy
    return edges


@dataclass(frozen=True, slots=True)
class _Nodes:
    """Quadrature nodes of the parents and the (parent, edge) pairs with the edge below."""

    edges: FloatArray
    energy: FloatArray  # (n q,)
    weights: FloatArray  # (2, q): quadrature weight times shape
    x: FloatArray
    parent: NDArray[np.intp]
    edge: NDArray[np.intp]

    def reduce(self, flow: FloatArray, fill: FloatArray | float = 0.0) -> FloatArray:
        """Integrate over the parents' cells: (pairs,) -> (n, 2, n+1); `fill` above the parent."""
        n, q = self.edges.size - 1, self.x.size
        full = np.empty((n * q, n + 1))
        full[:] = np.asarray(fill)[..., None] if np.ndim(fill) else fill
        full[self.parent, self.edge] = flow
        reduced: FloatArray = np.matmul(self.weights, full.reshape(n, q, n + 1))
        return reduced


def _nodes(edges: FloatArray, count: int) -> _Nodes:
    n = edges.size - 1
    s, w = gauss(count)
    if count == 1:
        x = s
    else:
        # Flows have a logarithm at the lower edge of the cell; x = s^2 smooths it.
        x, w = s * s, 2 * s * w
    widths = edges[:-1] - edges[1:]
    energy = (edges[1:, None] + widths[:, None] * x).ravel()
    weights = np.stack([w, w * (2 * x - 1)])
    below = np.arange(n + 1) > np.repeat(np.arange(n), count)[:, None]
    parent, edge = np.nonzero(below)
    return _Nodes(edges, energy, weights, x, parent, edge)


def _degrade(
    nodes: _Nodes, phi: FloatArray, omega: FloatArray, omega_zero: FloatArray
) -> FloatArray:
    """Matrix (moment, parent cell, shape, child cell) of a parent that loses the fraction v."""
    widths = nodes.edges[:-1] - nodes.edges[1:]
    energy = nodes.energy[nodes.parent]
    flow = nodes.reduce(phi)
    lost = nodes.reduce(energy * omega, nodes.energy * omega_zero)
    number = flow[:, :, :-1] - flow[:, :, 1:]
    moment = (lost[:, :, 1:] - lost[:, :, :-1]) / widths + flow[:, :, :-1]
    return np.stack([number, moment])


def _emit(nodes: _Nodes, phi: FloatArray, omega: FloatArray) -> FloatArray:
    """Matrix (moment, parent cell, shape, child cell) of a secondary with the fraction v."""
    widths = nodes.edges[:-1] - nodes.edges[1:]
    flow = nodes.reduce(phi)
    taken = nodes.reduce(nodes.energy[nodes.parent] * omega)
    number = flow[:, :, 1:] - flow[:, :, :-1]
    moment = (taken[:, :, 1:] - taken[:, :, :-1]) / widths - flow[:, :, :-1]
    return np.stack([number, moment])


def _absorb(nodes: _Nodes, rate: FloatArray) -> FloatArray:
    """Matrix (moment, cell, shape, cell) of a loss of particles at a rate per node."""
    n, q = nodes.edges.size - 1, nodes.x.size
    tests = np.stack([np.ones(q), nodes.x])
    local = np.einsum("rq,sq,nq->rsn", tests, nodes.weights, rate.reshape(n, q))
    out = np.zeros((2, n, 2, n))
    cell = np.arange(n)
    out[:, cell, :, cell] = -local.transpose(2, 0, 1)
    return out


def _radiate(gain: FloatArray, nodes: _Nodes, brems: FlowTable, pair: FlowTable) -> None:
    edge, parent = nodes.edges[nodes.edge], nodes.parent
    # ln v/(1-v) of the fraction lost when the parent falls to the edge; minus it is that of a
    # secondary at the edge.
    z = np.log((nodes.energy[parent] - edge) / edge)
    rows = brems.at(nodes.energy)
    phi, omega = brems.flows(rows, parent, z)
    fall = _degrade(nodes, phi, omega, brems.energy_share(rows))
    photons = _emit(nodes, *brems.flows(rows, parent, -z))
    for lepton in (ELECTRON, POSITRON):
        gain[lepton, lepton] += fall
        gain[PHOTON, lepton] += photons
    rows = pair.at(nodes.energy)
    leptons = _emit(nodes, *pair.flows(rows, parent, -z))
    gain[ELECTRON, PHOTON] += leptons
    gain[POSITRON, PHOTON] += leptons
    gain[PHOTON, PHOTON] += _absorb(nodes, rows[:, 0, 0])


def _scatter(gain: FloatArray, nodes: _Nodes, material: Material) -> None:
    """Add the processes on atomic electrons."""
    cut = float(nodes.edges[-1])
    energy = nodes.energy[nodes.parent]
    taken = nodes.edges[nodes.edge] / energy

    def moller(e: FloatArray, v: FloatArray) -> tuple[FloatArray, FloatArray]:
        return sec.moller_flows(material, e, v, cut)

    def bhabha(e: FloatArray, v: FloatArray) -> tuple[FloatArray, FloatArray]:
        return sec.bhabha_flows(material, e, v, cut)

    def compton(e: FloatArray, v: FloatArray) -> tuple[FloatArray, FloatArray]:
        return sec.compton_flows(material, e, v)

    processes: tuple[tuple[int, Flow], ...] = (
        (ELECTRON, moller),
        (POSITRON, bhabha),
        (PHOTON, compton),
    )
    for parent, flows in processes:
        total = flows(nodes.energy, np.zeros_like(nodes.energy))[1]
        gain[parent, parent] += _degrade(nodes, *flows(energy, 1 - taken), total)
        gain[ELECTRON, parent] += _emit(nodes, *flows(energy, taken))
    gain[PHOTON, POSITRON] += _emit(nodes, *sec.annihilation_flows(material, energy, taken))
    gain[POSITRON, POSITRON] += _absorb(nodes, sec.annihilation_rate(material, nodes.energy))


def collision_loss(material: Material, energy: FloatArray, cut: float | None) -> FloatArray:
    """Continuous loss: all collisions, less those that make a tracked electron.

    Parameters
    ----------
    material : Material
        The material.
    energy : array
        Energies in GeV.
    cut : float or None
        Energy above which knocked-on electrons are treated one by one; None if they are not.

    Returns
    -------
    array
        GeV per radiation length; the same for electrons and positrons.
    """
    nodes: FloatArray = np.cos((2 * np.arange(6) + 1) * math.pi / 12)
    low, high = math.log(energy.min()), math.log(energy.max())
    places = np.exp((low + high) / 2 + (high - low) / 2 * nodes)
    values = np.array([material.collision_loss(float(e)) for e in places])
    scaled = (2 * np.log(energy) - low - high) / max(high - low, 1e-12)
    fit = np.polynomial.chebyshev.chebfit(nodes, values, 5)
    loss: FloatArray = np.polynomial.chebyshev.chebval(scaled, fit).astype(np.float64)
    return loss if cut is None else loss - sec.hard_moller_loss(material, energy, cut)


def _ionise(edges: FloatArray, loss: FloatArray) -> FloatArray:
    """Continuous loss as an upwind flow; matrix (moment, cell, shape, next cell).

    The density at the lower edge of a cell is (a - b)/width for the shapes a + b (2x - 1).
    """
    n = edges.size - 1
    widths = edges[:-1] - edges[1:]
    out = np.zeros((2, n, 2, n))
    cell = np.arange(n)
    sign = np.array([1.0, -1.0])
    leave = loss[1:] / widths
    out[0, cell, :, cell] -= leave[:, None] * sign
    for moment in (0, 1):
        out[moment, cell[:-1], :, cell[1:]] += leave[:-1, None] * sign
    # Loss within the cell, linear between the edges: Int (2x - 1) eps dx = (difference)/6.
    mean, tilt = (loss[:-1] + loss[1:]) / 2, (loss[:-1] - loss[1:]) / 6
    out[1, cell, :, cell] -= np.stack([mean, tilt], axis=1) / widths[:, None]
    return out


def transfer(
    material: Material, energy: float, min_energy: float, physics: Physics, step: float
) -> Transfer:
    """Build the matrices of the cascade.

    Parameters
    ----------
    material : Material
        The material.
    energy, min_energy : float
        Beam energy and lowest energy in GeV.
    physics : Physics
        Processes.
    step : float
        Largest width of a cell in ln E.

    Returns
    -------
    Transfer
        Operator per radiation length.
    """
    edges = energy_edges(energy, min_energy, step)
    n = edges.size - 1
    gain = np.zeros((3, 3, 2, n, 2, n))
    tables = radiation_tables(material, physics.screening, physics.lpm)
    _radiate(gain, _nodes(edges, _NODES), *tables)
    if physics.secondary:
        # A part in a thousand of the cascade: one node per cell is enough, and conserves energy.
        _scatter(gain, _nodes(edges, 1), material)
    ionisation = np.zeros((2, n, 2, n))
    if physics.ionisation:
        loss = collision_loss(material, edges, min_energy if physics.secondary else None)
        ionisation = _ionise(edges, loss)
    return Transfer(edges, gain, ionisation)
