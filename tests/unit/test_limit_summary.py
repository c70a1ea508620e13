"""What a limit says in a few lines: rows, dips, ranges and relic lines of known curves."""

import math
from dataclasses import replace

import numpy as np
import pytest
from closeness import close
from example_limits import island_limit, open_limit

from emiss.inference.summary import summarise
from emiss.physics.constraints.curves.overlay import Overlay

ROUND = np.array([1e-3, 3e-3, 0.01, 0.03, 0.1, 0.3, 1.0])


def shown(limit):
    return limit.masses[list(summarise(limit).rows)]


@pytest.mark.parametrize("count", [40, 61, 200])
def test_rows_are_those_nearest_to_round_masses(count):
    half_a_step = 0.5 * math.log(1e3) / (count - 1)
    distance = np.log(shown(open_limit(count)) / ROUND)
    assert np.all(np.abs(distance) <= 1.0001 * half_a_step)


def test_rows_are_indices_of_masses_as_given():
    limit = open_limit(61)
    backwards = replace(
        limit,
        **{
            name: getattr(limit, name)[::-1]
            for name in ("masses", "observed", "y", "dark_matter_mass")
        },
    )
    np.testing.assert_array_equal(shown(backwards), shown(limit))


def test_few_masses_are_all_shown_and_a_narrow_range_evenly():
    assert summarise(open_limit(7)).rows == tuple(range(7))
    limit = open_limit(61)
    narrow = replace(limit, masses=np.linspace(0.012, 0.018, 61))
    assert summarise(narrow).rows == (0, 10, 20, 30, 40, 50, 60)


def test_a_wide_range_is_thinned():
    rows = shown(replace(open_limit(200), masses=np.geomspace(1e-9, 10.0, 200)))
    assert len(rows) <= 9
    assert (rows[0], rows[-1]) == (1e-9, 10.0)


@pytest.mark.parametrize(("depth", "seen"), [(0.5, True), (0.72, True), (0.9, False)])
@pytest.mark.parametrize("at", [15, 30, 45])
def test_dips_are_deeper_than_a_fifth(depth, seen, at):
    limit = open_limit(61)
    observed = np.full(61, 2e-5)
    observed[at] *= depth
    dips = summarise(replace(limit, observed=observed)).dips
    assert dips == (((limit.masses[at], observed[at]),) if seen else ())


def test_of_two_dips_the_lower_one_does_not_hide_the_other():
    observed = np.array([9.0, 9, 4, 7, 9, 2, 8, 9, 9, 9])
    limit = replace(open_limit(10), observed=observed)
    assert [value for _, value in summarise(limit).dips] == [4.0, 2.0]
    # From 7 only 6.5 is reached before the curve falls below it again: 0.92 of it is no dip.
    shallow = replace(limit, observed=np.array([9.0, 9, 6, 6.5, 2, 5, 9, 9, 9, 9]))
    assert [value for _, value in summarise(shallow).dips] == [2.0]


def test_excluded_ranges_end_where_the_limit_does():
    limit = island_limit()
    found = summarise(limit)
    assert found.excluded == ((limit.masses[1], limit.masses[4]),)
    assert found.dips == ()
    observed = np.array([math.nan, 1e-5, 1e-5, math.nan, math.nan, 1e-5, 1e-5])
    limit = open_limit(observed=observed)
    ends = limit.masses[[1, 2, 5, 6]]
    assert summarise(limit).excluded == ((ends[0], ends[1]), (ends[2], ends[3]))


@pytest.mark.parametrize("crossing", [1e-3, 0.02, 0.2])
def test_relic_line_is_excluded_above_y(crossing):
    limit = open_limit(301)  # y is proportional to the mass
    chi = limit.dark_matter_mass
    relic = float(np.interp(crossing, chi, limit.y))
    line = Overlay("relic", np.array([1e-5, 10.0]), np.array([relic, relic]), "y")
    name, ((low, high),) = summarise(limit, [line]).thermal[0]
    assert name == "relic"
    close(low, chi[0], 1e-9)
    close(high, crossing, 1e-4)  # linear between masses 2 % apart
    # Closed above at ten times the coupling, a hundred times y.
    closed = replace(limit, observed_upper=10.0 * limit.observed)
    ((low, high),) = summarise(closed, [line]).thermal[0][1]
    close(low, max(crossing / 100.0, chi[0]), 1e-4)
    close(high, crossing, 1e-4)


@pytest.mark.parametrize("masses", [7, 61, 301])
def test_a_step_of_the_relic_line_is_found_between_the_masses_of_the_limit(masses):
    limit = open_limit(masses)
    chi, step = limit.dark_matter_mass, 0.0231
    far = float(limit.y.max()) * 10.0
    at = np.array([chi[0], step / 1.001, step, chi[-1]])
    line = Overlay("relic", at, np.array([far / 1e9, far / 1e9, far, far]), "y")
    ((low, high),) = summarise(limit, [line]).thermal[0][1]
    close(low, step, 1e-3)  # the step is that wide
    close(high, chi[-1], 1e-9)


def test_relic_line_counts_where_it_is_known():
    limit = open_limit(301)
    line = Overlay("relic", np.array([0.01, 0.05]), np.array([1.0, 1.0]), "y")
    ((low, high),) = summarise(limit, [line]).thermal[0][1]
    close([low, high], [0.01, 0.05], 1e-9)
    apart = Overlay("relic", np.array([1.0, 2.0]), np.array([1.0, 1.0]), "y")
    assert summarise(limit, [apart]).thermal == (("relic", ()),)
