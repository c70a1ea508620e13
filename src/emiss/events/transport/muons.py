"""Process tables of muons: hard losses one by one, soft ones together; photons to muon pairs."""

from __future__ import annotations

import functools
import math

import numpy as np
from numpy.typing import NDArray

from ...ground import constants as const
from ...ground.arrays import FloatArray
from ...physics.materials import Element, Material
from ...physics.shower import muon_cross_sections as cross
from ...physics.shower.muon_stopping import loss_rates
from .collisions import density_correction
from .coulomb import COULOMB_COLUMNS, coulomb_columns
from .energy_grid import energy_lines, inverse_cumulative, inverse_cumulative_of_inverse

__all__ = ["LOWEST", "MUON_COLUMNS", "POWER", "dimuon", "dimuon_tables", "muon_tables"]

CITATIONS = (*cross.CITATIONS, "Burkhardt:2002cvs")

Array32 = NDArray[np.float32]

_MU, _ME = const.MUON_MASS, const.ELECTRON_MASS
POWER = 4
"""Root of the cumulative distribution in the tables of hard losses, whose tail decides the mean."""
LOWEST = 0.2
"""Energy in GeV at which a muon counts as stopped: its kinetic energy stays where it is."""
_FORMULAS = 0.6
"""Energy in GeV below which only collisions count, all together: none knocks on 20 MeV there."""
MUON_COLUMNS = (
    "rate",
    "loss",
    "grain",
    "knock",
    "bremsstrahlung",
    "pair",
    *COULOMB_COLUMNS,
    "energy",
)
"""Rate of hard losses per cm, soft loss in GeV per cm and its grain, cumulative shares of
knocked-on electrons, bremsstrahlung and pairs (the rest is nuclear), sums for deflections,
energy."""
_FRACTIONS = 400


def _grid(threshold: float) -> tuple[FloatArray, FloatArray]:
    """Energies, shape (LINES,), and losses as shares of them, shape (LINES, m)."""
    energy = np.maximum(energy_lines(), _FORMULAS)
    step = (1 - np.linspace(0.0, 1.0, _FRACTIONS)) ** 2
    return energy, (threshold / energy)[:, None] ** step


def _transfer(energy: FloatArray, share: FloatArray) -> FloatArray:
    return np.asarray(np.minimum(share, 1 - 1e-9) * energy[:, None])


@functools.lru_cache(256)
def _by_atom(element: Element, threshold: float) -> tuple[FloatArray, ...]:
    """D sigma/d transfer of bremsstrahlung, pairs and nuclear losses: alike in all materials."""
    energy, share = _grid(threshold)
    transfer = _transfer(energy, share)
    functions = (cross.bremsstrahlung, cross.pair_production, cross.photonuclear)
    return tuple(np.asarray(each(element, energy[:, None], transfer)) for each in functions)


def _spectra(material: Material, threshold: float) -> list[FloatArray]:
    """D N/d transfer per cm of the four processes."""
    atoms = [
        (
            const.AVOGADRO * c.mass_fraction / c.element.A * material.density,
            _by_atom(c.element, threshold),
        )
        for c in material.components
    ]
    energy, share = _grid(threshold)
    ionisation = cross.ionisation(energy[:, None], _transfer(energy, share))
    hard = [np.asarray(sum(n * spectra[k] for n, spectra in atoms)) for k in range(3)]
    return [material.electrons_per_cm3 * ionisation, *hard]


def _bethe(material: Material, energy: FloatArray) -> FloatArray:
    """Mean collision loss up to a factor (Bethe's formula, ParticleDataGroup:2024cfk)."""
    gamma = energy / _MU
    momentum2 = gamma**2 - 1.0
    beta2 = momentum2 / gamma**2
    most = 2.0 * _ME * momentum2 / (1.0 + 2.0 * gamma * _ME / _MU + (_ME / _MU) ** 2)
    log = np.log(2.0 * _ME * momentum2 * most / material.mean_excitation_energy**2)
    delta = density_correction(material, np.sqrt(momentum2))
    return np.asarray((0.5 * log - beta2 - 0.5 * delta) / beta2)


@functools.lru_cache(maxsize=64)
def muon_tables(material: Material, threshold: float) -> tuple[FloatArray, Array32]:
    """Tables of one material.

    Parameters
    ----------
    material : Material
        Homogeneous material.
    threshold : float
        Smallest loss in GeV that is simulated one by one.

    Returns
    -------
    tuple of array, shapes (LINES, 10) and (4, LINES, q)
        See `MUON_COLUMNS`; and quantiles of the total energy over the loss, for knocked-on
        electrons, bremsstrahlung, pairs and nuclear interactions.
    """
    lines = np.maximum(energy_lines(), LOWEST)
    energy, v = _grid(threshold)
    transfer = _transfer(energy, v)
    spectra = _spectra(material, threshold)
    log = np.log(transfer)
    rates = [np.trapezoid(s * transfer, log, axis=1) for s in spectra]
    hard = sum(np.trapezoid(s * transfer**2, log, axis=1) for s in spectra)
    whole = np.array([sum(loss_rates(material, float(e)).values()) for e in energy])
    slow = lines < _FORMULAS
    whole *= np.where(slow, _bethe(material, lines) / _bethe(material, energy), 1.0)
    loss = np.maximum(whole * material.density - np.where(slow, 0.0, hard), 1e-6)
    area = 2 * math.pi * const.CLASSICAL_ELECTRON_RADIUS_CM**2 * _ME
    # Soft pairs and photons are rarer than soft electrons: their variance is left out.
    variance = area * material.electrons_per_cm3 * threshold
    total = np.sum(rates, axis=0)
    shares = np.cumsum(rates, axis=0) / np.maximum(total, 1e-300)
    columns = [
        np.where(slow, 1e-12, np.maximum(total, 1e-12)),
        loss,
        variance / loss,
        *shares[:3],
        *coulomb_columns(material, lines),
        lines,
    ]
    quantiles = np.array([inverse_cumulative_of_inverse(v, s, POWER) for s in spectra])
    return np.stack(columns, axis=1), quantiles


def dimuon(element: Element, energy: FloatArray, x: FloatArray) -> FloatArray:
    """D sigma/dx of gamma Z -> mu+ mu- Z (Burkhardt:2002cvs, Kelner et al.).

    Parameters
    ----------
    element : Element
        Nucleus.
    energy : array
        Of the photon in GeV, well above threshold.
    x : array
        Share of the energy that one muon has, broadcast against ``energy``.

    Returns
    -------
    array
        In cm^2 per nucleus; 0 where a muon would be at rest.
    """
    z13 = element.Z ** (-1 / 3)
    screening = 202.4 if element.Z == 1 else 183.0
    size = 1.49 if element.Z == 1 else 1.54 * element.A**0.27
    delta = _MU**2 / (2 * energy * x * (1 - x))
    infinite = screening * z13 * _MU / (size * _ME)
    root = math.exp(0.5)
    bend = 1 + (size * root - 2) * delta / _MU
    w = infinite * bend / (1 + screening * z13 * root * delta / _ME)
    radius = const.CLASSICAL_ELECTRON_RADIUS_CM * _ME / _MU
    area = 4 * const.ALPHA * element.Z**2 * radius**2
    value = area * (1 - 4 / 3 * x * (1 - x)) * np.log(np.maximum(w, 1.0))
    return np.asarray(np.where((x * energy > _MU) & ((1 - x) * energy > _MU), value, 0.0))


def dimuon_tables(material: Material) -> tuple[FloatArray, Array32]:
    """Rate of gamma to mu+ mu- and quantiles of the share of the mu-.

    Parameters
    ----------
    material : Material
        Homogeneous material.

    Returns
    -------
    tuple of array, shapes (LINES,) and (LINES, q)
        Per cm, and quantiles of E(mu-)/k.
    """
    energy = energy_lines()[:, None]
    x = np.linspace(1e-4, 1 - 1e-4, 400)
    density = np.zeros((energy.size, x.size))
    for c in material.components:
        atoms = const.AVOGADRO * c.mass_fraction / c.element.A * material.density
        density += atoms * dimuon(c.element, energy, x)
    rows = np.broadcast_to(x, density.shape)
    rate = np.asarray(np.trapezoid(density, x, axis=1))
    return rate, inverse_cumulative(rows, density)
