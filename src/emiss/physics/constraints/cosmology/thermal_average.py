"""Thermally averaged annihilation rate, with resonances, thresholds and coannihilation.

Gondolo and Gelmini (Nucl. Phys. B 360 (1991) 145), generalised to unequal masses by Edsjo and
Gondolo (hep-ph/9704361):

    <sigma v> = W/(2T) Int ds p^2 sqrt(s) sigma K_1(sqrt s/T) / [Sum_i g_i m_i^2 K_2(m_i/T)]^2

with W = Sum g_i g_j over the ordered annihilating pairs. For one self-conjugate state it is the
usual 1/(8 m^4 T K_2^2) Int ds sigma (s - 4m^2) sqrt(s) K_1. One fixed set of nodes serves all
temperatures.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from ....ground.arrays import FloatArray
from ....ground.errors import ValidityError
from ....ground.guards import guarded
from ....ground.products import product
from ....ground.quadrature import gauss
from .annihilation_rate import Annihilation
from .arguments import ARGUMENTS

__all__ = [
    "log_thermal_average",
    "panel_edges",
    "panel_nodes",
    "scaled_bessel",
    "scaled_density",
    "thermal_average",
]

CITATIONS: Final = ("Gondolo:1990dk", "Edsjo:1997bg")


_LARGEST_EXPONENT: Final = 60.0
"""Kinetic energies up to this many hottest temperatures count, if not stated otherwise."""
_SMALLEST_ARGUMENT: Final = 5.0
_BESSEL_DEGREE: Final = 8
_PEAK_GROWTH: Final = 2.5
_PANEL_GROWTH: Final = 2.0


@lru_cache(maxsize=1)
def _bessel_series() -> FloatArray:
    """Coefficients c_j of sqrt(2 z/pi) exp(z) K_1(z) = Sum c_j z^-j for z >= 5, to 1e-11.

    Interpolated at Chebyshev nodes in 1/z: the asymptotic series itself stops at 1e-5 there.
    """
    from scipy.special import k1e

    chebyshev = np.polynomial.chebyshev
    half = 0.5 / _SMALLEST_ARGUMENT
    inverse = half * (1.0 + np.cos(math.pi * (np.arange(64) + 0.5) / 64))
    values = np.sqrt(2.0 / (math.pi * inverse)) * k1e(1.0 / inverse)
    fit = chebyshev.chebfit(inverse / half - 1.0, values, _BESSEL_DEGREE)
    shifted = np.polynomial.Polynomial(chebyshev.cheb2poly(fit))
    return np.asarray(shifted(np.polynomial.Polynomial([-1.0, 1.0 / half])).coef)


def panel_edges(
    annihilation: Annihilation,
    coldest: float,
    hottest: float,
    exponent: float = _LARGEST_EXPONENT,
) -> FloatArray:
    """Edges of the quadrature panels in kinetic energy above threshold.

    Parameters
    ----------
    annihilation : Annihilation
        Gives thresholds and resonances.
    coldest, hottest : float
        Range of temperatures in GeV that the panels must serve.
    exponent : float, optional
        Largest kinetic energy over the hottest temperature.

    Returns
    -------
    array of float
        Ascending energies sqrt(s) - m_1 - m_2 in GeV, from 0. They grow geometrically from far
        below the coldest temperature, and again from each pole and threshold outward, so that no
        panel is wider than about its distance to a singular point of the integrand.
    """
    low, high = 1e-3 * coldest, exponent * hottest
    count = 1 + math.ceil(math.log(high / low) / math.log(_PANEL_GROWTH))
    edges = [np.zeros(1), np.geomspace(low, high, count)]
    threshold = sum(annihilation.pair)
    for mass, width in annihilation.resonances:
        # A pole off the range matters as far as its tail is not yet smooth over a panel.
        reach = max(0.5 * mass, width)
        steps = max(1, math.ceil(math.log(2.0 * reach / width) / math.log(_PEAK_GROWTH)))
        offsets = np.concatenate([[0.0], 0.5 * width * _PEAK_GROWTH ** np.arange(steps + 1.0)])
        edges.append(mass - threshold - offsets)
        edges.append(mass - threshold + offsets)
    for energy in annihilation.thresholds:
        # Square-root kinks: geometric panels above them.
        edges.append(energy - threshold + energy * np.concatenate([[0.0], 4.0 ** np.arange(-7, 0)]))
    merged = np.unique(np.concatenate(edges))
    merged = merged[(merged >= 0.0) & (merged <= high)]
    keep = np.concatenate([[True], np.diff(merged) > 1e-13 * threshold])
    return np.asarray(merged[keep])


@guarded(ARGUMENTS)
def thermal_average(
    annihilation: Annihilation, temperatures: ArrayLike, order: int = 8
) -> FloatArray:
    """Effective thermally averaged annihilation rate <sigma v>, per coupling^2.

    Parameters
    ----------
    annihilation : Annihilation
        Cross-section and counting of states.
    temperatures : array_like, shape (n,)
        Dark-matter temperatures in GeV; all states share them and their chemical potential.
    order : int
        Gauss-Legendre nodes per panel, see `log_thermal_average`.

    Returns
    -------
    array of float, shape (n,)
        GeV^-2 per coupling^2, defined by dn/dt + 3Hn = -<sigma v> (n^2 - n_eq^2) with n the
        number density of all states together. 0 where coannihilation is frozen out (below 1e-300).

    Raises
    ------
    ValidityError
        If a temperature is not positive, or every channel is closed at one.
    """
    if np.size(temperatures) == 0:
        return np.zeros(0)
    return np.asarray(np.exp(log_thermal_average(annihilation, temperatures, order)))


def log_thermal_average(
    annihilation: Annihilation,
    temperatures: ArrayLike,
    order: int = 8,
    exponent: float = _LARGEST_EXPONENT,
) -> FloatArray:
    """Logarithm of the effective rate, finite also where a splitting makes the rate underflow.

    Parameters
    ----------
    annihilation : Annihilation
        Cross-section and counting of states.
    temperatures : array_like, shape (n,)
        Temperatures in GeV.
    order : int
        Gauss-Legendre nodes per panel. 8 gives 1e-7 where the visible ratio is smooth over a
        panel, 4 gives 1e-5; a measured R ratio with steps needs more.
    exponent : float, optional
        Kinetic energies up to this many hottest temperatures count.

    Returns
    -------
    array of float, shape (n,)
        ln of <sigma v> in GeV^-2 per coupling^2.

    Raises
    ------
    ValidityError
        If a temperature is not positive, or every channel is closed at one.
    """
    t = np.atleast_1d(np.asarray(temperatures, dtype=np.float64))
    if t.size == 0 or not (np.all(t > 0.0) and np.all(np.isfinite(t))):
        raise ValidityError(f"temperatures {temperatures!r} GeV: must be positive and finite.")
    edges = panel_edges(annihilation, float(t.min()), float(t.max()), exponent)
    kinetic, weights = panel_nodes(edges, order)
    m1, m2 = annihilation.pair
    lightest = annihilation.species[0][0]
    sqrt_s = m1 + m2 + kinetic
    s = sqrt_s * sqrt_s
    # 4 s p^2; the small factor is the integration variable itself, so nothing cancels.
    four_s_p2 = kinetic * (sqrt_s + m1 + m2) * (s - (m1 - m2) ** 2)
    weights = weights * four_s_p2 * annihilation.cross_section(s)
    integral = _integral(t, sqrt_s, kinetic, weights)
    if not np.all(integral > 0.0):
        raise ValidityError(
            "annihilation rate vanishes at some temperature: every visible channel is closed there."
        )
    density = scaled_density(annihilation.species, t)
    rate = annihilation.pair_weight * integral / (4.0 * t * density**2)
    return np.asarray(np.log(rate) - (m1 + m2 - 2.0 * lightest) / t)


def scaled_density(species: tuple[tuple[float, float], ...], t: FloatArray) -> FloatArray:
    """Sum of g m^2 K_2(m/T) over states, times exp(lightest mass/T).

    Parameters
    ----------
    species : tuple of (float, float)
        Mass in GeV and degrees of freedom of each state, lightest first.
    t : array of float
        Temperatures in GeV.

    Returns
    -------
    array of float
        GeV^2, same shape.
    """
    from scipy.special import k0e, k1e

    lightest = species[0][0]
    density = np.zeros_like(t)
    for mass, dof in species:
        x = mass / t
        k2 = k0e(x) + 2.0 / x * k1e(x)
        density += dof * mass**2 * k2 * np.exp(-(mass - lightest) / t)
    return density


def scaled_bessel(z: FloatArray) -> FloatArray:
    """exp(z) K_1(z), by a series that is quick and good to 1e-11 from z = 5.

    Parameters
    ----------
    z : array of float
        Arguments.

    Returns
    -------
    array of float
        Values; by scipy if one argument is smaller.
    """
    if z.min() < _SMALLEST_ARGUMENT:
        from scipy.special import k1e

        return np.asarray(k1e(z))
    inverse = 1.0 / z
    series = np.polynomial.polynomial.polyval(inverse, _bessel_series())
    return np.asarray(np.sqrt(0.5 * math.pi * inverse) * series)


def _integral(
    t: FloatArray, sqrt_s: FloatArray, kinetic: FloatArray, weights: FloatArray
) -> FloatArray:
    """Sum weights K_1(sqrt s/T) exp((sqrt s - kinetic)/T) for each temperature.

    The exponentials of K_1 and, outside, of K_2^2 are combined before they are taken.
    """
    from scipy.special import k1e

    boltzmann = np.exp(-kinetic / t[:, None])
    if sqrt_s[0] < _SMALLEST_ARGUMENT * t.max():
        return np.asarray((k1e(sqrt_s / t[:, None]) * boltzmann) @ weights)
    # In powers of T/sqrt s the Bessel function factorises: no evaluation per node and temperature.
    series = _bessel_series()
    powers = np.arange(series.size)
    per_node = series * sqrt_s[:, None] ** -(powers + 0.5) * weights[:, None]
    moments = product(boltzmann, per_node) * t[:, None] ** powers
    return np.asarray(np.sqrt(0.5 * math.pi * t) * moments.sum(axis=1))


def panel_nodes(edges: FloatArray, order: int) -> tuple[FloatArray, FloatArray]:
    """Composite Gauss-Legendre nodes and weights over the panels.

    Parameters
    ----------
    edges : array of float, shape (n + 1,)
        Edges of the panels.
    order : int
        Nodes per panel.

    Returns
    -------
    tuple of array of float, shape (n order,)
        Nodes and weights.
    """
    nodes, weights = gauss(order)
    width = np.diff(edges)
    return (
        np.asarray((edges[:-1, None] + width[:, None] * nodes).ravel()),
        np.asarray((width[:, None] * weights).ravel()),
    )
