"""Speed of relic points, warm, on one core; fast ones beside hazma."""

from __future__ import annotations

import itertools
import time
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from emiss.physics.constraints.cosmology.relic import relic_coupling


@pytest.mark.benchmark(group="relic point")
@pytest.mark.parametrize("mode", ["fast", "full"])
@pytest.mark.parametrize("kind", ["scalar", "majorana", "dirac", "pseudo-dirac"])
def test_relic_point(benchmark: Any, mode: str, kind: str) -> None:
    masses = itertools.count(1)
    relic_coupling([0.02], kind, 0.1, 3.0, mode)
    benchmark(lambda: relic_coupling([0.02 * (1.0 + 1e-6 * next(masses))], kind, 0.1, 3.0, mode))


def _seconds(call: Callable[[float], object]) -> float:
    """Median over masses from 2 to 500 MeV, each the best of seven."""
    masses = (2e-3, 1e-2, 5e-2, 0.1, 0.2, 0.5)
    best = []
    for mass in masses:
        times = []
        for k in range(7):
            start = time.perf_counter()
            call(mass * (1.0 + 1e-3 * k))
            times.append(time.perf_counter() - start)
        best.append(min(times))
    return float(np.median(best))


@pytest.mark.benchmark(group="relic point")
def test_fast_point_beside_hazma(benchmark: Any) -> None:
    """Our coupling for a density, against hazma's semi-analytic density for a coupling."""
    hazma = pytest.importorskip("hazma.vector_mediator")
    density = pytest.importorskip("hazma.relic_density").relic_density
    g = np.sqrt(4.0 * np.pi * 0.1)

    def theirs(mass: float) -> object:
        model = hazma.KineticMixing(mx=1e3 * mass, mv=3e3 * mass, gvxx=g, eps=1e-4)
        return density(model, semi_analytic=True)

    benchmark(lambda: relic_coupling([0.02], "dirac", 0.1, 3.0, "fast"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        ours = _seconds(lambda mass: relic_coupling([mass], "dirac", 0.1, 3.0, "fast"))
        ratio = _seconds(theirs) / ours
    print(f"fast relic point: {ratio:.1f} times the speed of hazma")  # noqa: T201
