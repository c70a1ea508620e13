"""The main job: a 60-mass limit in a running process, and whole commands in fresh ones."""

import subprocess
import sys

import pytest

import emiss
from emiss import models


@pytest.fixture(scope="module")
def masses():
    return emiss.mass_grid(1e-3, 1.0, 60)


def test_limit_of_60_masses(benchmark, masses):
    """Target: 20 ms."""
    emiss.limit("na64e-2016-2022", masses=masses)
    benchmark(emiss.limit, "na64e-2016-2022", masses=masses)


def test_limit_with_another_dark_sector(benchmark, masses):
    """Target: no more than the standard limit."""
    model = models.get("dark-photon", {"dark_matter": "scalar", "alpha_dark": 0.5})
    emiss.limit("na64e-2016-2022", model, masses=masses)
    benchmark(emiss.limit, "na64e-2016-2022", model, masses=masses)


@pytest.mark.parametrize(
    "arguments",
    [
        ("-c", "import emiss"),
        ("-m", "emiss", "--help"),
        ("-m", "emiss", "limit", "na64e-2016-2022", "-o", "out"),
    ],
    ids=["import", "help", "limit"],
)
def test_fresh_process(benchmark, arguments, tmp_path):
    """Targets: import 0.15 s, help 0.4 s, limit with figures 3 s."""

    def run():
        subprocess.run([sys.executable, *arguments], check=True, capture_output=True, cwd=tmp_path)

    benchmark.pedantic(run, rounds=5, warmup_rounds=1)
