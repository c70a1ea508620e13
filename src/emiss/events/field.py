"""Exact motion through a uniform field between two parallel faces."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..ground.arrays import FloatArray
from ..ground.constants import SPEED_OF_LIGHT_CM_PER_NS
from .bank import Bank

__all__ = ["Arc", "bend"]


class Arc(NamedTuple):
    """Where particles are behind a part of a field.

    Parameters
    ----------
    bank : Bank
        Particles at the end of the part.
    angle : array of float
        Angle in rad by which each was turned in the bending plane.
    turned : array of bool
        Whether it turned round inside the field and never reaches the end.
    """

    bank: Bank
    angle: FloatArray
    turned: NDArray[np.bool_]


def bend(bank: Bank, curvature: FloatArray, depth: FloatArray | float) -> Arc:
    """Carry particles through a field along y.

    Parameters
    ----------
    bank : Bank
        Particles at the entrance face, in a frame with z across the faces and uz > 0.
    curvature : array of float
        Transverse momentum in GeV, in the bending plane, that the field gives per cm of depth; its
        sign is that of the bend towards positive x.
    depth : array_like of float
        Depth in cm.

    Returns
    -------
    Arc
        Exact: sin psi, with psi the angle to z in the bending plane, grows linearly with depth,
        the component along y stays.
    """
    across = np.hypot(bank.ux, bank.uz)
    plane = np.maximum(bank.momentum * across, 1e-12)
    first = bank.ux / np.maximum(across, 1e-12)
    last = first + curvature / plane * depth
    turned = np.abs(last) >= 1.0
    last = np.where(turned, first, last)
    c0, c1 = np.sqrt(1.0 - first**2), np.sqrt(1.0 - last**2)
    shift = depth * (first + last) / (c0 + c1)
    angle = np.arcsin(last) - np.arcsin(first)
    half = 0.5 * angle
    small = np.abs(half) < 1e-8
    stretch = np.where(small, 1.0, half / np.where(small, 1.0, np.sin(half)))
    path = np.hypot(depth, shift) * stretch / np.maximum(across, 1e-12)
    speed = bank.momentum / np.maximum(bank.energy, 1e-30)
    moved = bank.change(
        x=bank.x + shift,
        y=bank.y + path * bank.uy,
        z=bank.z + depth,
        ux=across * last,
        uz=across * c1,
        time=bank.time + path / (np.maximum(speed, 1e-3) * SPEED_OF_LIGHT_CM_PER_NS),
    )
    return Arc(moved, angle, turned)
