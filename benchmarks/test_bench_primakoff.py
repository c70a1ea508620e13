"""Speed of Primakoff production: totals, and the yield of a run (warm, one core)."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from emiss import materials, models
from emiss.processes import primakoff
from emiss.yields.primakoff import photon_track_length, primakoff_yield
from emiss.yields.setup import Setup

LEAD = materials.element("Pb")


def best(function: Callable[[], object], repeats: int = 10) -> float:
    """Least time in s; other work on the machine only ever slows one down."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        function()
        times.append(time.perf_counter() - start)
    return min(times)


def test_one_total() -> None:
    for form_factor, limit in (("elastic", 2e-3), ("elastic+inelastic", 10e-3)):
        primakoff.total_cross_section(50.0, 0.01, element=LEAD, form_factor=form_factor)
        took = best(
            lambda name=form_factor: primakoff.total_cross_section(  # type: ignore[misc]
                50.0, 0.01, element=LEAD, form_factor=name
            )
        )
        assert took < limit


def test_yield_of_sixty_masses() -> None:
    setup = Setup("e-", 100.0, 0.01, materials.get("na64-ecal"), 50.0, 2.0)
    model, masses = models.get("alp"), np.geomspace(1e-3, 1.0, 60)
    photon_track_length(setup)
    # As quick as the dark photon: three elements, 120 energies, 60 masses.
    assert best(lambda: primakoff_yield(setup, model, masses)) < 30e-3
    made = primakoff_yield(
        setup, model, masses, invisible=lambda energies, mass, coupling: np.exp(-mass / energies)
    )
    couplings = np.geomspace(1e-6, 1.0, 40)[:, None] * np.ones(60)
    assert best(lambda: made.per_particle(couplings)) < 30e-3
