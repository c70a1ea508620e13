"""Packages that are not installed are missed before the work, and by a sentence that says how."""

import sys

import pytest
from example_limits import open_limit

import emiss
from emiss.events.record import signal_files
from emiss.ground.errors import EmissError
from emiss.ground.extras import Extra


@pytest.fixture
def without(monkeypatch):
    """Make packages look as if they were not installed."""

    def hidden(*names):
        from importlib import util

        found = util.find_spec
        for name in [m for m in sys.modules if m.partition(".")[0] in names]:
            monkeypatch.delitem(sys.modules, name)
        for name in names:
            monkeypatch.setitem(sys.modules, name, None)
        monkeypatch.setattr(
            "emiss.ground.extras.find_spec", lambda name: None if name in names else found(name)
        )

    return hidden


def test_nothing_is_simulated_that_cannot_be_written(without, tmp_path, monkeypatch):
    without("pyarrow")

    def never(*_, **__):
        raise AssertionError("work began")

    monkeypatch.setattr("emiss.events.campaign.run._make", never)
    with pytest.raises(EmissError, match=r"Parquet files need pyarrow: pip install 'emiss\[io\]'"):
        emiss.simulate("na64e-2016", directory=tmp_path / "events", events=10)
    assert not (tmp_path / "events").exists()


def test_nothing_is_generated_that_cannot_be_written(without, tmp_path):
    without("pyhepmc")
    with pytest.raises(EmissError, match=r"need pyhepmc: pip install 'emiss\[gen\]'\.$"):
        signal_files.check_sample_file(tmp_path / "a.hepmc")
    signal_files.check_sample_file(tmp_path / "a.lhe")


def test_results_without_pandas_say_what_is_there_instead(without):
    without("pandas")
    with pytest.raises(EmissError, match=r"to_frame needs pandas: .*; `columns` gives arrays\.$"):
        open_limit().to_frame()


def test_a_package_that_is_there_is_loaded():
    extra = Extra("json.decoder", "io", "this needs")
    extra.check()
    assert extra.load().JSONDecoder is not None
    with pytest.raises(ValueError, match="no package of others"):
        Extra("emiss.events", "io", "this needs")
    with pytest.raises(EmissError, match=r"^this needs absent_package: pip install 'emiss\[io\]'"):
        Extra("absent_package.part", "io", "this needs").load()
