"""Speed of bremsstrahlung: one new total, a table look-up, sampling (warm, one core)."""

from __future__ import annotations

import dataclasses
import itertools

import numpy as np
import pytest

from emiss import materials
from emiss.physics.processes.bremsstrahlung import total_cross_section
from emiss.physics.processes.bremsstrahlung_sampler import sample_events
from emiss.physics.processes.bremsstrahlung_table import load_table

PB = materials.get("Pb").components[0].element


@pytest.mark.benchmark(group="bremsstrahlung: one total for a new material")
@pytest.mark.parametrize("mass", [1e-4, 0.0167, 1.0])
def test_one_total_for_a_new_material(benchmark, mass):
    """Target: 20 ms."""
    total_cross_section(100.0, mass, element=PB)
    weights = itertools.count()

    def run():  # another atomic weight each time: nothing can be remembered
        target = dataclasses.replace(PB, A=200.0 + 0.01 * next(weights))
        return total_cross_section(100.0, mass, element=target)

    assert benchmark(run).relative_error < 5e-3


@pytest.mark.benchmark(group="bremsstrahlung: 60 masses at 100 energies")
def test_table_look_up_for_sixty_masses(benchmark):
    """Target: 20 ms."""
    table = load_table(PB)
    masses, energy = np.geomspace(1e-3, 1.0, 60)[:, None], np.linspace(50.0, 100.0, 100)
    benchmark(table.above, energy, masses, 50.0 / energy)


@pytest.mark.benchmark(group="bremsstrahlung: ten thousand events")
def test_sampling_ten_thousand(benchmark):
    events = benchmark(sample_events, 10_000, 160.0, 0.1, element=PB, seed=1, projectile="mu-")
    assert events.effective_size > 9_900
