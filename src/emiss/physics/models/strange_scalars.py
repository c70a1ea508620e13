"""Strange quarks and complex scalar dark matter."""

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

__all__ = ["MODEL", "StrangeScalars"]


@final
@dataclass(frozen=True, slots=True)
class StrangeScalars(MesonModel):
    """L = (kappa/Lambda) sbar i gamma5 s  phi* phi with complex scalar dark matter phi.

    The free coupling is kappa/Lambda in GeV^-1, the mass that of the dark matter.
    """

    CITATIONS: ClassVar[tuple[str, ...]] = CITATIONS

    @property
    def name(self) -> str:
        """Name in the catalogue."""
        return "strange-scalars"

    @property
    def title(self) -> str:
        """Name for headings."""
        return "Scalar dark matter and strange quarks"

    @property
    def boson(self) -> Boson:
        """A pseudoscalar density."""
        return "pseudoscalar"

    @property
    def coupling_name(self) -> str:
        """kappa/Lambda."""
        return "kappa_over_scale"

    @property
    def coupling_label(self) -> str:
        """LaTeX label."""
        return r"\kappa/\Lambda"

    @property
    def coupling_unit(self) -> str:
        """Unit of the free coupling."""
        return "GeV^-1"

    @property
    def mass_of(self) -> str:
        """Whose mass it is."""
        return "dark-matter"

    @property
    def symbol(self) -> str:
        """LaTeX symbol of what the mass is of."""
        return r"\phi"

    def meson_branching(self, meson: str, coupling: ArrayLike, mass: ArrayLike) -> FloatArray:
        """Branching fraction to nothing: kappa^2 h^2 beta/(16 pi m_P Lambda^2) over the width."""
        phi, value = checked_pair(mass, coupling)
        density = strange_density(meson)
        if density == 0.0:
            return np.zeros(value.shape)
        data = meson_data(meson)
        width = density**2 * two_body(data.mass, phi) / (16.0 * math.pi * data.mass)
        return np.asarray(width * value**2 / data.width)


MODEL: Final = StrangeScalars()
