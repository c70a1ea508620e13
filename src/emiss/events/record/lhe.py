"""Signal events as Les Houches event files, version 3.0 (hep-ph/0609017)."""

from __future__ import annotations

import gzip
import json
import math
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from ...ground.extras import Extra
from ..kinds import ALL
from .signal_sample import (
    DARK_PDG,
    EXCITED_PDG,
    Particle,
    SignalEvent,
    SignalSample,
)

__all__ = ["read_lhe", "write_lhe"]

_MASS: Final = {kind.pdg: kind.mass for kind in ALL if kind.pdg > 0}
_BOSON: Final = 1
"""Number of the boson in an event."""
_ROUNDING: Final = 1e-13
"""What is left of a mass in four numbers of double precision, over the energy, squared."""
_PLACE: Final = "# vertex_cm"
_DECAY: Final = "# decay_cm"


def write_lhe(sample: SignalSample, file: Path, *, packed: bool) -> None:
    """Write events, with the vertices of production and decay in comment lines of each."""
    with file.open("wb") as raw:
        # without a time or a name in it: the same events give the same bytes
        out: Any = gzip.GzipFile("", "wb", fileobj=raw, mtime=0) if packed else raw
        for text in _texts(sample):
            out.write(text.encode())
        if packed:
            out.close()


def _texts(sample: SignalSample) -> Iterator[str]:
    head = sample.header
    about = json.dumps(sample.about).replace("&", "&amp;").replace("<", "&lt;")
    yield f'<LesHouchesEvents version="3.0">\n<header>\n<emiss>{about}</emiss>\n'
    yield f"<note>{sample.note}</note>\n</header>\n<init>\n"
    names = head["processes"]
    yield f"{head['beam_pdg']} 0 {head['beam_energy']:.9e} 0 0 0 0 0 3 {len(names)}\n"
    for i in range(len(names)):
        own = sample.weight[sample.process == i]
        error = float(np.sqrt(np.square(own).sum()))
        largest = float(own.max(initial=0.0))
        yield f"{float(own.sum()):.9e} {error:.9e} {largest:.9e} {i + 1}\n"
    yield f'<generator name="emiss" version="{head["version"]}"></generator>\n</init>\n'
    masses = dict(_MASS)
    if isinstance(head["boson_pdg"], int):  # mesons have the mass of their four-vector
        masses[head["boson_pdg"]] = head["mass"]
    masses |= dict(zip((DARK_PDG, EXCITED_PDG), head["dark_masses"], strict=False))
    for row in range(len(sample)):
        yield _event(sample.event(row), masses, head["mass"])
    yield "</LesHouchesEvents>\n"


def _event(event: SignalEvent, masses: dict[int, float], scale: float) -> str:
    particles = event.particles
    lines = [
        "<event>",
        f"{len(particles)} {event.process + 1} {event.weight:.16e} {scale:.9e} -1 -1",
        *(_line(event, number, masses) for number in range(len(particles))),
        _vertex(_PLACE, event.place),
    ]
    if event.decay is not None:
        lines.append(_vertex(_DECAY, event.decay))
    return "\n".join([*lines, "</event>\n"])


def _vertex(name: str, place: Sequence[float]) -> str:
    return " ".join([name, *(f"{x:.16e}" for x in place)])


def _line(event: SignalEvent, number: int, masses: dict[int, float]) -> str:
    pdg, (e, x, y, z), mother = event.particles[number]
    decayed = number > 0 and event.has_decayed(number)
    status = -1 if number == 0 else 2 if decayed else 1
    mass = _mass(event.particles[number], masses.get(abs(pdg)), resonant=number == _BOSON)
    lifetime = 0.0
    if decayed and event.decay is not None and not event.becomes_dark(number):
        # invariant lifetime times c in mm, of this one
        path = math.dist(event.place, event.decay)
        lifetime = 10.0 * path * mass / math.hypot(x, y, z)
    first = mother + 1
    momentum = f"{x:.16e} {y:.16e} {z:.16e} {e:.16e} {mass:.9e}"
    return f"{pdg} {status} {first} {first} 0 0 {momentum} {lifetime:.9e} 9"


def _mass(particle: Particle, listed: float | None, *, resonant: bool) -> float:
    """Mass of a particle, listed or that of its four-vector, which a resonance makes another one.

    Where the two are the same within rounding, the one that is listed is the more exact.
    """
    e, *momentum = particle.vector
    size = math.hypot(*momentum)
    square = (e - size) * (e + size)
    if listed is None or (resonant and abs(square - listed**2) > _ROUNDING * e**2):
        return math.sqrt(max(square, 0.0))
    return listed


def read_lhe(path: Path) -> SignalSample:
    """Read events that `write_lhe` wrote."""
    pylhe = Extra("pylhe", "gen", "LHE files are read with").load()
    with warnings.catch_warnings():
        # It stops at broken text with a warning, and what came before would pass for the whole.
        warnings.simplefilter("error", RuntimeWarning)
        return _sample(pylhe.LHEFile.fromfile(path))


def _sample(found: Any) -> SignalSample:
    elements = found.header.extra_elements if found.header is not None else []
    texts = [e.text for e in elements if e.tag == "emiss"]
    header = json.loads(texts[0] or "")
    return SignalSample.of_events([_read(event) for event in found.events], header)


def _read(event: Any) -> SignalEvent:
    places = {
        name: [float(x) for x in line.split()[2:]]
        for line in event.optional
        for name in (_PLACE, _DECAY)
        if line.startswith(name)
    }
    particles = [
        Particle(int(p.id), [p.e, p.px, p.py, p.pz], int(p.mother1) - 1) for p in event.particles
    ]
    info = event.eventinfo
    return SignalEvent(
        float(info.weight), int(info.pid) - 1, particles, places[_PLACE], places.get(_DECAY)
    )
