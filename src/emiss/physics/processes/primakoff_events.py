"""Angles and events of Primakoff production gamma N -> a N, with the exact recoil of the nucleus.

The angle follows from t: with E = omega - t/2M the boson's momentum has p_z = E - (t + m^2)/2 omega
and omega^2 p_T^2 = c/4 (t - tmin)(tmax - t), c = 1 + 2 omega/M. Where the boson is slower than the
centre of mass (only if m is about M or more) an angle belongs to two t, and there is a largest one.
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ...ground.arrays import FloatArray
from ...ground.errors import ValidityError
from ...ground.guards import guarded, numbers
from ...ground.quadrature import gauss
from ..materials import Element
from . import form_factors
from .primakoff import ARGUMENTS, differential_t, limits, threshold_energy

__all__ = [
    "PrimakoffEvents",
    "differential_solid_angle",
    "differential_theta",
    "sample",
    "sample_at",
]

CITATIONS = ("Dobrich:2015jyk", "arXiv:1009.1681")


_CELLS = 1024
_NODE_STEP = 0.004


@dataclass(frozen=True, slots=True, eq=False)
class PrimakoffEvents:
    """Events of gamma N -> a N; the photon flies along z, the nucleus is at rest.

    Parameters
    ----------
    boson, nucleus : array, shape (n, 4)
        Final four-momenta (E, p_x, p_y, p_z) in GeV.
    momentum_transfer : array, shape (n,)
        t = -q^2 in GeV^2.
    theta : array, shape (n,)
        Laboratory angle of the boson in rad.
    """

    boson: FloatArray
    nucleus: FloatArray
    momentum_transfer: FloatArray
    theta: FloatArray


def _transfers(
    theta: FloatArray, energy: float, mass: float, inverse: float
) -> tuple[FloatArray, FloatArray]:
    """Roots t of the angles theta and pi - theta, the smaller first; NaN where there is none.

    They solve c/4 (t - tmin)(tmax - t) = omega^2 p^2 sin^2 theta, quadratic in t.
    """
    s2, ratio = np.sin(theta) ** 2, energy * inverse
    scale = 4.0 * energy**2
    square = (1.0 + 2.0 * ratio + s2 * ratio**2) / scale
    half = (2.0 * energy**2 * (1.0 + s2 * ratio) - mass**2 * (1.0 + ratio)) / scale
    last = mass**4 / scale + s2 * (energy - mass) * (energy + mass)
    inner = (energy - 0.5 * mass**2 * inverse) ** 2 - mass**2 - s2 * (mass * ratio) ** 2
    root = np.sqrt(np.where(inner >= 0.0, inner, np.nan)) * np.abs(np.cos(theta)) / (2.0 * energy)
    return last / (half + root), (half + root) / square


@guarded(ARGUMENTS, theta=numbers(0.0, math.pi, "rad"))
def differential_solid_angle(
    theta: ArrayLike,
    energy: float,
    mass: float,
    *,
    element: Element,
    form_factor: str = "elastic",
    recoil: bool = True,
) -> FloatArray:
    """Angular distribution d sigma/dOmega of the boson in the laboratory.

    Parameters
    ----------
    theta : array_like
        Laboratory angles in rad, 0 to pi.
    energy, mass, element, form_factor, recoil
        As in `primakoff.total_cross_section`.

    Returns
    -------
    array
        In pb/sr per nucleus at g = 1 GeV^-1: d sigma/dt |dt/dOmega|, summed over both t where an
        angle has two. Static nucleus: (alpha g^2 G2/8 pi) (k/omega) (omega k sin theta)^2/t^2.

    Raises
    ------
    ValidityError
        If a value is outside its range.
    UnknownNameError
        If there is no such form factor.
    """
    angle = np.asarray(theta, dtype=np.float64)
    density = np.zeros(angle.shape)
    span = limits(energy, mass, element, recoil)
    if not float(span.width) > 0.0:
        form_factors.parameters(element, form_factor)  # refuses unknown names
        return density
    inverse = 1.0 / element.nuclear_mass if recoil else 0.0
    forward = np.cos(angle) >= 0.0
    # Slower than the centre of mass, so that nothing goes backwards: delta < kappa m.
    slow = 1.0 + 0.5 * mass**2 * inverse / energy < mass * (inverse + 1.0 / energy)
    for which, t in enumerate(_transfers(angle, energy, mass, inverse)):
        valid = np.isfinite(t) & (forward if which == 0 or slow else ~forward)
        if not np.any(valid):
            continue
        q2 = t[valid]
        boson_energy = energy - 0.5 * q2 * inverse
        p = np.sqrt(np.maximum(boson_energy**2 - mass**2, 0.0))
        # |dt/dcos| = 2 M p^2/|kappa p - E cos theta|, over M above and below for a static nucleus
        tilt = (inverse + 1.0 / energy) * p - inverse * boson_energy * np.cos(angle[valid])
        values = differential_t(
            q2, energy, mass, element=element, form_factor=form_factor, recoil=recoil
        )
        density[valid] += values * p**2 / (math.pi * np.abs(tilt))
    return density


@guarded(ARGUMENTS, theta=numbers(0.0, math.pi, "rad"))
def differential_theta(
    theta: ArrayLike,
    energy: float,
    mass: float,
    *,
    element: Element,
    form_factor: str = "elastic",
    recoil: bool = True,
) -> FloatArray:
    """Angular distribution d sigma/dtheta = 2 pi sin(theta) d sigma/dOmega in pb/rad.

    Parameters
    ----------
    theta, energy, mass, element, form_factor, recoil
        As in `differential_solid_angle`.

    Returns
    -------
    array
        In pb/rad per nucleus at g = 1 GeV^-1.

    Raises
    ------
    ValidityError, UnknownNameError
        As `differential_solid_angle`.
    """
    density = differential_solid_angle(
        theta, energy, mass, element=element, form_factor=form_factor, recoil=recoil
    )
    return np.asarray(2.0 * math.pi * np.sin(np.asarray(theta, dtype=np.float64)) * density)


@functools.lru_cache(maxsize=64)
def _table(
    energy: float, mass: float, element: Element, form_factor: str
) -> tuple[float, float, FloatArray, FloatArray]:
    """Range of t (start and logarithmic length), density in ln t at the edges, sums up to them."""
    span = limits(energy, mass, element)
    low, width = float(span.low), float(span.width)
    # The screened form factor leaves 1e-12 of the cross-section below the start.
    start = max(low, 1e-6 * float(form_factors.parameters(element, form_factor)[1]))
    length = math.log1p((width - (start - low)) / start)

    def density(position: FloatArray) -> FloatArray:
        excess = start * np.expm1(length * position)
        t = start + excess
        above = excess + (start - low)
        g2 = form_factors.squared_form_factor(t, element, form_factor)
        return np.asarray(above * np.maximum(width - above, 0.0) / t * g2)

    nodes, weights = gauss(4)
    points = (np.arange(_CELLS)[:, None] + nodes) / _CELLS
    content = density(points) @ weights
    return (
        start,
        length,
        density(np.linspace(0.0, 1.0, _CELLS + 1)),
        np.concatenate([[0.0], np.cumsum(content) / content.sum()]),
    )


def sample(
    energy: float,
    mass: float,
    count: int,
    rng: np.random.Generator,
    *,
    element: Element,
    form_factor: str = "elastic",
) -> PrimakoffEvents:
    """Draw events of gamma N -> a N.

    Parameters
    ----------
    energy, mass : float
        Photon energy and boson mass in GeV.
    count : int
        Number of events.
    rng : numpy.random.Generator
        Source of randomness; two numbers per event are used.
    element : Element
        Target, at rest; recoils as a whole whatever the form factor.
    form_factor : str
        One of `form_factors.FORM_FACTORS`.

    Returns
    -------
    PrimakoffEvents
        Unweighted events from the inverse cumulative distribution in ln t: exact per cell of 1024,
        linear inside a cell (distribution function good to 1e-6).

    Raises
    ------
    ValidityError
        If a value is outside its range or the photon is below threshold.
    UnknownNameError
        If there is no such form factor.
    """
    if count < 0:
        raise ValidityError(f"number of events {count}: must not be negative.")
    span = limits(energy, mass, element)
    if not float(span.width) > 0.0:
        raise ValidityError(
            f"photon energy {energy:g} GeV is below the threshold "
            f"{threshold_energy(mass, element):g} GeV for a boson of {mass:g} GeV."
        )
    start, length, edges, cumulative = _table(energy, mass, element, form_factor)
    u = rng.random(count)
    cell = np.clip(np.searchsorted(cumulative, u, "right") - 1, 0, _CELLS - 1)
    share = (u - cumulative[cell]) / (cumulative[cell + 1] - cumulative[cell])
    left, right = edges[cell], edges[cell + 1]
    inside = np.sqrt(left**2 + share * (right**2 - left**2))
    position = (cell + share * (left + right) / (left + inside)) / _CELLS
    excess = start * np.expm1(length * position)
    t = start + excess
    above = np.clip(excess + (start - span.low), 0.0, span.width)
    transverse = np.sqrt(span.slope * above * (span.width - above)) / (2.0 * energy)
    return _events((energy, mass, element.nuclear_mass), t, transverse, rng.random(count))


def sample_at(
    energies: FloatArray,
    mass: float,
    rng: np.random.Generator,
    *,
    element: Element,
    form_factor: str = "elastic",
) -> PrimakoffEvents:
    """Draw one event of gamma N -> a N for each of many photon energies.

    Parameters
    ----------
    energies : array of float, shape (n,)
        Photon energies in GeV, above threshold.
    mass, rng, element, form_factor
        As in `sample`.

    Returns
    -------
    PrimakoffEvents
        As of `sample`, with the momentum transfer from the distribution at the nearest of energies
        0.4 % apart, and kinematics exact.

    Raises
    ------
    ValidityError, UnknownNameError
        As `sample`.
    """
    node = np.round(np.log(energies) / _NODE_STEP)
    t = np.empty(energies.size)
    lowest = 1.0001 * threshold_energy(mass, element)
    for value in np.unique(node):
        rows = np.nonzero(node == value)[0]
        at = max(math.exp(float(value) * _NODE_STEP), lowest)
        made = sample(at, mass, rows.size, rng, element=element, form_factor=form_factor)
        t[rows] = made.momentum_transfer
    span = limits(energies, mass, element)
    above = np.clip(t - span.low, 0.0, span.width)
    transverse = np.sqrt(span.slope * above * (span.width - above)) / (2.0 * energies)
    kinematics = (energies, mass, element.nuclear_mass)
    return _events(kinematics, span.low + above, transverse, rng.random(energies.size))


def _events(
    kinematics: tuple[float | FloatArray, float, float],
    t: FloatArray,
    transverse: FloatArray,
    turn: FloatArray,
) -> PrimakoffEvents:
    energy, mass, nuclear_mass = kinematics
    kinetic = 0.5 * t / nuclear_mass
    lost = kinetic + 0.5 * (t + mass**2) / energy  # of the momentum along z
    x, y = (transverse * part(2.0 * math.pi * turn) for part in (np.cos, np.sin))
    boson = np.stack([energy - kinetic, x, y, energy - lost], axis=1)
    nucleus = np.stack([nuclear_mass + kinetic, -x, -y, lost], axis=1)
    return PrimakoffEvents(boson, nucleus, t, np.arctan2(transverse, energy - lost))
