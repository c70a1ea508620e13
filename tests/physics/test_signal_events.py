"""Bosons made in showers: exact spectra, conservation, reproducibility, weights."""

import math
from dataclasses import replace

import numpy as np
import pytest
from closeness import close
from numpy.testing import assert_array_equal
from scipy.integrate import quad
from scipy.stats import chi2 as chi2_quantile

from emiss import materials, models
from emiss.events.signal import Source, sample_bosons
from emiss.events.signal.kinematics import (
    boosted,
    direction_of,
    invariant_mass,
    turned,
    two_body,
)
from emiss.events.signal.source import emitters
from emiss.events.transport import Beam, Slab, Stack
from emiss.ground.errors import UnknownNameError, ValidityError
from emiss.physics.processes import annihilation, associated, primakoff
from emiss.physics.processes.annihilation_events import LineShape
from emiss.physics.processes.annihilation_events import sample_at as annihilate_at
from emiss.physics.processes.bremsstrahlung import differential_x_theta, total_cross_section
from emiss.physics.processes.bremsstrahlung_sampler import sample_at as radiate_at
from emiss.physics.processes.initial_state import radiation_exponent, virtual_factor
from emiss.physics.processes.primakoff_events import differential_theta
from emiss.physics.processes.primakoff_events import sample_at as primakoff_at
from emiss.physics.processes.resonance import Resonance

LEAD = materials.get("Pb")
PB = materials.element("Pb")
PHOTON = models.get("dark-photon")
ME = 0.51099895e-3


def generator(seed=1):
    return np.random.Generator(np.random.Philox(seed))


def target(depth_x0=25.0):
    return Stack((Slab(LEAD, depth_x0 * LEAD.radiation_length_cm),))


@pytest.mark.parametrize(("mass", "energy"), [(0.01, 80.0), (0.2, 80.0), (0.2, 62.3)])
def test_bremsstrahlung_at_many_energies_has_the_exact_cross_section(mass, energy):
    """Weights against quadrature, 4 standard deviations; energy between the proposals' nodes."""
    vectors, weights = radiate_at(
        np.full(4000, energy), mass, element=PB, random=generator(), least=40.0
    )
    exact = total_cross_section(energy, mass, element=PB, min_x=40.0 / energy).value_pb
    error = weights.std() / math.sqrt(4000)
    close(weights.mean(), exact, 4 * error / exact)
    assert error / exact < 0.02
    # four-momentum: boson + lepton + nucleus = incoming lepton + nucleus at rest
    total = vectors[:, 0:4] + vectors[:, 4:8] + vectors[:, 8:12]
    close(total[:, 0], energy + PB.nuclear_mass, 1e-9)
    close(total[:, 3], math.sqrt(energy**2 - ME**2), 1e-9)
    close(invariant_mass(vectors[:, 0:4]), mass, 1e-4)
    assert vectors[:, 0].min() >= 40.0 * (1 - 1e-9)


def test_bremsstrahlung_spectrum_follows_the_quadrature():
    """Chi-squared of weighted counts in 10 bins of x, false-alarm probability 1e-4."""
    energy, mass, least = 90.0, 0.05, 45.0
    vectors, weights = radiate_at(
        np.full(6000, energy), mass, element=PB, random=generator(2), least=least
    )
    edges = np.linspace(0.5, 1.0, 11)
    x = vectors[:, 0] / energy
    got = np.histogram(x, edges, weights=weights)[0]
    variance = np.histogram(x, edges, weights=weights**2)[0]
    above = [
        total_cross_section(energy, mass, element=PB, min_x=float(e)).value_pb for e in edges[:-1]
    ]
    want = -np.diff([*above, 0.0]) * 6000
    assert float(np.sum((got - want) ** 2 / variance)) < chi2_quantile.isf(1e-4, 10)


def test_angles_of_bremsstrahlung_follow_the_double_differential_cross_section():
    """Bins of equal probability in theta at x = 0.8; chi-squared with false-alarm probability 1e-4.

    Events are those of x from 0.78 to 0.82, in which the distribution in theta changes by 2 %.
    """
    energy, mass = 90.0, 0.05
    vectors, weights = radiate_at(
        np.full(30_000, energy), mass, element=PB, random=generator(3), least=0.75 * energy
    )
    x = vectors[:, 0] / energy
    theta = np.arctan2(np.hypot(vectors[:, 1], vectors[:, 2]), vectors[:, 3])
    here = (x > 0.78) & (x < 0.82)
    grid = np.geomspace(1e-6, 0.05, 300)
    density = differential_x_theta([0.8], grid, energy, mass, element=PB).values_pb[0]
    steps = 0.5 * (density[1:] + density[:-1]) * np.diff(grid)
    cumulative = np.concatenate([[0.0], np.cumsum(steps)])
    edges = np.interp(np.linspace(0.0, 1.0, 9) * cumulative[-1], cumulative, grid)
    edges[0], edges[-1] = 0.0, math.pi
    got = np.histogram(theta[here], edges, weights=weights[here])[0]
    variance = np.histogram(theta[here], edges, weights=weights[here] ** 2)[0]
    want = got.sum() / 8
    chi2 = float(np.sum((got - want) ** 2 / (variance + (0.02 * want) ** 2)))
    assert chi2 < chi2_quantile.isf(1e-4, 7)


@pytest.mark.parametrize("mass", [0.1, 0.2, 0.27])
def test_line_shape_without_radiation_is_the_breit_wigner(mass):
    energies = np.geomspace(20.0, 100.0, 4001)
    shape = LineShape.of(PHOTON, mass, 100.0)
    got = np.trapezoid(shape.cross_section(energies, radiation=False), energies)
    unit = PHOTON.lepton_coupling("e", 1.0, np.array([mass]))[0] ** 2 / (4 * math.pi / 137.035999)
    want = np.trapezoid(annihilation.cross_section(energies, mass, PHOTON), energies) / unit
    close(got, want, 5e-3)  # cells of the line shape, 15 % wide far from the pole


@pytest.mark.parametrize(("alpha_dark", "narrow"), [(1e-6, True), (0.003, True), (0.03, False)])
def test_bosons_narrower_than_the_window_are_spread_over_it(alpha_dark, narrow):
    # Gamma/m is alpha_dark/3 times a phase space of 0.9, and the window 0.3 % of m^2.
    shape = LineShape.of(models.get("dark-photon", {"alpha_dark": alpha_dark}), 0.2, 100.0)
    close(np.sum(shape.density * np.diff(shape.edges)), 1.0, 1e-9 if narrow else 5e-2)
    close(shape.edges[0] / 0.04, 0.9985 if narrow else 1e-6, 1e-9)


def test_photons_of_annihilation_follow_associated_production():
    """A narrow boson far below s: photon energies against the closed form, false alarm 1e-4."""
    energy, mass, count = 80.0, 0.2, 20_000
    shape = LineShape.of(models.get("dark-photon", {"dark_matter": "none"}), mass, 100.0)
    made = annihilate_at(np.full(count, energy), shape, generator(4), radiation=True)
    low, high = associated.photon_energies(energy, mass)
    edges = np.linspace(low, 0.98 * high, 21)  # the end is smeared by the window in mass
    want = associated.binned_cross_section(np.array([energy]), np.array([mass]), edges[None])[0]
    got = np.histogram(made.photon[:, 0], edges, weights=made.cross_section)[0]
    got *= count / made.cross_section.sum()
    want *= got.sum() / want.sum()
    # within cells of cosine the distribution counts as flat: 1 %
    chi2 = float(np.sum((got - want) ** 2 / (want + (0.01 * want) ** 2)))
    assert chi2 < chi2_quantile.isf(1e-4, 19)
    close(invariant_mass(made.boson), mass, 2e-3)
    close(np.linalg.norm(made.photon[:, 1:], axis=1), made.photon[:, 0], 1e-9)
    total = made.boson + made.photon
    close(total[:, 0], energy + ME, 1e-12)
    assert np.max(np.abs(total[:, 1:3])) < 1e-12 * energy


def test_angles_of_primakoff_bosons_follow_the_cross_section():
    """Bins of equal probability in the angle, energies anywhere; false-alarm probability 1e-4."""
    count, mass = 20_000, 0.05
    energy = 60.0
    boson = primakoff_at(np.full(count, energy), mass, generator(5), element=PB).boson
    theta = np.arctan2(np.hypot(boson[:, 1], boson[:, 2]), boson[:, 3])
    grid = np.geomspace(1e-8, 0.5, 4000)
    density = differential_theta(grid, energy, mass, element=PB)
    cumulative = np.concatenate(
        [[0.0], np.cumsum(0.5 * (density[1:] + density[:-1]) * np.diff(grid))]
    )
    edges = np.interp(np.linspace(0.0, 1.0, 21) * cumulative[-1], cumulative, grid)
    edges[0], edges[-1] = 0.0, math.pi
    got = np.histogram(theta, edges)[0]
    assert float(np.sum((got - count / 20) ** 2 / (count / 20))) < chi2_quantile.isf(1e-4, 19)
    close(invariant_mass(boson), mass, 1e-4)
    many = primakoff_at(np.geomspace(20, 90, 50), mass, generator(6), element=PB).boson
    assert np.all(np.abs(many[:, 0] / np.geomspace(20, 90, 50) - 1) < 1e-3)


def test_turned_and_boosted_vectors_keep_their_products():
    random = generator(7)
    direction = random.standard_normal((50, 3))
    direction /= np.linalg.norm(direction, axis=1)[:, None]
    vectors = random.random((50, 4)) + np.array([3.0, 0, 0, 0])
    new = turned(vectors, direction)
    close(invariant_mass(new), invariant_mass(vectors), 1e-12)
    along = np.tile([5.0, 0.0, 0.0, 4.0], (50, 1))
    close(direction_of(turned(along, direction))[1], direction, 1e-12, absolute=1e-12, because="0")
    parents = np.column_stack([np.full(50, 7.0), 5.0 * direction])
    mass = np.sqrt(np.full(50, 24.0))
    rest = np.tile([1.0, 0.0, 0.0, 0.0], (50, 1)) * mass[:, None]
    close(boosted(rest, parents, mass), parents, 1e-12, absolute=1e-12, because="0")
    first, second = two_body(
        parents, mass, np.full(50, 0.1), np.full(50, 2.0), random.random((50, 2))
    )
    close(first + second, parents, 1e-12, absolute=1e-12, because="0")
    close(invariant_mass(first), 0.1, 1e-6)
    close(invariant_mass(second), 2.0, 1e-9)


def test_bosons_in_showers_balance_and_repeat():
    """Every process at once: four-momentum at the place of emission, and the same bits again."""
    source = Source(PHOTON, 0.2, 20.0, 110.0)
    used = emitters(("bremsstrahlung", "annihilation"))
    run = [
        sample_bosons(target(), Beam("e-", 100.0), 2000, source, used, seed=9, chunk=4)
        for _ in range(2)
    ]
    assert_array_equal(run[0].boson, run[1].boson)
    assert_array_equal(run[0].weight, run[1].weight)
    made = run[0]
    annihilated = made.process == 1
    assert 20 < annihilated.sum() < len(made)
    assert np.all(made.kind[annihilated] == 1)
    out = made.boson + made.recoil + made.photon
    # a nucleus takes t/2M of bremsstrahlung's energy, an electron brings its mass
    assert np.max(np.abs(out[annihilated, 0] - made.incoming[annihilated] - ME)) < 1e-9
    left = made.incoming[~annihilated] - out[~annihilated, 0]
    assert np.all((left > -1e-9) & (left < 0.1 * made.incoming[~annihilated]))
    assert np.all(made.place[:, 2] > 0.0)
    assert 0 < made.effective_size <= len(made)
    # n equal weights count n whatever their size; 1, 2 and 3 count 36/14.
    three = made.take(np.arange(3))
    for weights, expected in (([7.0, 7.0, 7.0], 3.0), ([1.0, 2.0, 3.0], 36.0 / 14.0)):
        close(replace(three, weight=np.array(weights)).effective_size, expected, 1e-12)
    assert replace(three, weight=np.zeros(3)).effective_size == 0.0


def test_processes_together_are_the_sum_of_each_alone():
    source = Source(PHOTON, 0.2, 20.0, 100.0)
    names = ("bremsstrahlung", "annihilation")
    mean, error = sample_bosons(
        target(), Beam("e-", 100.0), 20_000, source, emitters(names), seed=1
    ).per_particle()
    alone = [
        sample_bosons(
            target(), Beam("e-", 100.0), 20_000, source, emitters((name,)), seed=2
        ).per_particle()
        for name in names
    ]
    spread = math.sqrt(error**2 + sum(e**2 for _, e in alone))
    assert abs(mean - sum(m for m, _ in alone)) < 4 * spread
    assert spread / mean < 0.04


def test_bad_requests_are_explained():
    with pytest.raises(UnknownNameError, match="emitter"):
        emitters(("fusion",))
    source = Source(PHOTON, 0.2, 120.0, 100.0)
    with pytest.raises(ValidityError, match="cannot be made"):
        sample_bosons(target(), Beam("e-", 100.0), 10, source, emitters(), seed=1)
    heavy = replace(source, mass=0.9, least=99.9)
    only = emitters(("annihilation",))
    nothing = sample_bosons(target(), Beam("e-", 99.95), 100, heavy, only, seed=1)
    assert nothing.per_particle() == (0.0, 0.0)


def test_photons_make_what_the_cross_section_says():
    """Primakoff yield of a thin slab: path times atoms times cross-section."""
    thin = Stack((Slab(LEAD, 1e-3 * LEAD.radiation_length_cm),))
    alp = models.get("alp")
    source = Source(alp, 0.01, 20.0, 60.0)
    made = sample_bosons(thin, Beam("gamma", 50.0), 500, source, emitters(("primakoff",)), seed=3)
    atoms = LEAD.density * 6.02214076e23 / PB.A
    sigma = float(primakoff.cross_section_pb(np.array([50.0]), 0.01, PB)[0]) * 1e-36
    close(made.per_particle()[0], atoms * thin.depth * sigma, 2e-3)  # half of 7/9 of 1e-3 X0 lost


def _by_fine_integrals(energy, mass, model):
    """Cross-sections with photons below and above a tenth of s, integrated without cells."""
    positron = np.array([energy])
    s = 2.0 * ME * (energy + ME)
    exponent = float(radiation_exponent(np.array([s]))[0])
    resonance = Resonance.of(model, mass, None, "energy-dependent")

    def at(x):
        squared = np.array([s * (1.0 - x)])
        width, imaginary = (value[0, 0] for value in resonance.at(squared))
        m = squared[0]
        rho = math.sqrt(m) * width / math.pi / ((m - mass**2) ** 2 + imaginary**2)
        ends = np.stack(associated.photon_energies(positron, np.sqrt(squared)), axis=1)
        ends[:, 0], ends[:, 1] = 0.0, 2.0 * ends[:, 1]
        value = associated.binned_cross_section(positron, np.sqrt(squared), ends)[0, 0]
        return rho * s * value * float(virtual_factor(np.array([s]))[0])

    def soft(y):  # y = x^b takes the peak of soft photons away
        x = max(y ** (1.0 / exponent), 1e-12)
        return at(x) * x / exponent

    def hard(u):  # u = ln M
        m = math.exp(u)
        return at(1.0 - m / s) * (1.0 - m / s) ** exponent * m / s

    pole = 2.0 * math.log(mass)
    low, high = pole - 14.0, math.log(0.9 * s)
    points = [p for p in (pole - 0.1, pole, pole + 0.1) if p < high]
    return (
        quad(soft, 0.0, 0.1**exponent, epsrel=1e-5, limit=200)[0],
        quad(hard, low, high, epsrel=1e-5, limit=400, points=points)[0],
    )


@pytest.mark.parametrize(("energy", "mass"), [(100.0, 0.001), (55.0, 0.001), (70.0, 0.02)])
def test_photons_far_above_the_resonance_by_fine_integrals(energy, mass):
    """Soft and hard ones, of a boson far below s; 0.3 % of clipped shares and 4 errors.

    False alarms: 4e-4 for six numbers. With the mean of wide cells in place of the density at each
    squared mass soft photons were up to 40 % off, back and forth with the energy.
    """
    count = 60_000
    shape = LineShape.of(PHOTON, mass, 110.0)
    made = annihilate_at(np.full(count, energy), shape, generator(6), radiation=True)
    s = 2.0 * ME * (energy + ME)
    hard = 1.0 - invariant_mass(made.boson) ** 2 / s > 0.1
    for known, chosen in zip(_by_fine_integrals(energy, mass, PHOTON), (~hard, hard), strict=True):
        weights = made.cross_section * chosen
        error = weights.std() / math.sqrt(count)
        assert error < 0.02 * known
        assert abs(weights.mean() - known) < 0.003 * known + 4.0 * error
