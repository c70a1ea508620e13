"""Gauge boson of B - L: all leptons with charge -1, quarks with 1/3."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar, Final, final

import numpy as np
from numpy.typing import ArrayLike

from ...ground import constants as const
from ...ground.guards import chosen
from .base import (
    DARK_COUPLINGS,
    Boson,
    FloatArray,
    Model,
    checked_flavour,
    checked_pair,
    checked_quark,
    no_coupling,
)
from .dark_sector import DarkSector, dark_sector
from .r_ratio import baryon_ratio
from .widths import lepton_width, neutrino_width

__all__ = ["MODEL", "BMinusL"]

_NEUTRINOS: Final = {"left-handed": 3, "dirac": 6}


@final
@dataclass(frozen=True, slots=True)
class BMinusL(Model):
    """Z' of gauged B - L with gauge coupling g.

    Parameters
    ----------
    dark_matter : str, optional
        Kind of dark matter charged under the Z', or ``"none"`` (default).
    g_chi : float, optional
        Coupling of the dark matter.
    mass_ratio : float, optional
        m_Z' / m_chi, above 2.
    splitting : float, optional
        (m_2 - m_1)/m_1 of pseudo-Dirac dark matter.
    neutrinos : str, optional
        ``"left-handed"`` (default): the right-handed ones are too heavy to decay to; ``"dirac"``:
        they are as light, as where B - L is unbroken, and the width to neutrinos is twice as large.

    Raises
    ------
    EmissError
        If a parameter is unknown or out of range, see `DarkSector`.

    Notes
    -----
    Hadrons from `baryon_ratio`: good to 10-20 % on the omega and phi, to a factor 2 from there to
    2 GeV.
    """

    CITATIONS: ClassVar[tuple[str, ...]] = ("Mohapatra:1980qe", "Ilten:2018crw")

    dark_matter: str = "none"
    g_chi: float = 0.05
    mass_ratio: float = 3.0
    splitting: float = 0.0
    neutrinos: str = "left-handed"

    def __post_init__(self) -> None:
        chosen(_NEUTRINOS, "kind of neutrinos")(self.neutrinos, "neutrinos")
        DARK_COUPLINGS(self.g_chi, "g_chi")
        _ = self.dark_sector

    @property
    def name(self) -> str:
        """Name in the catalogue."""
        return "b-l"

    @property
    def title(self) -> str:
        """Name for headings."""
        return "B - L Z'"

    @property
    def boson(self) -> Boson:
        """A vector."""
        return "vector"

    @property
    def coupling_name(self) -> str:
        """Gauge coupling."""
        return "g"

    @property
    def coupling_label(self) -> str:
        """LaTeX label."""
        return r"g_{B-L}"

    @property
    def symbol(self) -> str:
        """LaTeX symbol of the boson."""
        return "Z'"

    @property
    def math_title(self) -> str:
        """Short name for figures."""
        return "$B - L$"

    @property
    def dark_sector(self) -> DarkSector | None:
        """Dark matter with alpha_dark = g_chi^2/4 pi, or None."""
        alpha = self.g_chi**2 / (4.0 * math.pi)
        return dark_sector(self.dark_matter, alpha, self.mass_ratio, self.splitting)

    def lepton_coupling(self, flavour: str, coupling: ArrayLike, mass: ArrayLike) -> FloatArray:
        """Gauge coupling, the same for all flavours and masses."""
        checked_flavour(flavour)
        _, g = checked_pair(mass, coupling)
        return np.asarray(g, dtype=np.float64).copy()

    def photon_coupling(self, coupling: ArrayLike, mass: ArrayLike) -> FloatArray:
        """Zero: a vector does not couple to two photons."""
        return no_coupling(mass, coupling)

    def quark_coupling(self, quark: str, coupling: ArrayLike, mass: ArrayLike) -> FloatArray:
        """A third of the gauge coupling, the same for all quarks."""
        _ = checked_quark(quark)
        _, g = checked_pair(mass, coupling)
        return np.asarray(g / 3.0)

    def visible_widths(self, mass: ArrayLike, coupling: ArrayLike) -> dict[str, FloatArray]:
        """Widths in GeV to charged leptons and hadrons."""
        m, g = checked_pair(mass, coupling)
        widths = {
            f"{flavour}+{flavour}-": lepton_width("vector", m, g, lepton_mass)
            for flavour, lepton_mass in const.LEPTON_MASS.items()
        }
        widths["hadrons"] = np.asarray(g * g * m / (12.0 * math.pi) * baryon_ratio(m))
        return widths

    def neutrino_width(self, mass: ArrayLike, coupling: ArrayLike) -> FloatArray:
        """Width in GeV to the neutrinos."""
        return neutrino_width(mass, coupling, _NEUTRINOS[self.neutrinos])


MODEL: Final = BMinusL()
