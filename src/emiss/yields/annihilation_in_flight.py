"""Annihilation whose bosons, or whose dark matter, fly: what of them counts."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ..experiments.setup import Window
from ..ground.arrays import FloatArray
from ..physics.models import Model
from .fate import Fate
from .flight import FlightYield
from .production import Production
from .resonance_yield import AnnihilationYield, NarrowYield
from .semivisible import SemiVisibleYield, semivisible_yield

__all__ = ["in_flight"]

Whole = AnnihilationYield | NarrowYield


@dataclass(frozen=True, slots=True, eq=False)
class SumYield:
    """Decays to what is not seen, and bosons that escape.

    Parameters
    ----------
    whole : AnnihilationYield or NarrowYield
        Dark decays, at any distance from the resonance.
    escaped : FlightYield
        On-shell bosons that decay visibly behind the detector.
    """

    whole: Whole
    escaped: FlightYield

    def per_particle(self, coupling: FloatArray) -> FloatArray:
        """Events per beam particle, see `ProcessYield`."""
        return self.whole.per_particle(coupling) + self.escaped.per_particle(coupling)


@dataclass(frozen=True, slots=True, eq=False)
class KeptAnnihilation:
    """Annihilation to excited dark matter, less the events in which its decay is seen.

    Parameters
    ----------
    whole : AnnihilationYield or NarrowYield
        All annihilations to dark matter.
    kept : SemiVisibleYield
        A unit of production per mass with the energies of the bosons.
    """

    whole: Whole
    kept: SemiVisibleYield

    def per_particle(self, coupling: FloatArray) -> FloatArray:
        """Events per beam particle, see `ProcessYield`."""
        return np.asarray(self.whole.per_particle(coupling) * self.kept.kept(coupling))


def in_flight(
    model: Model, fate: Fate, whole: Whole, made: Production
) -> SumYield | KeptAnnihilation | FlightYield:
    """Yield of annihilation where what is made flies.

    Parameters
    ----------
    model : Model
        The model.
    fate : Fate
        ``escape`` or ``excited``.
    whole : AnnihilationYield or NarrowYield
        Decays to what is not seen at once, at any distance from the resonance.
    made : Production
        Bosons in one cell of depth: for ``escape`` those on their mass shell, for ``excited`` all,
        in any unit.

    Returns
    -------
    SumYield, KeptAnnihilation or FlightYield
        Events that count; of a boson without dark decays those that escape.
    """
    assert fate.window is not None
    if fate.kind == "excited":
        return KeptAnnihilation(whole, _kept(model, made, fate.window))
    escaped = FlightYield.prepare(model, made, Window(fate.window.start))
    has_dark = bool(np.any(model.invisible_branching(made.masses, 1e-4) > 0.0))
    return SumYield(whole, escaped) if has_dark else escaped


def _kept(model: Model, made: Production, window: Window) -> SemiVisibleYield:
    total = made.total
    even = np.full_like(made.weights, 1.0 / made.weights.shape[1])
    weights = np.divide(made.weights, total, out=even, where=total > 0.0)
    return semivisible_yield(model, replace(made, weights=weights), window)
