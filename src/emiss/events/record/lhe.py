"""Signal events as Les Houches event files, version 3.0 (hep-ph/0609017)."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np

from ...ground.constants import ELECTRON_MASS, MUON_MASS
from ...ground.errors import EmissError
from .signal_sample import NOTE, SignalSample

__all__ = ["read_lhe", "write_lhe"]

_MASS: Final = {11: ELECTRON_MASS, 13: MUON_MASS, 22: 0.0}
_PLACE: Final = "# vertex_cm"


def write_lhe(sample: SignalSample, file: Path, *, packed: bool) -> None:
    """Write events, with the production vertex in a comment line of each."""
    with file.open("wb") as raw:
        # without a time or a name in it: the same events give the same bytes
        out: Any = gzip.GzipFile("", "wb", fileobj=raw, mtime=0) if packed else raw
        for text in _texts(sample):
            out.write(text.encode())
        if packed:
            out.close()


def _texts(sample: SignalSample) -> Iterator[str]:
    head = sample.header
    about = json.dumps(dict(head)).replace("&", "&amp;").replace("<", "&lt;")
    yield f'<LesHouchesEvents version="3.0">\n<header>\n<emiss>{about}</emiss>\n'
    yield f"<note>{NOTE}</note>\n</header>\n<init>\n"
    names = head["processes"]
    yield f"{head['beam_pdg']} 0 {head['beam_energy']:.9e} 0 0 0 0 0 3 {len(names)}\n"
    for i in range(len(names)):
        own = sample.weight[sample.process == i]
        error = float(np.sqrt(np.square(own).sum()))
        largest = float(own.max(initial=0.0))
        yield f"{float(own.sum()):.9e} {error:.9e} {largest:.9e} {i + 1}\n"
    yield f'<generator name="emiss" version="{head["version"]}"></generator>\n</init>\n'
    for row in range(len(sample)):
        yield _event(sample, row)
    yield "</LesHouchesEvents>\n"


def _event(sample: SignalSample, row: int) -> str:
    made = sample.products(row)
    scale = float(sample.header["mass"])
    lines = [
        "<event>",
        f"{len(made) + 1} {sample.process[row] + 1} {sample.weight[row]:.16e} {scale:.9e} -1 -1",
        _line(int(sample.emitter_pdg[row]), -1, sample.incoming[row], scale),
        *(_line(pdg, 1, vector, scale) for pdg, vector in made),
        " ".join([_PLACE, *(f"{x:.16e}" for x in sample.place[row])]),
        "</event>\n",
    ]
    return "\n".join(lines)


def _line(pdg: int, status: int, vector: Any, boson_mass: float) -> str:
    e, x, y, z = vector
    mother = 1 if status > 0 else 0
    momentum = f"{x:.16e} {y:.16e} {z:.16e} {e:.16e} {_MASS.get(abs(pdg), boson_mass):.9e}"
    return f"{pdg} {status} {mother} {mother} 0 0 {momentum} 0 9"


def read_lhe(path: Path) -> SignalSample:
    """Read events that `write_lhe` wrote."""
    try:
        import pylhe
    except ImportError:
        raise EmissError("LHE files are read with pylhe: pip install 'emiss[gen]'.") from None
    found = pylhe.LHEFile.fromfile(path)
    elements = found.header.extra_elements if found.header is not None else []
    texts = [e.text for e in elements if e.tag == "emiss"]
    header = json.loads(texts[0] or "")
    rows = []
    for event in found.events:
        place = next(line for line in event.optional if line.startswith(_PLACE))
        particles = [(int(p.id), [p.e, p.px, p.py, p.pz]) for p in event.particles]
        rows.append(
            SignalSample.row(
                event.eventinfo.weight,
                int(event.eventinfo.pid) - 1,
                particles,
                [float(x) for x in place.split()[2:]],
                header["boson_pdg"],
            )
        )
    return SignalSample.of_rows(rows, header)
