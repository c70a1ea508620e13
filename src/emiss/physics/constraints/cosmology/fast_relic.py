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

from ....ground.errors import ValidityError
from .annihilation_rate import Annihilation
from .boltzmann import COARSE, FreezeOut, freeze_out
from .degrees_of_freedom import SAIKAWA_SHIRAI, DegreesOfFreedom, tabulated

__all__ = ["fast_coupling_squared", "sudden_freeze_out"]

CITATIONS: Final = ("Gondolo:1990dk",)

_DELTA: Final = 1.5


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
    usable = problem.edges < math.log(300.0)
    log_yield = problem.log_yield[usable]
    balance = (1.0 + _DELTA) / (_DELTA * (_DELTA + 2.0))
    # Yeq can rise with x while h falls through the QCD crossover: no freeze-out there.
    fall = np.maximum(-problem.slope[usable], 1e-3)
    log_squared = np.log(fall * balance / problem.rate[usable]) - log_yield
    inverse = (
        np.exp(-log_yield) / (1.0 + _DELTA) + np.exp(log_squared) * problem.remaining()[usable]
    )
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
    # Two yields give the local power of the coupling: it is -1 except beside narrow resonances.
    power = math.log(left / excess) / math.log(excess) if abs(excess - 1.0) > 1e-6 else -1.0
    return second * left ** (-1.0 / min(power, -0.2)), x
