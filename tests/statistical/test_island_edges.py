"""Edges of islands found from a nearby table are those of the function itself."""

import numpy as np
import pytest
from dense_edges import find_edges

from emiss.ground.errors import ValidityError
from emiss.inference.island_edges import edges_near
from emiss.inference.solution import Solution

MASSES = np.geomspace(1e-3, 1.0, 60)
GRID = np.geomspace(1e-6, 1e-1, 41)
BEND = 0.1


def events(coupling):
    """Events c^2 exp(-c^2 / lifetime), as of decays in flight."""
    square = (coupling / 1e-4) ** 2
    lifetime = 40.0 * (0.05 / MASSES)
    return np.maximum(square * np.exp(-square / lifetime), 1e-300)


def exact(coupling):
    """Excess of a search in which more events are needed where the coupling is large."""
    return np.log(events(coupling) / 2.3) - BEND * np.tanh(np.log(coupling / 1e-4))


def table_of(excess):
    return np.stack([excess(np.full(60, coupling)) for coupling in GRID])


def nearby():
    """Table of needed events that do not change with the coupling: those at the largest signal."""
    table = np.log(table_of(events) / 2.3)
    best = GRID[np.argmax(table, axis=0)]
    return table - BEND * np.tanh(np.log(best / 1e-4))


@pytest.mark.parametrize("own", [True, False])
def test_edges_from_a_table_are_those_of_the_function(own):
    calls = []

    def counted(coupling):
        calls.append(coupling.shape)
        return exact(coupling)

    table = table_of(exact) if own else nearby()
    found = edges_near(counted, GRID, table, own=own, tolerance=1e-9)
    truth = find_edges(exact, (1e-6, 1e-1), 60, scan_points=401, tolerance=1e-12)
    np.testing.assert_array_equal(np.isnan(found.lower), np.isnan(truth.lower))
    np.testing.assert_allclose(found.lower, truth.lower, rtol=1e-8)
    np.testing.assert_allclose(found.upper, truth.upper, rtol=1e-8)
    np.testing.assert_array_equal(found.regions, truth.regions)
    near = np.abs(truth.peak) < 0.8
    assert near.sum() > 5
    np.testing.assert_allclose(found.peak[near], truth.peak[near], atol=1e-5)
    # No scan: a peak, and two edges at once by secants.
    assert sum(shape[0] for shape in calls) < 60


def test_an_open_region_has_no_upper_edge():
    def excess(coupling):
        return np.log(coupling / 1e-3) + 0.0 * MASSES

    found = edges_near(excess, GRID, table_of(excess) + 0.3, own=False, tolerance=1e-9)
    np.testing.assert_allclose(found.lower, 1e-3, rtol=1e-8)
    assert np.all(np.isinf(found.upper))


def test_a_region_that_only_one_of_the_two_leaves_open_is_closed():
    def excess(coupling):
        x = np.log(coupling / 1e-3)
        return 2.0 - 0.5 * (x - 2.5) ** 2 + 0.0 * MASSES

    found = edges_near(excess, GRID, table_of(excess) + 0.5, own=False, tolerance=1e-9)
    np.testing.assert_allclose(found.lower, 1e-3 * np.exp(0.5), rtol=1e-8)
    np.testing.assert_allclose(found.upper, 1e-3 * np.exp(4.5), rtol=1e-8)


def test_no_signal_is_no_region():
    found = edges_near(
        lambda coupling: np.full(coupling.shape, -700.0),
        GRID,
        np.full((41, 60), -700.0),
        own=True,
        tolerance=1e-9,
    )
    assert np.all(np.isnan(found.lower))
    assert np.all(found.regions == 0)


def test_wrong_excesses_are_refused():
    with pytest.raises(ValidityError, match="lower the span"):
        edges_near(exact, GRID, np.ones((41, 60)), own=True, tolerance=1e-9)
    with pytest.raises(ValidityError, match="NaN"):
        edges_near(exact, GRID, np.full((41, 60), np.nan), own=True, tolerance=1e-9)


def test_solutions_with_and_without_upper_edges_are_one():
    """At masses where no signal falls with the coupling the region is open above."""

    def rows(*values):
        return {"observed": np.array(values)}

    plain = Solution(rows(1e-4, np.nan), {}, rows(1.0, -1.0), np.array([0.02, 0.04]), ("a",))
    island = Solution(
        rows(1e-3), rows(2e-3), rows(0.5), np.array([0.03]), ("a", "b"), np.array([2])
    )
    found = Solution.joined([plain, island])
    assert found.masses.tolist() == [0.02, 0.03, 0.04]
    np.testing.assert_array_equal(found.lower["observed"], [1e-4, 1e-3, np.nan])
    np.testing.assert_array_equal(found.upper["observed"], [np.inf, 2e-3, np.nan])
    assert found.regions.tolist() == [1, 2, 0]
    assert found.notes == ("a", "b")
    assert "30 MeV" in found.warnings[-1]
    alone = Solution.joined([plain])
    assert (alone.upper, alone.regions) == ({}, None)
