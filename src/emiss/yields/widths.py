"""Widths of a boson at fixed masses for many couplings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from ..ground.arrays import FloatArray
from ..ground.recent import Recent

if TYPE_CHECKING:
    from ..physics.models import Model

__all__ = ["QuadraticWidths"]


_PROBES = (1e-3, 1.0)
_SAME = 1e-9
_FLAVOURS = ("e", "mu")
_WIDTHS: Recent[list[Any]] = Recent(8)


@dataclass(frozen=True, slots=True, eq=False)
class QuadraticWidths:
    """Widths in which all but the dark one go with the coupling squared, and so the rates.

    Parameters
    ----------
    visible, neutrinos : array of float, shape (n_masses,)
        Width over coupling squared, in GeV.
    dark : array of float, shape (n_masses,)
        Width to dark matter in GeV.
    leptons : mapping of str to array of float, shape (n_masses,)
        Square of the coupling to each lepton over the free coupling squared.
    """

    visible: FloatArray
    neutrinos: FloatArray
    dark: FloatArray
    leptons: Mapping[str, FloatArray]

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
        key = (model, masses.tobytes())
        found: list[Self | None] = _WIDTHS.get(key, lambda: [cls._of(model, masses)])
        return found[0]

    @classmethod
    def _of(cls, model: Model, masses: FloatArray) -> Self | None:
        found = []
        for coupling in _PROBES:
            visible = sum(model.visible_widths(masses, coupling).values(), np.zeros(masses.size))
            leptons = [
                np.square(model.lepton_coupling(flavour, coupling, masses)) for flavour in _FLAVOURS
            ]
            both = np.stack([visible, model.neutrino_width(masses, coupling), *leptons])
            found.append(both / coupling**2)
        if not np.all(np.abs(found[0] - found[1]) <= _SAME * found[1]):
            return None
        visible, neutrinos, *leptons = found[1]
        strengths = dict(zip(_FLAVOURS, leptons, strict=True))
        return cls(visible, neutrinos, model.dark_width(masses), strengths)

    @property
    def always_decays(self) -> bool:
        """Whether the boson decays to dark matter at all masses, whatever the coupling."""
        return bool(np.all(self.dark > 0.0))

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
        if self.always_decays:
            return np.asarray(invisible / total)
        out = np.zeros_like(total)
        return np.asarray(np.divide(invisible, total, out=out, where=total > 0.0))
