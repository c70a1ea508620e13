"""The Breit-Wigner of resonant annihilation: its pole, and its exact integral over cells in s."""

from __future__ import annotations

import math

import numpy as np

from ..ground.constants import ELECTRON_MASS
from ..ground.errors import UnknownNameError
from ..models.base import Boson, FloatArray
from ..models.bosons import polarisations
from ..models.widths import lepton_width

__all__ = ["cell_integrals", "electron_factor", "pole"]


def electron_factor(boson: Boson, s: FloatArray) -> FloatArray:
    """(2 J + 1) 4 pi Gamma_ee(s)/b_e^2 at unit coupling g to electrons; 0 at threshold."""
    states = polarisations(boson)
    width = lepton_width(boson, np.sqrt(s), 1.0, ELECTRON_MASS)
    b2 = 1.0 - 4.0 * ELECTRON_MASS**2 / s
    out = np.zeros_like(width)
    return np.asarray(np.divide(states * 4.0 * math.pi * width, b2, out=out, where=b2 > 0.0))


def pole(
    mass: FloatArray, width: FloatArray, form: str
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Denominator as norm [(s - centre)^2 + half_width^2]: both forms are quadratic in s."""
    if form == "constant":
        return mass * mass, mass * width, np.ones_like(mass)
    if form == "running":
        ratio = width / mass
        norm = 1.0 + ratio**2
        return mass**2 / norm, mass * width / norm, norm
    raise UnknownNameError("width form", form, ("constant", "running"))


def cell_integrals(
    edges: FloatArray, ends: tuple[FloatArray, FloatArray], centre: FloatArray, half: FloatArray
) -> FloatArray:
    """Integrals over cells of a function, linear in each, over (s - centre)^2 + half^2.

    Parameters
    ----------
    edges : array of float, shape (n + 1,)
        Edges of the cells in s in GeV^2.
    ends : pair of arrays of float, shape (m, n)
        Numerator at the lower and at the upper end of each cell.
    centre, half : array of float, shape (m, 1)
        Pole, see `pole`.

    Returns
    -------
    array of float, shape (m, n)
        Integrals.

    Notes
    -----
    Differences of arctan and logarithm are formed as one function of both ends: no cancellation
    far from a narrow resonance.
    """
    x = edges - centre
    lower, upper = x[:, :-1], x[:, 1:]
    step = np.diff(edges)
    half2 = half * half
    below = lower * lower + half2
    arctan = np.arctan2(half * step, half2 + lower * upper)
    with np.errstate(divide="ignore", invalid="ignore"):
        flat = np.where(half > 0.0, arctan / half, step / (lower * upper))
        linear = 0.5 * np.log1p(step * (lower + upper) / below)
    slope = (ends[1] - ends[0]) / step
    constant = ends[0] - slope * lower
    return np.asarray(constant * flat + slope * linear)
