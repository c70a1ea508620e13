"""Pseudoscalar contact interaction of strange quarks with fermionic dark matter."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar, Final, final

import numpy as np
from numpy.typing import ArrayLike

from ...ground.mesons import meson_data
from .base import Boson, FloatArray, checked_pair
from .meson_constants import CITATIONS, strange_density
from .mesons import MesonModel, two_body

__all__ = ["MODEL", "StrangePseudoscalar"]


@final
@dataclass(frozen=True, slots=True)
class StrangePseudoscalar(MesonModel):
    """L = (1/Lambda^2) sbar i gamma5 s  chibar i gamma5 chi, Dirac dark matter.

    The free coupling is 1/Lambda in GeV^-1, the mass that of the dark matter. Light quarks are left
    out: their matrix element is poorly known.
    """

    CITATIONS: ClassVar[tuple[str, ...]] = CITATIONS

    @property
    def name(self) -> str:
        """Name in the catalogue."""
        return "strange-pseudoscalar"

    @property
    def title(self) -> str:
        """Name for headings."""
        return "Pseudoscalar contact with strange quarks"

    @property
    def boson(self) -> Boson:
        """A pseudoscalar."""
        return "pseudoscalar"

    @property
    def coupling_name(self) -> str:
        """Inverse scale."""
        return "inverse_scale"

    @property
    def coupling_label(self) -> str:
        """LaTeX label."""
        return r"1/\Lambda"

    @property
    def coupling_unit(self) -> str:
        """Unit of the free coupling."""
        return "GeV^-1"

    @property
    def coupling_power(self) -> float:
        """Widths go with the inverse scale to the fourth power."""
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
        """Branching fraction to nothing: h^2 m_P beta/(8 pi Lambda^4) over the width."""
        chi, value = checked_pair(mass, coupling)
        density = strange_density(meson)
        if density == 0.0:
            return np.zeros(value.shape)
        data = meson_data(meson)
        width = density**2 * data.mass * two_body(data.mass, chi) / (8.0 * math.pi)
        return np.asarray(width * value**4 / data.width)


MODEL: Final = StrangePseudoscalar()
