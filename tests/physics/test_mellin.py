"""Closed cascade solution against scipy, mpmath, and Rossi's constants."""

import mpmath
import numpy as np
import pytest
from closeness import close
from scipy import special

from emiss.ground.errors import UnknownNameError, ValidityError
from emiss.physics.shower import mellin


def test_digamma_against_scipy():
    rng = np.random.default_rng(1)
    s = rng.uniform(-30, 60, 400) + 1j * rng.uniform(0.3, 80, 400)
    np.testing.assert_allclose(mellin.digamma(s), special.digamma(s), rtol=1e-11)


def _moment(s, primary, particle, b):
    c = mpmath.mpf(4) / 3 + 2 * b
    a = c * (mpmath.digamma(s + 2) + mpmath.euler - 1) + mpmath.mpf(1) / 2 - 1 / ((s + 1) * (s + 2))
    y = c * (1 / s - 1 / (s + 1)) + 1 / (s + 2)
    p = 2 * (1 / (s + 1) - c * (1 / (s + 2) - 1 / (s + 3)))
    s0 = 1 - c / 6
    total = 1 / (a - p * y / s0)
    if primary == "gamma":
        total *= p / s0
        return (1 + y * total) / s0 if particle == "gamma" else total / 2
    if particle == "gamma":
        return y / s0 * total
    return (total + (1 if primary == particle else -1) / a) / 2


@pytest.mark.parametrize("primary", ["e-", "e+", "gamma"])
@pytest.mark.parametrize("particle", ["e-", "e+", "gamma"])
@pytest.mark.parametrize("depth", [0.01, 0.7, 5.0])
def test_inversion_against_mpmath(primary, particle, depth):
    ours = mellin.track_length_above(100 * np.exp(-depth), 100.0, primary, particle, 0.012)[0]
    # An inversion along a vertical line would be slow; mpmath's own Talbot at 40 digits, on the
    # shifted transform so that the pole at s = 1 is inside.
    with mpmath.workdps(40):
        exact = mpmath.exp(depth) * mpmath.invertlaplace(
            lambda s: _moment(s + 1, primary, particle, mpmath.mpf("0.012")) / (s + 1),
            depth,
            method="talbot",
        )
    # 1e-8 absolute: secondaries just below the beam energy are tiny beside the primary.
    close(
        ours,
        float(exact),
        1e-8,
        absolute=1e-8,
        because="secondaries just below the beam energy are tiny beside the primary",
    )


def test_energy_conservation_and_rossi_constants():
    # Approximation A far below the beam: dL/dE -> 0.437 E0/E^2 (e), 0.572 E0/E^2 (gamma).
    low, high = 1e-4 * 100, 1.001e-4 * 100
    for particle, constant in (("e", 0.437), ("gamma", 0.572)):
        names = ["e-", "e+"] if particle == "e" else ["gamma"]
        slope = sum(
            np.subtract(*mellin.track_length_above([low, high], 100.0, "e-", n, 0.0122))
            for n in names
        ) / (high - low)
        # Three digits are given; the next pole of the transform is at s = -0.36.
        close(
            slope[()] * low * high / 100, constant, absolute=6e-4, because="three digits are given"
        )


def test_charge_exchange():
    e = np.geomspace(1, 90, 7)
    np.testing.assert_allclose(
        mellin.track_length_above(e, 100.0, "e-", "e+"),
        mellin.track_length_above(e, 100.0, "e+", "e-"),
        rtol=1e-12,
    )


def test_ionisation_is_a_small_loss():
    # eps_c = 9 MeV/X0: about half a per cent of the 83 X0 above 1 GeV.
    shift = mellin.ionisation_shift_above(1.0, 100.0, 0.009, 0.0122)[0]
    total = sum(mellin.track_length_above(1.0, 100.0, "e-", p, 0.0122)[0] for p in ("e-", "e+"))
    assert -0.012 < shift / total < -0.003


def test_bad_input():
    with pytest.raises(ValidityError):
        mellin.track_length_above(100.0, 100.0, "e-", "e-")
    with pytest.raises(ValidityError):
        mellin.track_length_above(np.nan, 100.0, "e-", "e-")
    with pytest.raises(UnknownNameError):
        mellin.track_length_above(1.0, 100.0, "mu-", "e-")
