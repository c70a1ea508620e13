"""Signal from bosons that decay in flight: in a decay volume, or not before the detector's end."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np

from ..experiments.setup import Window
from ..ground import constants as const
from ..ground.arrays import FloatArray
from ..ground.errors import ValidityError

if TYPE_CHECKING:
    from ..physics.models import Model
    from .production import Production

__all__ = [
    "FlightYield",
    "WidthLaw",
    "chance_in_window",
    "decay_rate",
    "in_window",
    "width_law",
]


_PARTS = ("total", "wanted", "invisible")


@dataclass(frozen=True, slots=True, eq=False)
class WidthLaw:
    """Widths constant + square * coupling^2 in GeV: in total, of what counts, of what is unseen.

    Parameters
    ----------
    total, wanted, invisible : array of float, shape (2, m)
        The two coefficients at each mass. A stable boson counts as wanted.
    """

    total: FloatArray
    wanted: FloatArray
    invisible: FloatArray

    def at(self, coupling: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Total width and branchings to what counts and to what is unseen.

        Parameters
        ----------
        coupling : array of float, shape (..., m)
            Free coupling.

        Returns
        -------
        tuple of array of float, shape (..., m)
            Width in GeV; branchings, 1 and 0 where the boson is stable.
        """
        squared = np.square(coupling)
        total = self.total[0] + self.total[1] * squared
        decays = total > 0.0
        safe = np.where(decays, total, 1.0)
        wanted = (self.wanted[0] + self.wanted[1] * squared) / safe
        invisible = (self.invisible[0] + self.invisible[1] * squared) / safe
        return total, np.where(decays, wanted, 1.0), np.where(decays, invisible, 0.0)


def width_law(model: Model, masses: FloatArray, channels: tuple[str, ...] = ()) -> WidthLaw:
    """Read the widths of a model off at three couplings.

    Parameters
    ----------
    model : Model
        The model.
    masses : array of float, shape (m,)
        Masses in GeV.
    channels : tuple of str, optional
        Visible final states that count; all of them if empty.

    Returns
    -------
    WidthLaw
        Coefficients.

    Raises
    ------
    ValidityError
        If a width of the model is not a constant plus a square of the coupling.
    """
    from ..physics.models.base import INVISIBLE_CHANNELS

    points = (1e-3, 1e-1, 1e-2)
    widths = [model.partial_widths(masses, np.full(masses.shape, g)) for g in points]
    zero = np.zeros(masses.shape)
    sums: dict[str, FloatArray] = {name: np.zeros((2, masses.size)) for name in _PARTS}
    for state in dict.fromkeys(name for part in widths for name in part):
        low, high, middle = (np.asarray(part.get(state, zero)) for part in widths)
        square = (high - low) / (points[1] ** 2 - points[0] ** 2)
        constant = np.maximum(low - square * points[0] ** 2, 0.0)
        # A rounding of the largest is not a constant width.
        constant[constant < 1e-9 * high] = 0.0
        off = np.abs(constant + square * points[2] ** 2 - middle)
        if not np.all(off <= 1e-8 * np.abs(middle)):
            raise ValidityError(
                f"model '{model.name}': the width to {state} is not a constant plus a square of "
                "the coupling; decays in flight need that."
            )
        both = np.stack([constant, square])
        sums["total"] += both
        unseen = state in INVISIBLE_CHANNELS
        sums["invisible"] += both if unseen else 0.0
        sums["wanted"] += both if state in channels or not (channels or unseen) else 0.0
    return WidthLaw(**sums)


@dataclass(frozen=True, slots=True, eq=False)
class FlightYield:
    """Bosons of one process that decay where they count.

    Parameters
    ----------
    model : Model
        The model.
    production : Production
        Bosons by depth, energy and mass.
    window : Window
        Where decays count.
    law : WidthLaw
        Widths of the model as functions of the coupling, see `width_law`.
    acceptance : array of float, shape (k, m), or None
        Acceptance of the decay products in the window; 1 if not given.
    """

    model: Model
    production: Production
    window: Window
    law: WidthLaw
    acceptance: FloatArray | None = None

    @classmethod
    def prepare(
        cls,
        model: Model,
        production: Production,
        window: Window,
        acceptance: FloatArray | None = None,
    ) -> Self:
        """Prepare the yield; for the parameters see the class."""
        law = width_law(model, production.masses, window.channels)
        return cls(model, production, window, law, acceptance)

    def __post_init__(self) -> None:
        last = float(np.max(self.production.depths[-1]))
        if last > self.window.start * (1.0 + 1e-9):
            raise ValidityError(
                f"decay window: starts at {self.window.start:g} cm, but bosons are made up to "
                f"{last:g} cm; limit the depth of production."
            )

    @property
    def flies(self) -> bool:
        """Where the boson decays decides: the signal can fall with the coupling."""
        return True

    def per_particle(self, coupling: FloatArray) -> FloatArray:
        """Events per beam particle, see `ProcessYield`."""
        production = self.production
        masses = production.masses
        total, seen, invisible = self.law.at(coupling)
        rate = decay_rate(total, production.energies, masses)
        result = seen * in_window(production, self.window, rate, self.acceptance)
        if self.window.invisible:
            result = result + invisible * production.total
        return np.asarray(production.strength(self.model, coupling) * result)

    def chances(self, coupling: FloatArray) -> FloatArray:
        """Probability of each boson to count.

        Parameters
        ----------
        coupling : array of float, shape (..., m)
            Free coupling of the model.

        Returns
        -------
        array of float, shape (..., k, m)
            Of bosons made in the last cell of depth, by energy and mass.
        """
        production = self.production
        total, seen, invisible = self.law.at(coupling)
        rate = decay_rate(total, production.energies, production.masses)
        inside = chance_in_window(production, self.window, rate, self.acceptance)
        found = seen[..., None, :] * inside
        return found + invisible[..., None, :] if self.window.invisible else found


def in_window(
    production: Production,
    window: Window,
    rate: FloatArray,
    acceptance: FloatArray | None = None,
) -> FloatArray:
    """Bosons at coupling 1 that decay in a window.

    Parameters
    ----------
    production : Production
        Bosons by depth, energy and mass.
    window : Window
        Where decays count; not in front of the last depth of production.
    rate : array of float, shape (..., k, m)
        One over the decay length in the laboratory, in 1/cm; finite, 0 for what is stable.
    acceptance : array of float, shape (k, m), optional
        Acceptance of the decay products.

    Returns
    -------
    array of float, shape (..., m)
        Sum over depth and energy of weight times the probability to decay between the planes,
        production being even within a cell of depth. What is stable "decays" behind every
        infinite window's start.
    """
    # With q = exp(-step/length) the sum over equal cells is a polynomial in q.
    factor = np.exp(-rate * (production.depths[1] - production.depths[0]))
    sums = np.zeros(rate.shape)
    for weights in production.weights:
        sums *= factor
        sums += weights
    sums *= chance_in_window(production, window, rate, acceptance)
    # Weights of the narrow cells next to the beam energy may be a rounding below zero.
    return np.asarray(np.maximum(sums.sum(axis=-2), 0.0))


def chance_in_window(
    production: Production,
    window: Window,
    rate: FloatArray,
    acceptance: FloatArray | None = None,
) -> FloatArray:
    """Probability to decay in a window of bosons made in the last cell of depth.

    Parameters
    ----------
    production, window, rate, acceptance
        As of `in_window`.

    Returns
    -------
    array of float, shape (..., k, m)
        Production is even within the cell, which may be a point.
    """
    turn = rate * (production.depths[1] - production.depths[0])
    found = np.where(turn > 0.0, -np.expm1(-turn) / np.where(turn > 0.0, turn, 1.0), 1.0)
    found *= np.exp(-rate * np.maximum(window.start - production.depths[-1], 0.0))
    if math.isfinite(window.end):
        found *= -np.expm1(-rate * (window.end - window.start))
    return found if acceptance is None else found * acceptance


def decay_rate(width: FloatArray, energies: FloatArray, masses: FloatArray) -> FloatArray:
    """One over the decay length in the laboratory.

    Parameters
    ----------
    width : array of float, shape (..., m)
        Width in GeV.
    energies : array of float, shape (k, m)
        Energies in GeV, at least the mass.
    masses : array of float, shape (m,)
        Masses in GeV.

    Returns
    -------
    array of float, shape (..., k, m)
        Gamma m/(hbar c p) in 1/cm, cut off at 1e60 so that it stays finite for a boson at rest.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        momentum = np.sqrt((energies - masses) * (energies + masses))
        slow = np.minimum(masses / momentum, 1e30)
    return np.asarray(np.minimum(width / const.HBARC_GEV_CM, 1e30)[..., None, :] * slow)
