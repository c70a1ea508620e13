"""Time to solve the cascade for a beam energy or a material not met before (target: 20 ms)."""

import itertools

import pytest

from emiss import materials
from emiss.physics.shower import tracks


@pytest.mark.benchmark(group="cascade: a new beam energy")
@pytest.mark.parametrize("name", ["Pb", "na64-ecal"])
def test_new_energy(benchmark, name):
    energies = itertools.count(1)
    material = materials.get(name)
    tracks.track_lengths(material, "e-", 99.5, 0.5)
    benchmark.pedantic(
        lambda: tracks.track_lengths(material, "e-", 100.0 + 0.25 * next(energies), 0.5),
        rounds=30,
    )


@pytest.mark.benchmark(group="cascade: a new material")
@pytest.mark.parametrize("name", ["Pb", "na64-ecal"])
def test_new_material(benchmark, name):
    known = materials.get(name)
    steps = itertools.count(1)

    def solve():
        density = known.density * (1 + 1e-4 * next(steps))
        material = materials.Material(f"{name}, denser", density, known.components)
        tracks.track_lengths(material, "e-", 100.0, 0.5)

    benchmark.pedantic(solve, rounds=30, warmup_rounds=1)
