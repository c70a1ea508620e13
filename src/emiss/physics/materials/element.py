"""Chemical elements and what follows from atomic number and weight."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from ...ground import constants as const
from ...ground.guards import check_fields, number, text, whole

__all__ = ["Element"]

# Radiation logarithms where the Thomas-Fermi atom is too coarse: Tsai, Table B.2.
_LIGHT_RADIATION_LOGARITHMS = {
    1: (5.31, 6.144),
    2: (4.79, 5.621),
    3: (4.74, 5.805),
    4: (4.71, 5.924),
}


_FIELDS: Final = {
    "symbol": text,
    "Z": whole(1, 118),
    # A nucleus without weight is a point: the limit in which formulas are checked.
    "A": number(0.0, 1000.0, "g/mol", inside=True),
    "density": number(0.0, 1e3, "g/cm3", inside=True),
    "mean_excitation_energy": number(0.0, 1.0, "GeV", inside=True),
}


@dataclass(frozen=True, slots=True)
class Element:
    """One chemical element.

    Parameters
    ----------
    symbol : str
        Chemical symbol.
    Z : int
        Atomic number.
    A : float
        Atomic weight in g/mol.
    density : float
        Density in g/cm^3 at room conditions.
    mean_excitation_energy : float
        Mean excitation energy in GeV.
    """

    symbol: str
    Z: int
    A: float
    density: float
    mean_excitation_energy: float

    def __post_init__(self) -> None:
        check_fields(self, _FIELDS)

    @property
    def nuclear_mass(self) -> float:
        """Mass of the mean nucleus in GeV, A atomic mass units."""
        return self.A * const.ATOMIC_MASS_UNIT

    @property
    def coulomb_correction(self) -> float:
        """Coulomb correction f(Z) of Davies, Bethe and Maximon (Tsai:1973py, eq. 3.3)."""
        a2 = (const.ALPHA * self.Z) ** 2
        return a2 * (1 / (1 + a2) + 0.20206 - 0.0369 * a2 + 0.0083 * a2**2 - 0.002 * a2**3)

    @property
    def radiation_logarithms(self) -> tuple[float, float]:
        """Elastic and inelastic radiation logarithms (Tsai:1973py, Table B.2)."""
        light = _LIGHT_RADIATION_LOGARITHMS.get(self.Z)
        if light is not None:
            return light
        log_z = math.log(self.Z)
        return math.log(184.15) - log_z / 3, math.log(1194.0) - 2 * log_z / 3

    @property
    def radiation_length(self) -> float:
        """Radiation length in g/cm^2 (Tsai:1973py, eq. 3.66)."""
        elastic, inelastic = self.radiation_logarithms
        charge = self.Z**2 * (elastic - self.coulomb_correction) + self.Z * inelastic
        area = 4 * const.ALPHA * const.CLASSICAL_ELECTRON_RADIUS_CM**2
        return self.A / (area * const.AVOGADRO * charge)
