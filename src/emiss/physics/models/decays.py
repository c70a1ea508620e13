"""How a boson decays, at one mass and coupling: widths, branching, lifetime; excited state too."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from ...ground import constants as const
from .base import Model

__all__ = ["Decays", "decays", "excited_decays"]


@dataclass(frozen=True, slots=True)
class Decays:
    """Decays of one particle.

    Parameters
    ----------
    mass : float
        Mass in GeV.
    partial_widths : mapping of str to float
        Widths in GeV by final state.
    """

    mass: float
    partial_widths: Mapping[str, float]

    @property
    def total_width(self) -> float:
        """Total width in GeV."""
        return math.fsum(self.partial_widths.values())

    @property
    def branching(self) -> dict[str, float]:
        """Branching by final state; zeros for a stable particle."""
        total = self.total_width
        return {k: w / total if total > 0.0 else 0.0 for k, w in self.partial_widths.items()}

    @property
    def ctau_cm(self) -> float:
        """Proper decay length in cm; infinite for a stable particle."""
        return const.HBARC_GEV_CM / self.total_width if self.total_width > 0.0 else math.inf

    @property
    def lifetime_ns(self) -> float:
        """Proper lifetime in ns; infinite for a stable particle."""
        return self.ctau_cm / const.SPEED_OF_LIGHT_CM_PER_NS


def decays(model: Model, mass: float, coupling: float) -> Decays:
    """Decays of the boson of a model.

    Parameters
    ----------
    model : Model
        The model.
    mass : float
        Mass of the boson in GeV.
    coupling : float
        Free coupling.

    Returns
    -------
    Decays
        Widths in GeV keyed as `Model.partial_widths`; closed channels have width 0.

    Raises
    ------
    EmissError
        If mass or coupling is out of range.
    """
    widths = model.partial_widths(mass, coupling)
    return Decays(float(mass), {state: float(width) for state, width in widths.items()})


def excited_decays(model: Model, mass: float, coupling: float) -> Decays | None:
    """Decays of the heavier of two split dark-matter states.

    Parameters
    ----------
    model : Model
        The model.
    mass : float
        Mass of the boson in GeV.
    coupling : float
        Free coupling.

    Returns
    -------
    Decays or None
        Widths in GeV of chi_2 keyed as `inelastic.excited_widths`; None where there is no split
        pair coupled to a vector.

    Raises
    ------
    EmissError
        If mass or coupling is out of range, or chi_2 decays to a real boson.
    """
    from .inelastic import excited_widths

    sector = model.dark_sector
    if sector is None or sector.splitting == 0.0 or model.boson != "vector":
        return None
    widths = excited_widths(model, mass, coupling)
    excited = float(sector.chi_mass(mass)) * (1.0 + sector.splitting)
    return Decays(excited, {state: float(width) for state, width in widths.items()})
