"""Effective relativistic degrees of freedom of the Standard Model plasma.

Fit of Saikawa and Shirai (arXiv:1803.01038, appendix C): a rational function of ln T above 120 MeV
(lattice QCD and electroweak results) and a sum over the particles still present below it, with
neutrino decoupling included. The coefficients below were checked against the exact Fermi-Dirac and
Bose-Einstein integrals; several public transcriptions carry a wrong cubic term in the
entropy function of fermions.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Protocol

import numpy as np
from numpy.typing import ArrayLike

from ....ground.arrays import FloatArray
from ....ground.guards import guarded, number
from .arguments import ARGUMENTS, HIGHEST_TEMPERATURE

__all__ = [
    "MAXIMUM_TEMPERATURE",
    "SAIKAWA_SHIRAI",
    "ConstantDegrees",
    "DegreesOfFreedom",
    "SaikawaShirai",
    "tabulated",
]

CITATIONS: Final = ("arXiv:1803.01038",)


MAXIMUM_TEMPERATURE: Final = HIGHEST_TEMPERATURE
"""Highest temperature of the fit in GeV."""
_COUNT: Final = number(1e-6, 1e6)
_JOIN: Final = 0.120
_STEP: Final = 1e-3

# Numerator and denominator of g_rho, then of g_rho/g_s - 1, in powers of ln(T/GeV).
_A = (1.0, 1.11724, 3.12672e-1, -4.68049e-2, -2.65004e-2, -1.19760e-3, 1.82812e-4, 1.36436e-4,
      8.55051e-5, 1.22840e-5, 3.82259e-7, -6.87035e-9)  # fmt: skip
_B = (1.43382e-2, 1.37559e-2, 2.92108e-3, -5.38533e-4, -1.62496e-4, -2.87906e-5, -3.84278e-6,
      2.78776e-6, 7.40342e-7, 1.17210e-7, 3.72499e-9, -6.74107e-11)  # fmt: skip
_C = (1.0, 6.07869e-1, -1.54485e-1, -2.24034e-1, -2.82147e-2, 2.90620e-2, 6.86778e-3, -1.00005e-3,
      -1.69104e-4, 1.06301e-5, 1.69528e-6, -9.33311e-8)  # fmt: skip
_D = (7.07388e1, 9.18011e1, 3.31892e1, -1.39779, -1.52558, -1.97857e-2, -1.60146e-1, 8.22615e-5,
      2.02651e-2, -1.82134e-5, 7.83943e-5, 7.13518e-5)  # fmt: skip

# (decay constant, then the cubic) of each particle's share relative to the massless one.
_FERMION_ENERGY = (1.04855, 1.0, 1.03757, 0.508630, 0.0893988)
_BOSON_ENERGY = (1.03149, 1.0, 1.03317, 0.398264, 0.0648056)
_FERMION_ENTROPY = (1.04190, 1.0, 1.03400, 0.456426, 0.0595249)
_BOSON_ENTROPY = (1.03365, 1.0, 1.03397, 0.342548, 0.0506182)

_ELECTRON, _MUON = 511e-6, 0.1056
# pi0, pi+-, then four stand-ins for the heavier hadrons: mass, weight in energy, in entropy.
_BOSONS = ((0.135, 1.05, 1.034), (0.140, 2.08, 2.068), (0.5, 4.165, 4.16), (0.77, 30.55, 30.55),
           (1.2, 89.4, 90.0), (2.0, 8209.0, 6209.0))  # fmt: skip


class DegreesOfFreedom(Protocol):
    """What the freeze-out needs to know of the plasma; pass another object to change it."""

    def energy(self, temperature: ArrayLike) -> FloatArray:
        """Return g in rho = (pi^2/30) g T^4."""

    def entropy(self, temperature: ArrayLike) -> FloatArray:
        """Return h in s = (2 pi^2/45) h T^3."""

    def sqrt_g_star(self, temperature: ArrayLike) -> FloatArray:
        """Return g_*^(1/2) = (h/sqrt g) (1 + (1/3) dln h/dln T)."""


def _share(x: FloatArray, fit: tuple[float, ...]) -> FloatArray:
    """exp(-k x) times a cubic: what a particle of mass x T counts beside a massless one."""
    decay, c0, c1, c2, c3 = fit
    result: FloatArray = np.exp(-decay * x) * (c0 + x * (c1 + x * (c2 + x * c3)))
    return result


def _entropy_low(t: FloatArray) -> FloatArray:
    """Entropy degrees below 120 MeV."""
    electron = _share(_ELECTRON / t, _FERMION_ENTROPY)
    total = 2.008 + 1.923 * (1.0 + 1.75 * electron) + 3.442 * electron
    total = total + 3.468 * _share(_MUON / t, _FERMION_ENTROPY)
    for mass, _, weight in _BOSONS:
        total = total + weight * _share(mass / t, _BOSON_ENTROPY)
    return total


def _energy_low(t: FloatArray) -> FloatArray:
    """Energy degrees below 120 MeV; the 4/3 power is the neutrinos' temperature."""
    neutrinos = (1.0 + 1.75 * _share(_ELECTRON / t, _FERMION_ENTROPY)) ** (4.0 / 3.0)
    total = 2.030 + 1.353 * neutrinos + 3.495 * _share(_ELECTRON / t, _FERMION_ENERGY)
    total = total + 3.446 * _share(_MUON / t, _FERMION_ENERGY)
    for mass, weight, _ in _BOSONS:
        total = total + weight * _share(mass / t, _BOSON_ENERGY)
    return total


def _energy_high(log_t: FloatArray) -> FloatArray:
    polynomial = np.polynomial.polynomial.polyval
    return np.asarray(polynomial(log_t, _A) / polynomial(log_t, _B), dtype=np.float64)


def _entropy_high(log_t: FloatArray) -> FloatArray:
    polynomial = np.polynomial.polynomial.polyval
    ratio = 1.0 + polynomial(log_t, _C) / polynomial(log_t, _D)
    return np.asarray(_energy_high(log_t) / ratio, dtype=np.float64)


def _slope_low(t: FloatArray) -> FloatArray:
    """Return dln h/dln T below 120 MeV."""
    up, down = _entropy_low(t * np.exp(_STEP)), _entropy_low(t * np.exp(-_STEP))
    return np.asarray(np.log(up / down) / (2.0 * _STEP))


def _slope_high(log_t: FloatArray) -> FloatArray:
    """Return dln h/dln T above 120 MeV."""
    up, down = _entropy_high(log_t + _STEP), _entropy_high(log_t - _STEP)
    return np.asarray(np.log(up / down) / (2.0 * _STEP))


def _by_branch(
    t: FloatArray, low: Callable[[FloatArray], FloatArray], high: Callable[[FloatArray], FloatArray]
) -> FloatArray:
    """Evaluate each branch only where it is needed; `high` takes ln T."""
    below = t < _JOIN
    if below.all():
        return low(t)
    if not below.any():
        return high(np.log(t))
    result = np.empty_like(t)
    result[below], result[~below] = low(t[below]), high(np.log(t[~below]))
    return result


@dataclass(frozen=True, slots=True)
class SaikawaShirai:
    """Degrees of freedom g (energy) and h (entropy) after Saikawa and Shirai.

    Valid from 10 keV to 1e16 GeV; below 10 keV it stays on the plateau 3.383 and 3.931.
    The branches meet at 120 MeV with a step of 0.02 % in g and 0.04 % in h. Fits of single particle
    shares hold to 0.15 % for masses below 4 T and 4 % at 10 T, where the share is below 1 %.

    Source: arXiv:1803.01038, appendix C.
    """

    name: str = "Saikawa-Shirai 2018"

    @guarded(ARGUMENTS)
    def energy(self, temperature: ArrayLike) -> FloatArray:
        """Effective degrees of freedom of the energy density, rho = (pi^2/30) g T^4.

        Parameters
        ----------
        temperature : array_like
            Photon temperature in GeV, any shape.

        Returns
        -------
        array of float
            g, dimensionless, same shape.

        Raises
        ------
        ValidityError
            If a temperature is not positive or above 1e16 GeV.
        """
        t = np.asarray(temperature, dtype=np.float64)
        return _by_branch(t, _energy_low, _energy_high)

    @guarded(ARGUMENTS)
    def entropy(self, temperature: ArrayLike) -> FloatArray:
        """Effective degrees of freedom of the entropy density, s = (2 pi^2/45) h T^3.

        Parameters
        ----------
        temperature : array_like
            Photon temperature in GeV, any shape.

        Returns
        -------
        array of float
            h, dimensionless, same shape.

        Raises
        ------
        ValidityError
            If a temperature is not positive or above 1e16 GeV.
        """
        t = np.asarray(temperature, dtype=np.float64)
        return _by_branch(t, _entropy_low, _entropy_high)

    @guarded(ARGUMENTS)
    def sqrt_g_star(self, temperature: ArrayLike) -> FloatArray:
        """g_*^(1/2) = (h/sqrt g) (1 + (1/3) dln h/dln T), the factor of the Boltzmann equation.

        Parameters
        ----------
        temperature : array_like
            Photon temperature in GeV, any shape.

        Returns
        -------
        array of float
            Dimensionless, same shape. The derivative is taken within each branch, by central
            differences in ln T (relative error below 1e-7).

        Raises
        ------
        ValidityError
            If a temperature is not positive or above 1e16 GeV.
        """
        t = np.asarray(temperature, dtype=np.float64)
        slope = _by_branch(t, _slope_low, _slope_high)
        return np.asarray(self.entropy(t) / np.sqrt(self.energy(t)) * (1.0 + slope / 3.0))


@dataclass(frozen=True, slots=True)
class ConstantDegrees:
    """The same g and h at all temperatures, as semi-analytic estimates assume.

    Parameters
    ----------
    g, h : float
        Degrees of freedom of energy and entropy, dimensionless.
    """

    g: float = 10.75
    h: float = 10.75

    def __post_init__(self) -> None:
        for name in ("g", "h"):
            _COUNT(getattr(self, name), name)

    @guarded(ARGUMENTS)
    def energy(self, temperature: ArrayLike) -> FloatArray:
        """Return `g` for each temperature (GeV)."""
        return np.full(np.shape(temperature), self.g)

    @guarded(ARGUMENTS)
    def entropy(self, temperature: ArrayLike) -> FloatArray:
        """Return `h` for each temperature (GeV)."""
        return np.full(np.shape(temperature), self.h)

    @guarded(ARGUMENTS)
    def sqrt_g_star(self, temperature: ArrayLike) -> FloatArray:
        """Return h/sqrt(g) for each temperature (GeV)."""
        return np.full(np.shape(temperature), self.h / self.g**0.5)


SAIKAWA_SHIRAI: Final = SaikawaShirai()
"""Default degrees of freedom."""

_TABLE_ENDS: Final = (1e-9, 1e2)
_TABLE_STEP: Final = 0.01


@dataclass(frozen=True, slots=True)
class _Tabulated:
    """Another plasma's degrees of freedom, interpolated in ln T: within 1e-4, 1e-3 at 120 MeV."""

    exact: DegreesOfFreedom
    log_t: FloatArray
    h: FloatArray
    root: FloatArray

    def _look_up(
        self, temperature: ArrayLike, values: FloatArray, exact: Callable[[ArrayLike], FloatArray]
    ) -> FloatArray:
        log_t = np.log(np.asarray(temperature, dtype=np.float64))
        if not np.all((log_t >= self.log_t[0]) & (log_t <= self.log_t[-1])):
            return exact(temperature)
        return np.asarray(np.interp(log_t, self.log_t, values))

    def energy(self, temperature: ArrayLike) -> FloatArray:
        """Return g, not interpolated."""
        return self.exact.energy(temperature)

    def entropy(self, temperature: ArrayLike) -> FloatArray:
        """Return h."""
        return self._look_up(temperature, self.h, self.exact.entropy)

    def sqrt_g_star(self, temperature: ArrayLike) -> FloatArray:
        """Return g_*^(1/2)."""
        return self._look_up(temperature, self.root, self.exact.sqrt_g_star)


@lru_cache(maxsize=1)
def _table() -> _Tabulated:
    low, high = (math.log(end) for end in _TABLE_ENDS)
    log_t = np.linspace(low, high, 1 + round((high - low) / _TABLE_STEP))
    t, plasma = np.exp(log_t), SAIKAWA_SHIRAI
    return _Tabulated(plasma, log_t, plasma.entropy(t), plasma.sqrt_g_star(t))


def tabulated(degrees: DegreesOfFreedom) -> DegreesOfFreedom:
    """Degrees of freedom that are quick to look up, for coarse solutions.

    Parameters
    ----------
    degrees : DegreesOfFreedom
        Plasma.

    Returns
    -------
    DegreesOfFreedom
        For the default plasma a table of it, made once, that holds to 1e-4 (1e-3 across the step
        at 120 MeV) between 1 eV and 100 GeV and is exact beyond; any other is returned as it is.
    """
    return _table() if degrees is SAIKAWA_SHIRAI else degrees
