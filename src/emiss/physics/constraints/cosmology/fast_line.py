"""The fast mode at many masses at once: one kernel and one freeze-out for a whole line."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

import numpy as np

from ....ground.arrays import FloatArray
from ....ground.errors import ValidityError
from ....ground.products import product
from .annihilation_rate import DarkStates
from .boltzmann import COARSE, CRITICAL_DENSITY, ENTROPY_DENSITY_TODAY, OMEGA_H2_TARGET
from .freeze_out_line import freeze_out_line
from .mediators import Mediator
from .relic import relic_coupling
from .thermal_kernel import kernel_cells, thermal_kernel, unit_annihilation
from .visible_table import visible_table

__all__ = ["fast_line"]

CITATIONS: Final = ("Gondolo:1990dk",)

_AT_ONCE: Final = 512
_NEGLIGIBLE: Final = 1e-5
"""Share of the visible width up to which it is neglected, as in `relic`."""
_STEP: Final = 0.2
_WIDEST: Final = 3.0
"""Logarithms of the total over the dark width: smallest step, and from where masses are solved
alone."""
_STRAIGHT: Final = 1e-3
"""Deviation of the logarithm of the squared coupling from a straight line over a step."""


def fast_line(
    masses: FloatArray, dark: DarkStates, mediator: Mediator, target: float = OMEGA_H2_TARGET
) -> FloatArray:
    """Squared couplings that give the relic density, as the fast mode of `relic.relic_coupling`.

    Parameters
    ----------
    masses : array of float, shape (n,)
        Dark-matter masses in GeV.
    dark : DarkStates
        The dark sector in units of the dark-matter mass: mass 1.
    mediator : Mediator
        The mediator.
    target : float, optional
        Omega h^2.

    Returns
    -------
    array of float, shape (n,)
        Within 1e-4 of the fast mode at each mass; NaN where no coupling gives the density.

    Raises
    ------
    ValidityError
        If no mass has a solution.
    """
    found = np.full(masses.size, np.nan)
    usable = _usable(masses, dark, mediator)
    for part in np.array_split(np.flatnonzero(usable), -(-usable.sum() // _AT_ONCE) or 1):
        if part.size:
            found[part] = _solved(masses[part], dark, mediator, target)
    reason: ValidityError | None = None
    for i in np.flatnonzero(~np.isfinite(found)):
        try:
            found[i] = _alone(float(masses[i]), dark, mediator, target)
        except ValidityError as error:
            reason = error
    if reason is not None and not np.isfinite(found).any():
        raise reason
    return found


def _usable(masses: FloatArray, dark: DarkStates, mediator: Mediator) -> FloatArray:
    """Where the mediator's width is known and annihilation at rest is open."""
    heavy = masses * dark.mediator_mass > mediator.maximum_energy
    at_rest = np.where(heavy, 1.0, masses) * dark.pair_mass
    return np.asarray(~heavy & (mediator.continued_width(at_rest) > 0.0))


def _alone(mass: float, dark: DarkStates, mediator: Mediator, target: float) -> float:
    """One mass by the fast mode itself, which says why there is no solution."""
    line = relic_coupling(
        [mass],
        dark.kind,
        dark.alpha_dark,
        dark.mediator_mass,
        "fast",
        mediator=mediator,
        splitting=dark.splitting,
        target=target,
    )
    return float(line.coupling[0] ** 2)


def _solved(masses: FloatArray, dark: DarkStates, mediator: Mediator, target: float) -> FloatArray:
    """Squared couplings with the visible width made consistent; NaN beyond `_WIDEST`."""
    narrow = unit_annihilation(dark, mediator.kind)
    cells = kernel_cells(narrow, COARSE)
    energies = (dark.pair_mass + cells)[:, None] * masses
    table = visible_table(mediator, float(energies.min()), float(energies.max()))
    moments = table.moments(energies)
    goal = target * CRITICAL_DENSITY / (ENTROPY_DENSITY_TODAY * masses)

    def log_squared(widening: float) -> FloatArray:
        annihilation = unit_annihilation(dark, mediator.kind, widening)
        kernel, exponent = thermal_kernel(annihilation, cells, COARSE)
        log_average = np.log(product(kernel, moments)) + exponent[:, None] - 2.0 * np.log(masses)
        line = freeze_out_line(masses, log_average, dark.species, COARSE)
        return np.log(line.coupling_squared(goal))

    poles = masses * dark.mediator_mass
    visible = mediator.visible_width(poles) / poles
    invisible = float(dark.width(np.array([dark.mediator_mass]), mediator.kind)[0])
    per_squared = visible * dark.mediator_mass / invisible
    return np.exp(_consistent(log_squared, per_squared))


def _consistent(log_squared: Callable[[float], FloatArray], per_squared: FloatArray) -> FloatArray:
    """Logarithms of the coupling where the widening is what the coupling solved at it makes."""
    widenings, solutions = [0.0], [log_squared(0.0)]
    made = [np.log1p(np.exp(solutions[0]) * per_squared)]
    if not np.nanmax(made[0], initial=0.0) > _NEGLIGIBLE:
        return solutions[0]
    step = _STEP
    while True:
        reach = 1.2 * float(np.nanmax(made[-1])) - widenings[-1]
        widenings.append(widenings[-1] + (min(step, reach) if reach > 0.0 else step))
        solutions.append(log_squared(widenings[-1]))
        made.append(np.log1p(np.exp(solutions[-1]) * per_squared))
        open_ = made[-1] > widenings[-1]
        if widenings[-1] > _WIDEST or not np.any(open_):
            misses = np.array(made) - np.array(widenings)[:, None]
            return _root(misses, np.array(solutions))
        # With a share s of the rate on the pole the slope is s and the bend s (1 - s).
        slope = (solutions[-1] - solutions[-2]) / (widenings[-1] - widenings[-2])
        step = max(_STEP, math.sqrt(8.0 * _STRAIGHT / max(float(slope[open_].max()), 1e-6)))


def _root(misses: FloatArray, values: FloatArray) -> FloatArray:
    """Values where the misses change sign, by straight lines; NaN where they never do."""
    column = np.arange(misses.shape[1])
    after = np.maximum(np.argmax(misses <= 0.0, axis=0), 1)
    a, b = misses[after - 1, column], misses[after, column]
    low, high = values[after - 1, column], values[after, column]
    return np.where(b <= 0.0, low + a / np.where(b <= 0.0, a - b, 1.0) * (high - low), np.nan)
