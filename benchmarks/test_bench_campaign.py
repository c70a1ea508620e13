"""`emiss simulate` with one and with two workers: the ratio of their speeds, in turn.

    pytest benchmarks/test_bench_campaign.py -s

1.8 is aimed at on two idle cores. Nothing is asserted of times, since what else runs decides them:
the load is printed, and what processor time says of it, that two workers need more of. What a
campaign of one chunk takes is not shared (modules, kernels, process tables, scales of the
calorimeters, and what the first muons and hadrons need in each worker); it decides the ratio of
small campaigns, and the rest that of large ones.
"""

import os
import resource
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

import pytest

_COMMAND = "from emiss.presentation.cli import main; main()"
_EVENTS, _CHUNK, _ROUNDS = 10_000, 500, 3
_LARGE = 100_000
"""Events of a campaign for which the ratio is worked out."""


def _processor_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _seconds(place: Path, workers: int, events: int = _EVENTS) -> tuple[float, float]:
    """Wall and processor time of the whole command, its start and the files included."""
    asked = ["simulate", "na64e-2016", "--events", str(events), "--chunk-events", str(_CHUNK)]
    command = [sys.executable, "-c", _COMMAND, *asked, "--workers", str(workers), "-o", str(place)]
    start, before = time.perf_counter(), _processor_seconds()
    subprocess.run(command, check=True, capture_output=True)
    found = time.perf_counter() - start, _processor_seconds() - before
    shutil.rmtree(place)
    return found


def _amdahl(first: float, whole: float, events: int) -> float:
    """Speed of two workers over one, from processor times of one chunk and of all events."""
    each = (whole - first) / (_EVENTS - _CHUNK)
    alone, shared = first - _CHUNK * each, events * each
    return (alone + shared) / (alone + 0.5 * shared)


def _ratios(place: Path) -> tuple[float, float, float]:
    """Medians over rounds: of the speeds, of what processor time would allow, and if large."""
    _seconds(place / "warm", 1)  # kernels and tables are made, or read, once
    speeds, bounds, large = [], [], []
    for number in range(_ROUNDS):
        load = os.getloadavg()[0]
        first = _seconds(place / f"{number}-first", 1, _CHUNK)[1]
        one, two = (_seconds(place / f"{number}-{n}", n) for n in (1, 2))
        large.append(_amdahl(first, one[1], _LARGE))
        speeds.append(one[0] / two[0])
        bounds.append(2.0 * one[1] / two[1])
        sys.stdout.write(
            f"\n{_EVENTS} beam events: {one[0]:.1f} s with one worker, {two[0]:.1f} s with two, "
            f"ratio {speeds[-1]:.2f}; processor {one[1]:.1f} and {two[1]:.1f} s, at most "
            f"{bounds[-1]:.2f}; one chunk {first:.1f} s, so that idle cores would have "
            f"{_amdahl(first, one[1], _EVENTS):.2f}, and {large[-1]:.2f} with {_LARGE} events; "
            f"load before {load:.1f}\n"
        )
    return statistics.median(speeds), statistics.median(bounds), statistics.median(large)


@pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="two workers need two cores")
@pytest.mark.benchmark(group="campaign: one and two workers")
def test_two_workers_over_one(benchmark, tmp_path):
    speed, bound, large = benchmark.pedantic(_ratios, args=(tmp_path,), rounds=1, warmup_rounds=0)
    benchmark.extra_info["speed of two workers over one (aim: 1.8 on idle cores)"] = speed
    benchmark.extra_info["the same if all processor time were shared evenly"] = bound
    benchmark.extra_info[f"Amdahl's law with {_LARGE} events"] = large
    assert speed > 0.0
