"""Transport against Geant4 in the same run on the same core; needs a Python with geant4-pybind.

    EMISS_GEANT4_PYTHON=... EMISS_GEANT4_WORK=... EMISS_GEANT4_PROGRAMS=... pytest benchmarks -s

The programs are the three reference runs (ref_a, ref_b, ref_c); the scratch folder holds the
bremsstrahlung data that they made when first run.
"""

import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from emiss import materials
from emiss.events.transport import (
    Beam,
    Settings,
    Stack,
    Thresholds,
    response_ecal,
    simulate,
    tracks_montecarlo,
)


def geant4_rate(program, *arguments):
    """Primaries per second of processor time, as the program prints them."""
    python, work, programs = (
        os.environ.get(f"EMISS_GEANT4_{name}") for name in ("PYTHON", "WORK", "PROGRAMS")
    )
    if not (python and work and programs):
        pytest.skip("EMISS_GEANT4_PYTHON, _WORK and _PROGRAMS are not set")
    command = [python, str(Path(programs) / program), "--work", work, *arguments]
    text = subprocess.run(command, capture_output=True, text=True, check=True, cwd=work).stdout
    found = re.search(r'(?:rate=|events_per_s_one_core": )([\d.]+)', text)
    return float(found.group(1))


def report(name, own, theirs, wanted):
    sys.stdout.write(
        f"\n{name}: emiss {own:.0f}/s, Geant4 {theirs:.2f}/s, ratio {own / theirs:.1f} "
        f"(wanted {wanted})\n"
    )


@pytest.mark.benchmark(group="transport: 100 GeV e- in lead, 0.5 GeV cut")
def test_lead_showers(benchmark):
    lead = materials.get("Pb")

    def run():
        return tracks_montecarlo(lead, "e-", 100.0, 0.5, events=20_000, depth_x0=40)

    own = benchmark.pedantic(run, rounds=2, warmup_rounds=1).events_per_second
    theirs = geant4_rate("ref_a.py", "--beam", "e-", "--n", "1500", "--score", "0")
    report("lead showers", own, theirs, 25)


@pytest.mark.benchmark(group="transport: 100 GeV e- in the ECAL with cells")
def test_ecal_events(benchmark):
    result = benchmark.pedantic(
        response_ecal, args=("e-", 100.0, 2000, 1), rounds=2, warmup_rounds=1
    )
    theirs = geant4_rate("ref_b.py", "--energy", "100", "--n", "12")
    report("ECAL events", result.events_per_second, theirs, 1200)


@pytest.mark.benchmark(group="transport: 160 GeV mu- through the ECAL")
def test_muons(benchmark):
    stack = Stack.sandwich(materials.get("na64-ecal"))
    settings = Settings(Thresholds(5e-3, 5e-3, 0.05, 0.02), 200.0)
    events = 20_000

    def run():
        start = time.process_time()
        simulate(stack, Beam("mu-", 160.0), events, seed=1, settings=settings)
        return events / (time.process_time() - start)

    own = benchmark.pedantic(run, rounds=2, warmup_rounds=1)
    theirs = geant4_rate("ref_c.py", "--n", "6000")
    report("muons, secondaries dropped by both", own, theirs, 25)
