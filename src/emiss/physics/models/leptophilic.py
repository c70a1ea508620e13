"""A boson of any kind that couples to charged leptons and decays to dark matter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final, cast, final

from numpy.typing import ArrayLike

from ...ground import constants as const
from ...ground.guards import chosen
from .base import BOSONS, Boson, FloatArray, Model, checked_flavour, checked_pair, no_coupling
from .dark_sector import DarkSector, dark_sector
from .widths import lepton_width

__all__ = ["MODEL", "Leptophilic"]

_LEPTONS: Final = {"e": ("e",), "mu": ("mu",), "all": ("e", "mu", "tau")}
_WORDS: Final = {"e": "electrons", "mu": "muons", "all": "all leptons"}


@final
@dataclass(frozen=True, slots=True)
class Leptophilic(Model):
    """Generic boson X with coupling g = epsilon e to chosen leptons.

    Parameters
    ----------
    kind : str, optional
        ``"vector"``, ``"axial"``, ``"scalar"`` or ``"pseudoscalar"``.
    lepton : str, optional
        ``"e"``, ``"mu"`` or ``"all"``.
    dark_matter : str, optional
        Kind of dark matter; ``"none"`` for visible decays.
    alpha_dark, mass_ratio, splitting : float, optional
        As in `DarkSector`.

    Raises
    ------
    EmissError
        If a parameter is unknown or out of range, see `DarkSector`.
    """

    CITATIONS: ClassVar[tuple[str, ...]] = ("arXiv:2102.01885",)

    kind: str = "vector"
    lepton: str = "e"
    dark_matter: str = "dirac"
    alpha_dark: float = 0.1
    mass_ratio: float = 3.0
    splitting: float = 0.0

    def __post_init__(self) -> None:
        chosen(BOSONS, "kind of boson")(self.kind, "kind")
        chosen(_LEPTONS)(self.lepton, "lepton")
        _ = self.dark_sector

    @property
    def name(self) -> str:
        """Name in the catalogue."""
        return "leptophilic"

    @property
    def title(self) -> str:
        """Name for headings."""
        return f"Leptophilic {self.kind}"

    @property
    def boson(self) -> Boson:
        """The kind chosen."""
        return cast(Boson, self.kind)

    @property
    def coupling_name(self) -> str:
        """Coupling in units of e."""
        return "epsilon"

    @property
    def coupling_label(self) -> str:
        """LaTeX label."""
        return r"\epsilon_X"

    @property
    def math_title(self) -> str:
        """Short name for figures, with the leptons."""
        return f"leptophilic {self.kind}, {_WORDS[self.lepton]}"

    @property
    def dark_sector(self) -> DarkSector | None:
        """Dark matter, or None for visible decays."""
        return dark_sector(
            self.dark_matter, self.alpha_dark, self.mass_ratio, self.splitting, self.boson
        )

    def lepton_coupling(self, flavour: str, coupling: ArrayLike, mass: ArrayLike) -> FloatArray:
        """Coupling epsilon e for the chosen leptons, 0 for others."""
        charge = float(checked_flavour(flavour) in _LEPTONS[self.lepton])
        _, eps = checked_pair(mass, coupling)
        return eps * (charge * const.ELECTRIC_CHARGE)

    def photon_coupling(self, coupling: ArrayLike, mass: ArrayLike) -> FloatArray:
        """Zero: the loop-induced coupling of spin 0 to photons is left out."""
        return no_coupling(mass, coupling)

    def visible_widths(self, mass: ArrayLike, coupling: ArrayLike) -> dict[str, FloatArray]:
        """Widths in GeV to the chosen leptons."""
        m, eps = checked_pair(mass, coupling)
        g = const.ELECTRIC_CHARGE * eps
        return {
            f"{flavour}+{flavour}-": lepton_width(self.boson, m, g, const.LEPTON_MASS[flavour])
            for flavour in _LEPTONS[self.lepton]
        }

    def neutrino_width(self, mass: ArrayLike, coupling: ArrayLike) -> FloatArray:
        """Zero: charged leptons only."""
        return no_coupling(mass, coupling)


MODEL: Final = Leptophilic()
