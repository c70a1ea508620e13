"""Transport against Geant4 in the same run, on the same core; whole events; first compilation.

    EMISS_SHARED=... EMISS_GEANT4_PYTHON=... pytest benchmarks/test_bench_transport.py -s

See `geant4_runs` for what Geant4 needs; without it the comparisons are skipped with the reason.
"""

import os
import resource
import subprocess
import sys
import time

import pytest
from geant4_runs import ROUNDS, compare, geant4_rate, one_core

from emiss import experiments, materials
from emiss.events.produce import make_job, produce
from emiss.events.record.files import write_events
from emiss.events.record.schema import columns_of
from emiss.events.transport import (
    Beam,
    Settings,
    Stack,
    Thresholds,
    response_ecal,
    simulate,
    tracks_montecarlo,
)


def once(benchmark, function, *arguments):
    """The comparison times itself: rounds of both programs in turn."""
    return benchmark.pedantic(function, args=arguments, rounds=1, warmup_rounds=0)


@pytest.mark.benchmark(group="transport: 100 GeV e- in lead, 0.5 GeV cut")
def test_lead_showers(benchmark):
    lead = materials.get("Pb")

    def own():
        found = tracks_montecarlo(lead, "e-", 100.0, 0.5, events=20_000, depth_x0=40)
        return found.events_per_second

    def theirs():
        return geant4_rate("ref_a.py", "--beam", "e-", "--n", "1500", "--score", "0")

    once(benchmark, compare, "lead showers", own, theirs, 25, 40)


@pytest.mark.benchmark(group="transport: 100 GeV e- in the ECAL with cells")
def test_ecal_events(benchmark):
    def own():
        return response_ecal("e-", 100.0, 2000, 1).events_per_second

    def theirs():
        return geant4_rate("ref_b.py", "--energy", "100", "--n", "6")

    once(benchmark, compare, "ECAL events", own, theirs, 1200, 3600)


@pytest.mark.benchmark(group="transport: 160 GeV mu- through the ECAL")
def test_muons(benchmark):
    stack = Stack.sandwich(materials.get("na64-ecal"))
    settings = Settings(Thresholds(5e-3, 5e-3, 0.05, 0.02), 200.0)
    events = 20_000

    def own():
        start = time.process_time()
        simulate(stack, Beam("mu-", 160.0), events, seed=1, settings=settings)
        return events / (time.process_time() - start)

    def theirs():
        return geant4_rate("ref_c.py", "--n", "6000")

    once(benchmark, compare, "muons, secondaries dropped by both", own, theirs, 25, 25)


@pytest.mark.benchmark(group="events: beam of na64e-2016 to disk")
def test_beam_events_to_disk(benchmark, tmp_path):
    layout = experiments.get("na64e-2016").runs[0].layout
    job = make_job(layout, "na64e-2016", "", seed=1)

    def own(chunk):
        start = time.process_time()
        table = produce(job, chunk, 2000)
        write_events(table, columns_of(layout), tmp_path / "events.parquet", "parquet")
        return 2000 / (time.process_time() - start)

    def rounds():
        with one_core():
            own(0)
            return [own(k) for k in range(1, ROUNDS + 1)]

    rates = once(benchmark, rounds)
    sys.stdout.write(
        f"\nbeam events to disk, per s of processor time: best {max(rates):.4g}, all "
        + ", ".join(f"{rate:.4g}" for rate in rates)
        + " (asked 500)\n"
    )


@pytest.mark.benchmark(group="transport: first compilation")
def test_first_compilation(benchmark, tmp_path):
    code = "from emiss.events.transport import response_ecal as r; print(r('e-', 20.0, 2).events)"
    environment = os.environ | {"NUMBA_CACHE_DIR": str(tmp_path)}

    def start():
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run(
            [sys.executable, "-c", code],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        return seconds, done.stderr

    def both():
        with one_core():
            return start(), start()

    (first, said), (later, silent) = once(benchmark, both)
    assert "compiling" in said
    assert "compiling" not in silent
    sys.stdout.write(
        f"\nfirst use: {first:.1f} s of processor time (asked 15), later starts {later:.1f} s; it "
        f"says: {said.strip()}\n"
    )
