"""A scalar with couplings to charged leptons and, in proportion, to two photons."""

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

__all__ = ["MODEL", "Scalar"]

_SCALINGS: Final = ("universal", "mass", "muon", "electron", "photon")


@final
@dataclass(frozen=True, slots=True)
class Scalar(Model):
    """Scalar with L = g_l phi lbar l - (g_photon/4) phi F F.

    Parameters
    ----------
    scaling : str, optional
        ``"mass"``: g_l = g m_l/m_mu; ``"universal"``: g_l = g; ``"muon"``,
        ``"electron"``: these leptons only; ``"photon"``: no leptons, g is the coupling to photons
        in GeV^-1.
    photon_to_lepton : float, optional
        g_photon/g in GeV^-1; 0 (default) without photons. Not with ``"photon"``.
    dark_matter : str, optional
        ``"dirac"``, ``"majorana"`` or ``"none"`` (default).
    alpha_dark, mass_ratio : float, optional
        As in `DarkSector`.

    Raises
    ------
    EmissError
        If a parameter is unknown or out of range.
    """

    CITATIONS: ClassVar[tuple[str, ...]] = ("Batell:2017kty", "arXiv:1807.03790")

    scaling: str = "mass"
    photon_to_lepton: float = 0.0
    dark_matter: str = "none"
    alpha_dark: float = 0.1
    mass_ratio: float = 3.0

    def __post_init__(self) -> None:
        chosen(_SCALINGS)(self.scaling, "scaling")
        check_real(self.photon_to_lepton, "photon_to_lepton")
        if not 0.0 <= self.photon_to_lepton < math.inf:
            raise EmissError(
                f"photon_to_lepton={self.photon_to_lepton:g}: must be finite and not negative."
            )
        if self.scaling == "photon" and self.photon_to_lepton > 0.0:
            raise EmissError("photon_to_lepton: no effect with scaling=photon; leave it out.")
        _ = self.dark_sector

    @property
    def name(self) -> str:
        """Name in the catalogue."""
        return "scalar"

    @property
    def title(self) -> str:
        """Name for headings."""
        return "Scalar"

    @property
    def boson(self) -> Boson:
        """A scalar."""
        return "scalar"

    @property
    def coupling_name(self) -> str:
        """Coupling of the chosen scaling: to muons, but for electrons or photons alone."""
        return "g_phigg" if self.scaling == "photon" else "g"

    @property
    def coupling_label(self) -> str:
        """LaTeX label."""
        return r"g_{\phi\gamma\gamma}" if self.scaling == "photon" else r"g_\phi"

    @property
    def coupling_unit(self) -> str:
        """Inverse energy with the photon coupling free."""
        return "GeV^-1" if self.scaling == "photon" else ""

    @property
    def symbol(self) -> str:
        """LaTeX symbol of the boson."""
        return r"\phi"

    @property
    def dark_sector(self) -> DarkSector | None:
        """Dark matter, or None."""
        return dark_sector(self.dark_matter, self.alpha_dark, self.mass_ratio, mediator="scalar")

    def _share(self, flavour: str) -> float:
        if self.scaling in ("muon", "electron", "photon"):
            return float(flavour == {"muon": "mu", "electron": "e"}.get(self.scaling))
        return const.LEPTON_MASS[flavour] / const.MUON_MASS if self.scaling == "mass" else 1.0

    def lepton_coupling(self, flavour: str, coupling: ArrayLike, mass: ArrayLike) -> FloatArray:
        """Coupling g_l of the chosen scaling."""
        share = self._share(checked_flavour(flavour))
        _, g = checked_pair(mass, coupling)
        return g * share

    @property
    def _photon_share(self) -> float:
        return 1.0 if self.scaling == "photon" else self.photon_to_lepton

    def photon_coupling(self, coupling: ArrayLike, mass: ArrayLike) -> FloatArray:
        """Coupling to two photons in GeV^-1."""
        _, g = checked_pair(mass, coupling)
        return g * self._photon_share

    def visible_widths(self, mass: ArrayLike, coupling: ArrayLike) -> dict[str, FloatArray]:
        """Widths in GeV to charged leptons and photons."""
        m, g = checked_pair(mass, coupling)
        widths = {
            f"{flavour}+{flavour}-": lepton_width("scalar", m, g * self._share(flavour), lepton)
            for flavour, lepton in const.LEPTON_MASS.items()
            if self._share(flavour) > 0.0
        }
        if self._photon_share > 0.0:
            widths["gamma gamma"] = photon_width(m, g * self._photon_share)
        return widths

    def neutrino_width(self, mass: ArrayLike, coupling: ArrayLike) -> FloatArray:
        """Zero."""
        return no_coupling(mass, coupling)


MODEL: Final = Scalar()
