"""Backgrounds: closed forms against samples, and tables of a run."""

from __future__ import annotations

import dataclasses
import itertools
import math

import numpy as np
import pytest
from closeness import close

from emiss import experiments
from emiss.analysis.backgrounds import (
    Question,
    estimate_backgrounds,
    hadron_decays,
    hard_scatters,
    sources,
)
from emiss.analysis.backgrounds import beam_decays as decays
from emiss.analysis.backgrounds import upstream_neutrals as upstream
from emiss.analysis.backgrounds.contamination import contamination
from emiss.analysis.backgrounds.control import control_sample
from emiss.analysis.backgrounds.dimuons import decays_behind, dimuon_rate, electron_share
from emiss.analysis.backgrounds.hermeticity import nuclear_losses
from emiss.analysis.backgrounds.punch_through import leading_neutrals
from emiss.analysis.backgrounds.veto_calorimeter import Effect, veto_calorimeter_effect
from emiss.events.bank import Bank
from emiss.events.beam import composition
from emiss.events.decays import decay_into
from emiss.events.kinds import KINDS
from emiss.events.transport.energy_grid import energy_lines
from emiss.events.transport.muons import dimuon_tables
from emiss.ground.errors import ArgumentError, EmissError, UnknownNameError
from emiss.ground.quadrature import gauss
from emiss.ground.quantity import Quantity
from emiss.physics.shower import track_lengths
from emiss.physics.shower.muon_cross_sections import photonuclear
from emiss.physics.shower.muon_inelastic import broken_nucleon

NAME = "na64e-2021-2022"


def layout_of(name=NAME):
    return experiments.get(name).runs[0].layout


def asked(layout):
    return Question(layout, 1.0, 10, 1)


def test_electron_of_a_fast_muon_has_the_share_of_boosted_decays():
    nodes, weights = gauss(20)
    close(float(np.asarray(weights) @ electron_share(np.asarray(nodes))), 1.0, 1e-12)
    n = 40_000
    parents = Bank.make(np.arange(n), KINDS.index("mu-"), 100.0, (0, 0, 0), (0, 0, 1))
    random = np.random.Generator(np.random.Philox(key=5))
    made = decay_into(parents, ("e-", "neutrino", "neutrino"), random)
    share = made.energy[made.kind == KINDS.index("e-")] / 100.0
    # five bins of the distribution; chi^2 of 5 degrees of freedom above 25.7 has chance 1e-4
    edges = np.linspace(0.0, 1.0, 6)
    found = np.histogram(share, edges)[0]
    cumulative = 5 / 3 * edges - edges**3 + edges**4 / 3
    expected = n * np.diff(cumulative)
    assert float(((found - expected) ** 2 / expected).sum()) < 25.7
    close(float(share.mean()), 0.35, 0.01)


@pytest.mark.parametrize("fast", [20.0, 60.0, 95.0])
def test_decays_behind_the_dump_are_those_that_are_drawn(fast):
    # places drawn over 3 m of gap and 2 m of iron, electrons by boosted decays: four standard
    # errors, false alarms 6e-5
    n, gap, depth, most, signal = 400_000, 300.0, 200.0, 1.0, 0.02
    random = np.random.Generator(np.random.Philox(key=8))
    parents = Bank.make(np.arange(n), KINDS.index("mu-"), fast, (0, 0, 0), (0, 0, 1))
    made = decay_into(parents, ("e-", "neutrino", "neutrino"), random)
    electron = made.kind == KINDS.index("e-")
    energy = np.zeros(n)
    energy[made.event[electron]] = made.energy[electron]
    way = random.random(n) * (gap + depth)
    unseen = energy + signal * np.maximum(way - gap, 0.0) < most
    share = unseen.mean()
    error = np.sqrt(share * (1.0 - share) / n)
    found = float(decays_behind(np.array(fast), gap, most, signal))
    assert abs(found / (gap + depth) - share) < 4.0 * error


@pytest.mark.parametrize("least", [5.0, 20.0, 50.0])
def test_pairs_are_those_of_the_tables_of_the_event_simulation(least):
    layout = layout_of()
    material = layout.target.material
    energy, weight = track_lengths(material, "e-", 100.0, least).nodes("gamma")
    rate = np.exp(np.interp(np.log(energy), np.log(energy_lines()), np.log(
        np.maximum(dimuon_tables(material)[0], 1e-30))))  # fmt: skip
    # the tables are lines in energy of a trapezoidal integral of 400 points
    close(dimuon_rate(layout, least), float(weight @ rate) * material.radiation_length_cm, 0.01)


def open_geometry():
    """One cell without end and no hadron calorimeter: the energy alone decides."""
    return decays._Geometry(
        (1e6, 1e6), (2e6, 2e6), (0.0, 0.0), (0.0, 0.0), 0.0, (), 0.02, (0.0, 1e3)
    )


@pytest.mark.parametrize(
    ("kind", "final", "share"),
    [
        ("pi-", ("e-", "neutrino"), 0.5),
        ("K-", ("e-", "neutrino"), 0.5),
        ("mu-", ("e-", "neutrino", "neutrino"), 35 / 48),
    ],
)
def test_share_of_decays_below_half_the_energy(kind, final, share):
    question = Question(layout_of(), 1.0, 1000, 3)
    found, error = decays._share(question, kind, final, open_geometry())
    start, front = decays.flight(question.layout)
    length = {"pi-": 780.45, "K-": 371.1, "mu-": 65865.4}[kind]
    mass = {"pi-": 0.13957039, "K-": 0.493677, "mu-": 0.1056583755}[kind]
    chance = (front - start) * mass / 100.0 / length
    # the momentum spread of 1 % shifts the threshold by far less; false alarms: 6e-5 each
    assert abs(found - chance * share) < 4.0 * error + 1e-3 * chance * share


def test_contaminations_are_split_and_explicit_ones_kept():
    beam = contamination(asked(layout_of()))
    close(beam["pi-"][0] + beam["K-"][0], 0.01, 1e-9)
    positive = contamination(asked(layout_of("na64e-plus-2022")))
    # four times the hadrons, but as many pions: the rest are protons
    close(positive["pi+"][0], beam["pi-"][0], 1e-9)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("kaons", "K-"),
        ("K", "K-"),
        ("K-", "K-"),
        ("mu", "mu-"),
        ("muons", "mu-"),
        ("p", "pbar"),
        ("protons", "pbar"),
    ],
)
def test_a_contamination_means_the_same_as_in_the_event_simulation(name, kind):
    layout = layout_of()
    part = layout.beam.contaminations[0]
    one = dataclasses.replace(part, particle=name)
    beam = dataclasses.replace(layout.beam, contaminations=(one,))
    found = contamination(asked(dataclasses.replace(layout, beam=beam)))
    assert list(found) == [kind]
    close(found[kind][0], part.fraction.value, 1e-12)
    assert KINDS[composition(beam)[0][1]] == kind


def test_a_contamination_that_is_no_particle_is_refused_and_not_left_out():
    layout = layout_of()
    one = dataclasses.replace(layout.beam.contaminations[0], particle="myons")
    beam = dataclasses.replace(layout.beam, contaminations=(one,))
    with pytest.raises(UnknownNameError, match="Did you mean 'muons'"):
        contamination(asked(dataclasses.replace(layout, beam=beam)))


def test_stated_inputs_replace_those_of_the_sources(tmp_path):
    """In proportion where the rate is; of the file, and before it of the call."""
    path = tmp_path / "own.toml"
    path.write_text(
        '[experiment]\nname = "own"\ntitle = "own"\nbase = "na64e-2021-2022"\n'
        '[[background_input]]\nname = "tagger-suppression"\n'
        'value = { value = 4e-5, uncertainty = 1e-5, source = "a test", status = "user" }\n'
        '[[background_input]]\nname = "dimuon-cross-section"\nvalue = 0.5\n',
        "utf-8",
    )
    only = ("beam-decays", "dimuons")
    own, known = (
        estimate_backgrounds(one, only=only, events=50)
        for one in (experiments.load(path), experiments.get(NAME))
    )
    close(own["beam-decays"].events, 4.0 * known["beam-decays"].events, 1e-12)
    close(own["beam-decays"].estimate.systematic["tagger"],
          0.25 * own["beam-decays"].estimate.rate, 1e-12)  # fmt: skip
    close(own["dimuons"].events, 0.5 * known["dimuons"].events, 1e-12)
    close(own["dimuons"].systematic, math.sqrt(
        0.25 * known["dimuons"].systematic**2 - (0.05 * known["dimuons"].events) ** 2), 1e-9,
    )  # fmt: skip
    (row,) = (i for i in own["beam-decays"].estimate.inputs if i.key == "tagger-suppression")
    assert (row.quantity.source, row.quantity.status) == ("a test", "user")
    called = estimate_backgrounds(
        experiments.load(path), only=only[:1], events=50,
        inputs={"tagger-suppression": Quantity(1e-5, 0.0)},
    )  # fmt: skip
    close(called.total, known["beam-decays"].events, 1e-12)
    shown = [row["name"] for row in experiments.describe(experiments.load(path))]
    assert any("input of backgrounds, tagger-suppression" in name for name in shown)


@pytest.mark.parametrize(
    ("run", "events"), [("na64e-2021-2022", 30), ("na64mu-2022", 30), ("na64-visible-2017", 400)]
)
def test_every_input_that_a_source_offers_moves_its_rate(run, events):
    """Ten times a number: its source has it among its inputs and gives another rate or error."""
    layout = layout_of(run)
    for source in sources().values():
        if not source.belongs_to(layout) or not source.inputs:
            continue
        plain = source.estimate(Question(layout, 1.0, events, 1))
        assert [one.key for one in plain.inputs] == [one.key for one in source.inputs]
        for one in source.inputs:
            stated = {one.key: Quantity(min(10.0 * one.value, one.most), 0.0)}
            moved = source.estimate(Question(layout, 1.0, events, 1, stated))
            assert (moved.rate, moved.systematic) != (plain.rate, plain.systematic), one.key


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("tagger-supression", 1e-4, "Did you mean 'tagger-suppression'"),
        ("tagger-suppression", 1.5, "at most 1"),
        ("kaons-over-pions", 1e7, "at most 1e\\+06"),
    ],
)
def test_inputs_that_cannot_be_are_refused(key, value, words):
    with pytest.raises(EmissError, match=words):
        estimate_backgrounds(
            experiments.get(NAME), only=("beam-decays",), events=10, inputs={key: Quantity(value)}
        )


def test_the_same_input_twice_in_a_file_is_refused(tmp_path):
    path = tmp_path / "own.toml"
    row = '[[background_input]]\nname = "muon-signal"\nvalue = 1.0\n'
    head = '[experiment]\nname = "own"\ntitle = "own"\nbase = "na64e-2021-2022"\n'
    path.write_text(head + 2 * row, "utf-8")
    with pytest.raises(EmissError, match="two inputs 'muon-signal'"):
        experiments.load(path)


def test_a_wider_momentum_window_lets_more_decays_pass():
    narrow = decays.SOURCE.estimate(Question(layout_of("na64e-2016-2018"), 1.0, 300, 1))
    wide = decays.SOURCE.estimate(Question(layout_of(), 1.0, 300, 1))
    assert narrow.rate < wide.rate - 3 * math.hypot(narrow.statistical, wide.statistical)


def test_table_is_the_sum_of_its_sources_and_goes_with_the_exposure():
    experiment = experiments.get(NAME)
    table = estimate_backgrounds(experiment, only=("dimuons", "beam-decays"), events=50)
    record = table.record()
    assert [one["name"] for one in record["sources"]] == ["dimuons", "beam-decays"]
    close(record["total"], sum(one["events"] for one in record["sources"]), 1e-12)
    variance = sum(one["statistical"] ** 2 + one["systematic"] ** 2 for one in record["sources"])
    close(record["total_error"], math.sqrt(variance), 1e-12)
    run = experiment.runs[0]
    double = dataclasses.replace(run.particles_on_target, value=2 * run.particles_on_target.value)
    more = dataclasses.replace(
        experiment, runs=(dataclasses.replace(run, particles_on_target=double),)
    )
    again = estimate_backgrounds(more, only=("dimuons", "beam-decays"), events=50)
    close(again.total, 2 * table.total, 1e-12)
    close(again.total_error, 2 * table.total_error, 1e-12)


def test_events_of_all_sources_are_lost_as_the_signal_is():
    """Readout, tracks and pile-up do not know what becomes of an electron."""
    experiment = experiments.get("na64e-2021-2022")
    table = estimate_backgrounds(experiment, only=("dimuons",))
    dimuons, run = table["dimuons"], experiment.runs[0]
    close(dimuons.events, 6.56e11 * 0.499 * dimuons.estimate.rate, 1e-12)
    close(dimuons.shifts["efficiency"], dimuons.events * 0.016 / 0.499, 1e-12)
    others = dimuons.systematic**2 - dimuons.shifts["efficiency"] ** 2
    close(others, (dimuons.counting * math.hypot(*dimuons.estimate.systematic.values())) ** 2, 1e-9)
    half = dataclasses.replace(
        run.efficiency, values=(0.2, 0.3), masses=(0.01, 0.1), uncertainties=()
    )
    changed = dataclasses.replace(experiment, runs=(dataclasses.replace(run, efficiency=half),))
    found = estimate_backgrounds(changed, only=("dimuons",))
    close(found.total, dimuons.events * 0.25 / 0.499, 1e-12)
    assert found["dimuons"].shifts["efficiency"] == 0.0


def test_published_values_stand_beside_and_are_not_used():
    table = estimate_backgrounds(experiments.get(NAME), only=("dimuons",), events=10)
    published = table["dimuons"].published
    assert published is not None
    assert published.status == "published"
    other = estimate_backgrounds(experiments.get("na64e-2016"), only=("dimuons",), events=10)
    assert other["dimuons"].published is None


def test_bad_input_is_said():
    experiment = experiments.get(NAME)
    with pytest.raises(UnknownNameError, match="beam-decays"):
        estimate_backgrounds(experiment, only=("neutrinos",))
    with pytest.raises(ArgumentError, match="no known source belongs"):
        estimate_backgrounds(experiments.get("na64h-2023"))
    with pytest.raises(ArgumentError, match="at least one"):
        estimate_backgrounds(experiment, events=0)
    assert all(source.modes for source in sources().values())


def test_side_band_of_an_exponential_gives_what_lies_below():
    # dN/dE = exp(E/6) up to 60 GeV, 20,000 events: 4 standard errors, false alarms 6e-5
    random = np.random.Generator(np.random.Philox(key=11))
    draw = random.random(20_000)
    energy = 6.0 * np.log1p(draw * math.expm1(60.0 / 6.0))
    expected = 20_000 * math.expm1(1.0 / 6.0) / math.expm1(10.0)
    for band in upstream.RANGES:
        value, error = upstream.extrapolated(energy, 1.0, band)
        assert abs(value - expected) < 4.0 * error
    flat = np.linspace(5.0, 45.0, 4001)
    close(upstream.extrapolated(flat, 1.0, (5.0, 45.0))[0], 100.0, 0.01)
    assert upstream.extrapolated(flat[:3], 1.0, (5.0, 45.0)) == (0.0, 0.0)


def test_layers_hold_all_matter_in_the_beam_behind_the_magnets():
    found = upstream.layers(layout_of())
    names = [box.name for box in found]
    assert "mm3" in names
    assert "srd" not in names  # beside the beam
    assert "mm1" not in names  # before the magnets: the momentum would be wrong
    assert all(a.end <= b.start + 1e-9 for a, b in itertools.pairwise(found))


def test_neutrals_need_less_energy_where_less_is_missing():
    random = np.random.Generator(np.random.Philox(key=2))
    found = leading_neutrals(layout_of(), 50_000, random)
    for number, error, energy in found.values():
        assert 0.0 < error < number < 1e-6
        assert energy > 50.0


def test_veto_calorimeter_is_predicted_to_gain_more_than_ten():
    # published in arXiv:2503.11275: more than a factor of ten
    question = Question(layout_of(), 1.0, 400, 1)
    assert veto_calorimeter_effect(question, "urqmd").lowest_factor > 10.0
    close(Effect(23, 0).lowest_factor, 10.0, 2e-3)  # ln 10 without an event


def test_models_spread_covers_the_published_values_of_hadronic_sources():
    """Twice the error for the measured one: statistics, fit and model are one sigma each."""
    table = estimate_backgrounds(
        experiments.get(NAME), only=("upstream-neutrals", "punch-through"), events=200
    )
    upstream_, through = table.sources
    assert upstream_.published is not None
    assert abs(upstream_.events - upstream_.published.value) < 2 * upstream_.error
    # an upper limit: what is left after the spread lies below it
    assert through.published is not None
    assert through.events - through.error < through.published.value


def open_planes(setup):
    """The same without counters that must be hit, and with a sharp momentum behind the target."""
    recoil = dataclasses.replace(
        setup.asked_recoil, planes=(), outgoing_resolution=(0.0, 0.0, 0.0, 0.0), veto_acceptance=1.0
    )
    return dataclasses.replace(setup, recoil=recoil, momentum_spread=0.0)


def test_muons_of_kaons_are_flat_in_energy():
    layout = layout_of("na64mu-2022")
    setup = open_planes(experiments.get("na64mu-2022").runs[0].setup)
    random = np.random.Generator(np.random.Philox(key=8))
    beam = dataclasses.replace(layout.beam, momentum_spread=Quantity(0.0))
    way = hadron_decays.flight(layout)
    share, error = hadron_decays._share(beam, setup, way, "-", 20_000, random)
    least = (0.1056583755 / 0.493677) ** 2
    # 4 standard errors: false alarms 6e-5; the kaon is not infinitely fast: 1e-3
    assert abs(share - (0.5 - least) / (1.0 - least)) < 4.0 * error + 1e-3


def test_hard_scatters_are_the_integral_of_the_cross_section():
    setup = open_planes(experiments.get("na64mu-2022").runs[0].setup)
    random = np.random.Generator(np.random.Philox(key=8))
    material, (low, high) = setup.material, ((160.0 * angle) ** 2 for angle in (2e-3, 0.1))
    nucleons = setup.length * material.density * 6.02214076e23
    protons = sum(p.mass_fraction * p.element.Z / p.element.A for p in material.components)
    q2 = np.geomspace(low, high, 801)
    whole = hard_scatters.whole_scatters(setup, 40_000, random)
    tau, dipole = q2 / 4 / 0.938272**2, (1 + q2 / 0.71) ** -4
    form = (protons * (1 + 7.8 * tau) + (1 - protons) * 3.66 * tau) / (1 + tau) * dipole
    cross = 4 * math.pi / 137.036**2 / q2**2 * form * 3.893794e-28
    # 4 standard errors: false alarms 6e-5; magnetic moments are rounded to 1e-3
    expected = nucleons * float(np.trapezoid(cross, q2))
    mean, error = whole.weight.mean(), whole.weight.std() / 200.0
    assert abs(mean - expected) < 4.0 * error + 1e-3 * expected
    broken = hard_scatters.broken_scatters(setup, 40_000, random)
    inside = broken.loss < 12.0
    loss = np.geomspace(0.1, 12.0, 2001)[:, None]
    grid = broken_nucleon(160.0, loss, q2[None, :], 1 - protons)
    expected = nucleons * float(np.trapezoid(np.trapezoid(grid, q2, axis=1), loss[:, 0]))
    weight = broken.weight * inside
    # trapezoids across the threshold: 1e-3
    assert abs(weight.mean() - expected) < 4.0 * weight.std() / 200.0 + 2e-3 * expected
    # few of the nucleons that are hit hard enough for the counters stay whole
    above = q2 > 2.5
    made = np.trapezoid(np.trapezoid(grid[:, above], q2[above], axis=1), loss[:, 0])
    assert made > 20 * np.trapezoid(cross[above], q2[above])


def test_hadrons_that_scattered_muons_make_are_seen_the_more_the_more_energy_they_have():
    layout = layout_of("na64mu-2022")
    setup = experiments.get("na64mu-2022").runs[0].setup
    random = np.random.Generator(np.random.Philox(key=4))
    drawn = hard_scatters.broken_scatters(open_planes(setup), 4_000, random)
    silent = hard_scatters.quiet(layout, drawn, 12.0, 1.5, "pythia", random)
    soft, hard = drawn.loss < 2.0, drawn.loss > 14.0
    assert silent[soft].mean() > 0.9
    assert silent[hard].mean() < 0.5


def test_muon_sources_know_their_mode():
    table = estimate_backgrounds(experiments.get("na64mu-2022"), events=100)
    names = {one.source.name for one in table.sources}
    assert names == {"hadron-decays", "hermeticity", "momentum-tails"}
    assert all(one.published is not None for one in table.sources)
    # published as an upper limit
    assert table["hermeticity"].events < table["hermeticity"].published.value
    # within a factor of two of the published value, and of its error
    tails = table["momentum-tails"]
    assert 0.5 < tails.events / tails.published.value < 2.0
    # pions cannot make muons that slow, so none are counted; kaons are an upper estimate
    assert table["hadron-decays"].events > table["hadron-decays"].published.value


def test_muon_pairs_that_fire_the_trigger_are_those_of_theory():
    found = control_sample(experiments.get(NAME), events=150, seed=3)
    close(found.least_photon, 20.0, 1e-9)
    # some 20 effective events; 4 standard errors, false alarms about 1e-4
    assert abs(found.found - found.predicted) < 4.0 * found.error + 0.1 * found.predicted


def test_nuclear_losses_are_the_integral_of_the_cross_section():
    setup = experiments.get("na64mu-2022").runs[0].setup
    number, loss, chance = nuclear_losses(setup, 80.0)
    close(float(chance.sum()), 1.0, 1e-12)
    assert 80.0 < loss.min() < loss.max() < 160.0
    energy = np.linspace(80.0, 159.0, 4001)
    density = np.zeros(energy.size)
    for part in setup.material.components:
        atoms = 6.02214076e23 * part.mass_fraction / part.element.A * setup.material.density
        density += atoms * photonuclear(part.element, 160.0, energy)
    # trapezoids of 20 MeV against Gauss points
    close(number, setup.length * float(np.trapezoid(density, energy)), 1e-3)
