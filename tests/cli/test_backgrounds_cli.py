"""`emiss backgrounds`."""

from __future__ import annotations

import pytest
from closeness import close
from command_line import run, run_json

from emiss.ground.errors import EmissError


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


def test_a_user_may_give_his_own_inputs():
    asked = "na64e-2021-2022", "--events", "20", "--sources", "beam-decays"
    ours = run_json("backgrounds", *asked)
    own = run_json("backgrounds", *asked, "--input", "tagger-suppression=2e-5+-1e-5")
    close(own["total"], 2.0 * ours["total"], 1e-12)
    given = {one["key"]: one for one in own["sources"][0]["inputs"]}["tagger-suppression"]
    assert (given["value"], given["uncertainty"], given["status"]) == (2e-5, 1e-5, "user")
    assert "kaons-over-pions 0.03 ± 0.02" in run("backgrounds", *asked)
    for text, words in (
        ("tagger-suppression", "NAME=VALUE"),
        ("tagger-suppression=x", "not a finite number"),
        ("tagger-suppression=1e-5+-", "not a finite number"),
        ("tagger=1", "unknown input"),
    ):
        with pytest.raises(EmissError, match=words):
            run("backgrounds", *asked, "--input", text)


def test_table_has_published_values_beside():
    text = run("backgrounds", "na64e-2021-2022", "--sources", "dimuons")
    assert "0.04 ± 0.01" in text
    assert "which limits use" in text
