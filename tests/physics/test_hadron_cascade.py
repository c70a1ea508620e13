"""Hadron cascades in calorimeters, punch-through, and hadronic interactions of electrons."""

from __future__ import annotations

import math

import numpy as np
import pytest
from closeness import close
from scipy import integrate, stats

from emiss.events.hadrons import (
    CODES,
    Box,
    Hadrons,
    boxes_of,
    electronuclear_length_cm,
    interact,
    interaction_length_cm,
    interaction_probability,
    punch_through,
    scattered,
    shower,
)
from emiss.events.hadrons.boxes import cross, distance_at, find
from emiss.events.hadrons.decays import decayed
from emiss.events.hadrons.electronuclear import RHO_MASS, flux
from emiss.events.hadrons.lengths import inelastic_cross_section_mb
from emiss.events.hadrons.spots import SCALE_ENERGY, Sources, electromagnetic
from emiss.experiments import get as experiment
from emiss.ground.constants import ALPHA, AVOGADRO, ELECTRON_MASS
from emiss.ground.errors import EmissError, ValidityError
from emiss.physics.materials import get
from emiss.physics.shower.hadron_stopping import hadron_stopping_power

MODULE = 139.2


def modules(count=4, half=30.0, ratio=1.3):
    material = get("na64-hcal")
    return tuple(
        Box(f"hcal{i}", material, 145.0 * i, 145.0 * i + MODULE, (-half, half), (-half, half),
            e_over_h=ratio)
        for i in range(count)
    )  # fmt: skip


def beam(name, energy, events, z=-1.0):
    place, direction = np.zeros((events, 3)), np.zeros((events, 3))
    place[:, 2], direction[:, 2] = z, 1.0
    kind = np.full(events, CODES[name])
    return Hadrons(np.arange(events), kind, np.full(events, float(energy)), place, direction)


@pytest.mark.parametrize("name", ["pi-", "pi+", "p", "n", "K-", "K0L", "K0S", "Lambda"])
def test_energy_is_conserved_event_by_event(name):
    # what is left, what leaked, what escaped, and what collisions and decays took
    result = shower(modules(2), beam(name, 80.0, 300), 300, np.random.default_rng(1))
    total = np.bincount(result.spots.event, result.spots.deposit, 300)
    total += np.bincount(result.escaped.event, result.escaped.energy, 300) + result.invisible
    assert np.max(np.abs(total - 80.0)) < 1e-9 * 80.0


def test_neutrons_are_absorbed_exponentially():
    # 40,000 neutrons through 10 cm of iron; 4 sigma, false alarms 6e-5
    box = Box("iron", get("Fe"), 0.0, 10.0)
    result = shower((box,), beam("n", 100.0, 40_000), 40_000, np.random.default_rng(2))
    chance = math.exp(-10.0 / interaction_length_cm(get("Fe"), 100.0, "n"))
    passed = int(np.sum(result.interactions == 0))
    assert abs(passed - 40_000 * chance) < 4 * math.sqrt(40_000 * chance * (1 - chance))


@pytest.mark.parametrize(("hadron", "mass", "kinetic"), [("pi-", 0.13957, 0), ("p", 0.93827, 1)])
@pytest.mark.parametrize("energy", [5.0, 20.0, 100.0])
def test_what_does_not_interact_leaves_what_ionisation_takes(hadron, mass, kinetic, energy):
    # in 10 cm of iron less than 4 % of the energy is lost, which moves the loss by less than 0.5 %
    box = Box("iron", get("Fe"), 0.0, 10.0)
    result = shower((box,), beam(hadron, energy, 2000), 2000, np.random.default_rng(3))
    quiet = np.flatnonzero(result.interactions == 0)
    left = np.bincount(result.spots.event, result.spots.deposit, 2000)[quiet]
    assert np.ptp(left) < 1e-9
    momentum_per_mass = np.array(math.sqrt((energy / mass + kinetic) ** 2 - 1))
    loss = float(hadron_stopping_power(get("Fe"), momentum_per_mass, mass)) * get("Fe").density
    close(float(left[0]), 10.0 * loss, 1e-3)
    # iron: 11.4 MeV/cm at the minimum (Particle Data Group), up to half more at 100 GeV
    assert 1.0 < left[0] / 0.114 < 1.5


def test_most_of_a_pion_shower_stays_in_one_module_and_what_is_seen_is_less_than_for_electrons():
    # 7.2 interaction lengths hold 95 % within 5 %; e/h and binding energy lower what is seen
    result = shower(modules(4), beam("pi-", 100.0, 600), 600, np.random.default_rng(4))
    spots = result.spots
    first = float(spots.deposit[spots.box == 0].sum()) / 600
    seen = float(spots.visible[spots.box >= 0].sum()) / 600
    assert 88.0 < first < 98.0
    assert 75.0 < seen < 95.0


def test_resolution_of_pions_falls_with_energy():
    spread = []
    for energy in (10.0, 40.0, 150.0):
        result = shower(modules(4), beam("pi-", energy, 500), 500, np.random.default_rng(5))
        seen = np.bincount(result.spots.event, result.spots.visible, 500)
        spread.append(float(seen.std() / seen.mean()))
    assert spread[0] > 1.3 * spread[1] > 1.3 * spread[2]


def test_the_same_seed_gives_the_same_showers():
    runs = [
        shower(modules(2), beam("pi-", 50.0, 50), 50, np.random.default_rng(6)).spots.visible
        for _ in range(2)
    ]
    assert np.array_equal(runs[0], runs[1])


def test_splitting_gives_the_exponential_where_any_deposit_counts():
    # nothing but uncollided neutrons leaves less than an eV: exp(-L/lambda) through two modules,
    # 5e-7, with its own error of 3 %; 4 sigma, false alarms about 1e-4 (t with 9 degrees: 3e-3)
    length = interaction_length_cm(get("na64-hcal"), 100.0, "n")
    found = punch_through(modules(2), "n", 100.0, 1e-9, events=1000, seed=7)
    assert abs(found.probability - math.exp(-2 * MODULE / length)) < 4 * found.error
    assert found.error < 0.06 * found.probability
    close(found.through, found.probability, 1e-12)


def test_splitting_agrees_with_counting_in_one_module():
    # 30,000 neutrons counted, about 27 of them quiet
    events = 30_000
    result = shower(modules(1), beam("n", 100.0, events), events, np.random.default_rng(8))
    inside = result.spots.box >= 0
    seen = np.bincount(result.spots.event[inside], result.spots.visible[inside], events)
    counted = int(np.sum(seen < 1.0))
    found = punch_through(modules(1), "n", 100.0, 1.0, events=1000, seed=9)
    assert stats.poisson.cdf(counted, found.probability * events) > 1e-3
    assert stats.poisson.sf(counted - 1, found.probability * events) > 1e-3


def test_narrow_modules_lose_more_at_their_sides():
    # half of an electromagnetic shower leaves 2 cm of iron and plastic at the sides
    wide = punch_through(modules(1), "K0L", 100.0, 30.0, events=200, seed=10)
    narrow = punch_through(modules(1, half=2.0), "K0L", 100.0, 30.0, events=200, seed=10)
    assert narrow.probability > 1.5 * wide.probability


def test_lines_cross_boxes_and_holes():
    box = Box("ring", get("Fe"), 0.0, 10.0, (-5.0, 5.0), (-5.0, 5.0), (1.0, 1.0))
    place = np.array([[0.0, 0.0, -1.0], [3.0, 0.0, -1.0], [-5.0, 0.0, 5.0], [9.0, 0.0, -1.0]])
    direction = np.array([[0, 0, 1.0], [0, 0, 1.0], [1.0, 0, 0], [0, 0, 1.0]])
    crossings = cross((box,), place, direction)
    lengths = (crossings.leave - crossings.enter).sum(axis=1)
    assert np.max(np.abs(lengths - [0.0, 10.0, 8.0, 0.0])) < 1e-9
    rates = np.full((4, 1), 0.5)
    reached = distance_at(crossings, rates, np.array([1.0, 1.0, 3.0, 1.0]))
    assert np.isinf(reached[[0, 3]]).all()
    close(reached[1], 3.0, 1e-9)
    close(reached[2], 8.0, 1e-9)  # 4 cm, the hole, 2 cm more
    zero = np.zeros(1)
    assert find((box,), zero, zero, zero + 5.0)[0] == -1
    assert find((box,), zero + 2.0, zero, zero + 5.0)[0] == 0


def test_electromagnetic_showers_have_the_given_profile():
    # 400 photons of 30 GeV in a block of iron: mean depth a/b of the gamma distribution, 4 sigma;
    # and 90 % within one Moliere radius (1 % by construction of core and halo)
    iron, events = get("Fe"), 400
    box = Box("iron", iron, 0.0, 400.0)
    place, direction = np.zeros((events, 3)), np.tile([0.0, 0.0, 1.0], (events, 1))
    place[:, 2] = 1e-6
    sources = Sources(np.arange(events), np.full(events, 30.0), place, direction)
    spots = electromagnetic((box,), sources, np.random.default_rng(12))
    close(float(spots.deposit.sum()), 30.0 * events, 1e-12)
    depth = spots.place[:, 2] / iron.radiation_length_cm
    shape = 1.0 + 0.5 * (math.log(30.0 / iron.critical_energy) + 0.5)
    error = math.sqrt(shape / 0.25 / depth.size)
    assert abs(float(depth.mean()) - shape / 0.5) < 4 * error
    moliere = SCALE_ENERGY / iron.critical_energy * iron.radiation_length_cm
    radius = np.hypot(spots.place[:, 0], spots.place[:, 1]) / moliere
    assert abs(float((radius < 1.0).mean()) - 0.90) < 0.02


def test_decays_conserve_energy_and_momentum():
    for name, mass in (("K0S", 0.497611), ("Lambda", 1.115683)):
        parents = beam(name, 30.0, 500)
        products = decayed(parents, np.random.default_rng(13))
        masses = {CODES["p"]: 0.93827209, CODES["n"]: 0.93956542}
        add = np.array([masses.get(int(k), 0.0) for k in products.kind])
        total = np.bincount(products.event, products.energy + add, 500)
        close(total, np.full(500, 30.0 + (mass if name == "Lambda" else 0.0)), 1e-9)
        charged = products.kind != CODES["gamma"]
        own = {CODES["pi+"]: 0.13957039, CODES["pi-"]: 0.13957039} | masses
        rest = np.array([own.get(int(k), 0.1349768) for k in products.kind])
        energy = products.energy + add
        momentum = np.sqrt(energy**2 - rest**2)[:, None] * products.direction
        summed = np.zeros((500, 3))
        np.add.at(summed, products.event, momentum)
        forward = products.direction[:, 2] > 0.9
        whole = np.bincount(products.event, forward & (charged | True), 500) == 2
        parent = math.sqrt((30.0 + (mass if name == "Lambda" else 0.0)) ** 2 - mass**2)
        assert whole.sum() > 400
        assert np.max(np.abs(summed[whole] - [0.0, 0.0, parent])) < 1e-6


@pytest.mark.parametrize("y", [1e-3, 0.05, 0.3, 0.7, 0.99])
def test_equivalent_photons_are_the_integral_over_virtuality(y):
    least = ELECTRON_MASS**2 * y**2 / (1 - y)

    def integrand(log_q2):
        q2 = math.exp(log_q2)
        bracket = 1 + (1 - y) ** 2 - 2 * (1 - y) * least / q2
        return ALPHA / (2 * math.pi * y) * bracket / (1 + q2 / RHO_MASS**2) ** 2

    limits = math.log(least), math.log(16 * RHO_MASS**2)
    value = integrate.quad(integrand, *limits, epsabs=0.0, epsrel=1e-11, limit=200)[0]
    close(float(flux(np.array([y]))[0]), value, 1e-9)


def test_electronuclear_length_is_the_integral_over_the_flux():
    iron = get("Fe")
    photons = integrate.quad(
        lambda y: float(flux(np.array([y]))[0]), 0.05, 1 - ELECTRON_MASS / 100, epsrel=1e-9
    )[0]
    sigma = float(inelastic_cross_section_mb(iron.components[0].element, 100.0, "gamma"))
    atoms = iron.density * AVOGADRO / iron.components[0].element.A * 1e-27
    length = electronuclear_length_cm(iron, 100.0, 5.0)
    close(length, 1 / (photons * sigma * atoms), 1e-6)
    box = Box("iron", iron, 0.0, 2.0)
    close(interaction_probability(box, 100.0, 5.0), 2.0 / length, 1e-4)


def test_drawn_photons_follow_the_flux():
    # 20,000 draws in ten bins of ln y of equal content; chi2 with false alarms of 1e-4
    events = 20_000
    start = beam("gamma", 100.0, events)
    found = interact(
        start.event, start.energy, start.place, start.direction, np.random.default_rng(14), 5.0
    )
    y = found.photons.energy / 100.0
    close(found.photons.energy + found.electron_energy, np.full(events, 100.0), 1e-12)
    grid = np.exp(np.linspace(math.log(0.05), math.log(0.9999), 4001))
    content = np.concatenate([[0.0], np.cumsum(0.5 * (flux(grid[1:]) + flux(grid[:-1]))
                                               * np.diff(grid))])  # fmt: skip
    edges = np.interp(np.linspace(0, 1, 11) * content[-1], content, grid)
    edges[0], edges[-1] = 0.0, 1.0
    counts = np.histogram(y, edges)[0]
    chi2 = float(np.sum((counts - events / 10) ** 2 / (events / 10)))
    assert chi2 < stats.chi2.isf(1e-4, 9)
    direction = scattered(start.direction, found.electron_slope, np.random.default_rng(15))
    close(np.linalg.norm(direction, axis=1), np.ones(events), 1e-12)


def test_a_photon_collides_where_it_is_told_to():
    start = beam("gamma", 40.0, 400, z=1.0)
    result = shower(modules(2), start, 400, np.random.default_rng(16), collide_first=True)
    assert np.all(result.interactions >= 1)
    total = np.bincount(result.spots.event, result.spots.deposit, 400)
    total += np.bincount(result.escaped.event, result.escaped.energy, 400) + result.invisible
    assert np.max(np.abs(total - 40.0)) < 4e-8


def test_boxes_come_from_the_layout():
    layout = experiment("na64e-2021-2022").runs[0].layout
    boxes = {box.name: box for box in boxes_of(layout.elements)}
    assert {"ecal", "hcal0", "hcal1", "hcal2", "hcal3"} <= boxes.keys()
    assert boxes["hcal0"].x == (-30.0, 30.0)
    assert boxes["hcal0"].e_over_h > 1.0
    assert boxes["hcal3"].x[0] + boxes["hcal3"].x[1] != 0.0


def test_bad_input_is_refused():
    with pytest.raises(EmissError, match="needs boxes"):
        shower((), beam("n", 10.0, 2), 2, np.random.default_rng(1))
    with pytest.raises(EmissError, match=r"^threshold: -1 GeV"):
        punch_through(modules(1), "n", 10.0, -1.0)
    with pytest.raises(ValidityError, match="faces"):
        Box("iron", get("Fe"), 1.0, 1.0)
    with pytest.raises(ValidityError, match="electronuclear"):
        electronuclear_length_cm(get("Fe"), 5.0, 6.0)
    with pytest.raises(ValidityError, match="shares"):
        flux(np.array([1.5]))
