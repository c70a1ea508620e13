"""Bins in the plane of energies: templates, what data may show, and the count as one bin."""

import json
import math
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from closeness import close
from event_tables import layout, made_up

import emiss
from emiss.analysis import blinding
from emiss.analysis.reconstruction import reconstruct
from emiss.analysis.shape_bins import BinSums, ShapeBins, recorded_bins
from emiss.events.record import columns_of
from emiss.events.record.files import write_events
from emiss.experiments.describe import rows as describe_rows
from emiss.experiments.selection import Axis
from emiss.ground.errors import EmissError
from emiss.inference.shape_channels import PartAsked, ShapePart
from emiss.inference.shape_inputs import background_parts, notes_of

NAME = "na64e-2021-2022"
REGION = {"target_energy": "0,50GeV", "hadronic_energy": "0,1GeV"}
THREE = {"target_energy": "0,15GeV,30GeV,50GeV", "hadronic_energy": "0,1GeV"}
BASED = "[experiment]\nname = 'binned'\ntitle = 'binned'\nbase = 'na64e-2021-2022'\n"
PLANE = ShapeBins(
    layout(),
    (Axis("target_energy", (0.0, 25.0, 50.0, 120.0)), Axis("hadronic_energy", (0.0, 1.0, 40.0))),
)


@pytest.mark.parametrize("method", ["cls", "asymptotic", "toys"])
def test_one_bin_is_the_count(method):
    found = emiss.shape(NAME, REGION, events=60, method=method, toys=1000)
    assert found.observed == (0,)
    assert (found.signal[0, 0], found.signal_error[0, 0]) == (1.0, 0.0)
    plain = emiss.limit(NAME, masses=["10 MeV"], method=method, toys=1000)
    for band, values in found.shape_couplings.items():
        assert values[0] == found.count_couplings[band][0]
        known = plain.observed if band == "observed" else plain.expected[band]
        # the count has its own uncertainties in two factors, so that pseudo-experiments are other
        # ones: 1000 know a p-value of 0.1 to 10 %, the coupling to 3 %
        close(float(values[0]), float(known[0]), 0.12 if method == "toys" else 1e-6)
    close(float(found.gain[0]), 1.0, 1e-12)


def test_bins_of_the_signal_region():
    found = emiss.shape(NAME, THREE, events=120, masses=["10 MeV", "100 MeV"], seed=3)
    assert found.observed == (0, 0, 0)
    close(found.background.sum(), 0.51, 1e-12)
    np.testing.assert_allclose(found.background / 0.51, [0.3, 0.3, 0.4], rtol=1e-12)
    np.testing.assert_allclose(found.signal.sum(axis=1), 1.0, rtol=1e-12)
    # without events CLs excludes 2.3 of them wherever they are, but for the Monte Carlo errors
    close(float(found.shape_events["observed"][0]), float(found.count_events["observed"][0]), 0.01)
    assert any("flat" in note for note in found.notes)
    assert np.isnan(emiss.shape(NAME, THREE, events=60, observed=[0, 0, 0]).p_value).sum() == 0
    again = emiss.shape(NAME, THREE, events=120, masses=["10 MeV", "100 MeV"], seed=3)
    assert again.record() == found.record()


def test_bins_of_the_experiment_file(tmp_path):
    file = tmp_path / "binned.toml"
    file.write_text(
        f"{BASED}[[override.bins]]\nvariable = 'target_energy'\n"
        "edges = [0, '15 GeV', '30 GeV', '50GeV']\n"
        "[[override.bins]]\nvariable = 'hadronic_energy'\nedges = ['0 GeV', '1 GeV']\n"
        "source = 'choice'\nstatus = 'assumed'\n",
        encoding="utf-8",
    )
    mine = emiss.experiments.load(file)
    found = emiss.shape(mine, events=120, seed=3)
    asked = emiss.shape(NAME, THREE, events=120, seed=3)
    assert [axis.edges for axis in found.axes] == [axis.edges for axis in asked.axes]
    assert found.axes[1].status == "assumed"
    np.testing.assert_allclose(found.background, asked.background, rtol=1e-12)
    # asked for by hand, others are taken
    assert len(emiss.shape(mine, REGION, events=40).axes[0].edges) == 2
    plain = emiss.experiments.get(NAME)
    assert blinding.selection_hash(mine.layout) != blinding.selection_hash(plain.layout)
    rows = {row.name: row.value for row in describe_rows(mine)}
    assert rows["bins: target_energy"] == "0, 15, 30, 50 GeV"
    with pytest.raises(EmissError, match="no bins"):
        emiss.shape(NAME, events=40)


@pytest.mark.parametrize(
    ("variable", "edges", "said"),
    [
        ("target_energi", "0, '50 GeV'", "target_energy"),
        ("target_energy", "0, '40 GeV', '60 GeV'", "50 GeV, within a bin"),
        ("target_energy", "'50 GeV', 0", "above the one"),
        ("target_energy", "0", "edges"),
        ("target_energy", "0, 50", "unit"),
        ("incoming_chi2", "0, 5", "signal region"),
    ],
)
def test_bins_that_an_experiment_file_cannot_have(tmp_path, variable, edges, said):
    file = tmp_path / "binned.toml"
    row = f"[[override.bins]]\nvariable = '{variable}'\nedges = [{edges}]\n"
    file.write_text(BASED + row, encoding="utf-8")
    with pytest.raises(EmissError, match=said):
        emiss.experiments.load(file)
    file.write_text(BASED + 2 * row, encoding="utf-8")
    with pytest.raises(EmissError):
        emiss.experiments.load(file)


def test_one_of_several_backgrounds_has_its_own_error():
    asked = {"upstream": "0.2+-0.1", "dimuons": 0.1}
    found = emiss.shape(NAME, THREE, events=60, backgrounds=asked, method="asymptotic")
    by_name = {part.name: part for part in found.parts}
    assert list(by_name) == ["upstream", "dimuons", "rest"]
    assert [part.how for part in found.parts] == ["flat"] * 3
    close(by_name["upstream"].relative, 0.5, 1e-12)
    close(by_name["rest"].events.sum(), 0.21, 1e-12)
    # stated: 0.13 in all
    close(by_name["rest"].relative * 0.21, math.sqrt(0.13**2 - 0.1**2), 1e-9)
    assert {name for name, _ in found.channels[0][0].background_sources} == {"upstream", "rest"}
    assert any("asymptotic" in note for note in found.notes)


def test_what_is_seen_outside_the_region_counts_too():
    edges = {"target_energy": "0,50GeV,80GeV", "hadronic_energy": "0,1GeV,40GeV"}
    found = emiss.shape(
        NAME, edges, events=40, background_events=400, backgrounds={"dimuon": "+-0.3"},
        method="asymptotic",
    )  # fmt: skip
    assert found.inside.tolist() == [True, False, False, False]
    assert set(found.used) >= {0, 1, 3}
    assert found.parts[0].how == "sideband"
    # Dimuons per electron on target: of the order of 1e-5 before the selection.
    events = found.parts[0].events
    assert events[0] == 0.0
    assert 1e-8 < events.sum() / 5e11 < 1e-4
    assert np.isnan(found.shape_couplings["observed"]).all()
    assert np.isfinite(found.shape_couplings["0"]).all()
    seen = [0, *(round(x) for x in events[1:])]
    known = emiss.shape(
        NAME, edges, events=40, background_events=400, backgrounds={"dimuon": "+-0.3"},
        method="asymptotic", observed=seen,
    )  # fmt: skip
    assert np.isfinite(known.shape_couplings["observed"]).all()


def test_shares_have_binomial_errors():
    # unweighted events of two bins: r (1 - r)/N; those beyond all bins belong to the region
    sums = BinSums(PLANE)
    sums.number[:] = sums.weight[:] = sums.square[:] = [30, 0, 50, 0, 0, 0]
    sums.rest = sums.rest_square = 20.0
    ratio, error = sums.shares()
    np.testing.assert_allclose(ratio[[0, 2]], [0.3, 0.5], rtol=1e-12)
    np.testing.assert_allclose(error[[0, 2]] ** 2, [0.3 * 0.7 / 100, 0.25 / 100], rtol=1e-12)


def test_places_are_those_of_the_edges():
    random = np.random.default_rng(3)
    x, y = random.uniform(-10.0, 150.0, 500), random.uniform(-1.0, 50.0, 500)
    x[0] = np.nan
    place = PLANE.place({"target_energy": x, "hadronic_energy": y})
    for at, a, b in zip(place, x, y, strict=True):
        inside = [i for i, ((p, q), (r, s)) in enumerate(PLANE.boxes) if p <= a < q and r <= b < s]
        assert inside == ([] if at < 0 else [at])
    assert PLANE.inside.tolist() == [True, False, True, False, False, False]
    np.testing.assert_allclose(PLANE.flat, [0.5, 0.0, 0.5, 0.0, 0.0, 0.0], rtol=1e-12)


def test_hidden_events_leave_no_trace(tmp_path):
    pytest.importorskip("pyarrow")
    # made-up events pass no cuts on tracks: the signal region alone is asked for
    selection = layout().selection
    cuts = tuple(cut for cut in selection.cuts if cut.name in selection.signal_region)
    plain = replace(layout(), selection=replace(selection, cuts=cuts))
    bins = ShapeBins(plain, PLANE.axes)
    table = made_up(600, 5)
    table.columns["trigger"][:] = 1
    secret = blinding.hidden(plain, reconstruct(table, plain))
    answers = []
    for name, part in (("all", table), ("visible", table.take(~secret))):
        (tmp_path / name).mkdir()
        path = tmp_path / name / "events.parquet"
        write_events(part, columns_of(layout()), path, "parquet")
        answers.append(recorded_bins(bins, path))
    assert answers[0] == answers[1]
    assert [n is None for n in answers[0]] == bins.inside.tolist()
    emiss.unblind(NAME, tmp_path / "all", reason="the bins are fixed")
    opened = recorded_bins(bins, tmp_path / "all" / "events.parquet")
    assert sum(n for n, inside in zip(opened, bins.inside, strict=True) if inside) == secret.sum()
    assert [n for n, inside in zip(opened, bins.inside, strict=True) if not inside] == [
        n for n in answers[0] if n is not None
    ]
    assert sum(n for n in answers[0] if n is not None) > 300
    # a skimmed file has no event of the region, and zero is not what was seen there
    blinding.skim(tmp_path / "all" / "events.parquet", plain, tmp_path / "all" / "left.parquet")
    assert recorded_bins(bins, tmp_path / "all" / "left.parquet") == answers[0]


def test_the_region_is_not_counted_where_a_file_came_after_the_opening(tmp_path):
    """What some files have in the region is no observation beside the other bins of all files."""
    pytest.importorskip("pyarrow")
    selection = layout().selection
    cuts = tuple(cut for cut in selection.cuts if cut.name in selection.signal_region)
    plain = replace(layout(), selection=replace(selection, cuts=cuts))
    bins = ShapeBins(plain, PLANE.axes)
    first, second = made_up(300, 5), made_up(300, 6)
    second["event"][:] += 1000
    for number, table in enumerate((first, second)):
        table.columns["trigger"][:] = 1
        write_events(table, columns_of(layout()), tmp_path / f"{number}.parquet", "parquet")
        if not number:
            emiss.unblind(NAME, tmp_path, reason="the bins are fixed")
            assert None not in recorded_bins(bins, tmp_path)
    assert [n is None for n in recorded_bins(bins, tmp_path)] == bins.inside.tolist()
    assert None not in recorded_bins(bins, tmp_path / "0.parquet")
    emiss.unblind(NAME, tmp_path, reason="the second file is complete")
    assert None not in recorded_bins(bins, tmp_path)


def test_blind_data_give_expected_limits_only(tmp_path):
    pytest.importorskip("pyarrow")
    path = tmp_path / "events.parquet"
    write_events(made_up(50, 2), columns_of(layout()), path, "parquet")
    found = emiss.shape(NAME, THREE, events=60, data=path)
    assert found.observed == (None, None, None)
    assert np.isnan(found.shape_couplings["observed"]).all()
    assert np.isnan(found.count_couplings["observed"]).all()
    assert np.isfinite(found.shape_couplings["0"]).all()
    assert any("blind" in note for note in found.notes)
    assert json.loads(json.dumps(found.record()))["bins"][0]["observed"] is None


@pytest.mark.parametrize(("bins", "options", "said"), [
    ({"target_energy": "0,60GeV", "hadronic_energy": "0,1GeV"}, {}, "make it an edge"),
    ({"target_enrgy": "0,50GeV"}, {}, "target_energy"),
    ({"incoming_momentum": "90GeV,110GeV"}, {}, "signal region"),
    ({}, {}, "at least one"),
    ({"target_energy": "50GeV,0"}, {}, "above the one before"),
    ({"target_energy": "0"}, {}, "at least two"),
    (THREE, {"observed": [0, 0]}, "one per bin"),
    (THREE, {"observed": [0, 0, 0], "data": "x"}, "not both"),
    (THREE, {"method": "bayes"}, "asymptotic"),
    (THREE, {"backgrounds": {"a": "9"}}, "no more"),
    (THREE, {"backgrounds": {"a": "1+-x"}}, "background 'a'"),
    (THREE, {"backgrounds": {"nothing": None}}, "dimuon"),
])  # fmt: skip
def test_bad_input_is_named(bins, options, said):
    with pytest.raises(EmissError, match=said):
        emiss.shape(NAME, bins, events=20, **options)


@pytest.mark.parametrize(("events", "said"), [(4.9, True), (5.1, False)])
def test_asymptotic_limits_of_few_events_are_doubted(events, said):
    part = ShapePart("flat", "flat", 0.1, events * PLANE.flat, np.zeros(PLANE.size))
    used = np.flatnonzero(PLANE.inside)
    doubts = [
        [note for note in notes_of(PLANE, [part], used, True, None, method) if "not valid" in note]
        for method in ("asymptotic", "cls")
    ]
    assert [len(found) for found in doubts] == [int(said), 0]


def test_a_sample_without_events_says_what_can_be_done():
    run = emiss.experiments.get(NAME).runs[0]
    empty = SimpleNamespace(bins=PLANE, run=run, sums=lambda name, events: BinSums(PLANE))
    with pytest.raises(EmissError, match=r"^background 'dimuon': .* Simulate more events, or give"):
        background_parts(empty, (PartAsked("dimuon", 0.1, 0.05),), 10)


def test_bins_outside_of_the_region_have_the_signal_of_bosons_that_take_less():
    """Bosons of 20 to 50 GeV at 10 MeV: the deterministic yield has 1.83 as many as above 50 GeV.

    They were not made: the bin had 0.11 +- 0.03 of the signal of the count.
    """
    bins = {"target_energy": "0,50GeV,80GeV", "hadronic_energy": "0,1GeV"}
    found = emiss.shape(NAME, bins, events=400, masses=[0.01])
    inside, outside = (one["signal"][0] for one in found.record()["bins"])
    close(inside, 1.0, 1e-9)
    error = found.record()["bins"][1]["signal_error"][0]
    close(outside, 1.83, absolute=4.0 * error, because="4 standard deviations: 1 of 1e4")
