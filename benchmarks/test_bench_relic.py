"""Speed of relic points (targets: 5 ms in fast mode, 100 ms in full mode; warm, one core)."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest

from emiss.constraints.cosmology.relic import relic_coupling


@pytest.mark.parametrize("mode", ["fast", "full"])
@pytest.mark.parametrize("kind", ["scalar", "majorana", "dirac", "pseudo-dirac"])
def test_relic_point(benchmark: Callable, mode: str, kind: str) -> None:
    benchmark.group = f"relic density, {mode}: five masses"
    relic_coupling([0.02], kind, 0.1, 3.0, mode)
    masses = itertools.cycle((1e-3, 0.01, 0.05, 0.1, 0.3))
    benchmark.pedantic(
        lambda: [relic_coupling([next(masses)], kind, 0.1, 3.0, mode) for _ in range(5)], rounds=5
    )
