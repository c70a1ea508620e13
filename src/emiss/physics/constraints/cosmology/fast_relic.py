"""Semi-analytic freeze-out: the coupling without iterating the Boltzmann equation.

Freeze-out is taken where the abundance is (1 + delta) times its equilibrium value and the fall of
equilibrium is just matched by annihilation,

    -dln Yeq/dln x = L Yeq delta (delta + 2)/(1 + delta),      delta = 1.5,

after which only annihilation acts: 1/Y = 1/Y_f + Int L dln x (Gondolo and Gelmini, Nucl. Phys. B
360 (1991) 145, section 3). Every point of the table is a trial freeze-out, and the one that leaves
the wanted density gives the coupling. This alone is good to 3 %, except where a narrow resonance
makes the rate fall exponentially after freeze-out (up to 50 %), so that the fast mode corrects it
twice with the yield of a coarse solution.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from ....ground.arrays import FloatArray
from ....ground.errors import ValidityError
from .annihilation_rate import Annihilation
from .boltzmann import COARSE, FreezeOut, freeze_out
from .degrees_of_freedom import SAIKAWA_SHIRAI, DegreesOfFreedom, tabulated

__all__ = [
    "DELTA",
    "LATEST",
    "SLOWEST_FALL",
    "corrected",
    "fast_coupling_squared",
    "sudden_freeze_out",
]

CITATIONS: Final = ("Gondolo:1990dk",)

DELTA: Final = 1.5
"""Excess of the abundance over equilibrium at freeze-out."""
LATEST: Final = 300.0
"""Largest mass over temperature of freeze-out."""
SLOWEST_FALL: Final = 1e-3
"""Yeq can rise with x while h falls through the QCD crossover: no freeze-out there."""


def sudden_freeze_out(problem: FreezeOut, final_yield: float) -> tuple[float, float]:
    """Squared coupling that leaves a yield, in the sudden freeze-out approximation.

    Parameters
    ----------
    problem : FreezeOut
        Rates of the annihilation.
    final_yield : float
        Yield n/s to leave.

    Returns
    -------
    coupling_squared : float
    x_freeze_out : float
        Mass over temperature at freeze-out.

    Raises
    ------
    ValidityError
        If freeze-out would lie outside 2.5 < m/T < 300.
    """
    usable = problem.edges < math.log(LATEST)
    log_yield = problem.log_yield[usable]
    balance = (1.0 + DELTA) / (DELTA * (DELTA + 2.0))
    fall = np.maximum(-problem.slope[usable], SLOWEST_FALL)
    log_squared = np.log(fall * balance / problem.rate[usable]) - log_yield
    inverse = np.exp(-log_yield) / (1.0 + DELTA) + np.exp(log_squared) * problem.remaining()[usable]
    miss = -np.log(inverse) - math.log(final_yield)
    # A later freeze-out leaves less; with several solutions the last is the stable one.
    crossings = np.flatnonzero((miss[:-1] > 0.0) & (miss[1:] <= 0.0))
    if crossings.size == 0:
        raise ValidityError(
            f"dark matter of {problem.mass:g} GeV: no freeze-out between m/T = 2.5 and 300 leaves "
            "the density asked for; change the mass or the density."
        )
    i = crossings[-1]
    part = miss[i] / (miss[i] - miss[i + 1])
    squared = log_squared[i] + part * (log_squared[i + 1] - log_squared[i])
    log_x = problem.edges[i] + part * (problem.edges[i + 1] - problem.edges[i])
    return math.exp(squared), math.exp(log_x)


def fast_coupling_squared(
    annihilation: Annihilation,
    final_yield: float,
    degrees: DegreesOfFreedom = SAIKAWA_SHIRAI,
) -> tuple[float, float]:
    """Squared coupling that leaves a yield, to a few per cent.

    Parameters
    ----------
    annihilation : Annihilation
        Cross-section per coupling^2 and counting of states.
    final_yield : float
        Yield n/s to leave.
    degrees : DegreesOfFreedom
        Plasma.

    Returns
    -------
    coupling_squared : float
    x_freeze_out : float
        Mass over temperature at freeze-out.

    Raises
    ------
    ValidityError
        If freeze-out would lie outside 2.5 < m/T < 300.
    """
    problem = freeze_out(annihilation, tabulated(degrees), COARSE)
    first, x = sudden_freeze_out(problem, final_yield)
    excess = problem.final_yield(first) / final_yield
    second = first * excess
    left = problem.final_yield(second) / final_yield
    return float(corrected(second, excess, left)), x


def corrected(second: ArrayLike, excess: ArrayLike, left: ArrayLike) -> FloatArray:
    """Squared coupling from the yields at two.

    Parameters
    ----------
    second : array_like
        Second squared coupling: the first times `excess`.
    excess, left : array_like
        Yields at the first and at the second over that wanted.

    Returns
    -------
    array of float
        Squared coupling at which the yield is the one wanted, in proportion to the power of the
        coupling between the two: -1 except beside narrow resonances.
    """
    change = np.log(excess)
    known = np.abs(change) > 1e-6
    power = np.where(known, (np.log(left) - change) / np.where(known, change, 1.0), -1.0)
    return np.asarray(second * np.power(left, -1.0 / np.minimum(power, -0.2)))
