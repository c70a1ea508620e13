"""Freeze-out at many masses at once: the semi-analytic solution and its correction, by arrays.

The same equations as in `boltzmann` and `fast_relic`, with the masses along the last axis.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np

from ....ground.arrays import FloatArray
from ....ground.products import product
from .boltzmann import (
    FROZEN,
    PLANCK_MASS,
    START_RATIO,
    Grid,
    magnus_steps,
    plan_of,
    planned_density,
)
from .degrees_of_freedom import SAIKAWA_SHIRAI, tabulated
from .fast_relic import DELTA, LATEST, SLOWEST_FALL, corrected

__all__ = ["FreezeOutLine", "freeze_out_line"]

CITATIONS: Final = ("Gondolo:1990dk",)


@dataclass(frozen=True, slots=True, eq=False)
class FreezeOutLine:
    """Rates of one dark sector at many masses, as `boltzmann.FreezeOut` of one.

    Parameters
    ----------
    edges : array of float, shape (n + 1,)
        Step edges in ln x.
    log_yield, rate : array of float, shape (n + 1, m)
        ln Yeq and L/coupling^2 at the edges.
    gauss_log_yield, gauss_rate : array of float, shape (2, n, m)
        The same at the two Gauss points of each step.
    """

    edges: FloatArray
    log_yield: FloatArray
    rate: FloatArray
    gauss_log_yield: FloatArray
    gauss_rate: FloatArray

    def coupling_squared(self, final_yield: FloatArray) -> FloatArray:
        """Squared couplings that leave given yields, to a few per cent.

        Parameters
        ----------
        final_yield : array of float, shape (m,)
            Yields n/s to leave.

        Returns
        -------
        array of float, shape (m,)
            Squared couplings; NaN where freeze-out would lie outside 2.5 < m/T < 300.
        """
        slope = np.gradient(self.log_yield, self.edges, axis=0)
        fall = np.log(self.rate[-3] / self.rate[-1]) / (self.edges[-1] - self.edges[-3])
        tail = self.rate[-1] / fall
        first = self._sudden(final_yield, slope, tail)
        excess = self._final_yield(first, slope, tail) / final_yield
        second = first * excess
        left = self._final_yield(second, slope, tail) / final_yield
        return corrected(second, excess, left)

    def _sudden(self, final_yield: FloatArray, slope: FloatArray, tail: FloatArray) -> FloatArray:
        """As `fast_relic.sudden_freeze_out`."""
        steps = 0.5 * np.diff(self.edges)[:, None] * self.gauss_rate.sum(axis=0)
        later = np.cumsum(steps[::-1], axis=0)[::-1] + tail
        usable = int(np.count_nonzero(self.edges < math.log(LATEST)))
        log_yield = self.log_yield[:usable]
        balance = (1.0 + DELTA) / (DELTA * (DELTA + 2.0))
        fall = np.maximum(-slope[:usable], SLOWEST_FALL)
        log_squared = np.log(fall * balance / self.rate[:usable]) - log_yield
        inverse = np.exp(-log_yield) / (1.0 + DELTA) + np.exp(log_squared) * later[:usable]
        miss = -np.log(inverse) - np.log(final_yield)
        crosses = (miss[:-1] > 0.0) & (miss[1:] <= 0.0)
        i = usable - 2 - np.argmax(crosses[::-1], axis=0)
        column = np.arange(final_yield.size)
        part = miss[i, column] / (miss[i, column] - miss[i + 1, column])
        rise = log_squared[i + 1, column] - log_squared[i, column]
        found = np.exp(log_squared[i, column] + part * rise)
        return np.where(crosses.any(axis=0), found, np.nan)

    def _final_yield(self, squared: FloatArray, slope: FloatArray, tail: FloatArray) -> FloatArray:
        """As `boltzmann.FreezeOut.final_yield`; NaN where there never was equilibrium."""
        tight = np.log(self.rate * squared) + self.log_yield
        good = tight > np.log(START_RATIO * np.abs(slope))
        steps = self.edges.size - 1
        # Beginning at the last edge nothing would be left to do.
        first = np.minimum(steps - np.argmax(good[::-1], axis=0), steps - 1)
        column = np.arange(squared.size)
        scale = self.log_yield[first, column]
        now = squared * self.rate[first, column] * np.exp(scale)
        deviation = -slope[first, column] / (2.0 * now)
        begin = int(first.min())
        started = np.arange(begin, steps)[:, None] >= first
        a = np.where(started, squared * np.exp(scale) * self.gauss_rate[:, begin:], 0.0)
        b = a * np.exp(2.0 * np.maximum(self.gauss_log_yield[:, begin:] - scale, -300.0))
        h = np.diff(self.edges[begin:])[:, None]
        p, q = np.exp(np.arcsinh(deviation)), np.ones(squared.size)
        for m11, m12, m21, m22 in zip(*magnus_steps(h, a, b), strict=True):
            p, q = m11 * p + m12 * q, m21 * p + m22 * q
        left = 1.0 / (q / p * np.exp(-scale) + squared * tail)
        return np.where(good.any(axis=0), left, np.nan)


@lru_cache(maxsize=4)
def _plasma(grid: Grid, masses: bytes) -> tuple[FloatArray, FloatArray]:
    """g_*^(1/2)/x and ln h at all points of a grid, for masses in GeV."""
    x = plan_of(grid).x[:, None]
    degrees = tabulated(SAIKAWA_SHIRAI)
    t = np.frombuffer(masses) / x
    return degrees.sqrt_g_star(t) / x, np.log(degrees.entropy(t))


def freeze_out_line(
    masses: FloatArray,
    log_average: FloatArray,
    shares: tuple[tuple[float, float], ...],
    grid: Grid,
) -> FreezeOutLine:
    """Tabulate the rates at many masses.

    Parameters
    ----------
    masses : array of float, shape (m,)
        Lightest dark masses in GeV.
    log_average : array of float, shape (k, m)
        ln <sigma v> in GeV^-2 per coupling^2 at the temperatures of the grid.
    shares : tuple of (float, float)
        Mass over the lightest and degrees of freedom of each dark state.
    grid : Grid
        Temperatures and steps.

    Returns
    -------
    FreezeOutLine
        Rates, with the default degrees of freedom of the plasma.
    """
    plan = plan_of(grid)
    root, log_entropy = _plasma(grid, masses.tobytes())
    log_rate = np.maximum(product(plan.spline, log_average), FROZEN)
    rate = math.sqrt(math.pi / 45.0) * PLANCK_MASS * masses * np.exp(log_rate) * root
    log_yield = planned_density(grid, shares)[:, None] - log_entropy
    n = plan.edges.size - 1
    return FreezeOutLine(
        plan.edges,
        log_yield[: n + 1],
        rate[: n + 1],
        log_yield[n + 1 :].reshape(2, n, -1),
        rate[n + 1 :].reshape(2, n, -1),
    )
