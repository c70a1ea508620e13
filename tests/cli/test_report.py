"""The report: what lies in a folder on one page, escaped, blind where the data are."""

from __future__ import annotations

import functools
import json
import re

import numpy as np
import pytest
from closeness import close
from command_line import run_json
from event_tables import layout, made_up

import emiss
from emiss.analysis.histograms import Histograms
from emiss.analysis.resolution import Resolutions
from emiss.events.record import EventTable, columns_of
from emiss.events.record.files import write_events
from emiss.ground.errors import EmissError
from emiss.presentation.html import table_html
from emiss.presentation.report import read_folder, sections_of, write_report
from emiss.presentation.report.drawings import histogram_svg
from emiss.presentation.text_table import TextTable

pytest.importorskip("pyarrow")
NAME = "na64e-2021-2022"


@functools.cache
def limit():
    return emiss.limit(NAME, masses=["5 MeV", "10 MeV", "50 MeV", "200 MeV"])


@pytest.fixture
def folder(tmp_path):
    data = tmp_path / "data"
    data.mkdir()
    write_events(made_up(300, 5), columns_of(layout()), data / "run.parquet", "parquet")
    out = tmp_path / "out"
    run_json("analyse", NAME, data / "run.parquet", "-o", out)
    emiss.presentation.export.write_results(limit(), out, figures=False)
    return out


def change(folder, edit, name="analysis.json"):
    record = json.loads((folder / name).read_text())
    edit(record)
    (folder / name).write_text(json.dumps(record))


def test_the_page_has_all_sections_and_loads_nothing(folder):
    answer = run_json("report", folder)
    assert answer["files"] == [str(folder / "report.html"), str(folder / "report.md")]
    html, text = (folder / "report.html").read_text(), (folder / "report.md").read_text()
    titles = ["Set-up", "Blinding", "Cut flow", "Resolution", "Energy plane", "Limit on epsilon",
              "Provenance", "Literature"]  # fmt: skip
    assert re.findall(r"<h2>([^<]*)</h2>", html) == titles
    assert re.findall(r"^## (.*)$", text, re.M) == titles
    assert not re.search(r"""(src|href)=["'](?!data:)|@import|url\((?!#)|fetch\(|\bimport """, html)
    for words in ("blind: the signal region is hidden", "6.56e11"):
        assert words in html
        assert words in text
    planes = json.loads(html.split('id="emiss-planes">')[1].split("</script>")[0])
    assert [len(p["lines"]) for p in planes.values()] == [1, 4]
    drawn = next(iter(planes.values()))["lines"][0]
    for mine, theirs in zip(drawn["values"], limit().observed.tolist(), strict=True):
        close(mine, theirs, 1e-4)  # five digits are written


def test_backgrounds_are_shown_where_there_are_any(folder):
    source = {"name": "dimuons", "events": 0.03, "statistical": 0.01, "systematic": None,
              "method": "simulation"}  # fmt: skip
    published = {"events": 0.04, "error": 0.02}
    limited = {"events": 0.01, "error": None}
    sources = [source, source | {"published": published}, source | {"published": limited}]
    record = {"sources": sources, "total": 0.03, "total_error": 0.01}
    (folder / "backgrounds.json").write_text(json.dumps(record))
    section = next(s for s in sections_of(read_folder(folder)) if s.title == "Backgrounds")
    assert section.tables[0].rows == tuple(
        ("dimuons", "0.03", "0.01", "—", said, "simulation")
        for said in ("—", "0.04 ± 0.02", "< 0.01")
    )
    write_report(folder)
    assert ">0.04 ± 0.02</td>" in (folder / "report.html").read_text()


@pytest.mark.parametrize("name", emiss.experiments.names())
def test_the_signal_region_ends_where_bins_of_the_plane_do(name):
    for run in emiss.experiments.get(name).runs:
        _, plane = Histograms(run.layout).results()
        assert np.all(np.diff(plane.x_edges) > 0.0)
        assert np.all(np.diff(plane.y_edges) > 0.0)
        assert plane.counts.shape == (plane.x_edges.size - 1, plane.y_edges.size - 1)
        if plane.region is not None:
            assert plane.region[0] in plane.x_edges
            assert plane.region[1] in plane.y_edges


def test_numbers_of_a_page_are_not_parted():
    cells = ("1.2e-4 ± 3e-5", "< 0.01", "4.5 GeV", "simulation of 3 layers", "—")
    html = table_html(TextTable("t", ("a",) * 5, (cells,), ()))
    assert re.findall(r"nowrap\">([^<]*)<", html) == ["1.2e-4 ± 3e-5", "&lt; 0.01", "4.5 GeV"]


def test_no_event_of_a_blind_region_is_shown(folder):
    plane = json.loads((folder / "analysis.json").read_text())["plane"]
    counts = np.array(plane["counts"])
    x = np.array(plane["target_energy_edges_gev"])[1:] <= 50.0
    y = np.array(plane["hadronic_energy_edges_gev"])[1:] <= 1.0
    assert counts[np.outer(x, y)].sum() == 0.0
    write_report(folder)
    assert "signal region: hidden" in (folder / "report.html").read_text()
    change(folder, lambda r: r["plane"]["counts"][0].__setitem__(0, 2.0))
    (folder / "report.html").unlink()
    with pytest.raises(EmissError, match=r"analysis\.json': 'plane\.counts'.*hidden"):
        write_report(folder)
    assert not (folder / "report.html").exists()


def test_what_others_wrote_is_escaped(folder):
    evil = '</script><img src=x onerror="alert(1)">|`*'

    def edit(record):
        record["setup"]["title"] = record["cuts"][0]["name"] = evil
        record["histograms"][0]["cut"] = record["blinding"] = evil

    change(folder, edit)
    change(folder, lambda r: r.__setitem__("experiment_title", evil), "limit.json")
    write_report(folder)
    html, text = (folder / "report.html").read_text(), (folder / "report.md").read_text()
    assert "<img" not in html
    assert html.count("</script>") == 2
    assert "<img" not in text.replace("\\<img", "")


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (lambda r: r.__setitem__("format", "emiss-analysis/9"), "'format' is emiss-analysis/9"),
        (lambda r: r.pop("setup"), "'setup' is missing"),
        (lambda r: r["cuts"][2].pop("alone"), r"'cuts\[2\].alone' is missing"),
        (lambda r: r["cuts"][1].__setitem__("error", "x"), r"'cuts\[1\].error' must be a number"),
        (lambda r: r["cuts"][1].__setitem__("error", 1e300), r"of at most 1e\+30 in size"),
        (lambda r: r["histograms"][0]["counts"].__setitem__(0, 1.7e308), r"of at most 1e\+30"),
        (lambda r: r["histograms"][0]["counts"].pop(), r"'histograms\[0\]' do not agree"),
        (lambda r: r["plane"].__setitem__("counts", [1, 2]), r"'plane.counts' must be"),
        (lambda r: r["plane"]["target_energy_edges_gev"].reverse(), "that ascend"),
    ],
)
def test_damaged_records_are_refused_with_file_and_field(folder, edit, words):
    change(folder, edit)
    with pytest.raises(EmissError, match=words) as caught:
        write_report(folder)
    assert "analysis.json" in str(caught.value)
    assert not list(folder.glob("report.*"))


def test_a_folder_without_results_is_refused(tmp_path):
    with pytest.raises(EmissError, match=r"neither analysis\.json nor limit\.json"):
        write_report(tmp_path)
    with pytest.raises(EmissError, match="no directory"):
        write_report(tmp_path / "nowhere")
    (tmp_path / "analysis.json").write_text('{"format": NaN}')
    with pytest.raises(EmissError, match=r"analysis\.json.*NaN is not JSON"):
        write_report(tmp_path)


def spoilt(table, kind):
    columns, provenance = dict(table.columns), dict(table.provenance)
    if kind == "nan":
        columns["s1_energy"] = np.where(np.arange(len(table)) == 7, np.nan, columns["s1_energy"])
    elif kind == "twice":
        columns["event"] = np.where(np.arange(len(table)) == 9, 3, columns["event"])
    elif kind == "weight":
        columns["weight"] = np.where(np.arange(len(table)) == 8, -1.0, columns["weight"])
    elif kind == "version":
        provenance["schema_version"] = 99
    return EventTable(columns, provenance)


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("nan", "column 's1_energy' has values that are not finite"),
        ("twice", "event 3 of run 1 is there twice"),
        ("weight", "column 'weight' has negative values"),
        ("version", "schema version 99"),
        ("column", "has no column 'hcal1_cells'"),
        ("truncated", "cannot be read"),
        ("block", "cannot be read"),
    ],
)
def test_bad_events_are_refused_with_the_file_and_nothing_is_written(tmp_path, kind, words):
    file = tmp_path / "bad.parquet"
    schema = [c for c in columns_of(layout()) if kind != "column" or c.name != "hcal1_cells"]
    write_events(spoilt(made_up(120, 6, sample="beam"), kind), schema, file, "parquet")
    raw = bytearray(file.read_bytes())
    if kind == "truncated":
        file.write_bytes(raw[: len(raw) // 2])
    elif kind == "block":
        raw[1000:6000] = bytes(5000)
        file.write_bytes(raw)
    with pytest.raises(EmissError, match=words) as caught:
        run_json("analyse", NAME, file, "-o", tmp_path / "out")
    assert "bad.parquet" in str(caught.value)
    assert not (tmp_path / "out").exists()


def test_resolutions_are_those_of_a_known_smearing():
    """Median and width of 40,000 normal deviations; 5 standard errors, false alarm below 1e-6."""
    random, events = np.random.default_rng(8), 40_000
    truth = np.full(events, 100.0)
    table = EventTable({"truth_target_momentum": truth, "truth_target_kind": np.full(events, 11)})
    measured = truth * (1.0 + random.normal(0.004, 0.01, events))
    measured[:4000] = np.nan
    sums = Resolutions(layout())
    for part in np.array_split(np.arange(events), 7):
        sums.fill(table.take(part), {"incoming_momentum": measured[part]}, np.ones(part.size))
    (found,) = sums.results()
    close(found.efficiency, 0.9, 1e-12)
    error = 0.01 * 1.3 / np.sqrt(36_000)  # of median and of quantiles, with the bins' 0.001
    assert abs(found.bias - 0.004) < 5.0 * error + 5e-5
    assert abs(found.width - 0.01) < 5.0 * error + 5e-5


def test_a_steep_histogram_is_drawn_in_decades():
    drawn = histogram_svg("a < b", "x", np.arange(4.0), np.array([1.0, 0.0, 1e4]), [1.5])
    assert "a &lt; b" in drawn
    heights = [float(h) for h in re.findall(r'class="bin"[^>]* height="([0-9.]+)"', drawn)]
    assert len(heights) == 2
    # log(2) against log(2e4) above the lower end of the axis, to the rounding of pixels
    close(heights[0] / heights[1], np.log(2.0) / np.log(2e4), 5e-3)
