"""Axion-like particle: couples to two photons, and to electrons in proportion if wanted."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar, final

import numpy as np
from numpy.typing import ArrayLike

from .. import constants as const
from ..errors import EmissError
from .base import Boson, FloatArray, Model, checked_coupling, checked_flavour, checked_mass
from .dark_sector import DarkSector
from .widths import lepton_width, photon_width

__all__ = ["ALP"]


@final
@dataclass(frozen=True, slots=True)
class ALP(Model):
    """Pseudoscalar with L = -(g_agg/4) a F Ftilde + i g_e a ebar gamma5 e.

    Parameters
    ----------
    electron_to_photon : float, optional
        g_e/g_agg in GeV; 0 (default) for photons alone. For electrons alone use `Leptophilic`.

    Raises
    ------
    EmissError
        If the ratio is negative or not finite.
    """

    CITATIONS: ClassVar[tuple[str, ...]] = ("Dobrich:2015jyk", "NA64:2020qwq")

    electron_to_photon: float = 0.0

    def __post_init__(self) -> None:
        if not 0.0 <= self.electron_to_photon < math.inf:
            raise EmissError(
                f"electron_to_photon={self.electron_to_photon:g}: must be finite and not negative."
            )

    @property
    def name(self) -> str:
        """Name in the catalogue."""
        return "alp"

    @property
    def title(self) -> str:
        """Name for headings."""
        return "Axion-like particle"

    @property
    def boson(self) -> Boson:
        """A pseudoscalar."""
        return "pseudoscalar"

    @property
    def coupling_name(self) -> str:
        """Coupling to photons in GeV^-1."""
        return "g_agg"

    @property
    def coupling_label(self) -> str:
        """LaTeX label."""
        return r"g_{a\gamma\gamma}"

    @property
    def dark_sector(self) -> DarkSector | None:
        """No dark matter."""
        return None

    def lepton_coupling(self, flavour: str, coupling: ArrayLike, mass: ArrayLike) -> FloatArray:
        """Coupling g_e to electrons, 0 to other leptons."""
        share = self.electron_to_photon if checked_flavour(flavour) == "e" else 0.0
        g, _ = np.broadcast_arrays(checked_coupling(coupling), checked_mass(mass))
        return g * share

    def photon_coupling(self, coupling: ArrayLike, mass: ArrayLike) -> FloatArray:
        """Coupling g_agg in GeV^-1."""
        g, _ = np.broadcast_arrays(checked_coupling(coupling), checked_mass(mass))
        return np.asarray(g, dtype=np.float64).copy()

    def visible_widths(self, mass: ArrayLike, coupling: ArrayLike) -> dict[str, FloatArray]:
        """Widths in GeV to two photons and to electrons."""
        m, g = np.broadcast_arrays(checked_mass(mass), checked_coupling(coupling))
        widths = {"gamma gamma": photon_width(m, g)}
        if self.electron_to_photon > 0.0:
            on_electrons = g * self.electron_to_photon
            widths["e+e-"] = lepton_width("pseudoscalar", m, on_electrons, const.ELECTRON_MASS)
        return widths

    def neutrino_width(self, mass: ArrayLike, coupling: ArrayLike) -> FloatArray:
        """Zero."""
        return np.zeros(np.broadcast_shapes(np.shape(coupling), np.shape(mass)))
