"""Widths of a boson at fixed masses for many couplings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from ..ground.arrays import FloatArray
from ..ground.recent import Recent

if TYPE_CHECKING:
    from ..physics.models import Model

__all__ = ["QuadraticWidths", "dark_width"]


_PROBES = np.array([[1e-3], [1.0]])
_SAME = 1e-9
_FLAVOURS = ("e", "mu")
_WIDTHS: Recent[list[Any]] = Recent(8)
_DARK: Recent[FloatArray] = Recent(8)


def dark_width(model: Model, masses: FloatArray) -> FloatArray:
    """`Model.dark_width`, kept: every process and every setup asks for it.

    Parameters
    ----------
    model : Model
        The model.
    masses : array of float, shape (n_masses,)
        Masses in GeV.

    Returns
    -------
    array of float, shape (n_masses,)
        Width in GeV; not to be changed.
    """
    return _DARK.get((model, masses.tobytes()), lambda: model.dark_width(masses))


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
    always_decays : bool
        Whether the boson decays to dark matter at all masses, whatever the coupling.
    """

    visible: FloatArray
    neutrinos: FloatArray
    dark: FloatArray
    leptons: Mapping[str, FloatArray]
    always_decays: bool = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "always_decays", bool(np.all(self.dark > 0.0)))

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
        found = np.empty((2 + len(_FLAVOURS), 2, masses.size))
        found[0] = sum(model.visible_widths(masses, _PROBES).values(), 0.0)
        found[1] = model.neutrino_width(masses, _PROBES)
        for row, flavour in enumerate(_FLAVOURS, 2):
            found[row] = np.square(model.lepton_coupling(flavour, _PROBES, masses))
        found /= np.square(_PROBES)
        small, unit = found[:, 0], found[:, 1]
        if not np.all(np.abs(small - unit) <= _SAME * unit):
            return None
        strengths = dict(zip(_FLAVOURS, unit[2:], strict=True))
        return cls(unit[0], unit[1], dark_width(model, masses), strengths)

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
