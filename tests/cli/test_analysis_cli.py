"""`emiss cutflow`, `analyse`, `skim` and `unblind`."""

from __future__ import annotations

import itertools
import json

import pytest
from closeness import close
from command_line import run, run_json
from event_tables import layout, made_up

from emiss.events.record import columns_of
from emiss.events.record.files import write_events
from emiss.ground.errors import EmissError

NAME = "na64e-2021-2022"


@pytest.fixture
def data(tmp_path):
    pytest.importorskip("pyarrow")
    place = tmp_path / "data"
    place.mkdir()
    write_events(made_up(250, 21), columns_of(layout()), place / "run.parquet", "parquet")
    return place / "run.parquet"


def test_cut_flow_of_simulated_electrons():
    record = run_json("cutflow", NAME, "--events", "40")
    cuts = record["cuts"]
    assert [cut["name"] for cut in cuts] == ["trigger", *(c.name for c in layout().selection.cuts)]
    shares = [cut["cumulative"] for cut in cuts]
    assert all(later <= earlier for earlier, later in itertools.pairwise(shares))
    close(record["total_efficiency"], shares[-1], 1e-12)
    assert record["seconds"] > 0.0
    # electrons without missing energy: the trigger wants less than 80 GeV in the calorimeter
    assert cuts[0]["alone"] < 0.3
    assert cuts[1]["alone"] > 0.7


def test_cut_flow_of_visible_decays_at_a_coupling():
    asked = ("cutflow", "na64-visible-2017", "--sample", "signal", "--mass", "2MeV", "--events")
    asked += ("6", "--intensity", "0")
    decays = (*asked, "--set", "dark_matter=none", "--coupling")
    low, high = (run_json(*decays, coupling) for coupling in ("1e-5", "2e-5"))
    # made as coupling^2; flying for kilometres, they decay within a metre as coupling^2.
    # What the pure fourth power leaves out is the way over the decay length, below 1e-3.
    close(high["bosons_per_particle"] / low["bosons_per_particle"], 16.0, 2e-3)
    pair = {cut["name"]: cut["cumulative"] for cut in low["cuts"]}
    assert pair["pair"] > 0.5
    # a boson that is stable leaves nothing behind the dump
    stable = {cut["name"]: cut["cumulative"] for cut in run_json(*asked)["cuts"]}
    assert stable["pair"] == 0.0


def test_analysis_of_data_is_blind_and_writes_all_files(data, tmp_path):
    out = tmp_path / "out"
    record = run_json("analyse", NAME, data, "-o", out)
    assert record["blinding"].startswith("blind")
    assert record["events"] < 250
    assert {p.name for p in out.iterdir()} == {
        "analysis.json", "cut-variables.pdf", "cut-variables.png", "energy-plane.pdf",
        "energy-plane.png",
    }  # fmt: skip
    saved = json.loads((out / "analysis.json").read_text())
    assert saved["plane"]["region_gev"] == [50.0, 1.0]
    inside = saved["plane"]["counts"]
    assert sum(map(sum, inside)) >= 0.0


def test_unblinding_shows_everything_and_says_so(data):
    before = run_json("analyse", NAME, data)["events"]
    log = run_json("unblind", NAME, "--data", data.parent, "--reason", "cuts are frozen now")
    assert log["open"]
    assert len(log["entries"]) == 1
    after = run_json("analyse", NAME, data)
    assert after["events"] == 250 > before
    assert "cuts are frozen now" in after["blinding"]
    assert run_json("unblind", NAME, "--data", data.parent)["entries"] == log["entries"]


def test_skim_writes_what_is_visible(data, tmp_path):
    before = run_json("analyse", NAME, data)["events"]
    made = run_json("skim", NAME, data, "-o", tmp_path / "skim.parquet")
    assert made["events"] == before


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("cutflow", NAME, "--sample", "signal"), "needs a mass"),
        (("cutflow", NAME, "--mass", "10MeV"), "sample 'signal', not to 'beam'"),
        (("cutflow", NAME, "--coupling", "1e-4"), "belong to the sample 'signal', not to 'beam'"),
        (("cutflow", NAME, "--events", "0"), "whole number from 1"),
        (("cutflow", NAME, "--sample", "quarks"), "unknown sample"),
        (("cutflow", NAME, "--run", "1999"), "run '1999'"),
        (("analyse", NAME, "nowhere.parquet"), "no file or directory"),
        (("skim", NAME, "nowhere.parquet", "-o", "x.csv"), "parquet or .root"),
        (("unblind", NAME, "--data", "nowhere"), "no directory"),
    ],
)
def test_bad_input_ends_in_one_sentence(words, sentence):
    with pytest.raises(EmissError, match=sentence):
        run(*words)
