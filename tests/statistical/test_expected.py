"""Expected limits: discrete steps from enumerated outcomes."""

import itertools
import math

import numpy as np
import pytest
from closeness import close
from scipy import stats

from emiss.ground.errors import UnknownNameError
from emiss.inference.channel import Channel
from emiss.inference.cls import cls_upper_limit
from emiss.inference.combination import combined_cls_upper_limit
from emiss.inference.expected import expected_limits, outcome_quantiles

SIGMAS = {"-2": -2.0, "-1": -1.0, "0": 0.0, "1": 1.0, "2": 2.0}


def test_half_an_event_of_background_gives_steps():
    # P(0) = 0.607, P(1) = 0.303, P(2) = 0.076: median 0, +1 sigma 1, +2 sigma 2 events.
    bands = expected_limits(Channel(7, 0.5))
    steps = [cls_upper_limit(Channel(n, 0.5)) for n in (0, 0, 0, 1, 2)]
    assert list(bands) == list(SIGMAS)
    close(list(bands.values()), steps, 1e-12)


@pytest.mark.parametrize("background", [0.0, 0.1, 3.0, 40.0, 900.0])
def test_counts_are_poisson_quantiles(background):
    counts = outcome_quantiles(Channel(0, background))
    for band, sigma in SIGMAS.items():
        assert counts[band] == max(stats.poisson.ppf(stats.norm.cdf(sigma), background), 0)


@pytest.mark.parametrize(("background", "spread"), [(4.0, 3.0), (100.0, 100.0)])
def test_counts_include_the_background_uncertainty(background, spread):
    channel = Channel(0, background, spread)
    random = np.random.default_rng(2)
    rates = background * (1.0 + spread / background) ** random.standard_normal(400_000)
    toys = random.poisson(rates)
    counts = outcome_quantiles(channel)
    for band, sigma in SIGMAS.items():
        probability = stats.norm.cdf(sigma)
        # 5e-3 is six standard errors of a cumulative fraction of 400 000 toys.
        assert np.mean(toys <= counts[band]) >= probability - 5e-3
        assert np.mean(toys < counts[band]) <= probability + 5e-3


def test_several_channels_match_sorting_all_outcomes_by_their_limit():
    channels = [Channel(0, 0.5, signal=0.6), Channel(0, 0.4, signal=0.2)]
    vectors = list(itertools.product(range(8), repeat=2))
    weight = [stats.poisson.pmf(a, 0.5) * stats.poisson.pmf(b, 0.4) for a, b in vectors]
    limit = [
        combined_cls_upper_limit([Channel(a, 0.5, signal=0.6), Channel(b, 0.4, signal=0.2)])
        for a, b in vectors
    ]
    order = np.argsort(limit, kind="stable")
    cumulative = np.cumsum(np.array(weight)[order])
    bands = expected_limits(channels)
    for band, sigma in SIGMAS.items():
        first = int(np.argmax(cumulative >= stats.norm.cdf(sigma)))
        close(bands[band], limit[order[first]], 1e-6)


@pytest.mark.parametrize("method", ["fc", "bayes", "asymptotic"])
def test_other_methods_have_bands(method):
    one = expected_limits(Channel(0, 0.8), method)
    two = expected_limits([Channel(0, 0.4, signal=0.5), Channel(0, 0.4, signal=0.5)], method)
    assert all(b >= a * (1.0 - 1e-9) for a, b in itertools.pairwise(one.values()))
    # Equal purity: the sum of the channels is all that matters.
    close(list(two.values()), list(one.values()), 1e-3)


def test_no_background_has_no_spread():
    assert set(expected_limits(Channel(3, 0.0)).values()) == {-math.log(1.0 - 0.9)}


def test_unknown_method_is_refused():
    with pytest.raises(UnknownNameError, match="method"):
        expected_limits(Channel(0, 1.0), "guess")


@pytest.mark.parametrize("background", [3.5e5, 1e6, 4.2e7])
def test_large_counts_are_poisson_quantiles(background):
    """Beyond a table of probabilities quantiles come from the distribution itself."""
    counts = outcome_quantiles(Channel(0, background))
    for band, sigma in SIGMAS.items():
        assert counts[band] == stats.poisson.ppf(stats.norm.cdf(sigma), background), band


def test_large_counts_with_a_background_uncertainty():
    """Counts of 1e6 +- 10 % are as wide as the rate: quantiles of the log-normal."""
    counts = outcome_quantiles(Channel(0, 1e6, 1e5))
    for band, sigma in SIGMAS.items():
        # The spread of counts, 1e-3 of the rate, adds 1e-4 in quadrature to the width.
        close(counts[band], 1e6 * 1.1**sigma, 3e-4)
