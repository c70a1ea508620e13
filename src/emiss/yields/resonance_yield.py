"""Events of annihilation as a function of the coupling, through a boson of any width."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from ..ground import constants as const
from ..ground.arrays import FloatArray
from .widening import LastAsked, Widening
from .widths import QuadraticWidths

if TYPE_CHECKING:
    from ..physics.models import Model
    from ..physics.processes.annihilation import PreparedAnnihilation
    from ..physics.processes.resonance import Resonance

__all__ = ["AnnihilationYield", "NarrowYield", "resonance_of"]


@dataclass(frozen=True, slots=True, eq=False)
class AnnihilationYield:
    """Annihilation through a boson of any width to invisible states, with or without a photon.

    Parameters
    ----------
    model : Model
        The model.
    masses : array of float, shape (n_masses,)
        Masses in GeV.
    prepared : PreparedAnnihilation
        Luminosity with the slope at small coupling worked out at the masses.
    widths : QuadraticWidths or None
        Widths; None for a model whose widths are not quadratic in the coupling.
    smooth : bool
        The rate varies little over the boson's width, so that visible decays lower it by the
        branching alone, but for what they add to the width over the mass.
    """

    model: Model
    masses: FloatArray
    prepared: PreparedAnnihilation
    widths: QuadraticWidths | None = None
    smooth: bool = False
    _widening: Widening | None = field(default=None, init=False, repr=False)
    _last: LastAsked = field(default_factory=LastAsked, init=False, repr=False)

    def __post_init__(self) -> None:
        slope = self.prepared.slope
        if self.widths is None or self.smooth or slope is None:
            return
        found = Widening.of(self.widths, slope, self.masses, self.prepared.luminosity.span)
        object.__setattr__(self, "_widening", found)

    def per_particle(self, coupling: FloatArray) -> FloatArray:
        """Events per beam particle, see `ProcessYield`."""
        slope = self.prepared.slope
        if self.widths is None:
            return self.prepared.events(coupling)
        if slope is None:
            return self._last.get(coupling, self._at_each)
        # As `PreparedAnnihilation`, with the widths at hand.
        squared = np.square(coupling)
        events = np.asarray(slope * squared)
        added = self.widths.visible * squared
        if self._widening is None:  # the rate is smooth
            return np.asarray(events * (self.widths.dark / (self.widths.dark + added)))
        return self._widening.apply(events, added, coupling, self._at_each)

    def _at_each(self, coupling: FloatArray, where: Any = ...) -> FloatArray:
        """Events with the Breit-Wigner integrated for each coupling, of some of the elements."""
        assert self.widths is not None
        widths, squared = self.widths, np.square(coupling)
        other = widths.visible + widths.neutrinos
        columns = (self.masses, coupling, widths.leptons["e"] * squared, other * squared)
        each = [np.broadcast_to(one, coupling.shape)[where] for one in columns]
        found = resonance_of(self.model, *(one.ravel() for one in each))
        return self.prepared.luminosity.events_of(found).reshape(each[0].shape)


@dataclass(frozen=True, slots=True, eq=False)
class NarrowYield:
    """Bosons without dark matter, whose width is of the order of the coupling squared.

    Parameters
    ----------
    model : Model
        The model.
    masses : array of float, shape (n_masses,)
        Masses in GeV.
    rate : array of float, shape (n_masses,)
        Bosons per beam particle at g = e.
    widths : QuadraticWidths
        Widths.
    """

    model: Model
    masses: FloatArray
    rate: FloatArray
    widths: QuadraticWidths

    def per_particle(self, coupling: FloatArray) -> FloatArray:
        """Events per beam particle, see `ProcessYield`."""
        strength = self.widths.leptons["e"] / const.ELECTRIC_CHARGE**2 * np.square(coupling)
        return np.asarray(self.rate * strength * self.widths.invisible_branching(coupling))


def resonance_of(
    model: Model,
    masses: FloatArray,
    coupling: FloatArray,
    electron: FloatArray,
    other: FloatArray,
    *,
    dark_alone: bool = False,
) -> Resonance:
    """`Resonance.of` with couplings to electrons, squared, and widths at hand; all shape (k,)."""
    from ..physics.processes.resonance import Resonance

    columns = (masses[:, None], coupling[:, None], electron, other[:, None])
    return Resonance(model, *columns, "energy-dependent", dark_alone)
