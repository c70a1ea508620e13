"""A curve in y that states no dark sector: what is taken from the limit is said, and once."""

import logging
from dataclasses import replace

import numpy as np
import pytest
from closeness import close

import emiss
from emiss.ground import notices
from emiss.ground.constants import ELECTRIC_CHARGE
from emiss.ground.errors import EmissError
from emiss.inference.comparison import compare_ratio, comparison_notes
from emiss.inference.planes import borrowed_sector, overlay_in_coupling
from emiss.physics.constraints.curves.overlay import Overlay
from emiss.presentation.cli import main

CURVE = Overlay("mine", np.array([1e-3, 1e-2, 1e-1]), np.array([1e-13, 1e-11, 1e-9]), "y")


@pytest.fixture
def limit():
    return emiss.limit("na64e-2016", masses=["1 MeV", "10 MeV", "100 MeV"])


@pytest.fixture(autouse=True)
def _nothing_said_before(monkeypatch):
    monkeypatch.setattr(notices, "_GIVEN", set())


@pytest.mark.parametrize(
    ("stated", "said"),
    [
        ({}, "with alpha_D = 0.1 and mass ratio = 3 of the limit"),
        ({"alpha_dark": 0.5}, "with mass ratio = 3 of the limit"),
        ({"mass_ratio": 4.0}, "with alpha_D = 0.1 of the limit"),
        ({"alpha_dark": 0.5, "mass_ratio": 4.0}, ""),
        ({"quantity": "epsilon"}, ""),
    ],
)
def test_only_what_the_curve_does_not_state_is_taken_from_the_limit(limit, stated, said):
    found = borrowed_sector(replace(CURVE, **stated), limit)
    assert (said in found) if said else found == ""


def test_a_figure_says_once_what_it_took_from_the_limit(limit, caplog):
    with caplog.at_level(logging.WARNING, logger="emiss"):
        emiss.plots.exclusion(limit, overlays=[CURVE], quantity="y")
        assert not caplog.messages, "y is drawn as it is"
        for quantity in ("coupling", "squared"):
            emiss.plots.exclusion(limit, overlays=[CURVE], quantity=quantity)
    assert len(caplog.messages) == 1
    assert "mine: turned from y into epsilon with alpha_D = 0.1" in caplog.text


EXPERIMENTS = ("na64e-2016", "na64e-2016-2018", "na64e-2016-2022")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ((), "of the limit"),
        (("--curve-alpha-dark", "0.3", "--curve-mass-ratio", "3"), "alpha_D = 0.3"),
    ],
)
def test_beside_three_limits_a_curve_is_remarked_on_once(tmp_path, capsys, caplog, options, said):
    file = tmp_path / "mine.csv"
    file.write_text("m_chi [MeV],y\n1,1e-13\n10,1e-11\n100,1e-9\n")
    masses = ("--masses", "10MeV,100MeV", "--output", str(tmp_path / "out"))
    with pytest.raises(SystemExit) as stop:
        main(["limit", *EXPERIMENTS, *masses, "--compare", str(file), *options])
    told = capsys.readouterr().err + caplog.text
    assert not stop.value.code, told
    assert told.count("into epsilon with") == 1
    assert told.count(said) == 1


@pytest.mark.parametrize(
    ("experiment", "model", "quantity", "coupling"),
    [
        ("na64e-2016-2022", "dark-photon", "epsilon_e", 1.0),
        ("na64e-2016-2022", "dark-photon", "g_e", 1.0 / ELECTRIC_CHARGE),
        ("na64e-2016-2022", "b-l", "g_e", 1.0),
        ("na64e-2016-2022", "b-l", "epsilon_e", ELECTRIC_CHARGE),
        ("na64mu-2022", "lmu-ltau", "g_mu", 1.0),
    ],
)
def test_a_coupling_to_one_lepton_is_tied_to_that_of_the_model(
    experiment, model, quantity, coupling
):
    found = emiss.limit(experiment, model, masses=[0.02, 0.05])
    curve = Overlay("theirs", found.masses, np.array([1e-4, 2e-4]), quantity, np.array([1.0, 1.0]))
    turned = overlay_in_coupling(curve, found)
    assert turned.quantity == found.coupling_name
    # Products of three numbers: last bits.
    close(turned.values, coupling * curve.values, 1e-12)
    close(turned.upper, coupling * curve.upper, 1e-12)
    notes = comparison_notes(found, curve, compare_ratio(found, curve))
    assert any("by the couplings of" in note for note in notes)


def test_a_coupling_to_a_lepton_that_the_model_does_not_have_is_refused():
    found = emiss.limit("na64e-2016-2022", "alp", masses=[0.02, 0.05])
    curve = Overlay("theirs", found.masses, np.array([1e-4, 2e-4]), "g_mu")
    with pytest.raises(EmissError, match="is a curve of g_mu"):
        overlay_in_coupling(curve, found)
