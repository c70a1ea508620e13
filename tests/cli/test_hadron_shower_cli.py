"""`emiss response hcal` and `emiss punch-through`."""

from __future__ import annotations

import pytest
from closeness import close
from command_line import run, run_json

from emiss.ground.errors import EmissError


def test_response_of_modules_as_json():
    record = run_json("response", "hcal", "--events", "100")
    assert record["modules"] == ["hcal0", "hcal1", "hcal2"]
    total = sum(record["module_gev_mean"])
    close(record["visible_gev_mean"], total, 1e-9)
    assert 70.0 < total < 100.0


def test_punch_through_carries_the_spread_of_two_models():
    options = "--modules", "1", "--events", "100", "--hadron", "K0L"
    record = run_json("punch-through", *options)
    values = {row["model"]: row["probability"] for row in record["results"]}
    assert set(values) == {"pythia", "urqmd"}
    close(record["model_spread"], abs(values["pythia"] - values["urqmd"]), 1e-12)
    assert all(1e-4 < value < 0.05 for value in values.values())


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("response", "hcal", "--beam", "tau"), "unknown hadron 'tau'"),
        (("response", "hcal", "--energy", "0.1GeV"), "1 to 1000 GeV"),
        (("response", "hcal", "--model", "geant4"), "unknown hadron model"),
        (("punch-through", "--threshold", "0GeV"), "positive energies"),
        (("punch-through", "--modules", "9"), "it has 3"),
        (("punch-through", "--modules", "-1"), "from 0 to"),
    ],
)
def test_bad_input_ends_in_one_sentence(words, sentence):
    with pytest.raises(EmissError, match=sentence):
        run(*words)
