"""Speed of Primakoff production: totals, and the yield of a run (warm, one core)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from emiss import materials, models
from emiss.experiments.setup import Setup
from emiss.physics.processes import primakoff
from emiss.yields.processes.primakoff import photon_track_length, primakoff_yield

LEAD = materials.element("Pb")


@pytest.mark.benchmark(group="Primakoff: one total")
@pytest.mark.parametrize("form_factor", ["elastic", "elastic+inelastic"])
def test_one_total(benchmark: Callable, form_factor: str) -> None:
    """Targets: 2 ms and 10 ms."""
    options = {"element": LEAD, "form_factor": form_factor}
    primakoff.total_cross_section(50.0, 0.01, **options)
    benchmark(lambda: primakoff.total_cross_section(50.0, 0.01, **options))


@pytest.fixture
def setup() -> Setup:
    found = Setup("e-", 100.0, 0.01, materials.get("na64-ecal"), 50.0, 2.0)
    photon_track_length(found)
    return found


MASSES = np.geomspace(1e-3, 1.0, 60)


@pytest.mark.benchmark(group="Primakoff: yield of 60 masses")
def test_prepare_the_yield(benchmark: Callable, setup: Setup) -> None:
    """Three elements, 120 energies, 60 masses; target: 30 ms."""
    benchmark(primakoff_yield, setup, models.get("alp"), MASSES)


@pytest.mark.benchmark(group="Primakoff: yield of 60 masses")
def test_yield_at_forty_couplings(benchmark: Callable, setup: Setup) -> None:
    """Target: 30 ms."""
    made = primakoff_yield(
        setup,
        models.get("alp"),
        MASSES,
        invisible=lambda energies, mass, coupling: np.exp(-mass / energies),
    )
    couplings = np.geomspace(1e-6, 1.0, 40)[:, None] * np.ones(60)
    benchmark(made.per_particle, couplings)
