"""Bosons of the signal sample: made in the showers of the target, one per event."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..ground.arrays import FloatArray
from ..ground.constants import SPEED_OF_LIGHT_CM_PER_NS
from .bank import ORIGINS, Bank
from .boson_decays import decayed
from .context import Context
from .kinds import KINDS
from .signal import Bosons, forced, sample_bosons
from .signal.asked import read_asked
from .transport import Beam, Forced, Settings, Stack
from .transport.shapes import Shapes

__all__ = ["KEY", "Made", "emission", "is_signal", "remember"]

_BOSON, _SIGNAL = KINDS.index("boson"), ORIGINS.index("signal")
KEY: Final = "signal"
"""Key of what a sample says of its boson, in the extra of a job."""


@dataclass(frozen=True, slots=True, eq=False)
class Made:
    """Bosons of a chunk, and how the second pass goes on without them.

    Parameters
    ----------
    forced : Forced
        By row of the particles that enter the target.
    energy : array, shape (rows,)
        Energy in GeV that the boson takes of each.
    bank : Bank
        The bosons, in the frame of the stack; in place of those that decay what they decay to,
        where it happens.
    inside : Bank
        What they decay to within the stack, as far as the transport follows it.
    """

    forced: Forced
    energy: FloatArray
    bank: Bank
    inside: Bank

    def part(self, first: int, last: int) -> Forced:
        """What is forced in some of the rows."""
        own = (self.forced.owners >= first) & (self.forced.owners < last)
        return Forced(
            self.forced.step[first:last], self.forced.goes_on[first:last],
            self.forced.added[own], self.forced.owners[own] - first,
        )  # fmt: skip


def is_signal(context: Context) -> bool:
    """Whether the sample of a chunk asks for bosons of showers."""
    return "processes" in context.extra.get(KEY, {}) and "mesons" not in context.extra[KEY]


def emission(
    stack: Stack, bank: Bank, rows: FloatArray, context: Context, settings: Settings,
    shapes: Shapes | None,
) -> Made:  # fmt: skip
    """Make a boson in the shower of each event.

    Parameters
    ----------
    stack : Stack
        The target.
    bank : Bank
        Particles that enter it.
    rows : array, shape (particles, 9)
        The same as the transport takes them.
    context : Context
        The chunk; events are weighted with the bosons that they stand for, at the coupling asked
        for or else at 1, times the probability of the decay where decays are put into a
        volume; they get 0 where no boson can be made.
    settings : Settings
        Of the transport, the same as in the second pass.
    shapes : Shapes or None
        Fits of sub-showers.

    Returns
    -------
    Made
        One boson per event: of several particles of an event, one by their weights.
    """
    source, used, unit, flight = read_asked(context.extra[KEY])
    made = sample_bosons(
        stack, Beam("mu-", 100.0), len(bank), source, used, seed=context.transport_seed,
        chunk=context.chunk, settings=settings, particles=rows, shapes=shapes,
    )  # fmt: skip
    made = made.take(bank.event[made.event] < context.events)  # none in pile-up
    made = replace(made, weight=made.weight * unit[made.process])
    weight = np.bincount(bank.event[made.event], made.weight, context.events)
    context.weigh(np.arange(context.events), np.asarray(weight, dtype=np.float64))
    chosen = made.take(_one_each(bank.event[made.event], made.weight, context))
    remember(bank.event[chosen.event], chosen.process, chosen.boson, chosen.place, context)
    energy = np.zeros(len(bank))
    energy[chosen.event] = chosen.boson[:, 0]
    out, inside = _bank(chosen, bank), Bank.empty()
    if flight is not None:
        out, inside = decayed(flight, chosen, out, stack, context)
    more = np.zeros(len(inside))  # further rows, in which nothing is emitted
    own = forced(chosen)
    whole = Forced(
        np.concatenate([own.step, more]),
        np.concatenate([own.goes_on, np.zeros((more.size, 7))]),
        own.added, own.owners,
    )  # fmt: skip
    return Made(whole, np.concatenate([energy, more]), out, inside)


def _one_each(event: NDArray[np.int64], weight: FloatArray, context: Context) -> NDArray[np.int64]:
    """One row of each event, with probabilities like their weights."""
    if not event.size:
        return np.zeros(0, dtype=np.int64)
    draw = context.generator("boson").random(event.size)
    # of exponential times with rates like the weights, the first to ring
    ring = -np.log(np.maximum(draw, 1e-300)) / np.maximum(weight, 1e-300)
    order = np.lexsort((ring, event))
    first = np.concatenate([[True], event[order][1:] != event[order][:-1]])
    return np.sort(order[first]).astype(np.int64)


def _bank(made: Bosons, bank: Bank) -> Bank:
    start = bank.take(made.event)
    momentum = made.boson[:, 1:]
    size = np.maximum(np.linalg.norm(momentum, axis=1), 1e-12)
    direction = tuple((momentum / size[:, None]).T)
    advance = made.place[:, 2] - start.z
    return Bank.make(
        start.event, _BOSON, made.boson[:, 0], tuple(made.place.T), direction,
        time=start.time + advance / SPEED_OF_LIGHT_CM_PER_NS, weight=start.weight, origin=_SIGNAL,
    )  # fmt: skip


def remember(
    event: NDArray[np.int64], process: NDArray[np.int64], boson: FloatArray, place: FloatArray,
    context: Context, *, decay: FloatArray | None = None,
) -> None:  # fmt: skip
    """Keep the truth of bosons.

    Parameters
    ----------
    event : array of int, shape (n,)
        Beam particle of each.
    process : array of int, shape (n,)
        Number of the process, from 0.
    boson : array, shape (n, 4)
        Four-vectors in GeV.
    place : array, shape (n, 3)
        Where each is made, in cm.
    context : Context
        The chunk.
    decay : array, shape (n, 3), optional
        Where each decays, in cm.
    """
    momentum = np.maximum(boson[:, 3], 1e-12)
    columns = {
        "process": process + 1.0, "boson_energy": boson[:, 0],
        "boson_x": place[:, 0], "boson_y": place[:, 1], "boson_z": place[:, 2],
        "boson_slope_x": boson[:, 1] / momentum, "boson_slope_y": boson[:, 2] / momentum,
    }  # fmt: skip
    if decay is not None:
        columns |= {f"decay_{axis}": decay[:, i] for i, axis in enumerate("xyz")}
    for name, values in columns.items():
        column = np.full(context.particles, 0.0 if name == "process" else np.nan)
        column[event] = values
        context.truth[name] = column
