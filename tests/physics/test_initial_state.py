"""Radiation before annihilation: amplitudes from gamma matrices, folding against quadrature."""

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.integrate import quad
from scipy.special import erf

from emiss import experiments, materials, models
from emiss.ground import constants as const
from emiss.ground.errors import EmissError
from emiss.physics.processes import associated, initial_state
from emiss.physics.processes.annihilation import AnnihilationLuminosity, squared_energy
from emiss.physics.processes.annihilation_events import LineShape, sample_at
from emiss.physics.processes.atomic_electrons import electrons_by_element
from emiss.physics.processes.breit_wigner import electron_factor
from emiss.physics.processes.positron_tracks import PositronTracks
from emiss.physics.processes.radiative import RadiatedBosons
from emiss.yields import positrons as positron_yields
from emiss.yields import signal_yield
from emiss.yields.annihilation import annihilation_yield, associated_bosons, associated_yield
from emiss.yields.positrons import annihilation_luminosity, positrons
from emiss.yields.widths import QuadraticWidths

ME = const.ELECTRON_MASS
LEAD = materials.get("Pb")
NARROW = models.DarkPhoton(alpha_dark=1e-6, dark_matter="dirac")


# Amplitudes with explicit matrices --------------------------------------------------------------

_SIGMA = [
    np.array([[0, 1], [1, 0]], complex),
    np.array([[0, -1j], [1j, 0]]),
    np.array([[1, 0], [0, -1]], complex),
]
_ZERO, _ONE = np.zeros((2, 2)), np.eye(2)
GAMMA = [np.block([[_ONE, _ZERO], [_ZERO, -_ONE]]).astype(complex)]
GAMMA += [np.block([[_ZERO, s], [-s, _ZERO]]) for s in _SIGMA]
GAMMA5 = 1j * GAMMA[0] @ GAMMA[1] @ GAMMA[2] @ GAMMA[3]
METRIC = np.diag([1.0, -1.0, -1.0, -1.0])


def slash(p):
    return sum(METRIC[i, i] * p[i] * GAMMA[i] for i in range(4))


def squared_amplitude(boson, s, big_m, cosine):
    """(1/4) sum |M|^2 of e- e+ -> gamma X over e^2 g^2, summed over all states by traces."""
    energy = math.sqrt(s) / 2
    p = math.sqrt(energy**2 - ME**2)
    k = (s - big_m) / (2 * math.sqrt(s))
    sine = math.sqrt(1 - cosine**2)
    electron, positron = np.array([energy, 0, 0, p]), np.array([energy, 0, 0, -p])
    photon = k * np.array([1, sine, 0, cosine])
    vertices = {
        "vector": GAMMA,
        "scalar": [np.eye(4)],
        "pseudoscalar": [GAMMA5],
    }[boson]
    one = np.eye(4)

    def propagator(q):
        return (slash(q) + ME * one) / (q @ METRIC @ q - ME**2)

    after, before = propagator(electron - photon), propagator(photon - positron)
    spins = [slash(positron) - ME * one, slash(electron) + ME * one]
    total = 0.0
    for mu, vertex in itertools.product(range(4), range(len(vertices))):
        x = vertices[vertex]
        amplitude = x @ after @ GAMMA[mu] + GAMMA[mu] @ before @ x
        adjoint = GAMMA[0] @ amplitude.conj().T @ GAMMA[0]
        sign = -METRIC[mu, mu] * (-METRIC[vertex, vertex] if boson == "vector" else 1.0)
        total += sign * np.trace(spins[0] @ amplitude @ spins[1] @ adjoint).real
    return total / 4


@pytest.mark.parametrize("cosine", [-0.9999, -0.6, 0.0, 0.3, 0.99])
@pytest.mark.parametrize(
    ("boson", "mass"), [("vector", 0.1), ("vector", 0.002), ("scalar", 0.1), ("pseudoscalar", 0.25)]
)
def test_amplitude_from_gamma_matrices(boson, mass, cosine):
    energy = 90.0
    s = float(squared_energy(energy))
    low, high = (float(k) for k in associated.photon_energies(energy, mass))
    photon = low + 0.5 * (1 + cosine) * (high - low)
    value = float(associated.photon_spectrum(photon, energy, mass, boson=boson))
    beta = math.sqrt(1 - 4 * ME**2 / s)
    flux = (4 * math.pi * const.ALPHA) ** 2 * (s - mass**2) / (32 * math.pi * s**2 * beta)
    expected = flux * squared_amplitude(boson, s, mass**2, cosine) * const.GEV2_CM2
    expected *= 2 / (high - low)
    # Exact for a vector; spin 0 is given up to m_e^2/m_X^2 = 3e-5.
    rtol = 1e-8 if boson == "vector" else 2e-4
    assert_allclose(value, expected, rtol=rtol, atol=0.0)


@pytest.mark.parametrize("mass", [1e-6, 1e-3, 0.03, 0.2, 0.31])
@pytest.mark.parametrize("boson", ["vector", "scalar"])
def test_energy_distribution_integrates_to_the_total(mass, boson):
    energy = 97.0
    low, high = (float(k) for k in associated.photon_energies(energy, mass))
    middle = np.geomspace(1e-3, 0.5, 6)
    shares = np.concatenate([[0.0], middle, 1 - middle[-2::-1], [1.0]])
    edges = low + (high - low) * shares
    bins = associated.binned_cross_section(np.array([energy]), np.array([mass]), edges[None], boson)
    whole = associated.cross_section(energy, mass, boson=boson)
    assert_allclose(bins.sum(), whole, rtol=1e-12, atol=0.0)
    for value, (a, b) in zip(bins[0], itertools.pairwise(shares), strict=True):
        # In the rapidity-like y = ln(t/(1 - t)) the collinear peaks are flat.
        ends = [
            math.log(t / (1 - t)) if 0 < t < 1 else math.copysign(45.0, t - 0.5) for t in (a, b)
        ]

        def integrand(y):
            t = 1 / (1 + math.exp(-y))
            k = low + (high - low) * t
            slope = (high - low) * t * (1 - t)
            return float(associated.photon_spectrum(k, energy, mass, boson=boson)) * slope

        steps = np.linspace(*ends, 10)
        numeric = sum(quad(integrand, *pair, epsrel=1e-9)[0] for pair in itertools.pairwise(steps))
        assert_allclose(value, numeric, rtol=1e-6, atol=0.0)


# Folding ----------------------------------------------------------------------------------------


def toy(threshold=50.0, width=0.0, cells=96, power=3.0):
    """Positrons that fall with the energy, a sharp or a smeared threshold, no other selection."""
    edges = np.geomspace(40.0, 100.0, cells + 1)
    electrons = 1e25 * (edges[:-1] ** -power - edges[1:] ** -power)

    def passing(missing):
        if width == 0.0:
            return np.where(missing >= threshold, 1.0, 0.0)
        return 0.5 * (1 + erf((missing - threshold) / (math.sqrt(2) * width)))

    nodes = threshold + 4 * width * np.linspace(-1, 1, 9) if width else np.array([threshold])
    nothing = np.zeros((cells, 0))
    return PositronTracks(edges, electrons, nodes, passing, np.zeros(0), nothing, np.ones(cells))


@pytest.mark.parametrize("mass", [1e-5, 0.02, 0.1, 0.2, 0.25])
@pytest.mark.parametrize("energy", [51.0, 75.0, 99.0])
def test_accepted_is_the_closed_form_with_a_cut(mass, energy):
    tracks = toy()
    value = tracks.accepted(np.array([energy]), np.array([mass]), np.array([0]), "vector")
    cut = energy + ME - 50.0
    expected = associated.cross_section(energy, mass, max_photon_energy=cut)
    assert_allclose(value[0], float(expected), rtol=1e-10, atol=0.0)


def test_merged_cells_hold_the_same_electrons_and_acceptance():
    rng = np.random.default_rng(8)
    edges = np.geomspace(0.5, 100.0, 801)
    photons = np.array([0.1, 1.0, 10.0])
    tracks = PositronTracks(
        edges, rng.random(800), np.zeros(0), np.ones_like, photons,
        rng.random((800, 3)), rng.random(800),
    )  # fmt: skip
    merged = tracks.coarser()
    assert (merged.edges[0], merged.edges[-1]) == (edges[0], edges[-1])
    # Met electrons below any edge, and those after which the selection passes.
    inside = np.searchsorted(edges, merged.edges)
    assert_allclose(edges[inside], merged.edges, rtol=1e-14)
    for values, means in (
        (np.ones((800, 1)), np.ones((merged.electrons.size, 1))),
        (tracks.unseen[:, None], merged.unseen[:, None]),
        (tracks.trigger, merged.trigger),
    ):
        sums = np.cumsum(values * tracks.electrons[:, None], axis=0)[inside[1:] - 1]
        known = np.cumsum(means * merged.electrons[:, None], axis=0)
        assert_allclose(known, sums, rtol=1e-12)
    # The cells of the quarter below the top stay; further down they are at least 1.5 % wide.
    near = np.log(100.0 / merged.edges) < 0.29
    assert np.sum(near) == np.sum(np.log(100.0 / edges) < 0.29)
    steps = np.diff(np.log(merged.edges[np.log(100.0 / merged.edges) > 0.32]))
    assert steps.min() > 0.0149
    assert steps.max() < 0.02


def hard_reference(tracks, big_m, separation, boson="vector", window=(0.0, 1e9), power=0):
    """Nested quadrature over s and the photon's energy, the acceptance evaluated, not binned.

    Of bosons with an energy in a window, times a power of it.
    """
    s = squared_energy(tracks.edges)
    x, w = np.polynomial.legendre.leggauss(5)
    total = 0.0
    for low, high, met in zip(s[:-1], s[1:], tracks.electrons, strict=True):
        start = max(low, big_m / (1 - separation))
        if start >= high:
            continue
        at = 0.5 * (start + high) + 0.5 * (high - start) * x
        energy = at / (2 * ME) - ME
        b = 2 * const.ALPHA / math.pi * (np.log(at / ME**2) - 1)
        d = 0.75 * b + const.ALPHA / math.pi * (math.pi**2 / 3 - 0.5)
        k_low, k_high = associated.photon_energies(energy, math.sqrt(big_m))
        k_low = np.maximum(k_low, energy + ME - window[1])
        k_high = np.maximum(np.minimum(k_high, energy + ME - window[0]), k_low)
        y, v = np.polynomial.legendre.leggauss(120)
        t = 1 / (1 + np.exp(-30.0 * y))[:, None]
        k = k_low + (k_high - k_low) * t
        spectrum = associated.photon_spectrum(k, energy, math.sqrt(big_m), boson=boson)
        slope = 30.0 * v[:, None] * (k_high - k_low) * t * (1 - t)
        missing = energy + ME - k
        sigma = np.sum(spectrum * slope * tracks.passing(missing) * missing**power, axis=0)
        value = (1 - big_m / at) ** b * (1 + d) * sigma
        total += met / (high - low) * 0.5 * (high - start) * float(np.sum(w * value))
    return total


@pytest.mark.parametrize("boson", ["vector", "scalar"])
@pytest.mark.parametrize("threshold", [30.0, 55.0])
@pytest.mark.parametrize("big_m", [1e-10, 1e-4, 0.01, 0.03, 0.04, 0.06, 0.08])
def test_hard_rate_against_nested_quadrature(big_m, threshold, boson):
    tracks = toy(threshold, 2.0)
    value = initial_state.hard_rate(tracks, np.array([big_m]), boson)[0]
    # Cells of 3 %, midpoints of the smeared threshold; close to the largest M few cells are left.
    assert_allclose(value, hard_reference(tracks, big_m, 0.1, boson), rtol=0.01, atol=0.0)


@pytest.mark.parametrize("boson", ["vector", "scalar"])
@pytest.mark.parametrize("big_m", [1e-4, 0.03])
def test_hard_spectrum_against_nested_quadrature(big_m, boson):
    """Bosons above any edge, and their mean energy."""
    tracks = toy(30.0, 2.0)
    edges = np.array([20.0, 45.0, 55.0, 70.0, 85.0, 105.0])
    nodes = np.array([big_m])
    found, sums = (part[:, 0] for part in initial_state.hard_spectrum(tracks, nodes, boson, edges))
    above = np.cumsum(found[::-1])[::-1]
    for low, number in zip(edges[1:-1], above[1:], strict=True):
        # A boson often takes all of the positron, whose cells are 3 % wide: it may be on the other
        # side of an edge. Beside that midpoints between nodes.
        more, less = (
            hard_reference(tracks, big_m, 0.1, boson, (low * share, 1e9))
            for share in (0.983, 1.017)
        )
        assert 0.99 * less < number < 1.01 * more
    mean = hard_reference(tracks, big_m, 0.1, boson, power=1)
    assert_allclose(sums.sum(), mean, rtol=0.01, atol=0.0)
    assert_allclose(sums / found, np.clip(sums / found, edges[:-1], edges[1:]), rtol=1e-12)
    whole = initial_state.hard_rate(tracks, nodes, boson)
    # Between other nodes midpoints differ.
    assert_allclose(found.sum(), whole[0], rtol=5e-3, atol=0.0)


def test_depths_are_rows_of_their_own():
    """Rates of several depths at once are those of each."""
    tracks, nodes = toy(55.0, 2.0), np.array([1e-4, 0.04])
    shares = np.array([[0.7], [0.3]]) * np.linspace(0.5, 1.0, tracks.electrons.size)
    both = replace(tracks, electrons=shares * tracks.electrons)
    edges = np.array([40.0, 60.0, 80.0, 105.0])
    hard = initial_state.hard_rate(both, nodes, "vector")
    spectrum, _ = initial_state.hard_spectrum(both, nodes, "vector", edges)
    soft = initial_state.soft_tracks(both)[1]
    for row in (0, 1):
        one = replace(both, electrons=both.electrons[row])
        assert_allclose(hard[row], initial_state.hard_rate(one, nodes, "vector"), rtol=1e-12)
        alone, _ = initial_state.hard_spectrum(one, nodes, "vector", edges)
        assert_allclose(spectrum[row], alone, rtol=1e-12)
        assert_allclose(soft[row], initial_state.soft_tracks(one)[1], rtol=1e-12)


def test_soft_photons_of_a_flat_luminosity():
    # With the same number of electrons per interval of s: x_0^b (1 + d) times the density, but for
    # hard corrections -b x_0 and the change of s, 1/(1 - x): both b x_0 = 6e-4 here.
    edges = np.geomspace(40.0, 100.0, 200)
    tracks = replace(
        toy(1.0, cells=199), edges=edges, electrons=1e20 * np.diff(squared_energy(edges))
    )
    separation = 0.01
    out, met = initial_state.soft_tracks(tracks, separation)
    density = met / np.diff(squared_energy(out))
    inside = (out[:-1] > 42.0) & (out[1:] < 95.0)
    b = 2 * const.ALPHA / math.pi * (math.log(0.07 / ME**2) - 1)
    d = 0.75 * b + const.ALPHA / math.pi * (math.pi**2 / 3 - 0.5)
    # b changes by 3 % over the range: b ln(x_0) by 0.8 %.
    assert_allclose(density[inside] / 1e20, separation**b * (1 + d), rtol=0.01, atol=0.0)


def test_energies_of_bosons_after_soft_photons():
    """Against events drawn one by one: photons along the positron take energy, others do not."""
    edges = np.geomspace(55.0, 80.0, 401)
    tracks = replace(
        toy(1.0, cells=400), edges=edges, electrons=1e20 * np.diff(squared_energy(edges))
    )
    big_m, separation = 0.25**2, initial_state.SEPARATION
    ratios = np.array([0.0, 1.004, 1.02, 1.05, 2.0])
    out, met, sums = initial_state.soft_spectrum(tracks, ratios)
    known_edges, known = initial_state.soft_tracks(tracks)
    assert_allclose(out, known_edges, rtol=1e-15)
    assert_allclose(met.sum(axis=0), known, rtol=1e-12)
    cell = int(np.searchsorted(squared_energy(out), big_m)) - 1
    s = 0.5 * (squared_energy(out)[cell] + squared_energy(out)[cell + 1])
    share = met[:, cell] / known[cell]
    ratio = sums[:, cell] / met[:, cell] * 2.0 * ME / s
    # even in s, from a resonance with its window up to what photons can bring down to it
    random = np.random.Generator(np.random.Philox(key=8))
    shape = LineShape.of(NARROW, math.sqrt(big_m), 100.0)
    drawn = random.uniform(0.996 * big_m, big_m / (1.0 - separation) * 1.004, 60_000)
    events = sample_at(drawn / (2.0 * ME) - ME, shape, random, radiation=True)
    e, p = events.boson[:, 0], np.linalg.norm(events.boson[:, 1:], axis=1)
    left = (e - p) * (e + p)
    soft = 1.0 - left / drawn <= separation
    where = np.searchsorted(ratios, 2.0 * ME * e / left) - 1
    weight = events.cross_section * soft
    total = np.bincount(where, weight, 4)
    # 60 000 events, of which a tenth is in a cell: 1.5 %; cells of 0.1 % in the energy
    assert_allclose(share, total / weight.sum(), rtol=0.06, atol=0.0)
    mean = np.bincount(where, weight * 2.0 * ME * e / left, 4) / total
    assert_allclose(ratio, mean, rtol=1e-3, atol=0.0)
    assert share[1:].min() > 0.01
    both = replace(tracks, electrons=np.array([[0.7], [0.3]]) * tracks.electrons)
    assert_allclose(initial_state.soft_spectrum(both, ratios)[1][0], 0.7 * met, rtol=1e-12)


@pytest.mark.parametrize("particle", ["e-", "e+"])
def test_events_do_not_depend_on_the_separation(particle):
    name = "na64e-2016-2022" if particle == "e-" else "na64e-plus-2022"
    found = experiments.get(name)
    tracks = positrons(found.runs[0].setup, None)
    masses = np.array([0.05, 0.15, 0.19, 0.23, 0.25, 0.28, 0.3])

    def events(separation):
        edges, met = initial_state.soft_tracks(tracks, separation)
        soft = AnnihilationLuminosity(squared_energy(edges), met).events(masses, NARROW)
        hard = RadiatedBosons.of(tracks, "vector", separation).events(masses, NARROW)
        return soft, hard

    reference = sum(events(0.1))
    for separation in (0.03, 0.2):
        soft, hard = events(separation)
        # The parts change by tens of percent, the sum by what cells of 3 % leave.
        assert_allclose(soft + hard, reference, rtol=0.015, atol=0.0)
    assert events(0.2)[1][4] < 0.8 * events(0.03)[1][4]


def test_leading_order_agrees_with_photons_of_first_order():
    # One photon, no exponent: (1 + b ln x_0 + d) Born + tree above x_0; differs by b^2 ln^2(x_0)/2.
    tracks, separation = toy(1.0, power=2.0), 0.1
    mass = 0.22
    edges, met = initial_state.soft_tracks(tracks, separation)
    soft = AnnihilationLuminosity(squared_energy(edges), met).events(mass, NARROW)
    born = AnnihilationLuminosity(squared_energy(tracks.edges), tracks.electrons)
    s = mass**2
    b = 2 * const.ALPHA / math.pi * (math.log(s / ME**2) - 1)
    d = 0.75 * b + const.ALPHA / math.pi * (math.pi**2 / 3 - 0.5)
    first_order = 1 + b * math.log(separation) + d
    # The falling luminosity within x < 0.1 costs some 2 b x_0 = 1 %.
    assert_allclose(soft / born.events(mass, NARROW), first_order, rtol=0.015, atol=0.0)


def test_narrow_and_broad_bosons_of_a_rate():
    tracks = toy(50.0, 2.0)
    rate = RadiatedBosons.of(tracks)
    masses = np.array([1e-6, 0.01, 0.1, 0.2, 0.27])
    narrow = rate.events(masses, NARROW, 1e-9) / 1e-18
    expected = np.interp(masses**2, rate.squared_masses, rate.rate)
    # The rate is linear between nodes 5 % apart, the numerator in the same cells as well.
    assert_allclose(narrow, expected, rtol=5e-3, atol=0.0)
    broad = models.DarkPhoton(alpha_dark=0.5, dark_matter="dirac", mass_ratio=2.2)
    mass = 0.2
    sector = broad.dark_sector
    assert sector is not None
    threshold = float(sector.threshold(mass))

    def integrand(v):
        m2 = threshold + v * v
        width = math.sqrt(m2) * float(sector.off_shell_width(m2, mass))
        value = float(np.interp(m2, rate.squared_masses, rate.rate))
        return 2 * v * value * width / math.pi / ((m2 - mass**2) ** 2 + width**2)

    top = math.sqrt(rate.squared_masses[-1] - threshold)
    nodes = np.sqrt(np.maximum(rate.squared_masses - threshold, 0.0))
    steps = np.unique(np.concatenate([[0.0, top], nodes]))
    numeric = sum(quad(integrand, *pair, epsrel=1e-8)[0] for pair in itertools.pairwise(steps))
    value = rate.events(mass, broad)
    assert_allclose(value, numeric, rtol=1e-3, atol=0.0)


# Yields -----------------------------------------------------------------------------------------

ELECTRONS = experiments.get("na64e-2016-2022")
SETUP = ELECTRONS.runs[0].setup
MASSES = np.array([0.001, 0.1, 0.2, 0.212, 0.25, 0.3])


def test_associated_production_can_be_left_out():
    model = models.DarkPhoton(dark_matter="scalar")
    parts = signal_yield("na64e-2016-2022", model, MASSES).per_process(1e-5)
    assert set(parts) == {"bremsstrahlung", "annihilation", "associated production"}
    assert all(np.all(value >= 0.0) for value in parts.values())
    without = signal_yield("na64e-2016-2022", model, MASSES, associated=False).per_process(1e-5)
    assert set(without) == {"bremsstrahlung", "annihilation"}
    assert_allclose(without["bremsstrahlung"], parts["bremsstrahlung"], rtol=1e-12, atol=0.0)
    born = annihilation_luminosity(SETUP).events(MASSES, model)
    plain = annihilation_yield(SETUP, model, MASSES).per_particle(np.full(6, 1e-6)) / 1e-12
    assert_allclose(plain, born, rtol=1e-9, atol=0.0)
    # Loss on the resonance: of order b ln(1/x), less than a quarter.
    ratio = parts["annihilation"][0] / without["annihilation"][0]
    assert np.all((ratio[4:] > 0.75) & (ratio[4:] < 1.0))


def test_gain_below_the_window_of_a_narrow_boson():
    """A boson too light for the threshold without a photon; arXiv:2505.10302 finds up to 1.3."""
    model = models.DarkPhoton(alpha_dark=1e-6)
    masses = np.linspace(0.18, 0.23, 26)
    coupling = 1e-6

    def events(associated_):
        found = signal_yield("na64e-2016-2022", model, masses, associated=associated_)
        return found.events(coupling).sum(axis=0)

    gain = np.sqrt(events(True) / events(False))
    assert 1.15 < gain.max() < 1.35
    assert 0.200 <= masses[np.argmax(gain)] <= 0.226
    # Without a width there is no resonance below the threshold to count twice.
    alone = signal_yield("na64e-2016-2022", model, masses, associated=False).per_process(coupling)
    assert alone["annihilation"][0][0] < 1e-3 * alone["bremsstrahlung"][0][0]


def test_electrons_of_chosen_elements_only():
    model = models.DarkPhoton()
    shares = electrons_by_element(SETUP.material)
    whole = annihilation_luminosity(SETUP).events(MASSES, model)
    lead = annihilation_luminosity(SETUP, elements=("Pb",)).events(MASSES, model)
    assert_allclose(lead / whole, shares[82] / sum(shares.values()), rtol=1e-12, atol=0.0)
    coupling = np.full(MASSES.size, 1e-6)
    for build in (annihilation_yield, associated_yield):
        parts = [
            build(SETUP, model, MASSES, elements=(e,)).per_particle(coupling)
            for e in ("Pb", "C", "H")
        ]
        together = build(SETUP, model, MASSES).per_particle(coupling)
        assert_allclose(sum(parts), together, rtol=1e-9, atol=0.0)
    moving = annihilation_luminosity(SETUP, True, elements=("Pb",))
    assert moving.weights.sum() < annihilation_luminosity(SETUP, True).weights.sum()
    with pytest.raises(EmissError, match="'Fe' is not in material"):
        annihilation_luminosity(SETUP, elements=("Fe",))


def test_one_line_shape_for_all_masses():
    """The limit of small coupling has a route of its own: against a fold mass by mass."""
    bosons = associated_bosons(SETUP)
    masses = np.array([1e-5, 0.01, 0.1, 0.2, 0.25, 0.35, 0.6])
    for options in ({"dark_matter": "scalar"}, {"alpha_dark": 0.5}, {"mass_ratio": 2.01}):
        model = models.DarkPhoton(**options)
        shared = bosons.events(masses, model)
        one_by_one = bosons.events(masses, model, 1e-9) / 1e-18
        # The fold takes the numerator as linear in cells of 5 % to 65 %, where the rate is flat.
        # Above the largest M of a real boson, where no one sees it, such cells leave 6 %.
        assert_allclose(shared[:5], one_by_one[:5], rtol=0.02, atol=0.0)
        assert_allclose(shared, one_by_one, rtol=0.1, atol=0.0)


def test_visible_decays_lower_the_rate_by_the_branching():
    model = models.DarkPhoton(alpha_dark=0.01)
    coupling = np.full(MASSES.size, 0.1)
    quick = associated_yield(SETUP, model, MASSES, widths=QuadraticWidths.of(model, MASSES))
    full = associated_bosons(SETUP).events(MASSES, model, coupling)
    assert np.all(model.invisible_branching(MASSES[1:], 0.1) < 0.999)
    # Visible widths are 1e-4 of the mass here; the last mass is next to the largest possible one.
    assert_allclose(quick.per_particle(coupling)[:5], full[:5], rtol=0.02, atol=0.0)
    assert_allclose(quick.per_particle(coupling), full, rtol=0.1, atol=0.0)


def test_bosons_that_decay_to_neutrinos():
    model = models.LMuLTau()
    widths = QuadraticWidths.of(model, MASSES)
    coupling = np.full((2, MASSES.size), 1e-3)
    narrow = associated_yield(SETUP, model, MASSES, widths=widths).per_particle(coupling)
    folded = associated_yield(SETUP, model, MASSES).per_particle(coupling)
    assert narrow.shape == (2, MASSES.size)
    # The fold is linear in the numerator between nodes 5 % apart; not so close to the largest M.
    assert_allclose(narrow[:, :5], folded[:, :5], rtol=0.01, atol=0.0)


def test_every_kind_of_boson():
    """Collinear photons do not know the spin: rates go with the resonance's strength."""
    vector = associated_bosons(SETUP, "vector")
    scalar = associated_bosons(SETUP, "scalar")
    s = vector.squared_masses
    use = (s > 1e-3) & (vector.rate > 0.0)
    strength = electron_factor("scalar", s[use]) / electron_factor("vector", s[use])
    ratio = scalar.rate[use] / vector.rate[use] / strength
    # What is not collinear is a term of order 1 beside a logarithm of 12, more at small M/s.
    assert np.all((ratio > 0.99) & (ratio < 1.25))
    axial = associated_bosons(SETUP, "axial")
    assert_allclose(axial.rate, vector.rate, rtol=1e-12, atol=0.0)


def test_rates_begin_at_the_lightest_mass_and_end_where_a_photon_is_hard():
    lightest, heaviest = associated_bosons(SETUP).span
    assert 0.0 < lightest <= 1e-6**2  # 1 keV
    # s = 2 m_e (E + m_e) at the beam energy, a tenth of which a separated photon takes.
    top = 2.0 * ME * (SETUP.beam_energy + ME) * 0.9
    assert_allclose(heaviest, top, rtol=0.1)  # beams have a spread of energies
    assert heaviest >= top


def test_a_photon_saves_the_preshower():
    positron = experiments.get("na64e-plus-2022")
    asked = positron.runs[0].setup
    tracks = positrons(asked, None)
    # The last cell is the primary positron, which leaves nothing behind unless it radiates.
    assert tracks.unseen[-1] < 1e-3
    assert tracks.trigger[-1, 0] < 1e-3
    assert tracks.trigger[-1, -1] > 0.99
    # Showers of recoils of different energies are different ones: a statistical error of 0.01.
    assert np.all(np.diff(tracks.trigger, axis=1) >= -0.03)
    assert np.all(tracks.trigger >= tracks.unseen[:, None] - 1e-12)
    free = replace(asked, min_preshower_energy=0.0, preshower_depth=0.0)
    masses = np.array([0.1, 0.2, 0.3])
    with_photon = associated_bosons(asked).events(masses, NARROW)
    assert np.all(with_photon < associated_bosons(free).events(masses, NARROW))


def test_a_sharp_threshold_is_sharp():
    """Without resolution what is missing passes from the threshold on."""
    setup = replace(experiments.get("na64e-2016").runs[0].setup, threshold_smearing=0.0)
    passing = positron_yields._passing(setup)
    least = setup.min_missing_energy
    assert passing(least * np.array([0.0, 1.0 - 1e-9, 1.0, 1.5])).tolist() == [0.0, 0.0, 1.0, 1.0]


def test_narrow_bosons_of_all_models_are_made_alike():
    """Per square of the coupling to electrons and per branching nothing of the model is left."""
    coupling = np.full(MASSES.size, 1e-4)
    rates = []
    for model in (models.LMuLTau(), models.BMinusL(), models.BMinusL(neutrinos="dirac")):
        widths = QuadraticWidths.of(model, MASSES)
        made = associated_yield(SETUP, model, MASSES, widths=widths).per_particle(coupling)
        strength = np.square(model.lepton_coupling("e", coupling, MASSES))
        rates.append(made / strength / model.invisible_branching(MASSES, coupling))
    assert np.all(rates[0] > 0.0)
    # The mixing of L_mu - L_tau with the photon runs with the mass, which both sides know.
    assert_allclose(rates[0], rates[1], rtol=1e-9, atol=0.0)
    assert_allclose(rates[2], rates[1], rtol=1e-9, atol=0.0)


@pytest.mark.parametrize(
    "parameters",
    [
        {},
        {"dark_matter": "scalar"},
        {"dark_matter": "scalar", "mass_ratio": 2.01},
        {"alpha_dark": 0.5, "mass_ratio": 2.01},
        {"dark_matter": "majorana", "alpha_dark": 1e-4},
    ],
    ids=str,
)
def test_what_visible_decays_change_is_the_integral_at_each_coupling(parameters):
    """Little of a visible width changes events by its first order, found at one coupling."""
    model, masses = models.DarkPhoton(**parameters), np.geomspace(0.05, 1.0, 60)
    made = annihilation_yield(SETUP, model, masses, widths=QuadraticWidths.of(model, masses))
    couplings = np.geomspace(1e-6, 1.0, 61)[:, None] * np.ones(masses.size)
    found, exact = made.per_particle(couplings), made._at_each(couplings)
    # What `NEGLIGIBLE_WIDTH` leaves out, and up to twice as much next to a threshold.
    assert_allclose(found, exact, rtol=6e-5, atol=1e-300)
    # Each coupling alone, another way round, is the same.
    again = annihilation_yield(SETUP, model, masses, widths=QuadraticWidths.of(model, masses))
    alone = np.stack([again.per_particle(each) for each in couplings[::-1]])[::-1]
    assert_allclose(alone, found, rtol=1e-12, atol=1e-300)


def test_couplings_asked_for_again_are_the_same():
    """Bosons that decay to neutrinos: the integral is made where the coupling is new."""
    model = models.LMuLTau()
    widths = QuadraticWidths.of(model, MASSES)
    first = np.geomspace(1e-4, 1.0, 3)[:, None] * np.ones(MASSES.size)
    second = first * np.array([1.0, 2.0, 1.0, 0.5, 1.0, 1.0])
    made = annihilation_yield(SETUP, model, MASSES, widths=widths)
    for coupling in (first, second, first, first[0], second[0]):
        alone = annihilation_yield(SETUP, model, MASSES, widths=widths).per_particle(coupling)
        assert_allclose(made.per_particle(coupling), alone, rtol=1e-12, atol=0.0)
    kept = made.per_particle(first)
    kept[:] = 0.0
    assert np.all(made.per_particle(first) == made._at_each(first))
