"""Dark bremsstrahlung l N -> l N X at exact tree level for V, A, S and P bosons.

The nucleus has spin 0 and its recoil is kept; the azimuth is integrated in closed form and the
other variables by Gauss-Legendre rules adapted to the collinear ridges.  Cross-sections are per
nucleus and at g = e for every boson, that is epsilon = 1.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from ...ground.arrays import FloatArray
from ...ground.guards import guarded, row
from ..materials import Element
from . import form_factors
from .bremsstrahlung_quadrature import (
    COUPLINGS_PB,
    QUADRATURES,
    boson_energy_range,
    exact_totals,
    start_values,
)
from .bremsstrahlung_results import (
    ARGUMENTS,
    BOSONS,
    COUPLING_CONVENTION,
    METHODS,
    PROJECTILES,
    CrossSection,
    Spectrum,
)

__all__ = [
    "BOSONS",
    "COUPLING_CONVENTION",
    "METHODS",
    "PROJECTILES",
    "CrossSection",
    "Spectrum",
    "boson_energy_range",
    "differential_x",
    "differential_x_theta",
    "total_cross_section",
    "total_cross_sections",
]

CITATIONS = ("Liu:2016mqv", "Liu:2017htz", "Gninenko:2017yus", "Bjorken:2009mm")


@guarded(ARGUMENTS)
def total_cross_sections(
    energy: float,
    mass: float,
    *,
    element: Element,
    projectile: str = "e-",
    form_factor: str = "elastic",
    min_x: float = 0.0,
    accuracy: str = "standard",
) -> dict[str, CrossSection]:
    """Exact tree-level cross-sections of all four bosons in one integration.

    Parameters
    ----------
    energy, mass, element, projectile, form_factor, min_x, accuracy
        As in `total_cross_section`.

    Returns
    -------
    dict of str to CrossSection
        By boson.

    Raises
    ------
    ValidityError, UnknownNameError
        As `total_cross_section`.
    """
    lepton = PROJECTILES[projectile]
    values, errors = exact_totals(energy, mass, lepton, element, (form_factor, min_x, accuracy))
    return {
        boson: CrossSection(
            float(value), float(error), "etl", boson, projectile, element.symbol, form_factor,
            energy, mass, min_x,
        )
        for boson, value, error in zip(BOSONS, values, errors, strict=True)
    }  # fmt: skip


@guarded(ARGUMENTS)
def total_cross_section(
    energy: float,
    mass: float,
    *,
    element: Element,
    projectile: str = "e-",
    boson: str = "vector",
    method: str = "etl",
    form_factor: str = "elastic",
    min_x: float = 0.0,
    accuracy: str = "standard",
) -> CrossSection:
    """Cross-section of l N -> l N X per nucleus, boson energy above a cut.

    Parameters
    ----------
    energy : float
        Lepton energy in GeV, 1 to 500.
    mass : float
        Boson mass in GeV, 1e-6 to 3.
    element : Element
        Target.
    projectile : str
        ``e-``, ``e+``, ``mu-`` or ``mu+``.
    boson : str
        One of `BOSONS`.
    method : str
        ``etl`` (exact tree level), ``ww`` or ``iww`` (`weizsaecker_williams`).
    form_factor : str
        One of `form_factors.FORM_FACTORS`.
    min_x : float
        Least x = E_X/E, in [0, 1).
    accuracy : str
        ``standard`` (better than 0.2 %) or ``high`` (about 1e-5) for ``etl``.

    Returns
    -------
    CrossSection
        In pb at coupling 1; zero where the process is kinematically closed. ETL: integral over
        x, theta, t of ``alpha^2 alpha_X k E/(p V) G2(t)/t^2 <|A|^2>/(8 M^2)``, Liu:2016mqv and
        Liu:2017htz with nuclear recoil.

    Raises
    ------
    ValidityError
        If energy, mass or min_x is outside its range.
    UnknownNameError
        If a name is unknown.
    """
    lepton = PROJECTILES[projectile]
    if method == "etl":
        values, errors = exact_totals(energy, mass, lepton, element, (form_factor, min_x, accuracy))
        i = BOSONS.index(boson)
        value, error = float(values[i]), float(errors[i])
    else:
        from . import weizsaecker_williams as approximate

        total = approximate.ww_total if method == "ww" else approximate.iww_total
        value, error = total(
            energy, mass, element, boson, lepton_mass=lepton, form_factor=form_factor, min_x=min_x
        )
    return CrossSection(
        value, error, method, boson, projectile, element.symbol, form_factor, energy, mass, min_x
    )


@guarded(ARGUMENTS, x=row(0.0, 1.0))
def differential_x(
    x: ArrayLike,
    energy: float,
    mass: float,
    *,
    element: Element,
    projectile: str = "e-",
    boson: str = "vector",
    method: str = "etl",
    form_factor: str = "elastic",
) -> Spectrum:
    """Energy spectrum d sigma/dx, x = E_X/E.

    Parameters
    ----------
    x : array_like, shape (n,)
        Energy fractions, 0 to 1.
    energy, mass, element, projectile, boson, method, form_factor
        As in `total_cross_section`.

    Returns
    -------
    Spectrum
        d sigma/dx in pb per nucleus at coupling 1, zero outside the kinematic range.

    Raises
    ------
    ValidityError
        If a value is outside its range.
    UnknownNameError
        If a name is unknown.
    """
    lepton = PROJECTILES[projectile]
    points = np.atleast_1d(np.asarray(x, dtype=np.float64))
    if method == "etl":
        values = _etl_spectrum(points, energy, mass, lepton, (element, form_factor))
        values = values[:, BOSONS.index(boson)]
    else:
        from . import weizsaecker_williams as approximate

        spectrum = approximate.ww_spectrum if method == "ww" else approximate.iww_spectrum
        values = spectrum(
            points, energy, mass, element, boson, lepton_mass=lepton, form_factor=form_factor
        )
    return Spectrum(
        points, values, method, boson, projectile, element.symbol, form_factor, energy, mass
    )


def _etl_spectrum(
    x: FloatArray, energy: float, mass: float, lepton: float, target: tuple[Element, str]
) -> FloatArray:
    from ...ground._kernels import bremsstrahlung as kernels

    result = np.zeros((x.size, 4))
    particle = start_values(energy, mass, lepton, target[0])
    if particle is None:
        return result
    fraction = (x * energy - mass - particle[5]) / particle[4]
    inside = (fraction > 0.0) & (fraction < 1.0)
    f = fraction[inside]
    ff = form_factors.parameters(*target)
    quadrature = QUADRATURES["high"].suited(ff)
    spectrum = kernels.spectrum(
        np.log(f / (1.0 - f)),
        particle,
        ff,
        quadrature.rules(),
        np.array(quadrature.y_edges),
    )
    jacobian = energy / (particle[4] * f * (1.0 - f))  # d zeta/dx
    result[inside] = spectrum * jacobian[:, None] * COUPLINGS_PB
    return result


@guarded(ARGUMENTS, x=row(0.0, 1.0), theta=row(0.0, math.pi, "rad"))
def differential_x_theta(
    x: ArrayLike,
    theta: ArrayLike,
    energy: float,
    mass: float,
    *,
    element: Element,
    projectile: str = "e-",
    boson: str = "vector",
    form_factor: str = "elastic",
) -> Spectrum:
    """Double spectrum d^2 sigma/(dx dtheta) at exact tree level.

    Parameters
    ----------
    x : array_like, shape (n,)
        Energy fractions E_X/E, 0 to 1.
    theta : array_like, shape (k,)
        Laboratory angles of the boson in rad, 0 to pi.
    energy, mass, element, projectile, boson, form_factor
        As in `total_cross_section`.

    Returns
    -------
    Spectrum
        ``values_pb`` of shape (n, k) in pb/rad per nucleus at coupling 1.

    Raises
    ------
    ValidityError
        If a value is outside its range.
    UnknownNameError
        If a name is unknown.
    """
    from ...ground._kernels import bremsstrahlung as kernels

    lepton = PROJECTILES[projectile]
    points = np.atleast_1d(np.asarray(x, dtype=np.float64))
    angles = np.atleast_1d(np.asarray(theta, dtype=np.float64))
    values = np.zeros((points.size, angles.size))
    particle = start_values(energy, mass, lepton, element)
    if particle is not None:
        ff = form_factors.parameters(element, form_factor)
        rule = QUADRATURES["high"]._replace(t_width=0.5).suited(ff).rules()[0]
        w = 2.0 * np.sin(0.5 * angles) ** 2
        for i, fraction in enumerate((points * energy - mass - particle[5]) / particle[4]):
            if 0.0 < fraction < 1.0:
                density = kernels.angular(fraction, w, particle, ff, rule)
                values[i] = density[:, BOSONS.index(boson)] * np.sin(angles) * COUPLINGS_PB
    return Spectrum(
        points, values, "etl", boson, projectile, element.symbol, form_factor, energy, mass, angles
    )
