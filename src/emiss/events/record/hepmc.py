"""Signal events as HepMC3 text files (arXiv:1912.08005)."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any, Final

from ...ground.extras import Extra
from .hepmc_lines import check_lines
from .signal_sample import EXCITED_PDG, Particle, SignalEvent, SignalSample

__all__ = ["HEPMC", "read_hepmc", "write_hepmc"]

_PROCESS = "signal_process_id"


HEPMC: Final = Extra("pyhepmc", "gen", "HepMC files need")


def write_hepmc(sample: SignalSample, file: Path) -> None:
    """Write events in GeV and mm; times are those of what flies from the front of the target on."""
    hep = HEPMC.load()
    run = hep.GenRunInfo()
    about = json.dumps({**sample.about, "note": sample.note})
    run.tools = [hep.GenRunInfo.ToolInfo("emiss", str(sample.header["version"]), about)]
    coupling = sample.header["coupling"]
    run.weight_names = ["coupling_1" if coupling is None else f"coupling_{coupling:g}"]
    with hep.open(str(file), "w", precision=16, format="HepMC3") as out:
        for row in range(len(sample)):
            found = sample.event(row)
            event = _event(hep, found)
            event.run_info = run
            event.event_number = row
            event.weights = [found.weight]
            event.attributes = {_PROCESS: found.process + 1}
            out.write(event)


def _event(hep: Any, found: SignalEvent) -> Any:
    event = hep.GenEvent(hep.Units.GEV, hep.Units.MM)
    made = [_particle(hep, found, number) for number in range(len(found.particles))]
    for number, mother in enumerate(made):
        if not found.has_decayed(number):
            continue
        vertex = hep.GenVertex(hep.FourVector(*_position(found, number)))
        vertex.add_particle_in(mother)
        for particle, own in zip(found.particles, made, strict=True):
            if particle.mother == number:
                vertex.add_particle_out(own)
        event.add_vertex(vertex)
    return event


def _position(event: SignalEvent, number: int) -> list[float]:
    """Where a particle ends, in mm, and when: what emits flies from the front to its vertex."""
    start = [10.0 * x for x in event.place]
    if number == 0 or event.decay is None or event.becomes_dark(number):
        return [*start, start[2]]
    end = [10.0 * x for x in event.decay]
    e, *momentum = event.particles[number].vector
    return [*end, start[2] + math.dist(start, end) * e / math.hypot(*momentum)]


def _particle(hep: Any, event: SignalEvent, number: int) -> Any:
    pdg, (e, x, y, z), _ = event.particles[number]
    status = 4 if number == 0 else 2 if event.has_decayed(number) else 1
    return hep.GenParticle(hep.FourVector(x, y, z, e), pdg, status)


def read_hepmc(path: Path) -> SignalSample:
    """Read events that `write_hepmc` wrote."""
    check_lines(path)
    events: list[SignalEvent] = []
    header: dict[str, Any] = {}
    with HEPMC.load().open(str(path), format="HepMC3") as file:
        for event in file:
            header = header or json.loads(event.run_info.tools[0].description)
            events.append(_read(event))
    header.pop("note")
    return SignalSample.of_events(events, header)


def _read(event: Any) -> SignalEvent:
    mothers = [-1 if not p.parents else p.parents[0].id - 1 for p in event.particles]
    particles = [
        Particle(int(p.pid), [p.momentum.e, p.momentum.px, p.momentum.py, p.momentum.pz], mother)
        for p, mother in zip(event.particles, mothers, strict=True)
    ]
    places = [[0.1 * v.position.x, 0.1 * v.position.y, 0.1 * v.position.z] for v in event.vertices]
    last = event.vertices[-1].particles_out[0].pid
    process = int(str(event.attributes[_PROCESS].astype(int))) - 1
    decay = places[-1] if len(places) > 1 and last != EXCITED_PDG else None
    return SignalEvent(float(event.weights[0]), process, particles, places[0], decay)
