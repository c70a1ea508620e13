"""The monotone cubic is that of scipy, keeps to its points and is monotone between them."""

import numpy as np
import pytest
from closeness import close
from scipy.interpolate import PchipInterpolator

from emiss.ground.monotone_cubic import monotone_cubic


def points(seed, number):
    """Uneven points with rises, falls, steps without either, and turns at both ends."""
    draw = np.random.default_rng(seed)
    nodes = np.cumsum(draw.uniform(0.01, 2.0, number))
    values = np.cumsum(draw.choice([-1.0, 0.0, 0.3, 4.0], number) * draw.uniform(0.5, 1.5, number))
    return nodes, values


@pytest.mark.parametrize("number", [2, 3, 4, 12])
@pytest.mark.parametrize("seed", range(20))
def test_it_is_that_of_scipy(seed, number):
    nodes, values = points(seed, number)
    # Also beyond the ends, where both let the last cubic go on.
    at = np.concatenate([nodes, np.linspace(nodes[0] - 0.5, nodes[-1] + 0.5, 301)])
    # Cubics are sums of terms as large as the values: an error of some last bits of these.
    expected = PchipInterpolator(nodes, values)(at)
    size = 1.0 + np.abs(values).max() + np.abs(expected)
    assert np.all(np.abs(monotone_cubic(nodes, values, at) - expected) < 1e-12 * size)


@pytest.mark.parametrize("seed", range(5))
def test_it_stays_between_neighbouring_points(seed):
    nodes, values = points(seed, 10)
    inside = np.linspace(nodes[:-1], nodes[1:], 50)
    found = monotone_cubic(nodes, values, inside)
    rise = np.diff(values)
    # In steps of a fiftieth a difference is lost in rounding below 1e-13 of the values.
    assert np.all(np.diff(found, axis=0) * np.sign(rise) > -1e-13 * np.abs(values).max())
    assert found.shape == inside.shape


def test_a_straight_line_stays_straight():
    nodes = np.array([0.0, 0.1, 1.0, 5.0])
    close(
        monotone_cubic(nodes, 3.0 * nodes + 2.0, np.array([0.07, 0.5, 4.9])),
        [2.21, 3.5, 16.7],
        1e-14,
    )
