"""Sampled bosons that fly: error and effective size are those of what decays where it counts."""

import numpy as np
import pytest
from closeness import close
from scipy.stats import chi2

from emiss import experiments, inference, models
from emiss.physics.processes.decay_in_flight import pair_acceptance
from emiss.yields import signal_yield
from emiss.yields.fate import Fate
from emiss.yields.processes import Options, Request, processes
from emiss.yields.sampling import dump
from emiss.yields.sampling.moments import sizes, standard_errors
from emiss.yields.sampling.unseen import with_unseen

VISIBLE = models.get("dark-photon", {"dark_matter": "none"})
ALP = models.get("alp")
HBARC = 1.973269804e-14  # GeV cm


def sampled(name, model, masses, **options):
    return signal_yield(name, model, masses, engine="montecarlo", **options)


def spread_over_errors(name, model, mass, coupling, process, *, showers, seeds):
    """Scatter of independent seeds over what they quote as variance: chi^2 with seeds - 1."""
    values, errors = np.zeros((2, seeds))
    for seed in range(seeds):
        found = sampled(name, model, [mass], showers=showers, seed=1000 + seed)
        values[seed] = found.per_process(coupling)[process][0, 0]
        errors[seed] = found.errors(coupling)[process][0, 0]
    return float(np.sum(np.square(values - values.mean())) / np.mean(np.square(errors)))


def test_the_error_is_the_spread_of_seeds_where_few_escape():
    """False alarms: 1e-4, a chi^2 with 39 degrees of freedom.

    Some 75 of 370 bosons decide, so that the yield is nearly Gaussian. The relative error before
    decays is 0.42 of this one: chi^2 would be five times as large.
    """
    seeds = 40
    found = spread_over_errors(
        "na64e-alp-2016-2018", ALP, 0.5, 1.5e-5, "Primakoff", showers=2000, seeds=seeds
    )
    low, high = chi2.ppf([5e-5, 1.0 - 5e-5], seeds - 1)
    assert low < found < high


@pytest.mark.slow
def test_the_error_is_the_spread_of_seeds_at_the_upper_edge_of_an_island():
    """False alarms: 1e-4. Before decays the error is 0.55 of this one: chi^2 would be 3.3 times."""
    seeds, mass = 60, 0.0167
    edge = inference.limit("na64-visible-2017", VISIBLE, masses=[mass]).observed_upper[0]
    found = spread_over_errors(
        "na64-visible-2017", VISIBLE, mass, edge, "bremsstrahlung", showers=600, seeds=seeds
    )
    low, high = chi2.ppf([5e-5, 1.0 - 5e-5], seeds - 1)
    assert low < found < high


def test_fewer_bosons_decide_the_shorter_they_live():
    found = sampled("na64e-alp-2016-2018", ALP, [0.3, 0.5], showers=2000, seed=4)
    couplings = np.array([1e-7, 1e-6, 1e-5, 2e-5])[:, None]
    size = found.effective_sizes(couplings)["Primakoff"]
    assert size.shape == (len(found.runs), 4, 2)
    assert np.all(np.diff(size, axis=1) < 0.0)
    # all leave at the smallest coupling: the size is that of the bosons made
    close(size[:, 0], size[:, 1], 0.02)
    assert np.all(size[:, -1, 1] < 0.2 * size[:, 0, 1])
    share = found.errors(couplings)["Primakoff"] / found.per_process(couplings)["Primakoff"]
    # (relative error)^2 is 1/size less 1/showers
    close(np.square(share), 1.0 / size - 1.0 / 2000, 1e-3)
    # one coupling of many, one mass of two: the same numbers
    close(found.effective_sizes(1e-5)["Primakoff"], size[:, 2], 1e-12)
    alone = sampled("na64e-alp-2016-2018", ALP, [0.5], showers=2000, seed=4)
    close(alone.effective_sizes(1e-5)["Primakoff"][:, 0], size[:, 2, 1], 1e-12)


@pytest.mark.parametrize(
    ("name", "mass", "coupling"), [("na64-visible-2017", 0.0167, 4e-4), ("na64e-2016", 0.01, 1e-4)]
)
def test_each_boson_has_the_decay_law_of_its_own_energy_and_place(name, mass, coupling):
    """Against the law written out: in a window with both leptons seen, and behind the detector."""
    setup = experiments.get(name).runs[0].setup
    window = setup.window
    fate = Fate("escape" if window.invisible else "volume", window)
    request = Request(setup, VISIBLE, np.array([mass]), fate, Options(showers=300))
    (made,) = dump.sampled_in_dump(request, "bremsstrahlung").values()
    emitter = dump.emitters(("bremsstrahlung",))["bremsstrahlung"]
    (sample,) = dump._of_mass(request, emitter, mass, radiation=False)
    energy, depth, weight, own = sample
    close(own, np.full(own.size, mass), 1e-6)
    width = float(VISIBLE.total_width(np.array([mass]), np.array([coupling]))[0])
    length = HBARC * np.sqrt(energy**2 - mass**2) / (mass * width)
    chance = np.exp(-(window.start - np.minimum(depth, window.start)) / length)
    if np.isfinite(window.end):
        chance *= 1.0 - np.exp(-(window.end - window.start) / length)
        inside = pair_acceptance(
            np.array([mass]), energy[:, None], window.calorimeter - window.start, window.half_size,
            daughter_mass=0.000510999, samples=1024,
        )  # fmt: skip
        chance *= inside[:, 0]
    at = np.array([coupling])
    expected = weight * chance * coupling**2
    # acceptances are interpolated between six energies
    close(made.per_particle(at)[0], expected.sum(), 2e-3)
    close(made.effective_size(at)[0], expected.sum() ** 2 / np.sum(expected**2), 2e-3)
    close(made.error(at)[0], np.std(expected) * np.sqrt(expected.size), 0.1)


def test_few_couplings_at_a_time_give_what_all_at_once_give(monkeypatch):
    from emiss.yields.sampling import flown

    found = sampled("na64e-alp-2016-2018", ALP, [0.3, 0.5], showers=500, seed=4)
    couplings = np.geomspace(1e-7, 1e-4, 12).reshape(3, 4, 1)
    whole = found.per_process(couplings)["Primakoff"]
    monkeypatch.setattr(flown, "_AT_ONCE", 700)
    np.testing.assert_allclose(found.per_process(couplings)["Primakoff"], whole, rtol=1e-14)


def test_masses_of_two_fates_have_sizes_too():
    """B - L decays to neutrinos at once at 1 MeV; at 10 MeV where it decays decides."""
    found = sampled("na64e-2016", models.get("b-l"), [0.001, 0.01], showers=200, seed=2)
    size = found.effective_sizes(np.array([[1e-6], [1e-3]]))["bremsstrahlung"]
    assert size.shape == (len(found.runs), 2, 2)
    assert np.all(size > 10.0)


def test_excited_dark_matter_is_followed_boson_by_boson():
    model = models.get("inelastic-dark-matter", {"splitting": 0.4, "mass_ratio": 3.0})
    exact = signal_yield("na64e-2016", model, [0.3])
    found = sampled("na64e-2016", model, [0.3], showers=3000, seed=3)
    couplings = np.array([1e-4, 0.03])[:, None]
    whole = sum(exact.per_process(couplings).values())
    for name, values in found.per_process(couplings).items():
        error = found.errors(couplings)[name]
        known = exact.per_process(couplings)[name]
        if np.all(known < 1e-2 * whole):  # a hard photon at the beam's edge: few weights decide
            assert name == "associated production"
            continue
        # 2 % between the engines, and five errors
        assert np.all(np.abs(values - known) < 0.02 * known + 5.0 * error), name
        assert np.all(found.effective_sizes(couplings)[name] > 10.0), name


def test_processes_without_a_boson_in_the_sample_are_named():
    found = sampled("na64e-2016", models.get("scalar"), [0.195], showers=10)
    (said,) = found.warnings
    assert said.startswith("annihilation: no simulated boson passes at 195 MeV")
    assert "0.00067 % of all" in said
    for values in (found.per_process(), found.errors(), found.effective_sizes()):
        assert np.all(values["annihilation"] == 0.0)
    assert sampled("na64e-2016", models.get("scalar"), [0.25], showers=300).warnings == ()


def test_what_no_engine_makes_is_left_out():
    """Below 0.3 GeV no positron of the beam makes the boson with the energy that is asked."""
    found = sampled("na64-visible-2017", VISIBLE, [0.01], showers=100)
    assert list(found.per_process(1e-4)) == list(
        signal_yield("na64-visible-2017", VISIBLE, [0.01]).per_process(1e-4)
    )
    assert found.warnings == ()


def test_masses_without_a_boson_are_counted():
    request = Request(
        experiments.get("na64e-2016").runs[0].setup, models.get("scalar"),
        np.array([0.195, 0.2]), Fate("escape", experiments.get("na64e-2016").runs[0].setup.window),
        Options(showers=10, seed=6),
    )  # fmt: skip
    used = (processes()["bremsstrahlung"], processes()["annihilation"])
    made = {}
    for process in used:
        made |= dump.sampled_in_dump(request, process.name)
    (said,) = with_unseen(request, used, made)["annihilation"].warnings
    assert "at 2 masses from 195 MeV to 200 MeV" in said
    assert "up to" in said


def test_sums_of_weights():
    weights = np.array([[1.0, 1.0, 2.0, 0.0], [1e-200, 1e-200, 2e-200, 0.0], [0.0] * 4])
    close(sizes(weights), [16.0 / 6.0, 16.0 / 6.0, 0.0], 1e-12)
    # the sample standard deviation of six values over sqrt(6), for a mean with weights over 6
    values = np.array([1.0, 1.0, 2.0, 0.0, 0.0, 0.0])
    expected = np.std(values, ddof=1) / np.sqrt(6.0)
    close(standard_errors(values / 6.0, 6), expected, 1e-12)
    close(standard_errors(weights[0, :3] / 6.0, 6), expected, 1e-12)
    assert standard_errors(weights, 6)[2] == 0.0
