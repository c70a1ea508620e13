"""Two-body widths of bosons at lowest order, vectorised; all in GeV, zero below threshold.

Couplings are those of L = g X_mu lbar gamma^mu (gamma5) l, g X lbar l, i g X lbar gamma5 l and
-(g/4) X F F (or F Ftilde) with g in GeV^-1; the sign of g never matters.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from ...ground import constants as const
from .base import Boson, FloatArray
from .r_ratio import r_ratio

__all__ = [
    "hadron_width",
    "lepton_width",
    "neutrino_width",
    "photon_width",
]

CITATIONS = ("Pospelov:2008zw",)


def lepton_width(
    boson: Boson, mass: ArrayLike, coupling: ArrayLike, lepton_mass: float
) -> FloatArray:
    """Width of X -> l+ l-.

    Parameters
    ----------
    boson : str
        ``"vector"``, ``"axial"``, ``"scalar"`` or ``"pseudoscalar"``.
    mass : array_like
        Mass of X in GeV.
    coupling : array_like
        Coupling g to the lepton.
    lepton_mass : float
        Mass of the lepton in GeV.

    Returns
    -------
    array of float
        Width in GeV. With b = sqrt(1 - 4 r^2), r = m_l/m: vector g^2 m b (1 + 2 r^2)/12 pi, axial
        g^2 m b^3/12 pi, scalar g^2 m b^3/8 pi, pseudoscalar g^2 m b/8 pi; exact at tree level.
    """
    m = np.asarray(mass, dtype=np.float64)
    r2 = np.square(lepton_mass / m)
    b2 = np.maximum(1.0 - 4.0 * r2, 0.0)
    b = np.sqrt(b2)
    strength = np.square(np.asarray(coupling, dtype=np.float64)) * m / math.pi
    if boson == "vector":
        return np.asarray(strength / 12.0 * b * (1.0 + 2.0 * r2))
    if boson == "axial":
        return np.asarray(strength / 12.0 * b2 * b)
    return np.asarray(strength / 8.0 * (b2 * b if boson == "scalar" else b))


def hadron_width(mass: ArrayLike, epsilon: ArrayLike) -> FloatArray:
    """Width of a vector that couples epsilon e to electric charge, to hadrons.

    Parameters
    ----------
    mass : array_like
        Mass of X in GeV, up to 12 GeV.
    epsilon : array_like
        Coupling to charge in units of e.

    Returns
    -------
    array of float
        alpha epsilon^2 m R(m) / 3 in GeV, with the accuracy of `r_ratio`.
    """
    m = np.asarray(mass, dtype=np.float64)
    eps2 = np.square(np.asarray(epsilon, dtype=np.float64))
    return np.asarray(const.ALPHA / 3.0 * eps2 * m * r_ratio(m))


def photon_width(mass: ArrayLike, coupling: ArrayLike) -> FloatArray:
    """Width g^2 m^3 / 64 pi in GeV of a (pseudo)scalar to two photons, g in GeV^-1."""
    m = np.asarray(mass, dtype=np.float64)
    return np.asarray(np.square(np.asarray(coupling, dtype=np.float64)) * m**3 / (64.0 * math.pi))


def neutrino_width(mass: ArrayLike, coupling: ArrayLike, flavours: int) -> FloatArray:
    """Width g^2 m / 24 pi in GeV per flavour of massless left-handed neutrinos."""
    m = np.asarray(mass, dtype=np.float64)
    strength = np.square(np.asarray(coupling, dtype=np.float64)) * m
    return np.asarray(flavours * strength / (24.0 * math.pi))
