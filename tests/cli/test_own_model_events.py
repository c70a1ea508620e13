"""Simulated events of a model from a file: the commands that take one by name take the file."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from closeness import close
from command_line import run, run_json

import emiss
from emiss.events.record.signal_files import read_sample
from emiss.events.samples.signal import inputs_by_mass, signal_inputs
from emiss.events.signal.asked import read_asked
from emiss.ground.errors import EmissError
from emiss.physics import models
from emiss.physics.models.plain import model_of, plain_model

FILE = Path(__file__).parents[1] / "recorded" / "model.toml"
NAME = "na64e-2021-2022"
MASSES = ("--masses", "20MeV,100MeV", "--model", str(FILE))
OPTIMISE = ("optimise", NAME, "--cut", "missing energy=45GeV,55GeV", "--events", "40", *MASSES)
SHAPE = (
    "shape", NAME, "--bins", "target_energy=0,25GeV,50GeV", "--bins", "hadronic_energy=0,1GeV",
    "--events", "40", *MASSES,
)  # fmt: skip


def test_cuts_are_scanned():
    record = run_json(*OPTIMISE)
    assert record["model"] == "own"
    low, high = (point["signal"][0] for point in record["points"])
    assert low <= 1.0 <= high


def test_shapes_are_made():
    found = run_json(*SHAPE)
    assert len(found["shape"]["observed"]) == 2
    assert all(value > 0.0 for value in found["shape"]["observed"])


def test_acceptances_are_simulated(tmp_path):
    table = tmp_path / "own.npz"
    asked = ("--events", "40", "--intensity", "0")
    record = run_json("acceptance", NAME, "-o", table, *asked, *MASSES)
    assert record["model"] == "own"
    assert all(0.3 < value <= 1.0 for value in record["efficiency"][0][0])


def test_bosons_are_generated(tmp_path):
    place = tmp_path / "own.lhe"
    run("generate", NAME, "--model", FILE, "--mass", "20MeV", "--events", "30", "-o", place)
    assert '"model": "own"' in place.read_text()


def test_a_campaign_holds_the_model_and_needs_no_file(tmp_path):
    """A killed run goes on with the model it began with, wherever its file is by then."""
    copy = shutil.copy(FILE, tmp_path / "mine.toml")
    layout = emiss.experiments.get(NAME).runs[0].layout
    extra = signal_inputs(layout, str(copy), 0.02)
    copy.unlink()
    found = read_asked(extra["signal"]).source.model
    assert found == models.get(FILE)
    changed = models.get(FILE, {"e": "2.0"})
    again = signal_inputs(layout, str(FILE), 0.02, settings={"e": 2.0})
    assert read_asked(again["signal"]).source.model == changed
    assert model_of(plain_model(FILE, {"e": 2.0})) == changed
    (one,) = inputs_by_mass(layout, changed, np.array([0.02]))
    assert model_of(one["signal"]) == changed


@pytest.mark.parametrize(
    ("name", "settings"),
    [("dark-photon", {"alpha_dark": 0.3, "dark_matter": "scalar"}), ("scalar", {}), ("alp", {})],
)
def test_models_as_plain_values(name, settings):
    model = models.get(name, settings)
    for plain in (plain_model(model), plain_model(name, settings)):
        assert plain["model"] == name
        assert model_of(plain) == model
    assert ("settings" in plain_model(model)) == bool(settings)


@pytest.mark.parametrize("name", models.names())
def test_every_listed_model_survives_as_plain_values(name):
    """Also those that are another model with parameters set, such as inelastic dark matter."""
    model = models.get(name)
    assert model_of(plain_model(name)) == model
    assert model_of(plain_model(model)) == model


def test_excited_dark_matter_of_a_named_model_decays(tmp_path):
    """Of the named model split dark matter is made, whose heavier state decays in flight."""
    asked = ("generate", NAME, "--model", "inelastic-dark-matter", "--mass", "500MeV")
    place = tmp_path / "split.lhe"
    run(*asked, "--coupling", "0.01", "--events", "30", "-o", place)
    header = read_sample(place).header
    assert header["settings"] == {"splitting": 0.1}
    close(header["dark_masses"], [0.5 / 3.0, 1.1 * 0.5 / 3.0], 1e-9)
    assert header["decays"]


def test_the_yields_are_those_of_the_model():
    """Jobs carry numbers as they are: strengths at a coupling are the file's own."""
    layout = emiss.experiments.get("na64-visible-2017").runs[0].layout
    visible = models.get(FILE, {"dark_matter": "none"})
    (asked,) = inputs_by_mass(layout, visible, np.array([0.01]), 1e-4)
    found = read_asked(asked["signal"])
    unit = visible.lepton_coupling("e", 1e-4, np.array([0.01]))[0] / 0.30282212
    close(found.strength, unit**2, 1e-6)


def test_a_model_that_is_no_file_is_refused(tmp_path):
    with pytest.raises(EmissError, match=r"absent\.toml"):
        run("acceptance", NAME, "-o", tmp_path / "a.npz", "--model", tmp_path / "absent.toml")
