"""Muons behind the target in which they made a boson."""

from __future__ import annotations

from typing import Final

import numpy as np

from ...events.transport import Settings, Thresholds
from ...experiments.setup import Setup
from ...ground.arrays import FloatArray
from ...ground.constants import MUON_MASS
from ..acceptance.recoil_cuts import CUTS, cut_flow
from .recoils import Recoiling, Released

__all__ = ["MUONS"]

_MUON: Final = 3
"""Kind of exits from which they are muons."""


def _least(setup: Setup) -> float:
    return setup.lowest_share * setup.beam_energy


def _behind(released: Released) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """The muon; what it lost in the target is in the calorimeter, which is the target."""
    made, count = released.made, released.start.size
    muons = released.exits[released.exits[:, 1] >= _MUON]
    event = muons[:, 0].astype(np.int64)
    momentum, position, slope = np.zeros(count), np.zeros((count, 2)), np.zeros((count, 2))
    momentum[event] = np.sqrt(np.maximum(muons[:, 2] ** 2 - MUON_MASS**2, 0.0))
    position[event] = muons[:, 3:5]
    slope[event] = muons[:, 6:8] / muons[:, 8:9]
    left = released.start.copy()
    left[made.event] -= made.boson[:, 0]
    left[event] -= muons[:, 2]
    return momentum, position, slope, left


MUONS: Final = Recoiling(
    process="muon_bremsstrahlung",
    title="muon bremsstrahlung",
    flavour="mu",
    unit="muon",
    # only muons are followed: what they lose stays in the target
    settings=Settings(Thresholds(1e-3, 1e-3), cut=1e4),
    least=_least,
    behind=_behind,
    cuts=CUTS,
    cut_flow=cut_flow,
)
"""Missing momentum of muons."""
