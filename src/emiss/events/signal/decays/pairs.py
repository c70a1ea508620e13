"""Bosons that decay to two particles of the same mass, isotropically in their rest frame.

Exact for scalars and for unpolarised vectors. A vector radiated by an electron is polarised, which
changes the angle of its leptons to the flight by a factor between 1 - cos^2 and 1 + cos^2: that is
left out.
"""

from __future__ import annotations

import numpy as np

from ....ground.arrays import FloatArray
from ....ground.constants import ELECTRON_MASS, MUON_MASS
from ....physics.models import Model
from ..kinematics import invariant_mass, two_body
from .base import Decay

__all__ = ["DECAYS"]


def _pair(name: str, title: str, first: str, second: str, daughter: float) -> Decay:
    def draw(
        parents: FloatArray, model: Model, mass: float, random: np.random.Generator
    ) -> tuple[FloatArray, ...]:
        whole = np.maximum(invariant_mass(parents), 1e-9)
        half = np.minimum(daughter, 0.5 * whole)
        return two_body(parents, whole, half, half, random.random((len(parents), 2)))

    return Decay(name, title, False, (first, second), draw)


DECAYS = (
    _pair("e+e-", "to an electron pair", "e-", "e+", ELECTRON_MASS),
    _pair("mu+mu-", "to a muon pair", "mu-", "mu+", MUON_MASS),
    _pair("gamma gamma", "to two photons", "gamma", "gamma", 0.0),
    _pair("nu nu", "to neutrinos", "neutrino", "neutrino", 0.0),
)
