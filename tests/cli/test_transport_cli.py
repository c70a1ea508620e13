"""The pieces of the command line for the transport."""

import json

import numpy as np

from emiss.presentation.cli import output
from emiss.presentation.cli.response import ecal
from emiss.presentation.cli.tracks_montecarlo import montecarlo_record


def test_response_prints_one_object(capsys):
    ecal(energy="2GeV", events=20, as_json=True)
    output.flush()
    record = json.loads(capsys.readouterr().out)
    assert len(record["layer_profile_gev"]) == 150
    assert 0.1 < record["visible_gev_mean"] < 0.3
    assert record["stepping"] == "converged"


def test_response_prints_a_table(capsys):
    ecal(energy="2GeV", events=5)
    output.flush()
    assert "visible energy" in capsys.readouterr().out


def test_tracks_have_the_keys_of_the_deterministic_engine():
    edges = np.geomspace(1.0, 10.0, 6)
    record = montecarlo_record("Pb", "e-", 10.0, edges, events=50, seed=2)
    for species in ("electron", "positron", "photon"):
        assert record[f"{species}_x0_per_gev"].shape == (5,)
        assert record[f"{species}_x0_per_gev_error"].shape == (5,)
        assert record[f"{species}_x0_above"].shape == (6,)
    assert record["engine"] == "montecarlo"
    assert record["events_per_second"] > 0.0
