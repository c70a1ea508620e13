"""The comparison that all other tests rest on can fail."""

import math

import numpy as np
import pytest
from closeness import close


@pytest.mark.parametrize(
    ("found", "expected", "rel"),
    [
        (1.0, 1.0 + 1e-9, 1e-8),
        (3e-29, 3.0000001e-29, 1e-6),
        ([1.0, math.inf], [1.0, math.inf], 1e-9),
        (np.ones((3, 1)), [1.0, 1.0], 1e-12),
        (0.0, 0.0, 1e-9),
        (1.0 + 1e-10j, 1.0 + 0j, 1e-9),
    ],
)
def test_close(found, expected, rel):
    close(found, expected, rel)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (3e-29, -3e-29),
        (3e-29, 3.1e-29),
        (1e-300, 0.0),
        (0.0, 1e-300),
        (math.nan, math.nan),
        (1.0, math.nan),
        (math.nan, 1.0),
        (math.inf, -math.inf),
        (1e308, math.inf),
        (math.inf, 1e308),
        ([1.0, 2.0], [1.0, 2.1]),
        (1.0, 1.0 + 0.1j),
        ([], []),
        ("1", 1.0),
        (None, 1.0),
    ],
)
def test_not_close(found, expected):
    with pytest.raises(AssertionError):
        close(found, expected, 1e-3)


def test_shapes_must_fit():
    with pytest.raises(ValueError, match="broadcast"):
        close([1.0, 1.0], [1.0, 1.0, 1.0], 1e-3)


def test_an_absolute_tolerance_is_given_a_reason():
    close(1e-12, 0.0, absolute=1e-9, because="rounding of a sum of one")
    for keywords in ({"absolute": 1e-9}, {"rel": 1e-9, "because": "no tolerance"}, {}):
        with pytest.raises(AssertionError):
            close(0.0, 0.0, **keywords)
