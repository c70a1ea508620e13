"""Bremsstrahlung of beam electrons in a thin target, with the scattered electron tracked behind it.

The path at each energy is the thickness times the share of the beam at that energy; what electrons
radiate before the vertex is part of the acceptance.
"""

from __future__ import annotations

from ...experiments.setup import Setup
from ...ground.arrays import FloatArray
from ..acceptance import recoil_electrons
from ..acceptance.recoil_electron_tables import ELECTRONS
from .base import Process, couples_to_lepton
from .scattering import Scattering

__all__ = ["PROCESS", "SCATTERING"]


CITATIONS = recoil_electrons.CITATIONS


def _path(setup: Setup) -> tuple[FloatArray, FloatArray]:
    """Energies in GeV of the beam, and path in cm in the target at each."""
    energies, weights = recoil_electrons.beam_nodes(setup)
    return energies, weights * setup.length


SCATTERING = Scattering("bremsstrahlung", "electron", "e", _path, ELECTRONS)
"""Production and acceptance."""

PROCESS = Process(
    name="thin_bremsstrahlung",
    title=SCATTERING.title,
    couples=couples_to_lepton("e"),
    prepare=SCATTERING.prepare,
    citations=CITATIONS,
    needs="electrons",
    total=SCATTERING.total,
    reaction="e N -> e N X (X = V, A, S, P) in a thin target",
    method="exact tree level, sampled recoil of the electron",
    scattered=SCATTERING.tables,
)
