"""Averages over log-normal factors against mpmath and against the gamma-function closed forms."""

import math

import mpmath
import numpy as np
import pytest
from closeness import close

from emiss.ground.errors import ValidityError
from emiss.inference.joint import Factors, joint_pmf, joint_sum, joint_total_pmf
from emiss.inference.nuisance import log_poisson_table


def averaged_poisson(rate, width, count):
    """P(count) by adaptive integration with 30 digits, split around the peak."""
    with mpmath.workdps(30):
        rate, width = mpmath.mpf(rate), mpmath.mpf(width)

        def integrand(z):
            mean = rate * mpmath.exp(width * z)
            return mpmath.exp(
                count * mpmath.log(mean) - mean - mpmath.loggamma(count + 1) - z * z / 2
            ) / mpmath.sqrt(2 * mpmath.pi)

        return float(mpmath.quad(integrand, mpmath.linspace(-40, 40, 161)))


@pytest.mark.parametrize(
    ("rate", "width", "counts"),
    [
        (0.5, 0.25, (0, 1, 5)),
        (2.0, 0.25, (0, 3, 8)),
        (3.0, 0.1, (0, 3, 10)),
        (0.5, 1.0, (0, 2, 10)),
        (5.0, 2.4, (0, 1, 20)),
        (50.0, 0.3, (0, 10, 50, 90)),
        (500.0, 0.1, (0, 300, 520)),
        (900.0, 0.05, (700, 900, 1000)),
    ],
)
def test_averaged_poisson_matches_adaptive_integration(rate, width, counts):
    table = log_poisson_table(np.array([rate]), width, max(counts), max(rate, 1.0))[0]
    for count in counts:
        exact = averaged_poisson(rate, width, count)
        # The accuracy that `normal_nodes` promises.
        close(math.exp(table[count]), exact, 1e-7)


def test_probabilities_add_up_to_one():
    table = np.exp(log_poisson_table(np.array([20.0]), 0.4, 400, 20.0)[0])
    # The tail above 400 lies 7.5 standard deviations of the factor away.
    close(table.sum(), 1.0, absolute=1e-8, because="a probability of one")


def test_joint_probabilities_match_sampled_rates():
    rates = np.array([[0.8], [0.5], [1.1]])
    factors = Factors.from_widths([(0.2, 0.4), (0.0, 0.3), (0.1, 0.0)], ["a", "a", "a"])
    counts = np.array([[0, 0, 0], [1, 0, 2], [2, 1, 1], [0, 3, 0]])
    random = np.random.default_rng(5)
    number = 400_000
    common = random.standard_normal(number)
    logs = np.log(rates) + np.stack(
        [
            0.4 * common + 0.2 * random.standard_normal(number),
            0.3 * common,
            0.1 * random.standard_normal(number),
        ]
    )
    means = np.exp(logs)
    got = joint_pmf(rates, counts, factors)[0]
    for vector, value in zip(counts, got, strict=True):
        samples = np.prod(
            [np.exp(-m) * m**k / math.factorial(k) for m, k in zip(means, vector, strict=True)],
            axis=0,
        )
        error = samples.std() / math.sqrt(number)
        # Five standard errors: a false alarm once in two million.
        close(
            value,
            samples.mean(),
            absolute=5.0 * error,
            because="five standard errors of the sample",
        )


def test_common_factor_agrees_with_the_general_grid():
    rates = np.array([[0.8, 3.0], [0.5, 0.1], [1.1, 4.0]])
    counts = np.array([[0, 0, 0], [1, 0, 2], [2, 4, 1]])
    common = Factors(np.zeros(3), (np.full(3, 0.3),))
    # A width too small to matter takes the route through the grid of shared nodes.
    general = Factors(np.array([0.0, 0.0, 1e-7]), (np.full(3, 0.3),))
    assert common.common_width is not None
    assert general.common_width is None
    np.testing.assert_allclose(
        joint_pmf(rates, counts, common), joint_pmf(rates, counts, general), rtol=1e-8
    )


@pytest.mark.parametrize("channels", [1, 2, 3])
@pytest.mark.parametrize("own", [0.0, 0.15])
def test_sums_over_counts_are_those_of_the_joint_probabilities(channels, own):
    random = np.random.default_rng(channels)
    counts = np.array(list(np.ndindex(*(4, 3, 5)[:channels])))[::2]
    shared = (np.linspace(0.1, 0.3, channels),) if channels > 1 else ()
    factors = Factors(np.full(channels, own), shared)
    # From none to so many that each probability is nothing.
    rates = random.uniform(0.1, 4.0, (channels, 6)) * np.geomspace(1e-6, 1e5, 6)
    values = random.random((6, len(counts)))
    expected = (joint_pmf(rates, counts, factors) * values).sum(axis=1)
    np.testing.assert_allclose(joint_sum(rates, counts, factors, values), expected, rtol=1e-12)


def test_groups_with_one_member_are_uncorrelated():
    factors = Factors.from_widths([(0.3, 0.4), (0.0, 0.2)], ["a", "b"])
    assert factors.shared == ()
    np.testing.assert_allclose(factors.uncorrelated, [0.5, 0.2], rtol=1e-12)


def test_totals_are_signal_plus_background():
    none = Factors(np.zeros(2), ())
    counts = np.array([[0, 0], [2, 1], [5, 3]])
    signal, background = np.array([[1.0, 4.0], [0.5, 2.0]]), np.array([0.7, 0.0])
    got = joint_total_pmf(signal, background, counts, (none, none))
    mean = signal + background[:, None]
    for row, vector in enumerate(counts):
        expected = np.prod(
            [np.exp(-m) * m**k / math.factorial(k) for m, k in zip(mean, vector, strict=True)],
            axis=0,
        )
        np.testing.assert_allclose(got[:, row], expected, rtol=1e-12)


def test_too_many_shared_factors_are_refused():
    factors = Factors(np.zeros(12), tuple(np.full(12, 0.1) for _ in range(6)))
    with pytest.raises(ValidityError, match="merge groups"):
        joint_pmf(np.ones((12, 1)), np.ones((1, 12), dtype=int), factors)
