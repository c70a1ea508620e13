"""Hadron mode: closure with the published limits, arithmetic by hand, kaons by Monte Carlo."""

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from closeness import close

import emiss
from emiss import experiments, inference, models
from emiss.experiments import loader
from emiss.ground.errors import (
    EmissError,
    ExperimentFileError,
    UnknownNameError,
    ValidityError,
)
from emiss.physics.models.invisible_meson import CHANNELS, InvisibleMeson
from emiss.physics.processes import hadron_nucleus as nucleus
from emiss.yields import signal_yield
from emiss.yields.processes import charge_exchange as process

PUBLISHED = {"eta": 1.1e-4, "eta-prime": 2.1e-4}
"""arXiv:2406.01990, two digits."""
ECAL = (
    'layers = [{ material = "Pb", thickness = "1.5 mm" }, '
    '{ material = "polystyrene", thickness = "1.5 mm" }]'
)


def branching_limit(experiment, channel, **options):
    model = InvisibleMeson(channel)
    source = str(experiment) if isinstance(experiment, Path) else experiment
    found = inference.limit(source, model, masses=[model.mass], **options)
    assert found.coupling_name == "branching_fraction"
    assert found.observed.shape == (1,)
    return float(found.observed[0])


def setup(name="na64h-2023", *, left=None, **changes):
    found = experiments.get(name).runs[0].setup
    if left is not None:
        changes["min_missing_energy"] = found.beam_energy - left
    return replace(found, **changes)


def test_ratio_of_the_published_limits():
    """Nothing but cross-sections on a proton: 2.51/1.26 against 2.1/1.1, each of two digits."""
    found = [branching_limit("na64h-2023", channel) for channel in ("eta-prime", "eta")]
    close(found[0] / found[1], 2.1 / 1.1, 0.05)
    close(found[0] / found[1], 1.995, 0.002)


def test_both_published_limits_with_one_efficiency():
    """Fitted to eta, a prediction for eta'."""
    run = experiments.get("na64h-2023").runs[0]
    fitted = run.efficiency.values[0]
    assert 0.2 <= fitted <= 0.6
    assert run.efficiency.status == "fitted"
    close(branching_limit("na64h-2023", "eta"), PUBLISHED["eta"], 0.003)
    close(branching_limit("na64h-2023", "eta-prime"), 2.19e-4, 0.005)
    close(branching_limit("na64h-2023", "eta-prime"), PUBLISHED["eta-prime"], 0.05)


def test_closure_by_hand():
    """Number densities, cross-sections and effective protons of one layer, on paper."""
    iron, carbon = 8.49e22, 4.76e22  # per cm^3, and as much hydrogen as carbon
    inelastic = 2.5 * iron * 585e-27 + 0.4 * carbon * (176 + 20.7) * 1e-27
    makers = 2.5 * iron * 5.85 + 0.4 * carbon * (2.81 + 1.0)
    share = (1 - math.exp(-139.2 * inelastic / 2.9)) * makers / inelastic
    for meson, microbarn in (("eta", 2.51), ("eta-prime", 1.26)):
        # Three digits each.
        close(process.mesons_made(setup(), meson), share * microbarn * 1e-30, 0.005)
    close(2.9e9 * process.mesons_made(setup(), "eta"), 7.48e4, 0.005)
    close(139.2 / process.interaction_length(setup()), 6.14, 0.002)


@pytest.mark.parametrize(
    ("effective", "eta", "eta_prime"),
    [
        ("geant4-11.3", 5.83e4, 2.92e4),
        ("glauber", 7.48e4, 3.75e4),
        ("geant4-11.4", 9.3e4, 4.7e4),
        ("surface", 1.10e5, 5.5e4),
    ],
)
def test_nuclear_dependence_of_the_yield(effective, eta, eta_prime):
    # Two or three digits, worked out apart.
    close(2.9e9 * process.mesons_made(setup(), "eta", effective), eta, 0.02)
    close(2.9e9 * process.mesons_made(setup(), "eta-prime", effective), eta_prime, 0.02)


@pytest.mark.parametrize("channel", ["eta", "omega"])
def test_nuclear_model_of_a_limit(channel):
    """Limits go with the inverse of the yields above; common to all mesons."""
    default = branching_limit("na64h-2023", channel)
    assert branching_limit("na64h-2023", channel, nuclear_model="glauber") == default
    ratios = {
        name: branching_limit("na64h-2023", channel, nuclear_model=name) / default
        for name in nucleus.EFFECTIVE_MODELS
    }
    # 7.48e4 over 5.83e4, 9.3e4 and 1.10e5, two or three digits.
    close(ratios["geant4-11.3"], 7.48 / 5.83, 0.01)
    close(ratios["geant4-11.4"], 7.48 / 9.3, 0.02)
    close(ratios["surface"], 7.48 / 11.0, 0.02)
    # One standard deviation around the mean is the uncertainty that the file carries, 25 %.
    spread = np.std(list(ratios.values()), ddof=1) / np.mean(list(ratios.values()))
    close(spread, nucleus.EFFECTIVE_UNCERTAINTY, 0.2)


def test_nuclear_model_is_said_and_checked():
    model = InvisibleMeson("eta")
    found = inference.limit("na64h-2023", model, masses=[model.mass], nuclear_model="surface")
    assert any("effective nucleons by 'surface'" in text for text in found.warnings)
    default = inference.limit("na64h-2023", model, masses=[model.mass])
    assert default.warnings == ()
    assert found.provenance.inputs_sha256 != default.provenance.inputs_sha256
    made = emiss.yields("na64h-2023", model, masses=[model.mass], nuclear_model="surface")
    usual = emiss.yields("na64h-2023", model, masses=[model.mass])
    close(made.events(1e-4) / usual.events(1e-4), default.observed / found.observed, 1e-6)
    for experiment in ("na64h-2023", "na64e-2016"):
        with pytest.raises(UnknownNameError, match="unknown nuclear model 'bag'"):
            emiss.limit(experiment, masses=[0.01], nuclear_model="bag")


def own_file(tmp_path, *changes):
    text = (loader._CATALOGUE / "na64h-2023.toml").read_text("utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path = tmp_path / "own.toml"
    path.write_text(text, "utf-8")
    return path


def test_electromagnetic_calorimeter_as_target(tmp_path):
    hcal = (
        'layers = [{ material = "Fe", thickness = "25 mm" }, { material = "polystyrene", '
        'thickness = "4 mm" }]\nrepeat = 48\ncells_x'
    )
    path = own_file(tmp_path, (hcal, f"{ECAL}\nrepeat = 150\ncells_x"))
    found = experiments.load(path)
    thin = found.runs[0].setup
    # 1.35 interaction lengths, 74 % interact; worked out apart with 3.0 effective protons of carbon
    # where the integral gives 2.81: 1.2 % of the yield.
    close(thin.length / process.interaction_length(thin), 1.35, 0.005)
    close(2.9e9 * process.mesons_made(thin, "eta"), 4.08e4, 0.02)
    # A pion that crosses it all ionises less than 1 GeV: the depth costs nothing.
    assert process.ionisation(thin) * thin.length < 1.0
    close(process.passing(thin, "eta"), process.mesons_made(thin, "eta"), 1e-4)
    efficiency = found.runs[0].efficiency.values[0] * branching_limit(path, "eta") / 1.1e-4
    assert 0.2 <= efficiency <= 0.6
    close(branching_limit(path, "eta-prime") / branching_limit(path, "eta"), 1.995, 0.002)


def test_depth_and_recoil():
    """Exchanges in front of the depth at which ionisation fills the box, drawn one by one."""
    random = np.random.default_rng(5)
    asked = setup(left=0.5)
    free, loss = process.interaction_length(asked), process.ionisation(asked)
    depth = random.exponential(free, 1_000_000)
    share = np.mean((depth < asked.length) & (depth * loss < 0.5)) / np.mean(depth < asked.length)
    made = process.mesons_made(asked, "eta")
    # 1e6 pions: 0.05 %; the recoil passes 0.5 GeV once in 7000 times.
    close(process.passing(asked, "eta") / made, share, 0.002)
    sharp = setup(left=1.0)
    deeper = setup(left=40.0)
    close(process.passing(deeper, "eta"), process.mesons_made(deeper, "eta"), 1e-6)
    # 1 GeV: 95 %.
    close(process.passing(sharp, "eta") / process.mesons_made(sharp, "eta"), 0.953, 0.003)


def test_ionisation_against_the_tabulated_minimum():
    # Iron: 1.451 MeV cm^2/g for a minimum-ionising particle (PDG), of which the relativistic rise
    # makes 1.9 at a gamma of 358, without radiation; scintillator is a tenth of the mass or less.
    per_mass = process.ionisation(setup()) / setup().material.density
    assert 1.451e-3 * 1.15 < per_mass < 1.451e-3 * 1.6


@pytest.mark.parametrize("kaon", ["K-short", "K-long"])
@pytest.mark.parametrize("volume", [0.0, 300.0])
def test_kaons_decay_before_they_interact(kaon, volume):
    asked = setup("na64h-kaons-1e11", decay_volume=volume, left=0.6)
    free, loss = process.interaction_length(asked), process.ionisation(asked)
    ctau = {"K-short": 2.6844, "K-long": 1534.0}[kaon]
    decay = 50.0 / 0.497611 * ctau
    random = np.random.default_rng(11)
    count = 4_000_000 if kaon == "K-long" else 400_000
    start = random.exponential(free, count)
    good = (start < asked.length) & (start * loss < asked.max_left)
    stop = start + random.exponential(free, count)
    # Weighted with the chance to decay on the way, in the target and in the volume behind.
    path = np.minimum(stop, asked.length) - start
    chance = -np.expm1(-np.maximum(path, 0.0) / decay)
    through = stop > asked.length
    chance += through * np.exp(-np.maximum(path, 0.0) / decay) * -np.expm1(-volume / decay)
    expected = np.mean(np.where(good, chance, 0.0))
    spread = np.std(np.where(good, chance, 0.0)) / math.sqrt(count) / expected
    found = process._kaon_decays(asked, kaon)
    assert spread < 0.01
    close(found, expected, 4.0 * spread + 1e-3)  # c tau to four digits


def test_kaon_fractions_in_iron():
    # Decay lengths of 2.70 m and 1541 m at 50 GeV, 23 cm of interaction length: 7.9 % and 1.5e-4.
    pure = setup("na64h-kaons-1e11", left=49.0, length=1e4)
    close(process._kaon_decays(pure, "K-short"), 0.079, 0.15)  # 25 cm in the sandwich
    close(process._kaon_decays(pure, "K-long"), 1.5e-4, 0.15)
    reach = [branching_limit("na64h-kaons-1e11", kaon) for kaon in ("K-short", "K-long")]
    close(reach[1] / reach[0], 530.0, 0.02)


def test_projection_scales_with_the_exposure():
    # No background: 1/N. 3.2e-6 and 6.1e-6 at 1e11 (2.1e-4 where we have 2.19e-4), two digits.
    for name, total in (("na64h-1e11", 1e11), ("na64h-5e12", 5e12)):
        for channel in ("eta", "eta-prime"):
            found = branching_limit(name, channel)
            close(found, branching_limit("na64h-2023", channel) * 2.9e9 / total, 1e-6)
    close(branching_limit("na64h-1e11", "eta"), 3.2e-6, 0.02)
    scaled = branching_limit("na64h-2023", "eta", on_target=5.8e9)
    close(scaled, 0.5 * branching_limit("na64h-2023", "eta"), 1e-6)


def test_other_channels():
    # Not published: from the same counting by the ratio of cross-sections, two digits.
    for channel, expected in (("omega", 1.4e-4), ("f2", 1.3e-4), ("pi0", 3.5e-5)):
        close(branching_limit("na64h-2023", channel), expected, 0.05)


def test_all_channels_are_one_count():
    singles = [branching_limit("na64h-2023", c) for c in ("pi0", "eta", "eta-prime", "omega", "f2")]
    # One box: rates add, so inverse limits add.
    close(1.0 / branching_limit("na64h-2023", "all"), sum(1.0 / one for one in singles), 1e-6)


def test_events_are_linear_in_the_branching():
    model = InvisibleMeson("eta")
    signal = signal_yield("na64h-2023", model, [model.mass])
    close(signal.events(2e-4), 2.0 * signal.events(1e-4), 1e-12)
    close(signal.events(1.1e-4)[0, 0], 2.38, 0.01)


@pytest.mark.parametrize("name", ["meson-alp", "strange-scalars", "axial-quarks", "b-boson"])
def test_no_meson_decays_more_than_once(name):
    """With few pions a coupling that asks for branching fractions above 1 excludes nothing."""
    found = inference.limit("na64h-2023", models.get(name), masses=[0.1], on_target=1e4)
    assert np.isnan(found.observed[0])
    # 3e5 pions made 7.7 eta and 3.9 eta': at most 0.29 of those pass.
    signal = signal_yield("na64h-2023", models.get(name), [0.1], on_target=3e5)
    close(signal.events(1.0).sum() / signal.events(0.999).sum(), 1.0, 2e-2)
    assert signal.events(1.0).sum() < 0.304 * (7.8 + 3.9 + 6.1 + 6.2)


def test_f2_is_left_out_above_its_range(tmp_path):
    path = own_file(tmp_path, ('value = "50 GeV", source', 'value = "60 GeV", source'))
    model = InvisibleMeson("all")
    names = signal_yield(experiments.load(path), model, [0.5]).process_names
    assert "charge exchange to f2" not in names
    assert len(names) == 4
    found = inference.limit(str(path), model, masses=[0.5])
    assert any("f2 is left out" in text and "53 GeV" in text for text in found.warnings)
    assert sum("f2 is left out" in text for text in found.warnings) == 1
    assert not inference.limit("na64h-2023", model, masses=[0.5]).warnings
    with pytest.raises(ValidityError, match="f2: beam energy 60 GeV is outside 10 to 53 GeV"):
        branching_limit(path, "f2")


@pytest.mark.parametrize("name", ["dark-photon", "scalar", "alp", "b-l"])
def test_what_cannot_be_constrained_says_why(name):
    words = {"scalar": "CP forbids", "alp": "mixing with mesons"}.get(name, "fourth power")
    with pytest.raises(EmissError, match=words):
        inference.limit("na64h-2023", models.get(name), masses=[0.1])


def test_channels_of_other_beams():
    with pytest.raises(EmissError, match="pi- does not make K0"):
        branching_limit("na64h-2023", "K-short")
    with pytest.raises(EmissError, match="K- does not make eta"):
        branching_limit("na64h-kaons-1e11", "eta")
    assert set(CHANNELS) == {*process.exchange.MESONS, "K-short", "K-long", "all"} - {"K0"}


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('"50 GeV", source = "arXiv', '"5 GeV", source = "arXiv', "known from 10 to 200 GeV"),
        ('max = { value = "1 GeV", source', 'max = { value = "60 GeV", source', "must be above 0"),
        ('particle = "pi-"', 'particle = "e-"', "hadron needs a beam of pi-"),
        ('material = "Fe"', 'material = "vacuum"', "'vacuum' has no nuclei"),
        ('value = "1 %", source = "as recalled', 'value = "50 %", source = "a', "up to 10 %"),
        ('variable = "target_energy"', 'variable = "hcal0_energy"', 'variable = "target_energy"'),
    ],
)
def test_files_that_contradict_the_mode(tmp_path, old, new, words):
    with pytest.raises(ExperimentFileError, match=words):
        experiments.load(own_file(tmp_path, (old, new)))


def test_decay_volume_behind_the_target(tmp_path):
    pipe = (
        '[[element]]\nkind = "vacuum"\nname = "pipe"\nrole = "decay-volume"\n'
        'position = "{}"\nlength = "5 m"\n\n[[element]]\nkind = "calorimeter"\nname = "hcal1"'
    )
    old = '[[element]]\nkind = "calorimeter"\nname = "hcal1"'
    far = ('value = "1.40 m"', 'value = "7 m"')
    kaons = ('particle = "pi-"', 'particle = "K-"')
    found = experiments.load(own_file(tmp_path, (old, pipe.format("1.392 m")), far, kaons))
    assert found.runs[0].setup.decay_volume == 500.0
    assert branching_limit(found, "K-short") < branching_limit(
        experiments.load(own_file(tmp_path, kaons)), "K-short"
    )
    with pytest.raises(ExperimentFileError, match="must follow the target at once"):
        experiments.load(own_file(tmp_path, (old, pipe.format("1.5 m")), far, kaons))


def test_template_is_an_experiment(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(experiments.template("hadron"), "utf-8")
    assert 0.0 < branching_limit(path, "eta") < 1e-2


def test_hydrogen_target_of_positive_pions():
    run = experiments.get("na64h-2023").runs[0]
    positive = replace(run.setup, particle="pi+")
    # Polystyrene has hydrogen, which has no neutrons; iron and carbon have.
    assert process.mesons_made(positive, "eta") > process.mesons_made(run.setup, "eta")
    only = replace(positive, producing=("H",))
    with pytest.raises(ValidityError, match="'H' has no neutrons"):
        process.mesons_made(only, "eta")
    assert nucleus.EFFECTIVE_UNCERTAINTY == run.yield_uncertainty.value


def test_spread_of_the_beam_matters_little():
    """What computing at the mean energy costs at the widest beam that is allowed."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(9)
    weights = weights / weights.sum()
    for meson in ("pi0", "eta", "eta-prime", "omega"):
        at = [process.exchange.cross_section_pb(meson, 50.0 * (1.0 + 0.1 * z)) for z in nodes]
        mean = float(np.dot(weights, at))
        assert 1.0 < mean / process.exchange.cross_section_pb(meson, 50.0) < 1.04
