"""The Monte Carlo engine against the deterministic one, process by process and mode by mode."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from closeness import close

import emiss
from emiss import experiments, inference, materials, models
from emiss.events.signal import Source
from emiss.ground import notices
from emiss.ground.errors import EmissError
from emiss.ground.mesons import meson_data
from emiss.physics.models.invisible_meson import InvisibleMeson
from emiss.physics.processes import bremsstrahlung_sampler
from emiss.yields import engines, montecarlo, signal_yield
from emiss.yields.acceptance import recoil, recoil_cuts
from emiss.yields.fate import PROMPT
from emiss.yields.processes import Options, Request, processes
from emiss.yields.processes.charge_exchange import mesons_made
from emiss.yields.sampling import recoils
from emiss.yields.sampling.mesons import made_by_hadrons
from emiss.yields.sampling.muons import MUONS
from emiss.yields.sampling.recoils import transported

PHOTON = models.get("dark-photon")
VISIBLE = models.get("dark-photon", {"dark_matter": "none"})

CASES = [
    ("na64e-2016", PHOTON, [0.002, 0.05, 0.2, 0.25], 1e-7, 1),
    ("na64e-plus-2022", PHOTON, [0.02, 0.2, 0.25, 0.28], 1e-7, 1),
    ("na64e-alp-2016-2018", models.get("alp"), [0.002, 0.05, 0.3], 1e-5, 4),
    ("na64-visible-2017", VISIBLE, [0.005, 0.01, 0.0167], 3e-4, 1),
    ("na64e-2016", models.get("inelastic-dark-matter"), [0.01, 0.1], 1e-4, 1),
    ("na64e-plus-2022", models.get("inelastic-dark-matter"), [0.05, 0.25], 1e-4, 1),
    ("na64mu-2022", PHOTON, [0.002, 0.3], 1e-7, 3),
    ("ldmx-4gev", PHOTON, [0.001, 0.1, 0.5], 1e-5, 1),
    ("ldmx-8gev", models.get("scalar"), [0.01, 0.1], 1e-5, 1),
]
MESONS = [
    *(("na64h-2023", meson) for meson in ("pi0", "eta", "eta-prime", "omega", "f2")),
    ("na64h-kaons-1e11", "K-short"),
    ("na64h-kaons-1e11", "K-long"),
]


def both(name, model, masses, coupling, showers):
    """Ratio of both engines per process in the first run, and its statistical error."""
    options = {"showers": showers, "seed": 5}
    sampled = signal_yield(name, model, masses, engine="montecarlo", **options)
    exact = signal_yield(name, model, masses)
    errors, found = sampled.errors(coupling), sampled.per_process(coupling)
    ratios = {}
    for process, values in exact.per_process(coupling).items():
        some = values[0] > 0.0
        ratio = found[process][0][some] / values[0][some]
        ratios[process] = ratio, errors[process][0][some] / values[0][some]
    return ratios


@pytest.mark.parametrize(("name", "model", "masses", "coupling", "more"), CASES)
def test_engines_agree(name, model, masses, coupling, more):
    """Within 2 % (agreed) and 5 standard deviations: exceeded at none of some 30 points.

    5 of a Gaussian are a probability of 6e-7; those of few weights are known to 10 or 20 %.
    """
    few = masses[1::2]
    for process, (ratio, error) in both(name, model, few, coupling, 1500 * more).items():
        assert ratio.size > 0, process
        assert np.all(np.abs(ratio - 1.0) < 0.02 + 5.0 * error), (process, ratio, error)
        assert np.all(error < 0.35), (process, error)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "model", "masses", "coupling", "more"), CASES)
def test_engines_agree_to_two_per_cent(name, model, masses, coupling, more):
    """2 % and 3 standard deviations, the latter below 2 % where the process matters."""
    found = both(name, model, masses, coupling, 60_000 * more)
    for process, (ratio, error) in found.items():
        assert np.all(np.abs(ratio - 1.0) < 0.02 + 3.0 * error), (process, ratio, error)
        assert np.all(error < 0.06), (process, error)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("model", "masses"),
    [
        (models.get("dark-photon", {"dark_matter": "scalar"}), [0.315, 0.319, 0.321]),
        (models.get("b-l"), [0.315, 0.318]),
    ],
)
def test_narrow_bosons_of_all_the_energy_of_the_beam(model, masses):
    """Positrons that have lost one per cent make them, and only what they lost can trigger.

    2 % and 3 standard deviations, one false alarm in 370 for each; 7 % off with photons lumped up
    to 2 % of the energy.
    """
    found = both("na64e-plus-2022", model, masses, 1e-7, 40_000)["annihilation"]
    ratio, error = found
    assert np.all(error < 0.02)
    assert np.all(np.abs(ratio - 1.0) < 0.02 + 3.0 * error), (ratio, error)


@pytest.mark.parametrize(("name", "meson"), MESONS)
def test_mesons_of_hadrons_that_are_followed(name, meson):
    """Ionisation and recoil together, and cross-sections at what is left, move less than 2 %."""
    model = InvisibleMeson(meson)
    ((ratio, error),) = both(name, model, [model.mass], 1e-4, 40_000).values()
    assert np.all(np.abs(ratio - 1.0) < 0.02 + 4.0 * error), (meson, ratio, error)
    assert np.all(error < 0.01)
    sampled = signal_yield(name, model, [model.mass], engine="montecarlo", showers=40_000)
    sizes = sampled.effective_sizes()[f"charge exchange to {meson}"]
    assert np.all((sizes > 10_000) & (sizes <= 40_000))


def test_kaons_without_matter_decay_by_their_lifetime():
    """In a volume behind a target in which nothing interacts twice."""
    setup = replace(experiments.get("na64h-kaons-1e11").runs[0].setup, length=0.1, decay_volume=1e4)
    weights = made_by_hadrons(setup, "K-long", 20_000, (3, 0))
    data = meson_data("K-long")
    length = setup.beam_energy / data.mass * data.ctau_cm
    made = 0.5 * mesons_made(setup, "K0")
    # a millimetre is 0.6 % of an interaction length; the beam spreads by 1 %
    close(weights.mean(), made * -np.expm1(-1e4 / length), 0.01)


def test_a_yield_repeats_and_more_showers_change_it():
    options = {"engine": "montecarlo", "showers": 200}
    first, second, other = (
        signal_yield("na64e-2016", PHOTON, [0.05], seed=seed, **options).events(1e-5)
        for seed in (3, 3, 4)
    )
    np.testing.assert_array_equal(first, second)
    assert np.all(first != other)
    assert "montecarlo" in engines()
    assert signal_yield("na64e-2016", PHOTON, [0.05]).errors(1e-5) == {}


def test_the_limit_says_how_well_its_yield_is_known():
    sampled = inference.limit(
        "na64e-2016", PHOTON, masses=[0.01, 0.1], engine="montecarlo", showers=2000
    )
    exact = inference.limit("na64e-2016", PHOTON, masses=[0.01, 0.1])
    close(sampled.observed, exact.observed, 0.04)  # half of four errors of the yield
    said = [text for text in sampled.warnings if "statistical error" in text]
    assert len(said) == 1
    assert not [text for text in exact.warnings if "statistical error" in text]


def test_effective_sizes_go_with_the_showers_and_say_how_large_errors_are():
    """One per process, run and mass; (relative error)^2 times the size is about 1."""
    options = {"engine": "montecarlo", "seed": 7}
    few, many = (
        signal_yield("na64e-2016", PHOTON, [0.05, 0.2], showers=n, **options) for n in (1000, 4000)
    )
    assert few.effective_sizes().keys() == few.per_process(1e-7).keys()
    for name, sizes in many.effective_sizes().items():
        assert sizes.shape == (len(many.runs), 2)
        assert np.all(sizes > few.effective_sizes()[name]), name
    size = many.effective_sizes()["bremsstrahlung"]
    share = many.errors(1e-7)["bremsstrahlung"] / many.per_process(1e-7)["bremsstrahlung"]
    # showers without a boson count, too: (relative error)^2 is 1/size less 1/showers
    close(np.square(share), 1.0 / size - 1.0 / 4000, 1e-3)
    assert signal_yield("na64e-2016", PHOTON, [0.05]).effective_sizes() == {}


def test_progress_is_the_share_of_processes_that_are_done():
    seen = []
    options = {"showers": 100, "seed": 6, "progress": seen.append}
    signal_yield("na64e-2016", PHOTON, [0.05], engine="montecarlo", **options)
    # Bremsstrahlung, annihilation, and with a hard photon; of one mass it is told with the process.
    close(np.unique(seen), [1.0 / 3.0, 2.0 / 3.0, 1.0], 1e-12)
    assert np.all(np.diff(seen) >= 0.0)


def test_transported_muons_are_those_that_are_sampled():
    """Share behind each cut; 4 standard deviations of both samples together."""
    setup = experiments.get("na64mu-2022").runs[0].setup
    mass = 0.3
    least = setup.lowest_share * setup.beam_energy
    source = Source(PHOTON, mass, least, setup.highest_energy)
    sample, _ = transported(MUONS, setup, source, 12_000, seed=3, chunk=0)
    found, error = recoil_cuts.cut_flow(setup, sample)
    known, other = recoil_cuts.cut_flow(setup, recoil.transport_to_counters(setup, mass, "vector"))
    spread = 4 * float(np.hypot(error, other))
    close(found, known, 0.01, absolute=spread, because="four standard deviations of both samples")
    # the first cuts bite less, and what they leave is known better
    close(found[:3], known[:3], 0.02)


def test_shares_behind_each_cut_are_those_of_the_other_engine():
    # Of some 5000 muons of whom a few per cent pass all cuts: 5 standard deviations are below 0.07.
    found = signal_yield("na64mu-2022", PHOTON, [0.05, 0.3], engine="montecarlo", showers=5000)
    known = signal_yield("na64mu-2022", PHOTON, [0.05, 0.3]).cut_flow()
    assert found.cut_flow().keys() == known.keys()
    for cut, shares in found.cut_flow().items():
        close(shares, known[cut], 0.02, absolute=0.07, because="five standard deviations")


def test_what_is_not_sampled_is_refused():
    setup = experiments.get("na64e-2016").runs[0].setup
    request = Request(setup, PHOTON, np.array([0.1]), PROMPT, Options())
    other = replace(processes()["bremsstrahlung"], name="another process")
    with pytest.raises(EmissError, match="use the deterministic engine"):
        montecarlo._sampled(request, (other,))


def test_showers_are_counted():
    with pytest.raises(EmissError, match="showers: 0; give a whole number"):
        signal_yield("na64e-2016", PHOTON, [0.1], engine="montecarlo", showers=0)


def test_no_boson_in_a_sample_is_said(monkeypatch):
    made = SimpleNamespace(event=np.empty(0, dtype=np.intp), weight=np.empty(0))
    monkeypatch.setattr(recoils, "sample_bosons", lambda *_, **__: made)
    monkeypatch.setattr(recoils, "forced", lambda _: None)
    setup = experiments.get("na64mu-2022").runs[0].setup
    with pytest.raises(EmissError, match="none of 20 beam particles made a boson"):
        transported(MUONS, setup, Source(PHOTON, 0.3, 20.0, 160.0), 20, seed=1, chunk=0)


def test_a_range_is_of_few_masses_and_progress_is_told(caplog, monkeypatch):
    """Each mass is sampled for seconds: placed masses would be eighty and more."""
    monkeypatch.setattr(notices, "_GIVEN", set())
    shares = []
    found = emiss.yields("na64e-2016", engine="montecarlo", showers=10, progress=shares.append)
    close(found.masses, np.geomspace(1e-3, 1.0, 13), 1e-12)
    assert "13 masses from 1 MeV to 1 GeV" in caplog.text
    # Two processes are sampled, mass by mass.
    assert len(shares) >= 2 * 13
    assert np.all(np.diff(shares) >= 0.0)
    close(shares[-1], 1.0, 1e-12)
    # What is stated is taken.
    stated = emiss.yields(
        "na64e-2016", "dark-photon", "10MeV:100MeV:3", engine="montecarlo", showers=10
    )
    assert stated.masses.size == 3


def test_kept_proposals_are_those_of_one_call():
    """Batches share proposals; one batch after another draws what it would alone."""
    element, energies = materials.element("Pb"), np.array([60.0, 61.0, 90.0])
    bremsstrahlung_sampler._proposal.cache_clear()

    def drawn(seed):
        random = np.random.default_rng(seed)
        return bremsstrahlung_sampler.sample_at(
            energies, 0.01, element=element, random=random, least=50.0
        )

    first, again = drawn(1), drawn(1)
    np.testing.assert_array_equal(first[0], again[0])
    assert bremsstrahlung_sampler._proposal.cache_info().misses <= 3
    # Another threshold or mass has others.
    bremsstrahlung_sampler.sample_at(
        energies, 0.01, element=element, random=np.random.default_rng(1), least=40.0
    )
    assert bremsstrahlung_sampler._proposal.cache_info().misses > 3
