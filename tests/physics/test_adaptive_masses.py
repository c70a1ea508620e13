"""Lines between the masses of a limit follow every exported curve to a per cent."""

import math

import numpy as np
import pytest
from closeness import close

import emiss
from emiss import experiments, models
from emiss.ground.constants import ELECTRON_MASS, MUON_MASS
from emiss.ground.mass_range import MassRange
from emiss.inference.adaptive_masses import masses_for_yields
from emiss.inference.limit import BANDS
from emiss.inference.mass_nodes import dense_masses, kinks_of, luminosity_cells
from emiss.physics.constraints.cosmology.relic_masses import relic_line
from emiss.yields.mixed import MixedYield
from emiss.yields.positrons import annihilation_luminosity

DENSE = 1200
ALLOWED = 0.01

CASES = [
    ("na64e-2016-2022", "dark-photon", {"dark_matter": "scalar"}),
    ("na64e-2016-2022", "dark-photon", {"dark_matter": "majorana"}),
    ("na64e-2016-2022", "dark-photon", {}),
    ("na64e-2016-2022", "b-l", {}),
    ("na64e-plus-2022", "dark-photon", {"dark_matter": "scalar"}),
    ("na64e-plus-2022", "dark-photon", {"dark_matter": "scalar", "alpha_dark": 0.005}),
    ("na64e-plus-2022", "lmu-ltau", {}),
    ("na64e-alp-2016-2018", "alp", {}),
    ("na64mu-2022", "lmu-ltau", {}),
    ("na64mu-2022", "b-l", {}),
    ("na64-visible-2017-2018", "dark-photon", {"dark_matter": "none"}),
    ("na64h-2023", "b-boson", {}),
    # Known closely: beside 2 m_e, half the eta's mass and the cells of positron energy.
    ("na64e-2016-2022", "dark-photon", {"dark_matter": "none"}),
    ("na64mu-2022", "dark-photon", {"dark_matter": "none"}),
    ("na64mu-2021", "dark-photon", {"dark_matter": "none"}),
    ("m3-phase1", "dark-photon", {"dark_matter": "none"}),
    ("na64-visible-2017", "scalar", {}),
    ("na64e-plus-2022", "b-l", {}),
    ("na64e-plus-40gev", "lmu-ltau", {"dark_matter": "scalar"}),
    ("na64h-2023", "strange-scalars", {}),
    ("na64h-2023", "strange-pseudoscalar", {}),
    # Ends at large couplings; between a kink and where the curve bends the other way; a long step
    # beside short ones.
    ("ldmx-4gev", "dark-photon", {"splitting": 0.1}),
    ("na64e-plus-40gev", "dark-photon", {"splitting": 0.1}),
    ("na64e-1e13", "scalar", {}),
    # Within cells of positron energy curves bend, and from cell to cell they bend back.
    (
        "na64e-plus-2022",
        "dark-photon",
        {"dark_matter": "majorana", "alpha_dark": 1e-3, "mass_ratio": 2.05},
    ),
    ("na64e-plus-60gev", "dark-photon", {"dark_matter": "majorana", "alpha_dark": 1e-4}),
]


def curves(limit):
    yield limit.observed
    yield from (limit.expected[band] for band in BANDS)
    if limit.y is not None:
        yield limit.y
    if limit.observed_upper is not None:
        yield limit.observed_upper
        yield from (limit.expected_upper[band] for band in BANDS)


def logs(curve):
    with np.errstate(invalid="ignore"):
        return np.log(np.where(np.isinf(curve), np.nan, curve))


def looked_at(span, experiment, model):
    """Masses everywhere and, closer and closer, on both sides of thresholds, edges and cells."""
    known = experiments.get(experiment)
    places = np.concatenate(kinks_of([known], model))
    off = np.geomspace(1e-6, 0.06, 14)
    beside = np.outer(places, np.exp(np.concatenate([off, -off]))).ravel()
    found = [np.geomspace(span.low, span.high, DENSE), beside]
    for setup in dict.fromkeys(run.setup for run in known.runs):
        if "annihilation" in known.search.processes and setup.particle in ("e-", "e+"):
            cells = np.sqrt(annihilation_luminosity(setup).s_edges)
            inside = cells[:-1, None] * (cells[1:] / cells[:-1])[:, None] ** [0.25, 0.5, 0.75]
            found += [cells * (1.0 - 5e-6), cells * (1.0 + 5e-6), inside.ravel()]
    masses = np.unique(np.concatenate(found))
    return masses[(masses >= span.low) & (masses <= span.high)]


@pytest.mark.parametrize(("experiment", "model", "parameters"), CASES)
def test_lines_follow_all_curves(experiment, model, parameters):
    chosen = models.get(model, parameters)
    found = emiss.limit(experiment, chosen)
    truth = emiss.limit(experiment, chosen, masses=looked_at(MassRange(), experiment, chosen))
    follows(found, truth)


@pytest.mark.parametrize("kind", ["pseudo-dirac", "scalar"])
def test_bands_of_several_experiments_are_followed_across_their_jumps(kind):
    """Jumps below 2 %, where the shares of the signal change quickly, had been passed over."""
    pair, model = ["na64e-2016-2022", "na64e-plus-2022"], models.DarkPhoton(dark_matter=kind)
    found = emiss.limit(pair, model, masses="200MeV:450MeV")
    x = np.log(found.masses)
    # But for the steps that hold a jump, which is then known to 4e-5 of the mass.
    wide = np.diff(x) > 6e-5
    inside = (x[:-1, None] + np.diff(x)[:, None] * np.array([0.02, 0.3, 0.6, 0.98]))[wide].ravel()
    truth = emiss.limit(pair, model, masses=np.exp(inside))
    for curve, exact in zip(curves(found), curves(truth), strict=True):
        assert (
            np.max(np.abs(np.expm1(np.interp(inside, x, np.log(curve)) - np.log(exact)))) < ALLOWED
        )
    assert found.masses.size < 450


def test_the_end_of_a_curve_at_a_threshold_is_followed():
    """omega -> B* to dark matter of m_B/3 ends at m_B = 3/2 m_omega, where the limit diverges."""
    chosen, span = models.get("b-boson"), MassRange(1e-3, 3.0)
    found = emiss.limit("na64h-2023", chosen, masses=span)
    end = 1.5 * 0.78266
    # Where a curve ends is found to 2e-5 of the mass.
    beside = end * np.exp(-np.geomspace(2e-5, 1e-2, 200))
    dense = np.unique(np.concatenate([np.geomspace(span.low, span.high, DENSE), beside]))
    truth = emiss.limit("na64h-2023", chosen, masses=dense)
    follows(found, truth)
    assert np.isfinite(truth.observed[dense < end][-1])


@pytest.mark.parametrize("experiment", ["na64-visible-2017", "na64-visible-2018"])
def test_nothing_to_follow_is_no_error(experiment):
    """Invisible bosons give a visible search no events at any mass."""
    found = emiss.limit(experiment, models.get("b-l", {"dark_matter": "scalar"}))
    assert np.all(np.isnan(found.observed))


def test_cost_is_that_of_few_masses():
    """Of narrow bosons and islands: what is added beside kinks and cells is little."""
    for experiment, model, parameters, most in (
        ("na64e-2016-2022", "dark-photon", {}, 75),
        ("na64e-2016-2022", "dark-photon", {"dark_matter": "none"}, 195),
        ("na64e-plus-2022", "b-l", {}, 235),
        ("na64mu-2022", "lmu-ltau", {}, 90),
        ("na64e-plus-40gev", "lmu-ltau", {}, 155),
    ):
        found = emiss.limit(experiment, models.get(model, parameters))
        assert found.masses.size < most


def test_wide_steps_between_hadronic_nodes_are_followed():
    """Between the omega's flank and the kaons' threshold it was 1.3 % off."""
    chosen = models.get("lmu-ltau", {})
    span = MassRange(2e-4, 2.0)
    found = emiss.limit("m3-phase2", chosen, masses=span, method="asymptotic")
    dense = np.geomspace(span.low, span.high, DENSE)
    follows(found, emiss.limit("m3-phase2", chosen, masses=dense, method="asymptotic"))


def follows(found, truth):
    x, dense = np.log(found.masses), np.log(truth.masses)
    assert (found.observed_upper is None) == (truth.observed_upper is None)
    for curve, exact in zip(curves(found), curves(truth), strict=True):
        off = np.abs(np.expm1(np.interp(dense, x, logs(curve)) - logs(exact)))
        assert np.nanmax(off, initial=0.0) < ALLOWED
        # Where the exact curve is there, so is the line, but for the last of its way to a tip.
        lost = np.isfinite(logs(exact)) & ~np.isfinite(off)
        assert np.count_nonzero(lost) <= 2


@pytest.mark.parametrize("parameters", [{"dark_matter": "none"}])
def test_islands_are_closed_with_both_edges_of_all_bands(parameters):
    found = emiss.limit("na64-visible-2017-2018", models.get("dark-photon", parameters))
    assert found.observed_upper is not None
    assert found.expected_upper is not None
    pairs = [(found.observed, found.observed_upper)]
    pairs += [(found.expected[band], found.expected_upper[band]) for band in BANDS]
    for lower, upper in pairs:
        last = np.flatnonzero(np.isfinite(lower))[-1]
        assert upper[last] / lower[last] < 1.05
        inside = np.isfinite(lower)
        assert np.all(upper[inside] > lower[inside])
    open_ = emiss.limit(
        "na64-visible-2017-2018",
        models.get("dark-photon", parameters),
        masses=MassRange(1e-3, 1.0, tips=False),
    )
    last = np.flatnonzero(np.isfinite(open_.observed))[-1]
    assert open_.observed_upper[last] / open_.observed[last] > 1.05


def test_edges_of_the_resonance_and_thresholds_are_nodes_of_the_first_grid():
    places = kinks_of([experiments.get("na64e-2016-2022")], models.get("b-l", {}))
    kinks, masses = places[0], dense_masses(MassRange(), *places)
    for wanted in (2.0 * ELECTRON_MASS, 2.0 * 0.1056583755):
        assert np.min(np.abs(kinks / wanted - 1.0)) < 1e-9
        assert np.min(np.abs(masses / wanted - 1.0)) < 1e-9
    for energy in (50.0, 100.0):
        edge = np.sqrt(2.0 * ELECTRON_MASS * energy)
        assert np.min(np.abs(masses / edge - 1.0)) < 1e-9


@pytest.mark.parametrize("mass", [0.1349768, 0.547862, 0.95778, 0.78266])
def test_masses_of_mesons_and_their_halves_are_kinks(mass):
    """Those of the pi0, the eta, the eta' and the omega (PDG): a meson makes one boson or two."""
    kinks = kinks_of([experiments.get("na64h-2023")], models.get("b-boson", {}))[0]
    for wanted in (mass, 0.5 * mass):
        off = np.min(np.abs(kinks / wanted - 1.0))
        close(off, 0.0, absolute=1e-4, because="PDG averages move by that")


def test_positron_cells_are_nodes_of_bosons_narrower_than_a_cell():
    """A mass on both sides of each, up to the end of the beam; a wide boson shows none."""
    span = MassRange(0.01, 1.0)
    known = experiments.get("na64e-plus-2022")
    cells = luminosity_cells(span, [known], models.get("b-l", {}))
    assert cells.size >= 10
    assert cells.size % 2 == 0
    end = math.sqrt(2.0 * 0.51099895e-3 * known.runs[0].setup.beam_energy)
    # The spread of the beam's energy reaches a few per cent beyond its mean.
    assert cells[-1] < 1.1 * end
    apart = np.log(cells[1::2] / cells[::2])
    np.testing.assert_allclose(apart, 4e-6, rtol=1e-3)
    wide = models.get("dark-photon", {"dark_matter": "scalar", "alpha_dark": 0.5})
    assert luminosity_cells(span, [known], wide).size == 0
    muons = experiments.get("na64mu-2022")
    assert luminosity_cells(span, [muons], models.get("b-l", {})).size == 0


@pytest.mark.parametrize("name", ["na64e-2016-2022", "na64e-plus-2022", "na64e-plus-40gev"])
def test_yields_do_not_jump_where_the_fate_changes(name):
    """Neutrinos of B - L begin to decide somewhere: what bosons that fly add is next to nothing."""
    masses = np.geomspace(0.02, 0.31, 400)
    signal = emiss.yields(name, models.get("b-l"), masses)
    titles = {title for setup in signal.processes for title, made in setup.items()}
    assert titles >= {"bremsstrahlung", "annihilation", "associated production"}
    for setup in signal.processes:
        parts = [made.parts for made in setup.values() if isinstance(made, MixedYield)]
        for rows, _ in parts[0] if parts else ():
            if not 0 < rows[0] < masses.size - 1:
                continue
            # Between two masses 0.7 % apart curves bend by that at most, but for the resonance.
            place = np.arange(rows[0] - 2, rows[0] + 2)
            events = signal.events(np.full(masses.size, 1e-4)).sum(axis=0)[place]
            before, step, after = np.diff(np.log(events))
            assert abs(step - 0.5 * (before + after)) < 0.01


@pytest.mark.parametrize(
    ("name", "model"),
    [("na64e-1e13", "b-l"), ("na64mu-2e13", "b-l"), ("na64mu-2e13", "lmu-ltau")],
)
def test_coefficients_do_not_jump_where_the_fate_changes(name, model):
    """They were read off where bosons fly away, and fell by 1.8 to 2.2 from one fate to another."""
    masses = np.geomspace(0.4, 0.74, 120)  # beyond the resonance, below the omega
    signal = emiss.yields(name, models.get(model), masses)
    assert any(
        isinstance(made, MixedYield) for setup in signal.processes for made in setup.values()
    )
    for title, by_run in signal.coefficients().items():
        if "bremsstrahlung" in title:
            slope = np.diff(np.log(by_run.sum(axis=0)))
            # Steps of 0.5 %: the curves bend by less than a per cent from one to the next.
            assert np.max(np.abs(np.diff(slope))) < 0.01
    # At few masses as well.
    again = emiss.yields(name, models.get(model), masses[[30, 90]]).coefficients()
    for title, by_run in signal.coefficients().items():
        np.testing.assert_allclose(again[title], by_run[:, [30, 90]], rtol=1e-6)


def test_stated_masses_and_counts_are_honoured():
    stated = [0.01, 0.02, 0.2]
    np.testing.assert_array_equal(emiss.limit("na64e-2016", masses=stated).masses, stated)
    assert emiss.limit("na64e-2016", masses=17).masses.size == 17
    within = emiss.limit("na64e-2016", masses=MassRange(0.01, 0.1)).masses
    assert (within[0], within[-1]) == (0.01, 0.1)
    model = models.get("dark-photon", {})
    np.testing.assert_array_equal(masses_for_yields(["na64e-2016"], model, stated), stated)
    assert emiss.yields("na64e-2016", masses=17).masses.size == 17


def test_yields_are_followed():
    model = models.get("dark-photon", {"dark_matter": "scalar"})
    found = emiss.yields("na64e-2016", model)
    truth = emiss.yields("na64e-2016", model, np.geomspace(1e-3, 1.0, DENSE))
    for name, events in truth.coefficients().items():
        # Not where a process ends and gives next to nothing.
        some = events[0] > 1e-6 * events[0].max()
        mine = np.log(np.maximum(found.coefficients()[name][0], 1e-300))
        line = np.interp(np.log(truth.masses), np.log(found.masses), mine)
        off = np.abs(np.expm1(line - np.log(np.maximum(events[0], 1e-300))))[some]
        assert np.max(off) < ALLOWED


def test_dense_masses_crowd_at_the_edges_of_resonances():
    """Within 13 % of each edge, at sqrt(2 m_e E) of beam and threshold, and closest at it."""
    known = experiments.get("na64e-plus-2022")
    setup = known.runs[0].setup
    masses = dense_masses(MassRange(0.01, 1.0), *kinks_of([known], models.get("dark-photon")))
    for energy in (setup.beam_energy, setup.min_missing_energy):
        away = np.log(masses / math.sqrt(2.0 * 0.51099895e-3 * energy))
        near = np.abs(away) < 0.1301
        assert near.sum() >= 27
        assert np.abs(away).min() < 1e-6
        # 27 places, evenly in asinh: 0.13 sinh(3/13)/sinh(3) = 3.0e-3 beside the edge.
        assert np.sort(np.abs(away))[2] < 3.1e-3
    # Nowhere further apart than 10 %.
    assert np.diff(np.log(masses)).max() < 0.1001


def test_masses_of_a_relic_line_stand_where_channels_open_and_resonances_lie():
    span = MassRange(0.1, 0.5)
    line = relic_line(span, "scalar", 0.1, 3.0, "fast")
    omega, width = 0.7827, 0.0087  # PDG
    wanted = [span.low, span.high, MUON_MASS, 1.03 * MUON_MASS, 0.5 * omega, 0.5 * (omega + width)]
    for mass in wanted:
        off = np.min(np.abs(line.masses / mass - 1.0))
        close(off, 0.0, absolute=1e-4, because="the node, with a mass of fewer digits")
    assert np.all((line.masses >= span.low) & (line.masses <= span.high))
