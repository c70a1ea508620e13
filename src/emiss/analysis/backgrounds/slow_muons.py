"""Slow muons of a pair: how often dump and hadron calorimeter do not see them.

Half of the muons of pairs fly at more than m/E to the photon, and lead scatters them. A muon is
followed in small steps with its mean loss and Gaussian scattering, until it stops or leaves. It is
lost if what it leaves in the hadron calorimeter stays below the cut, because it stops before,
passes it by or leaves it on a side.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ...experiments.elements.calorimeter import Calorimeter
from ...experiments.layout import Layout
from ...ground.arrays import FloatArray
from ...ground.constants import MUON_MASS
from ...physics.materials import Material
from ...physics.shower.muon_stopping import stopping_power

__all__ = ["Loss", "followed", "pair_angles"]

CITATIONS = ("Burkhardt:2002cvs",)
_STEP: Final = 2.0
"""Step along the beam in cm: a tenth of the least size that matters."""
_STEEPEST: Final = 1.2
_SCATTER: Final = 0.0136
_GRID: Final = np.geomspace(1e-3, 200.0, 60)
"""Kinetic energies in GeV at which losses are tabulated."""


@dataclass(frozen=True, slots=True, eq=False)
class Loss:
    """Where slow muons leave their energy.

    Parameters
    ----------
    dump, hadronic : array, shape (n,)
        Energy in GeV left in the dump and in the hadron calorimeter.
    behind : array of bool, shape (n,)
        Whether the muon left the dump.
    """

    dump: FloatArray
    hadronic: FloatArray
    behind: NDArray[np.bool_]


def pair_angles(energy: FloatArray, mass_number: float, random: np.random.Generator) -> FloatArray:
    """Angles of slow muons of pairs to the photon.

    Parameters
    ----------
    energy : array
        Energy of the muon in GeV, far below that of the photon.
    mass_number : float
        A of the nucleus, which bounds the transverse momentum.
    random : Generator
        Random numbers.

    Returns
    -------
    array
        theta = u m/E in rad with t = 1/(1 + u^2) distributed as 1/(1 + C/t^2) and
        C = (0.35 A^0.27 m/E)^2, the formula of Burkhardt, Kelner and Kokoulin for a small share of
        the photon's energy.
    """
    gamma = np.maximum(energy / MUON_MASS, 1.0)
    bound = (0.35 * mass_number**0.27 / gamma) ** 2
    t = 1.0 - random.random(energy.size)
    wrong = np.ones(energy.size, dtype=bool)
    while wrong.any():
        rows = np.nonzero(wrong)[0]
        t[rows] = 1.0 - random.random(rows.size)
        # the density is largest at t = 1
        ratio = (1.0 + bound[rows]) / (1.0 + bound[rows] / t[rows] ** 2)
        wrong[rows] = random.random(rows.size) > ratio
    return np.asarray(np.sqrt(1.0 / t - 1.0) / gamma)


@dataclass(frozen=True, slots=True, eq=False)
class _Slab:
    """Matter between two planes, in cm; ``hadronic``: what it counts for."""

    material: Material
    start: float
    end: float
    half: tuple[float, float]
    hadronic: bool


def _slabs(layout: Layout) -> tuple[_Slab, ...]:
    dump = layout.role("preshower", "target")
    parts = [(e, False) for e in dump] + [(e, True) for e in layout.role("hadronic")]
    front = dump[0]
    assert isinstance(front, Calorimeter)
    centre = 0.0 if front.offset_x is None else front.offset_x.value
    found = []
    for element, hadronic in parts:
        if not isinstance(element, Calorimeter) or element.composition is None:
            continue
        offset = 0.0 if element.offset_x is None else element.offset_x.value
        if hadronic and abs(offset - centre) > 0.5 * _size(element)[0]:
            continue  # the module at zero degrees stands beside the others
        half = _size(element)
        found.append(_Slab(element.composition, element.start, element.end, half, hadronic))
    return tuple(sorted(found, key=lambda slab: slab.start))


def _size(element: Calorimeter) -> tuple[float, float]:
    width, height = element.cell_width, element.cell_height
    return (
        np.inf if width is None else 0.5 * element.cells_x * width.value,
        np.inf if height is None else 0.5 * element.cells_y * height.value,
    )


def _losses(material: Material) -> FloatArray:
    """Mean collision loss in GeV/cm on `_GRID`; below 0.4 GeV as the velocity to the power -5/3."""
    least = 0.4 + MUON_MASS
    values = np.array([stopping_power(material, max(t + MUON_MASS, least)) for t in _GRID.tolist()])
    slower = _speed(np.minimum(_GRID, 0.4)) / _speed(np.array(0.4))
    return np.asarray(values * slower ** (-5.0 / 3.0) * material.density)


def _speed(kinetic: FloatArray) -> FloatArray:
    return np.asarray(np.sqrt(1.0 - (MUON_MASS / (kinetic + MUON_MASS)) ** 2))


def followed(
    layout: Layout, kinetic: FloatArray, angle: FloatArray, depth: float,
    random: np.random.Generator, scattering: bool = True,
) -> Loss:  # fmt: skip
    """Follow slow muons from the dump on.

    Parameters
    ----------
    layout : Layout
        The apparatus.
    kinetic, angle : array, shape (n,)
        Kinetic energy in GeV and angle to the beam in rad.
    depth : float
        Where they are made, in radiation lengths from the front of the dump.
    random : Generator
        Random numbers.
    scattering : bool
        Whether they scatter.

    Returns
    -------
    Loss
        Energies left.
    """
    slabs = _slabs(layout)
    n, left = kinetic.size, kinetic.copy()
    turn = 2.0 * np.pi * random.random(n)
    theta = np.minimum(angle, _STEEPEST)
    slope = np.tan(theta)[:, None] * np.column_stack([np.cos(turn), np.sin(turn)])
    z = slabs[0].start + depth * layout.target.material.radiation_length_cm
    place, dump, hadronic = np.zeros((n, 2)), np.zeros(n), np.zeros(n)
    behind = np.zeros(n, dtype=bool)
    for slab in slabs:
        if slab.end <= z:
            continue
        start = max(slab.start, z)
        place += slope * (start - z)
        steps = max(int(np.ceil((slab.end - start) / _STEP)), 1)
        width, z, table = (slab.end - start) / steps, slab.end, _losses(slab.material)
        if slab.hadronic:
            behind |= left > 0.0
        for _ in range(steps):
            inside = (np.abs(place) < np.array(slab.half)).all(axis=1) & (left > 0.0)
            path = width * np.sqrt(1.0 + (slope**2).sum(axis=1)) * inside
            per_cm = np.interp(np.log(np.maximum(left, _GRID[0])), np.log(_GRID), table)
            lost = np.minimum(per_cm * path, left)
            (hadronic if slab.hadronic else dump)[:] += lost
            left = left - lost
            if scattering:
                slope = slope + _kick(slab.material, left, path, random)
            place += slope * width
    return Loss(dump, hadronic, behind)


def _kick(
    material: Material, kinetic: FloatArray, path: FloatArray, random: np.random.Generator
) -> FloatArray:
    energy = np.maximum(kinetic, 1e-3) + MUON_MASS
    p_beta = (energy**2 - MUON_MASS**2) / energy
    width = _SCATTER / p_beta * np.sqrt(path / material.radiation_length_cm)
    kick = np.minimum(width, 0.5)[:, None] * random.standard_normal((kinetic.size, 2))
    return np.asarray(kick)
