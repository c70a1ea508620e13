"""Rates of emiss and of Geant4 in turn, in the same run, on the same core, in processor time.

Geant4 is `geant4-pybind` 0.1.3 in a Python that is named by EMISS_GEANT4_PYTHON (else the one that
runs the benchmarks, if it has it); emiss does not depend on it. EMISS_SHARED/geant4 (or
EMISS_GEANT4_PROGRAMS) holds the programs ref_a.py, ref_b.py and ref_c.py,
EMISS_SHARED/reference/nist_brems (or EMISS_GEANT4_NIST) the tables of bremsstrahlung that their
first run reads.
"""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ROUNDS = 3


@contextmanager
def one_core() -> Iterator[None]:
    """This process and those that it starts stay on one core."""
    if not hasattr(os, "sched_setaffinity"):
        pytest.skip("NOT MEASURED: this system does not let a process choose its core")
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(before)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def _places() -> tuple[str, Path, Path]:
    """Python with Geant4, folder of the programs, folder of Seltzer's tables."""
    python = os.environ.get("EMISS_GEANT4_PYTHON")
    if not python and importlib.util.find_spec("geant4_pybind"):
        python = sys.executable
    if not python:
        pytest.skip(
            "NOT MEASURED: no geant4-pybind. Install geant4-pybind==0.1.3 and numpy in an "
            "environment of its own and name its Python in EMISS_GEANT4_PYTHON"
        )
    shared = Path(os.environ.get("EMISS_SHARED", "/nowhere"))
    programs = Path(os.environ.get("EMISS_GEANT4_PROGRAMS", shared / "geant4"))
    tables = Path(os.environ.get("EMISS_GEANT4_NIST", shared / "reference" / "nist_brems"))
    for place, name in ((programs, "EMISS_GEANT4_PROGRAMS"), (tables, "EMISS_GEANT4_NIST")):
        if not place.is_dir():
            pytest.skip(f"NOT MEASURED: there is no folder {place}; set {name} or EMISS_SHARED")
    return python, programs, tables


def geant4_rate(program: str, *arguments: str) -> float:
    """Primaries per second of processor time, as the program prints them."""
    python, programs, tables = _places()
    work = Path(tempfile.gettempdir()) / "emiss-geant4-work"
    work.mkdir(exist_ok=True)
    command = [python, str(programs / program), "--work", str(work)]
    given = ["--nist-dir", str(tables), *arguments]
    done = subprocess.run(
        command + given, capture_output=True, text=True, check=False, cwd=work, timeout=600
    )
    found = re.search(r'(?:rate=|events_per_s_one_core": )([\d.]+)', done.stdout)
    assert found, f"{program} gave no rate: {done.stdout[-300:]} {done.stderr[-300:]}"
    return float(found.group(1))


def compare(
    name: str, own: Callable[[], float], theirs: Callable[[], float], asked: float, aim: float
) -> float:
    """Print and give the ratio of the best rates of rounds in turn, after one round to compile."""
    with one_core():
        theirs()
        own()
        rates = [(own(), theirs()) for _ in range(ROUNDS)]
    best, geant4 = (max(rate[i] for rate in rates) for i in range(2))
    ratio = best / geant4
    sys.stdout.write(
        f"\n{name}: emiss {best:.4g}/s, Geant4 {geant4:.4g}/s, ratio {ratio:.3g} "
        f"(asked {asked:g}, aim {aim:g}; rounds "
        + ", ".join(f"{a / b:.3g}" for a, b in rates)
        + ")\n"
    )
    return ratio
