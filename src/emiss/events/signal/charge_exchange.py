"""Charge exchange of beam hadrons in the target, with weights: place, meson, and struck nucleon.

Each hadron that meets the target exchanges its charge in it. Its weight is the probability to come
there and collide, times the mesons per collision at the energy that it has left there, times what
of the meson decays to nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ...experiments.layout import Layout
from ...ground.arrays import FloatArray
from ...ground.errors import ArgumentError
from ...ground.mesons import MESON_IDS, meson_data
from ...physics.models import Model
from ...physics.processes import charge_exchange as exchange
from ...physics.processes.nuclear_charge_exchange import (
    collision_length,
    mesons_per_collision,
)
from .. import hadrons
from ..hadrons import Box, Hadrons, Spots
from ..kinds import KINDS, MASSES
from .kinematics import direction_of, turned

__all__ = ["TITLE", "Exchanged", "Exchanges", "exchange_charge", "kinematics", "mesons_asked"]

TITLE: Final = "charge exchange to "
"""Names of the processes begin with this and end with the meson."""
_KAONS: Final = ("K-short", "K-long")
_NUCLEON: Final = {"proton": "p", "neutron": "n"}
_OTHER: Final = {"proton": "n", "neutron": "p"}


def _made(meson: str) -> tuple[str, float]:
    """What is made, and how often it is this one: a neutral kaon is short- or long-lived."""
    return ("K0", 0.5) if meson in _KAONS else (meson, 1.0)


def mesons_asked(
    model: Model, mass: float, coupling: float | None, beam: str, energy: float
) -> dict[str, float]:
    """Mesons that a beam makes and a model makes invisible, with their branching fractions.

    Parameters
    ----------
    model : Model
        The model.
    mass : float
        Its mass in GeV.
    coupling : float or None
        Free coupling; None for 1.
    beam : str
        The hadron.
    energy : float
        Its energy in GeV; mesons whose cross-section is not known there are left out.

    Returns
    -------
    dict
        Empty where there is none.

    Raises
    ------
    ArgumentError
        If a meson would decay more than once.
    """
    strength = 1.0 if coupling is None else coupling
    found = {}
    for meson in MESON_IDS:
        made, _ = _made(meson)
        share = float(np.ravel(model.meson_branching(meson, strength, mass))[0])
        known = made in exchange.made_by(beam) and energy <= exchange.MESONS[made].highest_energy
        if not known or not share > 0.0:
            continue
        if share > 1.0:
            at = f"{strength:g}" if coupling is not None else "1, taken as none is given,"
            raise ArgumentError(
                f"'{model.name}' with {model.coupling_name} {at} has {share:.3g} decays to nothing "
                f"per {meson}, which can decay once; give a coupling that is weaker."
            )
        found[meson] = share
    return found


@dataclass(frozen=True, slots=True)
class Exchanges:
    """What is asked of a beam of hadrons.

    Parameters
    ----------
    beam : str
        The hadron.
    energy : float
        Energy of the beam in GeV: collision lengths and momentum transfers are those there.
    mesons : mapping of str to float
        Mesons, and the share of their decays that counts.
    producing : tuple of str
        Symbols of the elements on which charge is exchanged; empty for all.
    targets : tuple of str
        Elements in which it is.
    end : float
        End of the last of them in cm.
    volume : float
        Length in cm of the volume behind, in which kaons may decay as well.
    effective : str
        One of `hadron_nucleus.EFFECTIVE_MODELS`.
    """

    beam: str
    energy: float
    mesons: Mapping[str, float]
    producing: tuple[str, ...]
    targets: tuple[str, ...]
    end: float
    volume: float
    effective: str = "glauber"

    @classmethod
    def of(cls, asked: Mapping[str, Any], layout: Layout) -> Exchanges:
        """What `signal_inputs` wrote, for a layout."""
        targets, beam = layout.role("target"), layout.beam
        return cls(
            beam.particle, beam.energy, dict(asked["mesons"]), tuple(asked["producing"]),
            tuple(t.name for t in targets), targets[-1].end,
            sum(e.length_cm for e in layout.role("decay-volume")),
        )  # fmt: skip

    @property
    def recoil(self) -> str:
        """Kind of the nucleon behind."""
        return _OTHER[exchange.BEAMS[self.beam]]

    @property
    def processes(self) -> tuple[str, ...]:
        """Names of the processes, one per meson."""
        return tuple(TITLE + meson for meson in self.mesons)


@dataclass(frozen=True, slots=True, eq=False)
class Exchanged:
    """Charge exchanges, one per hadron that meets the target.

    Parameters
    ----------
    row : array of int, shape (n,)
        Number of the hadron.
    weight : array, shape (n,)
        Mesons that decay to nothing, per hadron.
    process : array of int, shape (n,)
        Place in `Exchanges.processes`.
    incoming, meson, nucleon : array, shape (n, 4)
        Four-vectors (E, px, py, pz) in GeV; the nucleon is the one that was struck, free and at
        rest before.
    place : array, shape (n, 3)
        Where, in cm.
    decay : array, shape (n, 3)
        Where a kaon decays, in cm; not a number for mesons that decay at once.
    spots : Spots
        What the hadrons left on their way, numbered by their event.
    lost : array, shape (n,)
        The same in GeV.
    """

    row: NDArray[np.int64]
    weight: FloatArray
    process: NDArray[np.int64]
    incoming: FloatArray
    meson: FloatArray
    nucleon: FloatArray
    place: FloatArray
    decay: FloatArray
    spots: Spots
    lost: FloatArray


def exchange_charge(
    asked: Exchanges, boxes: tuple[Box, ...], start: Hadrons, random: np.random.Generator
) -> Exchanged:
    """Let hadrons exchange their charge in the target.

    Parameters
    ----------
    asked : Exchanges
        What is asked.
    boxes : tuple of Box
        All matter that they meet, the targets among it by their names.
    start : Hadrons
        Beam hadrons before the first box.
    random : Generator
        Random numbers.

    Returns
    -------
    Exchanged
        Those that meet the target.
    """
    crossings = hadrons.cross(boxes, start.place, start.direction)
    inverse = np.array([1.0 / _length(box, asked) for box in boxes])
    is_target = np.array([box.name in asked.targets for box in boxes])
    depth = inverse[crossings.box] * (crossings.leave - crossings.enter)
    before = np.cumsum(depth, axis=1) - depth
    chance = np.exp(-before) * -np.expm1(-depth) * is_target[crossings.box]
    row = np.nonzero(chance.sum(axis=1) > 0.0)[0]
    piece, total = _drawn(chance[row], random)
    box = crossings.box[row, piece]
    within = -np.log1p(np.expm1(-depth[row, piece]) * random.random(row.size)) / inverse[box]
    distance = crossings.enter[row, piece] + within
    some = start.chosen(row)
    ways = hadrons.cross(boxes, some.place, some.direction)
    spots, lost = hadrons.ionise(boxes, some, ways, distance)
    moved = some.moved(distance, lost)
    each = _mesons(asked, boxes, box, moved.energy)
    process, made = _drawn(each, random)
    incoming, meson, nucleon = _vectors(asked, process, moved, random)
    weight, decay = _kaons(asked, process, meson, moved.place, 1.0 / inverse[box], random)
    return Exchanged(
        row, total * made * weight, process, incoming, meson, nucleon, moved.place, decay, spots,
        lost,
    )  # fmt: skip


def _drawn(
    chances: FloatArray, random: np.random.Generator
) -> tuple[NDArray[np.int64], FloatArray]:
    """One column of each row, drawn by its chance, and the sum of the row."""
    edges = np.cumsum(chances, axis=1)
    total = edges[:, -1]
    column = np.sum(edges <= (random.random(len(edges)) * total)[:, None], axis=1)
    return np.minimum(column, edges.shape[1] - 1), total


def _length(box: Box, asked: Exchanges) -> float:
    return collision_length(box.material, asked.energy, asked.beam)


def _mesons(
    asked: Exchanges, boxes: tuple[Box, ...], box: NDArray[np.int64], energy: FloatArray
) -> FloatArray:
    """Mesons that count per collision, by hadron and meson."""
    found = np.zeros((box.size, len(asked.mesons)))
    for column, (meson, share) in enumerate(asked.mesons.items()):
        made, often = _made(meson)
        high = exchange.MESONS[made].highest_energy
        held = np.append(np.clip(energy, exchange.ENERGY_RANGE[0], high), asked.energy)
        sigma = exchange.cross_section_pb(made, held, asked.beam)
        for number in np.unique(box):
            rows = box == number
            here = mesons_per_collision(
                boxes[number].material, made, asked.energy, asked.beam, asked.effective,
                asked.producing,
            )  # fmt: skip
            found[rows, column] = here * often * share * sigma[:-1][rows] / sigma[-1]
    return found


def _vectors(
    asked: Exchanges, process: NDArray[np.int64], moved: Hadrons, random: np.random.Generator
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Four-vectors of hadron, meson and struck nucleon."""
    transfer, mass = np.zeros(process.size), np.zeros(process.size)
    for number, name in enumerate(asked.mesons):
        rows = np.nonzero(process == number)[0]
        mass[rows] = meson_data(name).mass
        if exchange.MESONS[_made(name)[0]].slope is not None:
            transfer[rows] = exchange.sample_momentum_transfer(
                name, asked.energy, rows.size, random
            )
    before = _NUCLEON[exchange.BEAMS[asked.beam]]
    masses = tuple(float(MASSES[KINDS.index(n)]) for n in (asked.beam, before, asked.recoil))
    turn = 2.0 * np.pi * random.random(process.size)
    vectors = kinematics(moved.energy, transfer, mass, masses, turn)
    incoming, meson, nucleon = (turned(v, moved.direction) for v in vectors)
    return incoming, meson, nucleon


def kinematics(
    energy: FloatArray,
    transfer: FloatArray,
    meson: FloatArray,
    masses: tuple[float, ...],
    turn: FloatArray,
) -> tuple[FloatArray, FloatArray, FloatArray]:
    r"""Two bodies to two on a nucleon at rest, exact.

    Parameters
    ----------
    energy : array, shape (n,)
        Energy of the hadron in GeV.
    transfer : array, shape (n,)
        t' = \|t\| - \|t\|_min in GeV^2.
    meson : array, shape (n,)
        Mass of the meson in GeV.
    masses : tuple of float
        Of hadron, nucleon before and nucleon behind, in GeV.
    turn : array, shape (n,)
        Angle of the meson around the axis.

    Returns
    -------
    tuple of array, shape (n, 4)
        Four-vectors of hadron, meson and nucleon, the hadron along z.
    """
    beam, struck, recoil = masses
    momentum = np.sqrt((energy - beam) * (energy + beam))
    s = beam**2 + struck**2 + 2.0 * struck * energy
    root = np.sqrt(s)
    first = momentum * struck / root
    second = np.sqrt(np.maximum((s - (meson + recoil) ** 2) * (s - (meson - recoil) ** 2), 0.0)) / (
        2.0 * root
    )
    least = (first - second) ** 2 - ((beam**2 - meson**2 - struck**2 + recoil**2) / 2 / root) ** 2
    t = np.minimum(transfer, 4.0 * first * second) + least
    kinetic = (t + (struck - recoil) ** 2) / (2.0 * struck)
    square = kinetic * (kinetic + 2.0 * recoil)
    left = energy - (kinetic + recoil - struck)
    # of hadron and meson: the difference of the squares of their momenta
    differ = (energy - left) * (energy + left) - beam**2 + meson**2
    along = (differ + square) / (2.0 * momentum)
    across = np.sqrt(np.maximum(square - along**2, 0.0))
    x, y, nothing = across * np.cos(turn), across * np.sin(turn), np.zeros_like(energy)
    return (
        np.stack([energy, nothing, nothing, momentum], axis=1),
        np.stack([left, x, y, momentum - along], axis=1),
        np.stack([kinetic + recoil, -x, -y, along], axis=1),
    )


def _kaons(
    asked: Exchanges, process: NDArray[np.int64], meson: FloatArray, place: FloatArray,
    free: FloatArray, random: np.random.Generator,
) -> tuple[FloatArray, FloatArray]:  # fmt: skip
    """Weight and place of decays of kaons in the target or the volume behind.

    They interact like charged ones in what is left of the target, and not behind it.
    """
    weight, decay = np.ones(process.size), np.full((process.size, 3), np.nan)
    momentum, direction = direction_of(meson)
    along = np.maximum(direction[:, 2], 1e-3)
    for number, name in enumerate(asked.mesons):
        if name not in _KAONS:
            continue
        rows = np.nonzero(process == number)[0]
        data = meson_data(name)
        length = momentum[rows] / data.mass * data.ctau_cm
        rest = np.maximum(asked.end - place[rows, 2], 0.0) / along[rows]
        most = -np.expm1(-(rest + asked.volume / along[rows]) / length)
        path = -length * np.log1p(-most * random.random(rows.size))
        weight[rows] = most * np.exp(-np.minimum(path, rest) / free[rows])
        decay[rows] = place[rows] + path[:, None] * direction[rows]
    return weight, decay
