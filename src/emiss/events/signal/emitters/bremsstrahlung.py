"""Dark bremsstrahlung of electrons and positrons, exact tree level."""

from __future__ import annotations

import numpy as np

from ....ground.arrays import FloatArray
from ....ground.constants import PICOBARN_CM2
from ....physics.materials import Material
from ....physics.models import Model
from ..source import Emitted, Emitter, Source

__all__ = ["EMITTER", "draw", "rate"]

_TABLE = (1.0, 500.0)
_FLOOR = 1e-4
"""Of the largest rate, where the tables have none."""


def rate(material: Material, energies: FloatArray, source: Source, projectile: str) -> FloatArray:
    """Emissions per cm above the least energy, from the tables of cross-sections."""
    from ....physics.processes.bremsstrahlung_table import load_table

    inside = (energies > max(source.least, source.mass)) & (energies > _TABLE[0])
    found = np.zeros(energies.size)
    safe = np.clip(energies, *_TABLE)
    share = np.minimum(source.least / safe, 1.0)
    for element, atoms in source.elements(material):
        table = load_table(element, projectile=projectile, form_factor=source.form_factor)
        sigma = table.above(safe, source.mass, share, source.model.boson)
        found += atoms * PICOBARN_CM2 * sigma
    return np.where(inside, np.maximum(found, _FLOOR * found.max(initial=0.0)), 0.0)


def draw(
    material: Material,
    energies: FloatArray,
    source: Source,
    random: np.random.Generator,
    projectile: str,
) -> Emitted:
    """Bosons and leptons of exact tree-level kinematics."""
    from ....physics.processes.bremsstrahlung_sampler import sample_at

    elements = source.elements(material)
    shares = np.array([atoms * element.Z**2 for element, atoms in elements])
    shares = np.maximum(shares / shares.sum(), 0.01)
    shares /= shares.sum()
    which = np.searchsorted(np.cumsum(shares)[:-1], random.random(energies.size), side="right")
    boson, recoil = np.zeros((2, energies.size, 4))
    found = np.zeros(energies.size)
    for number, (element, atoms) in enumerate(elements):
        rows = np.nonzero(which == number)[0]
        if rows.size == 0:
            continue
        vectors, weights = sample_at(
            energies[rows], source.mass, element=element, random=random, projectile=projectile,
            boson=source.model.boson, form_factor=source.form_factor, least=source.least,
        )  # fmt: skip
        boson[rows], recoil[rows] = vectors[:, 0:4], vectors[:, 4:8]
        found[rows] = atoms * PICOBARN_CM2 * weights / shares[number]
    return Emitted(boson, recoil, np.zeros((energies.size, 4)), found)


def _couples(model: Model, masses: FloatArray) -> bool:
    return bool(np.any(model.lepton_coupling("e", 1.0, masses) > 0.0))


EMITTER = Emitter(
    name="bremsstrahlung",
    title="bremsstrahlung",
    kinds=(0, 1),
    coupling="e",
    couples=_couples,
    rate=lambda material, energies, source: rate(material, energies, source, "e-"),
    draw=lambda material, energies, source, random: draw(material, energies, source, random, "e-"),
)
