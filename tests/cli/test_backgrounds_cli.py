"""`emiss backgrounds`."""

from __future__ import annotations

from closeness import close
from command_line import run, run_json


def test_record_has_the_promised_keys_and_the_figure_is_written(tmp_path):
    figure = tmp_path / "backgrounds.png"
    asked = "na64e-2021-2022", "--events", "50", "--sources", "dimuons, beam-decays"
    record = run_json("backgrounds", *asked, "--figure", figure)
    for one in record["sources"]:
        assert {"name", "events", "statistical", "systematic", "method"} <= set(one)
        assert one["events"] > 0.0
        assert one["method"]
    close(record["total"], sum(one["events"] for one in record["sources"]), 1e-12)
    assert record["total_error"] > 0.0
    assert figure.stat().st_size > 1000


def test_table_has_published_values_beside():
    text = run("backgrounds", "na64e-2021-2022", "--sources", "dimuons")
    assert "0.04 ± 0.01" in text
    assert "which limits use" in text
