"""Positrons of the shower, or of the beam, that annihilate with atomic electrons."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from ..annihilation import CITATIONS, annihilation_yield
from ..annihilation_in_flight import in_flight
from ..grouping import depths_of_tracks
from ..off_shell import off_shell_production
from ..positrons import annihilation_luminosity
from ..production import Production, annihilation_production
from ..radiated import soft_production
from ..widths import QuadraticWidths
from .base import Process, ProcessYield, Request, couples_to_lepton

__all__ = ["PROCESS"]


TITLE = "annihilation"


def _on_shell(request: Request) -> Production:
    """Bosons on their mass shell in one cell of depth."""
    setup, masses, boson = request.setup.source, request.masses, request.model.boson
    if request.radiates:
        return soft_production(setup, masses, boson)
    made = annihilation_production(setup, math.inf, masses, boson)
    weights = made.weights.sum(axis=0)[None]
    depths = depths_of_tracks(setup, ("e+",), made.energies)
    return Production(masses, depths, made.energies, weights, "electron")


def _prepare(request: Request) -> Mapping[str, ProcessYield]:
    setup, model, masses, fate = request.setup, request.model, request.masses, request.fate
    source, options = setup.source, request.options
    if fate.kind == "volume":
        # Photons before it make less than half a per cent of the bosons that such a search can see.
        made = annihilation_production(source, setup.length, masses, model.boson)
        return {TITLE: fate.of(model, made)} if np.any(made.total > 0.0) else {}
    widths = QuadraticWidths.of(model, masses) if fate.kind == "prompt" else None
    motion, elements = options.electron_motion, setup.producing or None
    whole = annihilation_yield(
        source,
        model,
        masses,
        electron_motion=motion,
        widths=widths,
        radiation=request.radiates,
        elements=elements,
    )
    if fate.kind == "prompt":
        return {TITLE: whole}
    if fate.kind == "excited":
        luminosity = annihilation_luminosity(
            source, motion, radiation=request.radiates, elements=elements
        )
        made = off_shell_production(source, luminosity, model, masses, radiation=request.radiates)
    else:
        made = _on_shell(request)
    return {TITLE: in_flight(model, fate, whole, made)}


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
