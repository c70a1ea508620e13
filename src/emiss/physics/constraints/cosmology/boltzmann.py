"""Boltzmann equation of freeze-out, solved as a linear system.

    dY/dt = -L (Y^2 - Yeq^2),  t = ln x, x = m/T,  L = sqrt(pi/45) M_Pl m <sigma v> g_*^(1/2)/x

is a Riccati equation: with Y = p/q it becomes p' = L Yeq^2 q, q' = L p, which is linear. Each
step is a fourth-order Magnus exponential of a 2 x 2 matrix, in closed form for all steps at once;
there is no iteration and no stiffness limit on the abundance left over.

Assumptions: kinetic equilibrium with the plasma, Maxwell-Boltzmann statistics, no contribution of
dark matter to g and h, heavier dark states decay or scatter to the lightest one afterwards.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np

from ....ground.arrays import FloatArray
from ....ground.errors import ValidityError
from ....ground.guards import guarded
from .annihilation_rate import Annihilation
from .arguments import ARGUMENTS
from .degrees_of_freedom import SAIKAWA_SHIRAI, DegreesOfFreedom
from .thermal_average import log_thermal_average

__all__ = [
    "COARSE",
    "CRITICAL_DENSITY",
    "ENTROPY_DENSITY_TODAY",
    "FINE",
    "FROZEN",
    "OMEGA_H2_TARGET",
    "PLANCK_MASS",
    "START_RATIO",
    "FreezeOut",
    "Grid",
    "Plan",
    "equilibrium_log_yield",
    "freeze_out",
    "magnus_steps",
    "omega_h2",
    "plan_of",
    "planned_density",
]

CITATIONS: Final = ("Gondolo:1990dk", "Edsjo:1997bg", "Planck:2018vyg")


PLANCK_MASS: Final = 1.220890e19
"""Planck mass in GeV (not reduced)."""
ENTROPY_DENSITY_TODAY: Final = 2891.2
"""Entropy density today in cm^-3."""
CRITICAL_DENSITY: Final = 1.05371e-5
"""Critical density over h^2 in GeV cm^-3."""
OMEGA_H2_TARGET: Final = 0.1200
"""Dark-matter density Omega h^2 (Planck 2018)."""

_HOTTEST, _COLDEST = 2.5, 1e5
_GAUSS: Final = 0.5 / math.sqrt(3.0)
FROZEN: Final = -650.0
"""Logarithm of a rate too small to matter: keeps logarithms finite."""
START_RATIO: Final = 25.0
"""Integration starts where annihilation is this many times faster than the fall of Yeq: the
initial value is then forgotten like exp(-2 times this)."""


@dataclass(frozen=True, slots=True)
class Grid:
    """How finely freeze-out is followed.

    Parameters
    ----------
    nodes : (int, int)
        Temperatures of the thermal average below and above x = 200.
    order : int
        Gauss-Legendre nodes per panel of the thermal average.
    step : float
        Step in ln x up to x = 60.
    coarse_step : float
        Step in ln x beyond, where only annihilation is left.
    exponent : float
        Kinetic energies up to this many hottest temperatures count in the thermal average.
    """

    nodes: tuple[int, int]
    order: int
    step: float
    coarse_step: float
    exponent: float = 60.0

    def temperatures(self) -> FloatArray:
        """Return ln x at which the thermal average is integrated."""
        return _joined((_HOTTEST, 200.0, _COLDEST), self.nodes)

    def edges(self) -> FloatArray:
        """Return step edges in ln x."""
        counts = (
            1 + math.ceil(math.log(60.0 / _HOTTEST) / self.step),
            1 + math.ceil(math.log(_COLDEST / 60.0) / self.coarse_step),
        )
        return _joined((_HOTTEST, 60.0, _COLDEST), counts)


FINE: Final = Grid((96, 32), 8, 0.01, 0.1)
"""Relative error of the yield below 1e-4."""
COARSE: Final = Grid((36, 12), 4, 0.05, 0.25, 30.0)
"""Relative error of the yield of about 1 %."""


def _joined(ends: tuple[float, float, float], counts: tuple[int, int]) -> FloatArray:
    """Two even grids in the logarithm that share the middle end."""
    low, middle, high = (math.log(end) for end in ends)
    first, second = np.linspace(low, middle, counts[0]), np.linspace(middle, high, counts[1])
    return np.concatenate([first, second[1:]])


@guarded(ARGUMENTS)
def omega_h2(mass: float, final_yield: float) -> float:
    """Density parameter of a relic.

    Parameters
    ----------
    mass : float
        Mass in GeV of the state that survives.
    final_yield : float
        n/s after freeze-out, all states together.

    Returns
    -------
    float
        Omega h^2 = m Y s_0/(rho_c/h^2).
    """
    return mass * final_yield * ENTROPY_DENSITY_TODAY / CRITICAL_DENSITY


@guarded(ARGUMENTS)
def equilibrium_log_yield(
    species: tuple[tuple[float, float], ...], x: FloatArray, degrees: DegreesOfFreedom
) -> FloatArray:
    """Logarithm of the equilibrium yield, Yeq = 45/(4 pi^4 h) Sum g_i x_i^2 K_2(x_i).

    Parameters
    ----------
    species : tuple of (float, float)
        Mass in GeV and degrees of freedom of each state, lightest first.
    x : array of float
        Lightest mass over temperature.
    degrees : DegreesOfFreedom
        Plasma.

    Returns
    -------
    array of float
        ln Yeq, same shape; finite where Yeq itself underflows.
    """
    lightest, x = species[0][0], np.asarray(x, dtype=np.float64)
    return _log_density(species, x) - np.log(degrees.entropy(lightest / x))


def _log_density(species: tuple[tuple[float, float], ...], x: FloatArray) -> FloatArray:
    """Ln Yeq h: the density of all states, without the plasma."""
    from scipy.special import k0e, k1e

    lightest = species[0][0]
    total = np.zeros_like(x)
    for mass, dof in species:
        z = x * (mass / lightest)
        total += dof * z * (z * k0e(z) + 2.0 * k1e(z)) * np.exp(x - z)
    return np.asarray(np.log(45.0 / (4.0 * math.pi**4) * total) - x)


@dataclass(frozen=True, slots=True)
class FreezeOut:
    """Rates of one annihilation, ready to be solved for any coupling.

    Parameters
    ----------
    mass : float
        Lightest dark mass in GeV.
    edges : array of float, shape (n + 1,)
        Step edges in ln x.
    log_yield : array of float, shape (n + 1,)
        ln Yeq at the edges.
    slope : array of float, shape (n + 1,)
        dln Yeq/dln x at the edges.
    rate : array of float, shape (n + 1,)
        L/coupling^2 at the edges.
    gauss_rate, gauss_log_yield : array of float, shape (2, n)
        The same at the two Gauss points of each step.
    """

    mass: float
    edges: FloatArray
    log_yield: FloatArray
    slope: FloatArray
    rate: FloatArray
    gauss_rate: FloatArray
    gauss_log_yield: FloatArray

    def start(self, coupling_squared: float) -> int:
        """Index of the edge at which integration starts.

        Parameters
        ----------
        coupling_squared : float
            Squared coupling.

        Returns
        -------
        int
            Last edge at which dark matter is still tightly in equilibrium.

        Raises
        ------
        ValidityError
            If it never was: the coupling is too small for a thermal relic.
        """
        tight = np.log(self.rate * coupling_squared) + self.log_yield
        good = np.flatnonzero(tight > np.log(START_RATIO * np.abs(self.slope)))
        if good.size == 0:
            raise ValidityError(
                f"coupling^2 = {coupling_squared:.3g}: dark matter of {self.mass:g} GeV is not in "
                f"equilibrium at x = {_HOTTEST}; it is no thermal relic. Use a larger coupling."
            )
        return int(good[-1])

    def final_yield(self, coupling_squared: float) -> float:
        """Yield n/s long after freeze-out.

        Parameters
        ----------
        coupling_squared : float
            Squared coupling.

        Returns
        -------
        float
            Y at infinity, with the relative error of the grid.

        Raises
        ------
        ValidityError
            If the coupling is too small for equilibrium.
        """
        first = self.start(coupling_squared)
        deviation = -self.slope[first] / (
            2.0 * coupling_squared * self.rate[first] * math.exp(self.log_yield[first])
        )
        scale = float(self.log_yield[first])
        p, q = math.exp(math.asinh(deviation)), 1.0  # Y = p/q in units of exp(scale)
        for m11, m12, m21, m22 in self._steps(coupling_squared, first, scale):
            p, q = m11 * p + m12 * q, m21 * p + m22 * q
        # Beyond the last edge L falls like a power of x and nothing is produced any more.
        tail = coupling_squared * float(self.rate[-1]) / self._fall()
        return 1.0 / (q / p * math.exp(-scale) + tail)

    def _fall(self) -> float:
        """-dln L/dln x at the end, for the integral beyond it."""
        ratio = math.log(self.rate[-3] / self.rate[-1])
        return float(ratio / (self.edges[-1] - self.edges[-3]))

    def remaining(self) -> FloatArray:
        """Integrate L/coupling^2 over ln x from each edge to infinity.

        Returns
        -------
        array of float, shape (n + 1,)
            Annihilation still to come.
        """
        steps = 0.5 * np.diff(self.edges) * self.gauss_rate.sum(axis=0)
        later = np.concatenate([np.cumsum(steps[::-1])[::-1], [0.0]])
        return np.asarray(later + self.rate[-1] / self._fall())

    def _steps(self, coupling_squared: float, first: int, scale: float) -> list[list[float]]:
        """Transfer matrices of all steps, for Y in units of exp(scale)."""
        h = np.diff(self.edges[first:])
        a = coupling_squared * math.exp(scale) * self.gauss_rate[:, first:]
        b = a * np.exp(2.0 * np.maximum(self.gauss_log_yield[:, first:] - scale, -300.0))
        result: list[list[float]] = np.stack(magnus_steps(h, a, b), axis=1).tolist()
        return result


def magnus_steps(
    h: FloatArray, a: FloatArray, b: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Transfer matrices of p' = b q, q' = a p over steps, to fourth order.

    Parameters
    ----------
    h : array of float
        Steps.
    a, b : array of float
        Rates at the two Gauss points of each step, along the first axis.

    Returns
    -------
    tuple of array of float
        Elements 11, 12, 21 and 22 of the exponential.
    """
    lower, upper = 0.5 * h * (a[0] + a[1]), 0.5 * h * (b[0] + b[1])
    diagonal = math.sqrt(3.0) / 12.0 * h * h * (b[1] * a[0] - b[0] * a[1])
    k = np.sqrt(diagonal**2 + lower * upper)
    cosh = np.cosh(k)
    small = k < 1e-6
    sinhc = np.where(small, 1.0, np.sinh(k) / np.where(small, 1.0, k))
    return cosh + sinhc * diagonal, sinhc * upper, sinhc * lower, cosh - sinhc * diagonal


def freeze_out(
    annihilation: Annihilation, degrees: DegreesOfFreedom = SAIKAWA_SHIRAI, grid: Grid = FINE
) -> FreezeOut:
    """Tabulate the rates of one annihilation along the expansion of the universe.

    Parameters
    ----------
    annihilation : Annihilation
        Cross-section per coupling^2 and counting of states.
    degrees : DegreesOfFreedom
        Plasma.
    grid : Grid
        Temperatures and steps. A cubic spline of the logarithm in ln x joins the temperatures.

    Returns
    -------
    FreezeOut
        Rates from x = 2.5 to 1e5.
    """
    plan = plan_of(grid)
    mass = annihilation.species[0][0]
    at = mass / plan.x_average
    log_average = log_thermal_average(annihilation, at, grid.order, grid.exponent)
    # Not by BLAS, which would start threads for a product as small as this.
    log_rate = np.maximum(np.einsum("ij,j->i", plan.spline, log_average), FROZEN)
    t = mass / plan.x
    prefactor = math.sqrt(math.pi / 45.0) * PLANCK_MASS * mass
    rate = prefactor * np.exp(log_rate) * degrees.sqrt_g_star(t) / plan.x
    shares = tuple((m / mass, dof) for m, dof in annihilation.species)
    log_yield = planned_density(grid, shares) - np.log(degrees.entropy(t))
    n = plan.edges.size - 1
    slope = np.gradient(log_yield[: n + 1], plan.edges)
    return FreezeOut(
        mass,
        plan.edges,
        log_yield[: n + 1],
        slope,
        rate[: n + 1],
        rate[n + 1 :].reshape(2, n),
        log_yield[n + 1 :].reshape(2, n),
    )


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """What a grid fixes for every mass.

    Parameters
    ----------
    x_average : array of float, shape (k,)
        x at which the thermal average is integrated.
    edges : array of float, shape (n + 1,)
        Step edges in ln x.
    x : array of float, shape (3 n + 1,)
        x at the edges, then at the first and at the second Gauss points of all steps.
    spline : array of float, shape (3 n + 1, k)
        Values at `x` of the cubic spline in ln x, from those at `x_average`.
    """

    x_average: FloatArray
    edges: FloatArray
    x: FloatArray
    spline: FloatArray


@lru_cache(maxsize=4)
def plan_of(grid: Grid) -> Plan:
    """Prepare a grid, once.

    Parameters
    ----------
    grid : Grid
        Temperatures and steps.

    Returns
    -------
    Plan
        Its points and the spline between its temperatures.
    """
    from scipy.interpolate import CubicSpline

    log_x, edges = grid.temperatures(), grid.edges()
    h, middle = np.diff(edges), 0.5 * (edges[1:] + edges[:-1])
    points = np.concatenate([edges, middle - _GAUSS * h, middle + _GAUSS * h])
    # A spline is linear in its values: those of unit vectors make the matrix.
    spline = np.ascontiguousarray(CubicSpline(log_x, np.eye(log_x.size))(points))
    return Plan(np.exp(log_x), edges, np.exp(points), spline)


@lru_cache(maxsize=32)
def planned_density(grid: Grid, shares: tuple[tuple[float, float], ...]) -> FloatArray:
    """Ln Yeq h at the points of a grid; it depends on ratios of masses only.

    Parameters
    ----------
    grid : Grid
        Temperatures and steps.
    shares : tuple of (float, float)
        Mass over the lightest and degrees of freedom of each state.

    Returns
    -------
    array of float, shape (3 n + 1,)
        Logarithms.
    """
    return _log_density(shares, plan_of(grid).x)
