"""Decays in flight against closed forms in many digits, and decays drawn one by one."""

import math

import mpmath
import numpy as np
import pytest
from closeness import close
from hypothesis import given
from hypothesis import strategies as st

from emiss.ground import constants as const
from emiss.ground.errors import EmissError, ValidityError
from emiss.physics.processes import decay_in_flight as flight


def exact_probability(start, end, length):
    with mpmath.workdps(400):  # the difference may be as small as 1e-290
        a, b, x = mpmath.mpf(start), mpmath.mpf(end), mpmath.mpf(length)
        return float(mpmath.exp(-a / x) - mpmath.exp(-b / x))


@given(
    st.floats(0.0, 1e4),
    st.floats(0.0, 1e5),
    st.floats(-3.0, 25.0),
)
def test_probability_between_planes(start, width, logarithm):
    length = 10.0**logarithm
    end = start + width
    found = float(flight.decay_probability(start, end, length))
    expected = exact_probability(start, end, length)
    assert 0.0 <= found <= 1.0 + 1e-15
    if expected > 1e-290:
        # Exponent at most 670 at this size: 670 roundings of 1.1e-16, well inside 1e-10. The
        # planes themselves are numbers of 16 digits, which shows where the volume is thin.
        thin = 4e-16 * end / width if width > 0.0 else 0.0
        close(found, expected, rel=1e-12 + thin)


def test_limits_are_exact():
    assert flight.decay_probability(1.0, 2.0, math.inf) == 0.0
    close(flight.decay_probability(1.0, math.inf, 5.0), math.exp(-0.2), 1e-12)
    assert flight.decay_probability(0.0, math.inf, math.inf) == 0.0
    assert flight.decay_probability(0.0, 1.0, 0.0) == 1.0
    assert flight.decay_probability(0.5, 1.0, 0.0) == 0.0
    assert flight.decay_probability(1.0, 1.0, 3.0) == 0.0
    assert flight.decay_probability(1.0, 2.0, 5e-324) == 0.0
    close(flight.decay_probability(1.0, 2.0, 1e308), 1e-308, 1e-10)
    assert flight.survival_probability(3.0, math.inf) == 1.0
    assert flight.survival_probability(0.0, 0.0) == 1.0
    assert flight.survival_probability(1e-9, 0.0) == 0.0


def test_planes_must_be_in_order():
    with pytest.raises(ValidityError, match="in front of the start"):
        flight.decay_probability(2.0, 1.0, 1.0)
    for values in ((-1.0, 1.0, 1.0), (0.0, 1.0, -1.0), (0.0, 1.0, math.nan), (math.nan, 1.0, 1.0)):
        with pytest.raises(EmissError):
            flight.decay_probability(*values)
    with pytest.raises(EmissError):
        flight.decay_probability_from_cell((0.0, 3.0), 2.0, 5.0, 1.0)


@pytest.mark.parametrize("length", [1e-2, 0.7, 30.0, 1e9, math.inf])
def test_production_spread_over_a_cell(length):
    found = float(flight.decay_probability_from_cell((1.0, 4.0), 5.0, 9.0, length))
    if math.isinf(length):
        assert found == 0.0
        return
    # 50 digits: of the 9 that the difference loses at the longest length 40 are left.
    with mpmath.workdps(50):
        x = mpmath.mpf(length)
        expected = mpmath.quad(
            lambda z: (mpmath.exp(-(5 - z) / x) - mpmath.exp(-(9 - z) / x)) / 3,
            mpmath.linspace(1, 4, 60),
        )
    close(found, float(expected), 1e-10)


@given(st.floats(-3.0, 1.0), st.floats(0.0, 12.0), st.floats(-15.0, 15.0))
def test_decay_length(log_mass, log_boost, log_tau):
    mass, tau = 10.0**log_mass, 10.0**log_tau
    energy = mass * (1.0 + 10.0 ** (log_boost - 6.0))
    with mpmath.workdps(400):  # the least of floats is 5e-324
        m, e = mpmath.mpf(mass), mpmath.mpf(energy)
        expected = float(mpmath.sqrt(e**2 - m**2) / m * tau)
    close(float(flight.decay_length(energy, mass, tau)), expected, 1e-10)


def test_decay_length_never_nan():
    assert flight.decay_length(100.0, 1e-3, 1e308) == math.inf
    assert flight.decay_length(100.0, 1e-3, math.inf) == math.inf
    assert flight.decay_length(1.0, 1.0, math.inf) == 0.0
    for values in ((0.5, 1.0, 1.0), (1.0, 0.0, 1.0), (1.0, 0.5, math.nan), (math.inf, 1.0, 1.0)):
        with pytest.raises(EmissError):
            flight.decay_length(*values)


def boosted_pair(mass, energy, cosine, azimuth, daughter):
    """Four-vectors by an explicit boost, in many digits."""
    with mpmath.workdps(50):
        m, e, c = mpmath.mpf(mass), mpmath.mpf(energy), mpmath.mpf(cosine)
        p = mpmath.sqrt(m**2 / 4 - mpmath.mpf(daughter) ** 2)
        gamma, slip = e / m, mpmath.sqrt(e**2 - m**2) / m
        s = mpmath.sqrt(1 - c**2)
        pair = []
        for sign in (1, -1):
            px = sign * p * s * mpmath.cos(azimuth)
            py = sign * p * s * mpmath.sin(azimuth)
            pz = gamma * sign * p * c + slip * m / 2
            pair.append((px, py, pz))
        return pair


@pytest.mark.parametrize("energy", [0.02, 1.0, 100.0, 1e5])
@pytest.mark.parametrize("cosine", [-0.95, -0.1, 0.0, 0.6, 0.999])
def test_opening_angle_and_separation(energy, cosine):
    mass, daughter = 0.0167, const.ELECTRON_MASS
    one, two = boosted_pair(mass, energy, cosine, 0.7, daughter)
    with mpmath.workdps(50):
        dot = sum(a * b for a, b in zip(one, two, strict=True))
        size = mpmath.sqrt(sum(a * a for a in one) * sum(b * b for b in two))
        angle = float(mpmath.acos(dot / size))
        apart = mpmath.sqrt(sum((one[i] / one[2] - two[i] / two[2]) ** 2 for i in (0, 1)))
    found = float(flight.opening_angle(mass, energy, cosine, daughter))
    close(found, angle, 1e-9)
    width = float(flight.separation(mass, energy, cosine, 350.0, daughter))
    if one[2] > 0 and two[2] > 0:
        close(width, 350.0 * float(apart), 1e-9)
    else:
        assert width == math.inf


@pytest.mark.parametrize(("mass", "energy"), [(0.0167, 50.0), (0.1, 1.0), (0.3, 0.5)])
def test_share_of_narrow_pairs(mass, energy):
    cosines = np.linspace(-1.0, 1.0, 200_001)
    middle = 0.5 * (cosines[1:] + cosines[:-1])
    angles = flight.opening_angle(mass, energy, middle)
    for angle in (2.05 * mass / energy, 3.0 * mass / energy, 0.9 * math.pi):
        # Counting 200 000 equal steps in the cosine.
        expected = np.mean(angles < angle)
        found = float(flight.fraction_within_angle(mass, energy, angle))
        close(found, expected, absolute=2e-5, because="200 000 equal steps of a share of 1")
    assert flight.fraction_within_angle(mass, energy, 1e-6 * mass / energy) == 0.0


def test_acceptance_by_sampling():
    # A wide detector: the share with a slow partner that misses follows in closed form only for
    # a round one; here the square is compared with decays drawn from another generator.
    mass, energy, distance, half = 0.2, 30.0, 350.0, 5.0
    rng = np.random.default_rng(99)
    count = 400_000
    cosine, azimuth = rng.uniform(-1, 1, count), rng.uniform(0, 2 * np.pi, count)
    p = 0.5 * mass
    across = p * np.sqrt(1 - cosine**2)
    gamma, slip = energy / mass, math.sqrt(energy**2 - mass**2) / mass
    hits = np.ones(count, dtype=bool)
    for sign in (1, -1):
        along = gamma * sign * p * cosine + slip * mass / 2
        x, y = (distance * across * f(azimuth) / along for f in (np.cos, np.sin))
        hits &= (along > 0) & (np.abs(x) < half) & (np.abs(y) < half)
    found = float(flight.pair_acceptance(mass, energy, distance, half))
    # 4096 decays in strata; a plain sample would have 0.8 %.
    assert 0.2 < hits.mean() < 0.9
    close(found, hits.mean(), absolute=0.01, because="4096 decays in strata")
    assert found == float(flight.pair_acceptance(mass, energy, distance, half))
    # Any separation is asked for decay by decay, with the momenta of both.
    one_by_one = flight.pair_acceptance(mass, energy, distance, half, min_separation=1e-200)
    assert found == float(one_by_one)


def test_acceptance_of_the_resolution():
    # X17 of 75 GeV: the pair is 2 mm apart behind 4 m and hits one cell of 38 mm; asking for
    # 1 mm keeps those decays whose opening angle is wide enough.
    separated = flight.pair_acceptance(0.0167, 75.0, 400.0, 11.5, min_separation=0.25)
    # Small angles: the separation is distance times angle.
    expected = 1.0 - float(flight.fraction_within_angle(0.0167, 75.0, 0.25 / 400.0))
    close(float(separated), expected, absolute=0.01, because="4096 decays in strata")
    close(
        flight.pair_acceptance(0.0167, 75.0, 400.0, 11.5),
        1.0,
        absolute=2e-3,
        because="4096 decays in strata",
    )
    assert flight.pair_acceptance(1e-3, 75.0, 400.0, 11.5, daughter_mass=0.51e-3) == 0.0
    with pytest.raises(EmissError):
        flight.pair_acceptance(0.0167, 75.0, math.nan, 11.5)
