"""Scattered muons kept before the cut on their momentum: same physics, cut anew."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from closeness import close

import emiss
from emiss import experiments
from emiss.experiments.variation import varied
from emiss.ground import table_files
from emiss.ground.interruption import Interrupted, interruptible
from emiss.yields.acceptance import recoil, recoil_cuts, recoil_momenta
from emiss.yields.acceptance.recoil_tables import MUONS

MASSES = (0.01, 0.2)


@pytest.fixture(autouse=True)
def fresh(monkeypatch, tmp_path):
    """Nothing kept from elsewhere, and few muons."""
    monkeypatch.setattr(table_files, "cache_directory", lambda: tmp_path)
    monkeypatch.setattr(recoil_momenta, "BLOCK", 200)
    monkeypatch.setattr(recoil, "EVENTS", 600)
    recoil_momenta._GROWING.clear()
    recoil_momenta._WHOLE.clear()
    yield
    recoil_momenta._GROWING.clear()
    recoil_momenta._WHOLE.clear()


@pytest.fixture
def setup():
    return experiments.get("m3-phase1").runs[0].setup


@pytest.mark.parametrize("threshold", [6.0, 6.6])
def test_cuts_are_those_of_muons_one_by_one(threshold):
    setup = varied("m3-phase1", threshold=threshold).runs[0].setup
    found, errors = recoil_momenta.momenta(setup, "vector", MASSES).cut_flow(setup)
    floor = recoil_momenta.floor_share(setup)
    for mass, flow, error in zip(MASSES, found, errors, strict=True):
        blocks = [
            recoil.transport_to_counters(
                setup, mass, "vector", count=200, seed=(recoil.SEED, 2 * n), min_x=floor
            )
            for n in range(3)
        ]
        each = [recoil_cuts.cut_flow(setup, one) for one in blocks]
        # A muon counts at the middle of its bin: 1e-3 of its momentum for a resolution of 5e-2.
        close(flow, np.mean([one for one, _ in each], axis=0), 1e-3)
        direct = np.sqrt(np.mean([e**2 for _, e in each]) / 3)
        # Muons of one recoil that pass together by half count as if they did so whole.
        assert direct < 1.02 * error < 1.15 * direct


def test_a_threshold_samples_nothing_new(monkeypatch, setup):
    recoil_momenta.momenta(setup, "vector", MASSES)
    higher = varied("m3-phase1", threshold=6.6).runs[0].setup
    assert recoil_momenta.floor_share(higher) == recoil_momenta.floor_share(setup)

    def never(*_, **__):
        raise AssertionError("sampled again")

    monkeypatch.setattr(recoil, "transport_to_counters", never)
    lower = recoil_momenta.momenta(setup, "vector", MASSES).cut_flow(setup)[0]
    upper = recoil_momenta.momenta(higher, "vector", MASSES).cut_flow(higher)[0]
    assert np.all(upper[:, -1] < lower[:, -1])
    recoil_momenta._WHOLE.clear()  # from the file, too
    recoil_momenta._GROWING.clear()
    again = recoil_momenta.momenta(higher, "vector", MASSES).cut_flow(higher)[0]
    assert np.array_equal(again, upper)


def test_what_was_asked_before_changes_no_answer(setup):
    few = recoil_momenta.momenta(setup, "vector", MASSES, recoils=150)
    assert few.recoils == recoil_momenta.at_hand(setup, "vector", MASSES) == 200
    whole = recoil_momenta.momenta(setup, "vector", MASSES)
    assert whole.recoils == recoil_momenta.at_hand(setup, "vector", MASSES) == 600
    again = recoil_momenta.momenta(setup, "vector", MASSES, recoils=200)
    assert np.array_equal(again.passed, few.passed)
    recoil_momenta._WHOLE.clear()
    recoil_momenta._GROWING.clear()
    (table_files.cache_directory() / next(table_files.cache_directory().iterdir())).unlink()
    alone = recoil_momenta.momenta(setup, "vector", MASSES)
    assert np.array_equal(alone.passed, whole.passed)


def test_an_overtaken_question_is_given_up_and_what_is_done_is_kept(setup):
    asked = []

    def unwanted():
        asked.append(None)
        return len(asked) > 3  # in the second block of two masses

    with interruptible(unwanted), pytest.raises(Interrupted):
        recoil_momenta.momenta(setup, "vector", MASSES)
    assert recoil_momenta.at_hand(setup, "vector", MASSES) == 200
    given_up = recoil_momenta.momenta(setup, "vector", MASSES)
    recoil_momenta._WHOLE.clear()
    assert given_up.recoils == 600


def test_floors_are_near_what_a_threshold_asks_for():
    known = experiments.get("na64mu-2022").runs[0].setup
    for left in np.linspace(5.0, 155.0, 40):
        setup = replace(known, recoil=replace(known.asked_recoil, max_outgoing=float(left)))
        floor, asked = recoil_momenta.floor_share(setup), setup.lowest_share
        assert floor <= asked
        assert asked - floor < 0.16


def test_a_preview_is_near_the_whole_answer_and_says_how_near(monkeypatch):
    monkeypatch.setattr(recoil_momenta, "BLOCK", 1000)
    monkeypatch.setattr(recoil, "EVENTS", 64_000)
    # The published threshold ships; a hundredth of a GeV away nothing does, nor differs much.
    near = varied("m3-phase1", threshold=6.01)
    shipped = emiss.limit("m3-phase1", masses=[0.01, 0.1])
    preview = emiss.inference.limit(near, masses=[0.01, 0.1], recoils=1000)
    assert not np.array_equal(preview.observed, shipped.observed)
    table = MUONS.load(near.runs[0].setup, "vector", recoils=1000)
    errors = 0.5 * np.interp([0.01, 0.1], table.masses, table.error / table.flow[:, -1])
    # Four standard deviations, and 0.2 % for the threshold.
    assert np.all(np.abs(preview.observed / shipped.observed - 1.0) < 4.0 * errors + 2e-3)


def test_a_preview_takes_all_muons_of_a_lower_floor_where_they_are_kept(monkeypatch, setup):
    monkeypatch.setattr(recoil_momenta, "BLOCK", 1000)
    monkeypatch.setattr(recoil, "EVENTS", 4000)
    higher = varied("m3-phase1", threshold=8.0).runs[0].setup
    assert recoil_momenta.floor_share(higher) > recoil_momenta.floor_share(setup)
    few = MUONS.rows(higher, MASSES, "vector", 1000, None)
    recoil_momenta.momenta(setup, "vector", MASSES)
    borrowed = MUONS.rows(higher, MASSES, "vector", 1000, None)
    whole = MUONS.rows(higher, MASSES, "vector", 4000, None)
    for flow, error in (few, borrowed):
        # Four standard deviations of both.
        off = np.abs(flow[:, -1] - whole[0][:, -1])
        assert np.all(off < 4.0 * np.hypot(error, whole[1]))
    assert np.all(borrowed[1] < 0.9 * few[1])
    assert recoil_momenta.at_hand(higher, "vector", MASSES) == 4000
