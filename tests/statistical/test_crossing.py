"""Root finding in couplings: power laws, steps, islands and nothing at all."""

import itertools

import numpy as np
import pytest
from closeness import close
from dense_edges import find_edges

from emiss.ground.errors import ValidityError
from emiss.inference.crossing import find_lower_edge, rising_roots
from emiss.inference.island_edges import _apex, edges_near

MASSES = np.geomspace(1e-3, 1.0, 60)


def counted(function):
    def wrapper(x):
        wrapper.calls += 1
        return function(x)

    wrapper.calls = 0
    return wrapper


def test_power_law_takes_few_evaluations():
    exact = 1e-4 * MASSES**1.2

    @counted
    def excess(coupling):
        return 2.0 * np.log(coupling / exact)

    edges = find_lower_edge(excess, np.full(60, 3e-4), 2.0)
    np.testing.assert_allclose(edges, exact, rtol=1e-6)
    assert excess.calls <= 5


def test_bent_yield_and_wrong_power_still_converge():
    def events(coupling):
        square = (coupling / 1e-4) ** 2
        return square**2 / (1.0 + square) * MASSES

    def excess(coupling):
        return np.log(events(coupling) / 2.3)

    edges = find_lower_edge(excess, np.full(60, 1e-2), 2.0)
    np.testing.assert_allclose(events(edges), 2.3, rtol=1e-5)


def test_bands_and_masses_are_solved_together():
    targets = np.array([2.3, 3.5, 4.8])[:, None] * np.ones(60)

    def excess(coupling):
        return np.log(coupling**2 * 1e8 * MASSES / targets)

    edges = find_lower_edge(excess, np.full((3, 60), 1e-3), 2.0)
    np.testing.assert_allclose(edges, np.sqrt(targets / MASSES / 1e8), rtol=1e-6)


def test_never_excluded_is_nan_beside_good_masses():
    def excess(coupling):
        open_ = 2.0 * np.log(coupling / 1e-3)
        return np.where(MASSES > 0.1, -700.0, open_)

    edges = find_lower_edge(excess, np.full(60, 1e-3), 2.0)
    assert np.all(np.isnan(edges[MASSES > 0.1]))
    np.testing.assert_allclose(edges[MASSES <= 0.1], 1e-3, rtol=1e-6)


def test_a_step_is_bisected():
    def excess(coupling):
        return np.where(coupling > 2e-4, 5.0, -5.0)

    edges = find_lower_edge(excess, np.full(60, 1e-2), 2.0)
    np.testing.assert_allclose(edges, 2e-4, rtol=1e-6)


def island(coupling):
    """Events c^2 exp(-c^2 / lifetime): visible decays, excluded between two couplings."""
    square = (coupling / 1e-4) ** 2
    lifetime = 40.0 * (0.05 / MASSES)
    return np.log(np.maximum(square * np.exp(-square / lifetime), 1e-300) / 2.3)


def test_islands_have_two_edges():
    edges = find_edges(island, (1e-6, 1e-1), 60)
    # c^2 exp(-c^2/L) has its largest value L/e; an island exists where that exceeds 2.3.
    some = 40.0 * (0.05 / MASSES) / np.e > 2.3
    assert some.any()
    assert not some.all()
    assert np.all(np.isnan(edges.lower[~some]))
    assert np.all(np.isnan(edges.upper[~some]))
    for edge in (edges.lower, edges.upper):
        value = island(np.where(some, edge, 1e-4))
        # Near the tip the slope is small, so the excess is 0 to better than the coupling is.
        np.testing.assert_allclose(value[some], 0.0, atol=1e-4)
    assert np.all(edges.upper[some] > edges.lower[some])
    assert np.all(edges.regions[some] == 1)


def test_narrow_island_between_scan_points_is_found():
    centre = np.log(3.3e-4)

    def excess(coupling):
        return 1e-4 - (np.log(coupling) - centre) ** 2

    edges = find_edges(excess, (1e-6, 1.0), 1, scan_points=21)
    close(
        np.log(edges.lower[0]),
        centre - 0.01,
        absolute=2e-6,
        because="a logarithm; the finder stops at 1e-6 in the coupling",
    )
    close(
        np.log(edges.upper[0]),
        centre + 0.01,
        absolute=2e-6,
        because="a logarithm; the finder stops at 1e-6 in the coupling",
    )


def test_open_regions_reach_infinity_and_regions_are_counted():
    def excess(coupling):
        return np.sin(3.0 * np.log(coupling / 1e-3)) + 0.0 * MASSES

    edges = find_edges(excess, (1.01e-3 * np.exp(-np.pi / 3), 1e-3 * np.exp(3.5 * np.pi / 3)), 60)
    np.testing.assert_allclose(edges.lower, 1e-3, rtol=1e-5)
    assert np.all(edges.regions == 2)
    assert not np.any(np.isinf(edges.upper))
    monotone = find_edges(lambda c: np.log(c / 1e-3) + 0.0 * MASSES, (1e-6, 1.0), 60)
    assert np.all(np.isinf(monotone.upper))
    np.testing.assert_allclose(monotone.lower, 1e-3, rtol=1e-6)


def test_lower_edge_is_verified_below_the_first_root():
    # Two rising roots, at 1e-5 and 1e-3, with an allowed gap; the guess is next to the upper one,
    # and the gap narrower than the factor 0.7 at which the result is checked.
    def excess(coupling):
        x = np.log(coupling)
        gap = (coupling > 9e-4) & (coupling < 1e-3)
        return np.where(gap, -1.0, x - np.log(1e-5))

    edges = find_lower_edge(excess, np.full(3, 9.5e-4), 2.0)
    np.testing.assert_allclose(edges, 1e-5, rtol=1e-6)


# Events over their limit: a plateau S of resonant production with the knee k, and a slow rise
# r c^2. In c^2 the edge is the root of r c^4 + (S - 1 + r k^2) c^2 - k^2 = 0.
KNEE = 1e-5
PLATEAUS = np.array([1.001, 1.0 + 1e-6, 1.0, 1.0 - 1e-6, 0.999, 0.95, 0.5, 0.999, 0.5])
RISES = np.array([0.0, 0.0, 1e-3, 1e-3, 2e-3, 0.1, 0.8, 5e-4, 0.1])


def saturated(coupling):
    square = np.square(coupling)
    rise = RISES * np.where(coupling > 1.0, 1.0 / square, square)
    return np.log(PLATEAUS * square / (square + KNEE**2) + rise)


def exact_edges_of_plateaus():
    b = PLATEAUS - 1.0 + RISES * KNEE**2
    root = np.sqrt(b**2 + 4.0 * RISES * KNEE**2)
    # of the two forms of the root of a quadratic, the one without a difference of like numbers
    with np.errstate(divide="ignore", invalid="ignore"):
        square = np.where(b > 0.0, 2.0 * KNEE**2 / (b + root), (root - b) / (2.0 * RISES))
    return np.where(square <= 1.0, np.sqrt(square), np.nan)


@pytest.mark.parametrize("guess", [1e-6, 1e-5, 1e-3, 0.3, 50.0])
def test_a_plateau_just_above_or_below_the_limit(guess):
    exact = exact_edges_of_plateaus()
    assert np.isnan(exact).sum() == 2
    edges = find_lower_edge(saturated, np.full(PLATEAUS.size, guess), 2.0, largest=1.0)
    found = np.where(edges <= 1.0, edges, np.nan)
    # The flattest edge has a slope of 2e-6; an excess of 2e-7 at the guess would count as none.
    np.testing.assert_allclose(found, exact, rtol=1e-5)


def test_a_plateau_is_an_island_that_stays_open():
    exact = exact_edges_of_plateaus()
    grid = np.geomspace(1e-8, 1.0, 49)

    def each(places):
        return np.stack([saturated(row) for row in places])

    table = each(np.repeat(grid[:, None], PLATEAUS.size, axis=1))
    for own, shown in ((True, table), (False, table * (1.0 + 1e-4))):
        edges = edges_near(each, grid, shown, own=own, tolerance=1e-8)
        np.testing.assert_allclose(edges.lower, exact, rtol=1e-5)
        assert np.all(np.isinf(edges.upper[np.isfinite(exact)]))


def test_a_plateau_is_left_in_few_steps():
    function = counted(saturated)
    find_lower_edge(function, np.full(PLATEAUS.size, 1e-5), 2.0, largest=1.0)
    assert function.calls < 60


def test_bad_input_is_refused():
    with pytest.raises(ValidityError, match="positive"):
        find_lower_edge(lambda c: c, np.array([-1.0]), 2.0)
    with pytest.raises(ValidityError, match="NaN"):
        find_lower_edge(lambda c: c * np.nan, np.array([1.0]), 2.0)
    with pytest.raises(ValidityError, match="lower the span"):
        find_edges(lambda c: c, (0.1, 1.0), 3)


def test_roots_reach_the_tolerance():
    targets = np.linspace(-3.0, 5.0, 50)
    roots = rising_roots(lambda x: np.sinh(x) - targets, np.zeros(50), 1.0, tolerance=1e-10)
    np.testing.assert_allclose(roots, np.arcsinh(targets), atol=1e-9)


def test_the_peak_is_zero_at_the_tip():
    # c^2 exp(-c^2/L) is largest at c^2 = L, with L/e events.
    edges = find_edges(island, (1e-6, 1e-1), 60)
    exact = np.log(40.0 * (0.05 / MASSES) / np.e / 2.3)
    near = np.abs(exact) < 0.8
    assert near.sum() > 5
    np.testing.assert_allclose(edges.peak[near], exact[near], atol=1e-7)
    assert np.array_equal(edges.peak > 0.0, np.isfinite(edges.lower))


def test_edges_of_many_dimensions_are_those_of_each():
    targets = np.array([1.0, 2.3])

    def excess(coupling):
        return island(coupling) + np.log(2.3 / targets)[:, None]

    grid = np.geomspace(1e-6, 1e-1, 61)
    table = excess(np.broadcast_to(grid[:, None, None], (61, 2, 60)))
    found = edges_near(excess, grid, table, own=True, tolerance=1e-7)
    alone = find_edges(island, (1e-6, 1e-1), 60)
    np.testing.assert_allclose(found.lower[1], alone.lower, rtol=1e-6)
    np.testing.assert_allclose(found.upper[1], alone.upper, rtol=1e-6)
    assert np.nanmax(found.lower[0] / found.lower[1]) < 1.0


def test_the_highest_point_of_a_parabola_lies_within_ten_steps():
    places = np.array([0.3, -0.8, 2.5, 25.0, 0.0])
    points = np.stack([-2.0 * np.square(x - places) for x in (-1.0, 0.0, 1.0)])
    found, bend = _apex(points)
    expected = [0.3, -0.8, 2.5, 10.0, 0.0]
    close(found, expected, absolute=1e-12, because="exact up to rounding")
    close(bend, 2.0, 1e-12)
    flat, valley = np.zeros(1), np.ones(1)
    np.testing.assert_array_equal(_apex(np.stack([flat, flat, flat]))[0], 0.0)
    np.testing.assert_array_equal(_apex(np.stack([valley, flat, valley]))[0], 0.0)


def test_what_is_found_is_asked_for_no_more():
    """An excess may keep what it said last: one slow element costs only itself."""
    asked = []

    def excess(x):
        asked.append(x.copy())
        return np.where(MASSES > 0.5, np.tanh(0.2 * (x - 3.0)), 2.0 * x + 0.1 * x**2)

    roots = rising_roots(excess, np.full(60, 0.01), 2.0)
    np.testing.assert_allclose(roots, np.where(MASSES > 0.5, 3.0, 0.0), atol=1e-6)
    quick = MASSES <= 0.5
    new = [not np.array_equal(a[quick], b[quick]) for a, b in itertools.pairwise(asked)]
    # Its second step is sure, and the point that it leads to is not looked at.
    assert new[0]
    assert not any(new[1:])
    assert len(new) > 4
