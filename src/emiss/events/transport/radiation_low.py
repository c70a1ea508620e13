"""Bremsstrahlung of electrons and positrons at all energies, for sampling.

Above 0.1 GeV it is the spectrum of `emiss.physics.shower.radiation`; below 30 MeV the radiative
loss is that of Seltzer and Berger and only the shape is Tsai's; between, a mixture even in ln T.
"""

from __future__ import annotations

import math

import numpy as np

from ...ground import constants as const
from ...ground.arrays import FloatArray
from ...ground.quadrature import gauss
from ...physics.materials import Material
from ...physics.shower.radiation import bremsstrahlung_spectrum

__all__ = ["bremsstrahlung_shape", "radiative_loss", "scaled_radiative_loss"]

CITATIONS = ("Seltzer:1986ppl", "Tsai:1973py", "Stanev:1982au")


_ME = const.ELECTRON_MASS
_SB_ONLY, _TSAI_ONLY = 0.03, 0.1
# Radiative loss over alpha r_e^2 Z^2 n (T + m), integrated here from the tables of Seltzer:1986ppl
# (nucleus and atomic electrons).
_SB_ENERGIES = np.array([0.1, 0.3, 1.0, 2.0, 3.0, 5.0, 10.0, 20.0, 30.0, 50.0, 100.0]) * 1e-3
_SB_LOSS = {
    1: (5.699, 6.543, 9.858, 13.414, 15.995, 19.576, 24.609, 29.477, 32.101, 35.079, 38.459),
    6: (5.323, 5.266, 6.654, 8.408, 9.688, 11.433, 13.782, 15.906, 16.990, 18.176, 19.487),
    26: (5.961, 5.688, 6.500, 7.810, 8.762, 10.020, 11.658, 13.077, 13.796, 14.580, 15.446),
    74: (6.401, 6.861, 7.352, 8.081, 8.612, 9.327, 10.320, 11.266, 11.774, 12.341, 12.968),
    82: (6.409, 7.015, 7.507, 8.127, 8.579, 9.202, 10.103, 10.994, 11.482, 12.031, 12.634),
}


def scaled_radiative_loss(z: int, energy: FloatArray) -> FloatArray:
    """Radiative loss of Seltzer and Berger over alpha r_e^2 Z^2 n (T + m).

    Parameters
    ----------
    z : int
        Atomic number; between the tabulated ones the values are interpolated in ln Z.
    energy : array
        Kinetic energy in GeV, 0.1 to 100 MeV (ends held).

    Returns
    -------
    array
        Dimensionless (Seltzer:1986ppl).
    """
    charges = np.array(sorted(_SB_LOSS), dtype=float)
    rows = np.array([_SB_LOSS[int(c)] for c in charges])
    row = [np.interp(math.log(z), np.log(charges), column) for column in rows.T]
    return np.asarray(np.interp(np.log(energy), np.log(_SB_ENERGIES), row))


def _seltzer_berger(material: Material, energy: FloatArray) -> FloatArray:
    """Radiative loss in GeV per cm."""
    total = np.zeros_like(energy)
    area = const.ALPHA * const.CLASSICAL_ELECTRON_RADIUS_CM**2
    for part in material.components:
        e = part.element
        density = const.AVOGADRO * part.mass_fraction / e.A * material.density
        total += area * e.Z**2 * density * scaled_radiative_loss(e.Z, energy) * (energy + _ME)
    return total


def _spectrum(material: Material, energy: FloatArray, fraction: FloatArray) -> FloatArray:
    """Spectrum v dN/dv per cm of Tsai in v = k/T, shapes (n, 1) and (n, m)."""
    total = np.maximum(energy, 3e-3) + _ME
    share = np.clip(fraction * (total - _ME) / total, 1e-12, 1 - 1e-12)
    tsai = np.asarray(bremsstrahlung_spectrum(material, total, share))
    tsai = tsai / material.radiation_length_cm
    # At low energy the Born formula vanishes at the tip, where exact calculations do not.
    tail = 0.35 * tsai.max(axis=1, keepdims=True) * np.clip(1 - np.log(energy / 3e-3) / 3.0, 0, 1)
    return np.asarray(np.maximum(tsai, tail * (1 - 0.5 * fraction)))


def radiative_loss(material: Material, energy: FloatArray) -> FloatArray:
    """Mean radiative loss.

    Parameters
    ----------
    material : Material
        The material.
    energy : array, shape (n,)
        Kinetic energy in GeV.

    Returns
    -------
    array, shape (n,)
        GeV per cm.
    """
    # v = s^4 resolves the suppression of soft photons.
    s, w = gauss(64)
    v = np.broadcast_to(s**4, (energy.size, s.size))
    spectrum = _spectrum(material, energy[:, None], v)
    tsai = energy * (spectrum * (4 * s**3 * w)).sum(axis=1)
    mix = np.clip(np.log(energy / _SB_ONLY) / math.log(_TSAI_ONLY / _SB_ONLY), 0.0, 1.0)
    return np.asarray(mix * tsai + (1 - mix) * _seltzer_berger(material, energy))


def bremsstrahlung_shape(
    material: Material, energy: FloatArray, fraction: FloatArray
) -> FloatArray:
    """Photons per cm and share of the kinetic energy, times the share.

    Parameters
    ----------
    material : Material
        The material.
    energy : array, shape (n,)
        Kinetic energy in GeV.
    fraction : array, shape (n, m)
        v = k/T.

    Returns
    -------
    array, shape (n, m)
        v dN/dv per cm, whose integral over v times T is `radiative_loss`.
    """
    spectrum = _spectrum(material, energy[:, None], fraction)
    s, w = gauss(64)
    v = np.broadcast_to(s**4, (energy.size, s.size))
    own = energy * (_spectrum(material, energy[:, None], v) * (4 * s**3 * w)).sum(axis=1)
    return np.asarray(spectrum * (radiative_loss(material, energy) / own)[:, None])
