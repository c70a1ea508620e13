"""What a job says of its boson, as the objects that make it and let it decay."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from ...ground.arrays import FloatArray
from ...physics.models.plain import model_of
from .flight import Flight, flight_of, read_volume, strength
from .source import Emitter, Source, emitters

__all__ = ["Asked", "read_asked"]


class Asked(NamedTuple):
    """A boson as a job asks for it.

    Parameters
    ----------
    source : Source
        The boson and how it is made.
    emitters : mapping of str to Emitter
        Processes that make it, by name.
    strength : array, shape (emitters,)
        Bosons at the coupling asked for, 1 without one, over those of emitters, by process.
    flight : Flight or None
        What flies and decays; None where nothing that decays is asked for.
    """

    source: Source
    emitters: Mapping[str, Emitter]
    strength: FloatArray
    flight: Flight | None


def read_asked(asked: Mapping[str, Any]) -> Asked:
    """Read what `signal_inputs` wrote.

    Parameters
    ----------
    asked : mapping
        Plain values.

    Returns
    -------
    Asked
        Model, processes, strengths and flight.

    Raises
    ------
    EmissError
        As of `flight_of`.
    """
    model, mass = model_of(asked), float(asked["mass"])
    least, coupling = float(asked["least"]), asked.get("coupling")
    source = Source(
        model, mass, least, max(float(asked["highest"]), 1.001 * least),
        producing=tuple(asked["producing"]),
    )  # fmt: skip
    used = emitters(tuple(asked["processes"]))
    chosen = 1.0 if coupling is None else coupling
    unit = np.array([strength(model, mass, chosen, emitter) for emitter in used.values()])
    if coupling is None:
        return Asked(source, used, unit, None)
    volume, wanted = read_volume(asked["volume"]), tuple(asked["wanted"])
    return Asked(source, used, unit, flight_of(model, mass, coupling, volume, wanted))
