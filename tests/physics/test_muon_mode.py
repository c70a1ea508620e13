"""The muon mode: resolution, sampled recoil, acceptance, limits."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
from closeness import close
from layouts import problems, with_cut, with_element, with_layout, with_new

import emiss
from emiss import experiments, materials, models
from emiss.experiments.elements.tracker import Tracker
from emiss.experiments.layout import Layout
from emiss.experiments.setup import Plane, Setup
from emiss.ground import constants as const
from emiss.ground.errors import EmissError, ExperimentFileError, ValidityError
from emiss.ground.quantity import Quantity
from emiss.physics.shower.muon_transport import muon_energy_loss
from emiss.yields import signal_yield
from emiss.yields.acceptance import recoil, recoil_cuts
from emiss.yields.acceptance.recoil_tables import MUONS, RecoilAcceptance, element_total
from emiss.yields.processes.muon_bremsstrahlung import SCATTERING

# Collaboration curve of the 2022 run in epsilon (files given to the ESPP 2026 preparatory group),
# as g = epsilon e: mass in GeV, g.
PUBLISHED = ((0.0015, 5.29e-4), (0.01, 5.27e-4), (0.05, 5.24e-4), (0.1, 5.57e-4),
             (0.2, 7.42e-4), (0.3, 1.00e-3), (0.4, 1.31e-3), (1.0, 4.21e-3))  # fmt: skip


@pytest.fixture(scope="module")
def setup() -> Setup:
    return experiments.get("na64mu-2022").runs[0].setup


def asking(setup: Setup, **changes: object) -> Setup:
    """A setup that asks something else of the scattered muon."""
    return dataclasses.replace(setup, recoil=dataclasses.replace(setup.asked_recoil, **changes))


def open_cuts(setup: Setup, **changes: object) -> Setup:
    nothing = {
        "incoming_window": (1.0, 1e4),
        "max_outgoing": 1e4,
        "max_calorimeter": 1e4,
        "veto_acceptance": 1.0,
        "planes": (),
    }
    return asking(setup, **{**nothing, **changes})


# Trackers of the second spectrometer: name, front face and resolution in cm. The magnet stands at
# 445 to 645 cm.
ARMS = (("a", 200.0, 0.01), ("b", 400.0, 0.03), ("c", 700.0, 0.02), ("d", 800.0, 0.02))


def measured_by_trackers(*arms: tuple[str, float, float]) -> experiments.Experiment:
    trackers = (
        Tracker(
            name=name,
            role="outgoing-spectrometer",
            position=Quantity(place),
            length=Quantity(1.0),
            resolution=Quantity(spread),
        )
        for name, place, spread in arms
    )
    found = with_element(experiments.get("na64mu-2022"), "ms2", momentum_resolution=None)

    def without(layout: Layout) -> Layout:
        kept = (e for e in layout.elements if not isinstance(e, Tracker))
        return dataclasses.replace(layout, elements=tuple(kept))

    return with_new(with_layout(found, without), *trackers)


def test_resolution_from_trackers_agrees_with_smeared_tracks() -> None:
    found = measured_by_trackers(*ARMS)
    assert problems(found) == []
    recoil_asked = found.runs[0].setup.asked_recoil
    constant, slope, _, _ = recoil_asked.outgoing_resolution
    assert constant == 0.0  # grows in proportion to the momentum
    momentum, random = 80.0, np.random.default_rng(3)
    hits = [random.normal(0.0, spread, 400_000) for _, _, spread in ARMS]
    kick = 0.299792458 * 1.4 / momentum
    angle = kick + (hits[3] - hits[2]) / 100.0 - (hits[1] - hits[0]) / 200.0
    # standard deviation of 4e5 values is known to 0.11 %; 5 sigma
    close(np.std(angle) / kick, slope * momentum, 0.006)
    close(recoil_asked.kick, 0.299792458 * 1.4, 1e-12)


def test_spectrometer_wants_a_resolution_or_trackers_on_both_sides() -> None:
    for arms in ((), ARMS[:3], ARMS[1:]):
        found = measured_by_trackers(*arms)
        assert any("two trackers" in words for words in problems(found))
        with pytest.raises(ValidityError, match="two trackers"):
            assert found.runs[0].setup
    # Stated, it is taken as it is, trackers or not.
    stated = with_element(measured_by_trackers(*ARMS), "ms2", momentum_resolution=0.05)
    assert stated.runs[0].setup.asked_recoil.outgoing_resolution == (0.05, 0.0, 0.001, 0.2)


def test_bend_of_the_dipole() -> None:
    magnet = experiments.get("na64mu-2022").layout.element("ms2")
    # R = p/(0.2998 B): the angle after a length l is asin(l/R), a cubic term of 1e-5 here.
    for momentum in (20.0, 160.0):
        exact = math.asin(0.299792458 * 1.4 / momentum)
        close(float(magnet.deflection(momentum)), exact, 1e-4)
    with pytest.raises(ValidityError, match="positive"):
        magnet.deflection(0.0)


def test_pass_probability_limits() -> None:
    momenta = np.array([10.0, 80.0, 150.0])
    assert recoil_cuts.pass_below(momenta, 80.0, (0.0, 0.0, 0.0, 0.0)).tolist() == [1.0, 1.0, 0.0]
    close(recoil_cuts.pass_below(momenta, 80.0, (0.04, 0.0, 0.1, 0.3))[1], 0.5, 1e-6)
    # far above the core only the tail is left: 0.1 of a Gaussian of 30 %
    far = recoil_cuts.pass_below(np.array([160.0]), 80.0, (0.04, 0.0, 0.1, 0.3))[0]
    close(far, 0.1 * 0.5 * math.erfc(80 / 48 / math.sqrt(2)), 1e-9)


@pytest.mark.parametrize("mass", [0.001, 0.1, 1.0])
def test_open_cuts_accept_everything(setup: Setup, mass: float) -> None:
    loose = open_cuts(setup)
    assert loose.lowest_share == 0.0
    sample = recoil.transport_to_counters(loose, mass, "vector", count=2000)
    flow, _ = recoil_cuts.cut_flow(loose, sample)
    # the Gaussian beam has 1e-10 outside the window
    close(
        flow[:3], np.ones(3), absolute=1e-6, because="a Gaussian beam has 1e-10 outside the window"
    )
    # muons that stop in the target, or go backwards, hit nothing: only with little energy
    seen = float(np.mean(sample.weight * (sample.momentum > 0.0)))
    close(
        flow[3:],
        np.full(2, seen),
        absolute=1e-6,
        because="a Gaussian beam has 1e-10 outside the window",
    )
    # weights of mean 1: only their rounding may be above
    assert 0.98 < seen < 1.0 + 1e-9


def test_closed_cuts_accept_nothing(setup: Setup) -> None:
    sample = recoil.transport_to_counters(setup, 0.1, "vector", count=1000)
    shut = asking(setup, planes=(Plane("far away", 900.0, 1e5, 2e5, 1.0),))
    assert recoil_cuts.cut_flow(shut, sample)[0][-1] == 0.0
    shut = asking(setup, veto_acceptance=0.0)
    assert recoil_cuts.cut_flow(shut, sample)[0][-1] == 0.0


def test_half_plane_counter_accepts_half(setup: Setup) -> None:
    # without a magnet nothing distinguishes left from right
    half = open_cuts(setup, kick=0.0, planes=(Plane("half", 1000.0, 0.0, 1e12, 1e12),))
    sample = recoil.transport_to_counters(half, 0.1, "vector", count=8000)
    alive = float(np.mean(sample.weight * (sample.momentum > 0.0)))
    share = recoil_cuts.counter_share(half, sample)
    # 32000 muons: binomial error 0.3 %; weights add half of that; 4 sigma
    close(share / alive, 0.5, absolute=0.015, because="4 standard deviations of 32000 muons")


@pytest.mark.parametrize("boson", ["vector", "scalar", "pseudoscalar", "axial"])
def test_sampled_recoil_energy_follows_the_differential_cross_section(
    setup: Setup, boson: str
) -> None:
    from emiss.physics.processes.bremsstrahlung_table import load_table

    random = np.random.default_rng(5)
    vectors, weight = recoil.sampled_recoils(setup, 0.2, boson, 20_000, random, setup.lowest_share)
    table = load_table(materials.element("Pb"), projectile="mu-")
    low = setup.lowest_share
    for cut in (0.5, 0.7, 0.9):
        expected = float(table.above(160.0, 0.2, cut, boson) / table.above(160.0, 0.2, low, boson))
        # E' = E - E_X up to the recoil of the nucleus
        found = float(np.mean(weight * (vectors[:, 0] < 160.0 * (1.0 - cut))))
        error = math.sqrt(expected * (1 - expected) / 20_000)
        close(
            found, expected, absolute=6.0 * error, because="6 standard deviations of 20000 events"
        )


def test_recoil_angles_are_of_the_size_that_kinematics_sets(setup: Setup) -> None:
    # transverse momentum of the muon is of the order of the mass of the boson, or of the muon
    for mass, scale in ((0.001, const.MUON_MASS), (0.5, 0.5), (1.5, 1.5)):
        random = np.random.default_rng(1)
        vectors, weight = recoil.sampled_recoils(
            setup, mass, "vector", 6000, random, setup.lowest_share
        )
        order = np.argsort(np.hypot(vectors[:, 1], vectors[:, 2]))
        transverse = np.hypot(vectors[:, 1], vectors[:, 2])[order]
        median = transverse[np.searchsorted(np.cumsum(weight[order]), 0.5 * weight.sum())]
        assert 0.1 * scale < median < 2.0 * scale


def test_beam_scatters_and_loses_as_it_should(setup: Setup) -> None:
    still = dataclasses.replace(
        asking(setup, beam_size=0.0, beam_divergence=0.0), momentum_spread=0.0
    )
    sample = recoil.beam_sample(still, count=200_000, seed=(2, 0))
    loss = muon_energy_loss(setup.material, 160.0, setup.length)
    # sampled from quantiles up to 1 - 1e-6; the tail makes the mean of 2e5 uncertain by 2 %
    close(float(sample.calorimeter.mean()), loss.mean, 0.08)
    close(float(np.median(sample.calorimeter)), loss.median, 0.02)
    depth = setup.length / setup.material.radiation_length_cm
    highland = 0.0136 / 160.0 * math.sqrt(depth) * (1 + 0.038 * math.log(depth))
    width = 0.7413 * np.subtract(*np.percentile(sample.slope[:, 0], [75, 25]))
    # Highland fits the middle 98 % of Moliere's distribution to 11 %; its middle half is narrower
    # than that of the Gaussian, and muons that lost energy scatter more: 0.97 of it.
    close(float(width), highland, 0.05)
    offset = float(np.corrcoef(sample.slope[:, 0], sample.position[:, 0])[0, 1])
    close(offset, math.sqrt(3) / 2, absolute=0.02, because="a correlation of at most 1")


def test_unscattered_beam_does_not_fire_the_trigger(setup: Setup) -> None:
    sample = recoil.beam_sample(setup, count=100_000)
    assert recoil_cuts.counter_share(setup, sample) < 1e-3
    # were the displacements those of the centres of the counters, nearly all of the beam would
    centred = tuple(
        dataclasses.replace(c, low=c.low - (c.high - c.low) / 2, high=(c.low + c.high) / 2)
        if c.low > 0.0
        else c
        for c in setup.asked_recoil.planes
    )
    other = asking(setup, planes=centred)
    assert recoil_cuts.counter_share(other, sample) > 0.5


def test_samples_repeat_and_differ_by_seed_and_chunk(setup: Setup) -> None:
    def momenta(seed: tuple[int, int]) -> list[float]:
        found = recoil.transport_to_counters(setup, 0.1, "vector", count=50, seed=seed)
        return [float(p) for p in found.momentum]

    assert momenta((1, 0)) == momenta((1, 0))
    assert momenta((1, 0)) != momenta((1, 1))
    assert momenta((1, 0)) != momenta((2, 0))


def test_production_agrees_with_a_thin_target_of_constant_energy(setup: Setup) -> None:
    masses = np.array([0.01, 0.3])
    rates = recoil.element_rates(setup, masses, "vector", 0.0)
    thin = setup.length * np.sum([rate for _, rate in rates], axis=0)
    made = SCATTERING.production(setup, masses, "vector")
    # the muon loses 0.7 % on the way; the cross-section falls slowly with energy
    close(made, thin, 0.01)
    assert np.all(made < thin)


def test_acceptance_table_rises_with_mass_until_angles_leave_the_counters(
    setup: Setup,
) -> None:
    table = MUONS.load(setup, "vector")
    accepted = table.flow[:, -1]
    assert np.all((table.flow >= 0.0) & (table.flow <= 1.0 + 1e-9))
    assert np.all(np.diff(table.flow, axis=1) <= 1e-12)
    light, middle, heavy = (float(table.at(np.array([m]))[0]) for m in (0.001, 0.3, 3.0))
    assert light < 0.2 * middle
    assert heavy < middle
    assert np.all(table.error < 0.05 * accepted)
    with pytest.raises(ValidityError, match="1 keV to 3 GeV"):
        table.at(np.array([5.0]))


def test_table_file_returns_what_was_written(setup: Setup, tmp_path) -> None:
    table = MUONS.load(setup, "vector")
    path = tmp_path / MUONS.file_name(table.settings)
    MUONS.files.write(table, path)
    again = MUONS.files.read(path)
    assert again.settings == table.settings == MUONS.settings(setup, "vector")
    assert np.array_equal(again.flow, table.flow)
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(EmissError, match="cannot read"):
        MUONS.files.read(path)


@pytest.mark.parametrize("boson", ["vector", "axial", "scalar", "pseudoscalar"])
def test_shipped_table_is_the_one_of_the_catalogue(setup: Setup, boson: str) -> None:
    from emiss.ground.shipped import shipped_path

    name = MUONS.file_name(MUONS.settings(setup, boson))
    assert shipped_path("tables", name).is_file()


@pytest.mark.slow
def test_shipped_table_is_what_the_code_makes(setup: Setup) -> None:
    fresh = MUONS.build(setup, "vector")
    shipped = MUONS.load(setup, "vector")
    # on another machine rounding may move single muons across an edge: 1e-4 each
    close(fresh.flow, shipped.flow, 2e-3)


def test_limit_is_near_the_published_level_with_its_shape_in_mass() -> None:
    masses, published = np.array(PUBLISHED).T
    # the published curve is for a boson without visible decays: dark matter with g_chi >> g
    model = models.get("lmu-ltau", {"dark_matter": "dirac"})
    limit = emiss.limit("na64mu-2022", model, masses=masses)
    ratio = limit.observed / published
    # factor 1.5: the layout of the trigger counters is not published
    assert np.all((ratio > 1 / 1.5) & (ratio < 1.5))
    # the shape hardly depends on the efficiency: 15 % on both sides
    assert np.all(np.abs(ratio / np.exp(np.mean(np.log(ratio))) - 1.0) < 0.15)


def test_neutrinos_are_all_of_the_signal_below_two_muons_and_part_of_it_above() -> None:
    model = models.get("lmu-ltau")
    limit = emiss.limit("na64mu-2022", model, masses=[0.05, 0.2, 0.3, 1.0])
    published = np.array([5.24e-4, 7.42e-4, 1.00e-3, 4.21e-3])
    assert np.all(np.abs(np.log(limit.observed / published)) < math.log(1.5))
    dark = emiss.limit(
        "na64mu-2022", models.get("lmu-ltau", {"dark_matter": "dirac"}), masses=[0.05, 0.2, 0.3]
    )
    branching = model.invisible_branching(limit.masses[:3], limit.observed[:3])
    close(branching[:2], [1.0, 1.0], absolute=1e-3, because="visible channels have a share of 1e-4")
    assert 0.4 < branching[2] < 0.9
    # N ~ g^2 BR; the width to dark matter leaves 1e-3 to the visible channels
    close(limit.observed[:3] / dark.observed, branching**-0.5, 2e-3)


def test_couplings_of_models_enter_as_they_should() -> None:
    masses = [0.01, 0.1]
    photon = emiss.limit("na64mu-2022", models.get("dark-photon"), masses=masses)
    dark = models.get("lmu-ltau", {"dark_matter": "dirac"})
    zprime = emiss.limit("na64mu-2022", dark, masses=masses)
    close(zprime.observed, photon.observed * const.ELECTRIC_CHARGE, 1e-3)
    scalar = models.get("leptophilic", {"kind": "scalar", "lepton": "mu"})
    pseudo = models.get("leptophilic", {"kind": "pseudoscalar", "lepton": "mu"})
    limits = [emiss.limit("na64mu-2022", m, masses=masses).observed for m in (scalar, pseudo)]
    # spin 0 has half the states of spin 1 at high energy, less where chirality must flip
    assert np.all(limits[0] > photon.observed)
    assert np.all(limits[1] > limits[0])
    with pytest.raises(EmissError, match="does not couple to muons"):
        emiss.limit("na64mu-2022", models.get("leptophilic", {"lepton": "e"}), masses=masses)


def test_lmu_ltau_is_seen_by_electrons_through_the_loop() -> None:
    from emiss.physics.models.lmu_ltau import loop_mixing

    masses = np.array([0.001, 0.002, 0.02])
    zprime = emiss.limit("na64e-2016-2022", models.get("lmu-ltau"), masses=masses)
    photon = emiss.limit("na64e-2016-2022", models.get("dark-photon"), masses=masses)
    mixing = np.abs(loop_mixing(masses**2))
    # coupling to electrons e |epsilon(m^2)|; all decays but 1e-4 are invisible
    close(zprime.observed * mixing, photon.observed, 2e-3)
    # abstracts of arXiv:2404.06982: 9e11 electrons exclude the 2021 band up to about 2 MeV
    upper = math.sqrt(8 * math.pi**2 * (251 + 59) * 1e-11)  # light vector
    assert zprime.observed[0] < upper
    close(zprime.observed[1], upper, 0.15)


def test_signal_scales_with_exposure_and_cut_flow_is_there() -> None:
    model = models.get("lmu-ltau")
    one = signal_yield("na64mu-2022", model, np.array([0.1]))
    two = signal_yield("na64mu-2022", model, np.array([0.1]), on_target=3.96e10)
    close(two.events(1e-3), 2 * one.events(1e-3), 1e-6)
    flow = one.cut_flow()
    assert tuple(flow) == recoil_cuts.CUTS
    values = [float(shares[0, 0]) for shares in flow.values()]
    assert max(np.diff(values)) <= 1e-12
    other = signal_yield("na64e-2016", models.get("dark-photon"), np.array([0.1])).cut_flow()
    assert set(other) == {"missing energy", "preshower"}


@pytest.mark.parametrize("name", ["na64mu-2021", "na64mu-2023", "na64mu-2e13"])
def test_runs_without_a_known_count_are_projections(name: str) -> None:
    experiment = experiments.get(name)
    assert experiment.projection
    assert experiment.runs[0].count.status == "assumed"
    # same setup, hence the same acceptance table
    assert experiment.runs[0].setup == experiments.get("na64mu-2022").runs[0].setup


def test_every_number_of_the_muon_files_has_a_status() -> None:
    labels = experiments.get("na64mu-2022").labels()
    names = [label.name for label in labels]
    assert "element s-mu: inner_edge" in names
    assert "element ms2: field_integral" in names
    # Which cuts make the signal region is said, not measured.
    said = "selection: signal region"
    assert all(label.status and label.source for label in labels if label.name != said)


BROKEN = [
    ('max = { value = "80 GeV"', 'max = { value = "170 GeV"', "not below the beam momentum"),
    ('momentum = { value = "160 GeV"', 'momentum = { value = "200 GeV"', "does not hold the beam"),
    ('particle = "mu-"', 'particle = "e-"', "needs a beam of mu"),
    ('position = { value = "9.45 m"', 'position = { value = "9.45"', "unit"),
    ('position = { value = "9.45 m"', 'position = { value = "11.67 m"', "list the elements in"),
    ('inner_edge = { value = "65 mm"', 'inner_egde = { value = "65 mm"', "did you mean"),
    ('momentum_resolution = { value = "4.4 %"', 'momentum_resolutoin = { value = "4.4 %"',
     "did you mean"),
    ("efficiency = { value = 0.7", "efficiency = { value = 1.7", "at most 1"),
    ('name = "s-mu"', 'name = "s-4"', "two elements 's-4'"),
    ('mode = "missing-momentum"', 'mode = "missing-momentun"', "missing-momentum"),
    ('variable = "outgoing_momentum"', 'variable = "incoming_momentum"', "outgoing_momentum"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "message"), BROKEN)
def test_impossible_files_are_refused(tmp_path, old: str, new: str, message: str) -> None:
    source = experiments.loader._CATALOGUE / "na64mu-2022.toml"
    text = source.read_text("utf-8")
    assert old in text
    path = tmp_path / "own.toml"
    path.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(ExperimentFileError, match=message):
        experiments.get(path)


def test_target_is_needed() -> None:
    found = with_element(experiments.get("na64mu-2022"), "ecal", role="passive")
    assert "missing-momentum needs an element with the role 'target'" in problems(found)


def test_displaced_counter_before_the_magnet() -> None:
    found = with_element(experiments.get("na64mu-2022"), "s-4", position=200.0)
    assert any("stands before the magnet" in words for words in problems(found))
    centred = with_element(found, "s-4", inner_edge=None)
    assert not any("stands before the magnet" in words for words in problems(centred))


def test_masses_outside_the_tables_are_refused() -> None:
    with pytest.raises(ValidityError, match="outside"):
        emiss.limit("na64mu-2022", models.get("lmu-ltau"), masses=[1e-7])
    with pytest.raises(EmissError, match="positive"):
        emiss.limit("na64mu-2022", models.get("lmu-ltau"), masses=[-1.0])


def test_share_of_the_moment_band_that_is_excluded() -> None:
    from emiss.physics.constraints.magnetic_moments import coupling_band
    from emiss.physics.constraints.moment_coverage import excluded_share

    masses = np.array([0.01, 0.02, 0.05, 0.1, 0.2])
    band = coupling_band("vector", masses, "mu", "muon-2021", 1.0)
    middle = np.sqrt(0.5 * (band.lower**2 + band.upper**2))
    limit = np.array([0.9 * band.lower[0], middle[1], 2 * band.upper[2], np.nan, band.upper[4]])
    close(
        excluded_share(band, limit),
        [1.0, 0.5, 0.0, 0.0, 0.0],
        absolute=1e-6,
        because="shares of a band, of which some are zero; the masses differ by 1e-9",
    )
    with pytest.raises(ValidityError, match="one for each mass"):
        excluded_share(band, limit[:4])


def test_combination_with_electrons_is_stronger_than_either() -> None:
    model, masses = models.get("lmu-ltau"), [0.001]
    both = emiss.limit("na64e-2016-2022,na64mu-2022", model, masses=masses)
    electrons = emiss.limit("na64e-2016-2022", model, masses=masses)
    muons = emiss.limit("na64mu-2022", model, masses=masses)
    assert both.observed[0] < min(electrons.observed[0], muons.observed[0])
    # without background and uncertainties events would add: g^-2 = sum of g^-2
    added = (electrons.observed[0] ** -2 + muons.observed[0] ** -2) ** -0.5
    close(both.observed[0], added, 0.05)
    assert "muon transport" in both.provenance.method
    assert "deterministic shower" in both.provenance.method
    assert "sampled" not in electrons.provenance.method


def test_excluded_share_below_an_upper_edge() -> None:
    from emiss.physics.constraints.magnetic_moments import coupling_band
    from emiss.physics.constraints.moment_coverage import excluded_share

    masses = np.array([0.01, 0.02, 0.05, 0.1])
    band = coupling_band("vector", masses, "mu", "muon-2021")
    middle = np.sqrt(0.5 * (band.lower**2 + band.upper**2))
    edges = np.array([np.inf, middle[1], 0.5 * band.lower[2], np.nan])
    limit = np.array([*(0.1 * band.lower[:3]), np.nan])
    close(
        excluded_share(band, limit, edges),
        [1.0, 0.5, 0.0, 0.0],
        absolute=1e-6,
        because="shares of a band, of which some are zero; the masses differ by 1e-9",
    )


def test_acceptance_between_the_nodes(setup: Setup) -> None:
    # A light boson is made ever more often, with little energy, as it gets lighter; those that
    # take half of the momentum do not care, so that the events are flat. Straight lines between
    # the nodes made waves of 6 %.
    masses = np.geomspace(1e-4, 2e-3, 40)
    table = MUONS.load(setup, "vector")
    events = SCATTERING.production(setup, masses, "vector") * table.at(masses)
    assert np.ptp(events) / events.mean() < 0.02
    # Sampled half-way between two nodes, where the waves were highest: within 3 standard
    # deviations of the table's 2.3 %, of which most is common to both.
    mass = math.sqrt(1e-3 * 5e-3)
    part = element_total(setup, np.array([mass]), "vector", setup.lowest_share)
    part = part / element_total(setup, np.array([mass]), "vector", 0.0)
    sample = recoil.transport_to_counters(setup, mass, "vector", seed=(recoil.SEED, 0))
    direct = float(recoil_cuts.cut_flow(setup, sample)[0][-1] * part[0])
    close(float(table.at(np.array([mass]))[0]), direct, 0.02)


def test_table_with_a_mass_without_acceptance() -> None:
    nodes = np.array([1e-3, 1e-2, 1e-1])
    flow = np.array([[1.0, 0.0], [1.0, 0.1], [1.0, 0.3]])
    table = RecoilAcceptance(nodes, flow, np.zeros(3), {})
    found = table.at(np.array([1e-3, math.sqrt(1e-5), 1e-1]))
    close(found, [0.0, 0.05, 0.3], 1e-6)


def test_stable_boson_is_missing() -> None:
    masses = np.array([5e-4, 1.0e-3, 1.03e-3, 0.01])
    none, dirac = ({"dark_matter": kind} for kind in ("none", "dirac"))
    visible = emiss.inference.limit("na64mu-2022", models.get("dark-photon", none), masses=masses)
    dark = emiss.inference.limit("na64mu-2022", models.get("dark-photon", dirac), masses=masses)
    close(visible.observed[:2], dark.observed[:2], 1e-4)
    assert np.all(np.isnan(visible.observed[3:]))
    # Muon-philic without dark matter: stable up to two muon masses.
    muons = {"kind": "scalar", "lepton": "mu", "dark_matter": "none"}
    masses = np.array([0.01, 0.2, 0.22])
    found = emiss.inference.limit("na64mu-2022", models.get("leptophilic", muons), masses=masses)
    assert np.isfinite(found.observed).tolist() == [True, True, False]


def test_decays_in_the_muon_detector() -> None:
    model = models.get("dark-photon", {"dark_matter": "none"})
    masses = np.array([1.1e-3, 2e-3])
    signal = signal_yield("na64mu-2022", model, masses)
    process = signal.processes[0]["muon bremsstrahlung"]
    passing = process.production * process.acceptance
    # The boson has 160 - 80 GeV, is made anywhere in the 45 cm of the target, and must decay
    # behind the calorimeters, which end at 14.45 m.
    for coupling in (1e-6, 3e-4, 1e-3):
        widths = model.total_width(masses, np.full(2, coupling))
        lengths = np.sqrt(80.0**2 - masses**2) / masses * const.HBARC_GEV_CM / widths
        unseen = np.exp(-1445.0 / lengths) * np.expm1(45.0 / lengths) * lengths / 45.0
        found = process.per_particle(np.full(2, coupling))
        close(found, passing * coupling**2 * unseen, 1e-6)
    assert signal.decays_in_flight
    gauge = signal_yield("na64mu-2022", models.get("lmu-ltau", {}), masses)
    assert not gauge.decays_in_flight


def test_inelastic_dark_matter_in_the_muon_detector() -> None:
    masses = np.array([0.006, 0.1, 0.5])  # in the first, chi_2 cannot decay to e+ e-
    elastic = models.get("dark-photon", {"dark_matter": "pseudo-dirac"})
    split = models.get("dark-photon", {"dark_matter": "pseudo-dirac", "splitting": 0.4})
    whole = signal_yield("na64mu-2022", elastic, masses)
    kept = signal_yield("na64mu-2022", split, masses)
    small, large = np.full(3, 1e-6), np.full(3, 0.3)
    # Width of the boson depends little on the splitting, so that without decays both agree.
    close(kept.events(small), whole.events(small), 1e-3)
    share = (kept.events(large) / whole.events(large))[0]
    close(share[0], 1.0, 0.02)
    assert share[1] < 1e-6
    found = emiss.inference.limit("na64mu-2022", split, masses=masses)
    assert found.observed_upper is not None
    assert found.observed[1] < found.observed_upper[1] < 0.1


def test_detector_end_does_not_enter_the_acceptance(setup: Setup) -> None:
    other = dataclasses.replace(setup, window=None)
    assert other.acceptance_inputs() == setup.acceptance_inputs()


def test_vetoes_are_part_of_the_acceptance_alone(setup: Setup) -> None:
    found = experiments.get("na64mu-2022")
    less = with_cut(found, "vetoes", efficiency=0.5)
    assert less.runs[0].setup.asked_recoil.veto_acceptance == 0.5
    assert setup.asked_recoil.veto_acceptance == 1.0
    # Not counted a second time on top of the acceptance.
    sample = recoil.transport_to_counters(setup, 0.1, "vector", count=500)
    whole, half = (recoil_cuts.cut_flow(e.runs[0].setup, sample)[0] for e in (found, less))
    close(half[-1], 0.5 * whole[-1], 1e-12)
    signal = signal_yield(found, models.get("lmu-ltau"), np.array([0.1]))
    close(signal.efficiency, np.full((1, 1), found.runs[0].efficiency.values[0]), 1e-12)


def test_beam_spreads_by_its_divergence_and_its_size(setup: Setup) -> None:
    """Variances add: size^2 + (divergence L)^2, and what the target scatters, seen without."""
    asked = {"beam_size": 2.0, "beam_divergence": 0.02}
    sample = recoil.beam_sample(asking(setup, **asked), count=200_000, seed=(5, 0))
    pencil = recoil.beam_sample(
        asking(setup, beam_size=0.0, beam_divergence=0.0), count=200_000, seed=(5, 0)
    )
    # Relative error of a variance of 2e5: 0.3 %, of a correlation 0.2 %; false alarms below 1e-6.
    expected = 4.0 + (0.02 * setup.length) ** 2 + pencil.position.var(axis=0)
    close(sample.position.var(axis=0), expected, 0.02)
    close(sample.slope.var(axis=0), 0.02**2 + pencil.slope.var(axis=0), 0.02)
    for quantity in (sample.position, sample.slope):
        found = np.corrcoef(quantity.T)[0, 1]
        close(found, 0.0, absolute=0.015, because="independent coordinates, 7 standard errors")
