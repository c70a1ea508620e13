"""Decays of bosons in events: kinematics, places, weights, and what detectors see of them."""

import math

import numpy as np
import pytest
from closeness import close

from emiss import models
from emiss.events.produce import make_job, produce
from emiss.events.samples.signal import signal_inputs
from emiss.events.signal.decays import decays
from emiss.events.signal.decays.excited import dark_masses, pair_masses
from emiss.events.signal.flight import decay_points, flight_of, fly, strength
from emiss.events.signal.kinematics import invariant_mass
from emiss.events.signal.source import emitters
from emiss.experiments import get
from emiss.ground.constants import ELECTRON_MASS, MUON_MASS
from emiss.ground.errors import ArgumentError, EmissError
from emiss.physics.models.inelastic import excited_ctau_cm, excited_spectrum, excited_width
from emiss.yields import signal_yield

VISIBLE = models.get("dark-photon", {"dark_matter": "none"})
INELASTIC = models.get("inelastic-dark-matter")
HEAVY = models.get("inelastic-dark-matter", {"splitting": 0.4})


def generator(seed=1):
    return np.random.Generator(np.random.Philox(seed))


def moving(mass, energies):
    """Four-vectors along a slanted direction."""
    momentum = np.sqrt(energies**2 - mass**2)
    direction = np.array([0.6e-2, -0.8e-2, math.sqrt(1 - 1e-4)])
    return np.column_stack([energies, momentum[:, None] * direction])


@pytest.mark.parametrize(
    ("name", "model", "mass", "daughter"),
    [
        ("e+e-", VISIBLE, 0.02, ELECTRON_MASS),
        ("mu+mu-", VISIBLE, 0.4, MUON_MASS),
        ("gamma gamma", models.get("alp"), 0.05, 0.0),
        ("nu nu", models.get("b-l"), 0.05, 0.0),
    ],
)
def test_pairs_conserve_momentum_and_are_isotropic(name, model, mass, daughter):
    parents = moving(mass, np.linspace(20.0, 100.0, 20_000))
    first, second = decays()[name].draw(parents, model, mass, generator())
    close(first + second, parents, 1e-12, absolute=1e-12, because="rounding")
    for one in (first, second):
        # E - p of a light particle of 100 GeV is known to 1e-14 GeV
        close(invariant_mass(one), daughter, 1e-2, absolute=5e-6, because="rounding of E - p")
    # energies in the laboratory are even between gamma (E* -+ beta p*): mean 1/2, variance 1/12
    beta = np.sqrt(1 - (mass / parents[:, 0]) ** 2) * math.sqrt(1 - (2 * daughter / mass) ** 2)
    cosine = (2.0 * first[:, 0] / parents[:, 0] - 1.0) / beta
    # 4 standard deviations of 20 000: 1/sqrt(3 n), and of the square sqrt(4/45 n)
    assert abs(cosine.mean()) < 4 / math.sqrt(3 * 20_000)
    assert abs((cosine**2).mean() - 1 / 3) < 4 * math.sqrt(4 / 45 / 20_000)


@pytest.mark.parametrize("final", ["e+e-", "mu+mu-", "nu nu"])
def test_excited_dark_matter_conserves_momentum(final):
    mass = 3.0
    light, heavy = dark_masses(HEAVY, mass)
    parents = moving(heavy, np.linspace(10.0, 90.0, 4000))
    one, two, dark = decays()[f"chi2 -> chi1 {final}"].draw(parents, HEAVY, mass, generator(2))
    close(one + two + dark, parents, 1e-12, absolute=1e-12, because="rounding")
    close(invariant_mass(dark), light, 1e-6)
    pair = invariant_mass(one + two)
    lepton = {"e": ELECTRON_MASS, "m": MUON_MASS, "n": 0.0}[final[0]]
    assert np.all((pair >= 1.999 * lepton) & (pair <= (heavy - light) * (1 + 1e-9)))


def test_the_spectrum_of_pairs_is_that_of_the_width():
    mass, sector = 0.1, INELASTIC.dark_sector
    light, heavy = dark_masses(INELASTIC, mass)
    edges = np.linspace(2 * ELECTRON_MASS, heavy - light, 200_001)
    middle = 0.5 * (edges[1:] + edges[:-1])
    density = excited_spectrum(middle**2, mass, sector, ELECTRON_MASS) * 2 * middle
    charge = 4 * math.pi / 137.035999
    whole = density.sum() * (edges[1] - edges[0]) * 4 * math.pi * sector.alpha_dark * charge
    close(whole, excited_width(mass, 1.0, sector), 1e-5)
    assert excited_spectrum(1.01 * (heavy - light) ** 2, mass, sector, 0.0) == 0.0
    # masses drawn at even numbers are the quantiles of that
    drawn = pair_masses(INELASTIC, mass, ELECTRON_MASS, np.array([0.1, 0.5, 0.9]))
    known = np.interp([0.1, 0.5, 0.9], np.cumsum(density) / density.sum(), middle)
    close(drawn, known, 1e-3)


@pytest.mark.parametrize("length", [3.0, 100.0, 1e5, 1e14, math.inf])
def test_decays_in_a_volume_have_the_weights_of_those_anywhere(length):
    count = 20_000
    start = np.column_stack([np.zeros((count, 2)), np.linspace(0.0, 20.0, count)])
    direction = np.tile([0.0, 0.6, 0.8], (count, 1))
    lengths = np.full(count, length)
    random = generator(3).random(count)
    path, factor = decay_points(start, direction, lengths, (30.0, 150.0), random)
    z = start[:, 2] + 0.8 * path
    assert np.all((z >= 30.0 - 1e-9) & (z <= 150.0 + 1e-9))
    low, high = (30.0 - start[:, 2]) / 0.8, (150.0 - start[:, 2]) / 0.8
    inside = np.exp(-low / length) * -np.expm1(-(high - low) / length)
    close(factor, inside, 1e-9)
    free, one = decay_points(start, direction, lengths, None, generator(4).random(count))
    assert np.all(one == 1.0)
    there = start[:, 2] + 0.8 * free
    for plane in (40.0, 70.0, 150.0):
        share = (there > 30.0) & (there < plane)
        spread = math.sqrt(max(share.mean(), 1e-12) / count + np.var(factor * (z < plane)) / count)
        # 4.5 standard deviations at 15 points: a false alarm in 1e-4 runs
        assert abs(np.mean(factor * (z < plane)) - share.mean()) < 4.5 * spread + 1.0 / count


def test_what_begins_behind_a_volume_or_flies_back_has_no_weight():
    start = np.array([[0.0, 0.0, 200.0], [0.0, 0.0, 0.0]])
    direction = np.array([[0.0, 0.0, 1.0], [0.0, 0.0, -1.0]])
    _, factor = decay_points(start, direction, np.full(2, 50.0), (30.0, 150.0), np.full(2, 0.5))
    assert np.all(factor == 0.0)


def test_what_flies_and_how_far():
    boson = flight_of(VISIBLE, 0.3, 1e-4)
    assert [d.name for d in boson.channels] == ["e+e-", "mu+mu-"]
    widths = VISIBLE.partial_widths(0.3, 1e-4)
    total = sum(float(w) for w in widths.values())
    close(boson.shares, [float(widths[d.name]) / total for d in boson.channels], 1e-12)
    count = 40_000
    parents = moving(0.3, np.full(count, 60.0))
    flown = fly(boson, parents, np.zeros((count, 3)), generator(5))
    close(flown.factor, sum(boson.shares), 1e-12)
    mean = math.sqrt(60.0**2 - 0.3**2) / 0.3 * float(VISIBLE.ctau_cm(0.3, 1e-4))
    path = np.linalg.norm(flown.point, axis=1)
    assert abs(path.mean() / mean - 1.0) < 4 / math.sqrt(count)
    excited = flight_of(INELASTIC, 0.1, 1e-3)
    parents = moving(0.1, np.full(count, 60.0))
    flown = fly(excited, parents, np.zeros((count, 3)), generator(6))
    close(flown.flyer + flown.companion, parents, 1e-12, absolute=1e-12, because="rounding")
    heavy = dark_masses(INELASTIC, 0.1)[1]
    ctau = float(excited_ctau_cm(0.1, 1e-3, INELASTIC.dark_sector))
    own = np.linalg.norm(flown.flyer[:, 1:], axis=1) / heavy * ctau
    path = np.linalg.norm(flown.point, axis=1)
    assert abs(np.mean(path / own) - 1.0) < 4 / math.sqrt(count)
    assert flight_of(models.get("dark-photon"), 0.1, 1e-3) is None  # stable dark matter


def test_strength_is_that_of_the_coupling():
    known = emitters(("bremsstrahlung", "primakoff"))
    close(strength(VISIBLE, 0.1, 1e-3, known["bremsstrahlung"]), 1e-6, 1e-9)
    close(strength(models.get("alp"), 0.1, 1e-3, known["primakoff"]), 1e-6, 1e-9)


def table(name, model, mass, coupling, events, **more):
    layout = get(name).runs[0].layout
    extra = signal_inputs(layout, model, mass, coupling, **more)
    job = make_job(layout, name, "x", sample="signal", seed=1, chunk_events=events, extra=extra)
    return produce(job, 0, events)


def energy_of(found, *names):
    return sum(np.asarray(found[name], dtype=float) for name in names)


def closes(found):
    """All energy of the beam particle is somewhere; columns are stored with 24 bits."""
    names = [n for n in found.columns if n.startswith("truth_deposited_")]
    accounts = [f"truth_{n}" for n in ("matter", "escaped", "behind", "invisible")]
    return energy_of(found, *names, *accounts)


def test_visible_decays_are_recorded_by_the_detectors():
    events = 150
    found = table(
        "na64-visible-2017", "dark-photon", 0.0167, 3e-4, events, settings={"dark_matter": "none"}
    )
    z = np.asarray(found["truth_decay_z"])
    assert len(found) > 0.9 * events
    assert np.all((z >= 29.0) & (z <= 145.0))  # the volume of the search
    pair = energy_of(found, "truth_daughter1_energy", "truth_daughter2_energy")
    close(pair, np.asarray(found["truth_boson_energy"]), 1e-5)
    kinds = np.stack([found["truth_daughter1_kind"], found["truth_daughter2_kind"]])
    assert np.all(kinds == np.array([[11], [-11]]))
    ecal = np.asarray(found["ecal_cells"]).sum(axis=1)
    # the calorimeter behind sees the boson's energy: 9 % sqrt(GeV) and leakage at its sides
    near = np.abs(ecal / pair - 1.0) < 0.15
    assert near.mean() > 0.9
    behind = z > 30.0  # in vacuum behind the counter at the end of the dump: two particles there
    assert np.median(np.asarray(found["s4_energy"])[behind & near]) > 1.5e-3
    assert np.mean(np.asarray(found["v2_energy"])[behind] < 1e-3) > 0.9
    # 24 bits of stored numbers, and the mass of the electron, which is not counted as energy
    close(closes(found), found["truth_momentum"], 2e-5)


def test_excited_dark_matter_that_decays_early_is_seen_in_the_calorimeter():
    found = table("na64e-2016", "inelastic-dark-matter", 0.5, 0.05, 60, settings={"splitting": 0.4})
    z = np.asarray(found["truth_decay_z"])
    inside = z < 40.0
    assert inside.mean() > 0.5
    left = energy_of(found, "truth_deposited_ecal", "truth_deposited_ecal_preshower")
    pair = energy_of(found, "truth_daughter1_energy", "truth_daughter2_energy")
    taken = np.asarray(found["truth_boson_energy"]) - np.where(inside, pair, 0.0)
    rest = np.asarray(found["truth_target_momentum"]) - left - taken
    assert np.mean(np.abs(rest[inside]) < 4.0) > 0.8
    close(closes(found), found["truth_momentum"], 1e-3)  # synchrotron photons below the cut
    assert np.all(pair[inside] < np.asarray(found["truth_boson_energy"])[inside])


@pytest.mark.slow
def test_weights_of_visible_events_add_up_to_the_deterministic_yield():
    """Sum of weights with threshold and both daughters in the calorimeter; 4 sigma and 3 %.

    3 %: electrons that radiate or miss on their way to the dump, which the engine leaves out.
    """
    name, mass, coupling, events = "na64-visible-2017", 0.0167, 3e-4, 4000
    run = get(name).runs[0]
    found = table(name, "dark-photon", mass, coupling, events, settings={"dark_matter": "none"})
    window = run.setup.window
    ahead = window.calorimeter - np.asarray(found["truth_decay_z"])
    hits = np.ones(len(found), dtype=bool)
    for axis in ("x", "y"):
        for number in (1, 2):
            slope = np.asarray(found[f"truth_daughter{number}_slope_{axis}"])
            at = np.asarray(found[f"truth_decay_{axis}"]) + slope * ahead
            hits &= np.abs(at) < window.half_size
    passing = run.setup.pass_probability(np.asarray(found["truth_boson_energy"], dtype=float))
    value = np.asarray(found["weight"]) * hits * passing
    mean, error = value.sum() / events, math.sqrt(np.square(value).sum()) / events
    exact = signal_yield(name, VISIBLE, [mass])
    scale = run.particles_on_target.value * float(np.ravel(exact.efficiency)[0])
    known = sum(v[0][0] for v in exact.per_process(coupling).values()) / scale
    assert error < 0.03 * known
    assert abs(mean / known - 1.0) < 0.03 + 4 * error / known


def test_bad_requests_are_explained():
    layout = get("na64-visible-2017").runs[0].layout
    with pytest.raises(ArgumentError, match="positive"):
        signal_inputs(layout, "dark-photon", 0.01, 0.0)
    with pytest.raises(ArgumentError, match="stable"):
        signal_inputs(layout, "dark-photon", 0.01, 1e-4)
    none = {"dark_matter": "none"}
    for volume in ((50.0, 20.0), (0.0, math.inf), (math.nan, 3.0), (1.0,), "all"):
        with pytest.raises(ArgumentError, match="decay volume"):
            signal_inputs(layout, "dark-photon", 0.01, 1e-4, settings=none, volume=volume)
    with pytest.raises(ArgumentError, match="needs a coupling"):
        signal_inputs(layout, "dark-photon", 0.01, settings=none, volume=(30.0, 60.0))
    with pytest.raises(EmissError, match="parameter"):
        signal_inputs(layout, "dark-photon", 0.01, 1e-4, settings={"colour": 3})
    with pytest.raises(ArgumentError, match="this search looks for"):
        signal_inputs(layout, "alp", 0.05, 1e-4)
