"""Decays of the bosons of the signal sample, and what is remembered of them."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..ground.arrays import FloatArray
from ..ground.constants import SPEED_OF_LIGHT_CM_PER_NS
from .bank import ORIGINS, Bank
from .context import Context
from .kinds import DARK, KINDS, NEUTRINO, PDG
from .signal import Bosons
from .signal.flight import LEAST_ALONG, Flight, Flown, fly
from .signal.kinematics import direction_of
from .transport import Stack

__all__ = ["BOSON_DECAY", "decayed"]

BOSON_DECAY: Final = ORIGINS.index("boson decay")
_UNSEEN: Final = (*DARK, NEUTRINO)


def decayed(
    flight: Flight, made: Bosons, bosons: Bank, stack: Stack, context: Context
) -> tuple[Bank, Bank]:
    """Let the bosons of a chunk decay where their lifetime, or the volume asked for, has it.

    Parameters
    ----------
    flight : Flight
        What flies, and to what it decays.
    made : Bosons
        The bosons.
    bosons : Bank
        The same as particles, in the same order.
    stack : Stack
        Where they are made.
    context : Context
        The chunk; weights get the probability of what is asked for.

    Returns
    -------
    out : Bank
        Bosons that do not decay before the end of the apparatus, what is not seen, and daughters
        behind or beside the stack, at the place of the decay.
    inside : Bank
        Daughters within the stack, which the transport follows.
    """
    flown = fly(flight, made.boson, made.place, context.generator("boson decay"))
    context.weigh(bosons.event, flown.factor)
    flyers = "dark-excited" if flight.excited else "boson"
    whole = _particles(bosons, made.place, made.place, flown.flyer, flyers)
    parts, seen = [], []
    if flight.excited:
        parts.append(_particles(bosons, made.place, made.place, flown.companion, "dark"))
    here = flown.before(context.layout.known_end)
    parts.append(whole.take(~here))
    for decay, rows, vectors in flown.daughters:
        kept = np.nonzero(here[rows])[0]
        start = bosons.take(rows[kept])
        for kind, vector in zip(decay.kinds, vectors, strict=True):
            seen.append(_particles(
                start, made.place[rows[kept]], flown.point[rows[kept]], vector[kept], kind
            ))  # fmt: skip
    _remember(flown, here, bosons, context)
    daughters = Bank.join(seen)
    followed = ~np.isin(daughters.kind, _UNSEEN)
    followed &= (daughters.z < stack.depth) & (np.abs(daughters.x) < stack.half_width)
    height = stack.half_width if stack.half_height is None else stack.half_height
    followed &= np.abs(daughters.y) < height
    outside = daughters.take(~followed)
    lost = (outside.uz <= LEAST_ALONG) & ~np.isin(outside.kind, _UNSEEN)
    context.book("escaped", outside.event[lost], outside.available[lost])
    return Bank.join([*parts, outside.take(~lost)]), daughters.take(followed)


def _particles(
    start: Bank, made: FloatArray, place: FloatArray, vectors: FloatArray, kind: str
) -> Bank:
    """Particles of four-vectors that begin at a place."""
    _, direction = direction_of(vectors)
    path = np.linalg.norm(place - made, axis=1)  # flown as fast as light, to 1/(2 gamma^2)
    return Bank.make(
        start.event, KINDS.index(kind), vectors[:, 0], tuple(place.T), tuple(direction.T),
        time=start.time + path / SPEED_OF_LIGHT_CM_PER_NS, weight=start.weight,
        origin=BOSON_DECAY,
    )  # fmt: skip


def _remember(flown: Flown, here: NDArray[np.bool_], bosons: Bank, context: Context) -> None:
    """Truth of the decays that happen within the apparatus, by beam particle."""

    def column(name: str, values: FloatArray, rows: NDArray[np.int64], none: float) -> None:
        found = context.truth.setdefault(name, np.full(context.particles, none))
        found[bosons.event[rows]] = values

    all_rows = np.nonzero(here)[0]
    for axis, name in enumerate(("decay_x", "decay_y", "decay_z")):
        column(name, flown.point[all_rows, axis], all_rows, np.nan)
    for decay, rows, vectors in flown.daughters:
        kept = here[rows]
        for number in (0, 1):
            vector = vectors[number][kept]
            head = f"daughter{number + 1}_"
            pdg = float(PDG[KINDS.index(decay.kinds[number])])
            column(f"{head}kind", np.full(len(vector), pdg), rows[kept], 0.0)
            column(f"{head}energy", vector[:, 0], rows[kept], np.nan)
            along = np.where(np.abs(vector[:, 3]) > 0.0, vector[:, 3], 1e-30)
            for axis, name in ((1, "slope_x"), (2, "slope_y")):
                column(f"{head}{name}", vector[:, axis] / along, rows[kept], np.nan)
