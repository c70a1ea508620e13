"""Interaction lengths of hadrons, and of photons as hadrons.

Cross-sections on C, Fe and Pb come with a library; other nuclei follow by a power of A between
them, hydrogen has its own. A photon interacts like a rho (vector dominance),

    sigma(gamma A) = sigma(gamma p) A^0.92,   sigma(gamma p) = 0.103 mb at 100 GeV,

where the power stands for shadowing, good to 10 % between 20 and 200 GeV.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ...ground.arrays import FloatArray
from ...ground.errors import ValidityError
from ...physics.materials import Material
from ...physics.materials.element import Element
from .boxes import Box
from .kinds import HADRONS, PROJECTILES, code
from .library import TARGETS, FinalStates, load_library

__all__ = [
    "PHOTON_SHADOWING",
    "inelastic_cross_section_mb",
    "interaction_length_cm",
    "inverse_lengths",
    "target_shares",
]

CITATIONS = ("Geant4:2016", "arXiv:2203.11601")
PHOTON_SHADOWING: Final = 0.92
"""Power of A of the hadronic cross-section of photons; recalled, good to 10 % in the result."""
_PHOTON_PROTON_MB: Final = 0.103
_FREE_PROTON_MB: Final = {"n": 31.0, "pi-": 20.5, "K-": 17.0, "K0L": 17.0, "rho0": 20.5}
_CM2: Final = 1e-27
_LOG_A: Final = np.log([float(mass) for _, _, mass in TARGETS])


def inelastic_cross_section_mb(
    element: Element, energy: ArrayLike, hadron: str = "n", library: FinalStates | None = None
) -> FloatArray:
    """Inelastic cross-section of a hadron or photon on a nucleus.

    Parameters
    ----------
    element : Element
        Target.
    energy : array_like of float
        Energy in GeV; beyond the library's energies it is constant.
    hadron : str
        Name of one of `kinds.HADRONS`.
    library : FinalStates, optional
        Library of collisions; Pythia's by default.

    Returns
    -------
    array of float
        In mb.

    Raises
    ------
    UnknownNameError
        If the hadron is not known.
    ValidityError
        If an energy is not positive.
    """
    value = np.asarray(energy, dtype=np.float64)
    if not np.all((value > 0.0) & np.isfinite(value)):
        raise ValidityError("hadron on nucleus: energies must be positive and finite.")
    chosen = HADRONS[code(hadron)]
    if hadron == "gamma":
        return np.full(value.shape, _PHOTON_PROTON_MB * element.A**PHOTON_SHADOWING)
    table = library or load_library()
    return _nuclear(table, chosen.projectile, element, value)


def _nuclear(
    table: FinalStates, projectile: str, element: Element, energy: FloatArray
) -> FloatArray:
    if element.A < 1.5:
        return np.full(energy.shape, _FREE_PROTON_MB[projectile])
    sigma = table.cross_section[PROJECTILES.index(projectile)]
    logs = np.array([np.interp(np.log(energy), np.log(table.energies), np.log(row))
                     for row in sigma])  # fmt: skip
    upper = int(np.clip(np.searchsorted(_LOG_A, np.log(element.A)), 1, len(TARGETS) - 1))
    low, high = _LOG_A[upper - 1], _LOG_A[upper]
    share = (np.log(element.A) - low) / (high - low)
    return np.asarray(np.exp(logs[upper - 1] + share * (logs[upper] - logs[upper - 1])))


def interaction_length_cm(
    material: Material, energy: float, hadron: str = "n", library: FinalStates | None = None
) -> float:
    """Mean path between inelastic interactions.

    Parameters
    ----------
    material : Material
        What is crossed.
    energy : float
        In GeV.
    hadron : str
        Name of one of `kinds.HADRONS`.
    library : FinalStates, optional
        Library of collisions; Pythia's by default.

    Returns
    -------
    float
        In cm; infinite in a material of no density.

    Raises
    ------
    UnknownNameError
        If the hadron is not known.
    ValidityError
        If the energy is not positive.
    """
    from ...ground.constants import AVOGADRO

    inverse = sum(
        material.density * part.mass_fraction * AVOGADRO / part.element.A * _CM2
        * float(inelastic_cross_section_mb(part.element, energy, hadron, library))
        for part in material.components
    )  # fmt: skip
    return 1.0 / inverse if inverse > 0.0 else float("inf")


@functools.lru_cache(maxsize=64)
def _inverse(
    material: Material, hadron: str, energies: tuple[float, ...], model: FinalStates
) -> FloatArray:
    return np.array([1.0 / interaction_length_cm(material, e, hadron, model) for e in energies])


def inverse_lengths(
    boxes: Sequence[Box], kind: NDArray[np.int64], energy: FloatArray, library: FinalStates
) -> FloatArray:
    """Inverse interaction lengths in boxes.

    Parameters
    ----------
    boxes : sequence of Box
        The boxes.
    kind : array of int, shape (particles,)
        Codes, see `kinds.HADRONS`.
    energy : array, shape (particles,)
        In GeV.
    library : FinalStates
        Library of collisions.

    Returns
    -------
    array, shape (particles, boxes)
        In 1/cm.
    """
    nodes = tuple(library.energies.tolist())
    logs, found = np.log(library.energies), np.zeros((kind.size, len(boxes)))
    place = np.log(energy)
    for number in np.unique(kind):
        rows = kind == number
        for column, box in enumerate(boxes):
            values = _inverse(box.material, HADRONS[number].name, nodes, library)
            found[rows, column] = np.interp(place[rows], logs, values)
    return found


@functools.lru_cache(maxsize=64)
def target_shares(material: Material, hadron: str, library: FinalStates) -> FloatArray:
    """Probability that a collision in a material happens on each target of the library.

    Parameters
    ----------
    material : Material
        What is crossed; each element counts for the nearest target in ln A.
    hadron : str
        Name of one of `kinds.HADRONS`.
    library : FinalStates
        Library of collisions.

    Returns
    -------
    array, shape (targets,)
        Adds up to 1.
    """
    shares = np.zeros(len(TARGETS))
    for part in material.components:
        sigma = float(inelastic_cross_section_mb(part.element, 40.0, hadron, library))
        nearest = int(np.argmin(np.abs(_LOG_A - np.log(part.element.A))))
        shares[nearest] += part.mass_fraction / part.element.A * sigma
    return np.asarray(shares / shares.sum())
