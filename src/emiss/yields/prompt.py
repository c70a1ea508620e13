"""Yield where the invisible branching alone decides: dark decays are prompt, others seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray

from ..ground import constants as const
from ..ground.arrays import FloatArray
from .widths import QuadraticWidths

if TYPE_CHECKING:
    from ..physics.models import Model

__all__ = ["PromptYield"]


@dataclass(frozen=True, slots=True, eq=False)
class PromptYield:
    """Bosons made times coupling squared times the invisible branching.

    Parameters
    ----------
    model : Model
        The model.
    masses : array of float, shape (n_masses,)
        Masses in GeV.
    coefficient : array of float, shape (n_masses,)
        Bosons that pass all cuts per beam particle at g = e.
    stable : array of bool, shape (n_masses,)
        Where the boson does not decay: it is never seen.
    widths : QuadraticWidths or None
        Widths; None for a model whose widths are not quadratic in the coupling.
    flavour : str
        Lepton that radiates: ``e`` or ``mu``.
    """

    model: Model
    masses: FloatArray
    coefficient: FloatArray
    stable: NDArray[np.bool_]
    widths: QuadraticWidths | None = None
    flavour: str = "e"

    @classmethod
    def of(cls, model: Model, masses: FloatArray, coefficient: FloatArray, flavour: str) -> Self:
        """Work out the widths; for the parameters see the class."""
        widths = QuadraticWidths.of(model, masses)
        if widths is None:
            total = model.total_width(masses, np.ones(masses.shape))
        else:
            total = widths.visible + widths.neutrinos + widths.dark
        stable = total == 0.0
        return cls(model, masses, coefficient, np.asarray(stable), widths, flavour)

    def per_particle(self, coupling: FloatArray) -> FloatArray:
        """Events per beam particle, see `ProcessYield`."""
        widths = self.widths
        if widths is None:
            unit = self.model.lepton_coupling(self.flavour, coupling, self.masses)
            squared = np.square(unit / const.ELECTRIC_CHARGE)
            invisible = self.model.invisible_branching(self.masses, coupling)
        else:
            squared = widths.leptons[self.flavour] / const.ELECTRIC_CHARGE**2 * np.square(coupling)
            invisible = widths.invisible_branching(coupling)
            if widths.always_decays:
                return np.asarray(self.coefficient * squared * invisible)
        return np.asarray(self.coefficient * squared * np.where(self.stable, 1.0, invisible))
