"""One-loop contribution of a neutral boson to the anomalous magnetic moment of a lepton.

With r = m_X/m_l the contribution at coupling g is a_l = g^2/(8 pi^2) I(r), where I is an integral
over one Feynman parameter. The integral is done with the trapezoidal rule in the logit of the
parameter, u = ln z/(1-z): there the integrands are analytic in a strip of half-width pi/2 or more
for any r and fall off exponentially, so that the rule converges exponentially, alike for
all ratios of masses. No integrand changes sign, so nothing cancels.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from ...ground import constants as const
from ...ground.arrays import FloatArray
from ...ground.errors import UnknownNameError, ValidityError

__all__ = ["BOSONS", "MASS_RATIO_RANGE", "delta_a_per_g2", "loop_integral"]

CITATIONS = ("Leveille:1977rc", "Jackiw:1972jz")


MASS_RATIO_RANGE: Final = (1e-8, 1e8)
"""Mass of the boson over mass of the lepton for which the integral is accurate to 1e-12."""

# exp(-2 pi (pi/2)/0.25) = 7e-18; the features lie within |u| < 2 ln 1e8 = 37, and 40 beyond them
# the integrand has fallen by exp(-40).
_STEP = 0.25
_LOGIT = np.arange(-80.0, 80.0 + _STEP / 2, _STEP)
_Z = 1.0 / (1.0 + np.exp(-_LOGIT))
_REST = 1.0 / (1.0 + np.exp(_LOGIT))  # 1 - z without cancellation
_WEIGHT = _STEP * _Z * _REST


def _vector(r2: FloatArray) -> FloatArray:
    return np.asarray(2.0 * _Z * _REST**2 / (_REST**2 + r2 * _Z))


def _axial(r2: FloatArray) -> FloatArray:
    # the longitudinal part carries 1/r^2
    numerator = 2.0 * _Z * _REST * (_Z - 4.0) - 4.0 * _Z**3 / r2
    return np.asarray(numerator / (r2 * _REST + _Z**2))


def _scalar(r2: FloatArray) -> FloatArray:
    return np.asarray(_REST**2 * (1.0 + _Z) / (_REST**2 + r2 * _Z))


def _pseudoscalar(r2: FloatArray) -> FloatArray:
    return np.asarray(-(_REST**3) / (_REST**2 + r2 * _Z))


_INTEGRANDS: Final[dict[str, Callable[[FloatArray], FloatArray]]] = {
    "vector": _vector,
    "axial": _axial,
    "scalar": _scalar,
    "pseudoscalar": _pseudoscalar,
}
BOSONS: Final = tuple(_INTEGRANDS)
"""Couplings: g times lbar gamma^mu l, gamma^mu gamma5, 1, i gamma5."""


def loop_integral(boson: str, ratio: ArrayLike) -> FloatArray:
    """Feynman-parameter integral I(r) of the one-loop contribution.

    Parameters
    ----------
    boson : str
        One of `BOSONS`.
    ratio : array_like
        r = m_X/m_l, any shape, from 1e-8 to 1e8; or 0 except for the axial vector.

    Returns
    -------
    array of float
        I(r), accurate to 1e-12, with (1-z)^2 + r^2 z = D in

        vector: Int 2 z (1-z)^2/D; scalar: Int (1-z)^2 (1+z)/D; pseudoscalar: -Int (1-z)^3/D;
        axial: Int [2 z (1-z)(z-4) - 4 z^3/r^2]/[r^2 (1-z) + z^2]  (Leveille:1977rc).

    Raises
    ------
    UnknownNameError
        If there is no such boson.
    ValidityError
        If a ratio is negative, not finite or out of range.
    """
    if boson not in _INTEGRANDS:
        raise UnknownNameError("boson", boson, BOSONS)
    r = np.asarray(ratio, dtype=np.float64)
    low, high = MASS_RATIO_RANGE
    allowed = (r >= low) & (r <= high)
    if boson != "axial":
        allowed |= r == 0.0
    if not np.all(allowed):
        raise ValidityError(
            f"masses: ratio to the lepton's out of range for the {boson} boson; allowed are "
            f"{low:g} to {high:g}"
            + (
                "; the contribution of an axial vector diverges with its mass."
                if boson == "axial"
                else " and 0."
            )
        )
    return np.asarray(_INTEGRANDS[boson](np.square(r)[..., None]) @ _WEIGHT)


def delta_a_per_g2(boson: str, mass: ArrayLike, lepton: str = "mu") -> FloatArray:
    """Contribution of a boson to (g-2)/2 of a lepton, at coupling g = 1.

    Parameters
    ----------
    boson : str
        ``"vector"``, ``"axial"``, ``"scalar"`` or ``"pseudoscalar"``.
    mass : array_like
        Mass of the boson in GeV, any shape.
    lepton : str, optional
        ``"e"``, ``"mu"`` or ``"tau"``.

    Returns
    -------
    array of float
        Delta a_l/g^2 = I(m_X/m_l)/(8 pi^2), shape of `mass`; exact at one loop for any masses.
        Vectors and scalars raise the moment, axial vectors and pseudoscalars lower it.

    Raises
    ------
    UnknownNameError
        If there is no such boson or lepton.
    ValidityError
        If a mass is negative, not finite or too far from the lepton's (1e-8 to 1e8).
    """
    if lepton not in const.LEPTON_MASS:
        raise UnknownNameError("lepton", lepton, const.LEPTON_MASS)
    ratio = np.asarray(mass, dtype=np.float64) / const.LEPTON_MASS[lepton]
    return loop_integral(boson, ratio) / (8.0 * math.pi**2)
