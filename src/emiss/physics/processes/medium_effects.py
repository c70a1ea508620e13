"""What dense matter does to the emission of light bosons, and what is left out elsewhere.

Cross-sections in emiss are those of single atoms. A boson forms over a length
l = 2 E (1 - x)/(m^2 x + m_X^2 (1 - x)/x); where the lepton scatters by more than the emission angle
over that length, emission is suppressed (Landau, Pomeranchuk and Migdal). The boson's mass shortens
the length as a plasma mass of the photon does. A vector that mixes with the photon mixes with the
photon of the medium, m_X^2/(m_X^2 - omega_p^2) times as much.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from ...ground import constants as const
from ...ground.arrays import FloatArray
from ...ground.errors import ValidityError
from ...ground.guards import guarded, number, numbers
from ..materials import Material
from ..models.base import MASSES
from .arguments import HIGHEST_ENERGY, IN_MATTER

__all__ = ["formation_length_cm", "migdal_variable", "mixing_factor"]

ARGUMENTS: Final = {
    **IN_MATTER,
    "x": numbers(1e-12, 1.0, inside=True),
    "energy": number(1e-6, HIGHEST_ENERGY, "GeV"),
    "mass": number(0.0, HIGHEST_ENERGY, "GeV"),
}

CITATIONS = ("Migdal:1956tc", "Klein:1998du")


@guarded(ARGUMENTS)
def formation_length_cm(
    x: ArrayLike, energy: float, mass: float, lepton_mass: float = const.ELECTRON_MASS
) -> FloatArray:
    """Length over which a boson emitted along the lepton forms.

    Parameters
    ----------
    x : array_like
        Energy fraction E_X/E, between 0 and 1.
    energy, mass : float
        Lepton energy and boson mass in GeV; the mass may be 0.
    lepton_mass : float
        Mass of the lepton in GeV.

    Returns
    -------
    array
        2 E (1 - x)/(m^2 x + m_X^2 (1 - x)/x) in cm, the inverse of the least momentum transfer for
        E >> m, m_X (Klein:1998du for a photon with a mass).

    Raises
    ------
    ValidityError
        If a fraction is not inside (0, 1), or an energy or mass is not allowed.
    """
    share = np.asarray(x, dtype=np.float64)
    gap = lepton_mass**2 * share + mass**2 * (1.0 - share) / share
    return np.asarray(2.0 * energy * (1.0 - share) / gap * const.HBARC_GEV_CM)


@guarded(ARGUMENTS)
def migdal_variable(
    x: ArrayLike,
    energy: float,
    mass: float,
    material: Material,
    lepton_mass: float = const.ELECTRON_MASS,
) -> FloatArray:
    """Migdal's variable s of the emission of a boson: suppressed where s is below about 1.

    Parameters
    ----------
    x, energy, mass, lepton_mass
        As in `formation_length_cm`.
    material : Material
        The medium.

    Returns
    -------
    array
        s = (m/m_e) sqrt(alpha X0/(16 pi l_0)) l_0/l, l the formation length and l_0 that of a
        massless boson, without the slowly varying logarithm xi, between 1 and 2, by whose square
        root s is less. For a vector the rate falls by phi(s) of `shower.migdal_functions`, by
        0.012/s^4 for s > 1.5.

    Raises
    ------
    ValidityError
        See `formation_length_cm`.
    """
    free = formation_length_cm(x, energy, 0.0, lepton_mass)
    length = formation_length_cm(x, energy, mass, lepton_mass)
    ratio = const.ALPHA * material.local_radiation_length_cm / (16.0 * math.pi * free)
    return np.asarray(lepton_mass / const.ELECTRON_MASS * np.sqrt(ratio) * free / length)


@guarded(IN_MATTER, mass=MASSES)
def mixing_factor(mass: ArrayLike, material: Material) -> FloatArray:
    """Rate of a kinetically mixed vector in a medium over that in vacuum.

    Parameters
    ----------
    mass : array_like
        Mass of the vector in GeV, at least twice the plasma energy of the medium.
    material : Material
        The medium.

    Returns
    -------
    array
        [m_X^2/(m_X^2 - omega_p^2)]^2 for E_X far above the binding energies, omega_p the plasma
        energy; a vector that couples to the electrons of the medium like the photon has the same.

    Raises
    ------
    ValidityError
        If a mass is below twice the plasma energy, where resonance and absorption matter.
    """
    m = np.asarray(mass, dtype=np.float64)
    plasma = material.plasma_energy
    if not np.all(m >= 2.0 * plasma):
        raise ValidityError(
            f"mixing in {material.name}: masses must be above {2e9 * plasma:.0f} eV, twice the "
            "plasma energy."
        )
    return np.asarray((1.0 - (plasma / m) ** 2) ** -2.0)
