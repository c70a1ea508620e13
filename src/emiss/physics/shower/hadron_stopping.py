"""Mean energy loss of charged hadrons to electrons: Bethe's formula."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from ...ground import constants as const
from ...ground.arrays import FloatArray
from ...ground.guards import guarded, number, numbers
from ..materials import Material
from .arguments import ARGUMENTS

__all__ = ["hadron_stopping_power"]

CITATIONS = ("ParticleDataGroup:2024cfk", "Sternheimer:1971zz")

_LEAST: Final = 0.1
_MOST: Final = 1e5


@guarded(
    ARGUMENTS,
    momentum_per_mass=numbers(_LEAST, _MOST),
    mass=number(0.1, 10.0, "GeV"),
)
def hadron_stopping_power(
    material: Material, momentum_per_mass: FloatArray, mass: float
) -> FloatArray:
    """Mean collision loss of a hadron of one elementary charge.

    Parameters
    ----------
    material : Material
        Material.
    momentum_per_mass : array
        p / (m c) = beta gamma, 0.1 to 1e5.
    mass : float
        Mass of the hadron in GeV.

    Returns
    -------
    array
        Loss in GeV cm^2/g, all transfers up to the largest possible included (Bethe's formula with
        density effect, ParticleDataGroup:2024cfk, eq. 34.5). Shell corrections, structure of the
        hadron and radiation are left out: 1 % above beta gamma = 0.5; photons and pairs add 5 % for
        pions of 100 GeV in iron.

    Raises
    ------
    ValidityError
        If an argument is out of range.
    """
    ratio = np.asarray(momentum_per_mass, dtype=np.float64)
    squared = ratio * ratio
    gamma, beta2 = np.sqrt(1.0 + squared), squared / (1.0 + squared)
    electron = const.ELECTRON_MASS
    largest = (
        2.0 * electron * squared / (1.0 + 2.0 * gamma * electron / mass + (electron / mass) ** 2)
    )
    log = np.log(2.0 * electron * squared * largest / material.mean_excitation_energy**2)
    # The density effect depends on the velocity alone: that of an electron as fast.
    density = np.array([material.density_effect(r * electron) for r in ratio.flat])
    area = 2.0 * math.pi * const.CLASSICAL_ELECTRON_RADIUS_CM**2 * electron
    bracket = log - 2.0 * beta2 - density.reshape(ratio.shape)
    return np.asarray(material.electrons_per_gram * area / beta2 * bracket)
