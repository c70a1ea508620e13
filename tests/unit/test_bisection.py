"""Halving finds the switch, from either side, one point or many."""

from __future__ import annotations

import math

import numpy as np
import pytest
from closeness import close

from emiss.ground.bisection import switch_point, switch_points


@pytest.mark.parametrize(("inside", "outside"), [(0.0, 10.0), (0.0, 2.1)])
def test_a_switch_is_found_to_the_last_halving(inside, outside):
    found = switch_point(lambda x: x * x < 4.0, inside, outside, 50)
    close(found, 2.0, 2e-15 * outside)


def test_the_order_of_the_points_does_not_matter():
    close(switch_point(lambda x: x > math.e, 30.0, 1.0, 60), math.e, 1e-15)


def test_fewer_halvings_are_as_coarse_as_they_say():
    found = switch_point(lambda x: x < 1.0 / 3.0, 0.0, 1.0, 10)
    assert abs(found - 1.0 / 3.0) <= 2.0**-10


def test_many_switches_are_found_side_by_side():
    squares = np.array([1.0, 2.0, 9.0, 1e10])
    found = switch_points(lambda x: x * x < squares, np.zeros(4), np.full(4, 1e6), 90)
    for one, square in zip(found, squares, strict=True):
        close(one, math.sqrt(square), 1e-14)
