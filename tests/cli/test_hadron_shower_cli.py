"""`emiss response hcal` and `emiss punch-through`."""

from __future__ import annotations

import numpy as np
import pytest
from closeness import close
from command_line import run, run_json

import emiss
from emiss.events.sampling import sampling_of
from emiss.experiments import get
from emiss.ground.errors import EmissError


def test_response_of_modules_as_json():
    record = run_json("response", "hcal", "--events", "100")
    assert record["modules"] == ["hcal0", "hcal1", "hcal2"]
    total = sum(record["module_gev_mean"])
    close(record["visible_gev_mean"], total, 1e-9)
    assert 70.0 < total < 100.0


def test_layers_sample_what_hadrons_leave():
    """The mean stays, and each event moves by the variance of an electron of that energy."""
    plain = emiss.hcal_response("pi-", "50 GeV", 400)
    layers = emiss.hcal_response("pi-", "50 GeV", 400, sampling=True)
    assert run_json("response", "hcal", "--events", "20", "--sampling")["sampling"] is True
    assert (plain.record()["sampling"], layers.record()["sampling"]) == (False, True)
    moved = (layers.visible - plain.visible)[:, 0]
    grain = sampling_of(get("na64e-2016-2022").runs[-1].layout.element("hcal0")).grain
    assert grain > 0.0
    expected = grain * plain.visible[:, 0].mean()
    # four standard deviations of a mean and, with half again for its tails, of a variance
    assert abs(moved.mean()) < 4.0 * np.sqrt(expected / 400)
    close(moved.var(), expected, 4.0 * 1.5 * np.sqrt(2.0 / 400))


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
        (("punch-through", "--threshold", "0GeV"), "threshold: 0 GeV; give"),
        (("punch-through", "--modules", "9"), "it has 3"),
        (("punch-through", "--modules", "-1"), "from 0 to"),
    ],
)
def test_bad_input_ends_in_one_sentence(words, sentence):
    with pytest.raises(EmissError, match=sentence):
        run(*words)
