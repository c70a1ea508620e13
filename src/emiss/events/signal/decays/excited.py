"""Excited dark matter: chi_2 -> chi_1 l+ l- through a virtual vector.

The mass of the pair follows the exact tree-level spectrum. Directions are isotropic in the rest
frames of chi_2 and of the pair: correlations of the spins are left out.
"""

from __future__ import annotations

import numpy as np

from ....ground.arrays import FloatArray
from ....ground.constants import LEPTON_MASS
from ....physics.models import Model
from ....physics.models.inelastic import excited_spectrum
from ..kinematics import two_body
from .base import Decay

__all__ = ["DECAYS", "dark_masses", "pair_masses"]

_POINTS = 2001


def dark_masses(model: Model, mass: float) -> tuple[float, float]:
    """Masses in GeV of chi_1 and chi_2 for a boson of a mass in GeV."""
    sector = model.dark_sector
    assert sector is not None
    light = float(sector.chi_mass(mass))
    return light, light * (1.0 + sector.splitting)


def pair_masses(model: Model, mass: float, lepton_mass: float, random: FloatArray) -> FloatArray:
    """Masses of lepton pairs.

    Parameters
    ----------
    model : Model
        A vector with split pseudo-Dirac dark matter.
    mass : float
        Mass of the boson in GeV.
    lepton_mass : float
        Mass of each lepton in GeV.
    random : array, shape (n,)
        Uniform numbers.

    Returns
    -------
    array, shape (n,)
        Masses in GeV, by the inverse of the cumulative spectrum.
    """
    sector = model.dark_sector
    assert sector is not None
    light, heavy = dark_masses(model, mass)
    low, high = 4.0 * lepton_mass**2, (heavy - light) ** 2
    # in this angle both square-root ends of the spectrum are smooth
    angle = np.linspace(0.0, 0.5 * np.pi, _POINTS)
    q2 = low + (high - low) * np.sin(angle) ** 2
    density = excited_spectrum(q2, mass, sector, lepton_mass) * np.sin(2.0 * angle)
    steps = 0.5 * (density[1:] + density[:-1])
    cumulative = np.concatenate([[0.0], np.cumsum(steps)])
    at = np.interp(random * cumulative[-1], cumulative, angle)
    return np.asarray(np.sqrt(low + (high - low) * np.sin(at) ** 2))


def _excited(pair: str, first: str, second: str, lepton_mass: float) -> Decay:
    def draw(
        parents: FloatArray, model: Model, mass: float, random: np.random.Generator
    ) -> tuple[FloatArray, ...]:
        light, heavy = (np.full(len(parents), m) for m in dark_masses(model, mass))
        whole = pair_masses(model, mass, lepton_mass, random.random(len(parents)))
        dark, virtual = two_body(parents, heavy, light, whole, random.random((len(parents), 2)))
        lepton = np.full(len(parents), lepton_mass)
        one, two = two_body(virtual, whole, lepton, lepton, random.random((len(parents), 2)))
        return one, two, dark

    return Decay(
        f"chi2 -> chi1 {pair}", f"excited dark matter to {first} {second}", True,
        (first, second, "dark"), draw,
    )  # fmt: skip


DECAYS = (
    _excited("e+e-", "e-", "e+", LEPTON_MASS["e"]),
    _excited("mu+mu-", "mu-", "mu+", LEPTON_MASS["mu"]),
    _excited("nu nu", "neutrino", "neutrino", 0.0),
)
