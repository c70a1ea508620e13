import csv
import io
import json
import math

import numpy as np
import pytest
from example_limits import island_limit, open_limit
from hypothesis import given
from hypothesis import strategies as st

from emiss.ground.citations import parse_bibtex
from emiss.ground.errors import EmissError, OutputError, UnknownNameError
from emiss.inference.limit import BANDS
from emiss.physics.constraints.curves.curve_files import read_curve
from emiss.physics.constraints.curves.overlay import Overlay
from emiss.presentation.export import (
    limit_bibliography,
    limit_csv,
    limit_from_record,
    limit_html,
    limit_record,
    limit_table,
    load_limit,
    write_results,
)
from emiss.presentation.export.json_record import dumps


def same(a, b):
    """Equality of limits, arrays element by element with NaN equal to NaN."""
    for name in type(a).__slots__:
        x, y = getattr(a, name), getattr(b, name)
        if isinstance(x, dict) and x and isinstance(next(iter(x.values())), np.ndarray):
            assert x.keys() == y.keys()
            for key in x:
                np.testing.assert_array_equal(x[key], y[key], err_msg=name)
        elif isinstance(x, np.ndarray):
            np.testing.assert_array_equal(x, y, err_msg=name)
        elif name == "citations":
            assert len(x) == len(y)
        else:
            assert x == y, name


@pytest.mark.parametrize("make", [open_limit, island_limit])
def test_json_round_trip(make, tmp_path):
    limit = make()
    file = tmp_path / "limit.json"
    file.write_text(dumps(limit_record(limit)))
    same(limit, load_limit(file))
    same(limit, load_limit(tmp_path))


def test_contract_keys():
    record = limit_record(open_limit())
    assert list(record["expected"]) == ["-2", "-1", "0", "1", "2"]
    contract = {"masses_gev", "coupling_name", "observed", "method", "cl", "provenance"}
    assert contract <= record.keys()
    assert "observed_upper" not in record
    assert record["masses_gev"][0] == 1e-3
    assert record["citations"] == ["Tsai:1973py", "Liu:2016mqv"]


def test_masses_without_exclusion_are_null():
    record = json.loads(dumps(limit_record(island_limit())))
    assert record["observed"][0] is None
    assert record["observed_upper"][:3] == [None, None, 1e-2]
    assert record["observed"][1] == 1e-4


def test_numpy_parameters_become_json():
    limit = open_limit(model_parameters={"alpha_dark": np.float64(0.1), "n": np.int64(2)})
    record = json.loads(dumps(limit_record(limit)))
    assert record["model_parameters"] == {"alpha_dark": 0.1, "n": 2}


def test_json_never_holds_nan():
    with pytest.raises(ValueError, match="JSON"):
        dumps({"x": math.nan})


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"format": "other"}, "not a limit record"),
        ({"observed": [1.0]}, "'observed' must be a list of 7"),
        ({"observed": ["a"] * 7}, "only numbers and null"),
        ({"observed": [True] * 7}, "only numbers and null"),
        ({"expected": {}}, "'-2' is missing"),
        ({"provenance": None}, "'provenance' must be an object"),
        ({"y": None}, "must both be lists"),
        ({"dark_matter_masses_gev": None}, "must both be lists"),
        ({"masses_gev": 3}, "wrong type"),
    ],
)
def test_broken_records_name_the_file(tmp_path, change, problem):
    file = tmp_path / "limit.json"
    file.write_text(json.dumps(limit_record(open_limit()) | change))
    with pytest.raises(EmissError, match=problem) as caught:
        load_limit(file)
    assert str(file) in str(caught.value)


@pytest.mark.parametrize("text", ["", "[]", "{", "3", '{"format": "emiss-limit/1"}'])
def test_files_that_are_no_record(tmp_path, text):
    (tmp_path / "limit.json").write_text(text)
    with pytest.raises(EmissError, match=r"limit\.json"):
        load_limit(tmp_path)
    with pytest.raises(EmissError, match="cannot read"):
        load_limit(tmp_path / "absent.json")


@given(st.lists(st.one_of(st.floats(1e-12, 1.0), st.just(math.nan)), min_size=3, max_size=3))
def test_any_observed_survives_json(values):
    observed = np.array(values)
    limit = open_limit(3, observed=observed, y=observed**2 * 0.1 / 81.0)
    again = limit_from_record(json.loads(dumps(limit_record(limit))))
    np.testing.assert_array_equal(again.observed, limit.observed)


def read_csv(text):
    return list(
        csv.DictReader(
            io.StringIO(
                "".join(line + "\n" for line in text.splitlines() if not line.startswith("#"))
            )
        )
    )


def test_csv_holds_the_numbers():
    limit = open_limit()
    rows = read_csv(limit_csv(limit))
    assert list(rows[0]) == [
        "mass_gev",
        "epsilon_observed",
        *(f"epsilon_expected_{band}" for band in ("-2", "-1", "0", "1", "2")),
        "y",
        "m_chi_gev",
        "share_bremsstrahlung",
        "share_annihilation",
        "signal_events",
    ]
    # Nine digits are written.
    np.testing.assert_allclose([float(r["y"]) for r in rows], limit.y, rtol=1e-8)
    np.testing.assert_allclose(
        [float(r["epsilon_expected_2"]) for r in rows], limit.expected["2"], rtol=1e-8
    )


def test_csv_of_an_island_and_its_head():
    text = limit_csv(island_limit())
    rows = read_csv(text)
    assert (rows[0]["epsilon_observed"], rows[0]["epsilon_observed_upper"]) == ("", "")
    assert rows[1]["epsilon_observed_upper"] == "inf"
    head = [line for line in text.splitlines() if line.startswith("#")]
    for word in ("GeV", "cls, 90%", "emiss 0.1.0", "warning: toy", "9.4e+11"):
        assert any(word in line for line in head), word


def test_own_csv_serves_as_overlay(tmp_path):
    limit = open_limit()
    (tmp_path / "limit.csv").write_text(limit_csv(limit))
    curve = read_curve(tmp_path / "limit.csv")
    assert curve.quantity == "epsilon"
    np.testing.assert_allclose(curve.values, limit.observed, rtol=1e-8)


def test_table_rows_and_thinning():
    table = limit_table(open_limit(60), max_rows=5)
    assert len(table.rows) == 5
    assert (table.rows[0][0], table.rows[-1][0]) == ("1 MeV", "1 GeV")
    assert {len(row) for row in table.rows} == {len(table.headers)}
    island = limit_table(island_limit())
    column = island.headers.index("upper edge")
    assert [row[column] for row in island.rows][:3] == ["—", "> 1", "0.01"]


def test_html_escapes_and_shows_numbers():
    html = limit_html(island_limit())
    assert "&lt;b&gt;not&lt;/b&gt;" in html
    assert "<b>not" not in html
    assert html.count("<tr>") == 7
    assert ">0.0001</td>" in html
    assert "data:image/png;base64," in limit_html(open_limit(), figure=True)


def test_bibliography_holds_exactly_the_cited_works():
    assert list(parse_bibtex(limit_bibliography(open_limit()))) == ["Tsai:1973py", "Liu:2016mqv"]
    with pytest.raises(UnknownNameError, match="citation key"):
        limit_bibliography(open_limit(citations=("nobody:2000",)))


def test_write_results_makes_all_files_and_stays_out_of_the_way(tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    (out / "mine.txt").write_text("keep")
    files = write_results(open_limit(), out)
    names = {str(file.relative_to(out)) for file in files}
    assert names == {
        "limit.csv",
        "limit.json",
        "references.bib",
        "coupling.png",
        "coupling.pdf",
        "y.png",
        "y.pdf",
        "hepdata/submission.yaml",
        "hepdata/coupling.yaml",
        "hepdata/y.yaml",
        "hepdata/yields.yaml",
    }
    assert {str(p.relative_to(out)) for p in out.rglob("*") if p.is_file()} == names | {"mine.txt"}
    same(load_limit(out), open_limit())


def test_write_results_leaves_nothing_on_failure(tmp_path):
    with pytest.raises(UnknownNameError):
        write_results(open_limit(citations=("nobody:2000",)), tmp_path / "out")
    (tmp_path / "file").write_text("mine")
    with pytest.raises(OutputError, match="file"):
        write_results(open_limit(), tmp_path / "file", figures=False)
    assert [p.name for p in tmp_path.iterdir()] == ["file"]


def test_write_results_without_any_exclusion(tmp_path):
    gone = np.full(7, math.nan)
    limit = open_limit(observed=gone, y=gone, expected=dict.fromkeys(BANDS, gone))
    names = {file.name for file in write_results(limit, tmp_path)}
    assert {"limit.csv", "limit.json"} <= names
    assert "coupling.png" not in names
    assert limit_record(limit)["observed"] == [None] * 7


def test_write_results_draws_a_comparison(tmp_path):
    limit = open_limit()
    theirs = Overlay("NA64 (2023)", limit.masses, limit.observed, "epsilon")
    names = {file.name for file in write_results(limit, tmp_path, overlays=(theirs,))}
    assert {"comparison-NA64-2023.png", "comparison-NA64-2023.pdf"} <= names
