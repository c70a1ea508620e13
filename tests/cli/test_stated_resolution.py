"""Momenta of events where a layout states the resolution of a magnet and stations give none."""

import numpy as np
import pytest
from closeness import close
from command_line import run_json

from emiss import experiments
from emiss.analysis.reconstruction import reconstruct
from emiss.analysis.reconstruction.spectrometer import spectrometer
from emiss.events.produce import make_job, produce

EVENTS = 600
SIDES = {"incoming": "truth_target_momentum", "outgoing": "truth_outgoing_momentum"}


@pytest.mark.parametrize(
    ("name", "side", "stated"),
    [
        ("ldmx-8gev", "incoming", 0.01),  # a magnet without a station
        ("ldmx-8gev", "outgoing", 0.05),  # six stations, of no stated resolution, in a weak field
        ("m3-phase1", "incoming", 0.03),
        ("m3-phase1", "outgoing", 0.05),
    ],
)
def test_the_stated_resolution_is_that_of_the_momenta(name, side, stated):
    """No event had a momentum there, and every cut on it rejected all of them in silence."""
    layout = experiments.get(name).runs[0].layout
    assert spectrometer(layout, f"{side}-spectrometer") is None
    table = produce(make_job(layout, name, "", seed=3), 0, EVENTS)
    found = reconstruct(table, layout)[f"{side}_momentum"]
    ratio = found / np.asarray(table[SIDES[side]], dtype=np.float64)
    measured = ratio[np.isfinite(ratio)]
    assert measured.size > 0.95 * EVENTS
    # five standard deviations of a spread and a mean of some 600: false alarms below 1e-5
    spread = measured.std()
    close(spread, stated, 5.0 / (2.0 * measured.size) ** 0.5)
    close(measured.mean(), 1.0, 5.0 * stated / measured.size**0.5)


def test_stations_that_measure_are_fitted():
    layout = experiments.get("na64mu-2022").runs[0].layout
    for side in SIDES:
        assert spectrometer(layout, f"{side}-spectrometer") is not None


@pytest.mark.parametrize(
    ("name", "model", "least"), [("ldmx-8gev", "dark-photon", 0.5), ("m3-phase1", "lmu-ltau", 0.9)]
)
def test_signal_passes_the_cuts_on_momenta(name, model, least):
    asked = ("--sample", "signal", "--mass", "50MeV", "--model", model, "--events", "200")
    cuts = {cut["name"]: cut for cut in run_json("cutflow", name, *asked)["cuts"]}
    assert cuts["momentum before target"]["alone"] > 0.98
    assert least < cuts["momentum behind target"]["alone"] <= 1.0
