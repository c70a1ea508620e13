"""Mean energy loss of muons: Bethe's formula, and radiation summed by element."""

from __future__ import annotations

import functools
import math
from typing import Final

import numpy as np

from ...ground import constants as const
from ...ground.guards import guarded, number
from ...ground.quadrature import gauss_symmetric
from ..materials import Element, Material
from . import muon_cross_sections as cross
from .arguments import ARGUMENTS, HIGHEST_ENERGY

__all__ = ["PROCESSES", "loss_rates", "stopping_power"]

CITATIONS = ("Groom:2001kq", "Sternheimer:1971zz", *cross.CITATIONS)

PROCESSES: Final = ("ionisation", "bremsstrahlung", "pair_production", "photonuclear")
"""Names of the processes, in the order of arrays over processes."""


@guarded(ARGUMENTS, energy=number(0.0, HIGHEST_ENERGY, "GeV", inside=True))
def stopping_power(material: Material, energy: float) -> float:
    """Mean collision loss of a muon: Bethe's formula with density effect.

    Parameters
    ----------
    material : Material
        Material.
    energy : float
        Muon energy in GeV.

    Returns
    -------
    float
        Loss in GeV cm^2/g with all transfers up to T_max and the radiative correction of hard
        collisions (Groom:2001kq; Kelner:1997electrons). Shell corrections
        are left out: below 1e-3 above 1 GeV.

    Raises
    ------
    ValidityError
        If the energy is below 0.5 GeV or not finite.
    """
    e = float(cross.checked_energy(energy))
    bg2 = (e / const.MUON_MASS) ** 2 - 1.0
    beta2 = bg2 / (1.0 + bg2)
    tmax = float(cross.max_electron_energy(e))
    # the density effect depends on the velocity only: ask for an electron of the same momentum
    # per mass
    density_effect = material.density_effect(math.sqrt(bg2) * const.ELECTRON_MASS)
    bracket = (
        math.log(2 * const.ELECTRON_MASS * bg2 * tmax / material.mean_excitation_energy**2)
        - 2 * beta2
        + (0.5 * tmax / e) ** 2
        - density_effect
    )
    area = 2 * math.pi * const.CLASSICAL_ELECTRON_RADIUS_CM**2 * const.ELECTRON_MASS / beta2
    x, weight = gauss_symmetric(32)
    span = math.log(tmax / cross.RADIATIVE_THRESHOLD)
    t = cross.RADIATIVE_THRESHOLD * np.exp(0.5 * span * (1.0 + x))
    factor = cross.radiative_factor(np.asarray(e), t)
    bare = cross.ionisation(e, t) / factor
    radiative = 0.5 * span * float(np.sum(weight * t * t * bare * (factor - 1.0)))
    return material.electrons_per_gram * (area * bracket + radiative)


@functools.lru_cache(maxsize=4096)
def _radiative_loss(element: Element, energy: float) -> tuple[float, ...]:
    # Int epsilon d sigma for bremsstrahlung, pairs, nuclei, GeV cm^2 per atom: alike in all
    # materials
    x, weight = gauss_symmetric(48)
    losses = []
    for function, low, high in (
        (cross.bremsstrahlung, 1e-8, energy - const.MUON_MASS),
        (
            cross.pair_production,
            4 * const.ELECTRON_MASS,
            float(cross.max_pair_energy(element, energy)),
        ),
        (cross.photonuclear, cross.PHOTONUCLEAR_THRESHOLD, energy - 0.5 * const.PROTON_MASS),
    ):
        if high <= low:
            losses.append(0.0)
            continue
        # two panels: the upper decade carries most of the loss and ends in a steep edge
        total = 0.0
        middle = max(low, 0.1 * high)
        for a, b in ((low, middle), (middle, high)):
            if b > a:
                span = math.log(b / a)
                k = a * np.exp(0.5 * span * (1.0 + x))
                total += 0.5 * span * float(np.sum(weight * k * k * function(element, energy, k)))
        losses.append(total)
    return tuple(losses)


@functools.lru_cache(maxsize=4096)
def _rates(material: Material, energy: float) -> tuple[float, ...]:
    radiative = np.zeros(3)
    for part in material.components:
        atoms = const.AVOGADRO * part.mass_fraction / part.element.A
        radiative += atoms * np.array(_radiative_loss(part.element, energy))
    return (stopping_power(material, energy), *(float(loss) for loss in radiative))


@guarded(ARGUMENTS, energy=number(0.0, HIGHEST_ENERGY, "GeV", inside=True))
def loss_rates(material: Material, energy: float) -> dict[str, float]:
    """Mean loss of a muon per mass per area, process by process.

    Parameters
    ----------
    material : Material
        Material; a compound is the sum of its elements.
    energy : float
        Muon energy in GeV.

    Returns
    -------
    dict of str to float
        Loss in GeV cm^2/g for each name in `PROCESSES`.

    Raises
    ------
    ValidityError
        If the energy is below 0.5 GeV or not finite.
    """
    cross.checked_energy(energy)
    return dict(zip(PROCESSES, _rates(material, float(energy)), strict=True))
