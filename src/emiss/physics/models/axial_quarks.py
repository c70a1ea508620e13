"""Axial coupling of quarks to Dirac dark matter: a contact interaction, or a mediator."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar, Final, final

import numpy as np
from numpy.typing import ArrayLike

from ...ground.errors import EmissError
from ...ground.mesons import meson_data
from .base import Boson, FloatArray, checked_pair
from .meson_constants import CITATIONS, axial_constant
from .mesons import MesonModel, two_body

__all__ = ["MODEL", "AxialQuarks"]


@final
@dataclass(frozen=True, slots=True)
class AxialQuarks(MesonModel):
    """L = (1/Lambda^2) sum qbar gamma gamma5 q  chibar gamma gamma5 chi.

    The mass is that of the dark matter. The free coupling is 1/Lambda in GeV^-1; or, with a
    mediator, the geometric mean g of its axial couplings to quarks and dark matter: what a
    pseudoscalar meson couples to is the longitudinal part of the propagator, 1/m^2 at any
    momentum, so that Lambda = m/g whether the mediator is light or heavy (widths left out).

    Parameters
    ----------
    quarks : str, optional
        ``"uds"`` (default) or ``"ud"``: those that couple, all alike.
    mediator_mass : float, optional
        In GeV; 0 (default) for the contact interaction.

    Raises
    ------
    EmissError
        If a parameter is out of range.
    """

    CITATIONS: ClassVar[tuple[str, ...]] = CITATIONS

    quarks: str = "uds"
    mediator_mass: float = 0.0

    def __post_init__(self) -> None:
        axial_constant("eta", self.quarks)
        if not 0.0 <= self.mediator_mass < math.inf:
            raise EmissError(f"mediator_mass={self.mediator_mass:g}: needs 0 or a mass in GeV.")

    @property
    def name(self) -> str:
        """Name in the catalogue."""
        return "axial-quarks"

    @property
    def title(self) -> str:
        """Name for headings."""
        return "Axial coupling to quarks"

    @property
    def boson(self) -> Boson:
        """An axial vector."""
        return "axial"

    @property
    def coupling_name(self) -> str:
        """Inverse scale, or coupling of the mediator."""
        return "g" if self.mediator_mass > 0.0 else "inverse_scale"

    @property
    def coupling_label(self) -> str:
        """LaTeX label."""
        return "g" if self.mediator_mass > 0.0 else r"1/\Lambda"

    @property
    def coupling_unit(self) -> str:
        """Unit of the free coupling."""
        return "" if self.mediator_mass > 0.0 else "GeV^-1"

    @property
    def coupling_power(self) -> float:
        """Widths go with the coupling to the fourth power."""
        return 4.0

    @property
    def mass_of(self) -> str:
        """Whose mass it is."""
        return "dark-matter"

    @property
    def symbol(self) -> str:
        """LaTeX symbol of what the mass is of."""
        return r"\chi"

    def meson_branching(self, meson: str, coupling: ArrayLike, mass: ArrayLike) -> FloatArray:
        """Branching fraction to nothing: F^2 m_chi^2 m_P beta/(2 pi Lambda^4) over the width."""
        chi, value = checked_pair(mass, coupling)
        inverse = value / (self.mediator_mass or 1.0)
        constant = axial_constant(meson, self.quarks)
        if constant == 0.0:
            return np.zeros(value.shape)
        data = meson_data(meson)
        width = constant**2 * chi**2 * data.mass * two_body(data.mass, chi) / (2.0 * math.pi)
        return np.asarray(width * inverse**4 / data.width)


MODEL: Final = AxialQuarks()
