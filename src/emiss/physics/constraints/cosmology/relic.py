"""Coupling and y that give the observed dark-matter density, for any mediator and dark sector."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal, cast

import numpy as np
from numpy.typing import ArrayLike

from ....ground.arrays import FloatArray
from ....ground.errors import ValidityError
from ....ground.guards import chosen, guarded
from ....ground.presentable import Presentable
from . import textbook
from .annihilation_rate import (
    Annihilation,
    DarkMatterKind,
    DarkStates,
    annihilation_channel,
    pole_widths,
)
from .arguments import ARGUMENTS
from .boltzmann import (
    CRITICAL_DENSITY,
    ENTROPY_DENSITY_TODAY,
    OMEGA_H2_TARGET,
    freeze_out,
    omega_h2,
)
from .degrees_of_freedom import SAIKAWA_SHIRAI, DegreesOfFreedom
from .fast_relic import fast_coupling_squared, sudden_freeze_out
from .mediators import Mediator, dark_photon_mediator, thermal_variable

__all__ = [
    "RelicLine",
    "relic_abundance",
    "relic_coupling",
    "solve_coupling_squared",
    "thermal_variable",
]

CITATIONS: Final = (
    "Gondolo:1990dk",
    "Edsjo:1997bg",
    "arXiv:1803.01038",
    "Planck:2018vyg",
    "Izaguirre:2015yja",
)

Mode = Literal["full", "fast", "textbook"]

_LARGEST_LOG_SQUARED: Final = 14.0
_METHOD: Final = {
    "full": "full: Boltzmann equation solved (Magnus, fourth order), thermal average with "
    "resonance and thresholds; relative error of y below 0.1 % for given degrees of freedom",
    "fast": "fast: semi-analytic sudden freeze-out corrected on a coarse grid, thermal average "
    "with resonance and thresholds; within a few per cent of the full mode",
    "textbook": "textbook: estimate from the rate at freeze-out (Kolb and Turner, c = 1/2), for "
    "comparison with published lines only; 5 to 20 % below the full mode above 5 MeV",
}
_ASSUMPTIONS: Final = (
    "kinetic equilibrium with the plasma; no asymmetry; degrees of freedom {degrees}, to which "
    "dark matter itself does not contribute (its effect on N_eff matters below about 10 MeV)"
)
_P_WAVE: Final = "p-wave: not constrained by energy injection at recombination"
_S_WAVE: Final = "s-wave: the cosmic microwave background excludes the symmetric case below ~10 GeV"
_SPLIT: Final = (
    "heavier state assumed in equilibrium with the lighter one until freeze-out and gone afterwards"
)


@dataclass(frozen=True, slots=True)
class RelicLine(Presentable):
    """Thermal target: the coupling that gives the relic density, per dark-matter mass.

    Parameters
    ----------
    masses : array of float, shape (n,)
        Dark-matter mass in GeV (of the lighter state).
    coupling : array of float, shape (n,)
        The mediator's free coupling, `coupling_name`.
    y : array of float, shape (n,)
        epsilon^2 alpha_dark (m_chi/m_mediator)^4, with epsilon = g/e for a gauge coupling g.
    x_freeze_out : array of float, shape (n,)
        Mass over temperature at freeze-out (semi-analytic definition, both modes).
    mode : str
        ``"full"``, ``"fast"`` or ``"textbook"``.
    kind : str
        Dark-matter kind.
    alpha_dark, mass_ratio, splitting : float
        Dark sector.
    mediator, coupling_name : str
        Mediator's name and its coupling's.
    omega_h2 : float
        Density reached.
    notes : tuple of str
        Method, assumptions and their consequences.
    citations : tuple of str
        Bibliography keys.
    """

    masses: FloatArray
    coupling: FloatArray
    y: FloatArray
    x_freeze_out: FloatArray
    mode: Mode
    kind: DarkMatterKind
    alpha_dark: float
    mass_ratio: float
    splitting: float
    mediator: str
    coupling_name: str
    omega_h2: float
    notes: tuple[str, ...]
    citations: tuple[str, ...] = CITATIONS


def solve_coupling_squared(
    annihilation: Annihilation,
    mode: Mode = "full",
    target: float = OMEGA_H2_TARGET,
    degrees: DegreesOfFreedom = SAIKAWA_SHIRAI,
) -> tuple[float, float]:
    """Squared coupling at which one annihilation leaves a given density.

    Parameters
    ----------
    annihilation : Annihilation
        Cross-section per coupling^2 (taken as independent of it) and counting.
    mode : str
        ``"full"``, ``"fast"`` or ``"textbook"``.
    target : float
        Omega h^2.
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
        If no coupling gives the density by freeze-out.
    """
    mass = annihilation.species[0][0]
    goal = target * CRITICAL_DENSITY / (ENTROPY_DENSITY_TODAY * mass)
    if mode == "fast":
        return fast_coupling_squared(annihilation, goal, degrees)
    if mode == "textbook":
        return textbook.textbook_coupling_squared(annihilation, target, degrees)
    problem = freeze_out(annihilation, degrees)
    squared, x_f = sudden_freeze_out(problem, goal)

    def miss(log_squared: float) -> float:
        return math.log(problem.final_yield(math.exp(log_squared)) / goal)

    # Secant in ln coupling^2: the abundance is close to its inverse power.
    a = math.log(squared)
    miss_a = miss(a)
    b = a + miss_a
    for _ in range(30):
        miss_b = miss(b)
        if abs(miss_b) < 1e-9 or miss_b == miss_a:
            return math.exp(b), x_f
        a, b, miss_a = b, b - miss_b * (b - a) / (miss_b - miss_a), miss_b
    raise ValidityError(
        f"dark matter of {mass:g} GeV: no coupling found for Omega h^2 = {target:g}."
    )


@guarded(ARGUMENTS)
def relic_abundance(
    mediator: Mediator,
    dark: DarkStates,
    coupling: float,
    degrees: DegreesOfFreedom = SAIKAWA_SHIRAI,
) -> float:
    """Relic density of one point, from the Boltzmann equation.

    Parameters
    ----------
    mediator : Mediator
        The boson in the s channel.
    dark : DarkStates
        Dark states.
    coupling : float
        The mediator's free coupling, above 0.
    degrees : DegreesOfFreedom
        Plasma.

    Returns
    -------
    float
        Omega h^2; the total width includes the visible part.

    Raises
    ------
    EmissError
        If the coupling is not positive.
    ValidityError
        If the coupling is too small for a thermal relic.
    """
    problem = freeze_out(annihilation_channel(mediator, dark, coupling**2), degrees)
    return omega_h2(dark.mass, problem.final_yield(coupling**2))


def _point(
    mediator: Mediator, dark: DarkStates, solve: Callable[[Annihilation], tuple[float, float]]
) -> tuple[float, float]:
    """Squared coupling and freeze-out of one mass, with the visible width made consistent."""
    squared, x_f = solve(annihilation_channel(mediator, dark))
    visible, invisible, _ = pole_widths(mediator, dark)
    # A wider mediator only lowers the peak, so the first solution is too small.
    if squared * visible < 1e-5 * invisible:
        return squared, x_f
    # Wanted: the fixed point of ln coupling^2 -> solution at that width; secant on the difference.
    assumed = math.log(squared)
    previous: tuple[float, float] | None = None
    for _ in range(60):
        squared, x_f = solve(annihilation_channel(mediator, dark, math.exp(assumed)))
        miss = math.log(squared) - assumed
        if abs(miss) < 1e-7:
            return squared, x_f
        step = miss
        if previous is not None and miss != previous[1]:
            secant = -miss * (assumed - previous[0]) / (miss - previous[1])
            step = secant if 0.0 < secant / miss < 30.0 else miss
        previous = (assumed, miss)
        assumed += min(step, 3.0)
        if assumed > _LARGEST_LOG_SQUARED:
            break
    raise ValidityError(
        f"dark matter of {dark.mass:g} GeV: no coupling of the {mediator.name} gives the density, "
        "because its visible width overtakes the dark one; raise alpha_dark or the mass ratio."
    )


@guarded(ARGUMENTS, mode=chosen(_METHOD, "relic mode"))
def relic_coupling(
    masses_chi: ArrayLike,
    kind: DarkMatterKind,
    alpha_dark: float = 0.1,
    mass_ratio: float = 3.0,
    mode: Mode = "full",
    *,
    mediator: Mediator | None = None,
    splitting: float = 0.0,
    target: float = OMEGA_H2_TARGET,
    degrees: DegreesOfFreedom = SAIKAWA_SHIRAI,
) -> RelicLine:
    """Coupling and y that give the observed relic density, per dark-matter mass.

    Parameters
    ----------
    masses_chi : array_like, shape (n,)
        Dark-matter masses in GeV (of the lighter state).
    kind : str
        ``"scalar"`` (complex), ``"majorana"``, ``"dirac"`` or ``"pseudo-dirac"``.
    alpha_dark : float
        g_D^2/(4 pi), up to 4 pi.
    mass_ratio : float
        Mediator mass over dark-matter mass, above 2 + splitting.
    mode : str
        ``"full"`` solves the Boltzmann equation, ``"fast"`` is semi-analytic (a few per cent);
        ``"textbook"`` is the estimate behind many published lines, to compare with them.
    mediator : Mediator, optional
        The dark photon by default.
    splitting : float
        (m_2 - m_1)/m_1, pseudo-Dirac only.
    target : float
        Omega h^2.
    degrees : DegreesOfFreedom
        Plasma.

    Returns
    -------
    RelicLine
        Couplings, y and how they were obtained.

    Raises
    ------
    UnknownNameError
        If the mode or the kind is unknown.
    EmissError
        If a number is not positive and finite.
    ValidityError
        If the mediator is too light for the pair, annihilation at rest is closed, or no coupling
        gives the density.
    """
    masses = np.atleast_1d(np.asarray(masses_chi, dtype=np.float64))
    boson = mediator or dark_photon_mediator(quick=mode == "fast")

    def solve(annihilation: Annihilation) -> tuple[float, float]:
        return solve_coupling_squared(annihilation, mode, target, degrees)

    states = [
        DarkStates(float(m), float(m * mass_ratio), kind, alpha_dark, splitting) for m in masses
    ]
    points = [_point(boson, dark, solve) for dark in states]
    coupling = np.sqrt([squared for squared, _ in points])
    y = thermal_variable(coupling * boson.epsilon_per_coupling, alpha_dark, mass_ratio)
    notes = _notes(mode, _wave(kind, boson.kind), coupling, degrees)
    return RelicLine(
        masses=masses,
        coupling=coupling,
        y=y,
        x_freeze_out=np.array([x for _, x in points]),
        mode=mode,
        kind=kind,
        alpha_dark=alpha_dark,
        mass_ratio=mass_ratio,
        splitting=splitting,
        mediator=boson.name,
        coupling_name=boson.coupling_name,
        omega_h2=target,
        notes=notes,
        citations=(*CITATIONS, *(textbook.CITATIONS if mode == "textbook" else ())),
    )


def _wave(kind: DarkMatterKind, mediator: str) -> str:
    """Say how annihilation behaves at low velocity, and what follows."""
    if kind == "pseudo-dirac":
        return _SPLIT
    if mediator == "pseudoscalar":
        return _S_WAVE
    if mediator == "vector" and kind == "dirac":
        return _S_WAVE
    return _P_WAVE


def _notes(
    mode: Mode, wave: str, coupling: FloatArray, degrees: DegreesOfFreedom
) -> tuple[str, ...]:
    """Say the method and the assumptions in words."""
    name = cast(str, getattr(degrees, "name", type(degrees).__name__))
    notes = [_METHOD[mode], _ASSUMPTIONS.format(degrees=name), wave]
    if np.any(coupling > 1.0):
        notes.append("couplings above 1 at some masses: outside the reach of lowest order")
    return tuple(notes)
