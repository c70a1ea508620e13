"""Elastic scattering of electrons and positrons by screened nuclei.

The shape is (mu + A)^-2, mu = sin^2(theta/2), with Moliere's screening A; times the ratio of Mott
for a point nucleus and a nuclear form factor, which enter as a rejection. Deflections below a cut
are applied together (they have the mean 1 - cos theta of the missing part), larger ones singly.
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass

import numpy as np

from ...ground import constants as const
from ...ground.arrays import FloatArray
from ...physics.materials import Element, Material
from .mott import mott_ratio

__all__ = ["ANGLE_NODES", "Elastic", "elastic"]

CITATIONS = ("Moliere:1947zza", "Moliere:1948zz", "Mott:1929", "Sherman:1956zz")


_ME = const.ELECTRON_MASS
_NODES = 600
ANGLE_NODES = 32
"""Steps of sqrt(mu) in the table of the ratio to the screened Rutherford cross-section."""
# Kinetic energies in GeV of the Mott ratio; beyond, the ends hold (beta = 1 within 1e-5).
_MOTT_ENERGIES = np.geomspace(1e-5, 0.1, 17)
_MOTT_ROOTS = np.concatenate([[0.1], np.linspace(0.15, 0.98, 40)])
# Charge radius squared of a nucleus, (1.2 fm)^2 A^(2/3) 3/5, in a dipole form factor.
_RADIUS_CM = 1.2e-13


@dataclass(frozen=True, slots=True)
class Elastic:
    """Elastic scattering in one material on lines of energy.

    Parameters
    ----------
    transport : array, shape (n,)
        Inverse first transport mean free path per cm.
    soft_transport : array, shape (n,)
        The part of it from deflections below the cut, per cm.
    hard_rate : array, shape (n,)
        Single deflections per cm, before the rejection.
    screening : array, shape (n,)
        A.
    cut : array, shape (n,)
        Smallest mu of a single deflection.
    acceptance : array, shape (n, ANGLE_NODES + 1)
        Ratio to the screened Rutherford cross-section over its largest value above the cut, at
        equal steps of sqrt(mu).
    """

    transport: FloatArray
    soft_transport: FloatArray
    hard_rate: FloatArray
    screening: FloatArray
    cut: FloatArray
    acceptance: FloatArray


@functools.cache
def _mott_nodes(z: int) -> FloatArray:
    """Ratio at the energies and angles where the series is summed, forward and backward added.

    The same for all materials with this nucleus; ``z`` is negative for positrons.
    """
    gamma = _MOTT_ENERGIES / _ME + 1
    beta = np.sqrt(1 - gamma**-2)
    nodes = mott_ratio(z, beta, _MOTT_ROOTS**2)
    # Forward the ratio is 1; backward 1 - beta^2 up to what a heavy nucleus adds.
    last = nodes[:, -1:] + (nodes[:, -1:] - nodes[:, -2:-1])
    return np.concatenate([np.ones((beta.size, 1)), nodes, np.maximum(last, 0.0)], axis=1)


def _mott(element: Element, energy: FloatArray, root: FloatArray, positron: bool) -> FloatArray:
    """Ratio at energies (n,) and sqrt(mu) (m,), shape (n, m)."""
    nodes = _mott_nodes(-element.Z if positron else element.Z)
    roots = np.concatenate([[0.0], _MOTT_ROOTS, [1.0]])
    by_angle = np.array([np.interp(root, roots, row) for row in nodes])
    logs = np.log(_MOTT_ENERGIES)
    return np.array([np.interp(np.log(energy), logs, column) for column in by_angle.T]).T


def form_factor_slope(element: Element, momentum2: FloatArray) -> FloatArray:
    """Slope g of the squared dipole form factor of a nucleus, (1 + g mu)^-4."""
    radius2 = 0.6 * (_RADIUS_CM * element.A ** (1 / 3) / const.HBARC_GEV_CM) ** 2
    return np.asarray(momentum2 * radius2 / 3)


def rutherford_strength(element: Element, momentum2: FloatArray, beta2: FloatArray) -> FloatArray:
    """S of d sigma/d mu = S/(mu + A)^2 in cm^2, Z (Z + 1) for the nucleus and its electrons."""
    area = math.pi * (const.CLASSICAL_ELECTRON_RADIUS_CM * _ME) ** 2
    return np.asarray(area * element.Z * (element.Z + 1) / (momentum2 * beta2))


def screening_of(element: Element, momentum2: FloatArray, beta2: FloatArray) -> FloatArray:
    """Moliere's screening A, in mu = (1 - cos theta)/2 (Moliere:1947zza)."""
    radius = 0.88534 * const.HBARC_GEV_CM / (const.ALPHA * _ME) * element.Z ** (-1 / 3)
    factor = 1.13 + 3.76 * (const.ALPHA * element.Z) ** 2 / beta2
    return np.asarray((const.HBARC_GEV_CM / radius) ** 2 / (4 * momentum2) * factor)


def elastic(
    material: Material, energy: FloatArray, positron: bool, share: float, per_x0: float = 0.0
) -> Elastic:
    """Tables of elastic scattering.

    Parameters
    ----------
    material : Material
        The material; atomic electrons count as Z (Z + 1) in place of Z^2.
    energy : array, shape (n,)
        Kinetic energies in GeV, ascending.
    positron : bool
        Positron, else electron.
    share : float
        Mean 1 - cos theta collected between two single deflections.
    per_x0 : float
        Single deflections per radiation length, at least: where the share asks for fewer than one
        in a thin layer, the tail of large angles would widen the core of what is collected.

    Returns
    -------
    Elastic
        The tables.
    """
    momentum2 = energy * (energy + 2 * _ME)
    beta2 = momentum2 / (energy + _ME) ** 2
    weights = np.array([e.Z * (e.Z + 1) * n for e, n in atoms_of(material)])
    strength = np.asarray(
        sum(rutherford_strength(e, momentum2, beta2) * n for e, n in atoms_of(material))
    )
    parts = list(zip(weights / weights.sum(), [e for e, _ in atoms_of(material)], strict=True))
    log_a = sum(w * np.log(screening_of(e, momentum2, beta2)) for w, e in parts)
    screening = np.exp(np.asarray(log_a))
    mu = np.exp(np.linspace(np.log(1e-3 * screening), 0.0, _NODES, axis=1))
    ratio = np.zeros_like(mu)
    grid = np.linspace(0.0, 1.0, 201)
    for w, e in parts:
        by_root = _mott(e, energy, grid, positron)
        rows = [np.interp(np.sqrt(m), grid, r) for m, r in zip(mu, by_root, strict=True)]
        ratio += w * np.array(rows) * (1 + form_factor_slope(e, momentum2)[:, None] * mu) ** -4
    density = strength[:, None] * ratio / (mu + screening[:, None]) ** 2 * mu
    least = per_x0 / material.radiation_length_cm
    return _split(energy, mu, density, ratio, screening, strength, (share, least))


def atoms_of(material: Material) -> list[tuple[Element, float]]:
    """Elements with their atoms per cm^3."""
    return [
        (c.element, const.AVOGADRO * c.mass_fraction / c.element.A * material.density)
        for c in material.components
    ]


def _split(
    energy: FloatArray,
    mu: FloatArray,
    density: FloatArray,
    ratio: FloatArray,
    screening: FloatArray,
    strength: FloatArray,
    wanted: tuple[float, float],
) -> Elastic:
    """Cut the distribution, dN/d ln mu, where single deflections take over.

    ``wanted``: mean deflection per single one, and the least of single ones per cm.
    """
    n = energy.size
    step = (np.log(mu[:, -1]) - np.log(mu[:, 0])) / (_NODES - 1)
    moment = 0.5 * (2 * density * mu)[:, 1:] + 0.5 * (2 * density * mu)[:, :-1]
    moment = np.concatenate([np.zeros((n, 1)), np.cumsum(moment, axis=1)], axis=1) * step[:, None]
    number = 0.5 * (density[:, 1:] + density[:, :-1])
    above = np.cumsum(number[:, ::-1], axis=1)[:, ::-1] * step[:, None]
    above = np.concatenate([above, np.zeros((n, 1))], axis=1)
    transport = moment[:, -1]
    roots = np.linspace(0.0, 1.0, ANGLE_NODES + 1)
    soft, rate, cut = np.zeros(n), np.zeros(n), np.ones(n)
    acceptance = np.zeros((n, ANGLE_NODES + 1))
    for i in range(n):
        # The cut at which hard deflections come once per mean deflection that is asked for.
        rare = max(transport[i] / wanted[0], wanted[1])
        j = int(np.searchsorted(-above[i], -rare))
        j = min(max(j, 1), _NODES - 2)
        cut[i] = mu[i, j]
        soft[i] = moment[i, j]
        largest = float(ratio[i, j:].max())
        tail = 1 / (cut[i] + screening[i]) - 1 / (1 + screening[i])
        rate[i] = strength[i] * tail * largest
        acceptance[i] = np.interp(roots, np.sqrt(mu[i]), ratio[i]) / largest
    return Elastic(transport, soft, rate, screening, cut, acceptance)
