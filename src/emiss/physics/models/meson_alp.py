"""Axion-like particle that mixes with eta or eta' and couples to dark matter."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar, Final, final

import numpy as np
from numpy.typing import ArrayLike

from ...ground.guards import chosen
from ...ground.mesons import meson_data
from .base import Boson, FloatArray, checked_pair
from .meson_constants import CITATIONS
from .mesons import MesonModel, two_body

__all__ = ["MODEL", "MesonALP"]


@final
@dataclass(frozen=True, slots=True)
class MesonALP(MesonModel):
    """A meson is, by an angle theta, a pseudoscalar a with L = i g a chibar gamma5 chi.

    The free coupling is theta g, the mass that of Dirac dark matter. theta follows from a model of
    the mixing, delta_m^2/(m_P^2 - m_a^2) off the pole.

    Parameters
    ----------
    meson : str, optional
        ``"eta"`` (default), ``"eta-prime"``, or ``"both"`` with one and the same angle.

    Raises
    ------
    UnknownNameError
        If the meson is none of these.
    """

    CITATIONS: ClassVar[tuple[str, ...]] = CITATIONS

    meson: str = "eta"

    def __post_init__(self) -> None:
        chosen(_MIXES, "mixing meson")(self.meson, "meson")

    @property
    def name(self) -> str:
        """Name in the catalogue."""
        return "meson-alp"

    @property
    def title(self) -> str:
        """Name for headings."""
        return "Pseudoscalar that mixes with mesons"

    @property
    def boson(self) -> Boson:
        """A pseudoscalar."""
        return "pseudoscalar"

    @property
    def coupling_name(self) -> str:
        """Mixing angle times coupling."""
        return "theta_g"

    @property
    def coupling_label(self) -> str:
        """LaTeX label."""
        return r"\theta g"

    @property
    def mass_of(self) -> str:
        """Whose mass it is."""
        return "dark-matter"

    @property
    def symbol(self) -> str:
        """LaTeX symbol of what the mass is of."""
        return r"\chi"

    def meson_branching(self, meson: str, coupling: ArrayLike, mass: ArrayLike) -> FloatArray:
        """Branching fraction to nothing: theta^2 g^2 m_P beta/(8 pi) over the width."""
        chi, value = checked_pair(mass, coupling)
        if meson not in _MIXES[self.meson]:
            return np.zeros(value.shape)
        data = meson_data(meson)
        width = value**2 * data.mass * two_body(data.mass, chi) / (8.0 * math.pi)
        return np.asarray(width / data.width)


_MIXES: Final = {
    "eta": ("eta",),
    "eta-prime": ("eta-prime",),
    "both": ("eta", "eta-prime"),
}


MODEL: Final = MesonALP()
