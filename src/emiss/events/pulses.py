"""Pile-up: beam particles near an event in time, and which of them make one pulse."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..ground.arrays import FloatArray
from .context import Options

__all__ = ["Pulses", "sample_pile_up"]

Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Pulses:
    """Beam particles of a chunk: one per event, and those of pile-up behind.

    Parameters
    ----------
    events : int
        Number of events.
    owner : array of int, shape (particles,)
        Event in whose window each is recorded.
    offset : array, shape (particles,)
        Time in ns after the event's own particle, for which it is 0.
    pulse : array of int, shape (particles,)
        Number of the pulse that each is part of.
    first : array of int, shape (pulses,)
        Event of each pulse, in ascending order.
    time : array, shape (pulses,)
        Time in ns of its first particle.
    main : array of int, shape (events,)
        The pulse of each event that holds its own particle.
    """

    events: int
    owner: Integers
    offset: FloatArray
    pulse: Integers
    first: Integers
    time: FloatArray
    main: Integers

    @classmethod
    def group(cls, events: int, owner: Integers, offset: FloatArray, apart: float) -> Pulses:
        """Group beam particles into pulses.

        Parameters
        ----------
        events : int
            Number of events.
        owner, offset : array
            See the class; the first ``events`` of them are the events' own.
        apart : float
            Time in ns: a particle that follows another by less adds to its pulse.

        Returns
        -------
        Pulses
            The pulses.
        """
        order = np.lexsort((offset, owner))
        who, when = owner[order], offset[order]
        new = np.ones(order.size, dtype=bool)
        new[1:] = (who[1:] != who[:-1]) | (when[1:] - when[:-1] >= apart)
        number = np.cumsum(new) - 1
        pulse = np.empty(order.size, dtype=np.int64)
        pulse[order] = number
        return cls(events, owner, offset, pulse, who[new], when[new], pulse[:events])

    @property
    def others(self) -> Integers:
        """Pulses that do not hold an event's own particle."""
        own = np.zeros(self.first.size, dtype=bool)
        own[self.main] = True
        return np.flatnonzero(~own)

    def add(self, values: FloatArray) -> FloatArray:
        """Sum values of beam particles by pulse."""
        total = np.zeros((self.first.size, *values.shape[1:]))
        np.add.at(total, self.pulse, values)
        return total


def sample_pile_up(
    events: int, options: Options, generator: np.random.Generator
) -> tuple[Integers, FloatArray]:
    """Other beam particles in the windows of events.

    Parameters
    ----------
    events : int
        Number of events.
    options : Options
        Intensity and window.
    generator : Generator
        Random numbers.

    Returns
    -------
    owner : array of int
        Event of each; those of a beam without structure in time, Poisson-distributed.
    offset : array
        Time in ns, evenly spread over the window.
    """
    count = generator.poisson(options.pile_up_mean, events)
    owner = np.repeat(np.arange(events), count)
    return owner, options.window * (2.0 * generator.random(owner.size) - 1.0)
