"""What hadrons leave in elements that particles come to later: kept by element until then."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..experiments.elements import Element
from ..ground.arrays import FloatArray
from ..ground.constants import SPEED_OF_LIGHT_CM_PER_NS
from .bank import Bank
from .context import Context
from .hadrons import Spots
from .matter import face
from .orbit import frame_of
from .sampling import sampled, sampling_of

__all__ = ["Pending", "add_pending", "book_absorbers", "leave", "time_at_zero"]


class Pending(NamedTuple):
    """What hadrons left in an element that particles have not reached yet.

    Parameters
    ----------
    energy : array, shape (particles, rows, columns)
        Energy in GeV in active layers.
    deposited : array, shape (particles,)
        Energy in GeV in all layers.
    moment : array, shape (particles,)
        Sum over deposits of energy times time, GeV ns.
    """

    energy: FloatArray
    deposited: FloatArray
    moment: FloatArray


def leave(
    spots: Spots, elements: tuple[Element, ...], skip: int, time: FloatArray, context: Context
) -> None:
    """Leave spots of energy in the elements they are in.

    Parameters
    ----------
    spots : Spots
        Energy at points.
    elements : tuple of Element
        One per box.
    skip : int
        Number of boxes before these.
    time : array, shape (particles,)
        Time in ns at which each beam particle would pass z = 0.
    context : Context
        The chunk.
    """
    random = context.generator("sampling")
    for number, element in enumerate(elements):
        rows = spots.box == number + skip
        if not rows.any():
            continue
        frame = frame_of(context.layout, element)
        event, place = spots.event[rows], spots.place[rows]
        pending = _pending(element, context)
        width, height = face(element)
        shape = pending.energy.shape[1:]
        column = _cell(place[:, 0] - frame.x, width, shape[1])
        row = _cell(place[:, 1] - frame.y, height, shape[0])
        raw = sampled(spots.visible[rows], sampling_of(element), random)
        np.add.at(pending.energy, (event, row, column), raw)
        np.add.at(pending.deposited, event, spots.deposit[rows])
        # As of other showers: the time at the front face.
        late = time[event] + element.start / SPEED_OF_LIGHT_CM_PER_NS
        np.add.at(pending.moment, event, spots.deposit[rows] * late)


def book_absorbers(
    spots: Spots, elements: tuple[Element, ...], skip: int, context: Context
) -> None:
    """Book what is left in elements that measure nothing as left in matter; as `leave`."""
    for number, element in enumerate(elements):
        if "energy" not in element.measures:
            rows = spots.box == number + skip
            context.book("matter", spots.event[rows], spots.deposit[rows])


def time_at_zero(rows: Bank, particles: int) -> FloatArray:
    """Time in ns at which the first row of each beam particle passes z = 0."""
    time = np.full(particles, np.inf)
    np.minimum.at(time, rows.event, rows.time - rows.z / SPEED_OF_LIGHT_CM_PER_NS)
    return np.where(np.isfinite(time), time, 0.0)


def _cell(place: FloatArray, half: float, count: int) -> NDArray[np.int64]:
    if not math.isfinite(half):
        return np.zeros(place.size, dtype=np.int64)
    number = np.floor((place + half) * (count / (2.0 * half)))
    return np.clip(number, 0, count - 1).astype(np.int64)


def _pending(element: Element, context: Context) -> Pending:
    known = context.pending.get(element.name)
    if known is None:
        _, rows, columns = element.parts
        n = context.particles
        known = Pending(np.zeros((n, rows, columns)), np.zeros(n), np.zeros(n))
        context.pending[element.name] = known
    return known


def add_pending(
    name: str, energy: FloatArray, deposited: FloatArray, time: FloatArray, context: Context
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Add what hadrons left in an element to what the transport left.

    Parameters
    ----------
    name : str
        The element.
    energy, deposited, time : array
        As in `stations.Deposits`.
    context : Context
        The chunk.

    Returns
    -------
    tuple of array
        The same with both.
    """
    more = context.pending.get(name)
    if more is None:
        return energy, deposited, time
    total = deposited + more.deposited
    moment = np.where(deposited > 0.0, deposited * np.where(deposited > 0.0, time, 0.0), 0.0)
    mean = (moment + more.moment) / np.where(total > 0.0, total, 1.0)
    return energy + more.energy, total, np.where(total > 0.0, mean, np.inf)
