"""Names, ranges of validity and results that all bremsstrahlung calculations share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from ...ground import constants as const
from ...ground.arrays import FloatArray
from ...ground.errors import UnknownNameError, ValidityError
from ..models.bosons import BOSONS
from . import form_factors

__all__ = [
    "BOSONS",
    "COUPLING_CONVENTION",
    "ENERGY_RANGE",
    "MASS_RANGE",
    "METHODS",
    "PROJECTILES",
    "CrossSection",
    "Spectrum",
    "check_names",
    "check_ranges",
]


METHODS: Final = ("etl", "ww", "iww")
PROJECTILES: Final = {
    "e-": const.ELECTRON_MASS,
    "e+": const.ELECTRON_MASS,
    "mu-": const.MUON_MASS,
    "mu+": const.MUON_MASS,
}
"""Projectile masses in GeV; particle and antiparticle have the same cross-section."""
COUPLING_CONVENTION: Final = "g = e * epsilon at epsilon = 1, for every boson; sigma ~ epsilon^2"
ENERGY_RANGE: Final = (1.0, 500.0)
MASS_RANGE: Final = (1e-6, 3.0)


@dataclass(frozen=True, slots=True)
class CrossSection:
    """A total cross-section and what it belongs to.

    Parameters
    ----------
    value_pb : float
        Cross-section per nucleus in pb at coupling 1 (see ``coupling_convention``).
    relative_error : float
        Numerical error: twice the difference between two quadrature orders and a floor; physics
        beyond the method (form factor, Coulomb corrections) is not part of it.
    method, boson, projectile, element, form_factor : str
        What was computed.
    energy, mass : float
        Lepton energy and boson mass in GeV.
    min_x : float
        Lower cut on x = E_X/E.
    coupling_convention : str
        What coupling 1 means.
    """

    value_pb: float
    relative_error: float
    method: str
    boson: str
    projectile: str
    element: str
    form_factor: str
    energy: float
    mass: float
    min_x: float
    coupling_convention: str = COUPLING_CONVENTION


@dataclass(frozen=True, slots=True)
class Spectrum:
    """Differential cross-section on given points.

    Parameters
    ----------
    x : array
        Energy fractions E_X/E.
    values_pb : array
        d sigma/dx in pb, or d^2 sigma/(dx dtheta) in pb/rad with shape (x, theta), per nucleus.
    method, boson, projectile, element, form_factor : str
        What was computed.
    energy, mass : float
        Lepton energy and boson mass in GeV.
    theta : array or None
        Laboratory angles of the boson in rad.
    coupling_convention : str
        What coupling 1 means.
    """

    x: FloatArray
    values_pb: FloatArray
    method: str
    boson: str
    projectile: str
    element: str
    form_factor: str
    energy: float
    mass: float
    theta: FloatArray | None = None
    coupling_convention: str = COUPLING_CONVENTION


def check_names(projectile: str, boson: str, method: str, form_factor: str) -> float:
    """Refuse unknown names; returns the projectile mass in GeV."""
    for kind, given, allowed in (
        ("projectile", projectile, tuple(PROJECTILES)),
        ("boson", boson, BOSONS),
        ("method", method, METHODS),
        ("form factor", form_factor, form_factors.FORM_FACTORS),
    ):
        if given not in allowed:
            raise UnknownNameError(kind, given, allowed)
    return PROJECTILES[projectile]


def check_ranges(energy: float, mass: float, min_x: float = 0.0) -> None:
    """Refuse values outside the range of validity."""
    if not ENERGY_RANGE[0] <= energy <= ENERGY_RANGE[1]:
        raise ValidityError(f"lepton energy {energy:g} GeV: bremsstrahlung holds for 1 to 500 GeV.")
    if not MASS_RANGE[0] * (1 - 1e-9) <= mass <= MASS_RANGE[1] * (1 + 1e-9):
        raise ValidityError(f"boson mass {mass:g} GeV: bremsstrahlung holds for 1 keV to 3 GeV.")
    if not 0.0 <= min_x < 1.0:
        raise ValidityError(f"min_x = {min_x:g}: the cut on x = E_X/E must be in [0, 1).")
