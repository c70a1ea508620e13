"""The dark photon: couples to charge with strength epsilon e, decays to dark matter if any."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final, final

from numpy.typing import ArrayLike

from ...ground import constants as const
from .base import (
    QUARK_CHARGE,
    Boson,
    FloatArray,
    Model,
    checked_flavour,
    checked_pair,
    checked_quark,
    no_coupling,
)
from .dark_sector import DarkSector, dark_sector
from .widths import hadron_width, lepton_width

__all__ = ["MODEL", "DarkPhoton"]


@final
@dataclass(frozen=True, slots=True)
class DarkPhoton(Model):
    """Dark photon A' with kinetic mixing epsilon.

    Parameters
    ----------
    alpha_dark : float, optional
        Dark coupling g_dark^2 / 4 pi.
    mass_ratio : float, optional
        m_A' / m_chi, above 2.
    dark_matter : str, optional
        ``"scalar"``, ``"majorana"``, ``"dirac"``, ``"pseudo-dirac"`` or ``"none"`` (visible
        decays).
    splitting : float, optional
        (m_2 - m_1)/m_1 of pseudo-Dirac dark matter.

    Raises
    ------
    EmissError
        If a parameter is out of range, see `DarkSector`.

    Examples
    --------
    >>> model = DarkPhoton(alpha_dark=0.1, mass_ratio=3, dark_matter="scalar")
    >>> f"{float(model.total_width(0.1, 0.0)):.4e}"
    '3.4507e-04'
    """

    CITATIONS: ClassVar[tuple[str, ...]] = (
        "Holdom:1985ag",
        "Pospelov:2008zw",
        "Fabbrichesi:2020wbt",
    )

    alpha_dark: float = 0.1
    mass_ratio: float = 3.0
    dark_matter: str = "pseudo-dirac"
    splitting: float = 0.0

    def __post_init__(self) -> None:
        dark_sector(self.dark_matter, self.alpha_dark, self.mass_ratio, self.splitting)

    @property
    def name(self) -> str:
        """Name in the catalogue."""
        return "dark-photon"

    @property
    def title(self) -> str:
        """Name for headings."""
        return "Dark photon"

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
        """LaTeX symbol of the boson."""
        return "A'"

    @property
    def dark_sector(self) -> DarkSector | None:
        """Dark matter, or None for visible decays."""
        return dark_sector(self.dark_matter, self.alpha_dark, self.mass_ratio, self.splitting)

    def lepton_coupling(self, flavour: str, coupling: ArrayLike, mass: ArrayLike) -> FloatArray:
        """Coupling epsilon e, the same for all flavours and masses."""
        checked_flavour(flavour)
        _, eps = checked_pair(mass, coupling)
        return eps * const.ELECTRIC_CHARGE

    def photon_coupling(self, coupling: ArrayLike, mass: ArrayLike) -> FloatArray:
        """Zero: a vector does not couple to two photons."""
        return no_coupling(mass, coupling)

    def quark_coupling(self, quark: str, coupling: ArrayLike, mass: ArrayLike) -> FloatArray:
        """Coupling epsilon e times the quark's charge."""
        charge = QUARK_CHARGE[checked_quark(quark)]
        _, eps = checked_pair(mass, coupling)
        return eps * (charge * const.ELECTRIC_CHARGE)

    def visible_widths(self, mass: ArrayLike, coupling: ArrayLike) -> dict[str, FloatArray]:
        """Widths in GeV to charged leptons and hadrons."""
        m, eps = checked_pair(mass, coupling)
        g = const.ELECTRIC_CHARGE * eps
        widths = {
            f"{flavour}+{flavour}-": lepton_width("vector", m, g, lepton_mass)
            for flavour, lepton_mass in const.LEPTON_MASS.items()
        }
        widths["hadrons"] = hadron_width(m, eps)
        return widths

    def neutrino_width(self, mass: ArrayLike, coupling: ArrayLike) -> FloatArray:
        """Zero at the order considered (suppressed by m_A'^4/m_Z^4)."""
        return no_coupling(mass, coupling)


MODEL: Final = DarkPhoton()
