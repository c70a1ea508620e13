"""Electrons that interact hadronically: equivalent photons on nuclei.

An electron of energy E radiates virtual photons of energy omega = y E and mass Q^2,

    dn/dy dQ^2 = alpha/(2 pi) 1/(y Q^2) [1 + (1-y)^2 - 2 (1-y) Q^2_min/Q^2],
    Q^2_min = m_e^2 y^2/(1-y),

each of which interacts with the cross-section of a real photon, times (1 + Q^2/m_rho^2)^-2. Valid
for Q^2 far below omega^2; the transverse part only, good to about 10 %, beside the 10 % of the
photon's cross-section. Source: Budnev et al, Phys. Rept. 15 (1975) 181.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ...ground.arrays import FloatArray
from ...ground.constants import ALPHA, AVOGADRO, ELECTRON_MASS
from ...ground.errors import ValidityError
from ...ground.guards import guarded, instance, number
from ...ground.quadrature import gauss
from ...physics.materials import Material
from .boxes import Box
from .kinds import CODES
from .lengths import inelastic_cross_section_mb
from .particles import Hadrons, turned

__all__ = [
    "LEAST_PHOTON",
    "Electronuclear",
    "electronuclear_length_cm",
    "flux",
    "interact",
    "interaction_probability",
    "scattered",
]

CITATIONS = ("Budnev:1975poe",)
LEAST_PHOTON: Final = 5.0
"""Default of the least energy in GeV of photons that count."""
RHO_MASS: Final = 0.77526
_CM2: Final = 1e-27
_NODES: Final = 400


def _virtuality(y: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Least and largest Q^2 in GeV^2 that is integrated over."""
    least = ELECTRON_MASS**2 * y**2 / (1.0 - y)
    return least, np.full_like(y, 16.0 * RHO_MASS**2)


def flux(y: FloatArray) -> FloatArray:
    """Equivalent photons per electron and interval of y, weighted with the form factor.

    Parameters
    ----------
    y : array
        Share of the electron's energy, between 0 and 1.

    Returns
    -------
    array
        dn/dy, the integral over Q^2 done in closed form.

    Raises
    ------
    ValidityError
        If a share is out of range.
    """
    if not np.all((y > 0.0) & (y < 1.0)):
        raise ValidityError("equivalent photons: shares of the energy must lie between 0 and 1.")
    least, most = _virtuality(y)
    # with F = (1 + Q^2/M^2)^-2: int F/Q^2 and int F/Q^4 in closed form
    m2 = RHO_MASS**2

    def one(q2: FloatArray) -> FloatArray:
        return np.log(q2 / (q2 + m2)) + m2 / (q2 + m2)

    def two(q2: FloatArray) -> FloatArray:
        return -1.0 / q2 - 2.0 / m2 * np.log(q2 / (q2 + m2)) - 1.0 / (q2 + m2)

    first = (1.0 + (1.0 - y) ** 2) * (one(most) - one(least))
    second = 2.0 * (1.0 - y) * least * (two(most) - two(least))
    return np.asarray(ALPHA / (2.0 * np.pi) / y * (first - second))


def electronuclear_length_cm(
    material: Material, energy: float, least_photon: float = LEAST_PHOTON
) -> float:
    """Mean path of an electron between hadronic interactions.

    Parameters
    ----------
    material : Material
        What is crossed.
    energy : float
        Energy of the electron in GeV, above ``least_photon``.
    least_photon : float
        Least energy in GeV of the exchanged photon.

    Returns
    -------
    float
        In cm.

    Raises
    ------
    ValidityError
        If the energies are out of order.
    """
    if not 0.1 <= least_photon < 0.99 * energy < 1e4:
        raise ValidityError(
            f"energy: {energy:g} GeV with least_photon: {least_photon:g} GeV; electronuclear "
            "interactions need photons of at least 0.1 GeV, below 0.99 of the energy."
        )
    y, weights = _shares(energy, least_photon)
    photons = float(weights @ flux(y))
    atoms = sum(
        material.density * part.mass_fraction * AVOGADRO / part.element.A * _CM2
        * float(inelastic_cross_section_mb(part.element, energy, "gamma"))
        for part in material.components
    )  # fmt: skip
    return 1.0 / (photons * atoms)


def _shares(energy: float, least_photon: float) -> tuple[FloatArray, FloatArray]:
    low, high = np.log(least_photon / energy), np.log1p(-ELECTRON_MASS / energy)
    nodes, weights = gauss(_NODES)
    y = np.exp(low + (high - low) * nodes)
    return y, (high - low) * weights * y


@dataclass(frozen=True, slots=True, eq=False)
class Electronuclear:
    """Hadronic interactions of electrons.

    Parameters
    ----------
    photons : Hadrons
        The exchanged photons, about to collide; see ``collide_first`` of `cascade.shower`.
    electron_energy : array, shape (electrons,)
        Energy in GeV that the electrons keep.
    electron_slope : array, shape (electrons,)
        Their transverse momentum over their momentum.
    """

    photons: Hadrons
    electron_energy: FloatArray
    electron_slope: FloatArray


def interact(
    event: NDArray[np.int64],
    energy: FloatArray,
    place: FloatArray,
    direction: FloatArray,
    random: np.random.Generator,
    least_photon: float = LEAST_PHOTON,
) -> Electronuclear:
    """Let electrons interact where they are.

    Parameters
    ----------
    event : array of int, shape (electrons,)
        Number of the event.
    energy : array, shape (electrons,)
        In GeV, all above ``least_photon``.
    place, direction : array, shape (electrons, 3)
        Place in cm and unit vector.
    random : Generator
        Random numbers.
    least_photon : float
        Least energy in GeV of the exchanged photon.

    Returns
    -------
    Electronuclear
        Photons and what the electrons keep; the photon flies in the electron's direction.
    """
    y = _draw_share(energy, least_photon, random)
    q2 = _draw_virtuality(y, random)
    kept = energy * (1.0 - y)
    least = ELECTRON_MASS**2 * y**2 / (1.0 - y)
    transverse = np.sqrt(np.maximum((q2 - least) * (1.0 - y), 0.0))
    slope = np.minimum(transverse / kept, 0.98)
    kind = np.full(event.size, CODES["gamma"])
    photons = Hadrons(event, kind, energy * y, place, direction)
    return Electronuclear(photons, kept, slope)


def _draw_share(energy: FloatArray, least: float, random: np.random.Generator) -> FloatArray:
    """Shares from the flux, by rejection from 1/y; the flux times y falls with y."""
    low = np.log(least / energy)
    top = flux(np.exp(low)) * np.exp(low)
    y = np.zeros(energy.size)
    left = np.arange(energy.size)
    while left.size:
        trial = np.exp(low[left] * random.random(left.size))
        trial = np.minimum(trial, 1.0 - ELECTRON_MASS / energy[left])
        keep = random.random(left.size) * top[left] < flux(trial) * trial
        y[left[keep]] = trial[keep]
        left = left[~keep]
    return y


def _draw_virtuality(y: FloatArray, random: np.random.Generator) -> FloatArray:
    """Q^2 from the flux at y, by rejection from 1/Q^2."""
    least, most = _virtuality(y)
    q2 = np.zeros(y.size)
    left = np.arange(y.size)
    while left.size:
        low, high = least[left], most[left]
        trial = low * (high / low) ** random.random(left.size)
        front = 1.0 + (1.0 - y[left]) ** 2
        weight = (front - 2.0 * (1.0 - y[left]) * low / trial) / front
        keep = random.random(left.size) < weight / (1.0 + trial / RHO_MASS**2) ** 2
        q2[left[keep]] = trial[keep]
        left = left[~keep]
    return q2


def scattered(direction: FloatArray, slope: FloatArray, random: np.random.Generator) -> FloatArray:
    """Directions of the electrons after the interaction, at random azimuths.

    Parameters
    ----------
    direction : array, shape (electrons, 3)
        Unit vectors before.
    slope : array, shape (electrons,)
        Transverse over total momentum after.
    random : Generator
        Random numbers.

    Returns
    -------
    array, shape (electrons, 3)
        Unit vectors.
    """
    angle = 2 * np.pi * random.random(slope.size)
    return turned(direction, slope * np.cos(angle), slope * np.sin(angle))


@guarded(
    box=instance(Box),
    energy=number(0.1, 1e4, "GeV"),
    least_photon=number(0.1, 1e4, "GeV"),
)
def interaction_probability(box: Box, energy: float, least_photon: float = LEAST_PHOTON) -> float:
    """Probability that an electron interacts hadronically on its way through a box.

    Parameters
    ----------
    box : Box
        Matter that is thin in radiation lengths.
    energy : float
        Energy of the electron in GeV.
    least_photon : float
        Least energy in GeV of the exchanged photon.

    Returns
    -------
    float
        1 - exp(-length / mean path).

    Raises
    ------
    ValidityError
        If the energies are out of order.
    """
    length = electronuclear_length_cm(box.material, energy, least_photon)
    return float(-np.expm1(-(box.end - box.start) / length))
