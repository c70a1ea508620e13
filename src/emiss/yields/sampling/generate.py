"""Signal events of an experiment, for the user's own simulation of the detector."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from ...events.kinds import KINDS, PDG
from ...events.record.signal_decays import decays_of
from ...events.record.signal_sample import SampleDecays, SignalSample
from ...events.samples.signal import signal_inputs
from ...events.signal import Bosons, sample_bosons
from ...events.signal.asked import read_asked
from ...events.signal.decays.excited import dark_masses
from ...events.signal.flight import fly
from ...events.transport import Beam
from ...experiments.layout import Layout
from ...experiments.modes import modes
from ...ground.arrays import FloatArray
from ...ground.constants import LEPTON_MASS
from ...ground.errors import ArgumentError
from ...ground.provenance import version
from ...physics.models.bosons import SPIN_ONE
from ..target import beam_rows, stack_of
from .generate_mesons import generate_mesons

__all__ = ["generate_signal"]

_CHUNK: Final = 20_000
_MASSES: Final = np.array([LEPTON_MASS[n] if n else 0.0 for n in ("e", "e", "", "mu", "mu")])


def generate_signal(
    layout: Layout,
    experiment: str,
    model: str,
    mass: float,
    count: int,
    seed: int,
    coupling: float | None = None,
    *,
    settings: Mapping[str, float | str] | None = None,
    volume: tuple[float, float] | str | None = None,
) -> SignalSample:
    """Make bosons in the target of an experiment, and let them decay.

    Parameters
    ----------
    layout : Layout
        The apparatus.
    experiment : str
        Its name, for the header.
    model : str
        Name of the model.
    mass : float
        Mass of the boson in GeV.
    count : int
        Beam particles; each makes one event at most.
    seed : int
        Seed.
    coupling, settings, volume
        See `signal_inputs`.

    Returns
    -------
    SignalSample
        Events with a boson above the least energy that the search looks at. The boson has PDG
        number 55 (spin 1) or 54 (spin 0), mediators to dark matter. It is stable without a
        coupling, where it decays to stable dark matter, and behind the last element. Of hadron
        beams the mesons of charge exchange, see `generate_mesons`.

    Raises
    ------
    EmissError
        If there is no such boson or number of events.
    """
    if not 1 <= count <= 10_000_000:
        raise ArgumentError(f"events {count}: give a number from 1 to 10 000 000.")
    asked = signal_inputs(layout, model, mass, coupling, settings=settings, volume=volume)["signal"]
    setup = modes()[layout.mode].setup(layout)
    header = {
        "version": version(), "experiment": experiment, "model": asked["model"],
        "settings": dict(asked.get("settings", settings or {})), "mass": mass, "coupling": coupling,
        "decay_volume": asked.get("volume"), "decays": False, "dark_masses": [],
        "seed": seed, "beam_particles": count,
        "beam_pdg": int(PDG[KINDS.index(setup.particle)]), "beam_energy": setup.beam_energy,
        "least_boson_energy": 0.0, "processes": list(asked["processes"]),
    }  # fmt: skip
    if "mesons" in asked:
        return generate_mesons(layout, setup, asked, header, count)
    source, used, unit, flight = read_asked(asked)
    chosen = source.model
    header |= {
        "decays": flight is not None,
        "dark_masses": list(dark_masses(chosen, mass)) if flight and flight.excited else [],
        "least_boson_energy": source.least, "boson_pdg": 55 if chosen.boson in SPIN_ONE else 54,
    }  # fmt: skip
    beam, parts = Beam(setup.particle, setup.beam_energy), []
    for chunk, first in enumerate(range(0, count, _CHUNK)):
        size = min(_CHUNK, count - first)
        rows = beam_rows(setup, size, (seed, (chunk << 8) + 2))
        made = sample_bosons(
            stack_of(setup), beam, size, source, used, seed=seed, chunk=chunk, particles=rows
        )
        weight, decays = made.weight * unit[made.process] / count, None
        if flight is not None:
            key = np.array([seed, (chunk << 8) + 3], dtype=np.uint64)
            flown = fly(
                flight, made.boson, made.place, np.random.Generator(np.random.Philox(key=key))
            )
            weight, decays = weight * flown.factor, decays_of(flown, flown.before(layout.known_end))
        parts.append(_part(made, weight, decays, header))
    return SignalSample.join(parts)


def _part(
    made: Bosons, weight: FloatArray, decays: SampleDecays | None, header: Mapping[str, Any]
) -> SignalSample:
    """Events of a chunk, those without weight left out."""
    momentum = np.sqrt(np.maximum(made.incoming**2 - _MASSES[made.kind] ** 2, 0.0))
    incoming = np.column_stack([made.incoming, momentum[:, None] * made.direction])
    whole = SignalSample(
        weight, made.process, PDG[made.kind].astype(np.int64), incoming, made.boson, made.recoil,
        made.photon, made.place, header, decays,
    )  # fmt: skip
    return whole.take(np.nonzero(weight > 0.0)[0])
