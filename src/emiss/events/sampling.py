"""How calorimeters of two layers sample the energy of showers that are not followed in them."""

from __future__ import annotations

import functools
import math
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from ..experiments.elements import Element
from ..ground.arrays import FloatArray
from .fits import COARSE, FAST, fits_of, sandwich_of
from .kept_numbers import kept_numbers
from .transport import Beam, Stack, simulate

__all__ = ["Sampling", "sampled", "sampling_of"]


class Sampling(NamedTuple):
    """How a stack of layers samples showers, measured with electrons in one without end.

    Parameters
    ----------
    fraction : float
        Energy in active layers over that in all.
    grain : float
        Relative variance of the visible energy of a shower of 1 GeV, falls as 1/E.
    """

    fraction: float
    grain: float


@functools.lru_cache(maxsize=64)
def sampling_of(element: Element) -> Sampling:
    """Sampling of an element's layers.

    Parameters
    ----------
    element : Element
        Any.

    Returns
    -------
    Sampling
        That of its two layers; what is no sandwich of two layers sees all.
    """
    material = sandwich_of(element)
    if material is None:
        return Sampling(1.0, 0.0)
    period = sum(thickness for _, thickness in material.layers)
    depth = math.ceil(40.0 * material.radiation_length_cm / period)
    active = min(m.density for m, _ in material.layers)
    once = Stack.sandwich(replace(material, length=depth * period))
    shapes = fits_of(element)
    settings, beam, events = (
        (COARSE, Beam("e-", 10.0), 40) if shapes is None else (FAST, Beam("e-", 100.0), 200)
    )

    def made() -> tuple[float, float]:
        chunk = simulate(
            once, beam, events, seed=1, settings=settings, shapes=shapes, keep_slabs=True
        )
        seen = np.array([slab.material.density == active for slab in once.slabs])
        visible = chunk.slabs[:, seen].sum(axis=1)
        variance = float(visible.var(ddof=1)) / float(visible.mean()) ** 2
        return float(visible.sum() / chunk.slab_sum.sum()), variance * beam.energy

    return Sampling(*kept_numbers("sampling", once, beam, settings, shapes, events, made))


def sampled(visible: FloatArray, sampling: Sampling, random: np.random.Generator) -> FloatArray:
    """Draw the energy in active layers of deposits that look like electrons.

    Parameters
    ----------
    visible : array, shape (deposits,)
        Energies in GeV of electrons that would be seen alike.
    sampling : Sampling
        Of the stack.
    random : Generator
        Random numbers.

    Returns
    -------
    array, shape (deposits,)
        In GeV.

    Notes
    -----
    Gamma distributed with the variance that electrons have: sums of deposits fluctuate as one
    deposit of their sum does, into however many cells it is split.
    """
    if sampling.grain <= 0.0:
        return visible * sampling.fraction
    able = visible > 0.0
    shape = np.where(able, visible, 1.0) / sampling.grain
    drawn = random.gamma(shape, sampling.grain * sampling.fraction)
    return np.where(able, drawn, 0.0)
