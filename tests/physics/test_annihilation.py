"""Resonant annihilation: crossing, limits, and cells against adaptive quadrature."""

import itertools
import math

import numpy as np
import pytest
from closeness import close
from numpy.testing import assert_allclose
from scipy.integrate import quad

from emiss import materials, models
from emiss.ground import constants as const
from emiss.ground.errors import EmissError, UnknownNameError, ValidityError
from emiss.physics.models.user_model import Names, UserModel
from emiss.physics.processes import annihilation as process
from emiss.physics.processes.annihilation import AnnihilationLuminosity

ME = const.ELECTRON_MASS


@pytest.mark.parametrize("kind", ["scalar", "majorana", "dirac", "pseudo-dirac"])
@pytest.mark.parametrize("energy", [0.2, 20.0, 49.0, 100.0])
@pytest.mark.parametrize("form", ["energy-dependent", "constant", "running"])
def test_dark_photon_is_the_crossed_formula(kind, energy, form):
    mass, alpha_dark = 0.2, 0.3
    model = models.DarkPhoton(alpha_dark=alpha_dark, dark_matter=kind)
    s = 2 * ME * (energy + ME)
    chi2 = (mass / 3) ** 2
    b = math.sqrt(max(1 - 4 * chi2 / s, 0.0))
    on_shell = math.sqrt(1 - 4 / 9)

    def f(b_, ratio):
        forms = {"scalar": b_**3 / 4, "majorana": b_**3 / 2}
        return forms.get(kind, b_ * (1 + 2 * ratio))

    width = alpha_dark * mass / 3 * f(on_shell, 1 / 9)
    imaginary = {
        "energy-dependent": alpha_dark * s / 3 * f(b, chi2 / s),
        "constant": mass * width,
        "running": s * width / mass,
    }
    beta = math.sqrt(1 - 4 * ME**2 / s)
    sigma = 4 * math.pi / 3 * const.ALPHA * alpha_dark * s * f(b, chi2 / s)
    sigma *= (1 + 2 * ME**2 / s) / beta / ((s - mass**2) ** 2 + imaginary[form] ** 2)
    expected = sigma * const.GEV2_PICOBARN
    value = process.cross_section_pb(energy, mass, model, width_form=form)
    assert_allclose(value, expected, rtol=1e-11, atol=0.0)
    # In the limit of small coupling the same follows with a coupling given.
    small = process.cross_section_pb(energy, mass, model, 1e-6, width_form=form) / 1e-12
    assert_allclose(small, expected, rtol=1e-9, atol=0.0)


def test_coupling_enters_the_total_width():
    model = models.DarkPhoton(alpha_dark=1e-3, dark_matter="scalar")
    peak = process.resonance_energy(0.2)
    at_peak = process.cross_section(peak, 0.2, model, 0.1)
    narrow = process.cross_section(peak, 0.2, model) * 0.01
    ratio = model.dark_width(0.2) / model.total_width(0.2, 0.1)
    assert ratio < 0.9
    close(at_peak, float(narrow * ratio**2), 1e-6)


def test_running_width_is_the_constant_one_on_the_pole():
    model = models.DarkPhoton(alpha_dark=0.5, dark_matter="dirac")
    peak = float(process.resonance_energy(0.25))
    for energy, wanted in ((peak, 1.0), (1.3 * peak, None)):
        constant = process.cross_section(energy, 0.25, model, width_form="constant")
        running = process.cross_section(energy, 0.25, model, width_form="running")
        s, mg = float(process.squared_energy(energy)), 0.25 * float(model.dark_width(0.25))
        expected = ((s - 0.0625) ** 2 + mg**2) / ((s - 0.0625) ** 2 + (mg * s / 0.0625) ** 2)
        close(running / constant, expected, 1e-10)
        if wanted:
            close(expected, wanted, 1e-10)


@pytest.mark.parametrize("boson", models.BOSONS)
def test_unitarity_on_the_pole(boson):
    # sigma_max = (2J+1) (4 pi/ p^2)/4 B_ee B_inv, independent of the couplings' normalisation.
    model = models.Leptophilic(kind=boson, dark_matter="dirac", alpha_dark=1e-4)
    mass, coupling = 0.05, 0.02
    widths = model.partial_widths(mass, coupling)
    total = model.total_width(mass, coupling)
    p2 = mass**2 / 4 - ME**2
    spins = 3 if boson in ("vector", "axial") else 1
    expected = spins * math.pi / p2 * widths["e+e-"] * widths["chi chi"] / total**2
    peak = process.resonance_energy(mass)
    value = process.cross_section(peak, mass, model, coupling) / const.GEV2_CM2
    close(value, float(expected), 1e-9)


def test_narrow_width_integral():
    model = models.DarkPhoton(alpha_dark=1e-6)
    mass, epsilon = 0.2, 1e-6
    closed = 2 * math.pi**2 * const.ALPHA * epsilon**2 / ME * const.GEV2_CM2
    value = float(process.narrow_width_integral(mass, model, epsilon))
    close(value, closed, 1e-4)  # electron mass: 6 m_e^2/s = 4e-5
    peak = float(process.resonance_energy(mass))
    half = mass * float(model.total_width(mass, epsilon)) / (2 * ME)
    # E = E_res + half tan(phi): the Lorentzian becomes flat.
    integrand = lambda phi: (  # noqa: E731
        float(process.cross_section(peak + half * math.tan(phi), mass, model, epsilon))
        * half
        / math.cos(phi) ** 2
    )
    # +-2000 half-widths hold all but 1/(1000 pi) = 3.2e-4 of the integral.
    cut = math.atan(2000.0)
    numeric = quad(integrand, -cut, cut, epsrel=1e-9, epsabs=0.0)[0]
    close(numeric / value, 2 * cut / math.pi, 1e-5)


def reference_events(luminosity, mass, model, coupling, width_form):
    """Adaptive quadrature of the cross-section over each cell, broken at the resonance."""
    width = (
        float(model.dark_width(mass))
        if coupling is None
        else float(model.total_width(mass, coupling))
    )
    steps = mass * width * np.array([1, 3, 10, 30, 100, 1e3, 1e4, 1e5, 1e6])
    around = mass**2 + np.concatenate((-steps[::-1], [0.0], steps))
    total = 0.0
    for low, high, weight in zip(
        luminosity.s_edges[:-1], luminosity.s_edges[1:], luminosity.weights, strict=True
    ):
        points = [low, *around[(around > low) & (around < high)], high]

        def sigma(s):
            energy = s / (2 * ME) - ME
            return float(
                process.cross_section(energy, mass, model, coupling, width_form=width_form)
            )

        integral = sum(
            quad(sigma, a, b, epsrel=1e-9, epsabs=0.0, limit=200)[0]
            for a, b in itertools.pairwise(points)
        )
        total += weight * integral / (high - low)
    return total


def toy_luminosity(cells=60, **options):
    edges = np.geomspace(20.0, 100.0, cells + 1)
    tracks = 10.0 * (1 / edges[:-1] - 1 / edges[1:])
    return AnnihilationLuminosity.from_track_length(edges, tracks, materials.get("Pb"), **options)


@pytest.mark.parametrize("alpha_dark", [1e-7, 1e-3, 0.1, 1.0])  # width/m from 1e-8 to 0.08
@pytest.mark.parametrize("mass", [0.12, 0.2, 0.2871, 0.35])
@pytest.mark.parametrize("form", ["constant", "running"])
def test_cells_against_adaptive_quadrature(alpha_dark, mass, form):
    model = models.DarkPhoton(alpha_dark=alpha_dark, dark_matter="scalar")
    luminosity = toy_luminosity()
    # Steps in s large against 1e-10 of s: the reference itself needs s(E) to 1e-16/1e-8.
    expected = reference_events(luminosity, mass, model, None, form)
    value = float(luminosity.events(mass, model, width_form=form))
    # The numerator is linear in cells of 2.7 %: 5e-4.
    close(value, expected, 6e-4)


def test_error_of_the_cells_falls_with_their_square():
    model = models.DarkPhoton(alpha_dark=1.0, dark_matter="dirac")  # broad: no jitter of the pole

    def events(cells):  # the same uniform density for any number of cells
        edges = np.geomspace(20.0, 100.0, cells + 1)
        luminosity = AnnihilationLuminosity.from_track_length(
            edges, 0.01 * np.diff(edges), materials.get("Pb")
        )
        return float(luminosity.events(0.15, model))  # dark threshold below all cells

    fine = events(2560)
    errors = [events(n) / fine - 1 for n in (20, 40, 80)]
    close(errors[0] / errors[1], 4.0, 0.3)
    close(errors[1] / errors[2], 4.0, 0.3)
    assert abs(errors[2]) < 1e-3


def threshold_reference(luminosity, mass, model):
    """Fine integral in v = sqrt(s - threshold), written out, with breaks at every scale of it."""
    sector = model.dark_sector
    chi = mass / sector.mass_ratio
    threshold, pole = (2 * chi) ** 2, math.sqrt(mass**2 - (2 * chi) ** 2)
    power, norm = {
        ("dirac", "vector"): (1, 1.0),
        ("pseudo-dirac", "vector"): (1, 1.0),
        ("majorana", "vector"): (3, 0.5),
        ("scalar", "vector"): (3, 0.25),
        ("dirac", "scalar"): (3, 1.5),
        ("dirac", "pseudoscalar"): (1, 1.5),
    }[sector.kind, model.boson]
    spin = 2 if model.boson == "vector" and power == 1 else 0
    states = 3 if model.boson == "vector" else 1

    def imaginary(v):
        s = threshold + v * v
        return (
            sector.alpha_dark / 3 * s * norm * (v / math.sqrt(s)) ** power * (1 + spin * chi**2 / s)
        )

    def integrand(v):
        r2 = ME**2 / (threshold + v * v)
        b = math.sqrt(1 - 4 * r2)
        electron = {"vector": b * (1 + 2 * r2) / 12, "scalar": b**3 / 8, "pseudoscalar": b / 8}
        pair = states * 4 * electron[model.boson] / b**2  # times s Gamma_inv / sqrt(s) below
        bottom = ((v - pole) * (v + pole)) ** 2 + imaginary(v) ** 2
        return 2 * v * pair * imaginary(v) / bottom

    at_pole = imaginary(pole)
    breaks = [pole * f for f in (1e-3, 0.01, 0.1, 0.3, 0.7, 1.5, 3.0, 10.0)]
    breaks += [pole**3 / at_pole * f for f in (0.01, 0.1, 1.0, 10.0)]
    steps = at_pole / (2 * pole) * np.array([0.0, 1, 3, 10, 30, 100, 1e3, 1e4])
    breaks += [*(pole - steps), *(pole + steps)]
    total = 0.0
    for low, high, weight in zip(
        luminosity.s_edges[:-1], luminosity.s_edges[1:], luminosity.weights, strict=True
    ):
        if high > threshold:
            ends = math.sqrt(max(low - threshold, 0.0)), math.sqrt(high - threshold)
            points = [ends[0], *sorted(x for x in breaks if ends[0] < x < ends[1]), ends[1]]
            parts = [quad(integrand, a, b, epsrel=1e-9)[0] for a, b in itertools.pairwise(points)]
            total += weight * sum(parts) / (high - low)
    return total * const.GEV2_CM2 * float(model.lepton_coupling("e", 1.0, mass)) ** 2


KINDS = [
    *(("vector", kind) for kind in ("scalar", "majorana", "dirac", "pseudo-dirac")),
    ("scalar", "dirac"),
    ("pseudoscalar", "dirac"),
]


@pytest.mark.parametrize(("boson", "kind"), KINDS)
@pytest.mark.parametrize("ratio", [2.0001, 2.01, 2.1, 3.0, 10.0])
@pytest.mark.parametrize("alpha_dark", [1e-5, 0.01, 0.5])
def test_threshold_of_the_dark_matter_against_a_fine_integral(boson, kind, ratio, alpha_dark):
    model = models.Leptophilic(
        kind=boson, dark_matter=kind, alpha_dark=alpha_dark, mass_ratio=ratio
    )
    luminosity = toy_luminosity(96)
    # Below, in the middle and at the end of the window of 143 to 320 MeV, and threshold inside it.
    masses = np.array([0.147, 0.25, 0.318]) if ratio < 3.0 else np.array([0.25, 0.318, 0.4])
    expected = [threshold_reference(luminosity, float(m), model) for m in masses]
    # Beyond the zone numerators are linear in cells of 1.7 %, (0.017)^2/12 times the curvature:
    # measured 2e-5 with the pole in the window, 1e-4 with nothing but a tail of b^3 (400 MeV).
    assert_allclose(luminosity.events(masses[:2], model), expected[:2], rtol=5e-5, atol=0.0)
    assert_allclose(luminosity.events(masses, model), expected, rtol=2e-4, atol=0.0)


def test_width_follows_its_threshold():
    masses = np.array([0.25])

    def ratio(kind, form):
        found = [
            toy_luminosity(96).events(
                masses, models.DarkPhoton(mass_ratio=r, dark_matter=kind), width_form=form
            )
            for r in (2.0001, 3.0)
        ]
        return float(found[0][0] / found[1][0])

    # The narrow-width limit does not depend on the ratio; what is left is the tails'.
    for kind in ("scalar", "majorana", "dirac"):
        assert abs(ratio(kind, "energy-dependent") - 1.0) < 0.1
    # A width that is constant goes to zero at the threshold and leaves too much beside the pole.
    assert ratio("dirac", "constant") > 1.3


def test_neutrinos_below_the_threshold_of_the_dark_matter_count():
    model = models.LMuLTau(dark_matter="dirac", g_chi=1.0, mass_ratio=2.05)
    luminosity = toy_luminosity()
    mass, coupling = np.array([0.25]), np.array([0.5])

    def sigma(s):
        return float(process.cross_section(s / (2 * ME) - ME, mass[0], model, coupling[0]))

    threshold = float(model.dark_sector.threshold(mass[0]))
    total = 0.0
    for low, high, weight in zip(
        luminosity.s_edges[:-1], luminosity.s_edges[1:], luminosity.weights, strict=True
    ):
        inner = [x for x in (threshold, mass[0] ** 2) if low < x < high]
        parts = itertools.pairwise([low, *inner, high])
        total += weight * sum(quad(sigma, a, b, epsrel=1e-8)[0] for a, b in parts) / (high - low)
    # Cells of 2.7 %: 6e-5 times the curvature.
    assert_allclose(luminosity.events(mass, model, coupling), total, rtol=3e-4, atol=0.0)


def test_narrow_resonance_between_edges_is_not_lost():
    model = models.DarkPhoton(alpha_dark=1e-9)
    luminosity = toy_luminosity(20)
    masses = np.linspace(0.2, 0.3, 301)
    events = luminosity.events(masses, model, 1e-8)
    assert np.all(events > 0.0)
    density = luminosity.weights / np.diff(luminosity.s_edges)
    cell = np.searchsorted(luminosity.s_edges, masses**2) - 1
    narrow = process.narrow_width_integral(masses, model, 1e-8) * 2 * ME
    # Linear numerator over cells of 8 %, f ~ b^3: 3e-3.
    close(events, narrow * density[cell], 4e-3)


def test_threshold_cuts_the_cell_that_holds_it():
    model = models.DarkPhoton(alpha_dark=0.1)
    cut = toy_luminosity(min_energy=50.0)
    close(cut.s_edges[0], 2 * ME * (50.0 + ME), 1e-6)
    whole = toy_luminosity()
    assert cut.weights.sum() < 0.4 * whole.weights.sum()
    edges = np.geomspace(20.0, 100.0, 61)
    split = np.sort(np.append(edges, 50.0))
    tracks = 10.0 * (1 / edges[:-1] - 1 / edges[1:])
    cumulative = np.interp(split, edges, np.concatenate(([0.0], np.cumsum(tracks))))
    fine = np.diff(cumulative)
    passed = AnnihilationLuminosity.from_track_length(
        split, fine, materials.get("Pb"), efficiency=(split[:-1] >= 50.0).astype(float)
    )
    masses = np.array([0.2, 0.23, 0.3])
    # Cell borders differ: second-order error of the linear numerator.
    close(cut.events(masses, model), passed.events(masses, model), 1e-3)
    none = toy_luminosity(min_energy=200.0)
    assert np.all(none.events(masses, model) == 0.0)


def test_prepared_equals_direct():
    model = models.DarkPhoton(alpha_dark=1e-3)
    luminosity = toy_luminosity()
    masses = np.array([0.2, 0.25, 0.5])
    couplings = np.array([1e-6, 1e-4, 1e-2, 0.3])[:, np.newaxis] * np.ones(3)
    prepared = luminosity.prepare(masses, model)
    direct = luminosity.events(masses, model, couplings)
    # Width changes below 1e-7 are neglected.
    close(prepared.events(couplings), direct, 3e-7)
    blind = UserModel(Names("x", "X"), "vector", mu=1.0, dark_matter="dirac")
    assert np.all(luminosity.prepare(masses, blind).events(couplings) == 0.0)
    neutrinos = models.LMuLTau()
    close(
        luminosity.prepare(masses, neutrinos).events(couplings),
        luminosity.events(masses, neutrinos, couplings),
        1e-12,
    )


def test_neutrino_final_state_of_a_gauge_boson():
    model = models.BMinusL()
    peak = process.resonance_energy(0.2)
    value = process.cross_section(peak, 0.2, model, 1e-4)
    widths = model.partial_widths(0.2, 1e-4)
    share = widths["e+e-"] * widths["nu nu"] / model.total_width(0.2, 1e-4) ** 2
    expected = 12 * math.pi / 0.04 * share * const.GEV2_CM2
    close(value, float(expected), 1e-3)  # p^2 = m^2/4 - m_e^2
    with pytest.raises(ValidityError, match="no dark matter"):
        process.cross_section(peak, 0.2, model)


def test_bad_input():
    model = models.DarkPhoton()
    with pytest.raises(EmissError, match=r"^energy: "):
        process.cross_section(1e-4, 0.2, model)
    with pytest.raises(EmissError, match="mass"):
        process.cross_section(50.0, -0.2, model)
    with pytest.raises(UnknownNameError, match="constant"):
        process.cross_section(50.0, 0.2, model, width_form="constnt")
    with pytest.raises(EmissError, match="track lengths"):
        AnnihilationLuminosity.from_track_length([1.0, 2.0], [1.0, 2.0], materials.get("Pb"))
    with pytest.raises(EmissError, match="ascending"):
        AnnihilationLuminosity(np.array([2.0, 1.0]), np.array([1.0]))
    with pytest.raises(EmissError, match="not negative"):
        AnnihilationLuminosity(np.array([1.0, 2.0]), np.array([math.nan]))


def test_shapes_of_luminosities_match():
    one = np.array([1.0])
    for edges, weights in (
        (np.array([1.0, 2.0]), np.array([1.0, 1.0])),
        (np.array([[1.0, 2.0]]), one),
        (np.array([1.0, 2.0]), one[None]),
    ):
        with pytest.raises(EmissError, match="n \\+ 1 edges"):
            AnnihilationLuminosity(edges, weights)


@pytest.mark.parametrize("kind", ["pseudo-dirac", "scalar", "majorana"])
@pytest.mark.parametrize(("alpha_dark", "ratio"), [(0.1, 3.0), (12.0, 2.001), (1e-6, 20.0)])
def test_many_masses_are_as_each_alone(kind, alpha_dark, ratio):
    """Light bosons of a long row are interpolated, those asked one by one are not."""
    edges = np.geomspace(0.03, 0.1, 157)
    made = AnnihilationLuminosity(edges, np.linspace(2.0, 1.0, 156) ** 3)
    model = models.DarkPhoton(alpha_dark, ratio, kind)
    masses = np.geomspace(1e-3, 0.6, 900)
    together = made.events(masses, model)
    some = slice(0, None, 45)
    alone = [float(made.events(mass, model)) for mass in masses[some]]
    # The last bits of a constant width over many nodes: 2e-13.
    close(together[some], alone, 1e-12)


def test_cells_that_bend_or_step_are_told():
    """Densities 1, 1 and 4 with a tilt: a step where they differ, a bend at both ends of a tilt."""
    edges = np.array([1.0, 2.0, 3.0, 4.0, 5.0])
    flat = AnnihilationLuminosity(edges, np.array([1.0, 1.0, 1.01, 4.0]))
    assert flat.bends(0.03).tolist() == [4.0]
    assert flat.bends(0.005).tolist() == [3.0, 4.0]
    tilted = AnnihilationLuminosity(edges, np.ones(4), np.array([0.0, 0.1, 0.0, 0.0]))
    assert tilted.bends(0.03).tolist() == [2.0, 3.0]
    assert flat.bends(0.005, least=0.5).tolist() == [4.0]
