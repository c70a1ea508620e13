"""`emiss shape` from the command line."""

import json

import pytest
from command_line import run, run_json

from emiss.presentation.cli import main

ASKED = (
    "shape", "na64e-2021-2022", "--bins", "target_energy=0,25GeV,50GeV",
    "--bins", "hadronic_energy=0,1GeV", "--events", "60", "--masses", "10MeV,100MeV",
)  # fmt: skip


def test_record_figure_and_workspaces(tmp_path):
    found = run_json(
        *ASKED, "--background", "upstream=0.2+-0.1", "--figure", str(tmp_path / "a.png"),
        "--pyhf", str(tmp_path / "pyhf"),
    )  # fmt: skip
    assert (tmp_path / "a.png").stat().st_size > 5000
    assert [axis["edges"] for axis in found["axes"]] == [[0.0, 25.0, 50.0], [0.0, 1.0]]
    assert [one["observed"] for one in found["bins"]] == [0, 0]
    assert [part["name"] for part in found["bins"][0]["backgrounds"]] == ["upstream", "rest"]
    assert len(found["shape"]["observed"]) == len(found["count"]["2"]) == 2
    text = json.loads((tmp_path / "pyhf" / "bins_100_MeV.json").read_text())
    assert [one["name"] for one in text["channels"]] == ["bin_0", "bin_1"]
    names = {m["name"] for s in text["channels"][0]["samples"] for m in s["modifiers"]}
    assert {"source_upstream", "source_rest", "mu", "signal_signal"} <= names


def test_table_and_refusals(capsys):
    shown = run(*ASKED, "--method", "asymptotic")
    assert "beside the count" in shown
    assert "0 – 25" in shown
    for case, said in (
        ((*ASKED, "--observed", "0,x"), "--observed"),
        ((*ASKED, "--background", "nothing"), "no sample"),
        (("shape", "na64e-2021-2022", "--bins", "target_energy"), "--bins"),
    ):
        with pytest.raises(SystemExit) as end:
            main(list(case))
        assert end.value.code == 2
        assert said in capsys.readouterr().err
