"""Samplers of the transport against their own densities, and the random numbers under them.

Each comparison with a density is one Kolmogorov test at a fixed seed, with a false-alarm
probability of 1e-4 for a right sampler; the seeds were not chosen.
"""

import numpy as np
import pytest
from closeness import close
from numpy.testing import assert_allclose
from scipy import stats

from emiss import materials
from emiss.events.transport import collisions, photons
from emiss.events.transport._kernels import collide, draws, philox
from emiss.events.transport.energy_grid import (
    LINES,
    QUANTILES,
    energy_lines,
)
from emiss.events.transport.muons import POWER, muon_tables
from emiss.events.transport.radiation_low import bremsstrahlung_shape, radiative_loss
from emiss.events.transport.shapes import alias_table
from emiss.events.transport.tables import Thresholds, process_tables
from emiss.physics.shower import muon_cross_sections as cross

ALARM = 1e-4
DRAWS = 40_000
LEAD, PLASTIC = materials.get("Pb"), materials.get("polystyrene")
LINE = int(np.searchsorted(energy_lines(), 2.0))


@pytest.fixture(scope="module")
def tables():
    return process_tables((LEAD, PLASTIC), Thresholds())


def sampled(quantiles, count=DRAWS, seed=5, power=1):
    """Draws from a table by the rule of the kernel: linear between quantiles."""
    place = np.random.default_rng(seed).random(count) ** (1 / power) * QUANTILES
    i = place.astype(int)
    return quantiles[i] + (place - i) * (quantiles[i + 1] - quantiles[i])


def agrees(values, grid, density):
    """p-value of a Kolmogorov test of values against a density on a grid."""
    area = np.concatenate([[0.0], np.cumsum(0.5 * (density[1:] + density[:-1]) * np.diff(grid))])
    return stats.kstest(values, lambda x: np.interp(x, grid, area / area[-1])).pvalue


def stream_of(*words):
    stream = np.zeros(philox.WORDS, dtype=np.uint64)
    stream[:6], stream[10] = np.array(words, dtype=np.uint64), 4
    return stream


# Known answers of Philox4x32-10 from the Random123 distribution (Salmon et al., SC11).
ONES = 0xFFFFFFFF
VECTORS = [
    ((0,) * 6, (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    ((ONES,) * 6, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
    (
        (0xA4093822, 0x299F31D0, 0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
]


@pytest.mark.parametrize(("words", "expected"), VECTORS)
def test_philox_known_answers(words, expected):
    stream = stream_of(*words)
    first = philox.uniform(stream)
    assert [int(word) for word in stream[6:10]] == list(expected)
    assert first == (expected[0] + 0.5) * 2.0**-32


def test_streams_of_events_and_chunks_differ():
    seen = set()
    keys = (
        (1, 0, 0, 0),
        (2, 0, 0, 0),
        (1, 1, 0, 0),
        (1, 0, 1, 0),
        (1 << 40, 0, 0, 0),
        (1, 0, 0, 1),
    )
    for seed, chunk, event, purpose in keys:
        stream = np.zeros(philox.WORDS, dtype=np.uint64)
        philox.start(stream, seed, chunk, event, purpose)
        seen.add(philox.uniform(stream))
    assert len(seen) == 6


def test_fast_logarithm():
    # its own polynomial, against the library, over all arguments of exponential draws
    x = np.concatenate([np.geomspace(1e-10, 1.0, 4001), 1 - np.geomspace(1e-10, 0.5, 400)])
    got = np.array([draws.log(v) for v in x])
    assert np.max(np.abs(got - np.log(x))) < 2e-11


def test_line_of_the_grid():
    lines = energy_lines()
    for energy in (1.3e-5, 1e-3, 0.02, 1.0, 99.9, 800.0):
        i, f = draws.line(energy)
        assert lines[i] <= energy < lines[i + 1]
        assert_allclose(lines[i] + f * (lines[i + 1] - lines[i]), energy, rtol=1e-13)


@pytest.mark.parametrize("line", [LINE - 40, LINE, LINE + 40])
def test_bremsstrahlung_fraction(tables, line):
    energy = energy_lines()[line : line + 1]
    low = Thresholds().photon / energy[0]
    grid = np.geomspace(low, 1.0, 6000)
    density = bremsstrahlung_shape(LEAD, energy, grid[None])[0] / grid
    values = sampled(tables.bremsstrahlung[0, line])
    assert agrees(np.log(values), np.log(grid), density * grid) > ALARM


@pytest.mark.parametrize("line", [LINE - 40, LINE, LINE + 40])
def test_pair_share(tables, line):
    grid = np.linspace(0.0, 1.0, 4001)
    energy = energy_lines()[line : line + 1, None]
    density = photons.pair_density(LEAD, energy, grid)[0]
    assert agrees(sampled(tables.pair[0, line]), grid, density) > ALARM


@pytest.mark.parametrize("positron", [False, True])
@pytest.mark.parametrize("line", [LINE - 60, LINE])
def test_collision_share(tables, line, positron):
    energy = energy_lines()[line]
    low, high = Thresholds().collision / energy, 1.0 if positron else 0.5
    grid = np.geomspace(low, high, 6000)
    density = collisions.bhabha_density if positron else collisions.moller_density
    values = 1 / sampled(tables.collision[int(positron), line])
    assert agrees(np.log(values), np.log(grid), density(energy, grid) * grid) > ALARM


@pytest.mark.parametrize("line", [LINE - 80, LINE - 40, LINE])
def test_compton_share(tables, line):
    energy = energy_lines()[line]
    k = energy / 0.51099895e-3
    grid = 1 - (1 + 2 * k) ** -np.linspace(0.0, 1.0, 20_001)
    density = photons.compton_density(energy, grid)
    assert agrees(sampled(tables.compton[line]), grid, density) > ALARM


def test_annihilation_share(tables):
    energy = energy_lines()[LINE]
    low, high = collisions.annihilation_limits(energy)
    grid = np.concatenate([np.geomspace(low, 0.5, 4000), 1 - np.geomspace(0.5, low, 4000)[1:]])
    density = collisions.annihilation_density(energy, grid)
    assert agrees(sampled(tables.annihilation[LINE]), grid, density) > ALARM
    # its integral over half the range is Heitler's closed form
    half = grid <= 0.5
    assert_allclose(
        np.trapezoid(density[half], grid[half]), collisions.annihilation_rate(energy), rtol=1e-5
    )
    assert high == 1 - low


@pytest.mark.parametrize("which", [0, 1, 2, 3])
def test_muon_losses(which):
    line = int(np.searchsorted(energy_lines(), 160.0))
    _, quantiles = muon_tables(LEAD, 5e-3)
    energy = energy_lines()[line]
    # up to 0.999: the spectra end within the last part in a thousand
    grid = np.geomspace(5e-3 / energy, 0.999, 1500)
    function = (cross.bremsstrahlung, cross.pair_production, cross.photonuclear)
    if which == 0:
        density = cross.ionisation(energy, grid * energy)
    else:
        element = LEAD.components[0].element
        density = function[which - 1](element, energy, grid * energy)
    values = 1 / sampled(quantiles[which, line], 20_000, power=POWER)
    keep = values < 0.999
    assert keep.mean() > 0.99
    assert agrees(np.log(values[keep]), np.log(grid), density * grid) > ALARM
    # the mean loss lives in the tail, which a test of the distribution does not see: by quadrature
    # over the table against the density
    t = (np.arange(200_000) + 0.5) / 200_000
    middle = np.interp(t, np.linspace(0, 1, QUANTILES + 1), quantiles[which, line])
    mean = np.average(1 / middle, weights=POWER * t ** (POWER - 1))
    exact = np.trapezoid(density * grid**2, np.log(grid)) / np.trapezoid(
        density * grid, np.log(grid)
    )
    assert_allclose(mean, exact, rtol=0.01)


def test_two_point_straggling_has_its_moments():
    stream = stream_of(1, 0, 0, 0, 0, 0)
    mean, grain = 0.3, 0.7
    values = np.array([draws.straggle(mean, grain, philox.uniform(stream)) for _ in range(DRAWS)])
    # errors of mean and variance of the two-point distribution, five sigma
    assert abs(values.mean() - mean) < 5 * np.sqrt(mean * grain / DRAWS)
    assert_allclose(values.var(), mean * grain, rtol=0.03)


@pytest.mark.parametrize("direction", [(0.0, 0.0, 1.0), (0.0, 0.0, -1.0), (0.6, -0.64, 0.48)])
def test_deflections_keep_length_and_angle(direction):
    stream = stream_of(2, 0, 0, 0, 0, 0)
    for x in (1e-9, 1e-3, 0.5, 1.9):
        out = draws.swing(direction, x, stream)
        assert_allclose(np.dot(out, out), 1.0, rtol=1e-12)
        # cos theta of the deflection, to the last bits of the difference from one
        assert abs(np.dot(out, direction) - (1 - x)) < 1e-14


def test_azimuth_is_uniform():
    stream = stream_of(3, 0, 0, 0, 0, 0)
    angles = [np.arctan2(*collide.azimuth(stream)) for _ in range(20_000)]
    assert stats.kstest((np.array(angles) + np.pi) / (2 * np.pi), "uniform").pvalue > ALARM


def test_alias_tables_reproduce_weights():
    weights = np.array([0.0, 3.0, 1.0, 0.5, 12.0])
    keep, alias = alias_table(weights)
    share = np.zeros(weights.size)
    for i in range(weights.size):
        share[i] += keep[i] / weights.size
        share[alias[i]] += (1 - keep[i]) / weights.size
    assert np.max(np.abs(share - weights / weights.sum())) < 1e-14


@pytest.mark.parametrize("material", [LEAD, PLASTIC])
@pytest.mark.parametrize("positron", [False, True])
def test_collision_loss_does_not_depend_on_the_threshold(material, positron):
    # the restricted formula against the integral of the density above the threshold
    energy = np.array([2e-3, 0.05, 2.0])
    density = collisions.bhabha_density if positron else collisions.moller_density
    totals = []
    for threshold in (1e-4, 1e-3):
        hard = []
        for e in energy:
            x = np.geomspace(threshold / e, 1.0 if positron else 0.5, 20_001)
            hard.append(np.trapezoid(density(e, x) * x * x, np.log(x)) * e)
        soft = collisions.restricted_loss(material, energy, threshold, positron)
        totals.append(soft + np.array(hard) * material.electrons_per_cm3)
    assert_allclose(totals[0], totals[1], rtol=2e-6)


def test_radiation_meets_the_deterministic_spectrum():
    energy = np.array([0.5, 5.0, 50.0])
    # radiative loss over energy is 1 per radiation length at complete screening, within 2 %
    scaled = radiative_loss(LEAD, energy) / energy * LEAD.radiation_length_cm
    assert_allclose(scaled, 1.0, rtol=0.03)


def test_tables_have_all_lines(tables):
    assert tables.lepton.shape[2] == LINES
    assert np.all(np.isfinite(tables.lepton))
    assert np.all(np.isfinite(tables.photon))
    shares = tables.lepton[..., 2:5]
    assert np.all(np.diff(shares, axis=-1) >= 0)
    assert shares.max() <= 1 + 1e-12


@pytest.mark.parametrize(
    ("name", "least"),
    [("C", 1.742), ("Si", 1.664), ("Fe", 1.451), ("Cu", 1.403), ("W", 1.145), ("Pb", 1.122)],
)
def test_slow_muons_lose_what_minimum_ionising_ones_do(name, least):
    """Minimum of the mean loss in MeV cm^2/g, table of the Review of Particle Physics: 2.5 %.

    Shell corrections are left out, and the density effect of some elements is the general one.
    """
    material = materials.get(name)
    columns, _ = muon_tables(material, 5e-3)
    lines = energy_lines()
    slow = (lines >= 0.2) & (lines < 0.6)
    loss = columns[slow, 1] / material.density * 1e3
    close(loss.min(), least, 0.025)
    assert np.all(np.diff(loss[lines[slow] < 0.3]) < 0.0)
