"""The textbook estimate of a relic density, to compare with lines that were made with it.

Freeze-out where the abundance leaves equilibrium by a factor 1 + c,

    exp(x_f) = c (c + 2) sqrt(pi/45) (45/2 pi^4) sqrt(pi/8) g M_Pl m <sigma v>(x_f)/sqrt(g_* x_f),

and a density from the rate at that moment alone, as if it fell like x^-n from there on,

    Omega h^2 = 1.04e9 GeV^-1 (n + 1) x_f/[(g_*s/g_*^(1/2)) M_Pl <sigma v>(x_f)]

(Kolb and Turner, The Early Universe, section 5.2; c = 1/2 of Griest and Seckel, Phys. Rev. D 43
(1991) 3191, where Kolb and Turner take c (c + 2) = n + 1). The average itself is exact. Against the
Boltzmann equation it errs by 5 to 20 % where a resonance lies above the thermal range, as the rate
then falls faster than x^-n.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from ....ground.errors import ValidityError
from .annihilation_rate import Annihilation
from .boltzmann import CRITICAL_DENSITY, ENTROPY_DENSITY_TODAY, PLANCK_MASS
from .degrees_of_freedom import SAIKAWA_SHIRAI, DegreesOfFreedom
from .thermal_average import log_thermal_average

__all__ = ["partial_wave", "textbook_coupling_squared"]

CITATIONS: Final = ("Kolb:1990vq", "Griest:1990kh")

_LEAVING: Final = 0.5
_RANGE: Final = (3.0, 60.0)
_POINTS: Final = 400


def partial_wave(annihilation: Annihilation) -> int:
    """Power n of the rate at low temperature, <sigma v> ~ x^-n.

    Parameters
    ----------
    annihilation : Annihilation
        The rate.

    Returns
    -------
    int
        0 for an s-wave, 1 for a p-wave.

    Raises
    ------
    ValidityError
        If the states differ in mass: their rate falls exponentially.
    """
    masses = [mass for mass, _ in annihilation.species]
    if max(masses) > min(masses):
        raise ValidityError(
            "textbook estimate: it has no place for states of different mass; set splitting to 0 "
            "or use the full or fast mode."
        )
    cold = masses[0] / np.array([1e5, 2e5])
    low, high = log_thermal_average(annihilation, cold)
    return round(float(low - high) / math.log(2.0))


def textbook_coupling_squared(
    annihilation: Annihilation,
    target: float,
    degrees: DegreesOfFreedom = SAIKAWA_SHIRAI,
    c: float = _LEAVING,
) -> tuple[float, float]:
    """Squared coupling that leaves a density, by the formulas above.

    Parameters
    ----------
    annihilation : Annihilation
        Cross-section per coupling^2 and counting of states of one mass.
    target : float
        Omega h^2.
    degrees : DegreesOfFreedom, optional
        Plasma, taken at freeze-out.
    c : float, optional
        Departure from equilibrium at freeze-out.

    Returns
    -------
    coupling_squared : float
    x_freeze_out : float
        Mass over temperature at freeze-out.

    Raises
    ------
    ValidityError
        If states differ in mass, or freeze-out would lie outside 3 < m/T < 60.
    """
    n = partial_wave(annihilation)
    mass = annihilation.species[0][0]
    x = np.geomspace(*_RANGE, _POINTS)
    rate = np.exp(log_thermal_average(annihilation, mass / x))
    g, h = degrees.energy(mass / x), degrees.entropy(mass / x)
    states = sum(dof for _, dof in annihilation.species)
    factor = math.sqrt(math.pi / 45.0) * 45.0 / (2.0 * math.pi**4) * math.sqrt(math.pi / 8.0)
    # Each x is a trial freeze-out: it needs this coupling and leaves that density.
    squared = np.exp(x) * np.sqrt(g * x) / (c * (c + 2.0) * factor * states * PLANCK_MASS * mass)
    squared = squared / rate
    unit = math.sqrt(45.0 / math.pi) * ENTROPY_DENSITY_TODAY / CRITICAL_DENSITY
    density = unit * (n + 1.0) * x * np.sqrt(g) / (h * PLANCK_MASS * squared * rate)
    miss = np.log(density / target)
    crossings = np.flatnonzero((miss[:-1] > 0.0) & (miss[1:] <= 0.0))
    if crossings.size == 0:
        raise ValidityError(
            f"dark matter of {mass:g} GeV: no freeze-out between m/T = {_RANGE[0]:g} and "
            f"{_RANGE[1]:g} leaves the density asked for."
        )
    i = crossings[-1]
    part = miss[i] / (miss[i] - miss[i + 1])
    log_squared, log_x = np.log(squared), np.log(x)
    found = log_squared[i] + part * (log_squared[i + 1] - log_squared[i])
    return float(np.exp(found)), float(np.exp(log_x[i] + part * (log_x[i + 1] - log_x[i])))
