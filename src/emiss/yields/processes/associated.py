"""Positrons that radiate a hard photon and annihilate to the boson: e+ e- -> gamma X.

Its soft part is with annihilation. Searches for visible decays in a volume leave it out.
"""

from __future__ import annotations

from collections.abc import Mapping

from ..annihilation import ASSOCIATED_CITATIONS, associated_yield
from ..annihilation_in_flight import in_flight
from ..off_shell import off_shell_associated
from ..radiated import associated_production
from ..widths import QuadraticWidths
from .base import Process, ProcessYield, Request, couples_to_lepton

__all__ = ["PROCESS"]

TITLE = "associated production"


def _prepare(request: Request) -> Mapping[str, ProcessYield]:
    model, masses, fate = request.model, request.masses, request.fate
    if not request.radiates:
        return {}
    setup = request.setup.source
    widths = QuadraticWidths.of(model, masses)
    whole = associated_yield(setup, model, masses, widths=widths, elements=setup.producing or None)
    if fate.kind == "prompt":
        return {TITLE: whole}
    if fate.kind == "excited":
        made = off_shell_associated(setup, model, masses)
    else:
        made = associated_production(setup, masses, model.boson)
    return {TITLE: in_flight(model, fate, whole, made)}


PROCESS = Process(
    name="associated",
    title=TITLE,
    couples=couples_to_lepton("e"),
    prepare=_prepare,
    citations=ASSOCIATED_CITATIONS,
    needs="electrons",
    reaction="e+ e- -> gamma X",
    method="exact tree level, joined with the resonance",
)
