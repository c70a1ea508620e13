"""Weizsaecker-Williams approximations of dark bremsstrahlung, beside the exact tree level.

WW replaces the nucleus by a flux chi(tmin, tmax) of photons at the kinematics of each (x, theta);
IWW ("improved") freezes chi at tmin = (m_X^2/2E)^2, so that the angle is integrated in closed form.
The logarithmic form of IWW is the one to which published K factors refer.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ...ground import constants as const
from ...ground.arrays import FloatArray
from ...ground.errors import UnknownNameError, ValidityError
from ...ground.guards import guarded, number, numbers, row, whole
from ...ground.quadrature import gauss_panels
from ..materials import Element
from ..models.bosons import BOSONS
from .arguments import IN_MATTER
from .form_factors import effective_flux

__all__ = [
    "iww_log_total",
    "iww_spectrum",
    "iww_total",
    "ww_double_spectrum",
    "ww_spectrum",
    "ww_total",
]

CITATIONS = ("Kim:1973he", "Bjorken:2009mm", "Liu:2016mqv", "Liu:2017htz", "Gninenko:2017yus")


_SCALE: Final = const.ALPHA**3 * const.GEV2_PICOBARN
"""alpha^2 alpha_X at g = e, and 1 GeV^-2 in pb."""

ARGUMENTS: Final = {
    **IN_MATTER,
    "energy": number(1e-3, 1e5, "GeV"),
    "mass": number(1e-9, 1e3, "GeV"),
    "min_x": number(0.0, 1.0 - 1e-6),
    "panels": whole(1, 100),
}


def _splitting(
    x: FloatArray, mass: float, lepton_mass: float, boson: str
) -> tuple[FloatArray, float]:
    """Coefficients (r, w) of the amplitude a_X = r + w c (see `ww_spectrum`)."""
    m2, l2 = mass**2, lepton_mass**2
    rest = 1.0 - x
    if boson == "scalar":
        return np.asarray(x**2 / rest), 2.0 * (m2 - 4.0 * l2)
    if boson == "pseudoscalar":
        return np.asarray(x**2 / rest), 2.0 * m2
    vector = 2.0 * (2.0 - 2.0 * x + x**2) / rest
    if boson == "vector":
        return np.asarray(vector), 4.0 * (m2 + 2.0 * l2)
    if boson == "axial":
        return np.asarray(vector + 4.0 * l2 * x**2 / (rest * m2)), 4.0 * (m2 - 4.0 * l2)
    raise UnknownNameError("boson", boson, BOSONS)


def _inside(x: FloatArray, energy: float, mass: float) -> NDArray[np.bool_]:
    return np.asarray((x * energy > mass) & (x < 1.0))


@guarded(
    ARGUMENTS,
    together=("x", "theta"),
    x=numbers(0.0, 1.0),
    theta=numbers(0.0, math.pi, "rad"),
)
def ww_double_spectrum(
    x: ArrayLike,
    theta: ArrayLike,
    energy: float,
    mass: float,
    element: Element,
    boson: str = "vector",
    *,
    lepton_mass: float = const.ELECTRON_MASS,
    form_factor: str = "elastic",
) -> FloatArray:
    """WW double spectrum d^2 sigma/(dx dcos(theta)).

    Parameters
    ----------
    x, theta : array_like
        Energy fraction E_X/E and laboratory angle in rad (small); they broadcast.
    energy, mass : float
        Lepton energy and boson mass in GeV.
    element : Element
        Target.
    boson : str
        ``vector``, ``axial``, ``scalar`` or ``pseudoscalar``.
    lepton_mass : float
        Projectile mass in GeV.
    form_factor : str
        One of `form_factors.FORM_FACTORS`.

    Returns
    -------
    array
        2 alpha^2 alpha_X chi k E (1-x)/u^2 a_X in pb at g = e (Liu:2016mqv, Liu:2017htz), with
        u = x E^2 theta^2 + m_X^2 (1-x)/x + m^2 x, tmin = [u/(2E(1-x))]^2, tmax = m_X^2 + m^2 and
        a_X as in `ww_spectrum`; zero outside m_X/E < x < 1.

    Raises
    ------
    UnknownNameError
        If boson or form factor is unknown.
    """
    fraction, angle = np.broadcast_arrays(
        np.asarray(x, dtype=np.float64), np.asarray(theta, dtype=np.float64)
    )
    inside = _inside(fraction, energy, mass)
    safe = np.where(inside, fraction, 0.5)
    u = safe * (energy * angle) ** 2 + _least_u(safe, mass, lepton_mass)
    values = _density(safe, u, (energy, mass, lepton_mass), element, (boson, form_factor))
    k = np.sqrt(np.maximum((safe * energy) ** 2 - mass**2, 0.0))
    return np.where(inside, 2.0 * k * energy * values * _SCALE, 0.0)


def _least_u(x: FloatArray, mass: float, lepton_mass: float) -> FloatArray:
    return np.asarray(mass**2 * (1.0 - x) / x + lepton_mass**2 * x)


def _density(
    x: FloatArray,
    u: FloatArray,
    masses: tuple[float, float, float],
    element: Element,
    names: tuple[str, str],
) -> FloatArray:
    """Chi (1-x) a_X/u^2."""
    energy, mass, lepton_mass = masses
    regular, weight = _splitting(x, mass, lepton_mass, names[0])
    c = (-u * x + mass**2 * (1.0 - x) + lepton_mass**2 * x**2) / u**2
    t_min = (u / (2.0 * energy * (1.0 - x))) ** 2
    flux = effective_flux(t_min, mass**2 + lepton_mass**2, element, names[1])
    return np.asarray(flux * (1.0 - x) * (regular + weight * c) / u**2)


@guarded(ARGUMENTS, x=row(0.0, 1.0))
def ww_spectrum(
    x: ArrayLike,
    energy: float,
    mass: float,
    element: Element,
    boson: str = "vector",
    *,
    lepton_mass: float = const.ELECTRON_MASS,
    form_factor: str = "elastic",
    panels: int = 12,
) -> FloatArray:
    """WW spectrum d sigma/dx.

    Parameters
    ----------
    x : array_like
        Energy fractions E_X/E.
    energy, mass, element, boson, lepton_mass, form_factor
        As in `ww_double_spectrum`.
    panels : int
        Panels of the eight-point Gauss-Legendre rule in ln u.

    Returns
    -------
    array
        Integral of `ww_double_spectrum` over the angle in pb, u from its least value to where
        tmin = tmax.  a_S = x^2/(1-x) + 2 (m_X^2 - 4 m^2) c, a_P = x^2/(1-x) + 2 m_X^2 c,
        a_V = 2 (2 - 2x + x^2)/(1-x) + 4 (m_X^2 + 2 m^2) c,
        a_A = 2 (2 - 2x + x^2)/(1-x) + 4 m^2 x^2/((1-x) m_X^2) + 4 (m_X^2 - 4 m^2) c,
        c = [m_X^2 (1-x) + m^2 x^2 - u x]/u^2 (Liu:2016mqv, Liu:2017htz).

    Raises
    ------
    UnknownNameError
        If boson or form factor is unknown.
    """
    fraction = np.asarray(x, dtype=np.float64)
    inside = _inside(fraction, energy, mass)
    safe = np.where(inside, fraction, 0.5)[..., None]
    least = _least_u(safe, mass, lepton_mass)
    most = 2.0 * energy * (1.0 - safe) * math.hypot(mass, lepton_mass)
    # the back half of the sphere bounds the angle where the flux does not
    most = np.minimum(most, least + 2.0 * safe * energy**2)
    span = np.log(np.maximum(most / least, 1.0))
    position, weight = gauss_panels(8, panels)
    u = least * np.exp(span * position)
    values = _density(safe, u, (energy, mass, lepton_mass), element, (boson, form_factor))
    k = np.sqrt(np.maximum((safe[..., 0] * energy) ** 2 - mass**2, 0.0))
    integral = np.sum(weight * values * u, axis=-1) * span[..., 0]
    return np.where(inside, integral * k / (safe[..., 0] * energy) * _SCALE, 0.0)


@guarded(ARGUMENTS, x=row(0.0, 1.0))
def iww_spectrum(
    x: ArrayLike,
    energy: float,
    mass: float,
    element: Element,
    boson: str = "vector",
    *,
    lepton_mass: float = const.ELECTRON_MASS,
    form_factor: str = "elastic",
) -> FloatArray:
    """IWW spectrum d sigma/dx.

    Parameters
    ----------
    x : array_like
        Energy fractions E_X/E.
    energy, mass, element, boson, lepton_mass, form_factor
        As in `ww_double_spectrum`.

    Returns
    -------
    array
        alpha^2 alpha_X chi beta_x (1-x) {r/U0 - w x/(6 U0^2)} in pb at g = e, with a_X = r + w c,
        U0 = m_X^2 (1-x)/x + m^2 x, beta_x = sqrt(1 - (m_X/xE)^2), chi from tmin = (m_X^2/2E)^2 to
        m_X^2 + m^2; for m -> 0 the vector is the form of Bjorken:2009mm. Zero outside
        m_X/E < x < 1.

    Raises
    ------
    UnknownNameError
        If boson or form factor is unknown.
    """
    fraction = np.asarray(x, dtype=np.float64)
    inside = _inside(fraction, energy, mass)
    safe = np.where(inside, fraction, 0.5)
    t_min = (mass**2 / (2.0 * energy)) ** 2
    flux = float(effective_flux(t_min, mass**2 + lepton_mass**2, element, form_factor))
    regular, weight = _splitting(safe, mass, lepton_mass, boson)
    least = _least_u(safe, mass, lepton_mass)
    beta = np.sqrt(np.maximum(1.0 - (mass / (safe * energy)) ** 2, 0.0))
    bracket = regular / least - weight * safe / (6.0 * least**2)
    return np.where(inside, _SCALE * flux * beta * (1.0 - safe) * bracket, 0.0)


def _x_rule(
    energy: float, mass: float, lepton_mass: float, min_x: float, panels: int
) -> tuple[FloatArray, FloatArray] | None:
    """Nodes and weights in x, uniform in ln(f/(1-f)) of the allowed range."""
    low, top = mass / energy, 1.0 - lepton_mass / energy
    if top <= low:
        return None
    span = top - low
    start = 1e-4 * min(1.0, mass / lepton_mass)
    start = max(start, (min_x - low) / span)
    if start >= 1.0:
        return None
    stop = 1e-4 * min(1.0 - start, max((lepton_mass / mass) ** 2, lepton_mass / energy))
    first, last = math.log(start / (1.0 - start)), math.log((1.0 - stop) / stop)
    position, weight = gauss_panels(8, panels)
    zeta = first + (last - first) * position
    rest = 1.0 / (1.0 + np.exp(zeta))
    return low + span * (1.0 - rest), weight * (last - first) * span * rest * (1.0 - rest)


@guarded(ARGUMENTS)
def ww_total(
    energy: float,
    mass: float,
    element: Element,
    boson: str = "vector",
    *,
    lepton_mass: float = const.ELECTRON_MASS,
    form_factor: str = "elastic",
    min_x: float = 0.0,
) -> tuple[float, float]:
    """WW cross-section above min_x.

    Parameters
    ----------
    energy, mass, element, boson, lepton_mass, form_factor
        As in `ww_double_spectrum`.
    min_x : float
        Least x = E_X/E, in [0, 1).

    Returns
    -------
    tuple of float
        Cross-section in pb per nucleus at g = e, and the relative error of the quadrature.

    Raises
    ------
    ValidityError
        If mass or energy is not positive or min_x not in [0, 1).
    UnknownNameError
        If boson or form factor is unknown.
    """
    totals = []
    for panels in (6, 9):
        rule = _x_rule(energy, mass, lepton_mass, min_x, panels)
        if rule is None:
            return 0.0, 0.0
        values = ww_spectrum(
            rule[0], energy, mass, element, boson,
            lepton_mass=lepton_mass, form_factor=form_factor, panels=panels,
        )  # fmt: skip
        totals.append(float(rule[1] @ values))
    return _with_error(totals)


def _with_error(totals: list[float]) -> tuple[float, float]:
    coarse, fine = totals
    return fine, 0.0 if fine == 0.0 else abs(coarse / fine - 1.0) + 1e-5


@guarded(ARGUMENTS)
def iww_total(
    energy: float,
    mass: float,
    element: Element,
    boson: str = "vector",
    *,
    lepton_mass: float = const.ELECTRON_MASS,
    form_factor: str = "elastic",
    min_x: float = 0.0,
) -> tuple[float, float]:
    """IWW cross-section above min_x: the integral of `iww_spectrum` over x.

    Parameters
    ----------
    energy, mass, element, boson, lepton_mass, form_factor, min_x
        As in `ww_total`.

    Returns
    -------
    tuple of float
        Cross-section in pb per nucleus at g = e, and the relative error of the quadrature.

    Raises
    ------
    ValidityError
        If mass or energy is not positive or min_x not in [0, 1).
    UnknownNameError
        If boson or form factor is unknown.
    """
    totals = []
    for panels in (6, 9):
        rule = _x_rule(energy, mass, lepton_mass, min_x, panels)
        if rule is None:
            return 0.0, 0.0
        values = iww_spectrum(
            rule[0], energy, mass, element, boson, lepton_mass=lepton_mass, form_factor=form_factor
        )
        totals.append(float(rule[1] @ values))
    return _with_error(totals)


@guarded(ARGUMENTS)
def iww_log_total(
    energy: float,
    mass: float,
    element: Element,
    *,
    lepton_mass: float = const.ELECTRON_MASS,
    form_factor: str = "elastic",
) -> float:
    """Leading-logarithm form of the IWW vector cross-section.

    Parameters
    ----------
    energy, mass, element, lepton_mass, form_factor
        As in `ww_double_spectrum`.

    Returns
    -------
    float
        (4/3) alpha^2 alpha_X chi beta/m_X^2 ln(1/max(m^2/m_X^2, m_X^2/E^2)) in pb at g = e,
        beta = sqrt(1 - m_X^2/E^2), chi from (m_X^2/2E)^2 to m_X^2 (Bjorken:2009mm,
        Gninenko:2017yus); for m < m_X << E, off by tens of per cent from `iww_total`.
        K = `iww_log_total` / exact is the published K factor.

    Raises
    ------
    ValidityError
        If not m < m_X < E.
    UnknownNameError
        If the form factor is unknown.
    """
    if not lepton_mass < mass < energy:
        raise ValidityError(
            f"IWW logarithm at mass {mass:g} GeV: needs a mass between the lepton's "
            f"({lepton_mass:g} GeV) and the energy ({energy:g} GeV)."
        )
    flux = float(effective_flux((mass**2 / (2.0 * energy)) ** 2, mass**2, element, form_factor))
    cut = max((lepton_mass / mass) ** 2, (mass / energy) ** 2)
    beta = math.sqrt(1.0 - (mass / energy) ** 2)
    return _SCALE * 4.0 / 3.0 * flux * beta / mass**2 * -math.log(cut)
