"""Photons that turn into an ALP or scalar in the field of a nucleus."""

from __future__ import annotations

import numpy as np

from ....ground.arrays import FloatArray
from ....ground.constants import PICOBARN_CM2
from ....physics.materials import Material
from ....physics.models import Model
from ..source import Emitted, Emitter, Source

__all__ = ["EMITTER"]


def _rates(material: Material, energies: FloatArray, source: Source) -> list[FloatArray]:
    """Emissions per cm by element."""
    from ....physics.processes.primakoff import ENERGY_RANGE, cross_section_pb

    open_ = energies >= source.least
    safe = np.clip(energies, *ENERGY_RANGE)
    found = []
    for element, atoms in source.elements(material):
        sigma = cross_section_pb(safe, source.mass, element, form_factor=source.form_factor)
        found.append(np.where(open_, atoms * PICOBARN_CM2 * sigma, 0.0))
    return found


def _rate(material: Material, energies: FloatArray, source: Source) -> FloatArray:
    return np.asarray(sum(_rates(material, energies, source)))


def _draw(
    material: Material, energies: FloatArray, source: Source, random: np.random.Generator
) -> Emitted:
    from ....physics.processes.primakoff_events import sample_at

    each = np.cumsum(_rates(material, energies, source), axis=0)
    total = each[-1]
    aim = random.random(energies.size) * total
    which = np.sum(each[:-1] <= aim, axis=0)
    boson = np.zeros((energies.size, 4))
    for number, (element, _) in enumerate(source.elements(material)):
        rows = np.nonzero((which == number) & (total > 0.0))[0]
        if rows.size:
            boson[rows] = sample_at(
                energies[rows], source.mass, random, element=element,
                form_factor=source.form_factor,
            ).boson  # fmt: skip
    nothing = np.zeros((energies.size, 4))
    return Emitted(boson, nothing, nothing, total)


def _couples(model: Model, masses: FloatArray) -> bool:
    return bool(np.any(model.photon_coupling(1.0, masses) > 0.0))


EMITTER = Emitter(
    name="primakoff",
    title="Primakoff",
    kinds=(2,),
    coupling="photon",
    couples=_couples,
    rate=_rate,
    draw=_draw,
)
