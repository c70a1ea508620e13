"""Closed solution of the cascade at complete screening, without collision loss.

The cascade equations with scaling spectra are algebraic after a Mellin transform; the inverse is
a Laplace inversion in ln(E0/E), done on the contour of Talbot.
"""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ...ground.arrays import FloatArray
from ...ground.errors import UnknownNameError, ValidityError
from ...ground.guards import guarded, row
from .arguments import ARGUMENTS, HIGHEST_ENERGY, LOWEST_ENERGY

__all__ = ["digamma", "ionisation_shift_above", "track_length_above"]

CITATIONS = ("Rossi:1941zza", "Abate:2004")

Complex = NDArray[np.complex128]
Species = Literal["e-", "e+", "gamma"]

_NODES = 32
_SPECIES = ("e-", "e+", "gamma")


def digamma(s: Complex) -> Complex:
    """Logarithmic derivative of the gamma function off the negative real axis.

    Parameters
    ----------
    s : array of complex
        Arguments.

    Returns
    -------
    array of complex
        psi(s), by recurrence to Re s > 10 and the asymptotic series; relative error 1e-13.
    """
    x = np.array(s, dtype=np.complex128)
    out = np.zeros_like(x)
    # Sixty steps carry every point of the contour (Re s > -45) to where the series converges.
    for _ in range(60):
        small = x.real < 10.0
        if not small.any():
            break
        out[small] -= 1 / x[small]
        x[small] += 1
    inverse = 1 / (x * x)
    tail = 1 / 252 - inverse * (1 / 240 - inverse / 132)
    series = 1 / 12 - inverse * (1 / 120 - inverse * tail)
    result: Complex = out + np.log(x) - 0.5 / x - inverse * series
    return result


def _transforms(s: Complex, b: float) -> tuple[Complex, Complex, Complex, float]:
    """Loss A, photon yield C, pair yield B and conversion rate of the scaling spectra."""
    c = 4 / 3 + 2 * b
    loss = c * (digamma(s + 2) + np.euler_gamma - 1) + 0.5 - 1 / ((s + 1) * (s + 2))
    photons = c * (1 / s - 1 / (s + 1)) + 1 / (s + 2)
    pairs = 2 * (1 / (s + 1) - c * (1 / (s + 2) - 1 / (s + 3)))
    return loss, photons, pairs, 1 - c / 6


def _moments(s: Complex, primary: str, particle: str, b: float) -> Complex:
    """Mellin moment Int (E/E0)^s L dE of a species."""
    loss, photons, pairs, conversion = _transforms(s, b)
    cascade = 1 / (loss - pairs * photons / conversion)
    if primary == "gamma":
        total = pairs / conversion * cascade
        difference = np.zeros_like(total)
        gamma: Complex = (1 + photons * total) / conversion
    else:
        total, difference = cascade, 1 / loss
        gamma = photons / conversion * total
    if particle == "gamma":
        return gamma
    same = particle == primary
    result: Complex = (total + (difference if same else -difference)) / 2
    return result


def _contour(depth: FloatArray, shift: float) -> tuple[Complex, Complex]:
    """Nodes and weights of the fixed Talbot contour for each depth, to the right of `shift`."""
    theta = np.arange(1, _NODES) * math.pi / _NODES
    cot = 1 / np.tan(theta)
    r = (0.4 * _NODES / depth)[:, None]
    nodes: Complex = np.concatenate([r + 0j, r * theta * (cot + 1j)], axis=1)
    turn = 1 + 1j * (theta * (1 + cot**2) - cot)
    start = np.array([0.5 + 0j])
    weights = np.exp(nodes * depth[:, None]) * np.concatenate([start, turn])
    shifted = (nodes + shift).astype(np.complex128)
    scaled = (weights * np.exp(shift * depth)[:, None] * r / _NODES).astype(np.complex128)
    return shifted, scaled


def _check(energy: ArrayLike, beam_energy: float) -> FloatArray:
    e = np.atleast_1d(np.asarray(energy, float))
    if not np.all((e > 0) & (e < beam_energy)):
        raise ValidityError(f"energy: must lie between 0 and the beam_energy, {beam_energy:g} GeV.")
    return e


@guarded(ARGUMENTS, energy=row(LOWEST_ENERGY, HIGHEST_ENERGY, "GeV"))
def track_length_above(
    energy: ArrayLike,
    beam_energy: float,
    primary: Species,
    particle: Species,
    excess: float = 0.0,
) -> FloatArray:
    """Track length above an energy at complete screening.

    Parameters
    ----------
    energy : array_like, shape (n,)
        Energies in GeV, below the beam's.
    beam_energy : float
        Energy of the primary in GeV.
    primary, particle : "e-", "e+" or "gamma"
        Primary, and species whose tracks are counted.
    excess : float
        Term b of the spectra (`emiss.physics.shower.radiation.complete_screening_excess`).

    Returns
    -------
    array, shape (n,)
        L(>E) in radiation lengths per primary; relative error about 1e-9.

    Raises
    ------
    ValidityError
        If an energy is not between 0 and the beam energy.
    UnknownNameError
        If a particle is unknown.
    """
    for name in (primary, particle):
        if name not in _SPECIES:
            raise UnknownNameError("particle", name, _SPECIES)
    e = _check(energy, beam_energy)
    # The rightmost pole is s = 1: energy is conserved.
    nodes, weights = _contour(np.log(beam_energy / e), 1.0)
    result: FloatArray = np.sum(
        weights * _moments(nodes, primary, particle, excess) / nodes, 1
    ).real
    return result


@guarded(ARGUMENTS, energy=row(LOWEST_ENERGY, HIGHEST_ENERGY, "GeV"))
def ionisation_shift_above(
    energy: ArrayLike, beam_energy: float, loss: float, excess: float = 0.0
) -> FloatArray:
    """First-order change of the e- plus e+ track length by a constant collision loss.

    Parameters
    ----------
    energy : array_like, shape (n,)
        Energies in GeV, below the beam's.
    beam_energy : float
        Energy of the primary electron or positron in GeV.
    loss : float
        Collision loss in GeV per radiation length.
    excess : float
        Term b of the spectra.

    Returns
    -------
    array, shape (n,)
        Change of L(>E) in radiation lengths, for loss << E.

    Raises
    ------
    ValidityError
        If an energy is not between 0 and the beam energy.
    """
    e = _check(energy, beam_energy)
    nodes, weights = _contour(np.log(beam_energy / e), 2.0)

    def cascade(s: Complex) -> Complex:
        a, c, b, conversion = _transforms(s, excess)
        result: Complex = 1 / (a - b * c / conversion)
        return result

    shift = -loss / beam_energy * cascade(nodes - 1) * cascade(nodes)
    result: FloatArray = np.sum(weights * shift, 1).real
    return result
