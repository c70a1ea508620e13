"""Numerics of muon transport: the matrix of losses on a grid, and its exponential in depth.

The grid is linear where collision losses are resolved and logarithmic beyond. Collisions that
lose more than the local spacing enter one by one with their differential cross-section, softer
ones through their mean and variance. The frame moves with the mean soft loss.
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from ...ground import constants as const
from ...ground.arrays import FloatArray
from ..materials import Material
from . import muon_cross_sections as cross
from . import muon_stopping as stopping

__all__ = ["ENERGY_RANGE", "FLOOR", "Step", "Transported", "landau_width", "rates", "transport"]

CITATIONS = stopping.CITATIONS


ENERGY_RANGE: Final = (1.0, 1000.0)
"""Beam energies in GeV for which the transport is meant."""

FLOOR: Final = 0.6
"""Energy in GeV below which a muon counts as stopped."""

_SPACING = 1 / 6  # of Landau's width xi, in the linear part of the grid
_GROWTH = 0.015  # relative spacing in the logarithmic part
_SHIFT_PER_SLAB = 0.04  # soft loss in one slab as part of the energy: rates are frozen meanwhile
_TAYLOR_NORM = 4.0
_LOWEST_FRACTION = 2e-9
_TINY = 1e-60
# Table of cross-sections: energies a factor 1.17 apart, transfers 4.6 %.
_ENERGIES: Final = np.geomspace(FLOOR, ENERGY_RANGE[1], 48)
_LOG_V: Final = np.linspace(math.log(_LOWEST_FRACTION), 0.0, 440)


@dataclass(frozen=True, slots=True)
class _Table:
    # logarithms of s^2 dN/ds in GeV cm^2/g at (_ENERGIES, exp(_LOG_V) = s/E), and of the mean
    # loss by process: close to power laws of the energy, so that they interpolate well
    spectrum: FloatArray
    rates: FloatArray


@functools.lru_cache(maxsize=32)
def _table(material: Material) -> _Table:
    fractions = np.exp(_LOG_V)
    energy = _ENERGIES[:, None]
    transfer = energy * fractions
    per_gram = material.electrons_per_gram * cross.ionisation(energy, transfer)
    for part in material.components:
        atoms = const.AVOGADRO * part.mass_fraction / part.element.A
        per_gram += atoms * (
            cross.bremsstrahlung(part.element, energy, transfer)
            + cross.pair_production(part.element, energy, transfer, nodes=12)
            + cross.photonuclear(part.element, energy, transfer)
        )
    means = np.array([list(stopping.loss_rates(material, float(e)).values()) for e in _ENERGIES])
    return _Table(
        np.log(np.maximum(transfer**2 * per_gram, _TINY)), np.log(np.maximum(means, _TINY))
    )


def _interpolated(table: FloatArray, energy: FloatArray) -> FloatArray:
    position = np.log(energy / _ENERGIES[0]) / math.log(_ENERGIES[1] / _ENERGIES[0])
    low = np.clip(position.astype(np.intp), 0, _ENERGIES.size - 2)
    weight = np.clip(position - low, 0.0, 1.0)[:, None]
    return np.asarray(np.exp((1.0 - weight) * table[low] + weight * table[low + 1]))


def landau_width(material: Material, thickness: float) -> float:
    """Landau's width xi in GeV of a slab, its thickness in g/cm^2 (Landau:1944if)."""
    area = 2 * math.pi * const.CLASSICAL_ELECTRON_RADIUS_CM**2 * const.ELECTRON_MASS
    return area * material.electrons_per_gram * thickness


def _pivots(width: float, top: float) -> FloatArray:
    step = _SPACING * width
    linear = np.arange(-8.0 * width, step / _GROWTH, step)
    count = max(2, round(math.log(top / linear[-1]) / math.log1p(_GROWTH))) + 1
    return np.concatenate([linear[:-1], np.geomspace(linear[-1], top, count)])


def rates(material: Material, energies: FloatArray) -> FloatArray:
    """Mean losses in GeV cm^2/g by process, interpolated; shape (energies, processes)."""
    return _interpolated(_table(material).rates, np.maximum(energies, FLOOR))


def _soft_loss(table: _Table, energy: float, cut: float) -> float:
    # mean loss per mass by collisions below the cut: all of it less the hard part
    at = np.array([energy])
    start = math.log(cut / energy)
    grid = np.concatenate([[start], _LOG_V[start < _LOG_V]])
    hard = np.trapezoid(np.interp(grid, _LOG_V, _interpolated(table.spectrum, at)[0]), grid)
    return float(_interpolated(table.rates, at).sum() - hard)


def _hard_row(
    pivots: FloatArray, source: int, energy: float, spectrum: FloatArray, out: FloatArray
) -> tuple[float, float]:
    # Collisions from one pivot to beyond its neighbour: fills the row, returns the mean that they
    # carry and the variance that sharing between two pivots adds. Far jumps are not counted in
    # that: there the cells are narrow compared with the jump.
    reach = pivots[source + 1 :] - pivots[source]
    low, high = reach[:-1], np.minimum(reach[1:], energy)
    inside = low < high
    low, high, step = low[inside], high[inside], np.diff(reach)[inside]
    span = np.log(high / low)
    middle = 0.5 * np.log(high * low)
    near = step < 2.0 * reach[0]
    mean = excess = 0.0
    first = source + 1
    last = first + low.size
    for sign in (-1.0, 1.0):  # two Gauss nodes in ln s
        log_s = middle + sign * span / (2 * math.sqrt(3.0))
        s = np.exp(log_s)
        flow = 0.5 * span * np.interp(log_s - math.log(energy), _LOG_V, spectrum)
        rate = flow / s
        share = (s - low) / step
        out[first:last] += rate * (1.0 - share)
        out[first + 1 : last + 1] += rate * share
        mean += float(flow.sum())
        excess += float(np.sum((rate * (s - low) * (low + step - s))[near]))
    # losses that stop the muon end in the last pivot
    if reach[-1] < energy:
        start = math.log(reach[-1] / energy)
        grid = np.concatenate([[start], _LOG_V[start < _LOG_V]])
        flow = np.interp(grid, _LOG_V, spectrum)
        out[-1] += float(np.trapezoid(flow / np.exp(grid), grid)) / energy
        mean += float(np.trapezoid(flow, grid))
    return mean, excess


def _generator(table: _Table, pivots: FloatArray, energies: FloatArray, drift: float) -> FloatArray:
    """Matrix Q of df/dx = f Q: exact in the number, mean and variance of the losses.

    Soft collisions enter by a three-point stencil that carries their mean beyond `drift`, the
    motion of the frame, and their variance less what the sharing of hard losses adds.
    """
    size = pivots.size
    spectra = _interpolated(table.spectrum, energies)
    totals = _interpolated(table.rates, energies).sum(axis=1)
    fractions = np.exp(_LOG_V)
    steps = np.diff(fractions * spectra, axis=1, prepend=0.0)
    area = fractions * spectra - 0.5 * steps
    squares = np.cumsum(area, axis=1) * (_LOG_V[1] - _LOG_V[0])
    matrix = np.zeros((size, size))
    gaps = np.diff(pivots)
    for i in range(1, size - 1):
        row = matrix[i]
        mean, excess = _hard_row(pivots, i, energies[i], spectra[i], row)
        cut = math.log(min(gaps[i] / energies[i], 1.0))
        variance = energies[i] * float(np.interp(cut, _LOG_V, squares[i])) - excess
        soft = totals[i] - mean - drift
        down, up = gaps[i - 1], gaps[i]
        row[i - 1] += (variance - up * soft) / (down * (down + up))
        row[i + 1] += (variance + down * soft) / (up * (down + up))
        row[i] -= row.sum()
    return matrix


def _advance(
    masses: FloatArray, matrix: FloatArray, thickness: float
) -> tuple[FloatArray, FloatArray]:
    # Taylor series of exp(Q x) on the masses, and of its integral over x
    term, total = masses, masses.copy()
    path = thickness * masses
    for order in range(1, 80):
        term = (term @ matrix) * (thickness / order)
        total += term
        path += term * (thickness / (order + 1))
        if float(np.abs(term).max()) < 1e-17:
            break
    return total, path


@dataclass(frozen=True, slots=True)
class Step:
    """One step in depth.

    Parameters
    ----------
    thickness : float
        In g/cm^2.
    shift, motion : float
        Shift of the frame in the middle of the step, and during the step, in GeV.
    path : array of float, shape (n,)
        Path at each pivot in g/cm^2.
    mean_loss : float
        Mean loss at the end in GeV.
    """

    thickness: float
    shift: float
    motion: float
    path: FloatArray
    mean_loss: float


@dataclass(frozen=True, slots=True)
class Transported:
    """A muon behind a slab.

    Parameters
    ----------
    pivots : array of float, shape (n,)
        Losses in GeV, counted from the shift of the frame.
    shift : float
        Shift of the frame in GeV.
    masses : array of float, shape (n,)
        Probability at each pivot.
    steps : tuple of Step
        The way through the slab.
    """

    pivots: FloatArray
    shift: float
    masses: FloatArray
    steps: tuple[Step, ...]


@functools.lru_cache(maxsize=64)
def transport(material: Material, energy: float, thickness: float) -> Transported:
    """Send a muon through a slab.

    Parameters
    ----------
    material : Material
        Material.
    energy : float
        Energy of the muon in GeV.
    thickness : float
        Thickness in g/cm^2.

    Returns
    -------
    Transported
        Where its losses lie behind the slab, and its path on the way.
    """
    table = _table(material)
    width = landau_width(material, thickness)
    drift = _soft_loss(table, energy, _SPACING * width)
    shift = drift * thickness
    pivots = _pivots(width, energy - FLOOR)
    masses = np.zeros(pivots.size)
    masses[int(np.argmin(np.abs(pivots)))] = 1.0
    slabs = max(1, math.ceil(shift / (_SHIFT_PER_SLAB * energy)))
    slab = thickness / slabs
    steps: list[Step] = []
    for k in range(slabs):
        energies = np.maximum(energy - pivots - drift * slab * (k + 0.5), FLOOR)
        matrix = _generator(table, pivots, energies, drift)
        norm = float(np.abs(matrix).sum(axis=1).max()) * slab
        count = max(8, math.ceil(norm / _TAYLOR_NORM))
        for i in range(count):
            masses, path = _advance(masses, matrix, slab / count)
            done = slab * (k + (i + 1) / count)
            middle = drift * (done - 0.5 * slab / count)
            mean = float(masses @ pivots) + drift * done
            motion = drift * slab / count
            steps.append(Step(slab / count, middle, motion, path, mean))
    return Transported(pivots, shift, masses, tuple(steps))
