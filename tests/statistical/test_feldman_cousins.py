"""Feldman-Cousins intervals against the tables of physics/9711021."""

import math

import numpy as np
import pytest
from closeness import close
from scipy import stats

from emiss.ground.errors import ValidityError
from emiss.inference.channel import Channel
from emiss.inference.feldman_cousins import _best, feldman_cousins_interval
from emiss.inference.likelihood_ratio import interval_of_count
from emiss.inference.smeared_count import smeared_count

# Tables IV and V of the paper, 90 % CL, those entries that are known for sure. Its strengths lie
# on a grid of 0.005 and are printed with two decimals, so an exact end may differ by 0.01.
TABLE = {
    (0.0, 0): (0.00, 2.44),
    (0.0, 1): (0.11, 4.36),
    (0.0, 2): (0.53, 5.91),
    (0.0, 3): (1.10, 7.42),
    (0.5, 0): (0.00, 1.94),
    (0.5, 1): (0.00, 3.86),
    (0.5, 2): (0.03, 5.41),
    (0.5, 3): (0.60, 6.92),
    (1.0, 0): (0.00, 1.61),
    (2.0, 0): (0.00, 1.26),
    (3.0, 0): (0.00, 1.08),
    (3.0, 3): (0.00, 4.42),
    (3.0, 6): (0.15, 8.47),
    (3.0, 10): (2.63, 13.50),
    (5.0, 0): (0.00, 0.98),
    (10.0, 0): (0.00, 0.93),
    (15.0, 0): (0.00, 0.92),
}


@pytest.mark.parametrize(("key", "ends"), TABLE.items())
def test_published_table(key, ends):
    background, observed = key
    lower, upper = feldman_cousins_interval(Channel(observed, background), 0.9)
    np.testing.assert_allclose([lower, upper], ends, rtol=0, atol=0.0101)


def test_raw_construction_is_shorter_where_it_dips():
    raw = feldman_cousins_interval(Channel(0, 3.0), raw=True)[1]
    np.testing.assert_allclose(raw, 0.953, rtol=1e-3)
    assert feldman_cousins_interval(Channel(0, 3.0))[1] > raw + 0.1
    # Where it does not dip there is nothing to lengthen.
    for channel in (Channel(3, 1.0), Channel(5, 5.0), Channel(10**6, 1e6)):
        assert feldman_cousins_interval(channel, raw=True) == feldman_cousins_interval(channel)


@pytest.mark.parametrize("observed", [0, 1, 2, 5, 10, 20])
def test_the_published_end_is_the_largest_raw_one_behind_it(observed):
    backgrounds = np.arange(0.0, 15.01, 1.0)
    grid = np.arange(0.0, 24.0, 0.004)
    raw = np.array([feldman_cousins_interval(Channel(observed, b), raw=True)[1] for b in grid])
    ends = [feldman_cousins_interval(Channel(observed, b))[1] for b in backgrounds]
    assert np.all(np.diff(ends) < 0.0)
    for background, end in zip(backgrounds, ends, strict=True):
        behind = raw[grid >= background - 1e-9].max()
        # The raw end jumps up and slides down by at most 1 per unit of background: a grid of
        # 0.004 misses at most that of a jump.
        assert behind - 1e-9 <= end <= behind + 0.004


def accepted_by_sorting(strength, background, cl):
    """Acceptance region as the paper builds it: add outcomes in the order of R."""
    n = np.arange(80 + int(2 * background))
    pmf = stats.poisson.pmf(n, strength + background)
    ratio = pmf / stats.poisson.pmf(n, np.maximum(n, background))
    region, total = set(), 0.0
    for which in np.argsort(-ratio, kind="stable"):
        region.add(int(which))
        total += pmf[which]
        if total >= cl:
            return region
    raise AssertionError


@pytest.mark.parametrize("observed", [0, 2, 5, 9])
def test_ends_separate_accepted_from_rejected_strengths(observed):
    lower, upper = feldman_cousins_interval(Channel(observed, 1.3), raw=True)
    assert observed in accepted_by_sorting(upper - 1e-6, 1.3, 0.9)
    assert observed not in accepted_by_sorting(upper + 1e-6, 1.3, 0.9)
    if lower > 0.0:
        assert observed in accepted_by_sorting(lower + 1e-6, 1.3, 0.9)
        assert observed not in accepted_by_sorting(lower - 1e-6, 1.3, 0.9)


def test_every_strength_is_covered():
    """Neyman's guarantee, summed exactly instead of with toys."""
    background, cl = 0.8, 0.9
    ends = np.array([feldman_cousins_interval(Channel(n, background), cl) for n in range(31)])
    for strength in np.linspace(0.0, 12.0, 61):
        inside = (ends[:, 0] <= strength) & (strength <= ends[:, 1])
        coverage = stats.poisson.pmf(np.flatnonzero(inside), strength + background).sum()
        assert coverage >= cl - 1e-6


def test_several_channels_of_equal_purity_are_the_sum():
    channels = [Channel(1, 0.25, signal=0.5), Channel(1, 0.25, signal=0.5)]
    lower, upper = feldman_cousins_interval(channels)
    one = feldman_cousins_interval(Channel(2, 0.5))
    # Best strengths are interpolated, see the docstring.
    close(upper, one[1], 1e-3)
    close(lower, one[0], absolute=1e-3, because="events; best strengths are interpolated")


def test_small_uncertainties_change_little_and_large_ones_lengthen():
    known = feldman_cousins_interval(Channel(1, 0.5))[1]
    nearly = feldman_cousins_interval(Channel(1, 0.5, signal_uncertainty=1e-4))[1]
    close(nearly, known, 1e-3)
    assert feldman_cousins_interval(Channel(1, 0.5, signal_uncertainty=0.5))[1] > known


def test_what_cannot_be_built_is_refused():
    with pytest.raises(ValidityError, match="merge the channels"):
        feldman_cousins_interval([Channel(5000, 4900.0), Channel(1, 1.0)])
    with pytest.raises(ValidityError, match="more than"):
        feldman_cousins_interval([Channel(4, 3.0 + i) for i in range(6)])
    with pytest.raises(ValidityError, match="both signal and background"):
        feldman_cousins_interval(Channel(1000, 900.0, 30.0, signal_uncertainty=0.1))


@pytest.mark.parametrize(
    "channel",
    [Channel(20, 20.0, 5.0), Channel(12, 5.0, signal_uncertainty=0.3), Channel(9, 30.0, 9.0)],
)
def test_one_uncertainty_without_enumeration(channel):
    widths = channel.background_widths[0], channel.signal_widths[0]
    got = interval_of_count(
        smeared_count(channel.background, *widths, 100.0), channel.observed, 0.9
    )
    # The enumeration interpolates best strengths.
    np.testing.assert_allclose(got, feldman_cousins_interval(channel), rtol=1e-3, atol=1e-9)


@pytest.mark.parametrize("widths", [(0.1, 0.0), (0.3, 0.0), (0.0, 0.2)])
@pytest.mark.parametrize("background", [20.0, 300.0])
def test_the_best_signal_has_the_largest_likelihood(background, widths):
    spread = math.sqrt(background) + sum(widths) * background
    known = smeared_count(background, *widths, 4.0 * background)
    for count in background + spread * np.array([0.3, 1.0, 2.0, 5.0]):
        best = known.best(count)
        ratios = [known.log_ratio(count, best + d * spread) for d in (-0.01, 0.0, 0.01)]
        # R = 1 there by definition; a hundredth of a standard deviation costs 5e-5.
        assert max(ratios) == ratios[1] or abs(max(ratios) - ratios[1]) < 2e-5
        close(math.exp(ratios[1]), 1.0, 1e-4)
        away = [known.log_ratio(count, best + d * spread) for d in (-0.2, 0.2)]
        assert max(away) < -0.003


@pytest.mark.parametrize("count", [10**4, 10**6, 10**9])
@pytest.mark.parametrize("relative", [0.0, 1e-3, 1e-2])
def test_large_counts_are_those_of_a_gaussian_with_a_boundary(count, relative):
    # Table X of the paper, upper ends: for a mean of at least 0 and a measured 0 it is 1.64
    # standard deviations, for -1 it is 0.81, for 1 it is 2.64, and for 3 it is 4.64.
    spread = math.hypot(math.sqrt(count), relative * count)
    for sigmas, end in {0.0: 1.64, -1.0: 0.81, 1.0: 2.64, 3.0: 4.64}.items():
        channel = Channel(round(count + sigmas * spread), float(count), relative * count)
        lower, upper = feldman_cousins_interval(channel)
        # Two decimals; skewness of count and factor.
        loose = 0.006 + 4.0 / math.sqrt(count) + 12.0 * relative
        np.testing.assert_allclose(upper / spread, end, rtol=0, atol=loose)
        assert (lower > 0.0) == (sigmas > 1.29)


@pytest.mark.parametrize("background", [40.0, 300.0])
@pytest.mark.parametrize("sigmas", [-1.0, 0.5, 3.0])
def test_ends_of_large_counts_by_sorting(background, sigmas):
    observed = round(background + sigmas * math.sqrt(background))
    lower, upper = feldman_cousins_interval(Channel(observed, background), raw=True)
    assert observed in accepted_by_sorting(upper - 1e-6, background, 0.9)
    assert observed not in accepted_by_sorting(upper + 1e-6, background, 0.9)
    if lower > 0.0:
        assert observed in accepted_by_sorting(lower + 1e-6, background, 0.9)
        assert observed not in accepted_by_sorting(lower - 1e-6, background, 0.9)


def averaged(width):
    """Factors and weights of a log-normal average by Gauss's rule."""
    if width == 0.0:
        return np.ones(1), np.ones(1)
    nodes, weights = np.polynomial.hermite_e.hermegauss(25 if width > 0.5 else 11)
    return (1.0 + width) ** nodes, weights / weights.sum()


def neyman(channels, cl):
    """Both ends by the construction as it stands: outcomes in a box, strengths on a grid."""
    scan = 321  # up to 16; the best strength of an outcome may be larger
    strengths = np.append(np.linspace(0.0, 16.0, scan), np.linspace(16.2, 80.0, 160))
    top = 160 if len(channels) == 1 else 36
    table = np.ones((strengths.size, 1))
    for channel in channels:
        b = channel.background
        up, up_weights = averaged(channel.signal_uncertainty)
        spread, spread_weights = averaged(channel.background_uncertainty / b)
        signal = np.multiply.outer(strengths * channel.signal, up)
        rate = signal[:, :, None] + b * spread
        pmf = stats.poisson.pmf(np.arange(top), rate[..., None])
        pmf = np.einsum("rsbn,s,b->rn", pmf, up_weights, spread_weights)
        table = (table[:, :, None] * pmf[:, None, :]).reshape(strengths.size, -1)
    best = np.maximum(table.max(axis=0), 1e-300)
    which = np.ravel_multi_index([c.observed for c in channels], [top] * len(channels))
    rank = table / best
    above = rank > rank[:, which, None] * (1.0 + 1e-9)
    inside = np.flatnonzero(np.where(above, table, 0.0).sum(axis=1)[:scan] < cl)
    return strengths[inside[0]], strengths[inside[-1]]


@pytest.mark.parametrize(
    "channels",
    [
        [Channel(0, 0.7, signal_uncertainty=0.7)],
        [Channel(3, 0.5, signal_uncertainty=0.7)],
        [Channel(2, 3.0, 1.0)],
        [Channel(5, 1.0, 0.3, signal_uncertainty=0.3)],
        [Channel(2, 0.4, signal=0.7), Channel(0, 1.5, signal=0.3)],
        [Channel(4, 0.4, signal=0.5), Channel(1, 1.5, signal=0.5)],
    ],
)
def test_intervals_by_the_construction_as_it_stands(channels):
    lower, upper = neyman(channels, 0.9)
    found = feldman_cousins_interval(channels, 0.9)
    # Strengths are on a grid of 0.05, which also places the best ones.
    close(found[0], lower, absolute=0.051, because="one step of the grid of strengths")
    close(found[1], upper, absolute=0.051, because="one step of the grid of strengths")


@pytest.mark.parametrize("place", [0.7, 1.3, 2.9])
def test_the_best_strength_of_a_parabola_is_exact(place):
    """ln P that is a parabola has its maximum found from any three strengths around it."""
    grid = np.array([0.0, 0.4, 0.9, 1.5, 2.2, 3.0, 3.9])
    heights = np.array([0.0, -2.0, 5.0])
    logs = heights - np.array([0.3, 1.0, 4.0]) * np.square(grid - place)[:, None]
    close(_best(logs, grid), heights, absolute=1e-12, because="one of the heights is 0")
    # At an end there is nothing to interpolate between.
    close(_best(np.stack([-grid, grid - 4.0], axis=1), grid), [0.0, -0.1], 1e-12)


@pytest.mark.parametrize(
    ("channel", "bracket"),
    [
        # Exact where one rate is uncertain; where both are, its grid is 1 % of the end.
        (Channel(0, 0.0, signal_uncertainty=0.25), 1e-3),
        (Channel(2, 1.0, signal_uncertainty_shared=0.3), 1e-3),
        (Channel(1, 1.0, 0.2, signal_uncertainty=0.2), 0.03),
    ],
)
@pytest.mark.parametrize("level", [0.9999, 0.999999])
def test_ends_at_high_levels_are_where_acceptance_ends(channel, bracket, level):
    """Probabilities by a plain sum over both factors; at 0.999999 no end was found."""
    steps = np.linspace(-7.5, 7.5, 61)
    weights = np.exp(-0.5 * steps**2)
    weights /= weights.sum()
    signal = np.exp(math.hypot(*channel.signal_widths) * steps)
    background = channel.background * np.exp(channel.background_width * steps)
    counts = np.arange(900)
    logs = np.concatenate([[0.0], np.cumsum(np.log(counts[1:]))])

    def probabilities(strength):
        mean = np.add.outer(strength * signal, background).ravel()[:, None]
        weight = np.multiply.outer(weights, weights).ravel()
        busy = weight > 1e-16
        terms = counts * np.log(np.maximum(mean[busy], 1e-300)) - mean[busy] - logs
        return weight[busy] @ np.exp(terms)

    upper = feldman_cousins_interval(channel, level, raw=True)[1]
    grid = np.concatenate([[0.0], np.geomspace(0.02, 20.0, 60) * upper])
    best = np.max([probabilities(s) for s in grid], axis=0)

    def accepted(strength):
        found = probabilities(strength)
        rank = np.log(np.maximum(found, 1e-300)) - np.log(np.maximum(best, 1e-300))
        above = rank > rank[channel.observed] + 1e-9
        return found[above].sum() < level

    # Steps of the grid move ranks a little: the same on either side.
    assert accepted(upper * (1.0 - bracket - 0.02))
    assert not accepted(upper * (1.0 + bracket + 0.02))
