"""Dark bremsstrahlung of muons, exact tree level."""

from __future__ import annotations

import numpy as np

from ....ground.arrays import FloatArray
from ....physics.models import Model
from ..source import Emitter
from .bremsstrahlung import draw, rate

__all__ = ["EMITTER"]


def _couples(model: Model, masses: FloatArray) -> bool:
    return bool(np.any(model.lepton_coupling("mu", 1.0, masses) > 0.0))


EMITTER = Emitter(
    name="muon_bremsstrahlung",
    title="muon bremsstrahlung",
    kinds=(3, 4),
    coupling="mu",
    couples=_couples,
    rate=lambda material, energies, source: rate(material, energies, source, "mu-"),
    draw=lambda material, energies, source, random: draw(material, energies, source, random, "mu-"),
)
