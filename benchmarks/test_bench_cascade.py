"""Time to solve the cascade for a beam energy or a material not met before (target: 20 ms)."""

import itertools
import time

import pytest

from emiss import materials
from emiss.shower import tracks

TARGET_SECONDS = 0.020


def _best(solve, repeat=15):
    times = []
    for _ in range(repeat):
        start = time.perf_counter()
        solve()
        times.append(time.perf_counter() - start)
    return min(times)


@pytest.mark.parametrize("name", ["Pb", "na64-ecal"])
def test_new_energy(name):
    energies = itertools.count(100)
    material = materials.get(name)
    tracks.track_lengths(material, "e-", 99.5, 0.5)
    # The best of many, since other work on the machine only ever adds time.
    assert _best(lambda: tracks.track_lengths(material, "e-", next(energies) + 0.25, 0.5)) < (
        TARGET_SECONDS
    )


@pytest.mark.parametrize("name", ["Pb", "na64-ecal"])
def test_new_material(name):
    known = materials.get(name)
    steps = itertools.count(1)

    def solve():
        density = known.density * (1 + 1e-4 * next(steps))
        material = materials.Material(f"{name}, denser", density, known.components)
        tracks.track_lengths(material, "e-", 100.0, 0.5)

    solve()
    assert _best(solve) < TARGET_SECONDS
