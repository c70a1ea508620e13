"""Positrons that radiate a hard photon and annihilate to the boson: e+ e- -> gamma X.

Its soft part is with annihilation. Where bosons are followed in flight it is left out, and
annihilation counts without photons.
"""

from __future__ import annotations

from collections.abc import Mapping

from ..annihilation import ASSOCIATED_CITATIONS, associated_yield
from ..widths import QuadraticWidths
from .base import Process, ProcessYield, Request, couples_to_lepton

__all__ = ["PROCESS"]

TITLE = "associated production"


def _prepare(request: Request) -> Mapping[str, ProcessYield]:
    if request.fate.kind != "prompt" or not request.options.associated:
        return {}
    model, masses = request.model, request.masses
    widths = QuadraticWidths.of(model, masses)
    setup = request.setup.source
    made = associated_yield(setup, model, masses, widths=widths, elements=setup.producing or None)
    return {TITLE: made}


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
