"""Where no data stand behind a limit, no table, figure, record or file calls it observed."""

import json
import re

import pytest
from closeness import close
from command_line import run, run_json

import emiss
from emiss.experiments.variation import varied
from emiss.presentation import plots
from emiss.presentation.export import load_limit

PLANS = (
    ("na64h-1e11", ("--channel", "eta")),
    ("na64h-kaons-1e11", ("--channel", "K-short")),
    ("ldmx-8gev", ("--masses", "10MeV,100MeV")),
    ("darkshine-9e14", ("--masses", "10MeV,100MeV")),
    ("m3-phase2", ("--model", "lmu-ltau", "--masses", "10MeV,100MeV")),
    ("na64e-2016", ("--on-target", "1e12", "--masses", "10MeV,100MeV")),
    ("na64e-2016,na64e-1e13", ("--masses", "10MeV,100MeV")),
)
SEEN = re.compile(r"observed(?!_)|\bobs\.", re.IGNORECASE)
KEYS = ('"observed": ', '"observed_upper": ', "na64e-2016: run 2016: observed")
"""Keys of the format of records, the same for all limits; the count of a run that has one."""


def claims(text):
    """Lines that speak of an observation."""
    for key in KEYS:
        text = text.replace(key, "")
    return [line for line in text.splitlines() if SEEN.search(line.replace("observables", ""))]


@pytest.mark.parametrize(("name", "options"), PLANS)
def test_a_limit_without_data(name, options, tmp_path):
    printed = run("limit", name, *options, "--output", tmp_path / "out", "--table")
    assert not claims(printed)
    assert "projected" in printed
    assert "a projection, no data" in printed
    texts = [p for p in (tmp_path / "out").rglob("*") if p.suffix in (".csv", ".json", ".yaml")]
    assert len(texts) >= 5
    for path in texts:
        text = path.read_text("utf-8")
        assert not claims(text), path.name
        if path.name != "yields.yaml" or "shares" not in text:
            assert "project" in text.lower(), path.name
    record = json.loads((tmp_path / "out" / "limit.json").read_text("utf-8"))
    assert record["projection"] is True
    assert "no data" in record["notes"][0]
    read = load_limit(tmp_path / "out" / "limit.json")
    assert read.kind == "projected"


def test_measurements_stay_observed(tmp_path):
    printed = run("limit", "na64h-2023", "--channel", "eta", "--output", tmp_path / "out")
    assert "branching_fraction obs." in printed
    for path in (tmp_path / "out").rglob("*.*"):
        if path.suffix in (".csv", ".json", ".yaml"):
            assert "projected" not in path.read_text("utf-8")
    assert run_json("limit", "na64h-2023", "--channel", "eta")["projection"] is False


def legend_of(figure):
    """All text of a figure that was drawn."""
    axes = figure.axes[0]
    lines = [str(line.get_label()) for line in axes.get_lines()]
    return [*lines, *(text.get_text() for text in axes.texts)]


@pytest.fixture
def plan():
    return emiss.limit("ldmx-8gev", masses=["10 MeV", "100 MeV"])


def test_figures(plan):
    assert "projected" in legend_of(plots.exclusion(plan))
    now = emiss.limit("na64e-2016", masses=["10 MeV", "100 MeV"])
    both = " ".join(legend_of(plots.exclusion(plan, now)))
    assert "LDMX 8 GeV plan, 10¹⁶ on target (projected)" in both
    assert "NA64 e⁻ 2016 (projected)" not in both
    assert "observed" in legend_of(plots.exclusion(now))
    fills = {c.get_label() for c in plots.exclusion(plan, now).axes[0].collections}
    assert {"excluded", "projected reach"} <= fills
    assert "excluded" not in {c.get_label() for c in plots.exclusion(plan).axes[0].collections}
    model = emiss.models.get("invisible-meson", {"channel": "eta"})
    rows = plots.branching_fractions(emiss.limit("na64h-1e11", model, masses=[model.mass]))
    assert any("bold: projected;" in text for text in legend_of(rows))
    verdict = emiss.verdict(["ldmx-8gev", "na64e-2016"])
    ticks = [t.get_text() for t in plots.verdict(verdict).axes[0].get_yticklabels()]
    assert {
        "LDMX 8 GeV plan, 10¹⁶ on target (projected)", "NA64 e⁻ 2016", "combined (projected)",
    } == set(ticks)  # fmt: skip


def test_figures_to_hover_over(plan):
    pytest.importorskip("plotly")
    names = {trace.name for trace in plots.interactive(plan).data}
    assert {"projected", "projected reach"} <= names
    assert not names & {"observed", "excluded"}


def test_its_own_file_can_be_compared(plan, tmp_path):
    plan.save(tmp_path / "out")
    for name in ("limit.csv", "limit.json"):
        curve = emiss.read_curve(tmp_path / "out" / name)
        close(curve.values, plan.observed, 1e-8)


def test_other_commands(tmp_path):
    printed = run("branching", "na64h-5e12")
    assert not claims(printed)
    assert "projected" in printed
    every = run_json("branching", "na64h-5e12")["channels"].values()
    assert all(one["projection"] is True for one in every)
    assert not claims(run("show", "m3-phase1"))
    listed = {
        row["name"]: row["observed"] for row in run_json("list", "experiments")["experiments"]
    }
    assert listed["darkshine-9e14"] is None
    assert listed["na64h-2023"] == 0
    planes = run(
        "plane", "m3-phase1", "na64mu-2022", "--model", "lmu-ltau", "--masses=10MeV,100MeV"
    )
    assert "M3 plan, phase 1 (projected): would exclude" in planes
    assert "NA64 mu- 2022: excludes" in planes
    assert "(projected)" in run("verdict", "ldmx-8gev")
    assert "(projected)" not in run("verdict", "na64e-2016")
    grid = "--masses=10MeV,100MeV"
    for file in ("one.json", "one.csv"):
        run("export", "likelihood", "ldmx-8gev", grid, "-o", tmp_path / file)
        assert "epsilon projected" in run("likelihood", tmp_path / file)
        assert run_json("likelihood", tmp_path / file)["projection"] is True


def test_likelihoods_for_other_programs(tmp_path):
    grid, words = "--masses=10MeV,100MeV", "a projection: the counts are those expected"
    assert words in run("export", "pyhf", "ldmx-8gev", grid, "-o", tmp_path / "w")
    run("export", "hs3", "ldmx-8gev", grid, "-o", tmp_path / "h")
    assert any(words in p.read_text("utf-8") for p in (tmp_path / "h").glob("*.json"))
    assert words not in run("export", "pyhf", "na64e-2016", grid, "-o", tmp_path / "m")
    asked = ("export", "pyhf", "na64h-1e11", "--model", "invisible-meson", "-o", tmp_path / "n")
    close(run_json(*asked)["masses_gev"], [0.547862], 1e-6)


def test_a_design_has_no_data():
    design = varied("na64e-2016", threshold=55.0)
    assert not any(run.measured for run in design.runs)
    assert emiss.limit(design, masses=["10 MeV"]).kind == "projected"
