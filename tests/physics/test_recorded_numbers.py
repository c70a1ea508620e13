"""Numbers are as recorded: a change of physics, tables or accuracy is seen where it acts."""

from __future__ import annotations

import numpy as np
import pytest
import recorded
from closeness import close

RECIPES = recorded.recipes()
RECORDED = recorded.read()
# Sums in another order and another processor's functions move the last digits, and roots are found
# to 1e-6 at worst; every constant of the physics moves more.
TOLERANCE = 3e-6


@pytest.mark.parametrize("name", RECIPES)
def test_numbers_are_as_recorded(name):
    found, kept = np.array(recorded.flat(RECIPES[name]())), np.array(RECORDED[name])
    assert found.shape == kept.shape
    unknown = np.isnan(kept)
    np.testing.assert_array_equal(np.isnan(found), unknown)
    close(found[~unknown], kept[~unknown], TOLERANCE)


def test_what_is_recorded_is_what_can_be_made():
    assert list(RECIPES) == list(RECORDED)
    assert all(np.isfinite(numbers).any() for numbers in RECORDED.values())
