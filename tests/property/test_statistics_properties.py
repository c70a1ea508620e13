"""What must hold for limits of any counts and rates."""

import math
from itertools import pairwise

import numpy as np
from closeness import close
from dense_edges import find_edges
from hypothesis import given, settings
from hypothesis import strategies as st

from emiss.ground.units import format_level
from emiss.inference.bayes import bayes_upper_limit
from emiss.inference.channel import Channel
from emiss.inference.cls import cls_upper_limit, log_cls
from emiss.inference.combination import BAND_SIGMAS, OBSERVED, Combination, combined_cls_upper_limit
from emiss.inference.counting import METHODS, upper_limit
from emiss.inference.crossing import find_lower_edge
from emiss.inference.expected import expected_limits

counts = st.integers(0, 12)
rates = st.floats(0.01, 20.0)
spreads = st.floats(0.0, 1.5)
levels = st.sampled_from([0.68, 0.9, 0.95, 0.99])
quick = settings(max_examples=60, deadline=None)
fewer = settings(max_examples=20, deadline=None)


@quick
@given(counts, rates, spreads, spreads, levels)
def test_limit_rises_with_the_count(n, b, b_spread, s_spread, cl):
    low, high = (
        cls_upper_limit(Channel(k, b, b_spread * b, signal_uncertainty=s_spread), cl)
        for k in (n, n + 1)
    )
    assert high > low


@quick
@given(counts, rates, st.floats(1.01, 3.0), levels)
def test_limit_falls_with_a_known_background(n, b, factor, cl):
    few = cls_upper_limit(Channel(n, b), cl)
    many = cls_upper_limit(Channel(n, b * factor), cl)
    assert many <= few * (1.0 + 1e-12)


@quick
@given(counts, rates, spreads, spreads)
def test_limit_rises_with_the_confidence_level(n, b, b_spread, s_spread):
    channel = Channel(n, b, b_spread * b, signal_uncertainty=s_spread)
    assert cls_upper_limit(channel, 0.95) > cls_upper_limit(channel, 0.9)


@quick
@given(counts, rates, spreads, spreads, st.floats(0.01, 30.0))
def test_cls_is_a_probability_and_falls(n, b, b_spread, s_spread, strength):
    channel = Channel(n, b, b_spread * b, signal_uncertainty=s_spread)
    near, far = log_cls(channel, strength), log_cls(channel, 1.1 * strength)
    assert near < 1e-9
    # Where CLs is 1 up to rounding, so is its fall.
    assert far < near or near > -1e-12


@quick
@given(counts, rates, spreads, st.floats(0.01, 1.5), levels)
def test_flat_prior_bayes_is_above_cls_with_signal_uncertainty(n, b, b_spread, s_spread, cl):
    channel = Channel(n, b, b_spread * b, signal_uncertainty=s_spread)
    assert bayes_upper_limit(channel, cl) > cls_upper_limit(channel, cl)


@quick
@given(rates, spreads, levels)
def test_signal_uncertainty_weakens_the_limit_without_events(b, spread, cl):
    # E[exp(-s f)] >= exp(-s) where the limit lies beyond the median of f (Jensen in ln f holds
    # for s > 1), so uncertainty never strengthens a limit above one event.
    limit = cls_upper_limit(Channel(0, b, signal_uncertainty=spread), cl)
    assert limit >= -math.log(1.0 - cl) * (1.0 - 1e-9)


@quick
@given(st.lists(st.tuples(st.integers(0, 3), st.floats(0.05, 2.0)), min_size=2, max_size=3))
def test_splitting_a_channel_of_equal_purity_changes_nothing(parts):
    channels = [Channel(n, 0.6 * share, signal=share) for n, share in parts]
    total = sum(share for _, share in parts)
    whole = Channel(sum(n for n, _ in parts), 0.6 * total, signal=total)
    close(combined_cls_upper_limit(channels), cls_upper_limit(whole), 1e-8)


@quick
@given(
    st.tuples(st.integers(0, 3), st.integers(0, 3)),
    st.tuples(st.floats(0.05, 2.0), st.floats(0.05, 2.0)),
    st.tuples(st.floats(0.05, 2.0), st.floats(0.05, 2.0)),
    st.floats(0.0, 0.5),
)
def test_another_event_weakens_a_combined_limit(observed, background, signal, spread):
    def limit(extra):
        return combined_cls_upper_limit(
            [
                Channel(n + e, b, 0.3 * b, signal=s, signal_uncertainty_shared=spread)
                for n, e, b, s in zip(observed, extra, background, signal, strict=True)
            ]
        )

    none = limit((0, 0))
    assert limit((1, 0)) >= none * (1.0 - 1e-9)
    assert limit((0, 1)) >= none * (1.0 - 1e-9)


@fewer
# Pseudo-experiments have tests of their own; they refuse counts that they never throw.
@given(counts, rates, st.sampled_from([name for name in METHODS if name != "toys"]), levels)
def test_every_method_gives_ordered_finite_limits(n, b, method, cl):
    limit = upper_limit(Channel(n, b), method, cl)
    assert 0.0 <= limit.lower_limit < limit.upper_limit < math.inf
    bands = list(expected_limits(Channel(n, b), method, cl).values())
    assert all(math.isfinite(v) and v > 0.0 for v in bands)
    assert all(after >= before * (1.0 - 1e-9) for before, after in pairwise(bands))


@fewer
@given(
    st.lists(st.floats(0.01, 3.0), min_size=2, max_size=3),
    st.lists(st.floats(0.01, 3.0), min_size=3, max_size=3),
    st.floats(0.0, 0.5),
)
def test_excess_crosses_zero_at_the_limit(backgrounds, signals, spread):
    channels = [Channel(1, b, signal_uncertainty_shared=spread) for b in backgrounds]
    pattern = np.array(signals[: len(channels)])[:, None]
    ordering = Combination(channels).order(pattern, (OBSERVED, *BAND_SIGMAS))
    limits = ordering.upper_limits()
    for factor, sign in ((0.999, -1.0), (1.001, 1.0)):
        excess = ordering.excess(pattern[:, None] * limits * factor)
        assert np.all(np.sign(excess) == sign)


@quick
@given(st.floats(0.5, 8.0), st.floats(-14.0, -2.0), st.floats(-14.0, -2.0))
def test_edges_of_power_laws_are_found_from_any_guess(power, log_edge, log_guess):
    def excess(coupling):
        return power * (np.log(coupling) - log_edge)

    edge = find_lower_edge(excess, np.array([math.exp(log_guess)]), 2.0)
    close(edge[0], math.exp(log_edge), 1e-6)


@quick
@given(st.floats(-10.0, -2.0), st.floats(0.001, 2.0), st.floats(0.1, 50.0))
def test_islands_are_found(centre, half_width, height):
    def excess(coupling):
        return height * (1.0 - ((np.log(coupling) - centre) / half_width) ** 2)

    edges = find_edges(excess, (math.exp(-13.0), math.exp(1.0)), 1)
    close(
        math.log(edges.lower[0]),
        centre - half_width,
        absolute=2e-6,
        because="a logarithm; the finder stops at 1e-6 in the coupling",
    )
    close(
        math.log(edges.upper[0]),
        centre + half_width,
        absolute=2e-6,
        because="a logarithm; the finder stops at 1e-6 in the coupling",
    )


sizes = st.floats(0.0, 9.0).map(lambda decade: round(10.0**decade))
relatives = st.sampled_from([0.0, 1e-4, 1e-2, 0.3, 3.0])


@fewer
@given(sizes, st.floats(-3.0, 3.0), relatives, relatives)
def test_limit_of_any_size_rises_with_the_count(background, sigmas, b_spread, s_spread):
    spread = math.sqrt(background) + b_spread * background
    n = max(round(background + sigmas * spread), 0)
    more = n + max(1, round(0.1 * spread))
    low, high = (
        cls_upper_limit(
            Channel(k, float(background), b_spread * background, signal_uncertainty=s_spread)
        )
        for k in (n, more)
    )
    assert 0.0 < low < high


@fewer
@given(sizes, st.floats(-3.0, 3.0), levels)
def test_limit_of_any_size_falls_with_the_background(background, sigmas, cl):
    n = max(round(background + sigmas * math.sqrt(background)), 0)
    step = 0.1 * math.sqrt(background)
    few, many = (cls_upper_limit(Channel(n, b), cl) for b in (background - step, background))
    assert many <= few * (1.0 + 1e-9)


@fewer
@given(sizes, st.floats(-3.0, 3.0), levels)
def test_flat_prior_of_any_size_is_cls(background, sigmas, cl):
    # Posterior of a known background in closed form: 1 - Q(n + 1, s + b) / Q(n + 1, b).
    from scipy.special import gammaincc

    n = max(round(background + sigmas * math.sqrt(background)), 0)
    limit = bayes_upper_limit(Channel(n, float(background)), cl)
    tail = gammaincc(n + 1.0, limit + background) / gammaincc(n + 1.0, background)
    # 2e-6 / (1 - cl): scipy at large counts between 4.5 and 5 deviations.
    np.testing.assert_allclose(tail, 1.0 - cl, rtol=1e-3 if n > 10**5 else 1e-8)


@quick
@given(counts, rates, spreads, spreads, levels)
def test_a_combination_of_one_is_the_channel(n, b, b_spread, s_spread, cl):
    channel = Channel(n, b, b_spread * b, signal=1.7, signal_uncertainty=s_spread)
    # Enumeration leaves out outcomes of 1e-10 of the probability.
    np.testing.assert_allclose(
        combined_cls_upper_limit([channel], cl), cls_upper_limit(channel, cl), rtol=2e-6
    )


@fewer
@given(st.integers(0, 20), st.floats(0.0, 15.0), st.floats(0.01, 5.0), levels)
def test_published_feldman_cousins_end_falls_with_the_background(n, b, more, cl):
    few, many = (upper_limit(Channel(n, x), "fc", cl).upper_limit for x in (b, b + more))
    assert many <= few * (1.0 + 1e-9)


@quick
@given(st.floats(0.01, 0.999999))
def test_a_confidence_level_is_written_as_it_was_given(cl):
    text = format_level(cl)
    assert text != "100%"
    np.testing.assert_allclose(float(text.removesuffix("%")), 100.0 * cl, rtol=1e-12)
