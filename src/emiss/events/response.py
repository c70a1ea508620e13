"""Response of detectors, term by term, to what the transport left in them.

Sampling and its fluctuations come from the transport. The terms here are read from the layout, and
one that is not given is left out: scale, calibration spread, constant term, photo-statistics,
noise, threshold, efficiency, resolution in time and place.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..experiments.elements import Element
from ..experiments.elements.tracker import Tracker
from ..ground.arrays import FloatArray
from ..ground.quantity import Quantity
from .context import Context, generator_of
from .pulses import Pulses
from .stations import Deposits, Points

__all__ = ["Reading", "TrackerHits", "read_energy", "read_points"]


class Reading(NamedTuple):
    """What a detector with energy reads.

    Parameters
    ----------
    energy : array, shape (events, rows, columns)
        In the pulse of the event, GeV.
    time : array, shape (events,)
        In ns; NaN where nothing is read.
    deposited : array, shape (events,)
        Truth: energy in all its layers in that pulse, GeV.
    pulse_event : array of int
        Event of each other pulse.
    pulse_energy, pulse_time : array
        Energy in GeV of all cells, and time in ns, of each other pulse.
    """

    energy: FloatArray
    time: FloatArray
    deposited: FloatArray
    pulse_event: NDArray[np.int64]
    pulse_energy: FloatArray
    pulse_time: FloatArray


class TrackerHits(NamedTuple):
    """Measured coordinates in cm of one plane, in the order of events."""

    event: NDArray[np.int64]
    place: FloatArray


def _value(element: Element, name: str, default: float = 0.0) -> float:
    given = getattr(element, name, None)
    return given.value if isinstance(given, Quantity) else default


def _calibration(element: Element, shape: tuple[int, ...], seed: int) -> FloatArray:
    """Factors of the cells: the same in all chunks of a campaign."""
    spread = _value(element, "calibration_spread")
    normal = generator_of(seed, "calibration", element.name).standard_normal(shape)
    return np.maximum(1.0 + spread * normal, 0.0)


def _cells(
    energy: FloatArray, element: Element, scale: float, context: Context
) -> tuple[FloatArray, FloatArray]:
    """Readings of cells, and the sum that is left of each pulse before noise."""
    random = context.generator("response")
    read = energy * scale * _calibration(element, energy.shape[1:], context.seed)
    constant = _value(element, "constant")
    if constant > 0.0:
        read = read * np.maximum(1.0 + constant * random.standard_normal(read.shape), 0.0)
    photoelectrons = _value(element, "light_yield")
    if photoelectrons > 0.0:
        read = random.poisson(read * photoelectrons) / photoelectrons
    efficiency = _value(element, "efficiency", 1.0)
    if element.may_miss and efficiency < 1.0:
        read = np.where(random.random(read.shape) < efficiency, read, 0.0)
    signal = read.sum(axis=(1, 2))
    noise = _value(element, "noise")
    if noise > 0.0:
        read = read + noise * random.standard_normal(read.shape)
    least = _value(element, element.least_reading) if element.least_reading else 0.0
    return np.where(read >= least, read, 0.0) if least > 0.0 else read, signal


def read_energy(
    hits: Deposits, element: Element, scale: float, pulses: Pulses, context: Context
) -> Reading:
    """Read a detector that measures energy.

    Parameters
    ----------
    hits : Deposits
        What beam particles left in it.
    element : Element
        It.
    scale : float
        Recorded over visible energy.
    pulses : Pulses
        Which beam particles are one pulse.
    context : Context
        The chunk, at a place named after the element.

    Returns
    -------
    Reading
        Of the pulses of the events, and of all others with a signal.
    """
    cells, signal = _cells(pulses.add(hits.energy), element, scale, context)
    left = hits.energy.sum(axis=(1, 2))
    seen = np.isfinite(hits.time) & (left > 0.0)
    moment = np.where(seen, left * (np.where(seen, hits.time, 0.0) + pulses.offset), 0.0)
    total = pulses.add(np.where(seen, left, 0.0))
    time = np.where(total > 0.0, pulses.add(moment) / np.maximum(total, 1e-300), np.nan)
    resolution = _value(element, "time_resolution")
    time = time + resolution * context.generator("time").standard_normal(time.shape)
    time = np.where(signal > 0.0, time, np.nan)
    others = pulses.others
    others = others[signal[others] > 0.0]
    main = pulses.main
    return Reading(
        cells[main], time[main], pulses.add(hits.deposited)[main], pulses.first[others],
        cells[others].sum(axis=(1, 2)), time[others],
    )  # fmt: skip


def read_points(
    hits: Points, element: Element, pulses: Pulses, context: Context
) -> tuple[TrackerHits, TrackerHits]:
    """Read a tracker: hits in x and in y, in the whole window of the event.

    Parameters
    ----------
    hits : Points
        Where charged particles cross.
    element : Element
        The tracker; its resolution holds for each coordinate, as does its efficiency.
    pulses : Pulses
        Events of beam particles.
    context : Context
        The chunk, at a place named after the element.

    Returns
    -------
    tuple of TrackerHits
        In x and in y.
    """
    assert isinstance(element, Tracker)
    random = context.generator("tracker")
    resolution, efficiency = _value(element, "resolution"), _value(element, "efficiency", 1.0)
    event = pulses.owner[hits.event]
    order = np.argsort(event, kind="stable")
    found = []
    for place in (hits.x, hits.y):
        measured = place + resolution * random.standard_normal(place.shape)
        kept = order[random.random(place.size)[order] < efficiency]
        found.append(TrackerHits(event[kept], measured[kept]))
    return found[0], found[1]
