"""Positrons that annihilate with atomic electrons to the boson, with the photons radiated."""

from __future__ import annotations

import functools

import numpy as np

from ....ground.arrays import FloatArray
from ....physics.materials import Material
from ....physics.models import Model
from ....physics.processes.annihilation_events import LineShape, sample_at
from ..source import Emitted, Emitter, Source

__all__ = ["EMITTER"]


@functools.lru_cache(maxsize=64)
def _shape(model: Model, mass: float, highest: float) -> LineShape:
    return LineShape.of(model, mass, highest)


def _electrons(material: Material, source: Source) -> float:
    """Electrons per cm^3 on which bosons are made."""
    return sum(element.Z * atoms for element, atoms in source.elements(material))


def _rate(material: Material, energies: FloatArray, source: Source) -> FloatArray:
    shape = _shape(source.model, source.mass, source.highest)
    sigma = np.zeros(energies.size)
    above = energies > source.least
    sigma[above] = shape.cross_section(energies[above], radiation=source.radiation)
    return sigma * _electrons(material, source)


def _draw(
    material: Material, energies: FloatArray, source: Source, random: np.random.Generator
) -> Emitted:
    shape = _shape(source.model, source.mass, source.highest)
    made = sample_at(energies, shape, random, radiation=source.radiation)
    rate = made.cross_section * _electrons(material, source)
    return Emitted(made.boson, np.zeros((energies.size, 4)), made.photon, rate)


def _couples(model: Model, masses: FloatArray) -> bool:
    return bool(np.any(model.lepton_coupling("e", 1.0, masses) > 0.0))


EMITTER = Emitter(
    name="annihilation",
    title="annihilation",
    kinds=(1,),
    coupling="e",
    couples=_couples,
    rate=_rate,
    draw=_draw,
)
