"""Bremsstrahlung of beam muons in the target, with the scattered muon measured behind it."""

from __future__ import annotations

import functools

import numpy as np

from ...experiments.setup import Setup
from ...ground.arrays import FloatArray
from ..acceptance import recoil
from ..acceptance.recoil_tables import MUONS
from .base import Process, couples_to_lepton
from .scattering import Scattering

__all__ = ["PROCESS", "SCATTERING"]


CITATIONS = (*recoil.CITATIONS, "Groom:2001kq")

_ENERGY_CELLS = (0.05, 0.25, 0.5, 0.75, 0.88, 0.95, 0.98, 0.99, 0.994, 0.996, 0.998, 1.0)
"""Edges of cells of the muon's energy over the beam energy; cross-sections are smooth in it."""


@functools.lru_cache(maxsize=16)
def _track(setup: Setup) -> tuple[FloatArray, FloatArray]:
    """Energies in GeV and path in cm of the muon in the target."""
    from ...physics.shower.muon_transport import muon_track_length

    edges = setup.beam_energy * np.array(_ENERGY_CELLS)
    track = muon_track_length(setup.material, setup.beam_energy, setup.length, edges)
    return 0.5 * (edges[1:] + edges[:-1]), track.length_cm


SCATTERING = Scattering("muon bremsstrahlung", "muon", "mu", _track, MUONS)
"""Production and acceptance."""

PROCESS = Process(
    name="muon_bremsstrahlung",
    title=SCATTERING.title,
    couples=couples_to_lepton("mu"),
    prepare=SCATTERING.prepare,
    citations=CITATIONS,
    needs="muons",
    flavour="mu",
    total=SCATTERING.total,
    reaction="mu N -> mu N X (X = V, A, S, P)",
    method="exact tree level, sampled recoil of the muon",
    scattered=SCATTERING.tables,
)
