"""Counts of any size against routes that share nothing with the code under test."""

from __future__ import annotations

import math

import mpmath
import numpy as np
import pytest
from scipy import special, stats

from emiss.inference import Channel, expected_limits, upper_limit
from emiss.inference.bayes import bayes_upper_limit
from emiss.inference.cls import cls_upper_limit, log_cls
from emiss.inference.expected import outcome_quantiles
from emiss.inference.large import large_cls_upper_limit
from emiss.inference.poisson import log_cdf, log_pmf
from emiss.inference.smeared import smeared_log_cdf, smeared_log_pmf

LEVEL = math.log(0.1)


@pytest.mark.parametrize("count", [0, 1, 7, 300, 10**6, 10**9])
@pytest.mark.parametrize("sigmas", [-6.0, -4.6, -3.0, 0.5, 3.0, 8.2, 40.0, 300.0])
def test_poisson_probabilities_with_forty_digits(count, sigmas):
    mean = count + sigmas * math.sqrt(count + 1.0)
    if mean <= 0.0:
        return
    with mpmath.workdps(40):
        n, m, s = mpmath.mpf(count), mpmath.mpf(mean), mpmath.sqrt(count + 1)
        log_p = n * mpmath.log(m) - m - mpmath.loggamma(n + 1)
        grid = [0, 0.01, 0.1, 0.5, 1, 2, 4, 8, 16, 30]
        if sigmas > 0.0:
            # P(N <= n) / P(n) = int_0^inf (1 + u/m)^n e^-u du.
            ratio = mpmath.quad(lambda v: mpmath.exp(n * mpmath.log1p(v * s / m) - v * s), grid)
            expected = log_p + mpmath.log(ratio * s)
        else:
            top = m / s if count < 1000 else 30
            grid = [x for x in grid if x < top] + [top]
            part = mpmath.quad(
                lambda v: mpmath.exp(n * mpmath.log(1 - v * s / m) + v * s) if v * s < m else 0,
                grid,
            )
            expected = mpmath.log1p(-mpmath.exp(log_p) * part * s)
        log_p, expected = float(log_p), float(expected)
    got_p, got = float(log_pmf(np.float64(count), mean)), float(log_cdf(np.float64(count), mean))
    # Rounding of the mean itself moves ln P by 1e-16 mean sigmas / sqrt(count).
    rounding = 1e-15 * mean * abs(sigmas) / math.sqrt(count + 1.0)
    assert abs(got_p - log_p) < 1e-11 + rounding
    assert abs(got - expected) < 1e-9 * abs(expected) + rounding


@pytest.mark.parametrize(
    ("count", "signal", "background", "width"),
    [
        (10, 3.0, 5.0, 0.5),
        (1000, 200.0, 900.0, 0.2),
        (40_000, 1500.0, 40_000.0, 0.0247),
        (10**6, 0.0, 2e4, 2.3),
        (10**9, 1e5, 1e9, 1e-3),
        (10**9, 3e8, 1e9, 1.0),
    ],
)
def test_averages_against_a_plain_sum_over_the_factor(count, signal, background, width):
    # Two million points from -9 to 9: the edge of the Poisson cumulative distribution is a few
    # hundred points wide even at 1e9 events, so that the plain sum is exact to 1e-10.
    z = np.linspace(-9.0, 9.0, 2_000_001)
    mean = signal + background * np.exp(width * z)
    weight = stats.norm.pdf(z) * (z[1] - z[0])
    cdf = float(weight @ special.pdtr(count, mean))
    got = math.exp(smeared_log_cdf(count, np.array([signal]), background, width)[0])
    # pdtr itself is wrong by up to 1.6e-6 between 4.5 and 5 deviations at 1e9 events.
    np.testing.assert_allclose(got, cdf, rtol=1e-6)
    pmf = float(weight @ stats.poisson.pmf(count, mean))
    got = math.exp(smeared_log_pmf(count, np.array([signal]), background, width)[0])
    # scipy's probability loses 1e-16 n ln n, 2e-6 at 1e9 events.
    np.testing.assert_allclose(got, pmf, rtol=1e-5)


@pytest.mark.parametrize("count", [1, 5, 60, 300])
@pytest.mark.parametrize("background", [0.3, 40.0, 250.0])
@pytest.mark.parametrize("spread", [0.0, 0.3, 3.0])
@pytest.mark.parametrize("signal_spread", [0.0, 0.1, 2.0])
def test_the_two_routes_agree_where_both_work(count, background, spread, signal_spread):
    channel = Channel(count, background, spread * background, signal_uncertainty=signal_spread)
    # 1e-8: what both promise.
    np.testing.assert_allclose(
        large_cls_upper_limit(channel, LEVEL), cls_upper_limit(channel), rtol=1e-8
    )


@pytest.mark.parametrize(
    ("channel", "cl", "expected"),
    [
        # Five digits, as quoted where the missing answers were reported.
        (Channel(40_000, 40_000.0, 1000.0), 0.95, 1931.3),
        (Channel(10**6, 1e6, 1000.0), 0.90, 2325.7),
    ],
)
def test_quoted_limits(channel, cl, expected):
    np.testing.assert_allclose(cls_upper_limit(channel, cl), expected, rtol=3e-5)


@pytest.mark.parametrize("count", [10**4, 10**6, 10**9])
@pytest.mark.parametrize("sigmas", [-2.0, 0.0, 3.0])
@pytest.mark.parametrize("relative", [0.0, 1e-3, 1e-2])
def test_large_counts_are_gaussian(count, sigmas, relative):
    # CLs of a Gaussian of known width in closed form; skewness of the Poisson and of the factor
    # enters with 1/sqrt(n) and with the relative uncertainty.
    background = float(count)
    spread = math.sqrt(count + (relative * background) ** 2)
    observed = round(count + sigmas * spread)
    limit = cls_upper_limit(Channel(observed, background, relative * background))
    excess = (observed - background) / spread
    clb = stats.norm.cdf(excess)
    gaussian = spread * (excess - stats.norm.ppf(0.1 * clb))
    np.testing.assert_allclose(limit, gaussian, rtol=3.0 / math.sqrt(count) + 4.0 * relative)


@pytest.mark.parametrize(
    "channel",
    [
        Channel(3000, 2800.0, 200.0, signal_uncertainty=0.2),
        Channel(50_000, 50_000.0, 20_000.0, signal_uncertainty=1.0),
        Channel(2000, 1e5, 2e5, signal_uncertainty=0.3),
    ],
)
def test_cls_against_sampled_factors(channel):
    limit = cls_upper_limit(channel)
    random = np.random.default_rng(7)
    number = 1_000_000
    background = channel.background * np.exp(
        math.hypot(*channel.background_widths) * random.standard_normal(number)
    )
    factor = np.exp(math.hypot(*channel.signal_widths) * random.standard_normal(number))
    below = special.pdtr(channel.observed, background)
    both = special.pdtr(channel.observed, background + limit * factor)
    ratio = both.mean() / below.mean()
    residual = (both - ratio * below) / below.mean()
    # Five standard errors of the ratio.
    assert abs(ratio - 0.1) < 5.0 * residual.std() / math.sqrt(number)


def test_nothing_seen_cancels_any_background():
    for background in (0.0, 3.0, 1e9):
        np.testing.assert_allclose(cls_upper_limit(Channel(0, background)), -LEVEL, rtol=1e-14)
        if background:
            wide = Channel(0, background, 5.0 * background, signal_uncertainty=1.0)
            known = Channel(0, 0.0, signal_uncertainty=1.0)
            np.testing.assert_allclose(cls_upper_limit(wide), cls_upper_limit(known), rtol=1e-12)


@pytest.mark.parametrize("count", [498, 500, 501, 503])
def test_nothing_jumps_where_the_route_changes(count):
    # The sums end at 500 counts.
    channel = Channel(count, 450.0, 45.0, signal_uncertainty=0.1)
    np.testing.assert_allclose(
        cls_upper_limit(channel), large_cls_upper_limit(channel, LEVEL), rtol=1e-9
    )


def test_log_cls_of_a_large_count_crosses_at_the_limit():
    channel = Channel(10**6, 1e6, 1e4, signal=2.0, signal_uncertainty=0.1)
    limit = cls_upper_limit(channel)
    np.testing.assert_allclose(log_cls(channel, limit), LEVEL, rtol=1e-8)


@pytest.mark.parametrize("background", [1e5, 1e9])
@pytest.mark.parametrize("relative", [0.0, 1e-3, 1.0])
def test_bands_of_large_backgrounds(background, relative):
    counts = outcome_quantiles(Channel(0, background, relative * background))
    width = math.log1p(relative)
    for band, count in counts.items():
        # Normal in the count, or log-normal where the factor is wide; 1/sqrt(b) for the skewness.
        spread = math.sqrt(width**2 + 1.0 / background)
        expected = background * math.exp(float(band) * spread)
        np.testing.assert_allclose(count, expected, rtol=3.0 / background + 2.0 * spread**3 + 1e-9)


@pytest.mark.parametrize("method", ["cls", "fc", "bayes", "asymptotic"])
@pytest.mark.parametrize(
    "channel",
    [
        Channel(40_000, 40_000.0, 1000.0),
        Channel(3, 1e9, 1e9),
        Channel(10**9, 10.0),
        Channel(10**9, 1e9, 1e5),
    ],
)
def test_every_method_answers(method, channel):
    limit = upper_limit(channel, method)
    assert 0.0 <= limit.lower_limit < limit.upper_limit < math.inf
    bands = list(expected_limits(channel, method).values())
    assert bands == sorted(bands)
    assert bands[0] > 0.0


def test_bayes_of_a_large_count_by_integration():
    channel = Channel(10_000, 9_900.0, 300.0)
    limit = bayes_upper_limit(channel)
    signal = np.linspace(0.0, 3000.0, 30_001)
    likelihood = np.exp(smeared_log_pmf(10_000, signal, 9_900.0, channel.background_widths[0]))
    cumulative = np.cumsum(likelihood)
    share = np.interp(limit, signal, cumulative) / cumulative[-1]
    # Step of the sum: 0.1 of 1000 events.
    np.testing.assert_allclose(share, 0.9, rtol=3e-4)
