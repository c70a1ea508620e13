"""A resonance off its mass shell: what its widths are at any s.

The propagator of X is 1/[(s - m^2)^2 + G(s)^2]. By default G(s) = sqrt(s) Gamma(s) follows the
threshold of the dark channel,

    G(s) = sqrt(s) Gamma_dark(s) + (s/m) Gamma_other(m^2),

since a width taken at s = m^2 goes to zero where m is twice the mass of the dark matter, while the
decays of a virtual X above the threshold do not. Other channels are light and have widths
proportional to sqrt(s). The real part of the self-energy is absorbed in mass and coupling. Further
forms of the width (`WIDTH_FORMS`) are G = m Gamma and G = s Gamma/m.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ...ground.errors import UnknownNameError, ValidityError
from ..models.base import FloatArray, Model, checked_coupling, checked_mass
from .arguments import WIDTH_FORMS
from .breit_wigner import FAR_CELLS

__all__ = ["WIDTH_FORMS", "Density", "Folding", "Resonance"]


@dataclass(frozen=True, slots=True, eq=False)
class Density:
    """What meets per interval of s, linear in each cell.

    Parameters
    ----------
    edges : array of float, shape (n + 1,)
        Edges in s in GeV^2, ascending.
    lower, upper : array of float, shape (n,)
        Density at both ends of each cell.
    near : (float, float)
        Squared masses in GeV^2 between which the pole is near some cell; others are far from all,
        so that their integrals need no closed form.
    """

    edges: FloatArray
    lower: FloatArray
    upper: FloatArray
    near: tuple[float, float] = field(init=False)

    def __post_init__(self) -> None:
        room = FAR_CELLS * np.diff(self.edges)
        low, high = np.min(self.edges[:-1] - room), np.max(self.edges[1:] + room)
        object.__setattr__(self, "near", (float(low), float(high)))

    def within(self, cell: NDArray[np.intp]) -> Callable[[FloatArray], FloatArray]:
        """Density as a function of s in the cells with the given indices."""
        low, base = np.take(self.edges, cell), np.take(self.lower, cell)
        rise = np.take((self.upper - self.lower) / np.diff(self.edges), cell)
        return lambda s: np.asarray(base + rise * (s - low))


@dataclass(frozen=True, slots=True, eq=False)
class Resonance:
    """X at given masses and couplings, off its mass shell.

    Parameters
    ----------
    model : Model
        Couplings and widths.
    mass, coupling : array of float, shape (k, 1)
        Masses in GeV and free couplings; a coupling of 0 stands for the limit of small coupling.
    electron : array of float, shape (k,)
        Squared coupling to electrons, per coupling squared in that limit.
    other : array of float, shape (k, 1)
        Width in GeV on the mass shell to all but dark matter.
    form : str
        One of `WIDTH_FORMS`.
    dark_alone : bool
        Whether X has no width but that of the dark matter: the limit of small coupling.
    """

    model: Model
    mass: FloatArray
    coupling: FloatArray
    electron: FloatArray
    other: FloatArray
    form: str
    dark_alone: bool = False

    @classmethod
    def of(
        cls,
        model: Model,
        mass: ArrayLike,
        coupling: ArrayLike | None,
        form: str,
        other: ArrayLike | None = None,
    ) -> Resonance:
        """Check the inputs; for the parameters see `Resonance`, all flattened to columns.

        Raises
        ------
        EmissError
            If a mass or coupling is out of range.
        ValidityError
            If no coupling is given and X does not decay to dark matter.
        UnknownNameError
            If there is no such width form.
        """
        if form not in WIDTH_FORMS:
            raise UnknownNameError("width form", form, WIDTH_FORMS)
        if coupling is None:
            m = checked_mass(mass)
            if not np.all(model.dark_width(m) > 0.0):
                raise ValidityError(
                    f"annihilation: {model.name} has no dark matter to decay to, so the resonance "
                    "has no width at small coupling; give a coupling or a dark sector."
                )
            g, electron = np.zeros_like(m), model.lepton_coupling("e", 1.0, m)
            rest = np.zeros_like(m)
        else:
            m, g = np.broadcast_arrays(checked_mass(mass), checked_coupling(coupling))
            electron = model.lepton_coupling("e", g, m)
            rest = _all_but_dark(model, m, g) if other is None else np.asarray(other)
        columns = [np.atleast_1d(a).reshape(-1, 1) for a in (m, g, rest)]
        squared = np.square(np.atleast_1d(electron)).reshape(-1)
        return cls(model, columns[0], columns[1], squared, columns[2], form, coupling is None)

    def __len__(self) -> int:
        return int(self.mass.shape[0])

    def rows(self, which: slice | NDArray[Any]) -> Resonance:
        """Return the chosen masses and couplings."""
        return Resonance(
            self.model,
            self.mass[which],
            self.coupling[which],
            self.electron[which],
            self.other[which],
            self.form,
            self.dark_alone,
        )

    @property
    def threshold(self) -> FloatArray:
        """Threshold of the dark channel in s in GeV^2, shape (k, 1); 0 without one."""
        sector = self.model.dark_sector
        return np.zeros_like(self.mass) if sector is None else sector.threshold(self.mass)

    def at(self, s: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Invisible width in GeV at s, and G(s) in GeV^2.

        Parameters
        ----------
        s : array of float, shape (n,) or (k, n)
            Squared momentum of X in GeV^2.

        Returns
        -------
        invisible, imaginary : array of float, shape (k, n)
            Width to invisible states, and imaginary part of the denominator.
        """
        root, sector = np.sqrt(s), self.model.dark_sector
        dark = 0.0 if sector is None else sector.width_at(root, self.mass)
        if self.dark_alone and self.form == "energy-dependent":
            return np.asarray(dark), np.asarray(root * dark)
        invisible = np.asarray(self.model.neutrino_width(root, self.coupling) + dark)
        if self.form == "energy-dependent":
            return invisible, np.asarray(root * dark + s * (self.other / self.mass))
        width = self.model.dark_width(self.mass) + self.other
        if self.form == "running":
            return invisible, s * (width / self.mass)
        return invisible, np.broadcast_to(
            self.mass * width, np.broadcast_shapes(s.shape, width.shape)
        )


class Folding(Protocol):
    """What makes bosons: positrons that annihilate with or without a photon."""

    @property
    def span(self) -> tuple[float, float]:
        """Smallest and largest squared mass in GeV^2 of a real boson."""

    def events(
        self,
        mass: ArrayLike,
        model: Model,
        coupling: ArrayLike | None = None,
        *,
        width_form: str = "energy-dependent",
        other_width: FloatArray | None = None,
    ) -> FloatArray:
        """Invisible bosons per beam particle, see `AnnihilationLuminosity.events`."""

    def events_of(self, resonance: Resonance) -> FloatArray:
        """The same for bosons that are known, shape (k,)."""


def _all_but_dark(model: Model, mass: FloatArray, coupling: FloatArray) -> FloatArray:
    visible = sum(model.visible_widths(mass, coupling).values(), np.zeros_like(mass))
    return np.asarray(visible + model.neutrino_width(mass, coupling))
