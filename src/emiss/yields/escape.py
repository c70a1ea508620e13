"""Probability that a boson leaves nothing in the detector: dark decays, or escape before decay.

    P(E, m, g) = BR_inv + (1 - BR_inv) exp(-L/(gamma beta c tau)),

L from the front of the dump to the end of the last calorimeter. A boson that decays visibly inside
is not missing energy, so that a search turns itself off at couplings where it is short-lived.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..ground.arrays import FloatArray
from ..ground.errors import EmissError
from ..ground.guards import check_fields, instance, number
from .flight import decay_rate
from .widths import dark_width

if TYPE_CHECKING:
    from ..physics.models import Model

__all__ = ["DECAY_LENGTHS", "Escape", "always_decays_inside", "invisible_probability"]


DECAY_LENGTHS = 40.0
"""exp(-40) = 4e-18: what has so many decay lengths to fly does not escape."""


def invisible_probability(
    model: Model,
    energies: FloatArray,
    masses: FloatArray,
    coupling: FloatArray,
    length: float,
) -> FloatArray:
    """Probability that a boson of given energy leaves nothing in the detector.

    Parameters
    ----------
    model : Model
        The model.
    energies : array of float, shape (k,), (k, 1) or (k, m)
        Energies in GeV, at least the masses.
    masses : array of float, shape (m,)
        Masses in GeV.
    coupling : array of float, shape (..., m)
        Free coupling of the model.
    length : float
        Distance in cm to the end of the detector; infinite if nothing escapes.

    Returns
    -------
    array of float, shape (..., k, m)
        BR_inv + (1 - BR_inv) exp(-length/decay length); 1 for a stable boson.

    Raises
    ------
    EmissError
        If the length is negative or not a number, or an energy is below the mass.
    """
    if not length >= 0.0:
        raise EmissError(f"escape: the length {length:g} cm must be a number from 0 up.")
    grid = np.asarray(energies, dtype=np.float64)
    grid = grid[:, None] if grid.ndim == 1 else grid
    grid, mass = np.broadcast_arrays(grid, masses)
    if not np.all(grid >= mass * (1.0 - 1e-12)):
        raise EmissError("escape: energies must be at least the mass.")
    width = model.total_width(masses, coupling)
    rate = decay_rate(np.asarray(width), np.maximum(grid, mass), masses)
    with np.errstate(invalid="ignore"):
        lengths = np.where(rate > 0.0, rate * length, 0.0)
    invisible = model.invisible_branching(masses, coupling)[..., None, :]
    return np.asarray(invisible + (1.0 - invisible) * np.exp(-lengths))


@dataclass(frozen=True, slots=True)
class Escape:
    """`invisible_probability` of one model and detector, as yields take it.

    Parameters
    ----------
    model : Model
        The model.
    length : float
        Distance in cm from the front of the dump to the end of the detector.
    """

    model: Model
    length: float

    def __post_init__(self) -> None:
        check_fields(self, {"model": instance("Model"), "length": number(0.0, math.inf, "cm")})

    def __call__(
        self, energies: FloatArray, masses: FloatArray, coupling: FloatArray
    ) -> FloatArray:
        """Probability for energies (k, 1) and couplings (..., 1, m)."""
        floor = np.maximum(energies, masses)
        return invisible_probability(self.model, floor, masses, coupling[..., 0, :], self.length)


def always_decays_inside(
    model: Model, masses: FloatArray, energy: float, length: float
) -> NDArray[np.bool_]:
    """Whether dark decays alone are so fast that no boson ever escapes undecayed.

    Parameters
    ----------
    model : Model
        The model.
    masses : array of float, shape (m,)
        Masses in GeV.
    energy : float
        Largest energy of the boson in GeV.
    length : float
        Distance in cm to the end of the detector.

    Returns
    -------
    array of bool, shape (m,)
        True if the width to dark matter makes more than 40 decay lengths of that distance; the
        escape probability is then the invisible branching to rounding.
    """
    energies = np.maximum(energy, masses)[None, :]
    rate = decay_rate(dark_width(model, masses), energies, masses)[0]
    return np.asarray(rate * length > DECAY_LENGTHS)
