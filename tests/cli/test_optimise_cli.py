"""`emiss optimise` from the command line."""

import pytest
from closeness import close
from command_line import run, run_json

from emiss.ground.errors import EmissError

ASKED = ("optimise", "na64e-2021-2022", "--cut", "missing energy=45GeV,55GeV", "--events", "60")


def test_record_and_figure(tmp_path):
    place = tmp_path / "scan.png"
    record = run_json(*ASKED, "--figure", place)
    assert place.stat().st_size > 1000
    assert [point["thresholds"] for point in record["points"]] == [[45.0], [55.0]]
    close(record["nominal"]["signal"], [1.0], 1e-12)
    low, high = (point["signal"][0] for point in record["points"])
    assert low <= 1.0 <= high
    assert record["best"]["expected"][0] <= record["nominal"]["expected"][0]


def test_table_says_what_moves():
    text = run(*ASKED)
    assert "only the signal moves" in text
    assert "experiment" in text


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--cut", "missing energy"), "NAME=VALUES"),
        (("--cut", "missing energy=40GeV", "--background", "dimuon=x"), "dimuon"),
        (("--cut", "missing energy=40GeV", "--merit", "best"), "mean"),
    ],
)
def test_what_is_refused(arguments, words):
    with pytest.raises(EmissError, match=words):
        run("optimise", "na64e-2021-2022", *arguments, "--events", "1")
