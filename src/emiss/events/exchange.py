"""Charge exchange of the signal sample: in place of their collisions, beam hadrons make mesons."""

from __future__ import annotations

import numpy as np

from ..ground.arrays import FloatArray
from ..ground.constants import SPEED_OF_LIGHT_CM_PER_NS
from .bank import ORIGINS, Bank
from .bosons import KEY, remember
from .context import Context
from .hadronic import as_hadrons, boxes_of_layout
from .kinds import KINDS, MASSES, kind_number
from .pending import book_absorbers, leave, time_at_zero
from .signal.charge_exchange import Exchanged, Exchanges, exchange_charge
from .signal.kinematics import direction_of

__all__ = ["exchange", "is_exchange"]

_BOSON, _BEAM, _SIGNAL = KINDS.index("boson"), ORIGINS.index("beam"), ORIGINS.index("signal")
_SOFT = 1e-3
"""Kinetic energy in GeV below which the struck nucleon is left in its nucleus."""


def is_exchange(context: Context) -> bool:
    """Whether the sample of a chunk asks for mesons of charge exchange."""
    return "mesons" in context.extra.get(KEY, {})


def exchange(bank: Bank, context: Context) -> Bank:
    """Let the beam hadron of each event exchange its charge in the target.

    Parameters
    ----------
    bank : Bank
        Particles before the first calorimeter, in the frame of the layout.
    context : Context
        The chunk: events are weighted with the mesons that decay to nothing, per beam particle;
        they get 0 where the beam hadron does not come to the target.

    Returns
    -------
    Bank
        Mesons that leave no trace in place of the hadrons, struck nucleons, and all others.
    """
    layout = context.layout
    asked = Exchanges.of(context.extra[KEY], layout)
    chosen = (bank.kind == kind_number(asked.beam)) & (bank.origin == _BEAM)
    chosen &= bank.event < context.events  # none in pile-up
    rows = bank.take(chosen)
    boxes, elements = boxes_of_layout(layout)
    found = exchange_charge(asked, boxes, as_hadrons(rows), context.generator("exchange"))
    rows = rows.take(found.row)
    weight = np.zeros(context.events)
    weight[rows.event] = found.weight
    context.weigh(np.arange(context.events), weight)
    remember(
        rows.event, found.process, found.meson, found.place, context,
        decay=found.decay,
    )  # fmt: skip
    leave(found.spots, elements, 0, time_at_zero(rows, context.particles), context)
    book_absorbers(found.spots, elements, 0, context)
    mesons = _particles(rows, found, found.meson, _BOSON)
    struck = KINDS.index(asked.recoil)
    nucleons = _particles(rows, found, found.nucleon, struck)
    nucleons = nucleons.take(nucleons.energy - MASSES[struck] > _SOFT)
    # the mass of the struck nucleon comes from the target, what is too soft to follow goes there
    context.book("nuclear", rows.event, rows.available - found.lost)
    for part in (mesons, nucleons):
        context.book("nuclear", part.event, -part.available)
    untouched = np.ones(len(bank), dtype=np.bool_)
    untouched[np.nonzero(chosen)[0][found.row]] = False
    return Bank.join([bank.take(untouched), mesons, nucleons])


def _particles(start: Bank, found: Exchanged, vectors: FloatArray, kind: int) -> Bank:
    """Particles of four-vectors where charge was exchanged."""
    _, direction = direction_of(vectors)
    advance = found.place[:, 2] - start.z
    return Bank.make(
        start.event, kind, vectors[:, 0], tuple(found.place.T), tuple(direction.T),
        time=start.time + advance / SPEED_OF_LIGHT_CM_PER_NS, weight=start.weight, origin=_SIGNAL,
    )  # fmt: skip
