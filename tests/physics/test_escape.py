"""What is missing if bosons may decay visibly: escape probability, sums over energy, limits."""

import math
from dataclasses import dataclass, replace

import mpmath
import numpy as np
import pytest
from closeness import close
from layouts import problems, with_element, with_layout
from shower_reference import simulate

from emiss import experiments, materials, models
from emiss.experiments.setup import Setup, Window
from emiss.ground import constants as const
from emiss.ground.errors import EmissError, ValidityError
from emiss.physics.models.mesons import MesonModel
from emiss.physics.processes.bremsstrahlung_table_grid import mass_nodes
from emiss.physics.shower.radiation import complete_screening_excess
from emiss.yields import production
from emiss.yields.bremsstrahlung_production import _by_mass, bremsstrahlung_production
from emiss.yields.bremsstrahlung_spectrum import boson_spectrum, bremsstrahlung_coefficient
from emiss.yields.escape import Escape, always_decays_inside, invisible_probability
from emiss.yields.fate import Fate
from emiss.yields.flight import FlightYield, decay_rate, in_window, width_law
from emiss.yields.processes import Options, Request, processes
from emiss.yields.processes.bremsstrahlung import bremsstrahlung_bosons
from emiss.yields.processes.primakoff import (
    primakoff_bosons,
    primakoff_coefficients,
    primakoff_yield,
)
from emiss.yields.production import (
    Production,
    energy_edges,
    primakoff_production,
)

MASSES = np.array([2e-3, 0.0167, 0.1])
VISIBLE = models.get("dark-photon", {"dark_matter": "none"})


def setup(smearing=2.0, spread=0.01, material="na64-ecal"):
    return Setup("e-", 100.0, spread, materials.get(material), 50.0, smearing)


def escaping(name, target, model, masses):
    """Yield of one process of bosons that are seen if they decay in front of 5.67 m."""
    fate = Fate("escape", Window(567.0, invisible=True))
    made = processes()[name].prepare(Request(target, model, masses, fate, Options()))
    (found,) = made.values()
    return found


@pytest.mark.parametrize("coupling", [1e-9, 1e-5, 1e-4, 1e-3, 1.0])
def test_probability_against_many_digits(coupling):
    for parameters in ({"dark_matter": "none"}, {"dark_matter": "dirac", "alpha_dark": 1e-9}):
        model = models.get("dark-photon", parameters)
        energies = np.array([50.0, 99.0])
        values = np.full(3, coupling)
        found = invisible_probability(model, energies, MASSES, values, 567.0)
        width = model.total_width(MASSES, values)
        hidden = model.invisible_branching(MASSES, values)
        for row, energy in enumerate(energies):
            for column, mass in enumerate(MASSES):
                with mpmath.workdps(40):
                    m, e = mpmath.mpf(mass), mpmath.mpf(energy)
                    boost = mpmath.sqrt(e**2 - m**2) / m
                    length = boost * const.HBARC_GEV_CM / mpmath.mpf(width[column])
                    share = mpmath.mpf(hidden[column])
                    expected = float(share + (1 - share) * mpmath.exp(-567 / length))
                # Exponents up to a few hundred before the result is zero.
                close(found[row, column], expected, 1e-10, absolute=1e-300, because="underflow")


def test_limits_of_the_probability():
    stable = np.array([1e-4])  # lighter than an electron pair
    assert invisible_probability(VISIBLE, np.array([50.0]), stable, np.ones(1), 567.0) == 1.0
    zero = invisible_probability(VISIBLE, np.array([50.0]), MASSES, np.zeros(3), 567.0)
    assert np.all(zero == 1.0)
    at_rest = invisible_probability(VISIBLE, MASSES[None, :], MASSES, np.full(3, 1e-3), 567.0)
    assert np.all(at_rest == 0.0)
    assert np.all(invisible_probability(VISIBLE, np.array([50.0]), MASSES, np.ones(3), 0.0) == 1.0)
    infinite = invisible_probability(VISIBLE, np.array([50.0]), MASSES, np.full(3, 1e-9), math.inf)
    assert np.all(infinite == 0.0)
    with pytest.raises(EmissError):
        invisible_probability(VISIBLE, np.array([50.0]), MASSES, np.ones(3), math.nan)
    with pytest.raises(EmissError):
        invisible_probability(VISIBLE, np.array([1e-3]), MASSES, np.ones(3), 1.0)


def test_which_models_need_it():
    dark = models.get("dark-photon", {"dark_matter": "dirac"})
    assert np.all(always_decays_inside(dark, MASSES, 100.0, 567.0))
    assert not np.any(always_decays_inside(VISIBLE, MASSES, 100.0, 567.0))
    feeble = models.get("dark-photon", {"dark_matter": "dirac", "alpha_dark": 1e-16})
    assert not np.any(always_decays_inside(feeble, MASSES, 100.0, 567.0))


def test_sum_over_energies_is_the_coefficient():
    for target in (setup(), setup(0.0, 0.0), setup(material="Pb")):
        made = bremsstrahlung_bosons(target, MASSES, "vector", Options())
        whole = bremsstrahlung_coefficient(target, MASSES, "vector")
        np.testing.assert_allclose(made.total, whole, rtol=1e-12)
        mean = (made.weights[0] * made.energies).sum(axis=0) / made.total
        energies, spectrum = boson_spectrum(target.at_floor(), MASSES, "vector")
        passed = spectrum * target.pass_probability(energies)
        expected = (passed * energies).sum(axis=1) / passed.sum(axis=1)
        # Interpolation in mass of 64 groups; the threshold cuts the cells of the spectrum.
        np.testing.assert_allclose(mean, expected, rtol=2e-3)
        photons = primakoff_bosons(target, MASSES)
        expected = primakoff_coefficients(target, MASSES)[1].sum(axis=0)
        np.testing.assert_allclose(photons.total, expected, rtol=1e-12)


def test_production_is_as_deep_as_the_tracks_of_simulated_showers():
    """Photons; what is made of them is as deep on the average as they are."""
    lead = materials.get("Pb")
    random = np.random.default_rng(8)
    excess = complete_screening_excess(lead)
    photons = simulate(60_000, 50.0, 12, random, excess, cell=0.1)[2]
    middle = 0.1 * (np.arange(120) + 0.5) * lead.radiation_length_cm
    made = primakoff_bosons(setup(0.0, 0.0, "Pb"), MASSES)
    # 0.5 % of sampling; screening and suppression, left out there, lengthen the shower by 3 %.
    close(made.mean_depth(), middle @ photons / photons.sum(), 0.06)


@pytest.mark.parametrize("spread", [0.0, 0.01])
@pytest.mark.parametrize(
    ("model", "masses", "gathered", "resolved"),
    [
        (
            models.get("dark-photon", {"dark_matter": "none"}),
            MASSES,
            lambda target, m: bremsstrahlung_bosons(target, m, "vector", Options()),
            lambda target, m: bremsstrahlung_production(target, math.inf, m, "vector"),
        ),
        (
            models.get("alp"),
            np.array([0.01, 0.05, 0.3]),
            primakoff_bosons,
            lambda target, m: primakoff_production(target, math.inf, m),
        ),
    ],
    ids=["bremsstrahlung", "primakoff"],
)
def test_one_cell_of_depth_is_enough_far_behind(
    spread, model, masses, gathered, resolved, monkeypatch
):
    """Mean and spread of the depth by energy against production resolved in depth and energy."""
    monkeypatch.setattr(production, "ENERGY_CELLS", (100, 100))
    target = replace(setup(0.0, 0.0, "na64-ecal"), momentum_spread=spread)
    few, many = gathered(target, masses), resolved(target, masses)
    # The improved Weizsaecker-Williams approximation says from which leptons: measured 5 %.
    close(few.mean_depth(), many.mean_depth(), 0.07)
    for lengths, allowed in ((1.0, 2e-3), (5.0, 2e-3), (20.0, 0.01)):
        width = model.total_width(masses, np.ones(3))
        unit = decay_rate(width, np.full((1, 3), target.beam_energy), masses)[0]
        coupling = np.sqrt(lengths / (192.0 * unit))
        one, other = (
            FlightYield.prepare(model, made, Window(192.0)).per_particle(coupling) / made.total
            for made in (few, many)
        )
        # After 20 decay lengths one boson in 5e8 is left.
        close(one, other, allowed)


@pytest.mark.parametrize("boson", ["vector", "axial", "scalar", "pseudoscalar"])
def test_production_in_depth_is_the_coefficient(boson):
    target = setup(0.0, 0.0, "W")
    made = bremsstrahlung_production(target, math.inf, MASSES, boson)
    whole = bremsstrahlung_coefficient(target, MASSES, boson)
    close(made.total, whole, 1.5e-3)  # measured 7e-4
    # Most bosons come from the first radiation lengths.
    assert np.all(made.mean_depth() < 2.0 * materials.get("W").radiation_length_cm)


def test_between_the_masses_of_the_tables_production_is_interpolated():
    """Against the tables themselves at masses between: interpolated, and not."""
    target = setup(0.0, 0.0, "W")
    limit_cm, masses = 20.0, np.array([1.2e-3, 0.0117, 0.21])
    made = bremsstrahlung_production(target, limit_cm, masses, "vector")
    direct = _by_mass(masses, target, limit_cm, energy_edges(target), "vector", "elastic", None)
    for column, (number, mean) in enumerate(direct):
        weights = made.weights[..., column]
        # Rates are at points of the energy: which of them a cell gets, jumps with the mass.
        close(weights.sum(), number.sum(), 2e-5)  # measured 4e-6
        assert np.abs(weights - number).sum() < 3e-3 * number.sum()
        close(made.energies[:, column], mean, 3e-4)  # measured 1e-4
    at_node = np.array([float(mass_nodes()[24])])
    found = bremsstrahlung_production(target, limit_cm, at_node, "vector")
    direct = _by_mass(at_node, target, limit_cm, energy_edges(target), "vector", "elastic", None)
    close(found.weights[..., 0], direct[0][0], 1e-9)


def test_no_cell_of_energy_is_next_to_nothing():
    for energy in (50.0, 100.0, 120.0, 150.0, 160.0):
        edges = energy_edges(replace(setup(0.0, 0.0, "W"), beam_energy=energy))
        assert np.diff(edges).min() > 4e-4 * (edges[-1] - edges[0])


@pytest.mark.parametrize("end", [25.0, 400.0, math.inf])
@pytest.mark.parametrize("coupling", [1e-7, 3e-5, 4e-4, 5e-3])
def test_sum_over_depth_and_energy(end, coupling):
    rng = np.random.default_rng(3)
    depths = np.linspace(0.0, 12.0, 7)
    energies = np.array([[20.0, 20.0, 20.0], [70.0, 70.0, 70.0]])
    production = Production(MASSES, depths, energies, rng.random((6, 2, 3)), "electron")
    window = Window(20.0, end, ("e+e-",))
    found = FlightYield.prepare(VISIBLE, production, window).per_particle(np.full(3, coupling))
    width = VISIBLE.total_width(MASSES, np.full(3, coupling))
    electrons = VISIBLE.partial_widths(MASSES, np.full(3, coupling))["e+e-"] / width
    points, shares = np.polynomial.legendre.leggauss(40)
    for column, mass in enumerate(MASSES):
        expected = 0.0
        for k in range(2):
            momentum = math.sqrt(energies[k, column] ** 2 - mass**2)
            length = momentum / mass * const.HBARC_GEV_CM / width[column]
            for d in range(6):
                z = depths[d] + 1.0 + points
                chance = np.exp(-(20.0 - z) / length) - np.exp(-(end - z) / length)
                expected += production.weights[d, k, column] * float(shares @ chance) / 2.0
        expected *= coupling**2 * electrons[column]
        # Differences of exponentials here, expm1 there; Gauss points resolve exp(2 cm/length).
        close(found[column], expected, 1e-7)


def test_stable_and_fast_bosons():
    production = Production(
        MASSES, np.array([0.0, 1.0]), np.full((1, 3), 50.0), np.ones((1, 1, 3)), "electron"
    )
    window = Window(10.0)
    assert np.all(in_window(production, window, np.zeros((1, 3))) == 1.0)
    assert np.all(in_window(production, window, np.full((1, 3), 1e60)) == 0.0)
    rate = decay_rate(np.array([1e-300, 1.0, 1e30]), np.full((1, 3), 50.0), MASSES)
    assert np.all(np.isfinite(rate))
    found = FlightYield.prepare(VISIBLE, production, window).per_particle(np.full((2, 3), 1e60))
    assert found.shape == (2, 3)
    assert not np.any(np.isnan(found))


def test_windows_in_bad_order():
    with pytest.raises(ValidityError, match="in front of its start"):
        Window(10.0, 5.0)
    for values in ((-1.0, 5.0), (math.nan, 5.0), (math.inf, math.inf), (1.0, math.nan)):
        with pytest.raises(EmissError):
            Window(*values)
    production = Production(
        MASSES, np.array([0.0, 20.0]), np.full((1, 3), 50.0), np.ones((1, 1, 3)), "electron"
    )
    with pytest.raises(ValidityError, match="limit the depth"):
        FlightYield.prepare(VISIBLE, production, Window(10.0))
    empty = Production(
        MASSES, np.array([0.0, 5.0]), np.full((1, 3), 50.0), np.ones((1, 1, 3)), "electron"
    )
    nothing = FlightYield.prepare(VISIBLE, empty, Window(10.0, 10.0))
    assert np.all(nothing.per_particle(np.full(3, 1e-4)) == 0.0)


BOSONS = [n for n in models.names() if not isinstance(models.get(n), MesonModel)]


@pytest.mark.parametrize("name", BOSONS)
def test_width_law_of_every_model(name):
    model = models.get(name)
    masses = np.array([5e-4, 0.03, 0.4])
    if isinstance(model, MesonModel):
        with pytest.raises(ValidityError, match="hadron experiment"):
            width_law(model, masses)
        return
    law = width_law(model, masses)
    for coupling in (1e-6, 3e-3, 0.7):
        total, seen, unseen = law.at(np.full(3, coupling))
        expected = model.total_width(masses, np.full(3, coupling))
        # A part in 1e9 of a width is taken for a rounding.
        np.testing.assert_allclose(total, expected, rtol=1e-8)
        branching = model.invisible_branching(masses, np.full(3, coupling))
        np.testing.assert_allclose(unseen, branching, rtol=1e-8)
        np.testing.assert_allclose(seen + unseen, 1.0, rtol=1e-8)


@dataclass(frozen=True)
class Mixed:
    """Decays at a rate that the coupling has no part in, and to leptons by its square."""

    name: str = "mixed"

    def partial_widths(self, mass, coupling):
        return {"e+ e-": 2e-9 * mass + 5e-8 * mass * coupling**2}


def test_width_law_of_a_constant_and_a_square():
    masses = np.array([0.01, 0.3])
    law = width_law(Mixed(), masses)
    for coupling in (1e-6, 0.02, 0.3):
        total, seen, _ = law.at(np.full(2, coupling))
        np.testing.assert_allclose(total, masses * (2e-9 + 5e-8 * coupling**2), rtol=1e-12)
        np.testing.assert_allclose(seen, 1.0, rtol=1e-12)


def test_primakoff_takes_the_same_probability():
    alp = models.get("alp")
    target = setup()
    flown = escaping("primakoff", target, alp, MASSES)
    hooked = primakoff_yield(target, alp, MASSES, invisible=Escape(alp, 567.0))
    for coupling in (1e-5, 1e-3):
        value = np.full(3, coupling)
        # All energies one by one against 64 groups; production at the front against 1 to 2 cm.
        np.testing.assert_allclose(
            flown.per_particle(value), hooked.per_particle(value), rtol=0.02, atol=1e-40
        )


def test_yield_rises_and_falls_with_the_coupling():
    masses = np.array([0.01])
    flown = escaping("bremsstrahlung", setup(), VISIBLE, masses)
    grid = np.geomspace(1e-6, 1e-2, 200)[:, None]
    events = flown.per_particle(grid)[:, 0]
    peak = int(np.argmax(events))
    # At first quadratic, in the end exponentially small, with one maximum between.
    close(events[1] / events[0], (grid[1, 0] / grid[0, 0]) ** 2, 1e-3)
    assert np.all(np.diff(events[: peak + 1]) > 0.0)
    assert np.all(np.diff(events[peak:]) <= 1e-12 * events[peak:-1])
    assert events[-1] < 1e-100 * events[peak]


@pytest.mark.parametrize("name", ["na64e-2016-2022", "na64e-plus-2022"])
def test_neutrinos_decide_where_visible_decays_are_rare(name):
    from emiss.inference import limit
    from emiss.yields import fate, signal_yield

    masses = np.geomspace(1e-3, 0.4, 5)
    gauge = models.get("lmu-ltau", {})
    assert not signal_yield(name, gauge, masses).decays_in_flight
    found = limit(name, gauge, masses=masses)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fate, "_neutrinos_decide", lambda *_, **__: np.zeros(5, np.bool_))
        slow = limit(name, gauge, masses=masses)
    np.testing.assert_allclose(found.observed, slow.observed, rtol=1e-4)
    # A light B - L boson decays to electrons often enough, and flies far.
    light = models.get("b-l", {})
    assert signal_yield("na64e-2016-2022", light, np.array([2e-3])).decays_in_flight


def test_huge_couplings_are_refused():
    from emiss.yields import signal_yield

    signal = signal_yield("na64-visible-2017", VISIBLE, MASSES)
    assert np.all(np.isfinite(signal.events(1e60)))
    for coupling in (1e61, 1e200, np.inf, np.nan, -1.0):
        with pytest.raises(EmissError, match=r"^coupling: .* to 1e\+60"):
            signal.events(coupling)


def test_decays_that_count_from_inside_the_dump_are_refused(tmp_path):
    from emiss.ground.errors import ExperimentFileError

    text = experiments.template()
    path = tmp_path / "mine.toml"
    old = '# decays_from = "hcal1"'
    assert text.count(old) == 1
    for name, words in (("ecal", "'ecal' is not behind"), ("hcal1", "there is no element 'hcal1'")):
        path.write_text(text.replace(old, f'decays_from = "{name}" # '), "utf-8")
        with pytest.raises(ExperimentFileError, match=words):
            experiments.get(path)
    inside = with_element(experiments.get("na64e-2016"), "hcal0", position=40.0)
    assert any("'hcal0'" in words for words in problems(inside))


def test_window_of_the_catalogue():
    """Visible decays count behind the last module on the axis of the boson, or from the second."""
    found = experiments.get("na64e-2016")
    window = found.runs[0].setup.window
    # From 0.53 m three modules of 48 layers of 25 mm of iron and 4 mm of scintillator each.
    close(window.start, 53.0 + 3 * 48 * 2.9, 1e-12)
    assert window.invisible
    assert window.end == math.inf

    def without_modules(layout):
        import dataclasses

        kept = tuple(e for e in layout.elements if e.role != "hadronic")
        cuts = tuple(c for c in layout.selection.cuts if c.variable != "hadronic_energy")
        selection = dataclasses.replace(layout.selection, cuts=cuts)
        return dataclasses.replace(layout, elements=kept, selection=selection)

    alone = with_layout(found, without_modules)
    assert alone.runs[0].setup.window is None
    second = experiments.get("na64e-alp-2016-2018").runs[0].setup
    close(second.window.start, 53.0 + 48 * 2.9, 1e-12)
