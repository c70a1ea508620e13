"""The examples in docstrings of the public surface run as they stand, and each name has one."""

import doctest
import importlib
import inspect

import pytest

import emiss

MODULES = (
    "emiss.api.analysis",
    "emiss.api.cross_sections",
    "emiss.api.cosmology",
    "emiss.api.curves",
    "emiss.api.events",
    "emiss.api.optimisation",
    "emiss.api.parameter_scan",
    "emiss.api.physics",
    "emiss.api.shapes",
    "emiss.api.responses",
    "emiss.api.search",
    "emiss.ground.declared_types",
    "emiss.ground.errors",
    "emiss.ground.guards",
    "emiss.inference.discovery",
    "emiss.ground.numbers",
    "emiss.ground.units",
    "emiss.inference.counting",
    "emiss.inference.limit",
    "emiss.inference.thermal",
    "emiss.inference.verdict",
    "emiss.physics.constraints.curves.curve_files",
    "emiss.physics.shower.tracks",
    "emiss.presentation.explore.widget",
    "emiss.presentation.plots.style",
    "emiss.yields.signal",
)
DRAWN = tuple(
    sorted({inspect.getmodule(getattr(emiss.plots, n)).__name__ for n in emiss.plots.__all__})
)


def public():
    for room in (emiss, emiss.plots):
        for name in room.__all__:
            thing = getattr(room, name)
            if callable(thing) and not inspect.ismodule(thing):
                yield pytest.param(thing, id=name)


@pytest.mark.parametrize("name", [*MODULES, *DRAWN])
def test_examples(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    found = doctest.testmod(importlib.import_module(name))
    assert found.attempted > 0
    assert found.failed == 0


@pytest.mark.parametrize("thing", list(public()))
def test_every_public_name_has_an_example_that_runs(thing):
    assert ">>>" in (inspect.getdoc(thing) or "")
    assert inspect.getmodule(thing).__name__ in (*MODULES, *DRAWN)
