"""Hadrons and electronuclear reactions on the way through the apparatus."""

import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from closeness import close

from emiss import experiments, materials
from emiss.events.chain import upstream_layers
from emiss.events.context import Options
from emiss.events.hadrons import electronuclear_length_cm, interaction_length_cm
from emiss.events.produce import make_job, produce
from emiss.events.sampling import sampled, sampling_of
from emiss.ground.errors import ValidityError
from emiss.ground.quantity import Quantity

NA64 = experiments.get("na64e-2016")
LAYOUT = replace(NA64.layout, beam=replace(NA64.layout.beam, momentum_spread=Quantity(0.0)))
BESIDE = ("srd", "v1")
"""Elements beside the beam."""


def crossed():
    """Materials and thickness in cm that a beam particle crosses before the calorimeter."""
    return [row for row in upstream_layers(LAYOUT) if row[0] not in BESIDE]


def job(sample, n, **options):
    return make_job(LAYOUT, "x", NA64.fingerprint, sample=sample, chunk_events=n, options=options)


def test_every_layer_before_the_calorimeter_is_a_target():
    names = {name for name, _, _ in upstream_layers(LAYOUT)}
    assert {"s1", "s2", "s3", "mm1", "mm2", "mm3", "mm4", "st3", "st4", "srd", "v1"} <= names
    assert sum(name.startswith("gap") for name in names) == 15
    air = sum(t for _, material, t in upstream_layers(LAYOUT) if material == "air")
    assert 400.0 < air < 600.0
    assert not any(m == "air" for _, m, _ in upstream_layers(LAYOUT, "vacuum"))


def test_electronuclear_reactions_have_the_rate_of_their_mean_path():
    """Events with a reaction, by weight, against the sum over layers of thickness over mean path.

    Reactions with photons above 4.75 GeV. 8 % for electrons that radiated before, and 4 standard
    deviations.
    """
    expected = sum(
        t / electronuclear_length_cm(materials.get(m), 100.0, 4.75) for _, m, t in crossed()
    )
    n = 4000
    table = produce(job("electronuclear", n), 0, n)
    weights = table["weight"]
    assert len(table) > 200
    assert np.all(table["truth_hadronic_upstream"] >= 1)
    found, error = weights.sum() / n, math.sqrt(np.square(weights).sum()) / n
    close(found, expected, 0.08, absolute=4 * error, because="4 standard deviations")


def test_pions_collide_upstream_as_their_interaction_length_says():
    """Unbiased and biased by 20: the same share of pions, 4 standard deviations."""
    expected = 1 - math.exp(
        -sum(t / interaction_length_cm(materials.get(m), 100.0, "pi-") for _, m, t in crossed())
    )
    n = 4000
    upstream = (e for e in LAYOUT.elements if e.start < 0.0)
    kept = (*upstream, LAYOUT.element("ecal-preshower"))
    small = replace(LAYOUT, elements=kept, triggers=())
    for bias in (1.0, 20.0):
        made = make_job(
            small, "x", NA64.fingerprint, sample="pion", chunk_events=n,
            options={"hadronic_bias": bias},
        )  # fmt: skip
        table = produce(made, 0, n)
        hit = table["truth_hadronic_upstream"] > 0
        weights = table["weight"][hit]
        error = math.sqrt(np.square(weights).sum()) / n
        close(weights.sum() / n, expected, 0.03, absolute=4 * error, because="statistics")
        spread = 1e-12 + table["weight"].std() / math.sqrt(n)
        close(table["weight"].mean(), 1.0, 1e-9, absolute=4 * spread, because="statistics")


def test_pions_leave_their_energy_in_the_calorimeters():
    """100 GeV pions: most of the energy in ECAL and HCAL; a third passes the ECAL as a track.

    The ECAL has 1.6 interaction lengths for pions or so: exp(-length) of them pass it.
    """
    n = 1500
    table = produce(job("pion", n), 0, n)
    names = ("ecal", "ecal_preshower", "hcal0", "hcal1", "hcal2", "hcal3")
    total = sum(table[f"{name}_cells"].sum(axis=1) for name in names)
    assert 75.0 < np.median(total) < 100.0
    ecal = table["truth_deposited_ecal"] + table["truth_deposited_ecal_preshower"]
    length = interaction_length_cm(materials.get("na64-ecal"), 100.0, "pi-")
    # Collisions in the last 3 cm leave less than 1 GeV.
    expected = math.exp(-42.0 / length)
    close(np.mean(ecal < 1.0), expected, 0.12, absolute=0.02, because="backscatter, 1 GeV")
    assert np.all(table["truth_hadrons"] >= 0)
    assert np.mean(table["truth_hadrons"] >= 1) > 0.98


def test_bias_out_of_range():
    with pytest.raises(ValidityError, match="hadronic_bias"):
        Options(hadronic_bias=0.0)


def test_hadrons_are_sampled_as_electrons():
    """Mean and variance of the visible energy, of a deposit of 20 GeV and of 50 that add up to it.

    20 000 draws, four standard errors. The grain of the electromagnetic calorimeter is that of
    Geant4's electrons of 100 GeV (resolution in tests/data/geant4), to three errors of the 200
    showers that it is measured with and of Geant4's 240: 20 % in the resolution.
    """
    sampling = sampling_of(LAYOUT.element("ecal"))
    n, random = 20_000, np.random.default_rng(4)
    for pieces in (1, 50):
        drawn = sampled(np.full((n, pieces), 20.0 / pieces), sampling, random).sum(axis=1)
        mean, variance = 20.0 * sampling.fraction, 20.0 * sampling.grain * sampling.fraction**2
        close(drawn.mean(), mean, 4 * np.sqrt(variance / n) / mean)
        close(drawn.var(), variance, 4 * np.sqrt(2.2 / n))
    with (Path(__file__).parent.parent / "data/geant4/ecal_eminus_100gev.json").open() as file:
        resolution = json.load(file)["resolution_rms_over_mean"][0]
    close(np.sqrt(sampling.grain / 100.0), resolution, 0.2)
    assert sampled(np.zeros(3), sampling, random).sum() == 0.0
