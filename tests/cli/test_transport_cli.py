"""The pieces of the command line for the transport."""

import json

import numpy as np
import pytest

from emiss.ground.errors import EmissError
from emiss.presentation.cli import output
from emiss.presentation.cli.response.ecal import ecal
from emiss.presentation.cli.tracks import Engine, tracks
from emiss.presentation.cli.tracks_montecarlo import montecarlo_record


def test_response_prints_one_object(capsys):
    ecal(energy="2GeV", events=20, as_json=True)
    output.flush()
    record = json.loads(capsys.readouterr().out)
    assert len(record["layer_profile_gev"]) == 150
    assert 0.1 < record["visible_gev_mean"] < 0.3
    assert record["stepping"] == "geant4-default"


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


def test_the_engines_share_a_command(capsys):
    from emiss.presentation.cli import main

    common = ["tracks", "--energy", "10GeV", "--bins", "3", "--json"]
    found = []
    for extra in ([], ["--engine", "montecarlo", "--events", "400", "--seed", "3"]):
        with pytest.raises(SystemExit) as done:
            main([*common, *extra])
        assert not done.value.code
        found.append(json.loads(capsys.readouterr().out))
    keys = set(found[0])
    assert keys < set(found[1])
    # 400 showers give the track length above 1 GeV to 2 %; four standard deviations.
    np.testing.assert_allclose(
        found[1]["electron_x0_above"][0], found[0]["electron_x0_above"][0], rtol=0.08
    )


@pytest.mark.parametrize(
    ("low", "high"), [("2GeV", "1GeV"), ("1GeV", "1GeV"), ("0GeV", "1GeV"), ("1GeV", "-1GeV")]
)
def test_energies_that_cannot_be_are_called_energies(low, high):
    with pytest.raises(EmissError, match=r"--min-energy .* below the energy of the beam"):
        tracks(energy=high, min_energy=low, engine=Engine.montecarlo)


def test_sampled_tracks_are_drawn(tmp_path):
    tracks(
        energy="5GeV", bins=6, engine=Engine.montecarlo, events=50, figure=str(tmp_path / "tracks")
    )
    output.flush()
    assert (tmp_path / "tracks.png").stat().st_size > 10_000
    assert (tmp_path / "tracks.pdf").is_file()
