"""Figures of calorimeter responses show the numbers of the result, and can be read."""

from __future__ import annotations

import numpy as np
import pytest
from closeness import close
from legible import faults

import emiss
from emiss.ground.errors import ArgumentTypeError


@pytest.fixture(scope="module")
def electrons():
    return emiss.ecal_response("e-", "50 GeV", 200)


def test_profiles_along_and_across_hold_the_same_energy(electrons):
    """Every layer, every cell, and the mean of the events add up to one number."""
    close(float(electrons.layer_profile.sum()), electrons.visible_mean, 1e-9)
    close(float(electrons.cell_means.sum()), electrons.visible_mean, 1e-9)
    middle = electrons.cell_means.shape[0] // 2
    close(float(electrons.cell_means[middle, middle]), float(electrons.central.mean()), 1e-9)
    assert electrons.cell_means.shape == (11, 11)


def test_a_shower_is_alike_on_both_sides(electrons):
    """The beam is on the middle: left and right differ by chance only.

    The ratio of both sides of 200 events has a standard deviation of 1.1 % (15 seeds): 6 % are
    more than 5 of them, a false alarm below 1e-6.
    """
    columns = electrons.cell_means.sum(axis=0)
    close(float(columns[4]), float(columns[6]), 0.06)
    assert np.all(np.diff(columns[:6]) > 0.0)


def test_the_figure_of_an_electron_shows_the_profile(electrons):
    figure = emiss.plots.response(electrons)
    along, across, spectrum = figure.axes
    drawn = along.patches[0].get_data()
    np.testing.assert_array_equal(drawn.values, electrons.layer_profile)
    np.testing.assert_array_equal(
        across.patches[0].get_data().values, electrons.cell_means.sum(axis=0)
    )
    assert spectrum.patches[0].get_data().values.sum() == electrons.events
    assert faults(figure) == []
    assert electrons.plot().axes


def test_the_figure_of_a_hadron_has_its_modules():
    found = emiss.hcal_response("pi-", "80 GeV", 50)
    bars, spectrum = emiss.plots.response(found).axes
    assert [label.get_text() for label in bars.get_xticklabels()] == list(found.modules)
    heights = np.array([bar.get_height() for bar in bars.patches])
    np.testing.assert_array_equal(heights, found.visible.mean(axis=0))
    assert spectrum.patches[0].get_data().values.sum() == found.events
    assert "hcal0" in found._repr_html_()


def test_something_else_has_no_such_figure():
    with pytest.raises(ArgumentTypeError, match="give EcalResponse or HadronResponse"):
        emiss.plots.response(emiss.loss("Pb", thickness="1 cm"))
