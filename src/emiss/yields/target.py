"""The target of a setup as a stack, and its beam."""

from __future__ import annotations

import functools
import math
from dataclasses import replace
from typing import Final

import numpy as np

from ..events.transport import Beam, Slab, Stack
from ..experiments.setup import SMEARING_REACH, Setup
from ..ground.arrays import FloatArray

__all__ = ["DEEPEST", "beam_rows", "stack_of"]

DEEPEST: Final = 30.0
"""Depth in radiation lengths of a target whose length is not known."""


@functools.lru_cache(maxsize=32)
def stack_of(setup: Setup) -> Stack:
    """Layers of the target of a setup, or its mean composition, infinitely wide.

    Parameters
    ----------
    setup : Setup
        Beam and target.

    Returns
    -------
    Stack
        As long as the target; 30 radiation lengths where that is not known.
    """
    material = setup.material
    length = setup.length
    if not math.isfinite(length):
        length = DEEPEST * material.radiation_length_cm
    if not material.layers:
        return Stack((Slab(replace(material, length=None), length),))
    period = sum(thickness for _, thickness in material.layers)
    return Stack.sandwich(replace(material, length=period * max(1, round(length / period))))


def beam_rows(setup: Setup, count: int, key: tuple[int, int]) -> FloatArray:
    """Beam particles with the spread of a setup.

    Parameters
    ----------
    setup : Setup
        Momentum spread; size and divergence of the beam where something is asked of the recoil.
    count : int
        Number of particles.
    key : tuple of int
        Seed and chunk of the random stream.

    Returns
    -------
    array, shape (count, 9)
        Starting particles of the transport at the front of the target.
    """
    random = np.random.Generator(np.random.Philox(key=np.array(key, dtype=np.uint64)))
    normal = random.standard_normal((count, 5))
    rows = Beam(setup.particle, setup.beam_energy).rows(count)
    reach = np.clip(normal[:, 0], -SMEARING_REACH, SMEARING_REACH)
    rows[:, 0] *= 1.0 + setup.momentum_spread * reach
    if setup.recoil is not None:
        rows[:, 1:3] = setup.recoil.beam_size * normal[:, 1:3]
        slope = setup.recoil.beam_divergence * normal[:, 3:5]
        direction = np.column_stack([slope, np.ones(count)])
        rows[:, 4:7] = direction / np.linalg.norm(direction, axis=1)[:, None]
    return rows
