"""Hadrons on nuclei: inelastic cross-sections, and how many nucleons charge exchange sees.

Glauber's picture with a Woods-Saxon density: of thickness T(b), the nucleons per area at impact
parameter b, and a cross-section sigma per nucleon,

    sigma_inel = int d^2b [1 - exp(-sigma T)],   N_eff = int d^2b T exp(-sigma T)

The second counts nucleons on which a projectile exchanges its charge and nothing else happens,
before or after, to it or to what it became. Protons are a share Z/A of it. The literature also has
powers of Z, which disagree by a factor 2; their spread is the uncertainty to carry.
"""

from __future__ import annotations

import functools
import math
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from ...ground.arrays import FloatArray
from ...ground.errors import EmissError, UnknownNameError, ValidityError
from ...ground.quadrature import gauss_symmetric
from ..materials.element import Element

__all__ = [
    "ABSORPTION_MB",
    "EFFECTIVE_MODELS",
    "EFFECTIVE_UNCERTAINTY",
    "effective_nucleons",
    "glauber",
    "inelastic_cross_section_mb",
]


CITATIONS = ("Glauber:1970jm", "arXiv:2312.01703", "Geant4:2016")
ABSORPTION_MB: Final = {
    "pi-": 21.0,
    "pi+": 21.0,
    "K-": 17.0,
    "K+": 17.0,
    "K0": 17.0,
    "p": 32.0,
    "n": 32.0,
}
"""Inelastic cross-section in mb on a nucleon, of the projectile and of what it becomes. Isospin
makes those of p and n equal; a neutral kaon (K0, its antiparticle, K_S, K_L) is half of each strong
eigenstate and has the mean of the charged ones."""
EFFECTIVE_MODELS: Final = {
    "glauber": "Glauber's integral with a Woods-Saxon density",
    "surface": "Z^(2/3)",
    "geant4-11.3": "Z^(2/3) exp(-0.041 ln^2 A), as in Geant4 11.3",
    "geant4-11.4": "Z^(2/3) exp(-0.0108 ln^2 A), as in Geant4 11.4",
}
"""Choices for the number of effective nucleons."""
EFFECTIVE_UNCERTAINTY: Final = 0.25
"""Relative uncertainty of that number, from the spread of the choices; common to all mesons."""
ENERGY_RANGE: Final = (10.0, 400.0)

_ANTIBARYONS: Final = ("pbar", "nbar", "p-", "anti-p", "anti-n")
_DIFFUSENESS: Final = 0.54
_FERMI2_MB: Final = 10.0
_LOG_SLOPE: Final = {"surface": 0.0, "geant4-11.3": 0.041, "geant4-11.4": 0.0108}
_TABLE_ENERGIES: Final = (20.0, 50.0, 100.0)
_PION_TABLE_MB: Final = {
    "H": (21.0, 20.7, 20.5),
    "C": (183.0, 176.0, 174.0),
    "Fe": (600.0, 585.0, 585.0),
    "Cu": (650.0, 630.0, 630.0),
    "Pb": (1570.0, 1530.0, 1530.0),
}
"""Inelastic cross-sections of pi- in mb: Barashenkov's evaluation, hydrogen recalled."""


def glauber(nucleons: float, cross_section_mb: float) -> tuple[float, float]:
    """Integrals over the impact parameter of a nucleus.

    Parameters
    ----------
    nucleons : float
        A, above 1.
    cross_section_mb : float
        Cross-section sigma on a nucleon in mb; 0 is allowed.

    Returns
    -------
    inelastic_mb : float
        int d^2b [1 - exp(-sigma T)] in mb.
    effective : float
        int d^2b T exp(-sigma T), between 0 and A. Density 1/(1 + exp((r - R)/a)) with a = 0.54 fm
        and R = 1.12 A^(1/3) - 0.86 A^(-1/3) fm.

    Raises
    ------
    ValidityError
        If an argument is out of range.
    """
    if not 1.0 < nucleons < 400.0 or not 0.0 <= cross_section_mb < 1e3:
        raise ValidityError(
            f"Glauber integral for A = {nucleons:g} and {cross_section_mb:g} mb: needs A above 1 "
            "and below 400, and a cross-section from 0 to 1000 mb."
        )
    return _glauber(float(nucleons), float(cross_section_mb))


@functools.lru_cache(maxsize=256)
def _glauber(nucleons: float, cross_section_mb: float) -> tuple[float, float]:
    weights, thickness = _thickness(nucleons)
    opacity = cross_section_mb / _FERMI2_MB * thickness
    inelastic = float(weights @ -np.expm1(-opacity)) * _FERMI2_MB
    return inelastic, float(weights @ (thickness * np.exp(-opacity)))


@functools.lru_cache(maxsize=64)
def _thickness(nucleons: float) -> tuple[FloatArray, FloatArray]:
    """Weights of d^2b in fm^2, and T(b) in fm^-2, at nodes in b; normalised to A."""
    radius = 1.12 * nucleons ** (1 / 3) - 0.86 * nucleons ** (-1 / 3)
    reach = max(radius, 0.0) + 25.0 * _DIFFUSENESS
    nodes, weights = gauss_symmetric(160)
    b = 0.5 * reach * (nodes + 1.0)
    distance = np.hypot(b[:, None], b[None, :])
    density = 1.0 / (1.0 + np.exp((distance - radius) / _DIFFUSENESS))
    thickness = density @ weights * reach
    area = math.pi * reach * b * weights
    return area, np.asarray(thickness * nucleons / float(area @ thickness))


def inelastic_cross_section_mb(
    element: Element, energy: ArrayLike, projectile: str = "pi-"
) -> FloatArray:
    """Inelastic cross-section of a hadron on a nucleus.

    Parameters
    ----------
    element : Element
        Target.
    energy : array_like of float
        Energy in GeV, 10 to 400.
    projectile : str, optional
        One of `ABSORPTION_MB`.

    Returns
    -------
    array of float
        In mb, quasi-elastic collisions not counted. Pions on H, C, Fe, Cu, Pb: tabulated, linear in
        ln E between 20, 50 and 100 GeV and constant outside; everything else by Glauber's integral,
        constant in energy. It agrees with the pion table to 5 %, and for neutrons with the nuclear
        interaction lengths of the Particle Data Group to 6 %, below them by 1 (H) to 5.5 % (U).

    Raises
    ------
    UnknownNameError
        If the projectile is not known.
    EmissError
        If it is an antibaryon.
    ValidityError
        If an energy is out of range.
    """
    sigma = _absorption(projectile)
    value = np.asarray(energy, dtype=np.float64)
    low, high = ENERGY_RANGE
    if not np.all((value >= low) & (value <= high)):
        raise ValidityError(f"hadron on nucleus: energy must be {low:g} to {high:g} GeV.")
    if projectile.startswith("pi") and element.symbol in _PION_TABLE_MB:
        table = _PION_TABLE_MB[element.symbol]
        return np.asarray(np.interp(np.log(value), np.log(_TABLE_ENERGIES), table))
    found = sigma if element.Z == 1 and element.A < 1.5 else glauber(element.A, sigma)[0]
    return np.full(value.shape, found)


def _absorption(projectile: str) -> float:
    if projectile in _ANTIBARYONS:
        raise EmissError(
            f"hadron '{projectile}': annihilation adds to inelastic collisions of antibaryons, and "
            f"their cross-section is not known here; choose one of {', '.join(ABSORPTION_MB)}."
        )
    if projectile not in ABSORPTION_MB:
        raise UnknownNameError("hadron", projectile, ABSORPTION_MB)
    return ABSORPTION_MB[projectile]


def effective_nucleons(
    element: Element,
    nucleon: str = "proton",
    model: str = "glauber",
    absorption_mb: float = ABSORPTION_MB["pi-"],
) -> float:
    """Nucleons of a nucleus on which charge exchange happens and nothing else.

    Parameters
    ----------
    element : Element
        Target.
    nucleon : str, optional
        ``proton`` or ``neutron``.
    model : str, optional
        One of `EFFECTIVE_MODELS`.
    absorption_mb : float, optional
        Inelastic cross-section in mb on a nucleon before and after, for ``glauber``.

    Returns
    -------
    float
        Effective number, 1 for a free proton; good to `EFFECTIVE_UNCERTAINTY`. Pauli blocking,
        a few per cent, is left out.

    Raises
    ------
    UnknownNameError
        If a name is not known.
    ValidityError
        If the target has no such nucleon.
    """
    if model not in EFFECTIVE_MODELS:
        raise UnknownNameError("model of effective nucleons", model, EFFECTIVE_MODELS)
    if nucleon not in ("proton", "neutron"):
        raise UnknownNameError("nucleon", nucleon, ("proton", "neutron"))
    free = element.Z == 1 and element.A < 1.5
    number = float(element.Z) if nucleon == "proton" else element.A - element.Z
    if number < 0.5 or (free and nucleon == "neutron"):
        raise ValidityError(
            f"target '{element.symbol}' has no {nucleon}s; this beam exchanges its charge with "
            f"{nucleon}s only."
        )
    if free:
        return 1.0
    if model == "glauber":
        return number / element.A * glauber(element.A, absorption_mb)[1]
    return float(number ** (2 / 3) * math.exp(-_LOG_SLOPE[model] * math.log(element.A) ** 2))
