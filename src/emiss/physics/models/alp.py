"""Axion-like particle: couples to two photons, to electrons, or to both in proportion."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar, Final, final

from numpy.typing import ArrayLike

from ...ground import constants as const
from ...ground.checks import check_real
from ...ground.errors import EmissError
from ...ground.guards import chosen
from .base import Boson, FloatArray, Model, checked_flavour, checked_pair, no_coupling
from .dark_sector import DarkSector, dark_sector
from .widths import lepton_width, photon_width

__all__ = ["ALP", "MODEL"]

_FREE: Final = {
    "photon": ("g_agg", r"g_{a\gamma\gamma}", "GeV^-1"),
    "electron": ("g_ae", "g_{ae}", ""),
}
"""Free coupling: its name, LaTeX label and unit."""


@final
@dataclass(frozen=True, slots=True)
class ALP(Model):
    """Pseudoscalar with L = -(g_agg/4) a F Ftilde + i g_e a ebar gamma5 e.

    Parameters
    ----------
    electron_to_photon : float, optional
        g_e/g_agg in GeV with the photon coupling free; 0 (default) for photons alone.
    free : str, optional
        Which coupling is the free one: ``"photon"`` (default), in GeV^-1, or ``"electron"``, a
        number.
    photon_to_electron : float, optional
        g_agg/g_e in GeV^-1 with the electron coupling free; 0 (default) for electrons alone.
    dark_matter : str, optional
        ``"dirac"``, ``"majorana"`` or ``"none"`` (default).
    alpha_dark, mass_ratio : float, optional
        As in `DarkSector`.

    Raises
    ------
    EmissError
        If a ratio is negative, not finite or without effect, or a parameter is out of range.
    """

    CITATIONS: ClassVar[tuple[str, ...]] = ("Dobrich:2015jyk", "NA64:2020qwq")

    electron_to_photon: float = 0.0
    free: str = "photon"
    photon_to_electron: float = 0.0
    dark_matter: str = "none"
    alpha_dark: float = 0.1
    mass_ratio: float = 3.0

    def __post_init__(self) -> None:
        chosen(_FREE, "free coupling")(self.free, "free")
        for name, idle in (("electron_to_photon", "electron"), ("photon_to_electron", "photon")):
            value = check_real(getattr(self, name), name)
            if not 0.0 <= value < math.inf:
                raise EmissError(f"{name}={value:g}: must be finite and not negative.")
            if value > 0.0 and self.free == idle:
                raise EmissError(f"{name}: no effect with free={idle}; leave one of them out.")
        _ = self.dark_sector

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
        """Coupling to photons in GeV^-1, or to electrons."""
        return _FREE[self.free][0]

    @property
    def coupling_label(self) -> str:
        """LaTeX label."""
        return _FREE[self.free][1]

    @property
    def coupling_unit(self) -> str:
        """Inverse energy with the photon coupling free."""
        return _FREE[self.free][2]

    @property
    def symbol(self) -> str:
        """LaTeX symbol of the boson."""
        return "a"

    @property
    def dark_sector(self) -> DarkSector | None:
        """Dark matter, or None."""
        return dark_sector(
            self.dark_matter, self.alpha_dark, self.mass_ratio, mediator="pseudoscalar"
        )

    @property
    def _shares(self) -> tuple[float, float]:
        """Couplings to electrons and to photons over the free one."""
        if self.free == "photon":
            return self.electron_to_photon, 1.0
        return 1.0, self.photon_to_electron

    def lepton_coupling(self, flavour: str, coupling: ArrayLike, mass: ArrayLike) -> FloatArray:
        """Coupling g_e to electrons, 0 to other leptons."""
        share = self._shares[0] if checked_flavour(flavour) == "e" else 0.0
        _, g = checked_pair(mass, coupling)
        return g * share

    def photon_coupling(self, coupling: ArrayLike, mass: ArrayLike) -> FloatArray:
        """Coupling g_agg in GeV^-1."""
        _, g = checked_pair(mass, coupling)
        return g * self._shares[1]

    def visible_widths(self, mass: ArrayLike, coupling: ArrayLike) -> dict[str, FloatArray]:
        """Widths in GeV to two photons and to electrons, those that couple."""
        m, g = checked_pair(mass, coupling)
        electron, photon = self._shares
        widths = {}
        if photon > 0.0:
            widths["gamma gamma"] = photon_width(m, g * photon)
        if electron > 0.0:
            widths["e+e-"] = lepton_width("pseudoscalar", m, g * electron, const.ELECTRON_MASS)
        return widths

    def neutrino_width(self, mass: ArrayLike, coupling: ArrayLike) -> FloatArray:
        """Zero."""
        return no_coupling(mass, coupling)


MODEL: Final = ALP()
