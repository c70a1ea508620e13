"""Signal events of an experiment, for the user's own simulation of the detector."""

from __future__ import annotations

from typing import Final

import numpy as np

from ...events.record.signal_sample import SignalSample
from ...events.samples.signal import signal_inputs
from ...events.signal import Source, sample_bosons
from ...events.signal.source import emitters
from ...events.transport import Beam
from ...experiments.layout import Layout
from ...experiments.modes import modes
from ...ground.constants import LEPTON_MASS
from ...ground.errors import ArgumentError
from ...ground.provenance import version
from ...physics.models import get as get_model
from .target import beam_rows, stack_of

__all__ = ["generate_signal"]

_CHUNK: Final = 20_000
_PDG: Final = np.array([11, -11, 22, 13, -13])
_MASSES: Final = np.array([LEPTON_MASS[n] if n else 0.0 for n in ("e", "e", "", "mu", "mu")])
_BEAMS: Final = {"e-": 11, "e+": -11, "gamma": 22, "mu-": 13, "mu+": -13}
_SPIN_1: Final = ("vector", "axial")


def generate_signal(
    layout: Layout, experiment: str, model: str, mass: float, count: int, seed: int
) -> SignalSample:
    """Make bosons in the target of an experiment.

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

    Returns
    -------
    SignalSample
        Events with a boson above the least energy that the search looks at. The boson has PDG
        number 55 (spin 1) or 54 (spin 0), mediators to dark matter.

    Raises
    ------
    EmissError
        If there is no such boson or number of events.
    """
    if not 1 <= count <= 10_000_000:
        raise ArgumentError(f"events {count}: give a number from 1 to 10 000 000.")
    asked = signal_inputs(layout, model, mass)["signal"]
    setup, chosen = modes()[layout.mode].setup(layout), get_model(model)
    source = Source(
        chosen, mass, asked["least"], max(asked["highest"], 1.001 * asked["least"]),
        producing=tuple(asked["producing"]),
    )  # fmt: skip
    used = emitters(tuple(asked["processes"]))
    beam, parts = Beam(setup.particle, setup.beam_energy), []
    for chunk, first in enumerate(range(0, count, _CHUNK)):
        size = min(_CHUNK, count - first)
        rows = beam_rows(setup, size, (seed, (chunk << 8) + 2))
        parts.append(
            sample_bosons(
                stack_of(setup), beam, size, source, used, seed=seed, chunk=chunk, particles=rows
            )
        )
    kind = np.concatenate([p.kind for p in parts])
    energy = np.concatenate([p.incoming for p in parts])
    momentum = np.sqrt(np.maximum(energy**2 - _MASSES[kind] ** 2, 0.0))
    direction = np.concatenate([p.direction for p in parts])
    header = {
        "version": version(), "experiment": experiment, "model": model, "mass": mass, "seed": seed,
        "beam_particles": count, "beam_pdg": _BEAMS[setup.particle],
        "beam_energy": setup.beam_energy, "least_boson_energy": source.least,
        "boson_pdg": 55 if chosen.boson in _SPIN_1 else 54, "processes": list(used),
    }  # fmt: skip
    return SignalSample(
        np.concatenate([p.weight for p in parts]) / count,
        np.concatenate([p.process for p in parts]),
        _PDG[kind],
        np.column_stack([energy, momentum[:, None] * direction]),
        np.concatenate([p.boson for p in parts]),
        np.concatenate([p.recoil for p in parts]),
        np.concatenate([p.photon for p in parts]),
        np.concatenate([p.place for p in parts]),
        header,
    )
