"""Process tables of a set of materials, as plain arrays for the kernels."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...ground import constants as const
from ...ground.arrays import FloatArray
from ...ground.errors import ValidityError
from ...ground.quadrature import gauss
from ...physics.materials import Material
from . import collisions, photons
from .elastic import elastic
from .energy_grid import (
    LINES,
    energy_lines,
    inverse_cumulative,
    inverse_cumulative_of_inverse,
)
from .muons import dimuon_tables, muon_tables
from .radiation_low import bremsstrahlung_shape, radiative_loss

__all__ = ["LEPTON_COLUMNS", "PHOTON_COLUMNS", "Tables", "Thresholds", "process_tables"]

Array32 = NDArray[np.float32]

_ME = const.ELECTRON_MASS

LEPTON_COLUMNS = (
    "rate",
    "loss",
    "bremsstrahlung",
    "collision",
    "elastic",
    "soft_transport",
    "longest_step",
    "grain",
    "screening",
    "cut",
    "range",
    "soft_radiation",
    "radiation_grain",
)
"""Columns for e- and e+: rates per cm, losses in GeV per cm, shares of the rate (cumulative).

The loss is that in collisions; a grain is the variance of a continuous loss over its mean in GeV.
"""
PHOTON_COLUMNS = ("rate", "pair", "compton", "dimuon")
"""Columns for photons: rate per cm, shares of the rate (cumulative)."""

_FRACTIONS = 400


@dataclass(frozen=True, slots=True)
class Thresholds:
    """What is simulated one by one.

    Parameters
    ----------
    collision : float
        Smallest transfer in GeV to a knocked-on electron.
    photon : float
        Smallest photon from bremsstrahlung in GeV.
    photon_fraction, photon_ceiling : float
        Smaller photons are lumped too: up to this share of the kinetic energy, but only up to
        this energy in GeV.
    deflection : float
        Mean 1 - cos theta collected between single elastic deflections.
    range_share : float
        Longest step as a share of the range.
    deflections_per_x0 : float
        Single elastic deflections per radiation length, at least, of electrons and positrons.
    """

    collision: float = 2e-4
    photon: float = 1e-4
    photon_fraction: float = 0.0
    photon_ceiling: float = 0.0
    deflection: float = 0.1
    range_share: float = 0.2
    deflections_per_x0: float = 0.0

    def __post_init__(self) -> None:
        if not (1e-5 <= self.collision <= 10.0 and 1e-5 <= self.photon <= 10.0):
            raise ValidityError(
                f"thresholds of {self.collision:g} and {self.photon:g} GeV: both must lie between "
                "1e-5 (10 keV) and 10 GeV."
            )
        if not (0.0 <= self.photon_fraction <= 0.05 and 0.0 < self.deflection <= 0.5):
            raise ValidityError(
                f"photon_fraction {self.photon_fraction:g} must lie in [0, 0.05], deflection "
                f"{self.deflection:g} in (0, 0.5]."
            )
        if not 0.0 < self.range_share <= 0.5:
            raise ValidityError(f"range_share {self.range_share:g} must lie in (0, 0.5].")
        if not 0.0 <= self.deflections_per_x0 <= 1e5:
            raise ValidityError(
                f"deflections_per_x0 {self.deflections_per_x0:g} must lie in [0, 1e5]."
            )


class Tables(NamedTuple):
    """Arrays of all processes; first axis of most: material.

    Parameters
    ----------
    lepton : array, shape (m, 2, LINES, 13)
        For e- and e+, see `LEPTON_COLUMNS`.
    photon : array, shape (m, LINES, 4)
        See `PHOTON_COLUMNS`.
    bremsstrahlung, pair : array of float32, shape (m, LINES, q)
        Quantiles of k/T and of the electron's share of k - 2m.
    collision : array of float32, shape (2, LINES, q)
        Quantiles of the inverse share of the kinetic energy, Moller and Bhabha.
    compton, annihilation : array of float32, shape (LINES, q)
        Quantiles of the electron's share of k, and of a photon's share of E + m.
    deflection : array of float32, shape (m, 2, LINES, 33)
        Acceptance of single deflections at equal steps of sqrt(mu).
    edge : array, shape (m, 2)
        K edge in GeV and share of the K shell of the element that dominates absorption.
    muon : array, shape (m, LINES, 10)
        See `muons.MUON_COLUMNS`; empty where no muons take part, like the next two.
    transfer : array of float32, shape (m, 4, LINES, q)
        Quantiles of a muon's energy over its hard loss.
    dimuon : array of float32, shape (m, LINES, q)
        Quantiles of the share of the mu- in photon conversion to muons.
    """

    lepton: FloatArray
    photon: FloatArray
    bremsstrahlung: Array32
    pair: Array32
    collision: Array32
    compton: Array32
    annihilation: Array32
    deflection: Array32
    edge: FloatArray
    muon: FloatArray
    transfer: Array32
    dimuon: Array32


def _log_spaced(low: FloatArray, high: FloatArray, count: int = _FRACTIONS) -> FloatArray:
    """Rows of points spread over the logarithm, dense at the upper end, where spectra end."""
    step = (1 - np.linspace(0.0, 1.0, count)) ** 3
    rows: FloatArray = high[:, None] * (low / high)[:, None] ** step
    return rows


def _integral(x: FloatArray, density: FloatArray) -> FloatArray:
    return np.asarray(np.trapezoid(density, x, axis=1))


# What follows is shared by sets of materials, and by electrons and positrons: a set-up of some ten
# materials would work most of it out several times over.
_kept = functools.lru_cache(maxsize=64)


@_kept
def _collisions(threshold: float, positron: bool) -> tuple[FloatArray, Array32]:
    """Cross-section per electron above the threshold, and quantiles."""
    energy = energy_lines()
    low, high = collisions.transfer_limits(energy, threshold, positron)
    x = _log_spaced(low, high)
    if positron:
        density = collisions.bhabha_density(energy[:, None], x)
    else:
        density = collisions.moller_density(energy[:, None], x)
    density = np.maximum(density, 0.0)
    area = np.where(low < high, np.trapezoid(density * x, np.log(x), axis=1), 0.0)
    return area, inverse_cumulative_of_inverse(x, np.where((low < high)[:, None], density, 0.0))


@_kept
def _bremsstrahlung(
    material: Material, thresholds: Thresholds
) -> tuple[FloatArray, FloatArray, FloatArray, Array32]:
    """Rate above the threshold, loss below it and its variance, and quantiles of k/T."""
    energy = energy_lines()
    lumped = np.minimum(thresholds.photon_fraction * energy, thresholds.photon_ceiling)
    low = np.maximum(thresholds.photon, lumped) / energy
    open_ = low < 1.0
    low = np.where(open_, low, 0.5)
    x = _log_spaced(low, np.ones_like(low))
    shape = bremsstrahlung_shape(material, energy, x)
    rate = np.where(open_, np.trapezoid(shape, np.log(x), axis=1), 0.0)
    # v = low s^4 below the threshold.
    s, w = gauss(32)
    below = bremsstrahlung_shape(material, energy, low[:, None] * s**4)
    soft = energy * low * (below @ (4 * s**3 * w))
    soft = np.where(open_, soft, radiative_loss(material, energy))
    spread = np.where(open_, (energy * low) ** 2 * (below @ (4 * s**7 * w)), 0.0)
    return rate, soft, spread, inverse_cumulative(x, np.where(open_[:, None], shape / x, 0.0))


def _range(energy: FloatArray, loss: FloatArray) -> FloatArray:
    """Range in cm from the continuous loss."""
    inverse = 1 / loss
    pieces = np.diff(energy) * 0.5 * (inverse[1:] + inverse[:-1])
    reach: FloatArray = np.concatenate([[0.0], np.cumsum(pieces)])
    return np.asarray(reach + 0.5 * energy[0] * inverse[0])


@_kept
def _lepton(
    material: Material, thresholds: Thresholds, positron: bool
) -> tuple[FloatArray, Array32, Array32]:
    energy = energy_lines()
    rate_b, soft, spread, brems = _bremsstrahlung(material, thresholds)
    area, _ = _collisions(thresholds.collision, positron)
    rate_c = area * material.electrons_per_cm3
    asked = thresholds.deflection, thresholds.deflections_per_x0
    scatter = elastic(material, energy, positron, *asked)
    rate_a = np.zeros_like(energy)
    if positron:
        rate_a = collisions.annihilation_rate(energy) * material.electrons_per_cm3
    loss = collisions.restricted_loss(material, energy, thresholds.collision, positron)
    total = rate_b + rate_c + scatter.hard_rate + rate_a
    full_loss = loss + soft
    variance = collisions.straggling(material, energy, thresholds.collision, positron)
    reach = _range(energy, full_loss)
    step = np.minimum(
        thresholds.range_share * reach,
        1.5 * thresholds.deflection / np.maximum(scatter.soft_transport, 1e-30),
    )
    columns = [
        total,
        loss,
        rate_b / total,
        (rate_b + rate_c) / total,
        (rate_b + rate_c + scatter.hard_rate) / total,
        scatter.soft_transport,
        step,
        variance / loss,
        scatter.screening,
        scatter.cut,
        reach,
        soft,
        spread / np.maximum(soft, 1e-30),
    ]
    return np.stack(columns, axis=1), brems, scatter.acceptance.astype(np.float32)


@_kept
def _photon(material: Material, dimuons: bool) -> tuple[FloatArray, Array32]:
    energy = energy_lines()
    pair = photons.pair_rate(material, energy)
    compton = photons.compton_rate(material, energy)
    dimuon = dimuon_tables(material)[0] if dimuons else np.zeros_like(energy)
    total = pair + compton + photons.photoelectric_rate(material, energy) + dimuon
    share = np.broadcast_to(np.linspace(0.0, 1.0, _FRACTIONS + 1), (energy.size, _FRACTIONS + 1))
    share = 0.5 * (1 - np.cos(np.pi * share))
    above = np.maximum(energy, 1.1 * 2 * _ME)[:, None]
    density = photons.pair_density(material, above, share)
    return (
        np.stack([total, pair / total, (pair + compton) / total, dimuon / total], axis=1),
        inverse_cumulative(share, density),
    )


def _dominant(material: Material) -> tuple[float, float]:
    parts = [
        (c.element.Z**5 * c.mass_fraction / c.element.A, c.element.Z) for c in material.components
    ]
    z = max(parts)[1]
    return photons.binding_energy(z), photons.k_shell_share(z)


@_kept
def _compton() -> Array32:
    energy = energy_lines()
    k = energy / _ME
    # Even in the logarithm of the photon's share, in which the spectrum is nearly flat.
    step = np.linspace(0.0, 1.0, _FRACTIONS + 1)
    x = 1 - (1 + 2 * k[:, None]) ** -step
    return inverse_cumulative(x, photons.compton_density(energy[:, None], x))


@_kept
def _annihilation() -> Array32:
    energy = energy_lines()
    low, _ = collisions.annihilation_limits(energy)
    half = _log_spaced(low, np.full_like(low, 0.5), _FRACTIONS // 2)
    x = np.concatenate([half, 1 - half[:, -2::-1]], axis=1)
    return inverse_cumulative(x, collisions.annihilation_density(energy[:, None], x))


@functools.lru_cache(maxsize=16)
def process_tables(
    materials: tuple[Material, ...],
    thresholds: Thresholds,
    muons: bool = False,
    dimuons: bool = False,
) -> Tables:
    """Tables of all processes in some materials.

    Parameters
    ----------
    materials : tuple of Material
        Homogeneous materials.
    thresholds : Thresholds
        What is simulated one by one.
    muons : bool
        Whether muons take part.
    dimuons : bool
        Whether photons convert to muons.

    Returns
    -------
    Tables
        Arrays on the lines of `energy_grid`; kept.

    Raises
    ------
    ValidityError
        If a material is a sandwich: its layers are wanted.
    """
    for material in materials:
        if material.layers:
            raise ValidityError(
                f"material '{material.name}' is a sandwich; give its layers one by one."
            )
    electron = [_lepton(m, thresholds, False) for m in materials]
    positron = [_lepton(m, thresholds, True) for m in materials]
    light = [_photon(m, dimuons) for m in materials]
    heavy = [muon_tables(m, max(thresholds.collision, 1e-3)) for m in materials] if muons else []
    result = Tables(
        np.array([[e[0], p[0]] for e, p in zip(electron, positron, strict=True)]),
        np.array([p[0] for p in light]),
        np.array([e[1] for e in electron]),
        np.array([p[1] for p in light]),
        np.array([_collisions(thresholds.collision, sign)[1] for sign in (False, True)]),
        _compton(),
        _annihilation(),
        np.array([[e[2], p[2]] for e, p in zip(electron, positron, strict=True)]),
        np.array([_dominant(m) for m in materials]),
        np.array([h[0] for h in heavy]),
        np.array([h[1] for h in heavy], dtype=np.float32),
        np.array([dimuon_tables(m)[1] for m in materials if dimuons], dtype=np.float32),
    )
    for array in result:
        array.flags.writeable = False
    assert result.lepton.shape == (len(materials), 2, LINES, len(LEPTON_COLUMNS))
    return result
