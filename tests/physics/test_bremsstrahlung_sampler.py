"""Sampled events against the integrated spectra; seeds are fixed."""

from __future__ import annotations

import math

import numpy as np
import pytest
from bremsstrahlung_reference import monte_carlo

from emiss import materials
from emiss.ground import constants as const
from emiss.ground._kernels import bremsstrahlung_sampler as kernels
from emiss.ground.errors import UnknownNameError, ValidityError
from emiss.physics.processes import bremsstrahlung as brems
from emiss.physics.processes import bremsstrahlung_sampler as sampler
from emiss.physics.processes.bremsstrahlung_quadrature import start_values
from emiss.physics.processes.bremsstrahlung_sampler import sample_events
from emiss.physics.processes.form_factors import parameters


def element(symbol):
    return materials.get(symbol).components[0].element


PB = element("Pb")
CASES = [
    ("e-", "Pb", 100.0, 0.1, "vector", 0.5),
    ("e-", "Pb", 100.0, 1e-3, "axial", 0.0),
    ("e-", "Pb", 20.0, 1.0, "scalar", 0.0),
    ("mu-", "Pb", 160.0, 0.01, "vector", 0.1),
    ("mu-", "H", 20.0, 1.0, "pseudoscalar", 0.0),
]


@pytest.mark.parametrize("case", CASES)
def test_every_bin_beside_an_allowed_one_is_tried(case):
    # A bin that is allowed at its rim only has no density at its centre.
    projectile, symbol, energy, mass, boson, min_x = case
    lepton = const.ELECTRON_MASS if projectile == "e-" else const.MUON_MASS
    particle = start_values(energy, mass, lepton, element(symbol))
    ff = parameters(element(symbol), "elastic")
    _, _, probability = sampler._grid(particle, ff, min_x, brems.BOSONS.index(boson))
    assert probability.min() >= 0.0
    assert abs(probability.sum() - 1.0) < 1e-12
    tried = np.pad(probability > 1e-3 * probability.max(), 1)
    shifts = [np.roll(tried, (i, j), (0, 1))[1:-1, 1:-1] for i in (-1, 0, 1) for j in (-1, 0, 1)]
    assert np.all(probability[np.any(shifts, axis=0)] > 0.0)


def test_nothing_to_sample_is_said(monkeypatch):
    empty = np.zeros((sampler._ZETA_BINS, sampler._V_BINS, len(brems.BOSONS)))
    monkeypatch.setattr(kernels, "proposal_map", lambda *_: empty)
    with pytest.raises(ValidityError, match="the cross-section vanishes here"):
        draw(CASES[0], 10, 1)


def invariant_mass2(vectors):
    return vectors[:, 0] ** 2 - np.sum(vectors[:, 1:] ** 2, axis=1)


def draw(case, count, seed, **options):
    projectile, symbol, energy, mass, boson, min_x = case
    return sample_events(
        count, energy, mass, element=element(symbol), seed=seed, projectile=projectile,
        boson=boson, min_x=min_x, **options,
    )  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=str)
def test_four_momentum_and_mass_shells(case):
    events = draw(case, 5_000, seed=1)
    projectile, symbol, energy, mass, _, min_x = case
    m, nucleus = brems.PROJECTILES[projectile], element(symbol).nuclear_mass
    total = events.boson + events.recoil + events.nucleus
    incoming = np.array([energy + nucleus, 0.0, 0.0, math.sqrt(energy**2 - m**2)])
    assert np.abs(total - incoming).max() < 1e-9
    # E^2 times rounding
    assert np.abs(invariant_mass2(events.boson) - mass**2).max() < 1e-10
    assert np.abs(invariant_mass2(events.recoil) - m**2).max() < 1e-10
    assert np.abs(invariant_mass2(events.nucleus) / nucleus**2 - 1).max() < 1e-12
    assert events.boson[:, 0].min() >= min_x * energy * (1.0 - 1e-12)
    assert events.recoil[:, 0].min() >= m * (1.0 - 1e-12)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_weights_give_the_total(case):
    projectile, symbol, energy, mass, boson, min_x = case
    events = draw(case, 60_000, seed=2, unweighted=False)
    exact = brems.total_cross_section(
        energy, mass, element=element(symbol), projectile=projectile, boson=boson, min_x=min_x,
        accuracy="high",
    )  # fmt: skip
    # standard error about 3e-4; 4 of them: false alarm 6e-5 a case
    assert events.cross_section_error_pb < 1e-3 * exact.value_pb
    assert abs(events.cross_section_pb - exact.value_pb) < 4 * events.cross_section_error_pb
    assert events.effective_size > 0.95 * events.weights.size


@pytest.mark.parametrize("case", CASES, ids=str)
def test_energy_spectrum_chi2(case):
    projectile, symbol, energy, mass, boson, min_x = case
    count = 40_000
    events = draw(case, count, seed=3)
    assert events.effective_size > 0.999 * count
    assert events.efficiency > 0.5
    x = np.sort(events.boson[:, 0] / energy)
    edges = np.array([min_x, *np.quantile(x, np.linspace(0, 1, 21)[1:-1]), 1.0])
    options = {"element": element(symbol), "projectile": projectile, "boson": boson}
    above = np.array(
        [brems.total_cross_section(energy, mass, min_x=c, **options).value_pb for c in edges[:-1]]
        + [0.0]
    )
    expected = -np.diff(above) / above[0] * count
    # Bins are set by another sample, so that counts here are multinomial.
    fresh = draw(case, count, seed=4).boson[:, 0] / energy
    found = np.histogram(fresh, edges)[0]
    chi2 = float(np.sum((found - expected) ** 2 / expected))
    assert chi2 < 48.0  # 19 degrees of freedom: false alarm 3e-4


@pytest.mark.parametrize("case", CASES, ids=str)
def test_angles_of_boson_at_given_energy(case):
    from scipy.stats import chi2 as chi2_law

    projectile, symbol, energy, mass, boson, _ = case
    options = {"element": element(symbol), "projectile": projectile, "boson": boson}
    events = draw(case, 60_000, seed=5)
    x, p = events.boson[:, 0] / energy, np.linalg.norm(events.boson[:, 1:], axis=1)
    theta = np.arctan2(np.hypot(events.boson[:, 1], events.boson[:, 2]), events.boson[:, 3])
    assert np.all(p > 0)
    # expected theta distribution in the middle half of x: integrate the double spectrum
    low, high = np.quantile(x, [0.25, 0.75])
    nodes, weights = np.polynomial.legendre.leggauss(8)
    xs = low + 0.5 * (high - low) * (nodes + 1)
    chosen = theta[(x > low) & (x < high)]
    grid = np.exp(np.linspace(math.log(1e-8), math.log(math.pi), 1201))
    double = brems.differential_x_theta(xs, grid, energy, mass, **options).values_pb
    density = weights @ double * grid
    cumulative = np.concatenate([[0.0], np.cumsum(0.5 * (density[1:] + density[:-1]))])
    cumulative /= cumulative[-1]
    edges = np.interp(np.linspace(0, 1, 21), cumulative, np.log(grid))
    found = np.histogram(np.log(chosen), edges)[0]
    chi2 = float(np.sum((found - chosen.size / 20) ** 2) / (chosen.size / 20))
    assert chi2_law.sf(chi2, 19) > 1e-4  # false alarm 1e-4 a case


@pytest.mark.parametrize("case", [CASES[0], CASES[3]], ids=str)
def test_recoil_lepton_against_other_phase_space(case):
    # the angle and energy of the lepton follow from S, t and U in the independent integration
    projectile, symbol, energy, mass, boson, min_x = case
    m, nucleus = brems.PROJECTILES[projectile], element(symbol).nuclear_mass
    x, weights, recoil, cosine = monte_carlo(
        energy, mass, element(symbol), m, 400_000, seed=6, recoil=True
    )
    w = np.where(x > min_x, weights[boson], 0.0)
    events = draw(case, 60_000, seed=7)
    momentum = np.linalg.norm(events.recoil[:, 1:], axis=1)
    angle = np.arctan2(np.hypot(*events.recoil[:, 1:3].T), events.recoil[:, 3])
    transverse = np.hypot(*events.recoil[:, 1:3].T)
    reference_p = np.sqrt(np.maximum(recoil**2 - m**2, 0.0))
    reference_angle = np.arccos(np.clip(cosine, -1, 1))
    assert nucleus > 0
    pairs = (
        (events.recoil[:, 0], recoil),
        (angle, reference_angle),
        (transverse, reference_p * np.sin(reference_angle)),
        (momentum, reference_p),
    )
    for found, other in pairs:
        edges = np.quantile(found, np.linspace(0, 1, 16))
        edges[0], edges[-1] = -1.0, 1e9
        expected = np.histogram(other, edges, weights=w)[0] / w.sum()
        spread = np.histogram(other, edges, weights=w**2)[0] / w.sum() ** 2
        share = np.histogram(found, edges)[0] / found.size
        # 4.5 standard errors, 15 bins, 4 quantities, 2 cases: false alarm 8e-4
        assert np.all(np.abs(share - expected) < 4.5 * np.sqrt(spread + share / found.size))


def test_azimuth_is_uniform_and_seed_repeats():
    events = draw(CASES[3], 20_000, seed=8)
    phi = np.sort(np.arctan2(events.boson[:, 2], events.boson[:, 1])) / (2 * math.pi) + 0.5
    distance = np.abs(phi - (np.arange(phi.size) + 0.5) / phi.size).max()
    assert distance * math.sqrt(phi.size) < 2.2  # Kolmogorov: false alarm 1e-4
    again = draw(CASES[3], 20_000, seed=8)
    assert np.array_equal(events.boson, again.boson)
    assert np.array_equal(events.recoil, again.recoil)
    other = draw(CASES[3], 20_000, seed=np.random.default_rng(9))
    assert not np.array_equal(events.boson, other.boson)


def test_refusals():
    with pytest.raises(ValidityError, match="cannot be made"):
        sample_events(10, 1.0, 1.5, element=PB, seed=1)
    with pytest.raises(ValidityError, match="from 1 to"):
        sample_events(0, 100.0, 0.1, element=PB, seed=1)
    with pytest.raises(ValidityError, match="no room"):
        sample_events(10, 1.0, 0.1, element=PB, seed=1, projectile="mu-", min_x=0.95)
    with pytest.raises(UnknownNameError, match="vector"):
        sample_events(10, 100.0, 0.1, element=PB, seed=1, boson="tensor")


def test_soft_backward_electrons_exist():
    # e- with a heavy boson: a few per cent of recoil electrons go backward (p'_z < 0)
    events = draw(("e-", "Pb", 100.0, 1.0, "vector", 0.0), 20_000, seed=10)
    share = float(np.mean(events.recoil[:, 3] < 0.0))
    assert 0.005 < share < 0.06
    assert events.recoil[:, 0].min() >= const.ELECTRON_MASS * (1.0 - 1e-12)
