"""Photons radiated before the annihilation: resonance and associated production without overlap.

e+ e- -> gamma X with a soft photon is the radiative tail of e+ e- -> X, so that neither can be
added to the other as it stands. With x = 1 - M/s the share of s that the photon takes from a pair
that makes an X of squared mass M,

    sigma(s, M) = x^b (1 + d) sigma_associated(s, M),    b = (2 alpha/pi) (ln(s/m_e^2) - 1),
    d = 3 b/4 + (alpha/pi) (pi^2/3 - 1/2),

with the tree-level cross-section of `associated`, exact in photon energy and electron mass: soft
photons are summed to all orders, and virtual corrections are contained in d. The integral over x of
a slowly varying luminosity gives the resonance back up to terms of order b^2. For spin 0 and axial
bosons d is that of a vector, good to order alpha/pi. A broad X is a superposition of such M,
weighted by sqrt(M) Gamma(M)/pi over the Breit-Wigner's denominator.

Events are split at x_0: below it the photon is part of annihilation (`soft_tracks` are the
tracks with the energy left to the pair), above it is associated production (`hard_rate`). The sum
does not depend on x_0. The missing energy is that of X in both.

Source: Kuraev:1985hb; the factorised form agrees with it to the order given.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from ...ground import constants as const
from ..models.base import Boson, FloatArray
from .annihilation import squared_energy
from .breit_wigner import electron_factor

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .positron_tracks import PositronTracks

__all__ = [
    "SEPARATION",
    "hard_rate",
    "hard_spectrum",
    "narrow_integral",
    "radiation_exponent",
    "soft_spectrum",
    "soft_tracks",
    "virtual_factor",
]

CITATIONS = ("Kuraev:1985hb", "arXiv:2505.10302")

SEPARATION: Final = 0.1
"""Share of s from which a photon makes an event associated production."""
_MIDPOINT: Final = 0.3
"""Share from which x^(b - 1) is taken in the middle of a cell."""


def radiation_exponent(s: FloatArray) -> FloatArray:
    """Exponent b = (2 alpha/pi) (ln(s/m_e^2) - 1) of soft photons, s in GeV^2 far above m_e^2."""
    return np.asarray(2.0 * const.ALPHA / math.pi * (np.log(s / const.ELECTRON_MASS**2) - 1.0))


def virtual_factor(s: FloatArray) -> FloatArray:
    """1 + d: virtual corrections and the constant part of soft ones, s in GeV^2."""
    constant = const.ALPHA / math.pi * (math.pi**2 / 3.0 - 0.5)
    return np.asarray(1.0 + 0.75 * radiation_exponent(s) + constant)


def soft_tracks(
    tracks: PositronTracks, separation: float = SEPARATION
) -> tuple[FloatArray, FloatArray]:
    """Positrons after radiation of photons that take less than a share of s.

    Parameters
    ----------
    tracks : PositronTracks
        Positrons before radiation.
    separation : float, optional
        Largest share x_0.

    Returns
    -------
    edges : array of float, shape (m + 1,)
        Energies left to the positron in GeV, ascending.
    electrons : array of float, shape (..., m)
        Electrons per cm^2 met in each cell per beam particle, acceptance included.
    """
    edges, pairs = _soft_pairs(tracks, separation)
    met = pairs.weight * tracks.accepted(pairs.energy, np.sqrt(pairs.left), pairs.cell, "vector")
    spread = np.zeros((tracks.edges.size - 1, edges.size - 1))
    spread[pairs.cell, pairs.to] = met
    return edges, tracks.electrons @ spread


def soft_spectrum(
    tracks: PositronTracks, ratios: FloatArray, separation: float = SEPARATION
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """`soft_tracks` by the boson's energy.

    A photon along the positron takes its energy from the boson, one along the electron next to
    nothing.

    Parameters
    ----------
    tracks : PositronTracks
        Positrons before radiation.
    ratios : array of float, shape (q + 1,)
        Energies of the boson over M/(2 m_e), M its squared mass, ascending: from 1 to 1/(1 - x_0).
    separation : float, optional
        Largest share x_0.

    Returns
    -------
    edges : array of float, shape (m + 1,)
        As of `soft_tracks`.
    electrons, energies : array of float, shape (..., q, m)
        Electrons per cm^2 met in each cell, and the boson's energies in GeV added up.
    """
    edges, pairs = _soft_pairs(tracks, separation)
    cells = pairs.left[:, None] / (2.0 * const.ELECTRON_MASS) * ratios
    mass, found = np.sqrt(pairs.left), []
    for value in tracks.accepted_by_energy(pairs.energy, mass, pairs.cell, "vector", cells):
        spread = np.zeros((tracks.edges.size - 1, ratios.size - 1, edges.size - 1))
        spread[pairs.cell, :, pairs.to] = pairs.weight[:, None] * value
        found.append(np.tensordot(tracks.electrons, spread, 1))
    return edges, found[0], found[1]


@dataclass(frozen=True, slots=True, eq=False)
class _SoftPairs:
    """Cells of positrons before and after a soft photon.

    Parameters
    ----------
    cell, to : array of int, shape (p,)
        Cell before, and after.
    energy, left : array of float, shape (p,)
        Positron energy in GeV before, and squared mass M in GeV^2 after.
    weight : array of float, shape (p,)
        Electrons met after per electron met before, over the cross-section of gamma X in cm^2.
    """

    cell: NDArray[np.intp]
    to: NDArray[np.intp]
    energy: FloatArray
    left: FloatArray
    weight: FloatArray


def _soft_pairs(tracks: PositronTracks, separation: float) -> tuple[FloatArray, _SoftPairs]:
    """Edges of the cells after, and the pairs."""
    edges = _extended(tracks.edges, separation)
    s, target = squared_energy(tracks.edges), squared_energy(edges)
    centre, middle = 0.5 * (s[1:] + s[:-1]), 0.5 * (target[1:] + target[:-1])
    overlapping = (target[:-1, None] < s[None, 1:]) & (
        target[1:, None] > (1.0 - separation) * s[None, :-1]
    )
    to, cell = np.nonzero(overlapping)
    exponent = radiation_exponent(centre[cell])
    share = [_mean_power(s[cell + i], target, to, exponent, separation) for i in (0, 1)]
    # Of the share of s only its power varies fast; the rest is taken in the middle.
    x = np.clip(1.0 - middle[to] / centre[cell], 1e-3 * separation, separation)
    left = centre[cell] * (1.0 - x)
    energy = centre[cell] / (2.0 * const.ELECTRON_MASS) - const.ELECTRON_MASS
    weight = (share[1] - share[0]) * x * virtual_factor(centre[cell])
    weight *= left / np.square(1.0 - x) / exponent / narrow_integral(left)
    weight *= np.diff(target)[to] / np.diff(s)[cell]
    return edges, _SoftPairs(cell, to, energy, left, weight)


def narrow_integral(big_m: FloatArray, boson: Boson = "vector") -> FloatArray:
    """Integral over s of the cross-section of a narrow boson.

    Parameters
    ----------
    big_m : array of float
        Its squared mass in GeV^2.
    boson : str, optional
        Kind of boson.

    Returns
    -------
    array of float
        In cm^2 GeV^2 at g = e, (2 J + 1) 4 pi^2 Gamma_ee/(m b_e^2).
    """
    unit = electron_factor(boson, big_m) / np.sqrt(big_m)
    return np.asarray(math.pi * const.ELECTRIC_CHARGE**2 * const.GEV2_CM2 * unit)


def _extended(edges: FloatArray, separation: float) -> FloatArray:
    """Cells of the same ratio below the lowest energy, for what radiation takes away."""
    ratio = float(np.median(edges[1:] / edges[:-1]))
    count = math.ceil(-math.log1p(-separation) / math.log(ratio))
    lower = edges[0] * (1.0 - separation) ** (np.arange(count, 0, -1) / count)
    return np.concatenate([lower, edges])


def _mean_power(
    s: FloatArray,
    target: FloatArray,
    to: NDArray[np.intp],
    exponent: FloatArray,
    separation: float,
) -> FloatArray:
    """Mean over M of a target cell of x^b, x = 1 - M/s between 0 and the separation."""
    low, high = target[to], target[to + 1]

    def primitive(x: FloatArray) -> FloatArray:
        below = np.clip(x, 0.0, separation)
        beyond = np.maximum(x - separation, 0.0)
        return np.asarray(
            below ** (1.0 + exponent) / (1.0 + exponent) + separation**exponent * beyond
        )

    return np.asarray(s * (primitive(1.0 - low / s) - primitive(1.0 - high / s)) / (high - low))


def hard_rate(
    tracks: PositronTracks,
    big_m: FloatArray,
    boson: Boson,
    separation: float = SEPARATION,
) -> FloatArray:
    """Bosons of associated production per beam particle at g = e.

    Parameters
    ----------
    tracks : PositronTracks
        Positrons.
    big_m : array of float, shape (k,)
        Squared masses of the boson in GeV^2.
    boson : str
        Kind of boson.
    separation : float, optional
        Least share x_0 of s that the photon takes.

    Returns
    -------
    array of float, shape (..., k)
        Accepted bosons if all of them are invisible.
    """
    tracks = tracks.coarser()
    at, cell, energy, weight = _hard_pairs(tracks, big_m, separation)
    value = weight * tracks.accepted(energy, np.sqrt(big_m[at]), cell, boson)
    kernel = np.zeros((tracks.edges.size - 1, big_m.size))
    kernel[cell, at] = value
    return np.asarray(tracks.electrons @ kernel)


def hard_spectrum(
    tracks: PositronTracks,
    big_m: FloatArray,
    boson: Boson,
    edges: FloatArray,
    separation: float = SEPARATION,
) -> tuple[FloatArray, FloatArray]:
    """`hard_rate` by the boson's energy.

    Parameters
    ----------
    tracks, big_m, boson, separation
        As in `hard_rate`.
    edges : array of float, shape (q + 1,)
        Energies of the boson in GeV, ascending.

    Returns
    -------
    tuple of array of float, shape (..., q, k)
        Accepted bosons in each cell of energy, and their energies in GeV added up.
    """
    tracks = tracks.coarser()
    at, cell, energy, weight = _hard_pairs(tracks, big_m, separation)
    mass = np.sqrt(big_m[at])
    found = []
    for value in tracks.accepted_by_energy(energy, mass, cell, boson, edges):
        kernel = np.zeros((tracks.edges.size - 1, big_m.size, edges.size - 1))
        kernel[cell, at] = weight[:, None] * value
        found.append(np.swapaxes(np.tensordot(tracks.electrons, kernel, 1), -1, -2))
    return found[0], found[1]


def _hard_pairs(
    tracks: PositronTracks, big_m: FloatArray, separation: float
) -> tuple[NDArray[np.intp], NDArray[np.intp], FloatArray, FloatArray]:
    """Pairs of mass and cell that radiate: places, a positron's energy, weight per electron met."""
    s = squared_energy(tracks.edges)
    at, cell = np.nonzero(big_m[:, None] < (1.0 - separation) * s[None, 1:])
    mass2 = big_m[at]
    low, high = np.maximum(s[cell], mass2 / (1.0 - separation)), s[cell + 1]
    weight, centre = _power_weight(mass2, low, high)
    energy = centre / (2.0 * const.ELECTRON_MASS) - const.ELECTRON_MASS
    return at, cell, energy, weight * virtual_factor(centre) / np.diff(s)[cell]


def _power_weight(
    mass2: FloatArray, low: FloatArray, high: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Integral of x^b over s for a cross-section like 1/x, over that at a mean s; and this s."""
    middle = 0.5 * (low + high)
    exponent = radiation_exponent(middle)
    x = 1.0 - mass2 / middle
    ends = 1.0 - mass2 / low, 1.0 - mass2 / high
    near = ends[0] < _MIDPOINT
    integral = (ends[1] ** exponent - ends[0] ** exponent) / exponent
    first = (ends[1] ** (1.0 + exponent) - ends[0] ** (1.0 + exponent)) / (1.0 + exponent)
    mean = np.divide(first, integral, out=x.copy(), where=near)
    singular = integral * mean * mass2 / np.square(1.0 - mean)
    centre = np.where(near, mass2 / (1.0 - mean), middle)
    return np.where(near, singular, (high - low) * x**exponent), centre
