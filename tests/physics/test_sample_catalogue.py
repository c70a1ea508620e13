"""Every sample of every experiment of the catalogue gives events, or says why it has none."""

from dataclasses import replace

import numpy as np
import pytest

from emiss import experiments
from emiss.analysis import simulated_analysis
from emiss.events.produce import make_job, produce
from emiss.events.samples import samples
from emiss.events.samples.signal import signal_inputs
from emiss.ground import notices
from emiss.ground.errors import EmissError

NAMES = experiments.names()
NO_PAIR = ("na64h", "na64mu", "m3", "ldmx", "darkshine")
"""Beams of muons or hadrons, and targets that are thin."""
NO_INTERACTION = ("na64mu", "m3", "ldmx-4gev")
"""Beams of muons, and one of 4 GeV."""
MODELS = {"na64e-alp": ("alp", 0.01), "na64mu": ("lmu-ltau", 0.1), "m3": ("lmu-ltau", 0.1)}


VISIBLE = {"dark_matter": "none"}


def layout_of(name):
    return experiments.get(name).runs[0].layout


@pytest.mark.parametrize("name", NAMES)
def test_all_that_measures_energy_has_matter(name, monkeypatch, caplog):
    """Without it every event of a search for pairs read 0, in silence."""
    monkeypatch.setattr(notices, "_GIVEN", set())
    for run in experiments.get(name).runs:
        make_job(run.layout, name, "x")
    assert "nothing is seen there" not in caplog.text


def test_elements_without_matter_are_told(monkeypatch, caplog):
    monkeypatch.setattr(notices, "_GIVEN", set())
    layout = layout_of("na64-visible-2018")
    bare = tuple(replace(e, material="") if e.name == "s4" else e for e in layout.elements)
    make_job(replace(layout, elements=bare), "mine", "x")
    assert "s4 of 'mine': neither material nor layers are stated" in caplog.text
    assert "v2" not in caplog.text


@pytest.mark.parametrize("name", ["na64-visible-2017", "na64-visible-2018"])
def test_pairs_of_the_decay_volume_are_seen(name):
    """Nine in ten pass the cuts, in both periods: 400 events that differ in weight give 0.02."""
    extra = signal_inputs(layout_of(name), "dark-photon", 0.0167, 4e-4, settings=VISIBLE)
    found = simulated_analysis(experiments.get(name), "signal", 400, extra=extra)
    assert found.flow.steps[-1].cumulative > 0.8


def why_none(layout, sample, **options):
    try:
        make_job(layout, "x", "x", sample=sample, options=options)
    except EmissError as error:
        return str(error).partition(f"sample '{sample}' gives no event here: ")[2]
    return ""


@pytest.mark.parametrize("name", NAMES)
def test_samples_without_events_are_refused(name):
    layout = layout_of(name)
    assert bool(why_none(layout, "dimuon")) == name.startswith(NO_PAIR)
    assert bool(why_none(layout, "electronuclear")) == name.startswith(NO_INTERACTION)
    for sample in ("beam", "muon", "pion", "kaon", "proton"):
        assert not why_none(layout, sample)


def test_words_of_refusals():
    electrons, muons = layout_of("na64e-2016"), layout_of("na64mu-2022")
    assert "dimuon_bias = 0 leaves muon pairs out" in why_none(electrons, "dimuon", dimuon_bias=0.0)
    assert not why_none(electrons, "dimuon", dimuon_bias=1.0)
    assert "the beam is of 160 GeV mu-" in why_none(muons, "dimuon")
    assert "'target' is of kind absorber" in why_none(layout_of("ldmx-4gev"), "dimuon")
    assert "from 5.25 GeV on, and the beam has 4 GeV" in why_none(
        layout_of("ldmx-4gev"), "electronuclear"
    )
    # In a visible search nothing but air stands before the dump.
    bare = layout_of("na64-visible-2017")
    assert not why_none(bare, "electronuclear")
    assert "there is no matter before" in why_none(bare, "electronuclear", gaps="vacuum")


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_every_other_sample_gives_events(name):
    """Even in air alone 1 of 10 000 electrons interacts with the largest bias, see the assert."""
    layout = layout_of(name)
    for sample in samples():
        if sample in ("dimuon", "electronuclear") and why_none(layout, sample):
            continue
        options, extra, events = {}, {}, 200
        if sample == "electronuclear":
            options, events = {"electronuclear_bias": 1e6, "hadronic_bias": 10.0}, 2000
        if sample == "signal":
            known = [model for start, model in MODELS.items() if name.startswith(start)]
            if name.startswith("na64h"):
                continue  # mesons of a model of their own, see test_charge_exchange_events
            extra = signal_inputs(layout, *(known[0] if known else ("dark-photon", 0.0167)))
        job = make_job(layout, name, "x", sample=sample, options=options, extra=extra)
        table = produce(job, 0, events)
        # Without an event in 2000 a chance of 0.5 % would have been missed; it is 1 % or more.
        assert len(table), sample
        assert np.all(table["weight"] > 0.0)
