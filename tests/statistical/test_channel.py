"""Channels refuse what is not a count, a rate or an uncertainty."""

import math

import pytest

from emiss.ground.errors import EmissError, ValidityError
from emiss.inference.channel import Channel, as_channels, check_confidence_level


@pytest.mark.parametrize(
    ("given", "word"),
    [
        ({"observed": -1}, "observed"),
        ({"observed": 1.5}, "observed"),
        ({"observed": True}, "observed"),
        ({"observed": math.nan}, "observed"),
        ({"observed": "two"}, "observed"),
        ({"observed": 10**13}, "observed"),
        ({"background": -0.1}, "background"),
        ({"background": math.nan}, "background"),
        ({"background": math.inf}, "background"),
        ({"background": 1e10}, "background"),
        ({"background_uncertainty": -0.1}, "background_uncertainty"),
        ({"background_uncertainty": 100.0}, "absolute"),
        ({"background": 0.0, "background_uncertainty": 0.1}, "log-normal"),
        ({"signal": -1.0}, "signal"),
        ({"signal": math.nan}, "signal"),
        ({"signal_uncertainty": math.nan}, "signal_uncertainty"),
        ({"signal_uncertainty": 50.0}, "signal_uncertainty"),
        ({"signal_uncertainty_shared": -1.0}, "signal_uncertainty_shared"),
        ({"background_uncertainty_shared": math.nan}, "background_uncertainty_shared"),
    ],
)
def test_bad_values_are_refused(given, word):
    with pytest.raises(EmissError, match=word):
        Channel(**{"observed": 0, "background": 0.5, **given})


def test_whole_floats_become_counts():
    assert Channel(3.0, 1.0).observed == 3


def test_channels_need_a_signal():
    with pytest.raises(ValidityError, match="at least one"):
        as_channels([])
    with pytest.raises(ValidityError, match="no channel expects a signal"):
        as_channels(Channel(0, 1.0, signal=0.0))


@pytest.mark.parametrize("cl", [0.0, 1.0, 90.0, -0.5, math.nan])
def test_confidence_level_is_checked(cl):
    with pytest.raises(EmissError, match="confidence level"):
        check_confidence_level(cl)
