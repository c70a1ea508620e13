"""Primakoff production gamma N -> a N of an ALP or scalar in the Coulomb field of a nucleus.

For a nucleus of spin 0, mass M and charge form factor, one-photon exchange gives

    d sigma/dt = alpha g^2 G2(t) c/(32 omega^2) * (t - tmin)(tmax - t)/t^2,   c = 1 + 2 omega/M,

with t = -q^2 and exact two-body kinematics in c, tmin and tmax (see `limits`); the boson has the
energy omega - t/2M. M -> infinity is the static nucleus: c = 1, tmin = m^4/(omega + k)^2,
tmax = (omega + k)^2. Recoil is the default. It matters near threshold and for light nuclei; for
omega >> m tmin and c tmax stay what they were, and the form factor keeps t far below tmax.

Summed over the photon's polarisation the couplings -(g/4) a F Ftilde and -(g/4) phi F F give the
same cross-section, exactly (one amplitude is proportional to the component of q across the
polarisation, the other to that along it). Left out: Coulomb corrections, magnetic scattering off
nuclei with spin (matters for hydrogen at t of order M^2 only) and the photon's plasma mass in the
medium (tens of eV, below the least mass allowed here).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from ...ground import constants as const
from ...ground.arrays import FloatArray
from ...ground.errors import ValidityError
from ...ground.guards import guarded, number, numbers
from ..materials import Element
from . import form_factors
from .arguments import IN_MATTER
from .primakoff_integral import Limits, integral_over_t

__all__ = [
    "COUPLING_CONVENTION",
    "ENERGY_RANGE",
    "MASS_RANGE",
    "Limits",
    "PrimakoffCrossSection",
    "cross_section_pb",
    "differential_t",
    "limits",
    "threshold_energy",
    "total_cross_section",
]

CITATIONS = ("Dobrich:2015jyk", "arXiv:1009.1681", "Kim:1973he", "Tsai:1973py")

COUPLING_CONVENTION: Final = (
    "g = 1 GeV^-1 in L = -(g/4) a F Ftilde (ALP) or -(g/4) phi F F (scalar); sigma ~ g^2"
)
ENERGY_RANGE: Final = (0.1, 1000.0)
MASS_RANGE: Final = (1e-6, 3.0)
ARGUMENTS: Final = {
    **IN_MATTER,
    "energy": number(*ENERGY_RANGE, "GeV", "Primakoff production"),
    "mass": number(
        MASS_RANGE[0] * (1 - 1e-9), MASS_RANGE[1] * (1 + 1e-9), "GeV", "Primakoff production"
    ),
}
"""Photon energies and boson masses in GeV."""


_ORDER: Final = 8
_COARSE_ORDER: Final = 6
_CLOSED_ERROR: Final = 1e-12
_QUADRATURE_ERROR: Final = 1e-10  # ends of the ranges that are left out
_SCALE: Final = const.ALPHA / 32.0 * const.GEV2_PICOBARN


@dataclass(frozen=True, slots=True)
class PrimakoffCrossSection:
    """A total cross-section and what it belongs to.

    Parameters
    ----------
    value_pb : float
        Cross-section per nucleus in pb at coupling 1 (see ``coupling_convention``), zero below
        threshold.
    relative_error : float
        Numerical error: rounding of the closed form, or twice the difference between two
        quadrature orders; physics beyond the method is not part of it.
    element, form_factor : str
        Target and form factor.
    energy, mass : float
        Photon energy and boson mass in GeV.
    recoil : bool
        Whether the nucleus recoils.
    threshold : float
        Least photon energy in GeV.
    coupling_convention : str
        What coupling 1 means.
    """

    value_pb: float
    relative_error: float
    element: str
    form_factor: str
    energy: float
    mass: float
    recoil: bool
    threshold: float
    coupling_convention: str = COUPLING_CONVENTION


def _checked(name: str, values: ArrayLike, allowed: tuple[float, float]) -> FloatArray:
    array = np.asarray(values, dtype=np.float64)
    good = (array >= allowed[0] * (1 - 1e-9)) & (array <= allowed[1] * (1 + 1e-9))
    if not np.all(good):
        raise ValidityError(
            f"{name} {array[~good].flat[0]:g} GeV: Primakoff production holds for "
            f"{allowed[0]:g} to {allowed[1]:g} GeV."
        )
    return array


def _inverse_mass(element: Element, recoil: bool) -> float:
    return 1.0 / element.nuclear_mass if recoil else 0.0


@guarded(ARGUMENTS)
def threshold_energy(mass: float, element: Element, recoil: bool = True) -> float:
    """Least photon energy.

    Parameters
    ----------
    mass : float
        Boson mass in GeV.
    element : Element
        Target.
    recoil : bool
        Let the nucleus recoil (default) or not.

    Returns
    -------
    float
        m + m^2/2M in GeV, m for a static nucleus.
    """
    return mass * (1.0 + 0.5 * mass * _inverse_mass(element, recoil))


@guarded(IN_MATTER)
def limits(energy: ArrayLike, mass: ArrayLike, element: Element, recoil: bool = True) -> Limits:
    """Range of the momentum transfer squared t = -q^2.

    Parameters
    ----------
    energy, mass : array_like
        Photon energy and boson mass in GeV; they broadcast.
    element : Element
        Target.
    recoil : bool
        Let the nucleus recoil (default) or not.

    Returns
    -------
    Limits
        With c = 1 + 2 omega/M, b = 2 omega^2 - m^2 (1 + omega/M) and
        r = 2 omega sqrt((omega - m^2/2M)^2 - m^2): tmin = m^4/(b + r), tmax = (b + r)/c, exact
        two-body kinematics; b + r = (omega + k)^2 for a static nucleus.

    Raises
    ------
    ValidityError
        If an energy or mass is outside `ENERGY_RANGE` or `MASS_RANGE`.
    """
    omega, m = np.broadcast_arrays(
        _checked("photon energy", energy, ENERGY_RANGE), _checked("boson mass", mass, MASS_RANGE)
    )
    inverse = _inverse_mass(element, recoil)
    reduced = omega - 0.5 * m**2 * inverse
    is_open = reduced > m
    slope = 1.0 + 2.0 * omega * inverse
    root = 2.0 * omega * np.sqrt(np.where(is_open, (reduced - m) * (reduced + m), 0.0))
    both = np.where(is_open, 2.0 * omega**2 - m**2 * (1.0 + omega * inverse) + root, 1.0)
    return Limits(
        np.where(is_open, m**4 / both, 0.0),
        np.where(is_open, both / slope, 0.0),
        np.where(is_open, 2.0 * root / slope, 0.0),
        slope,
    )


def _cross_section(
    energy: ArrayLike, mass: ArrayLike, target: tuple[Element, str, bool], order: int = _ORDER
) -> FloatArray:
    element, form_factor, recoil = target
    span = limits(energy, mass, element, recoil)
    form_factors.parameters(element, form_factor)  # refuses unknown names
    omega = np.broadcast_to(np.asarray(energy, dtype=np.float64), span.low.shape)
    is_open = span.width > 0.0
    value = np.zeros(span.low.shape)
    flat = Limits(*(part[is_open] for part in span))
    if flat.low.size:
        integral = integral_over_t(flat, element, form_factor, order)
        value[is_open] = _SCALE * flat.slope / omega[is_open] ** 2 * integral
    return value


def cross_section_pb(
    energies: ArrayLike,
    masses: ArrayLike,
    element: Element,
    *,
    form_factor: str = "elastic",
    recoil: bool = True,
) -> FloatArray:
    """Cross-section of gamma N -> a N per nucleus at g = 1 GeV^-1, for arrays.

    Parameters
    ----------
    energies, masses : array_like
        Photon energies (0.1 to 1000) and boson masses (1e-6 to 3) in GeV; they broadcast.
    element : Element
        Target.
    form_factor : str
        One of `form_factors.FORM_FACTORS`. The inelastic part takes the kinematics of the whole
        nucleus, as usual.
    recoil : bool
        Exact recoil of the nucleus (default), or a static nucleus.

    Returns
    -------
    array
        Cross-section in pb, zero below threshold. Integral of `differential_t`: closed form for
        ``elastic`` and ``nuclear``, Gauss-Legendre in ln t for the rest (better than 1e-8).

    Raises
    ------
    ValidityError
        If an energy or mass is outside its range.
    UnknownNameError
        If there is no such form factor.
    """
    return _cross_section(energies, masses, (element, form_factor, recoil))


@guarded(ARGUMENTS)
def total_cross_section(
    energy: float,
    mass: float,
    *,
    element: Element,
    form_factor: str = "elastic",
    recoil: bool = True,
) -> PrimakoffCrossSection:
    """Cross-section of gamma N -> a N per nucleus, for an ALP or a scalar alike.

    Parameters
    ----------
    energy, mass : float
        Photon energy (0.1 to 1000) and boson mass (1e-6 to 3) in GeV.
    element, form_factor, recoil
        As in `cross_section_pb`.

    Returns
    -------
    PrimakoffCrossSection
        In pb at g = 1 GeV^-1. For omega >> m it tends to (alpha g^2/8) chi(tmin), chi the
        `form_factors.effective_flux`.

    Raises
    ------
    ValidityError
        If energy or mass is outside its range.
    UnknownNameError
        If there is no such form factor.
    """
    target = (element, form_factor, recoil)
    value = float(_cross_section(energy, mass, target))
    error = _CLOSED_ERROR
    if value > 0.0 and form_factor in ("helm", "elastic+inelastic"):
        coarse = float(_cross_section(energy, mass, target, _COARSE_ORDER))
        error = _QUADRATURE_ERROR + 2.0 * abs(coarse / value - 1.0)
    shown = error if value > 0.0 else 0.0
    least = threshold_energy(mass, element, recoil)
    return PrimakoffCrossSection(
        value, shown, element.symbol, form_factor, energy, mass, recoil, least
    )


@guarded(ARGUMENTS, t=numbers(1e-30, 1e6, "GeV^2"))
def differential_t(
    t: ArrayLike,
    energy: float,
    mass: float,
    *,
    element: Element,
    form_factor: str = "elastic",
    recoil: bool = True,
) -> FloatArray:
    """Distribution d sigma/dt of the momentum transfer squared.

    Parameters
    ----------
    t : array_like
        -q^2 in GeV^2, positive.
    energy, mass, element, form_factor, recoil
        As in `total_cross_section`.

    Returns
    -------
    array
        alpha g^2 G2(t) c/(32 omega^2) (t - tmin)(tmax - t)/t^2 in pb/GeV^2 at g = 1 GeV^-1, zero
        outside the limits.

    Raises
    ------
    ValidityError
        If a value is outside its range.
    UnknownNameError
        If there is no such form factor.
    """
    span = limits(energy, mass, element, recoil)
    g2 = form_factors.squared_form_factor(t, element, form_factor)
    q2 = np.asarray(t, dtype=np.float64)
    shape = np.maximum(q2 - span.low, 0.0) * np.maximum(span.high - q2, 0.0) / q2**2
    return np.asarray(_SCALE * span.slope / energy**2 * g2 * shape)
