"""Positrons of the shower, or of the beam, that annihilate with atomic electrons."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ...experiments.setup import Setup, Window
from ...ground.arrays import FloatArray
from ..annihilation import CITATIONS, AnnihilationYield, annihilation_yield
from ..fate import Fate
from ..flight import FlightYield
from ..grouping import depths_of_tracks
from ..production import Production, annihilation_production
from ..semivisible import SemiVisibleYield, semivisible_yield
from ..widths import QuadraticWidths
from .base import Process, ProcessYield, Request, couples_to_lepton

__all__ = ["PROCESS"]


TITLE = "annihilation"


@dataclass(frozen=True, slots=True, eq=False)
class SumYield:
    """Sum of contributions to one process."""

    parts: tuple[ProcessYield, ...]

    def per_particle(self, coupling: FloatArray) -> FloatArray:
        """Events per beam particle, see `ProcessYield`."""
        return np.asarray(sum(part.per_particle(coupling) for part in self.parts))


@dataclass(frozen=True, slots=True, eq=False)
class KeptAnnihilation:
    """Annihilation to excited dark matter, less the events in which its decay is seen.

    Parameters
    ----------
    whole : AnnihilationYield
        All annihilations to dark matter.
    kept : SemiVisibleYield
        A unit of production per mass with the energy of the resonance.
    """

    whole: AnnihilationYield
    kept: SemiVisibleYield

    def per_particle(self, coupling: FloatArray) -> FloatArray:
        """Events per beam particle, see `ProcessYield`."""
        return np.asarray(self.whole.per_particle(coupling) * self.kept.kept(coupling))


def _resonances(setup: Setup, masses: FloatArray, boson: str) -> Production:
    """On-shell bosons of annihilation, in one cell of depth."""
    made = annihilation_production(setup, math.inf, masses, boson)
    weights = made.weights.sum(axis=0)[None]
    depths = depths_of_tracks(setup, ("e+",), made.energies)
    return Production(masses, depths, made.energies, weights, "electron")


def _kept_annihilation(
    setup: Setup, whole: AnnihilationYield, resonances: Production, window: Window
) -> KeptAnnihilation:
    masses = resonances.masses
    # Off the resonance the positron's energy is somewhere between the threshold and the beam's.
    energies = np.clip(resonances.energies, setup.min_missing_energy, setup.beam_energy)
    unit = Production(
        masses,
        resonances.depths,
        np.maximum(energies, masses),
        np.ones((1, 1, masses.size)),
        "electron",
    )
    return KeptAnnihilation(whole, semivisible_yield(whole.model, unit, window))


def _prepare(request: Request) -> Mapping[str, ProcessYield]:
    setup, model, masses, fate = request.setup, request.model, request.masses, request.fate
    if fate.kind == "volume":
        made = annihilation_production(setup.source, setup.length, masses, model.boson)
        return {TITLE: fate.of(model, made)} if np.any(made.total > 0.0) else {}
    widths = QuadraticWidths.of(model, masses) if fate.kind == "prompt" else None
    whole = annihilation_yield(
        setup.source,
        model,
        masses,
        electron_motion=request.options.electron_motion,
        widths=widths,
        radiation=request.options.associated and fate.kind == "prompt",
        elements=setup.producing or None,
    )
    if fate.kind == "prompt":
        return {TITLE: whole}
    resonances = _resonances(setup.source, masses, model.boson)
    return {TITLE: _flying(request, fate, whole, resonances)}


def _flying(
    request: Request, fate: Fate, whole: AnnihilationYield, resonances: Production
) -> ProcessYield:
    assert fate.window is not None
    if fate.kind == "excited":
        return _kept_annihilation(request.setup, whole, resonances, fate.window)
    # Dark decays are in the whole yield, at any distance from the resonance.
    escaped = FlightYield.prepare(request.model, resonances, Window(fate.window.start))
    has_dark = bool(np.any(request.model.invisible_branching(request.masses, 1e-4) > 0.0))
    return SumYield((whole, escaped)) if has_dark else escaped


PROCESS = Process(
    name="annihilation",
    title=TITLE,
    couples=couples_to_lepton("e"),
    prepare=_prepare,
    citations=CITATIONS,
    needs="electrons",
    reaction="e+ e- -> X* -> invisible on atomic electrons",
    method="full Breit-Wigner, optional motion of the electrons",
)
