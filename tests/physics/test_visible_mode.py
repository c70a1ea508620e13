"""The visible search: islands, their edges and tip, published numbers, and the files behind."""

import math
from dataclasses import replace

import numpy as np
import pytest
from closeness import close
from layouts import problems, with_cut, with_element
from quoted import quoted_rows

from emiss import experiments, models
from emiss.ground import constants as const
from emiss.ground.errors import EmissError, ExperimentFileError, ValidityError
from emiss.ground.quadrature import gauss_hermite
from emiss.inference import limit
from emiss.inference.couplings import channels_of
from emiss.inference.tip import masses_to_the_tip
from emiss.physics.processes.bremsstrahlung_table import load_table
from emiss.physics.shower.depth import track_depths
from emiss.presentation.plots.exclusion import exclusion
from emiss.yields import signal_yield
from emiss.yields.beam_tracks import table_energy
from emiss.yields.bremsstrahlung_rates import Rates

BOTH = "na64-visible-2017-2018"
X17 = np.array([0.0167])
VISIBLE = models.get("dark-photon", {"dark_matter": "none"})


def generic(kind):
    return models.get("leptophilic", {"kind": kind, "dark_matter": "none"})


@pytest.mark.parametrize(
    ("name", "lower", "upper"),
    [
        # Published: arXiv:1803.07748 and arXiv:1912.11389.
        ("na64-visible-2017", 1.3e-4, 4.2e-4),
        (BOTH, 1.2e-4, 6.8e-4),
    ],
)
def test_published_edges_at_the_x17_mass(name, lower, upper):
    found = limit(name, VISIBLE, masses=X17)
    # The layout is recalled or derived and the efficiency taken over: 25 % is asked for. Measured:
    # +11 and -2 %, +1 and -6 %.
    close(found.observed[0], lower, 0.25)
    close(found.observed_upper[0], upper, 0.25)


def published(name):
    rows = [row for row in quoted_rows("published_na64_visible") if row["search"] == name]
    return np.array([[float(row[key]) for key in ("mass_gev", "lower", "upper")] for row in rows]).T


def test_both_periods_along_the_published_curve():
    masses, lower, upper = published(BOTH)
    found = limit(BOTH, VISIBLE, masses=masses)
    ours = (found.observed / lower, found.observed_upper / upper)
    # The layout is recalled or derived: 20 % is asked for. Measured: the upper edge 1.10 to 0.82,
    # the lower 1.18 to 1.02 from 7 MeV on.
    assert np.all(np.abs(ours[1] - 1.0) < 0.2)
    heavy = masses > 0.007
    assert np.all(np.abs(ours[0][heavy] - 1.0) < 0.2)
    # Below, the published signal does not fall towards two electron masses: not explained. In
    # numbers of events, which go with the fourth power of the coupling, a factor of 5 at 2 MeV.
    assert np.all(np.diff(ours[0][~heavy]) < 0.0)
    close(ours[0][0], 1.5, 0.05)


def implied_distance(name, masses, upper, distances):
    """Distance in cm of the veto behind the dump's front that gives the published upper edge."""
    single = experiments.get(name)
    edges = []
    places = {part.name: part.position.value for part in single.runs[0].layout.elements}
    for distance in distances:
        changed = single
        for part in ("ecal", "s4", "decay-volume", "v2"):
            moved = places[part] + distance - places["v2"]
            changed = with_element(changed, part, position=moved)
        edges.append(limit(changed, VISIBLE, masses=masses).observed_upper)
    edges = np.log(np.array(edges))
    return [
        math.exp(np.interp(math.log(value), edges[::-1, k], np.log(distances)[::-1]))
        for k, value in enumerate(upper)
    ]


def test_which_dump_the_published_upper_edges_ask_for():
    # The upper edge is where all bosons decay in front of the veto: it measures the distance. One
    # dump must ask for the same at every mass.
    masses, _, upper = published(BOTH)
    chosen = masses < 0.013
    # 2018 alone makes the upper edge of both; recalled are 22 cm.
    both = implied_distance("na64-visible-2018", masses[chosen], upper[chosen], [22.0, 24.0, 26.5])
    assert 22.0 < min(both) < max(both) < 26.5
    masses, _, upper = published("na64-visible-2017")
    chosen = (masses < 0.013) & (masses > 0.0025)
    distances = [29.0, 40.0, 55.0, 75.0]
    alone = implied_distance("na64-visible-2017", masses[chosen], upper[chosen], distances)
    # From 69 cm at 3 MeV to 45 cm at 12 MeV where 29 cm are recalled: no dump has all of them.
    assert np.all(np.diff(alone) < 0.0)
    close(alone[0], 69.0, 0.05)
    close(alone[-1], 45.0, 0.05)


def test_reach_of_a_pseudoscalar():
    masses = np.linspace(0.0155, 0.018, 51)
    found = limit(BOTH, generic("pseudoscalar"), masses=masses)
    # Published (arXiv:2104.13342, with 2.84e11 electrons of the invisible mode in addition): up to
    # 17.1 MeV, and 2.1e-4 to 3.2e-4 at 16.7 MeV, 0.4 MeV below its end. So are ours compared.
    inside = np.isfinite(found.observed)
    close(masses[inside][-1], 0.0171, 0.05)
    here = int(np.argmin(np.abs(masses - (masses[inside][-1] - 0.0004))))
    close(found.observed[here], 2.1e-4, 0.1)
    close(found.observed_upper[here], 3.2e-4, 0.1)


def test_reach_in_mass():
    masses = np.linspace(0.018, 0.030, 121)
    found = limit(BOTH, VISIBLE, masses=masses)
    inside = np.isfinite(found.observed)
    # One connected island; published to end at 24 MeV, 25 % is asked for.
    assert np.all(inside[: inside.sum()])
    close(masses[inside][-1], 0.024, 0.05)
    assert np.array_equal(np.isfinite(found.observed_upper), inside)


def test_island_closes_smoothly_at_its_tip():
    masses = np.linspace(0.0229, 0.0243, 141)
    found = limit(BOTH, VISIBLE, masses=masses)
    inside = np.isfinite(found.observed)
    opening = np.log(found.observed_upper[inside] / found.observed[inside])
    # Near the tip the opening goes like the root of the distance: its square is straight there,
    # and the last point inside is within one step of where it ends.
    squared = opening[-12:] ** 2
    line = np.polyfit(masses[inside][-12:], squared, 1)
    assert np.abs(np.polyval(line, masses[inside][-12:]) - squared).max() < 0.06 * squared[0]
    end = -line[1] / line[0]
    step = masses[1] - masses[0]
    assert -0.1 * step < end - masses[inside][-1] < 1.1 * step
    # Free of grid artefacts: both edges are smooth in mass to a part in a thousand of a step.
    for edge in (found.observed[inside][:-15], found.observed_upper[inside][:-15]):
        assert np.abs(np.diff(np.log(edge), 3)).max() < 2e-3


def test_masses_to_the_tip():
    masses = np.geomspace(0.015, 0.03, 8)
    dense = masses_to_the_tip(BOTH, VISIBLE, masses)
    assert np.all(np.isin(masses, dense))
    found = limit(BOTH, VISIBLE, masses=dense)
    last = int(np.isfinite(found.observed).sum()) - 1
    # 1/256 of a step of 10 %; the edges meet like the root of what is left.
    assert dense[last + 1] / dense[last] - 1.0 < 5e-4
    assert found.observed_upper[last] / found.observed[last] < 1.25
    assert np.array_equal(masses_to_the_tip(BOTH, VISIBLE, [0.005, 0.01]), [0.005, 0.01])


def test_edges_are_edges():
    masses = np.array([0.004, 0.0167, 0.0225])
    found = limit(BOTH, VISIBLE, masses=masses)
    signal = signal_yield(BOTH, VISIBLE, masses)
    for edge in (found.observed, found.observed_upper):
        events = signal.events(edge).sum(axis=0)
        # Nothing seen: 2.303 events without, and a few per cent more with the 11 % uncertainty; the
        # efficiency's 7 % are on their own in each period, so that their share of it moves this.
        np.testing.assert_allclose(events, events[0], rtol=3e-3)
        assert 2.303 < events[0] < 2.45
    middle = np.sqrt(found.observed * found.observed_upper)
    assert np.all(signal.events(middle).sum(axis=0) > 2.45)
    for outside in (0.97 * found.observed, 1.03 * found.observed_upper):
        assert np.all(signal.events(outside).sum(axis=0) < 2.3)


def test_periods_with_other_counts_are_weighted_by_their_signal():
    """CLs at the edges by hand, with one event in the period of more background.

    An event of the cleaner period says more: as few as one are below the observation, (0, 0) and
    (1, 0), whatever the exact weights.
    """
    observed, background = np.array([1, 0]), np.array([1.5, 0.4])
    known = experiments.get(BOTH)
    runs = [
        replace(
            run,
            observed_count=replace(run.observed_count, value=float(n)),
            background=replace(run.background, value=b, uncertainty=None),
            particles_on_target=replace(run.particles_on_target, uncertainty=None),
            yield_uncertainty=replace(run.yield_uncertainty, value=0.0),
            efficiency=replace(run.efficiency, uncertainties=()),
        )
        for run, n, b in zip(known.runs, observed, background, strict=True)
    ]
    changed = replace(known, runs=tuple(runs))
    assert all(channel.signal_widths == (0.0, 0.0) for channel in channels_of(changed))
    masses = np.array([0.004, 0.008, 0.0125])
    found = limit(changed, VISIBLE, masses=masses)
    signal = signal_yield(changed, VISIBLE, masses)
    shares = []
    for edge in (found.observed, found.observed_upper):
        events = signal.events(edge)
        shares += list(events[0] / events.sum(axis=0))
        # exp(-s) (1 + b_1 + s_1)/(1 + b_1)
        cls = np.exp(-events.sum(axis=0)) * (1.0 + events[0] / (1.0 + background[0]))
        close(cls, 0.1, 1e-6)
    assert max(shares) > 1.5 * min(shares)


@pytest.mark.parametrize("kind", ["vector", "scalar", "pseudoscalar", "axial"])
def test_every_kind_of_boson(kind):
    found = limit(BOTH, generic(kind), masses=np.array([0.003, 0.015]))
    assert np.all(np.isfinite(found.observed))
    assert np.all(found.observed < found.observed_upper)
    if kind == "vector":
        same = limit(BOTH, VISIBLE, masses=np.array([0.003, 0.015]))
        np.testing.assert_allclose(found.observed, same.observed, rtol=1e-4)


def test_events_against_a_sum_by_hand():
    # Production of one period in a handful of numbers: mean depth, mean energies of ten groups,
    # and the decay written down without any of the machinery.
    signal = signal_yield("na64-visible-2017", VISIBLE, X17)
    process = signal.processes[0]["bremsstrahlung"]
    production = process.production
    coupling = np.array([2e-4])
    width = float(VISIBLE.total_width(X17, coupling)[0])
    middle = 0.5 * (production.depths[1:] + production.depths[:-1])
    expected = 0.0
    for k, energy in enumerate(production.energies[:, 0]):
        length = energy / X17[0] * const.HBARC_GEV_CM / width
        chance = np.exp(-(29.0 - middle) / length) - np.exp(-(145.0 - middle) / length)
        expected += float(production.weights[:, k, 0] @ chance)
    expected *= 4e-8 * 5.4e10 * 0.453
    # Acceptance of the calorimeter is 1 to 1e-3; p/m against E/m 1e-7; midpoints of cells 1e-5.
    close(float(signal.events(coupling)[0, 0]), expected, 2e-3)


@pytest.mark.parametrize("name", ["na64-visible-2017", "na64-visible-2018"])
@pytest.mark.parametrize("mass", [0.002, 0.0167])
def test_events_where_few_bosons_reach_the_volume(name, mass):
    """At the upper edge the fastest and deepest decide: every lepton and cut by itself.

    With 40 cells in ln E and their middles as energies, as once was, the yields were too low by 2 %
    at the upper edge and by 7 % where they have fallen to 3e-4 of the largest.
    """
    setup = experiments.get(name).runs[0].setup
    window, source = setup.window, setup.source
    masses = np.array([mass])
    couplings = np.array([1.5e-4, 3e-4, 5e-4, 7e-4, 1e-3]) * 0.0167 / mass
    found = signal_yield(name, VISIBLE, masses).processes[0]["bremsstrahlung"]
    found = found.per_particle(couplings[:, None])[:, 0]
    profile = track_depths(
        source.material, "e-", source.beam_energy, table_energy(source), depth=12.0, step=0.1
    )
    middle = 0.5 * (profile.depths_cm[1:] + profile.depths_cm[:-1])
    leptons, weights = (np.concatenate(x, axis=-1) for x in zip(
        profile.nodes("e-"), profile.nodes("e+"), strict=True
    ))  # fmt: skip
    cuts = np.concatenate([np.linspace(0.02, 0.95, 118)[:-1], 1.0 - np.geomspace(0.05, 1e-6, 34)])
    widths = VISIBLE.total_width(masses, couplings[:, None])[:, 0]
    expected = np.zeros(couplings.size)
    for element, atoms in source.makers:
        rates = Rates.of_table(
            load_table(element, projectile="e-"), leptons, masses, cuts, "vector"
        )
        cells, rate, energy = rates.of(0, source.lowest_energy / 1.04)
        tracks = weights[:, cells]
        for node, share in zip(*gauss_hermite(7), strict=True):
            # A faster beam particle has the same shower with all energies scaled.
            scaled = energy * (1.0 + source.momentum_spread * node)
            passed = rate * source.pass_probability(scaled.ravel()).reshape(scaled.shape)
            for place, width in enumerate(widths):
                inverse = width * mass / (const.HBARC_GEV_CM * scaled)
                chance = passed * (np.exp(-window.start * inverse) - np.exp(-window.end * inverse))
                # exp(z/length) is a power of one cell's: Horner's rule, the deepest first.
                factor = np.exp(0.1 * source.material.radiation_length_cm * inverse)
                sums = np.zeros_like(factor)
                for row in tracks[::-1]:
                    sums = sums * factor + row[:, None]
                sums *= np.exp(middle[0] * inverse)
                expected[place] += atoms * 1e-36 * share * float((chance * sums).sum())
    expected *= couplings**2
    close(found, expected, 6e-3)


def test_periods_keep_their_beam_and_dump():
    both = experiments.get(BOTH)
    single = experiments.get("na64-visible-2018")
    assert both.beam_label == "100 GeV e-, 150 GeV e-"
    close(both.total_on_target, 8.4e10, 1e-6)
    masses = np.array([0.002, 0.0167])
    together = signal_yield(both, VISIBLE, masses).events(3e-4)
    alone = signal_yield(single, VISIBLE, masses).events(3e-4)
    np.testing.assert_allclose(together[1], alone[0], rtol=1e-12)
    names = [label.name for label in both.labels()]
    assert "run 2018 visible: beam: momentum" in names
    assert len(set(names)) == len(names)
    assert all(label.status != "user" for label in both.labels())


def test_dark_decays_leave_nothing_to_see():
    found = limit(BOTH, models.get("dark-photon"), masses=X17)
    assert np.isnan(found.observed[0])
    assert np.isnan(found.observed_upper[0])
    assert any("nothing is excluded" in text for text in found.warnings)


def test_photons_are_not_a_pair():
    # An ALP of photons alone decays to two photons, which the counters do not take for e+ e-.
    found = limit(BOTH, models.get("alp"), masses=X17)
    assert np.isnan(found.observed[0])
    with_pairs = models.get("alp", {"electron_to_photon": 1e-3})
    assert signal_yield(BOTH, with_pairs, X17).events(1e-3).sum() > 0.0


def test_below_the_pair_threshold():
    # Stable as far as the model goes: it never decays in the volume.
    found = limit(BOTH, VISIBLE, masses=np.array([9e-4, 0.0167]))
    assert np.isnan(found.observed[0])
    assert np.isfinite(found.observed[1])


def test_invisible_search_turns_itself_off():
    masses = np.array([5e-4, 0.002, 0.01, 0.03])
    found = limit("na64e-2016-2022", VISIBLE, masses=masses)
    # Stable below two electron masses: excluded up to any coupling; an island above; none at 30.
    assert found.observed_upper[0] == math.inf
    assert np.all(np.isfinite(found.observed_upper[1:3]))
    assert np.isnan(found.observed[3])
    dark = limit("na64e-2016-2022", models.get("dark-photon"), masses=masses)
    assert dark.observed_upper is None
    # The lower edge is that of the dark decays where the visible ones are slow.
    np.testing.assert_allclose(found.observed[:2], dark.observed[:2], rtol=0.01)


def test_alp_region_behind_the_first_module():
    masses = np.array([0.001, 0.01, 0.03])
    found = limit("na64e-alp-2016-2018", models.get("alp"), masses=masses)
    # Published: lower edge 2.2e-4 to 2.4e-4 GeV^-1 (arXiv:2005.02710 as digitised).
    np.testing.assert_allclose(found.observed[:2], 2.3e-4, rtol=0.15)
    shorter = limit("na64e-2016-2018", models.get("alp"), masses=masses)
    # Without the decays in the calorimeter the upper edge is lower, the lower edge the same.
    np.testing.assert_allclose(shorter.observed[:2], found.observed[:2], rtol=2e-3)
    assert np.all(shorter.observed_upper[1:] < 0.8 * found.observed_upper[1:])


@pytest.mark.parametrize("method", ["fc", "bayes", "asymptotic"])
def test_other_methods(method):
    exact = limit(BOTH, VISIBLE, masses=X17)
    found = limit(BOTH, VISIBLE, masses=X17, method=method)
    # Limits of 1.7 to 2.4 events instead of 2.3 move the edges by less than 20 %.
    close(found.observed[0], exact.observed[0], 0.2)
    close(found.observed_upper[0], exact.observed_upper[0], 0.2)


@pytest.mark.parametrize(
    ("name", "changes", "words"),
    [
        ("ecal", {"position": 140.0}, "must be behind 's4'"),
        ("s4", {"position": 29.0}, "must be behind 'v2'"),
        ("v2", {"position": 0.0}, "not behind the target"),
        ("v2", {"position": 500.0}, "must be behind 'v2'"),
        ("wcal", {"repeat": 50}, "not behind the target"),
        ("ecal", {"cell_width": None, "cell_height": None}, "cells_x and cell_width"),
        ("ecal", {"stochastic": None, "constant": None}, "smeared with the resolution"),
    ],
)
def test_impossible_geometry(name, changes, words):
    found = with_element(experiments.get("na64-visible-2017"), name, **changes)
    assert any(words in problem for problem in problems(found))


def test_thresholds_that_leave_nothing():
    found = experiments.get("na64-visible-2017")
    # Of 99 GeV the resolution leaves some, down to 83 GeV.
    assert problems(with_cut(found, "decay energy", least=99.0)) == []
    close(with_cut(found, "decay energy", least=99.0).runs[0].setup.lowest_energy, 82.8, 1e-3)
    for least in (130.0, 0.1):
        changed = with_cut(found, "decay energy", least=least)
        assert (problems(changed) == []) == (least < 100.0)
        with pytest.raises(ValidityError, match="decay energy of at least"):
            assert changed.runs[0].setup


def test_setup_is_what_the_layout_says():
    setup = experiments.get("na64-visible-2017").runs[0].setup
    window = setup.window
    # From the counter behind the dump to that in front of the calorimeter; e+ e- alone.
    assert (window.start, window.end, window.channels) == (29.0, 145.0, ("e+e-",))
    assert not window.invisible
    assert (window.calorimeter, setup.min_missing_energy) == (155.0, 25.0)
    close(window.half_size, 6 * 3.82 / 2, 1e-12)
    close(setup.length, 28.8, 1e-12)
    # 9 % sqrt(25 GeV) and 4 % of 25 GeV: nothing of the beam's momentum, which is not measured.
    close(setup.threshold_smearing, math.hypot(0.09 * 5.0, 1.0), 1e-12)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('position = { value = "1.45 m"', 'position = { value = "4.8 m"', "list the elements in"),
        ('position = { value = "1.45 m"', 'position = { value = "290 mm"', "list the elements in"),
        ('position = { value = "290 mm"', 'position = { value = "280 mm"', "ends at 28.8 cm"),
        ('min = { value = "25 GeV"', 'min = { value = "125 GeV"', "not below the beam momentum"),
        ('position = { value = "1.45 m"', 'position = { value = "1.45"', "unit"),
        ('role = "decay-counter"', 'role = "decay-conter"', "decay-counter"),
        ('role = "decay-counter"', 'role = "passive"', "with the role 'decay-counter'"),
        ('variable = "decay_calorimeter_energy"', 'variable = "ecal_energy"', "needs a cut"),
        ('particle = "e-"', 'particle = "mu-"', "needs a beam of e-"),
    ],
)
def test_bad_files(tmp_path, old, new, words):
    path = tmp_path / "own.toml"
    text = (experiments.loader._CATALOGUE / "na64-visible-2017.toml").read_text("utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), "utf-8")
    with pytest.raises(ExperimentFileError, match=words):
        experiments.get(path)


def test_no_process_for_a_boson_of_muons():
    with pytest.raises(EmissError, match="couple"):
        limit(BOTH, models.get("leptophilic", {"lepton": "mu", "dark_matter": "none"}), masses=X17)


def test_figure_marks_the_x17():
    found = limit(BOTH, VISIBLE, masses=np.geomspace(0.005, 0.03, 12))
    (axes,) = exclusion(found).axes
    (shape,) = (p for p in axes.patches if p.get_label() == "_X17")
    corners = shape.get_xy()
    # arXiv:2504.11439 and arXiv:1604.07411: mass within a standard deviation, allowed couplings.
    np.testing.assert_allclose(corners.min(axis=0), (16.83e-3, 2e-4), rtol=1e-9)
    np.testing.assert_allclose(corners.max(axis=0), (16.93e-3, 1.4e-3), rtol=1e-9)
    assert any(line.get_label() == "PADME excess (2025)" for line in axes.lines)
    outside = limit(BOTH, VISIBLE, masses=np.geomspace(0.005, 0.012, 6))
    texts = [text.get_text() for text in exclusion(outside).axes[0].get_legend().get_texts()]
    assert not any("X17" in text for text in texts)
