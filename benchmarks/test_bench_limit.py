"""The main job: a 60-mass limit in a running process, and the whole command in a fresh one."""

import subprocess
import sys

import pytest

import emiss
from emiss import models


@pytest.fixture(scope="module")
def masses():
    return emiss.mass_grid(1e-3, 1.0, 60)


@pytest.mark.benchmark(group="limit of 60 masses")
def test_limit_of_60_masses(benchmark, masses):
    """Target: 20 ms."""
    emiss.limit("na64e-2016-2022", masses=masses)
    benchmark(emiss.limit, "na64e-2016-2022", masses=masses)


@pytest.mark.benchmark(group="limit of 60 masses")
def test_limit_with_another_dark_sector(benchmark, masses):
    """Target: no more than the standard limit."""
    model = models.get("dark-photon", {"dark_matter": "scalar", "alpha_dark": 0.5})
    emiss.limit("na64e-2016-2022", model, masses=masses)
    benchmark(emiss.limit, "na64e-2016-2022", model, masses=masses)


@pytest.mark.benchmark(group="fresh process: limit with figures")
def test_limit_command(benchmark, tmp_path):
    """Target: 3 s."""
    command = [sys.executable, "-m", "emiss", "limit", "na64e-2016-2022"]

    def run():
        subprocess.run([*command, "-o", str(tmp_path / "out")], check=True, capture_output=True)

    benchmark.pedantic(run, rounds=5, warmup_rounds=1)
