"""Points placed where curves bend: the error is held, and what is smooth costs little."""

import numpy as np
import pytest
from closeness import close

from emiss.ground.errors import EmissError
from emiss.ground.mass_range import MassRange, read_masses
from emiss.ground.refinement import Sampled, enough, refined, spread_by_bend

NODES = np.geomspace(1e-3, 1.0, 24)
DENSE = np.geomspace(1e-3, 1.0, 20_001)


def dip(m):
    """A power law with a narrow dip at 0.23, 1 % wide."""
    return 1e-3 * m * (1.0 - 0.9 / (1.0 + (np.log(m / 0.23) / 0.01) ** 2))


def sampler(*curves):
    def sample(points):
        logs = np.stack([np.log(curve(points)) for curve in curves])
        return Sampled(logs, np.where(np.isfinite(logs), np.inf, -np.inf))

    return sample


def largest_error(points, curve, where=DENSE):
    line = np.interp(np.log(where), np.log(points), np.log(curve(points)))
    return float(np.max(np.abs(np.expm1(line - np.log(curve(where))))))


def test_a_dip_next_to_a_node_is_followed_to_a_per_cent():
    nodes = np.unique(np.concatenate([NODES, 0.23 * np.exp([-0.012, 0.0, 0.012])]))
    assert largest_error(nodes, dip) > 0.1
    points, _ = refined(sampler(dip), nodes)
    assert largest_error(points, dip) < 0.01
    assert points.size < 120
    assert np.all(np.isin(nodes, points))


def test_a_straight_line_needs_no_more_points():
    points, _ = refined(sampler(lambda m: 3.0 * m**1.7), NODES)
    np.testing.assert_array_equal(points, NODES)


def test_a_kink_at_a_node_is_no_bend():
    kink = float(NODES[11])
    points, _ = refined(sampler(lambda m: np.maximum(m, kink**3 / m**2)), NODES, breaks=[kink])
    np.testing.assert_array_equal(points, NODES)


def test_a_wide_step_between_crowded_nodes_is_looked_at():
    """As between the omega and the phi: both neighbours say nothing of the middle."""
    nodes = np.array([0.70, 0.78, 0.787, 0.8, 0.9873, 0.9952, 1.1])

    def curve(m):
        return np.exp(2.5 * np.log(m / 0.7) ** 2)

    where = np.geomspace(nodes[0], nodes[-1], 2001)
    assert largest_error(nodes, curve, where) > 0.012
    assert largest_error(refined(sampler(curve), nodes)[0], curve, where) < 0.01


def test_the_root_above_a_threshold_is_followed():
    nodes = np.unique(np.append(NODES, 0.2))

    def curve(m):
        return 1.0 + np.sqrt(np.maximum(m / 0.2 - 1.0, 0.0))

    points, _ = refined(sampler(curve), nodes, breaks=[0.2])
    assert largest_error(points, curve) < 0.01


# From 1e-6 of a kink at 0.2 on, on both sides.
BESIDE = 0.2 * np.exp(np.concatenate([-np.geomspace(1e-6, 0.1, 300), np.geomspace(1e-6, 0.1, 300)]))


@pytest.mark.parametrize("power", [-0.25, 0.5, -0.5])
def test_a_power_of_the_distance_from_a_kink_is_followed(power):
    """As the upper edge of an island above a threshold: with the fourth root, without an end."""
    nodes = np.unique(np.append(NODES, 0.2))

    def curve(m):
        above = np.maximum(np.log(m / 0.2), 0.0)
        return (1e-6 + above) ** power

    points, found = refined(sampler(curve), nodes, breaks=[0.2])
    where = np.sort(BESIDE)
    assert largest_error(points, curve, where) < 0.01
    assert largest_error(points, curve) < 0.01
    assert points.size < 150
    np.testing.assert_allclose(found.logs[0], np.log(curve(points)), rtol=1e-12)


def test_a_curve_that_ends_at_a_kink_is_followed_to_it():
    nodes = np.unique(np.append(NODES, 0.2))

    def sample(points):
        above = np.log(points / 0.2)
        logs = -0.25 * np.log(np.where(above > 0.0, above, np.nan))
        return Sampled(logs[None, :], np.where(above > 0.0, 10.0, -np.inf)[None, :])

    points, _ = refined(sample, nodes, breaks=[0.2])
    first = points[points > 0.2][0]
    assert np.log(first / 0.2) < 2e-7
    where = np.sort(BESIDE[first < BESIDE])
    line = np.interp(np.log(where), np.log(points), sample(points).logs[0])
    assert float(np.max(np.abs(line - sample(where).logs[0]))) < 0.01


def test_a_tip_close_to_a_kink_inside_of_the_region_is_found():
    """Its depth falls from 13 at the kink to 0 at 1e-3 from it: no straight line."""
    nodes = np.unique(np.append(NODES, 0.2))

    def sample(points):
        above = np.log(points / 0.2)
        depth = 13.0 - 13.01 * np.clip(above / 1e-3, 0.0, 3.0) ** 0.1
        return Sampled(np.where(depth >= 0.0, 1.0, np.nan)[None, :], depth[None, :])

    points, found = refined(sample, nodes, breaks=[0.2])
    last = np.log(points[np.isfinite(found.logs[0])][-1] / 0.2)
    tip = 1e-3 * (13.0 / 13.01) ** 10
    assert 0.0 <= tip - last < 3e-5


def test_a_change_of_slope_between_crowded_nodes_at_a_kink_is_seen():
    """A long step between a kink and a short one."""
    nodes = np.array([0.1, 0.2, 0.2008, 0.20083, 0.201, 0.3])

    def curve(m):
        return np.exp(10.0 * np.maximum(np.log(m / 0.2003), 0.0))

    points, _ = refined(sampler(curve), nodes, breaks=[0.2, 0.20083])
    where = np.geomspace(0.2, 0.201, 2001)
    assert largest_error(points, curve, where) < 0.004


def test_a_region_is_closed_at_its_tip():
    # Edges exp(+-sqrt(1 - x)) with x = ln m/ln(0.1) ending at x = 1, m = 0.1: depth 1 - x.
    def sample(points):
        depth = 1.0 - np.log(points / 1e-3) / np.log(100.0)
        half = np.sqrt(np.where(depth >= 0.0, depth, np.nan))
        return Sampled(np.stack([-half, half]), np.stack([depth, depth]))

    points, _ = refined(sample, NODES)
    last = points[points <= 0.1][-1]
    assert float(2.0 * sample(np.array([last])).logs[1, 0]) < 0.03
    inside = DENSE[last > DENSE]
    for row, sign in enumerate((-1.0, 1.0)):
        line = np.interp(np.log(inside), np.log(points), sample(points).logs[row])
        exact = sign * np.sqrt(1.0 - np.log(inside / 1e-3) / np.log(100.0))
        assert float(np.max(np.abs(line - exact))) < 0.01
    without, _ = refined(sample, NODES, ends=False)
    close(without[without <= 0.1][-1], NODES[NODES <= 0.1][-1], 1e-12)


def test_the_step_before_a_node_that_happens_to_be_close_to_a_tip_is_divided():
    """The tip is found at once then; the root before it lies in a wide step beside a short one."""

    def worst(tip, nodes):
        def sample(points):
            depth = np.log(tip / points)
            root = np.sqrt(np.where(depth >= 0.0, depth, np.nan))
            return Sampled(-root[None], depth[None])

        points, found = refined(sample, nodes, tolerance=5e-3)
        x, line = np.log(points), found.logs[0]
        x, line = x[np.isfinite(line)], line[np.isfinite(line)]
        wide = np.diff(x) > 4e-5
        inside = (x[:-1, None] + np.diff(x)[:, None] * np.arange(1, 10) / 10.0)[wide].ravel()
        return np.max(np.abs(np.interp(inside, x, line) + np.sqrt(np.log(tip) - inside)))

    rng = np.random.default_rng(1)
    tips = 0.3 * np.exp(rng.uniform(-0.2, 0.2, 200))
    for tip, count in zip(tips, rng.integers(8, 40, 200), strict=True):
        assert worst(tip, np.geomspace(0.1, 1.0, count)) < 4e-3


def test_a_jump_ends_the_search():
    def step(m):
        return np.where(m < 0.0333, 1.0, 2.0)

    points, _ = refined(sampler(step), NODES)
    gap = np.log(points[points >= 0.0333][0] / points[points < 0.0333][-1])
    assert gap < 1e-4
    assert points.size < 120


def test_a_jump_on_a_slope_is_found():
    """Of 1.8 %, where the curve turns from flat to steep: second differences tell a quarter."""

    def curve(m):
        return np.exp(0.02 * np.tanh(np.log(m / 0.03) / 0.3)) * np.where(m < 0.0333, 1.0, 1.018)

    def off(sample):
        points, found = refined(sample, NODES, tolerance=5e-3)
        x = np.log(points)
        wide = np.diff(x) > 6e-5
        inside = (x[:-1, None] + np.diff(x)[:, None] * np.arange(1, 20) / 20.0)[wide].ravel()
        line = np.interp(inside, x, found.logs[0])
        return np.max(np.abs(line - np.log(curve(np.exp(inside)))))

    def jumping(points):
        found = sampler(curve)(points)
        return Sampled(found.logs, found.depths, np.array([True]))

    assert off(jumping) < 7.5e-3  # 5e-3 of the bend, and a jump that is no larger than 6e-3
    assert off(sampler(curve)) > 1e-2


def rounds(sample, nodes, **options):
    """Number of calls for further points."""
    asked = []

    def counted(points):
        asked.append(points.size)
        return sample(points)

    refined(counted, nodes, **options)
    return len(asked) - 1


def test_few_rounds_are_enough():
    """A jump is divided by five each time; towards a kink many distances are tried at once."""

    def jump(m):
        return np.where(m < 0.0333, 1.0, 2.0) * m**0.3

    assert rounds(sampler(jump), NODES) <= 6

    def sample(points):
        above = np.log(points / 0.2)
        logs = -0.25 * np.log(np.where(above > 0.0, above, np.nan))
        return Sampled(logs[None, :], np.where(above > 0.0, 10.0, -np.inf)[None, :])

    assert rounds(sample, np.unique(np.append(NODES, 0.2)), breaks=[0.2]) <= 6


def test_points_spread_by_the_bend_of_a_known_curve():
    known = np.unique(
        np.concatenate([np.geomspace(1e-3, 1.0, 140), 0.23 * np.exp(np.linspace(-0.1, 0.1, 101))])
    )
    points = spread_by_bend(known, np.log(dip(known)), np.array([]))
    assert largest_error(points, dip) < 0.01
    assert points.size < 100
    assert (points[0], points[-1]) == (known[0], known[-1])


def test_enough_points_are_taken_where_lines_are_off():
    """A staircase of two steps: both sides of each, and nothing where the line is good enough."""
    points = np.geomspace(1e-3, 1.0, 61)
    logs = np.where(np.arange(61) > 20, 0.5, 0.0) + np.where(np.arange(61) > 40, 1e-3, 0.0)
    taken = np.zeros(61, dtype=bool)
    taken[[0, -1]] = True
    chosen = enough(points, logs, taken, 2e-3)
    np.testing.assert_array_equal(np.flatnonzero(chosen), [0, 20, 21, 60])
    x = np.log(points)
    off = np.abs(np.interp(x, x[chosen], logs[chosen]) - logs)
    assert off.max() <= 2e-3
    # Where the curve is not there nothing is asked of the line.
    logs[25:31] = np.nan
    gap = enough(points, logs, taken, 2e-3)
    assert not gap[25:31].any()
    np.testing.assert_array_equal(enough(points, np.full(61, np.nan), taken, 2e-3), taken)


def test_a_range_is_read_and_checked():
    assert read_masses("1MeV:300MeV") == MassRange(1e-3, 0.3)
    np.testing.assert_array_equal(read_masses("1MeV,2MeV"), [1e-3, 2e-3])
    assert read_masses("1MeV:1GeV:7").size == 7
    for text in ("1GeV:1MeV", "1MeV:1MeV"):
        with pytest.raises(EmissError, match="the first below the second"):
            read_masses(text)
    with pytest.raises(EmissError, match="unit"):
        read_masses("1:10")
