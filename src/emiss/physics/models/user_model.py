"""A model of one's own: each coupling a number times one free coupling, see `registry.load`."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import ClassVar, Final, cast, final

import numpy as np
from numpy.typing import ArrayLike

from ...ground import constants as const
from ...ground.checks import check_real
from ...ground.errors import EmissError, UnknownNameError, ValidityError
from ...ground.guards import chosen
from .base import (
    BOSONS,
    Boson,
    FloatArray,
    Model,
    checked_flavour,
    checked_mass,
    checked_pair,
    checked_quark,
)
from .bosons import SPIN_ZERO
from .dark_sector import DarkSector, dark_sector
from .r_ratio import quark_ratio
from .widths import lepton_width, neutrino_width, photon_width

__all__ = ["UNITS_OF_COUPLING", "Names", "UserModel"]

UNITS_OF_COUPLING: Final = ("1", "e", "GeV^-1")
"""Units of the free coupling: a pure number, the positron charge (epsilon), inverse energy."""
_LARGEST: Final = 1e6


@dataclass(frozen=True, slots=True)
class Names:
    """What a model is called, and in which unit its free coupling is.

    Parameters
    ----------
    name, title : str
        Plain name, and name for headings.
    coupling, coupling_label : str
        Plain name of the free coupling, and its LaTeX label without dollar signs.
    unit : str
        One of `UNITS_OF_COUPLING`. ``"e"`` goes with the name ``"epsilon"`` and with no other:
        this is what gives y = epsilon^2 alpha_dark (m_chi/m_X)^4 its meaning.
    symbol : str
        LaTeX symbol of the boson, without dollar signs.
    references : tuple of str
        Bibliography keys of the model.
    """

    name: str
    title: str
    coupling: str = "g"
    coupling_label: str = "g"
    unit: str = "1"
    symbol: str = "X"
    references: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        chosen(UNITS_OF_COUPLING, "unit of the coupling")(self.unit, "unit")
        if (self.unit == "e") != (self.coupling == "epsilon"):
            raise EmissError(
                f"coupling '{self.coupling}' in units of '{self.unit}': a coupling in units of e "
                "is called epsilon, and only such a one."
            )


@final
@dataclass(frozen=True, slots=True)
class UserModel(Model):
    """Boson of any kind whose couplings are multiples of one free coupling.

    Parameters
    ----------
    names : Names
        Names and unit; not a parameter that can be changed by name.
    kind : str
        ``"vector"``, ``"axial"``, ``"scalar"`` or ``"pseudoscalar"``.
    e, mu, tau : float, optional
        Couplings to charged leptons over the free coupling (in GeV if that is in GeV^-1).
    nu_e, nu_mu, nu_tau : float, optional
        Couplings to left-handed neutrinos over the free coupling; spin 1 only.
    u, d : float, optional
        Vector couplings to quarks of charge 2/3 and -1/3, the same in all generations.
    photons : float, optional
        Coupling to two photons over the free coupling, in GeV^-1 (a number if the free coupling
        is in GeV^-1 itself); spin 0 only.
    dark_matter : str, optional
        Kind of dark matter, or ``"none"``.
    alpha_dark, mass_ratio, splitting : float, optional
        As in `DarkSector`.

    Raises
    ------
    EmissError
        If a number is out of range, a coupling does not exist for this kind of boson, or no
        production process uses any of the couplings.
    """

    CITATIONS: ClassVar[tuple[str, ...]] = ()

    names: Names = field(metadata={"parameter": False})
    kind: str
    e: float = 0.0
    mu: float = 0.0
    tau: float = 0.0
    nu_e: float = 0.0
    nu_mu: float = 0.0
    nu_tau: float = 0.0
    u: float = 0.0
    d: float = 0.0
    photons: float = 0.0
    dark_matter: str = "none"
    alpha_dark: float = 0.1
    mass_ratio: float = 3.0
    splitting: float = 0.0

    def __post_init__(self) -> None:
        chosen(BOSONS, "kind of boson")(self.kind, "kind")
        couplings = self._couplings()
        for name, value in couplings.items():
            check_real(value, name)
            if not abs(value) <= _LARGEST:
                raise EmissError(f"{name}={value:g}: must be a number of at most {_LARGEST:g}.")
        self._check_kind({name for name, value in couplings.items() if value != 0.0})
        _ = self.dark_sector

    def _couplings(self) -> dict[str, float]:
        names = ("e", "mu", "tau", "nu_e", "nu_mu", "nu_tau", "u", "d", "photons")
        return {name: getattr(self, name) for name in names}

    def _check_kind(self, used: set[str]) -> None:
        quarks, neutrinos = used & {"u", "d"}, used & {"nu_e", "nu_mu", "nu_tau"}
        spin_one = self.kind not in SPIN_ZERO
        if spin_one and "photons" in used:
            raise ValidityError(f"photons: a {self.kind} boson does not couple to two photons.")
        if quarks and self.kind != "vector":
            raise ValidityError(
                f"{min(quarks)}: hadrons are described for vector bosons only, not for a "
                f"{self.kind}; leave the quarks out and stay below 2 m_pi."
            )
        if neutrinos and not spin_one:
            raise ValidityError(f"{min(neutrinos)}: a {self.kind} does not couple to neutrinos.")
        if not used & {"e", "mu", "photons", "u", "d"}:
            given = ", ".join(sorted(used)) or "none"
            raise ValidityError(
                f"couplings given: {given}; no production process uses them. Bremsstrahlung needs "
                "e or mu, annihilation e, Primakoff production photons, proton beams u or d."
            )

    @property
    def name(self) -> str:
        """Name given."""
        return self.names.name

    @property
    def title(self) -> str:
        """Title given."""
        return self.names.title

    @property
    def boson(self) -> Boson:
        """The kind given."""
        return cast(Boson, self.kind)

    @property
    def coupling_name(self) -> str:
        """Name of the free coupling given."""
        return self.names.coupling

    @property
    def coupling_label(self) -> str:
        """LaTeX label given."""
        return self.names.coupling_label

    @property
    def math_title(self) -> str:
        """Title given, as it is."""
        return self.names.title

    @property
    def coupling_unit(self) -> str:
        """``"GeV^-1"`` where the free coupling has a unit."""
        return self.names.unit if self.names.unit == "GeV^-1" else ""

    @property
    def symbol(self) -> str:
        """LaTeX symbol of the boson, as given."""
        return self.names.symbol

    @property
    def dark_sector(self) -> DarkSector | None:
        """Dark matter, or None."""
        return dark_sector(
            self.dark_matter, self.alpha_dark, self.mass_ratio, self.splitting, self.boson
        )

    def _strength(self, factor: float, coupling: ArrayLike, mass: ArrayLike) -> FloatArray:
        scale = const.ELECTRIC_CHARGE if self.names.unit == "e" else 1.0
        _, g = checked_pair(mass, coupling)
        return g * (scale * factor)

    def lepton_coupling(self, flavour: str, coupling: ArrayLike, mass: ArrayLike) -> FloatArray:
        """Free coupling times the modulus of the number given."""
        return self._strength(abs(self._couplings()[checked_flavour(flavour)]), coupling, mass)

    def photon_coupling(self, coupling: ArrayLike, mass: ArrayLike) -> FloatArray:
        """Free coupling times the number given, in GeV^-1."""
        return self._strength(abs(self.photons), coupling, mass)

    def quark_coupling(self, quark: str, coupling: ArrayLike, mass: ArrayLike) -> FloatArray:
        """Free coupling times the number given, with its sign."""
        return self._strength(self._couplings()[checked_quark(quark)], coupling, mass)

    def visible_widths(self, mass: ArrayLike, coupling: ArrayLike) -> dict[str, FloatArray]:
        """Widths in GeV to charged leptons, hadrons and photons, those that couple."""
        m = checked_mass(mass)
        unit = self._strength(1.0, coupling, mass)
        widths = {
            f"{flavour}+{flavour}-": lepton_width(self.boson, m, unit * factor, lepton)
            for flavour, lepton in const.LEPTON_MASS.items()
            if (factor := self._couplings()[flavour]) != 0.0
        }
        if self.u != 0.0 or self.d != 0.0:
            ratio = quark_ratio(m, self.u, self.d)
            widths["hadrons"] = np.asarray(unit**2 * m / (12.0 * math.pi) * ratio)
        if self.photons != 0.0:
            widths["gamma gamma"] = photon_width(m, unit * self.photons)
        return widths

    def neutrino_width(self, mass: ArrayLike, coupling: ArrayLike) -> FloatArray:
        """Width in GeV to left-handed neutrinos."""
        charges = self.nu_e**2 + self.nu_mu**2 + self.nu_tau**2
        return np.asarray(charges * neutrino_width(mass, self._strength(1.0, coupling, mass), 1))

    def references(self) -> tuple[str, ...]:
        """Those of the references given that are in the bibliography of emiss."""
        return self._sorted_references()[0]

    def unknown_references(self) -> tuple[str, ...]:
        """Those that are not: no ``references.bib`` can hold them."""
        return self._sorted_references()[1]

    def _sorted_references(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        from ...ground.citations import canonical_keys

        known: list[str] = []
        unknown: list[str] = []
        for key in self.names.references:
            try:
                known += canonical_keys([key])
            except UnknownNameError:
                unknown.append(key)
        return tuple(known), tuple(unknown)
