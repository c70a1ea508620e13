"""Form factors of an atom seen by a virtual photon, and the effective photon flux they give.

The squared form factor G2(t), t = -q^2, contains Z^2: elastic scattering off the nucleus, screened
by the atomic electrons, plus optionally inelastic (incoherent) scattering off single protons.
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
from ...ground.quadrature import gauss_panels
from ..materials import Element

__all__ = [
    "FORM_FACTORS",
    "effective_flux",
    "elastic",
    "helm",
    "inelastic",
    "nuclear",
    "parameters",
    "squared_form_factor",
]

CITATIONS = ("Tsai:1973py", "Kim:1973he", "Bjorken:2009mm", "Lewin:1995rx")

FORM_FACTORS: Final = ("elastic", "elastic+inelastic", "nuclear", "helm")
"""Known choices: screened dipole, the same plus inelastic, unscreened dipole, screened Helm."""

_FERMI: Final = 1e-13 / const.HBARC_GEV_CM
"""1 fm in GeV^-1."""


def _transfer(t: ArrayLike) -> FloatArray:
    values = np.asarray(t, dtype=np.float64)
    if not np.all(np.isfinite(values) & (values > 0.0)):
        raise ValidityError("momentum transfer t = -q^2 must be positive and finite (GeV^2).")
    return values


def _scales(element: Element) -> tuple[float, float, float]:
    """Screening scales 1/a^2 and 1/a'^2 and nuclear scale d, GeV^2."""
    atom = const.ELECTRON_MASS * element.Z ** (1 / 3) / 111.0
    electrons = const.ELECTRON_MASS * element.Z ** (2 / 3) / 773.0
    return atom**2, electrons**2, 0.164 * element.A ** (-2 / 3)


def elastic(t: ArrayLike, element: Element) -> FloatArray:
    """Elastic squared form factor with atomic screening.

    Parameters
    ----------
    t : array_like
        Momentum transfer squared -q^2 in GeV^2.
    element : Element
        Target atom.

    Returns
    -------
    array
        Z^2 [t/(1/a^2 + t)]^2 [1/(1 + t/d)]^2, a = 111 Z^(-1/3)/m_e, d = 0.164 A^(-2/3) GeV^2
        (Kim:1973he; Bjorken:2009mm, appendix A), dimensionless.

    Raises
    ------
    ValidityError
        If t is not positive and finite.
    """
    q2 = _transfer(t)
    atom, _, nucleus = _scales(element)
    return np.asarray(element.Z**2 * (q2 / (atom + q2) / (1.0 + q2 / nucleus)) ** 2)


def nuclear(t: ArrayLike, element: Element) -> FloatArray:
    """Elastic squared form factor of the bare nucleus, without screening.

    Parameters
    ----------
    t : array_like
        Momentum transfer squared -q^2 in GeV^2.
    element : Element
        Target.

    Returns
    -------
    array
        Z^2 [1/(1 + t/d)]^2, the limit a -> infinity of `elastic`, dimensionless.

    Raises
    ------
    ValidityError
        If t is not positive and finite.
    """
    q2 = _transfer(t)
    return np.asarray(element.Z**2 / (1.0 + q2 / _scales(element)[2]) ** 2)


def inelastic(t: ArrayLike, element: Element) -> FloatArray:
    """Inelastic squared form factor: incoherent scattering off the protons.

    Parameters
    ----------
    t : array_like
        Momentum transfer squared -q^2 in GeV^2.
    element : Element
        Target atom.

    Returns
    -------
    array
        Z [t/(1/a'^2 + t)]^2 [(1 + t (mu_p^2 - 1)/(4 m_p^2))/(1 + t/0.71)^4]^2 with
        a' = 773 Z^(-2/3)/m_e (Kim:1973he; Bjorken:2009mm, appendix A), dimensionless.

    Raises
    ------
    ValidityError
        If t is not positive and finite.
    """
    q2 = _transfer(t)
    electrons = _scales(element)[1]
    moment = (const.PROTON_MAGNETIC_MOMENT**2 - 1.0) / (4.0 * const.PROTON_MASS**2)
    nucleon = (1.0 + q2 * moment) / (1.0 + q2 / 0.71) ** 4
    return np.asarray(element.Z * (q2 / (electrons + q2) * nucleon) ** 2)


def _helm_lengths(element: Element) -> tuple[float, float]:
    skin = 0.9
    half = 1.23 * element.A ** (1 / 3) - 0.60
    radius2 = half**2 + 7 / 3 * (math.pi * 0.52) ** 2 - 5 * skin**2
    return math.sqrt(radius2) * _FERMI, skin * _FERMI


def helm(t: ArrayLike, element: Element) -> FloatArray:
    """Elastic squared form factor with screening and Helm's nucleus instead of the dipole.

    Parameters
    ----------
    t : array_like
        Momentum transfer squared -q^2 in GeV^2.
    element : Element
        Target atom.

    Returns
    -------
    array
        Z^2 [t/(1/a^2 + t)]^2 [3 j_1(qR)/(qR)]^2 exp(-q^2 s^2), q^2 = t, with
        R^2 = c^2 + 7/3 pi^2 0.52^2 - 5 s^2, c = 1.23 A^(1/3) - 0.60, s = 0.9 fm (Lewin:1995rx);
        a choice for nuclei, not for hydrogen; dimensionless.

    Raises
    ------
    ValidityError
        If t is not positive and finite.
    """
    q2 = _transfer(t)
    radius, skin = _helm_lengths(element)
    z = np.sqrt(q2) * radius
    small = z < 1e-2
    safe = np.where(small, 1.0, z)
    body = np.where(small, 1.0 - z**2 / 10.0, 3.0 * (np.sin(safe) - safe * np.cos(safe)) / safe**3)
    screen = q2 / (_scales(element)[0] + q2)
    return np.asarray((element.Z * screen * body) ** 2 * np.exp(-q2 * skin**2))


def _both(t: ArrayLike, element: Element) -> FloatArray:
    return np.asarray(elastic(t, element) + inelastic(t, element))


_FUNCTIONS: Final[dict[str, Callable[[ArrayLike, Element], FloatArray]]] = {
    "elastic": elastic,
    "elastic+inelastic": _both,
    "nuclear": nuclear,
    "helm": helm,
}


def squared_form_factor(t: ArrayLike, element: Element, form_factor: str = "elastic") -> FloatArray:
    """Squared form factor G2(t) by name.

    Parameters
    ----------
    t : array_like
        Momentum transfer squared -q^2 in GeV^2.
    element : Element
        Target atom.
    form_factor : str
        One of `FORM_FACTORS`.

    Returns
    -------
    array
        G2(t), dimensionless, Z^2 included.

    Raises
    ------
    ValidityError
        If t is not positive and finite.
    UnknownNameError
        If there is no such form factor.
    """
    if form_factor not in _FUNCTIONS:
        raise UnknownNameError("form factor", form_factor, FORM_FACTORS)
    return _FUNCTIONS[form_factor](t, element)


def parameters(element: Element, form_factor: str = "elastic") -> FloatArray:
    """Numbers that describe G2 to the compiled kernels.

    Parameters
    ----------
    element : Element
        Target atom.
    form_factor : str
        One of `FORM_FACTORS`.

    Returns
    -------
    array, shape (7,)
        Z^2, 1/a^2, d, Helm radius (0 for the dipole), Helm skin, Z of the inelastic part (0 for
        none), 1/a'^2; in GeV and GeV^2.

    Raises
    ------
    UnknownNameError
        If there is no such form factor.
    """
    if form_factor not in FORM_FACTORS:
        raise UnknownNameError("form factor", form_factor, FORM_FACTORS)
    atom, electrons, nucleus = _scales(element)
    values = [float(element.Z**2), atom, nucleus, 0.0, 0.0, 0.0, electrons]
    if form_factor == "nuclear":
        values[1] = 0.0
    elif form_factor == "helm":
        values[3:5] = _helm_lengths(element)
    elif form_factor == "elastic+inelastic":
        values[5] = float(element.Z)
    return np.array(values)


def _closed_flux(low: FloatArray, high: FloatArray, element: Element) -> FloatArray:
    """Flux of the screened dipole: partial fractions of (t - tmin) td^2/[(ta+t)(td+t)]^2."""
    ta, _, td = _scales(element)
    logarithm = np.log((ta + high) / (ta + low)) - np.log((td + high) / (td + low))
    rational = (ta - td) * (ta + td + 2 * high) * (high - low) / ((ta + high) * (td + high))
    bracket = rational + (ta + td + 2 * low) * logarithm
    return np.asarray(-(element.Z**2) * td**2 / (ta - td) ** 3 * bracket)


def _numerical_flux(
    low: FloatArray, high: FloatArray, element: Element, form_factor: str
) -> FloatArray:
    position, weight = gauss_panels(12, 32)
    span = np.log(high / low)
    excess = np.expm1(span[..., None] * position)  # t/tmin - 1, exact close to tmin
    t = low[..., None] * (1.0 + excess)
    g2 = squared_form_factor(t, element, form_factor)
    return np.asarray(span * np.sum(weight * g2 * excess / (1.0 + excess), axis=-1))


def effective_flux(
    t_min: ArrayLike, t_max: ArrayLike, element: Element, form_factor: str = "elastic"
) -> FloatArray:
    """Effective photon flux chi of the Weizsaecker-Williams approximation.

    Parameters
    ----------
    t_min, t_max : array_like
        Limits of the momentum transfer squared in GeV^2; they broadcast.
    element : Element
        Target atom.
    form_factor : str
        One of `FORM_FACTORS`.

    Returns
    -------
    array
        Integral of (t - tmin)/t^2 G2(t) from tmin to tmax (Bjorken:2009mm, appendix A), 0 where
        tmin >= tmax; closed form for ``elastic``, Gauss-Legendre quadrature in ln t for the rest.

    Raises
    ------
    ValidityError
        If a limit is not positive and finite.
    UnknownNameError
        If there is no such form factor.
    """
    if form_factor not in FORM_FACTORS:
        raise UnknownNameError("form factor", form_factor, FORM_FACTORS)
    low, high = np.broadcast_arrays(_transfer(t_min), _transfer(t_max))
    flux = np.zeros(low.shape)
    # the closed form cancels to third order in tmax/tmin - 1 and in t/td
    closed = (high > 2.0 * low) & (high > 1e-3 * _scales(element)[2])
    closed &= form_factor == "elastic"
    numerical = (high > low) & ~closed
    if np.any(closed):
        flux[closed] = _closed_flux(low[closed], high[closed], element)
    if np.any(numerical):
        flux[numerical] = _numerical_flux(low[numerical], high[numerical], element, form_factor)
    return flux
