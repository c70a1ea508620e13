"""The beam line: orbit, exact bends, synchrotron radiation, decays, energy by event."""

import math
from dataclasses import replace

import numpy as np
import pytest
from closeness import close
from scipy import integrate, special

from emiss import experiments
from emiss.events.bank import Bank
from emiss.events.beam import composition, sample_beam
from emiss.events.chain import carry, steps
from emiss.events.context import ACCOUNTS, Context, Options, generator_of
from emiss.events.decays import CHANNELS, decay, decay_probability
from emiss.events.field import bend
from emiss.events.kinds import KINDS, MASSES, kind_number
from emiss.events.orbit import frame_at, frame_of, magnet_frame
from emiss.events.stations import Deposits, Points, stations, vacuum
from emiss.events.stations.passing import enter
from emiss.events.synchrotron import (
    MEAN_SHARE,
    critical_energy,
    fraction_below,
    mean_number,
    number_density,
    radiate,
)
from emiss.experiments.beam import Contamination
from emiss.experiments.elements import kinds
from emiss.experiments.elements.dipole import Dipole
from emiss.experiments.elements.vacuum import Vacuum
from emiss.ground.errors import EmissError, UnknownNameError, ValidityError
from emiss.ground.quantity import Quantity

NA64 = experiments.get("na64e-2016").layout


def rows(kind, energy, **columns):
    """Particles of one kind along z."""
    n = np.size(energy)
    made = Bank.make(np.arange(n), kind_number(kind), energy, (0.0,) * 3, (0.0, 0.0, 1.0))
    return made.change(**columns)


def trimmed(*names):
    """The apparatus with some of its elements alone, none of which has matter in the way."""
    kept = tuple(replace(NA64.element(n), layers=(), material="") for n in names)
    return replace(NA64, elements=kept)


# --- geometry ---


def test_every_kind_of_element_has_a_station():
    assert set(kinds()) <= set(stations())


def test_nominal_particle_follows_the_orbit():
    """A muon (which hardly radiates) of nominal momentum meets every element in its middle."""
    layout = trimmed("mm1", "mm2", "magnet1", "magnet2", "mm3", "mm4")
    layout = replace(layout, beam=replace(layout.beam, particle="mu-", momentum_spread=Quantity(0)))
    layout = replace(layout, beam=replace(layout.beam, contaminations=(), spot=None))
    layout = replace(layout, beam=replace(layout.beam, divergence=None))
    context = Context.start(layout, Options(gaps="vacuum"), "beam", 1, 0, 5)
    hits = carry(sample_beam(layout, np.arange(5), context.generator("beam")), context)
    for name in ("mm1", "mm2", "mm3", "mm4"):
        close(hits[name].x, 0.0, absolute=1e-6, because="energy against momentum, 5e-7 of 21 mrad")
        assert hits[name].x.size == 5


def test_undeflected_axis_meets_the_zero_degree_module():
    """Straight on from before the magnets: within a centimetre of the middle of that module."""
    start, module = frame_at(NA64, -2400.0), NA64.element("hcal3")
    path = (module.start - start.z) / math.cos(start.angle)
    x = start.x + path * math.sin(start.angle)
    close(x, frame_of(NA64, module).x, absolute=1.0, because="the offset is rounded to 530 mm")


def test_bend_is_that_of_the_equation_of_motion():
    """A fourth-order integration with steps of 1 mm, at angles and momenta of all sizes."""
    energy = np.array([0.3, 1.0, 10.0, 100.0])
    ux = np.array([-0.2, 0.1, 0.02, -0.01])
    uy = np.array([0.1, -0.05, 0.01, 0.001])
    uz = np.sqrt(1 - ux**2 - uy**2)
    bank = rows("mu-", energy).change(ux=ux, uy=uy, uz=uz)
    strength, depth = np.full(4, 5e-4), 200.0
    found = bend(bank, strength, depth).bank
    p = bank.momentum
    state = np.stack([np.zeros(4), np.zeros(4), ux, uz, np.zeros(4)])

    def slope(s):
        x, _, u, w, _ = s
        del x
        return np.stack([u / w, uy / w, strength / p, -strength / p * u / w, 1 / w])

    for _ in range(2000):
        h = depth / 2000
        k1 = slope(state)
        k2 = slope(state + 0.5 * h * k1)
        k3 = slope(state + 0.5 * h * k2)
        k4 = slope(state + h * k3)
        state = state + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
    for name, value in zip(("x", "y", "ux", "uz"), state, strict=False):
        close(getattr(found, name), value, 1e-7, absolute=1e-9, because="steps of the integration")
    close(found.time * 29.9792458 * p / energy, state[4], 1e-7)


def test_bend_by_the_published_angle_and_back():
    magnet = next(e for e in NA64.elements if isinstance(e, Dipole))
    _, depth = magnet_frame(NA64, magnet)
    half = 0.5 * float(magnet.deflection(100.0))
    bank = rows("mu-", math.hypot(100.0, MASSES[3]) * np.ones(1))
    bank = bank.change(ux=np.array([-math.sin(half)]), uz=np.array([math.cos(half)]))
    arc = bend(bank, np.array([magnet.kick / magnet.length_cm]), depth)
    close(arc.angle, 2 * half, 1e-9)
    close(arc.bank.x, 0.0, absolute=1e-9, because="symmetric in the frame of the chord")


def test_particle_too_slow_turns_round():
    arc = bend(rows("e-", np.array([0.02, 50.0])), np.full(2, 5e-4), 200.0)
    assert arc.turned.tolist() == [True, False]


# --- synchrotron radiation ---


def test_spectrum_is_that_of_the_bessel_function():
    """Direct quadrature of K_5/3; half of the power lies above the critical energy, exactly."""
    for u in (1e-3, 0.1, 1.0, 5.0):
        direct = integrate.quad(lambda x: special.kv(5 / 3, x), u, np.inf, epsrel=1e-10)[0]
        close(number_density(np.array([u])), 3 / (5 * math.pi) * direct, 1e-7)
    u = np.geomspace(1e-9, 40, 6000)
    density = number_density(u)
    close(np.trapezoid(density * u, np.log(u)), 1.0, 2e-3)  # what lies below 1e-9
    power = density * u * u
    close(np.trapezoid(power, np.log(u)), MEAN_SHARE, 1e-4)
    above = u >= 1.0
    close(np.trapezoid(power[above], np.log(u[above])), 0.5 * MEAN_SHARE, 2e-3)


def test_photons_of_an_electron_in_number_and_spectrum():
    """Two million photons: number within 5 standard deviations, spectrum within 1 % in ten bins."""
    n, theta, length = 100_000, 0.0104927, 200.0
    gamma = np.full(n, 100.0 / MASSES[0])
    curvature = np.full(n, theta / length)
    found = radiate(gamma, np.full(n, theta), curvature, generator_of(7))
    mean = float(mean_number(gamma[:1], np.array([theta]))[0])
    close(mean, 5 / (2 * math.sqrt(3)) / 137.035999 * gamma[0] * theta, 1e-9)
    close(found.row.size / n, mean, 5 / math.sqrt(n * mean))
    critical = float(critical_energy(gamma[:1], curvature[:1])[0])
    # 0.665 keV E^2 B in GeV and tesla, 1.75 T: the rule of accelerator physics.
    close(critical, 0.665e-6 * 100.0**2 * 1.75, 1e-3)
    u = found.energy / critical
    close(u.mean(), MEAN_SHARE, 0.01)
    edges = np.array([1e-5, 1e-4, 1e-3, 0.01, 0.05, 0.1, 0.3, 0.6, 1.0, 2.0, 4.0])
    counted = np.histogram(u, edges)[0] / u.size
    close(counted, np.diff(fraction_below(edges)), 0.01)
    # Straight along the arc: evenly spread.
    close(np.histogram(found.share, 10, (0, 1))[0] / u.size, 0.1, 0.01)


def test_energy_lost_in_the_magnets_is_larmors():
    """Mean loss of 100 GeV electrons, 2/3 alpha gamma^3 theta ... against the chain's photons."""
    layout = trimmed("magnet1", "magnet2")
    beam = replace(
        layout.beam, momentum_spread=Quantity(0.0), contaminations=(), spot=None, divergence=None
    )
    layout = replace(layout, beam=beam)
    n = 4000
    context = Context.start(layout, Options(gaps="vacuum"), "beam", 3, 0, n)
    bank = sample_beam(layout, np.arange(n), context.generator("beam"))
    for step in steps(layout):
        if step.station is not None:
            bank, _ = step.station.traverse(step.places, bank, context.at(step.name))
    electrons = bank.take(bank.kind == 0)
    gamma = 100.0 / MASSES[0]
    radius = 200.0 / 0.01049273603
    loss = 2 / 3 / 137.035999 * 1.973269804e-14 * gamma**4 / radius * 2 * 0.01049273603
    spread = float((100.0 - electrons.energy).std()) / math.sqrt(n)
    # 0.1 % for the energy that the first magnet took.
    found = 100.0 - float(electrons.energy.mean())
    close(found, loss, 5e-3, absolute=4 * spread, because="4 standard deviations of the mean")
    photons = np.bincount(bank.event[bank.kind == 2], bank.energy[bank.kind == 2], minlength=n)
    close(photons + context.accounts["radiation"] + electrons.energy, bank_energy(100.0), 1e-12)
    # They arrive between the bent and the undeflected axis.
    x = bank.take(bank.kind == 2)
    x = x.x + x.ux / x.uz * (0.0 - x.z)
    assert x.max() < 0.1
    assert x.min() > -0.0215 * 2000.0


def bank_energy(momentum):
    return math.hypot(momentum, MASSES[0])


# --- beam ---


def test_beam_has_the_asked_spread_spot_and_composition():
    """100,000 particles; tolerance of 4 standard deviations of each statistic."""
    beam = replace(NA64.beam, spot=Quantity(0.5), divergence=Quantity(1e-4))
    layout = replace(trimmed("mm4"), beam=beam)
    n = 100_000
    bank = sample_beam(layout, np.arange(n), generator_of(1))
    four = 4 / math.sqrt(2 * n)
    close(bank.momentum.std() / 100.0, 0.01, four)
    close(bank.momentum.mean(), 100.0, 4 * 0.01 / math.sqrt(n))
    at_target = bank.drift(-bank.z / bank.uz)
    for name in ("x", "y"):
        close(getattr(at_target, name).std(), 0.5, four)
    close((bank.ux / bank.uz).std(), 1e-4, four)
    pions = (bank.kind == KINDS.index("pi-")).mean()
    close(pions, 0.01, 4 * math.sqrt(0.01 / n) / 0.01)


def test_contaminations_that_cannot_be():
    beam = replace(NA64.beam, contaminations=(Contamination("quarks", Quantity(0.1)),))
    with pytest.raises(UnknownNameError, match="unknown particle in the beam 'quarks'"):
        composition(beam)
    beam = replace(NA64.beam, contaminations=(Contamination("muon", Quantity(0.1)),))
    with pytest.raises(UnknownNameError, match="Did you mean 'muons'"):
        composition(beam)
    beam = replace(NA64.beam, contaminations=(Contamination("p", Quantity(1.1)),))
    with pytest.raises(EmissError, match="more than all"):
        composition(beam)
    with pytest.raises(UnknownNameError):
        kind_number("axion")


# --- decays ---


@pytest.mark.parametrize("name", ["mu+", "pi-", "K+", "K-", "K0L", "K0S"])
def test_decays_conserve_momentum_and_charge(name):
    n = 3000
    parents = rows(name, np.full(n, 20.0), uy=np.full(n, 0.6), uz=np.full(n, 0.8))
    survivors, made, _ = decay(parents, np.full(n, 1e9), generator_of(name))
    assert len(survivors) == 0
    close(np.bincount(made.event, made.energy), 20.0, 1e-9)
    close(np.bincount(made.event, made.momentum * made.uy), 0.6 * parents.momentum[0], 1e-9)
    close(np.bincount(made.event, made.momentum * made.ux), 0.0, absolute=1e-8, because="GeV")
    charge = np.bincount(made.event, made.charge.astype(float))
    assert np.all(charge == parents.charge[0])


def test_decay_length_branching_and_michel():
    """Pions of 100 GeV on 25 m, electrons of muons at rest mean 0.7 of the end of the spectrum."""
    n = 200_000
    pions = rows("pi-", np.full(n, 100.0))
    chance = 1 - math.exp(-2500.0 * MASSES[5] / (pions.momentum[0] * 780.45))
    close(decay_probability(pions, np.full(n, 2500.0))[0], chance, 1e-12)
    survivors, made, _ = decay(pions, np.full(n, 2500.0), generator_of(2))
    close(1 - len(survivors) / n, chance, 4 / math.sqrt(n * chance))
    assert made.z.max() < 2500.0
    muons = rows("mu-", np.full(n, MASSES[3] * 1.000001))
    _, made, _ = decay(muons, np.full(n, 1e9), generator_of(3))
    electrons = made.energy[made.kind == 0] / (0.5 * MASSES[3])
    close(electrons.mean(), 0.7, 4 * electrons.std() / math.sqrt(n) + 1e-3)
    assert sum(share for share, _ in CHANNELS["pi-"]) <= 1.0


def test_bias_of_decays_is_undone_by_weights():
    n = 100_000
    pions = rows("pi+", np.full(n, 100.0))
    survivors, made, _ = decay(pions, np.full(n, 2500.0), generator_of(4), bias=50.0)
    chance = 1 - math.exp(-2500.0 * MASSES[5] / (pions.momentum[0] * 780.45))
    muons = made.weight[made.kind == KINDS.index("mu+")]
    assert muons.size > 15 * n * chance
    close(muons.sum() / n, chance * 0.999877, 0.03)
    close((survivors.weight.sum() + muons.sum()) / n, 1.0, 0.01)


# --- the whole ---


def test_energy_is_accounted_for_event_by_event():
    """Deposits and accounts add up to what the beam brought, to 1e-9."""
    n = 60
    options = Options(decay_bias=100.0, electronuclear_bias=1e4)
    context = Context.start(NA64, options, "beam", 2, 0, n)
    bank = sample_beam(NA64, np.arange(n), context.generator("beam"))
    brought = bank.available
    hits = carry(bank, context)
    assert context.truth["hadronic_upstream"].sum() > 0
    total = sum(context.accounts[name] for name in ACCOUNTS)
    total = total + sum(h.deposited for h in hits.values() if isinstance(h, Deposits))
    close(total, brought, 1e-9)
    ecal, preshower = hits["ecal"], hits["ecal-preshower"]
    assert np.median(ecal.deposited + preshower.deposited) > 90.0
    assert np.all(ecal.energy.sum(axis=(1, 2)) <= ecal.deposited + 1e-9)
    assert isinstance(hits["mm1"], Points)


def test_chunk_is_a_function_of_its_number():
    found = []
    for chunk in (4, 4, 5):
        context = Context.start(NA64, Options(), "beam", 2, chunk, 10)
        bank = sample_beam(NA64, np.arange(10), context.generator("beam"))
        found.append(carry(bank, context)["ecal"].energy)
    assert np.array_equal(found[0], found[1])
    assert not np.array_equal(found[0], found[2])


def test_options_out_of_range():
    with pytest.raises(ValidityError, match="decay_bias"):
        Options(decay_bias=0.5)
    strong = replace(NA64.element("magnet1"), field_integral=Quantity(1e3))
    layout = replace(NA64, elements=(strong, NA64.element("ecal")))
    with pytest.raises(ValidityError, match="turns the beam"):
        frame_at(layout, -3000.0)


# --- vacuum vessels ---


def vessel_before_counter():
    """A vessel of 10 m with windows of 3 mm, and a counter that touches it, on the axis."""
    vessel = Vacuum(
        name="vessel", role="passive", position=Quantity(-1000.5), length=Quantity(1000.0),
        window_material="mylar", window_thickness=Quantity(0.3),
    )  # fmt: skip
    counter = replace(NA64.element("s3"), position=Quantity(-0.5), layers=(), material="",
                      offset_x=None, offset_y=None)  # fmt: skip
    return replace(NA64, elements=(vessel, counter))


def test_windows_of_a_vessel_lie_within_it(monkeypatch):
    """Collisions in the back window start at its place, and what touches the vessel is hit."""
    places = []

    def note(layers, bank, frame, context):
        places.append(frame.z + bank.z)
        return bank

    monkeypatch.setattr(vacuum, "interact_in", note)
    layout = vessel_before_counter()
    context = Context.start(layout, Options(gaps="vacuum"), "beam", 1, 0, 5)
    bank = rows("mu-", np.full(5, 100.0)).change(z=np.full(5, -1200.0))
    end = -0.5
    here = steps(layout)
    for step in here[:2]:
        if step.station is not None:
            bank, _ = step.station.traverse(step.places, bank, context.at(step.name))
    close(places[0], -1000.5, 1e-12)
    close(places[1], end - 0.3, 1e-12)
    close(bank.z, end, 1e-12)
    inside = enter(here[-1].places[0], bank).inside
    assert np.array_equal(inside.event[inside.kind == kind_number("mu-")], np.arange(5))
