"""Acceptance of searches for visible decays: bosons decay in the volume of the search."""

import numpy as np
import pytest
from closeness import close
from emiss.models import get as get_model

import emiss
from emiss import experiments
from emiss.events.samples.signal import inputs_by_mass
from emiss.events.signal.asked import read_asked
from emiss.events.signal.lifetimes import couplings_of_decays
from emiss.ground.errors import ArgumentError

SEARCH = "na64-visible-2017"
MASSES = np.array([0.005, 0.0167])
VISIBLE = {"dark_matter": "none"}


def setup():
    return experiments.get(SEARCH).runs[0].setup


def test_decays_are_even_along_the_volume_where_no_coupling_is_given():
    model = get_model("dark-photon", VISIBLE)
    couplings = couplings_of_decays(setup(), model, MASSES)
    # decay length gamma beta c tau of the slowest boson, width alpha epsilon^2 m/3 (m_e left out)
    width = couplings**2 * MASSES / (3 * 137.036)
    length = setup().lowest_energy / MASSES * 1.97327e-14 / width
    # the mass of the electron in the width is a part in 1000 at 5 MeV
    close(length, 100.0 * setup().window.end, 0.01)


def test_decays_are_refused_where_there_are_none():
    with pytest.raises(ArgumentError, match="dark_matter=none"):
        emiss.acceptance(SEARCH, masses=MASSES, events=10)
    with pytest.raises(ArgumentError, match="visible decays"):
        emiss.acceptance("na64e-2016", masses=MASSES, events=10, coupling=1e-4)


def test_the_efficiency_is_that_of_decays_in_the_volume():
    """The cut flow at the same coupling, over the deterministic yield, by another seed.

    Both have a Monte Carlo error of 6 %: four errors of the difference, false alarms 6e-5.
    """
    coupling = 4e-4
    table = emiss.acceptance(
        SEARCH, masses=MASSES, settings=VISIBLE, coupling=coupling, events=400, seed=5
    )
    assert table.settings["coupling"] == coupling
    flow = emiss.cutflow(
        SEARCH, "signal", 400, mass="5 MeV", coupling=coupling, settings=VISIBLE, seed=6
    ).flow
    run = experiments.get(SEARCH).runs[0]
    found = emiss.yields(SEARCH, get_model("dark-photon", VISIBLE), masses=MASSES)
    counted = float(found.events(np.full(2, coupling)).ravel()[0]) / run.efficiency.values[0]
    per_particle = counted / run.particles_on_target.value
    expected = flow.total * flow.weight / 400 / per_particle
    value, error = table.efficiency[0, 0, 0], table.error[0, 0, 0]
    assert 0.0 < error < 0.1
    assert abs(value - expected) < 4.0 * np.sqrt(2.0) * error, (value, expected, error)
    assert 0.7 < value < 1.1  # decays in front of the tracker and pairs that open are kept


def test_jobs_know_what_decays_and_what_does_not():
    model = get_model("dark-photon", VISIBLE)
    couplings = couplings_of_decays(setup(), model, MASSES)
    asked = inputs_by_mass(experiments.get(SEARCH).runs[0].layout, model, MASSES)
    assert [one["signal"]["coupling"] for one in asked] == couplings.tolist()
    assert asked[0]["signal"]["settings"] == VISIBLE
    invisible = experiments.get("na64e-2016").runs[0].layout
    for one in inputs_by_mass(invisible, get_model("dark-photon"), MASSES):
        assert "coupling" not in one["signal"]


def test_parameters_reach_the_simulation_without_decays_too():
    layout = experiments.get("na64e-2016").runs[0].layout
    (asked,) = inputs_by_mass(layout, get_model("leptophilic", {"kind": "scalar"}), MASSES[:1])
    assert asked["signal"]["settings"] == {"kind": "scalar"}
    assert read_asked(asked["signal"]).source.model.boson == "scalar"
