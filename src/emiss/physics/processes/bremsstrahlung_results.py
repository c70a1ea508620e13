"""Names, ranges of validity and results that all bremsstrahlung calculations share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from ...ground import constants as const
from ...ground.arrays import FloatArray
from ...ground.errors import ValidityError
from ...ground.guards import Guard, chosen, flag, instance, number
from ...ground.histogram import BinAxis, Histogram
from ..materials import Element
from ..models.bosons import BOSONS
from . import form_factors

__all__ = [
    "ARGUMENTS",
    "BOSONS",
    "COUPLING_CONVENTION",
    "ENERGY_RANGE",
    "MASS_RANGE",
    "METHODS",
    "PROJECTILES",
    "CrossSection",
    "Spectrum",
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
MAXIMUM_CUT: Final = 1.0 - 1e-6
"""Largest cut on x = E_X/E."""


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

    def histogram(self) -> Histogram:
        """Cross-section between the points, as a histogram that hist and mplhep plot.

        Returns
        -------
        Histogram
            In pb per bin of x: d sigma/dx joined by straight lines.

        Raises
        ------
        ValidityError
            If there are fewer than two points, they do not ascend, or angles are given too.
        """
        if self.theta is not None:
            raise ValidityError("histogram of a spectrum: in x alone; take differential_x.")
        width = np.diff(self.x)
        if self.x.size < 2 or not np.all(width > 0.0):
            raise ValidityError("histogram of a spectrum: needs two or more points x, ascending.")
        content = 0.5 * width * (self.values_pb[1:] + self.values_pb[:-1])
        name = f"sigma({self.boson}, {self.mass:.6g} GeV) [pb]"
        return Histogram(BinAxis(self.x, "x"), content, name=name)


ARGUMENTS: Final[dict[str, Guard]] = {
    "energy": number(*ENERGY_RANGE, "GeV", "bremsstrahlung"),
    "mass": number(MASS_RANGE[0] * (1 - 1e-9), MASS_RANGE[1] * (1 + 1e-9), "GeV", "bremsstrahlung"),
    "min_x": number(0.0, MAXIMUM_CUT),
    "element": instance(Element),
    "projectile": chosen(PROJECTILES),
    "boson": chosen(BOSONS),
    "method": chosen(METHODS),
    "form_factor": chosen(form_factors.FORM_FACTORS),
    "accuracy": chosen(("standard", "high")),
    "unweighted": flag,
}
"""What the functions of bremsstrahlung take, by name of the argument."""
