"""Cascades of hadrons through calorimeters, generation by generation.

A hadron flies to its next inelastic collision, or decay, along a straight line; charged ones lose
energy on the way. A collision is drawn from a library of an event generator. Its photons and pi0
make electromagnetic showers, its hadrons above a cut go on, and what is below it is spread around.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ...ground.arrays import FloatArray
from ...ground.errors import EmissError
from ...physics.shower.hadron_stopping import hadron_stopping_power
from .boxes import Box, Crossings, cross, distance_at, find
from .decays import decayed
from .kinds import CODES, HADRONS
from .lengths import inverse_lengths, target_shares
from .library import FinalStates, load_library
from .particles import Hadrons, turned
from .spots import Sources, Spots, electromagnetic, join, soft_hadronic

__all__ = ["CUT", "Showers", "ionise", "shower"]

CUT: Final = 2.0
"""Energy in GeV below which hadrons are spread and not followed."""
_GAMMA: Final = CODES["gamma"]
_MASSES: Final = np.array([hadron.mass for hadron in HADRONS])
_CHARGED: Final = np.array([hadron.charge != 0 for hadron in HADRONS])
_BARYON: Final = np.array([abs(hadron.pdg) > 1000 for hadron in HADRONS])
_DECAY: Final = np.array([hadron.decay_length for hadron in HADRONS])
_GENERATIONS: Final = 60
_MOMENTA: Final = np.geomspace(0.3, 1e4, 81)
"""Nodes of p/(m c) at which losses are computed."""
_LOG_MOMENTA: Final = np.log(_MOMENTA)
Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Showers:
    """What hadrons leave behind.

    Parameters
    ----------
    spots : Spots
        Energy at points.
    escaped : Hadrons
        Hadrons that left all boxes, where they last were in one (or started).
    interactions : array of int, shape (events,)
        Number of inelastic collisions.
    invisible : array, shape (events,)
        Energy in GeV that collisions took for nuclei, neutrinos and muons; may be slightly negative
        event by event, because energies are shares of nodes.
    """

    spots: Spots
    escaped: Hadrons
    interactions: Integers
    invisible: FloatArray


def shower(
    boxes: tuple[Box, ...],
    hadrons: Hadrons,
    events: int,
    random: np.random.Generator,
    *,
    library: FinalStates | None = None,
    cut: float = CUT,
    collide_first: bool = False,
    beyond: tuple[Box, ...] = (),
) -> Showers:
    """Follow hadrons through calorimeters.

    Parameters
    ----------
    boxes : tuple of Box
        The calorimeters, and all other matter.
    hadrons : Hadrons
        What enters; several per event are allowed.
    events : int
        Number of events.
    random : Generator
        Random numbers.
    library : FinalStates, optional
        Library of collisions; Pythia's by default.
    cut : float
        Energy in GeV below which hadrons are spread and not followed, at least 0.5.
    collide_first : bool
        Whether the hadrons collide where they start (in a box), as photons do that were chosen to.
    beyond : tuple of Box
        Boxes in which showers deposit energy, but into which hadrons are not followed; numbered
        behind the others.

    Returns
    -------
    Showers
        Deposits, what escaped, and counts.

    Raises
    ------
    EmissError
        If there is no box, an energy is not positive, or a cascade does not end.
    """
    if not boxes or not cut >= 0.5 or not np.all(hadrons.energy > 0.0):
        raise EmissError("hadron cascade: needs boxes, a cut of at least 0.5 GeV, and energies.")
    run = _Cascade(boxes, beyond, events, random, library or load_library(), cut)
    return run.follow(hadrons, collide_first)


@functools.lru_cache(maxsize=64)
def _losses(boxes: tuple[Box, ...], kind: int) -> FloatArray:
    """GeV/cm of a charged hadron in each box, shape (boxes, nodes)."""
    mass = float(_MASSES[kind])
    return np.array([
        hadron_stopping_power(box.material, _MOMENTA, mass) * box.material.density for box in boxes
    ])  # fmt: skip


def _loss_along(boxes: tuple[Box, ...], hadrons: Hadrons) -> FloatArray:
    """Loss of each hadron in each box at its energy, in GeV/cm; 0 for neutral ones."""
    found = np.zeros((hadrons.size, len(boxes)))
    for kind in np.unique(hadrons.kind[_CHARGED[hadrons.kind]]):
        rows = np.flatnonzero(hadrons.kind == kind)
        mass = _MASSES[kind]
        gamma = hadrons.energy[rows] / mass + (1.0 if _BARYON[kind] else 0.0)
        place = 0.5 * np.log(np.maximum(gamma * gamma - 1.0, _MOMENTA[0] ** 2))
        for column, values in enumerate(_losses(boxes, int(kind))):
            found[rows, column] = np.interp(place, _LOG_MOMENTA, values)
    return found


def ionise(
    boxes: tuple[Box, ...],
    hadrons: Hadrons,
    crossings: Crossings,
    distance: FloatArray,
) -> tuple[Spots, FloatArray]:
    """What charged hadrons leave on straight lines, losing what they lose per cm at the start.

    Parameters
    ----------
    boxes : tuple of Box
        The calorimeters.
    hadrons : Hadrons
        Where they start.
    crossings : Crossings
        Where they cross the boxes.
    distance : array, shape (hadrons,)
        How far each goes, in cm.

    Returns
    -------
    spots : Spots
        Deposits.
    lost : array, shape (hadrons,)
        Energy in GeV that each has lost.
    """
    end = np.minimum(crossings.leave, distance[:, None])
    path = np.maximum(end - crossings.enter, 0.0)
    losses = path * np.take_along_axis(_loss_along(boxes, hadrons), crossings.box, axis=1)
    before = np.cumsum(losses, axis=1) - losses
    mass = np.where(_BARYON, 0.0, _MASSES)[hadrons.kind]
    spare = np.maximum((hadrons.energy - mass)[:, None] - before, 0.0)
    losses = np.minimum(losses, spare)
    row, piece = np.nonzero(losses > 0.0)
    deposit = losses[row, piece]
    middle = 0.5 * (crossings.enter[row, piece] + end[row, piece])
    place = hadrons.place[row] + middle[:, None] * hadrons.direction[row]
    box = crossings.box[row, piece]
    spots = Spots(hadrons.event[row], box, place, deposit, deposit)
    return spots, np.asarray(losses.sum(axis=1))


class _Cascade:
    """The state of a cascade between generations."""

    def __init__(
        self,
        boxes: tuple[Box, ...],
        beyond: tuple[Box, ...],
        events: int,
        random: np.random.Generator,
        library: FinalStates,
        cut: float,
    ) -> None:
        self.boxes, self.random, self.library, self.cut = boxes, random, library, cut
        self.everywhere = (*boxes, *beyond)
        self.interactions = np.zeros(events, dtype=np.int64)
        self.invisible = np.zeros(events)
        self.photons: list[Sources] = []
        self.soft: list[Sources] = []
        self.tracks: list[Spots] = []
        self.escaped: list[Hadrons] = []

    def follow(self, hadrons: Hadrons, collide_first: bool) -> Showers:
        alive = self.collide(hadrons) if collide_first else self.sorted_out(hadrons)
        for _ in range(_GENERATIONS):
            if not alive.size:
                return self.finished(hadrons)
            alive = self.generation(alive)
        raise EmissError(f"hadron cascade: more than {_GENERATIONS} generations.")

    def sorted_out(self, hadrons: Hadrons) -> Hadrons:
        """Hadrons to be followed; photons and soft ones become sources of showers."""
        photon = hadrons.kind == _GAMMA
        soft = ~photon & (hadrons.energy < self.cut)
        self.photons.append(hadrons.chosen(photon).sources())
        self.soft.append(hadrons.chosen(soft).sources())
        return hadrons.chosen(~photon & ~soft)

    def generation(self, hadrons: Hadrons) -> Hadrons:
        """One collision or decay of each."""
        crossings = cross(self.boxes, hadrons.place, hadrons.direction)
        inverse = inverse_lengths(self.boxes, hadrons.kind, hadrons.energy, self.library)
        depth = self.random.standard_exponential(hadrons.size)
        collision = distance_at(crossings, inverse, depth)
        decay = self._decay_distance(hadrons)
        distance = np.minimum(collision, decay)
        out = np.max(np.where(crossings.leave > crossings.enter, crossings.leave, 0.0), axis=1)
        spots, lost = ionise(self.boxes, hadrons, crossings, np.minimum(distance, out))
        self.tracks.append(spots)
        leaves = ~np.isfinite(collision) & (decay > out)
        moved = hadrons.moved(np.where(leaves, out, distance), lost)
        mass = np.where(_BARYON, 0.0, _MASSES)[hadrons.kind]
        stopped = _CHARGED[hadrons.kind] & (moved.energy - mass < 1e-6)
        self.soft.append(moved.chosen(stopped & (moved.energy > 1e-4)).sources())
        self.escaped.append(moved.chosen(leaves & ~stopped))
        decays = ~leaves & ~stopped & (decay < collision)
        children = self.decay(moved.chosen(decays))
        return Hadrons.joined([self.collide(moved.chosen(~leaves & ~stopped & ~decays)), children])

    def decay(self, hadrons: Hadrons) -> Hadrons:
        """Decays of all; the mass that becomes energy is negative invisible energy."""
        children = decayed(hadrons, self.random)
        np.add.at(self.invisible, hadrons.event, hadrons.energy)
        np.add.at(self.invisible, children.event, -children.energy)
        return self.sorted_out(children)

    def collide(self, hadrons: Hadrons) -> Hadrons:
        """Inelastic collisions of all."""
        target = self._targets(hadrons)
        found = self.library.draw(hadrons.kind, target, hadrons.energy, self.random)
        parent = found.parent
        direction = turned(hadrons.direction[parent], found.slope_x, found.slope_y)
        for energy, sources in (
            (found.soft_photons, self.photons),
            (found.soft_hadrons, self.soft),
        ):
            some = energy > 1e-4
            sources.append(Sources(hadrons.event[some], energy[some], hadrons.place[some],
                                   hadrons.direction[some]))  # fmt: skip
        np.add.at(self.interactions, hadrons.event, 1)
        known = np.bincount(parent, found.energy, hadrons.size)
        rest = hadrons.energy - known - found.soft_photons - found.soft_hadrons
        np.add.at(self.invisible, hadrons.event, rest)
        return self.sorted_out(Hadrons(hadrons.event[parent], found.kind, found.energy,
                                       hadrons.place[parent], direction))  # fmt: skip

    def finished(self, hadrons: Hadrons) -> Showers:
        """Spread all sources."""
        empty = hadrons.chosen(np.zeros(hadrons.size, dtype=bool))
        places = self.everywhere
        pion = np.array([CODES["pi-"]]), np.array([self.cut])
        inverse = inverse_lengths(places, *pion, self.library)[0]
        parts = [*self.tracks]
        photons = Sources.joined([empty.sources(), *self.photons])
        parts.append(electromagnetic(places, photons, self.random))
        soft = Sources.joined([empty.sources(), *self.soft])
        parts.append(soft_hadronic(places, soft, inverse, self.random))
        escaped = Hadrons.joined([empty, *self.escaped])
        return Showers(join(parts), escaped, self.interactions, self.invisible)

    def _decay_distance(self, hadrons: Hadrons) -> FloatArray:
        length = _DECAY[hadrons.kind]
        mass = _MASSES[hadrons.kind]
        total = hadrons.energy + np.where(_BARYON[hadrons.kind], mass, 0.0)
        boost = np.sqrt(np.maximum(total**2 - mass**2, 0.0)) / np.maximum(mass, 1e-9)
        distance = length * boost * self.random.standard_exponential(hadrons.size)
        return np.where(length > 0.0, distance, np.inf)

    def _targets(self, hadrons: Hadrons) -> Integers:
        back = hadrons.place - 1e-7 * hadrons.direction
        box = find(self.boxes, back[:, 0], back[:, 1], back[:, 2])
        target = np.zeros(hadrons.size, dtype=np.int64)
        random = self.random.random(hadrons.size)
        for number, one in enumerate(self.boxes):
            for kind in np.unique(hadrons.kind[box == number]):
                rows = (box == number) & (hadrons.kind == kind)
                shares = target_shares(one.material, HADRONS[kind].name, self.library)
                target[rows] = np.searchsorted(np.cumsum(shares)[:-1], random[rows])
        return target
