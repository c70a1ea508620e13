"""The examples in docstrings of the public surface run as they stand."""

import doctest
import importlib

import pytest

MODULES = (
    "emiss.api.curves",
    "emiss.api.parameter_scan",
    "emiss.api.physics",
    "emiss.api.search",
    "emiss.ground.numbers",
    "emiss.presentation.plots.exclusion",
    "emiss.presentation.plots.style",
    "emiss.physics.shower.tracks",
)


@pytest.mark.parametrize("name", MODULES)
def test_examples(name):
    found = doctest.testmod(importlib.import_module(name))
    assert found.attempted > 0
    assert found.failed == 0
