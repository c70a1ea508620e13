"""Dark photon seen in the omega: omega -> A'* -> chi chi."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final, final

import numpy as np
from numpy.typing import ArrayLike

from ...ground import constants as const
from .base import Boson, FloatArray, checked_pair
from .meson_constants import CITATIONS
from .mesons import MesonModel, check_dark, through_vector

__all__ = ["MODEL", "OmegaDarkPhoton"]


@final
@dataclass(frozen=True, slots=True)
class OmegaDarkPhoton(MesonModel):
    """Dark photon with Dirac dark matter, as far as it makes mesons invisible.

    The free coupling is epsilon, the mass that of the A'. pi0, eta and eta' go to A' A' at
    epsilon^4 only, which is left out: it constrains nothing below epsilon = 0.1.

    Parameters
    ----------
    alpha_dark : float, optional
        Dark coupling.
    mass_ratio : float, optional
        m_A'/m_chi, above 2.

    Raises
    ------
    EmissError
        If a parameter is out of range.
    """

    CITATIONS: ClassVar[tuple[str, ...]] = ("arXiv:2312.01703", *CITATIONS)

    alpha_dark: float = 0.1
    mass_ratio: float = 3.0

    def __post_init__(self) -> None:
        check_dark(self.alpha_dark, self.mass_ratio)

    @property
    def name(self) -> str:
        """Name in the catalogue."""
        return "omega-dark-photon"

    @property
    def title(self) -> str:
        """Name for headings."""
        return "Dark photon in omega decays"

    @property
    def boson(self) -> Boson:
        """A vector."""
        return "vector"

    @property
    def coupling_name(self) -> str:
        """Kinetic mixing."""
        return "epsilon"

    @property
    def coupling_label(self) -> str:
        """LaTeX label."""
        return r"\epsilon"

    @property
    def symbol(self) -> str:
        """LaTeX symbol of what the mass is of."""
        return "A'"

    def meson_branching(self, meson: str, coupling: ArrayLike, mass: ArrayLike) -> FloatArray:
        """Branching fraction to nothing, see `MesonModel`.

        Br(e+ e-) (epsilon^2 alpha_D/alpha) times what `through_vector` says.
        """
        m, epsilon = checked_pair(mass, coupling)
        if meson != "omega":
            return np.zeros(epsilon.shape)
        strength = epsilon**2 * self.alpha_dark / const.ALPHA
        return np.asarray(strength * through_vector(m, self.alpha_dark, self.mass_ratio))


MODEL: Final = OmegaDarkPhoton()
