"""Limits of other kinds beside the standard one, and depth-resolved tracks beside the integrated.

Each group is one table whose first column of ratios says what the other kind costs in the same run.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from emiss import materials, models
from emiss.inference import limit
from emiss.physics.shower import track_lengths
from emiss.physics.shower.depth import track_depths

MASSES = np.geomspace(2e-3, 0.5, 40)


@pytest.mark.benchmark(group="limit of 40 masses")
def test_dark_photon(benchmark: Callable) -> None:
    limit("na64e-2016-2022", models.DarkPhoton(), masses=MASSES)
    benchmark(limit, "na64e-2016-2022", models.DarkPhoton(), masses=MASSES)


@pytest.mark.benchmark(group="limit of 40 masses")
def test_own_model(benchmark: Callable, tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    file.write_text(models.template(), encoding="utf-8")
    model = models.get(file)
    limit("na64e-2016-2022", model, masses=MASSES)
    benchmark(limit, "na64e-2016-2022", model, masses=MASSES)


@pytest.mark.benchmark(group="limit of 40 masses")
def test_visible_mode(benchmark: Callable) -> None:
    model = models.get("dark-photon", {"dark_matter": "none"})
    masses, numbers = np.geomspace(1.2e-3, 0.03, 40), itertools.count()
    limit("na64-visible-2017-2018", model, masses=masses)
    # Other masses each time, so that nothing is remembered.
    benchmark(
        lambda: limit("na64-visible-2017-2018", model, masses=masses * (1.0 + 1e-6 * next(numbers)))
    )


def again(experiment: str, model: models.Model, masses: np.ndarray) -> Callable:
    """A limit, each time at other masses, so that nothing is remembered but tables."""
    numbers = itertools.count(1)
    return lambda: limit(experiment, model, masses=masses * (1.0 + 1e-6 * next(numbers)))


@pytest.mark.benchmark(group="limit on mesons to nothing, warm")
@pytest.mark.parametrize("channel", ["eta", "all"])
def test_mesons(benchmark: Callable, channel: str) -> None:
    model = models.get("invisible-meson", {"channel": channel})
    run = again("na64h-2023", model, np.array([model.own_mass]))
    run()
    benchmark(run)


@pytest.mark.benchmark(group="limit of 40 masses, warm")
@pytest.mark.parametrize(
    ("experiment", "model"),
    [
        ("na64h-2023", "axial-quarks"),
        ("ldmx-8gev", "dark-photon"),
        ("darkshine-9e14", "dark-photon"),
        ("m3-phase2", "lmu-ltau"),
    ],
)
def test_hadrons_and_neighbours(benchmark: Callable, experiment: str, model: str) -> None:
    run = again(experiment, models.get(model), np.geomspace(2e-3, 0.4, 40))
    run()
    benchmark(run)


@pytest.mark.benchmark(group="tracks of a new beam energy in the ECAL")
@pytest.mark.parametrize("solve", [track_lengths, track_depths], ids=["integrated", "in depth"])
def test_tracks(benchmark: Callable, solve: Callable) -> None:
    material, numbers = materials.get("na64-ecal"), itertools.count()
    solve(material, "e-", 89.0, 20.0)
    benchmark(lambda: solve(material, "e-", 90.0 + 1e-3 * next(numbers), 20.0))
