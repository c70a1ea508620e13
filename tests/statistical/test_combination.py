"""Several channels: exact sums, correlations, and the sharing of work between patterns."""

import itertools
import math

import numpy as np
import pytest
from closeness import close
from scipy import optimize, stats

from emiss.ground.errors import ValidityError
from emiss.inference.asymptotic import asymptotic_upper_limit
from emiss.inference.channel import Channel
from emiss.inference.cls import cls_upper_limit
from emiss.inference.combination import BAND_SIGMAS, OBSERVED, Combination, combined_cls_upper_limit
from emiss.inference.crossing import find_lower_edge

OUTCOMES = (OBSERVED, *BAND_SIGMAS)


@pytest.mark.parametrize(
    "channel",
    [
        Channel(0, 0.5),
        Channel(3, 0.5, 0.15, signal_uncertainty=0.1),
        Channel(5, 3.0, 3.0, signal=0.2, signal_uncertainty=0.5),
        Channel(2, 0.0),
        Channel(100, 90.0, signal_uncertainty=0.2),
    ],
)
def test_one_channel_agrees_with_the_scalar_route(channel):
    # Two routes through different code; the nodes differ, each good to 1e-7.
    close(combined_cls_upper_limit([channel]), cls_upper_limit(channel), 1e-6)


@pytest.mark.parametrize("counts", [(0, 0, 0), (1, 2, 0), (4, 0, 3)])
def test_equal_purity_is_the_single_bin_sum(counts):
    shares = (0.5, 0.2, 0.6)
    channels = [Channel(n, 0.8 * s, signal=1.7 * s) for n, s in zip(counts, shares, strict=True)]
    whole = Channel(sum(counts), 0.8 * sum(shares), signal=1.7 * sum(shares))
    close(combined_cls_upper_limit(channels), cls_upper_limit(whole), 1e-9)


def test_equal_purity_with_fully_shared_uncertainties_is_the_single_bin_sum():
    shares = (0.5, 0.2, 0.6)
    channels = [
        Channel(
            n,
            0.8 * s,
            signal=1.7 * s,
            signal_uncertainty_shared=0.2,
            background_uncertainty_shared=0.3 * 0.8 * s,
        )
        for n, s in zip((1, 0, 2), shares, strict=True)
    ]
    b, s = 0.8 * sum(shares), 1.7 * sum(shares)
    whole = Channel(3, b, 0.3 * b, signal=s, signal_uncertainty=0.2)
    close(combined_cls_upper_limit(channels), cls_upper_limit(whole), 1e-6)


def test_no_events_give_ln_ten_in_total_for_any_backgrounds():
    channels = [
        Channel(0, 0.5, 0.2, signal=0.3),
        Channel(0, 7.0, 0.0, signal=0.5, background_uncertainty_shared=3.0),
        Channel(0, 0.1, 0.0, signal=0.1, background_uncertainty_shared=0.1),
    ]
    close(combined_cls_upper_limit(channels), math.log(10.0) / 0.9, 1e-12)


def test_no_events_on_a_background_beyond_the_range_of_floats():
    close(
        combined_cls_upper_limit([Channel(0, 900.0), Channel(0, 0.5)]), math.log(10.0) / 2.0, 1e-12
    )


def test_larger_counts_in_two_channels_agree_with_asymptotics():
    channels = [Channel(100, 90.0, signal=0.6), Channel(52, 55.0, signal=0.4)]
    # Discreteness and skewness are of relative order 1/sqrt(150), partly cancelling in the ratio.
    close(combined_cls_upper_limit(channels), asymptotic_upper_limit(channels), 0.03)


def brute_force_limit(channels, weights, draws):
    """Limit from the joint probabilities of all count vectors up to 14, averaged over draws."""
    vectors = np.array(list(itertools.product(range(15), repeat=len(channels))))
    observed = np.array([c.observed for c in channels])
    accepted = vectors[vectors @ weights <= observed @ weights + 1e-9]

    def cumulative(strength):
        total = 0.0
        for signal_factor, background_factor in draws:
            product = np.ones(len(accepted))
            for i, c in enumerate(channels):
                mean = strength * c.signal * signal_factor[i] + c.background * background_factor[i]
                product = product * stats.poisson.pmf(accepted[:, i], mean)
            total += product.sum()
        return total / len(draws)

    at_zero = cumulative(0.0)
    return optimize.brentq(lambda mu: cumulative(mu) / at_zero - 0.1, 0.1, 60.0, rtol=1e-9)


def ordering_weights(channels):
    """The documented weights: ln(1 + r s_i / b_i) with r = (3 + 1.64 sqrt(b)) / s."""
    s = np.array([c.signal for c in channels])
    b = np.array([c.background for c in channels])
    return np.log1p((3.0 + 1.64 * math.sqrt(b.sum())) * s / s.sum() / b)


def test_known_rates_match_explicit_enumeration():
    channels = [Channel(1, 0.5, signal=0.6), Channel(0, 0.3, signal=0.1), Channel(2, 1.1)]
    draws = [(np.ones(3), np.ones(3))]
    expected = brute_force_limit(channels, ordering_weights(channels), draws)
    # Count vectors beyond 14 hold below 1e-8.
    close(combined_cls_upper_limit(channels), expected, 1e-6)


def test_correlated_uncertainties_match_a_dense_grid_of_rates():
    channels = [
        Channel(
            1,
            0.5,
            0.2,
            signal=0.6,
            signal_uncertainty_shared=0.2,
            background_uncertainty_shared=0.1,
        ),
        Channel(1, 0.8, signal=0.3, signal_uncertainty=0.3, signal_uncertainty_shared=0.1,
                background_uncertainty_shared=0.4),
    ]  # fmt: skip
    # Equal-probability midpoints in the four independent factors, an integration rule that has
    # nothing in common with the nodes under test. Its error falls as the inverse square.
    z = stats.norm.ppf((np.arange(7) + 0.5) / 7)
    z /= z.std()
    draws = []
    for shared_s, own_s, shared_b, own_b in itertools.product(z, repeat=4):
        signal = np.array([1.2**shared_s, 1.1**shared_s * 1.3**own_s])
        background = np.array([1.2**shared_b * 1.4**own_b, 1.5**shared_b])
        draws.append((signal, background))
    factor = np.array([a for a, _ in draws]), np.array([b for _, b in draws])
    vectors = np.array(list(itertools.product(range(12), repeat=2)))
    weights = ordering_weights(channels)
    observed = np.array([c.observed for c in channels])
    accepted = vectors[vectors @ weights <= observed @ weights + 1e-9]

    def cumulative(strength):
        product = np.ones((len(draws), len(accepted)))
        for i, c in enumerate(channels):
            mean = strength * c.signal * factor[0][:, i] + c.background * factor[1][:, i]
            product *= stats.poisson.pmf(accepted[:, i], mean[:, None])
        return product.sum(axis=1).mean()

    limit = combined_cls_upper_limit(channels)
    # The midpoint rule with matched variance leaves the fourth moment low, some 1e-3 here; the
    # whole effect of the uncertainties is 20 times larger.
    close(cumulative(limit) / cumulative(0.0), 0.1, 4e-3)
    known = [Channel(c.observed, c.background, signal=c.signal) for c in channels]
    assert abs(limit / combined_cls_upper_limit(known) - 1.0) > 0.01


def test_a_channel_without_signal_changes_nothing():
    channels = [Channel(1, 0.5), Channel(4, 2.0, 0.5, signal=0.0)]
    close(combined_cls_upper_limit(channels), cls_upper_limit(channels[0]), 1e-8)


def test_many_patterns_agree_with_one_at_a_time():
    backgrounds = (0.53, 0.2, 0.31)
    base = [
        Channel(n, b, 0.3 * b, signal_uncertainty=0.05, signal_uncertainty_shared=0.1)
        for n, b in zip((1, 0, 1), backgrounds, strict=True)
    ]
    random = np.random.default_rng(3)
    patterns = random.uniform(0.1, 1.0, (3, 12))
    patterns[1, 4] = 0.0
    together = Combination(base).order(patterns, OUTCOMES).upper_limits()
    for column in range(12):
        alone = Combination(base).order(patterns[:, [column]], OUTCOMES).upper_limits()
        # The enumerated sets differ by outcomes with a probability below 1e-9.
        np.testing.assert_allclose(together[:, column], alone[:, 0], rtol=1e-7)


def test_a_pattern_without_signal_is_never_excluded():
    ordering = Combination([Channel(0, 0.5), Channel(1, 0.2)]).order(
        np.array([[1.0, 0.0], [0.5, 0.0]])
    )
    limits = ordering.upper_limits()
    assert np.isfinite(limits[0, 0])
    assert np.isinf(limits[0, 1])
    close(
        ordering.log_cls(np.array([[1.0, 0.0], [0.5, 0.0]]))[0, 1],
        0.0,
        absolute=1e-9,
        because="the logarithm of a probability of one",
    )


def test_limit_is_where_cls_is_one_minus_cl():
    channels = [Channel(1, 0.5, 0.1, signal_uncertainty_shared=0.1), Channel(0, 0.2)]
    pattern = np.array([[0.7, 0.2], [0.3, 0.8]])
    ordering = Combination(channels).order(pattern, OUTCOMES)
    limits = ordering.upper_limits(0.95)
    logs = ordering.log_cls(pattern[:, None, :] * limits)
    np.testing.assert_allclose(logs, math.log(0.05), rtol=1e-8)
    np.testing.assert_allclose(ordering.excess(pattern[:, None, :] * limits, 0.95), 0.0, atol=1e-8)


def test_coupling_limit_through_the_excess_equals_the_strength_limit():
    channels = [Channel(0, 0.5, signal_uncertainty_shared=0.1), Channel(1, 0.3)]
    pattern = np.array([[2.0, 0.4, 0.01], [1.0, 0.5, 0.05]])
    ordering = Combination(channels).order(pattern, OUTCOMES)

    def excess(coupling):
        return ordering.excess(pattern[:, None, :] * coupling**2)

    limits = ordering.upper_limits()
    edges = find_lower_edge(excess, np.ones_like(limits), 2.0)
    # Twice the relative accuracy of the edge, 1e-6, since events go with the square.
    np.testing.assert_allclose(edges**2, limits, rtol=2e-6)


@pytest.mark.parametrize(
    ("call", "word"),
    [
        (lambda c: c.order(np.ones((3, 1))), "shape"),
        (lambda c: c.order(-np.ones((2, 1))), "negative"),
        (lambda c: c.order(np.full((2, 1), np.nan)), "finite"),
        (lambda c: c.order(np.ones((2, 1)), ("3",)), "unknown outcomes"),
    ],
)
def test_bad_patterns_are_refused(call, word):
    with pytest.raises(ValidityError, match=word):
        call(Combination([Channel(0, 0.5), Channel(0, 0.5)]))


def test_too_many_outcomes_are_refused():
    channels = [Channel(60, 50.0 + i) for i in range(5)]
    with pytest.raises(ValidityError, match="asymptotic"):
        combined_cls_upper_limit(channels)
    with pytest.raises(ValidityError, match="at least one"):
        Combination([])
