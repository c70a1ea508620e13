"""Speed of recasts (target: 5000 points per second, warm, one core), and against a loop.

Each group holds a curve of 5653 points in one call and a hundredth of it point by point, so that a
ratio of 1 in the table is a gain of a hundred.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from emiss import models
from emiss.physics.constraints.curves.overlay import Overlay
from emiss.physics.constraints.curves.recast import Displacement, Recast, recast

POINTS = 5653
VISIBLE = {"dark_matter": "none"}


def _case(kind: str, masses: np.ndarray) -> Callable[[], Recast]:
    lower = 1e-6 * (masses / 0.01) ** 0.9
    if kind == "displaced":
        curve = Overlay("bench", masses, lower, "epsilon", 30.0 * lower)
        source = models.get("dark-photon", VISIBLE)
        shape = Displacement(20e2, 5e2)
        return lambda: recast(
            curve, source, models.BMinusL(), signature="visible", displacement=shape
        )
    curve = Overlay("bench", masses, lower, "epsilon")
    target = models.LMuLTau() if kind == "loop" else models.BMinusL()
    return lambda: recast(curve, models.DarkPhoton(), target)


@pytest.mark.parametrize("kind", ["invisible", "loop", "displaced"])
@pytest.mark.parametrize("way", ["whole curve", "a hundredth in a loop"])
def test_recast(benchmark: Callable, kind: str, way: str) -> None:
    benchmark.group = f"recast, {kind}: {POINTS} points"
    masses = np.geomspace(2e-3, 2.0, POINTS)
    if way == "whole curve":
        benchmark(_case(kind, masses))
        return
    runs = [_case(kind, np.array([mass, 1.001 * mass])) for mass in masses[::100]]
    benchmark(lambda: [run() for run in runs])
