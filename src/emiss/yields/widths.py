"""Widths of a boson at fixed masses for many couplings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np

from ..ground.arrays import FloatArray

if TYPE_CHECKING:
    from ..models import Model

__all__ = ["QuadraticWidths"]


_PROBES = (1e-3, 1.0)


@dataclass(frozen=True, slots=True, eq=False)
class QuadraticWidths:
    """Widths of a model in which all but the dark one go with the coupling squared.

    Parameters
    ----------
    visible, neutrinos : array of float, shape (n_masses,)
        Width over coupling squared, in GeV.
    dark : array of float, shape (n_masses,)
        Width to dark matter in GeV.
    """

    visible: FloatArray
    neutrinos: FloatArray
    dark: FloatArray

    @classmethod
    def of(cls, model: Model, masses: FloatArray) -> Self | None:
        """Work the widths out.

        Parameters
        ----------
        model : Model
            The model.
        masses : array of float, shape (n_masses,)
            Masses in GeV.

        Returns
        -------
        QuadraticWidths or None
            None where two couplings show that the widths are not quadratic.
        """
        found = []
        for coupling in _PROBES:
            visible = sum(model.visible_widths(masses, coupling).values(), np.zeros(masses.size))
            both = np.stack([visible, model.neutrino_width(masses, coupling)])
            found.append(both / coupling**2)
        if not np.allclose(found[0], found[1], rtol=1e-9, atol=0.0):
            return None
        return cls(found[1][0], found[1][1], model.dark_width(masses))

    def invisible_branching(self, coupling: FloatArray) -> FloatArray:
        """Probability to decay to dark matter or neutrinos; 0 where the boson is stable.

        Parameters
        ----------
        coupling : array of float, shape (..., n_masses)
            Free coupling of the model.

        Returns
        -------
        array of float
            The same as `Model.invisible_branching`.
        """
        squared = np.square(coupling)
        invisible = self.neutrinos * squared + self.dark
        total = self.visible * squared + invisible
        out = np.zeros_like(total)
        return np.asarray(np.divide(invisible, total, out=out, where=total > 0.0))
