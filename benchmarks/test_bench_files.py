"""Starting up and reading files, each beside the bare work that it cannot do without."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from emiss import experiments, models
from emiss.experiments import loader

CATALOGUE = Path(experiments.__file__).parent / "catalogue" / "na64e-2016-2022.toml"


@pytest.mark.benchmark(group="start of a process")
@pytest.mark.parametrize(
    "arguments",
    [("-c", "pass"), ("-c", "import numpy"), ("-c", "import emiss"), ("-m", "emiss", "--help")],
    ids=["bare python", "numpy", "emiss", "command line, help"],
)
def test_start(benchmark: Callable, arguments: tuple[str, ...]) -> None:
    def run() -> None:
        subprocess.run([sys.executable, *arguments], check=True, capture_output=True)

    benchmark.pedantic(run, rounds=5, warmup_rounds=1)


@pytest.mark.benchmark(group="experiment file")
def test_experiment_file_as_toml(benchmark: Callable) -> None:
    benchmark(lambda: tomllib.loads(CATALOGUE.read_text("utf-8")))


@pytest.mark.benchmark(group="experiment file")
def test_experiment_file_checked(benchmark: Callable) -> None:
    benchmark(loader.load, CATALOGUE)


@pytest.mark.benchmark(group="model file")
def test_model_file_as_toml(benchmark: Callable) -> None:
    text = models.template()
    benchmark(tomllib.loads, text)


@pytest.mark.benchmark(group="model file")
def test_model_file_checked(benchmark: Callable, tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    file.write_text(models.template(), encoding="utf-8")
    benchmark(models.get, file)
