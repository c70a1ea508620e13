"""Hadrons on their way: collisions in thin layers, cascades in all calorimeters together.

Every layer before the first calorimeter (trackers, windows, counters, vessels, the air) is a target
for hadrons and, by equivalent photons, for electrons. What a collision makes goes on through the
apparatus; its photons shower where they come to. From the first calorimeter on, hadrons are
followed through all calorimeters, vetoes and absorbers at once.
"""

from __future__ import annotations

import functools
import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..experiments.elements import Element
from ..experiments.elements.calorimeter import Calorimeter
from ..experiments.layout import Layout
from ..ground.arrays import FloatArray
from ..ground.constants import SPEED_OF_LIGHT_CM_PER_NS
from ..physics.materials import Material
from . import hadrons
from .bank import ORIGINS, Bank
from .context import Context
from .hadrons import Box, Hadrons
from .kinds import ALL, HADRONS, KINDS, MASSES
from .orbit import Frame
from .pending import book_absorbers, leave, time_at_zero

__all__ = [
    "LEAST_BEAM",
    "absorb",
    "as_hadrons",
    "boxes_of_layout",
    "first_calorimeter",
    "interact_in",
]

_LEAST: Final = 5.0
LEAST_BEAM: Final = 1.05 * _LEAST
"""Energy in GeV above which hadrons and electrons interact in thin layers."""
_ORIGIN: Final = ORIGINS.index("hadronic interaction")
_LEPTONS: Final = tuple(KINDS.index(name) for name in ("e-", "e+"))
_CODE: Final = np.array([hadrons.CODES.get(kind.name, -1) for kind in ALL])
_BARYONS: Final = tuple(KINDS.index(name) for name in ("p", "pbar", "n", "nbar"))
# Lambdas that leave a thin layer go on as neutrons; photons never leave as hadrons.
_KIND: Final = np.array(
    [KINDS.index(h.name) if h.name in KINDS else KINDS.index("n") for h in hadrons.HADRONS]
)
_ENERGIES: Final = np.geomspace(LEAST_BEAM, 1000.0, 24)


def first_calorimeter(layout: Layout) -> float:
    """Front face in cm of the first calorimeter; infinite where there is none."""
    return min((e.start for e in layout.elements if isinstance(e, Calorimeter)), default=math.inf)


@functools.lru_cache(maxsize=32)
def boxes_of_layout(layout: Layout) -> tuple[tuple[Box, ...], tuple[Element, ...]]:
    """Calorimeters, vetoes and absorbers from the first calorimeter on: boxes and elements."""
    first = first_calorimeter(layout)
    elements = tuple(e for e in layout.elements if e.start >= first)
    boxes = hadrons.boxes_of(elements)
    return boxes, tuple(layout.element(box.name) for box in boxes)


def as_hadrons(bank: Bank) -> Hadrons:
    """Particles as the cascade takes them; the energy of baryons is kinetic there."""
    baryon = np.isin(bank.kind, _BARYONS)
    energy = bank.energy - np.where(baryon, bank.mass, 0.0)
    place = np.stack([bank.x, bank.y, bank.z], axis=1)
    direction = np.stack([bank.ux, bank.uy, bank.uz], axis=1)
    return Hadrons(bank.event, _CODE[bank.kind], np.maximum(energy, 1e-6), place, direction)


def _as_bank(found: Hadrons, time: FloatArray, weight: FloatArray) -> Bank:
    kind = _KIND[found.kind]
    baryon = np.isin(kind, _BARYONS)
    energy = np.maximum(found.energy + np.where(baryon, MASSES[kind], 0.0), 1.000001 * MASSES[kind])
    return Bank.make(
        found.event, kind, energy, tuple(found.place.T), tuple(found.direction.T), time=time,
        weight=weight, origin=_ORIGIN,
    )  # fmt: skip


def absorb(bank: Bank, context: Context) -> Bank:
    """Follow hadrons through all calorimeters, vetoes and absorbers from the first one on.

    Parameters
    ----------
    bank : Bank
        Particles before the first calorimeter, in the frame of the layout.
    context : Context
        The chunk; gets what the hadrons leave.

    Returns
    -------
    Bank
        All others.
    """
    chosen = np.isin(bank.kind, HADRONS) & (bank.energy - bank.mass > 1e-3)
    boxes, elements = boxes_of_layout(context.layout)
    if not chosen.any() or not boxes:
        return bank
    rows = bank.take(chosen)
    order = np.argsort(rows.event, kind="stable")
    rows = rows.take(order)
    result = hadrons.shower(
        boxes, as_hadrons(rows), context.particles, context.generator("cascade")
    )
    time = time_at_zero(rows, context.particles)
    leave(result.spots, elements, 0, time, context)
    _remember(context, "hadrons", np.bincount(rows.event, minlength=context.particles))
    left = np.zeros(context.particles)
    for array, event in (
        (result.spots.deposit, result.spots.event),
        (result.escaped.energy, result.escaped.event),
    ):
        np.add.at(left, event, array)
    outside = np.zeros(context.particles)
    np.add.at(outside, result.spots.event, np.where(result.spots.box < 0, result.spots.deposit, 0))
    np.add.at(outside, result.escaped.event, result.escaped.energy)
    brought = np.bincount(rows.event, rows.available, minlength=context.particles)
    everyone = np.arange(context.particles)
    context.book("escaped", everyone, outside)
    context.book("nuclear", everyone, brought - left)
    book_absorbers(result.spots, elements, 0, context)
    return bank.take(~chosen)


def _remember(context: Context, name: str, count: NDArray[np.int64]) -> None:
    context.truth[name] = context.truth.get(name, np.zeros(context.particles)) + count


@functools.lru_cache(maxsize=256)
def _inverse(material: Material, kind: str) -> FloatArray:
    """Interactions per cm at the energies of the grid."""
    lengths = []
    for energy in _ENERGIES:
        if kind == "e-":
            lengths.append(hadrons.electronuclear_length_cm(material, float(energy), 0.95 * _LEAST))
        else:
            lengths.append(hadrons.interaction_length_cm(material, float(energy), kind))
    return 1.0 / np.array(lengths)


def _rates(material: Material, bank: Bank) -> FloatArray:
    """Interactions per cm of each particle; 0 for what does not interact here."""
    rate = np.zeros(len(bank))
    able = bank.energy > _ENERGIES[0]
    for kind in np.unique(bank.kind[able]):
        rows = able & (bank.kind == kind)
        if kind in _LEPTONS:
            name = "e-"
        elif kind in HADRONS:
            name = KINDS[kind]
        else:
            continue
        table = _inverse(material, name)
        rate[rows] = np.interp(np.log(bank.energy[rows]), np.log(_ENERGIES), table)
    return rate


def interact_in(
    layers: tuple[tuple[Material, float], ...], bank: Bank, frame: Frame, context: Context
) -> Bank:
    """Let hadrons and electrons interact in thin layers before the first calorimeter.

    Parameters
    ----------
    layers : tuple of (Material, float)
        Materials and their thickness in cm along z.
    bank : Bank
        Particles about to cross, in the frame of the layers.
    frame : Frame
        That frame.
    context : Context
        The chunk; its biases make interactions more frequent, weights undo it.

    Returns
    -------
    Bank
        Survivors where they were, electrons with what they keep, and hadrons made.
    """
    if frame.z >= first_calorimeter(context.layout):
        return bank
    for number, (material, thickness) in enumerate(layers):
        here = context.at(f"{context.place} layer {number}")
        bank = _interact(material, thickness, bank, frame, here)
    return bank


def _interact(
    material: Material, thickness: float, bank: Bank, frame: Frame, context: Context
) -> Bank:
    rate = _rates(material, bank) * thickness / np.maximum(bank.uz, 1e-3)
    if not rate.any():
        return bank
    options = context.options
    lepton = np.isin(bank.kind, _LEPTONS)
    bias = np.where(lepton, options.electronuclear_bias, options.hadronic_bias)
    plain, chance = -np.expm1(-rate), np.minimum(-np.expm1(-bias * rate), 0.9)
    random = context.generator("interact")
    hit = random.random(len(bank)) < chance
    able = (rate > 0.0) & (bias > 1.0)
    if able.any():
        ratio = np.where(hit, plain / np.maximum(chance, 1e-300), (1 - plain) / (1 - chance))
        context.weigh(bank.event[able], ratio[able])
    if not hit.any():
        return bank
    rows = bank.take(hit)
    rows = rows.take(np.argsort(rows.event, kind="stable"))
    lepton = np.isin(rows.kind, _LEPTONS)
    outside = frame.outside(rows)
    starts, kept = [as_hadrons(outside.take(~lepton))], Bank.empty()
    if lepton.any():
        photons, kept = _electrons(rows.take(lepton), outside.take(lepton), random)
        starts.append(photons)
    made = _collide(material, thickness, Hadrons.joined(starts), outside, frame, context, random)
    lost = np.zeros(context.particles)
    for part, sign in ((rows, 1.0), (kept, -1.0), (made, -1.0)):
        np.add.at(lost, part.event, sign * part.available)
    context.book("nuclear", np.arange(context.particles), lost)
    return Bank.join([bank.take(~hit), kept, frame.inside(made)])


def _electrons(rows: Bank, outside: Bank, random: np.random.Generator) -> tuple[Hadrons, Bank]:
    """Exchanged photons in the frame of the layout, and electrons in that of the layer."""
    place = np.stack([outside.x, outside.y, outside.z], axis=1)
    direction = np.stack([outside.ux, outside.uy, outside.uz], axis=1)
    found = hadrons.interact(
        rows.event, rows.energy, place, direction, random, least_photon=0.95 * _LEAST
    )
    local = np.stack([rows.ux, rows.uy, rows.uz], axis=1)
    turned = hadrons.scattered(local, found.electron_slope, random)
    kept = rows.change(
        energy=np.maximum(found.electron_energy, 1.0001 * rows.mass),
        ux=turned[:, 0], uy=turned[:, 1], uz=turned[:, 2],
    )  # fmt: skip
    return found.photons, kept


def _collide(
    material: Material,
    thickness: float,
    start: Hadrons,
    rows: Bank,
    frame: Frame,
    context: Context,
    random: np.random.Generator,
) -> Bank:
    """Collisions in a layer; gives the hadrons that leave it forward."""
    order = np.argsort(start.event, kind="stable")
    start = start.chosen(order)
    low, high = float(rows.z.min()) - 0.1, float(rows.z.max()) + thickness + 0.1
    boxes, elements = boxes_of_layout(context.layout)
    layer = Box("layer", material, low, min(high, first_calorimeter(context.layout)))
    result = hadrons.shower(
        (layer,), start, context.particles, random, collide_first=True, beyond=boxes
    )
    time = time_at_zero(rows, context.particles)
    leave(result.spots, elements, 1, time, context)
    _remember(context, "hadronic_upstream", result.interactions)
    spots = result.spots
    for account, chosen in (("matter", spots.box == 0), ("escaped", spots.box < 0)):
        context.book(account, spots.event[chosen], spots.deposit[chosen])
    context.book("nuclear", spots.event, -spots.deposit)
    book_absorbers(result.spots, elements, 1, context)
    event = result.escaped.event
    leaving = result.escaped.place[:, 2] / SPEED_OF_LIGHT_CM_PER_NS
    made = _as_bank(result.escaped, time[event] + leaving, np.ones(event.size))
    forward = made.uz > 1e-3
    back = made.take(~forward)
    context.book("escaped", back.event, back.available)
    context.book("nuclear", back.event, -back.available)
    return made.take(forward)
