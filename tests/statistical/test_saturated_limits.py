"""Limits where the yield saturates with the coupling at the number of events that is excluded."""

import numpy as np
from closeness import close

import emiss
from emiss.api.edge import as_model

# Between 318.6 and 318.9 MeV resonant production saturates at coupling 0.01 within 10 % of what is
# excluded, and bremsstrahlung adds as much again up to coupling 1.
MASSES = np.array([0.3186, 0.31864, 0.31866, 0.31868, 0.31873, 0.31885])


def test_a_saturated_yield_is_excluded_where_it_reaches_the_limit():
    model = as_model("dark-photon", {"alpha_dark": 1e-8}, "model")
    found = emiss.limit("na64e-plus-2022", model, masses=MASSES)
    signal = emiss.yields.signal_yield("na64e-plus-2022", model, MASSES)
    grid = np.geomspace(1e-4, 1.0, 400)
    events = np.array([signal.events(np.full(MASSES.size, c)).sum(axis=0) for c in grid])
    assert np.all(events[-1] > found.signal_events)
    # The first coupling of a dense scan at which the events reach the limit lies a step above.
    first = grid[np.argmax(events >= found.signal_events, axis=0)]
    assert np.all((found.observed <= first) & (found.observed > first * (grid[0] / grid[1])))
    there = signal.events(found.observed).sum(axis=0)
    close(there, found.signal_events, 1e-7)
    assert found.observed[-1] / found.observed[0] > 100.0
