"""Electrons behind the thin target in which they made a boson."""

from __future__ import annotations

from typing import Final

import numpy as np

from ...events.transport import Settings, Thresholds
from ...experiments.setup import Setup
from ...ground.arrays import FloatArray
from ...ground.constants import ELECTRON_MASS
from ..acceptance.recoil_electrons import CUTS, cut_flow, lowest_share
from .recoils import Recoiling, Released

__all__ = ["ELECTRONS"]

_POSITRON: Final = 1
"""Kind of exits up to which they are electrons or positrons."""


def _least(setup: Setup) -> float:
    return lowest_share(setup) * setup.beam_energy


def _behind(released: Released) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """The fastest electron; all that leaves forwards gets to the calorimeter behind."""
    count, exits = released.start.size, released.exits
    seen = np.asarray(np.bincount(exits[:, 0].astype(np.int64), exits[:, 2], count), np.float64)
    electrons = exits[exits[:, 1] <= _POSITRON]
    # of several rows of one event the last is kept: that of the highest energy
    electrons = electrons[np.argsort(electrons[:, 2], kind="stable")]
    event = electrons[:, 0].astype(np.int64)
    momentum, position, slope = np.zeros(count), np.zeros((count, 2)), np.zeros((count, 2))
    momentum[event] = np.sqrt(electrons[:, 2] * (electrons[:, 2] + 2.0 * ELECTRON_MASS))
    position[event] = electrons[:, 3:5]
    slope[event] = electrons[:, 6:8] / electrons[:, 8:9]
    return momentum, position, slope, seen


ELECTRONS: Final = Recoiling(
    process="thin_bremsstrahlung",
    title="bremsstrahlung",
    flavour="e",
    unit="electron",
    settings=Settings(Thresholds(1e-3, 1e-4), cut=1e-3),
    least=_least,
    behind=_behind,
    cuts=CUTS,
    cut_flow=cut_flow,
)
"""Missing momentum of electrons in a thin target."""
