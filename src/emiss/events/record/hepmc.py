"""Signal events as HepMC3 text files (arXiv:1912.08005)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ...ground.errors import EmissError
from .signal_sample import NOTE, SignalSample

__all__ = ["read_hepmc", "write_hepmc"]

_PROCESS = "signal_process_id"


def _hepmc() -> Any:
    try:
        import pyhepmc
    except ImportError:
        raise EmissError("HepMC files need pyhepmc: pip install 'emiss[gen]'.") from None
    return pyhepmc


def write_hepmc(sample: SignalSample, file: Path) -> None:
    """Write events in GeV and mm; the time of a vertex is its depth over the speed of light."""
    hep = _hepmc()
    run = hep.GenRunInfo()
    about = json.dumps({**sample.header, "note": NOTE})
    run.tools = [hep.GenRunInfo.ToolInfo("emiss", str(sample.header["version"]), about)]
    run.weight_names = ["coupling_1"]
    with hep.open(str(file), "w", precision=16, format="HepMC3") as out:
        for row in range(len(sample)):
            event = hep.GenEvent(hep.Units.GEV, hep.Units.MM)
            event.run_info = run
            event.event_number = row
            x, y, z = (10.0 * float(v) for v in sample.place[row])
            vertex = hep.GenVertex(hep.FourVector(x, y, z, z))
            vertex.add_particle_in(
                _particle(hep, int(sample.emitter_pdg[row]), 4, sample.incoming[row])
            )
            for pdg, vector in sample.products(row):
                vertex.add_particle_out(_particle(hep, pdg, 1, vector))
            event.add_vertex(vertex)
            event.weights = [float(sample.weight[row])]
            event.attributes = {_PROCESS: int(sample.process[row]) + 1}
            out.write(event)


def _particle(hep: Any, pdg: int, status: int, vector: Any) -> Any:
    e, x, y, z = (float(v) for v in vector)
    return hep.GenParticle(hep.FourVector(x, y, z, e), pdg, status)


def read_hepmc(path: Path) -> SignalSample:
    """Read events that `write_hepmc` wrote."""
    rows: list[list[float]] = []
    header: dict[str, Any] = {}
    with _hepmc().open(str(path), format="HepMC3") as file:
        for event in file:
            header = header or json.loads(event.run_info.tools[0].description)
            vertex = event.vertices[0]
            at = vertex.position
            particles = [
                (int(p.pid), [p.momentum.e, p.momentum.px, p.momentum.py, p.momentum.pz])
                for p in (*vertex.particles_in, *vertex.particles_out)
            ]
            process = int(str(event.attributes[_PROCESS].astype(int))) - 1
            rows.append(
                SignalSample.row(
                    event.weights[0],
                    process,
                    particles,
                    [0.1 * at.x, 0.1 * at.y, 0.1 * at.z],
                    header["boson_pdg"],
                )
            )
    header.pop("note")
    return SignalSample.of_rows(rows, header)
