"""Bayesian limits against their relation to CLs and against direct integration."""

import math

import mpmath
import numpy as np
import pytest
from closeness import close
from scipy import integrate, stats

from emiss.inference.bayes import bayes_upper_limit
from emiss.inference.channel import Channel
from emiss.inference.cls import cls_upper_limit


@pytest.mark.parametrize(
    ("observed", "background"),
    [(0, 0.0), (0, 8.0), (1, 0.5), (4, 0.0), (4, 0.5), (4, 8.0), (1000, 0.5), (1000, 900.0)],
)
def test_flat_prior_posterior_of_a_known_signal_equals_cls(observed, background):
    limit = cls_upper_limit(Channel(observed, background))
    # The posterior integrated here, not by the relation that the code uses: substitute the mean,
    # then the likelihood is a gamma density.
    tail = stats.gamma.logsf(limit + background, observed + 1.0)
    whole = stats.gamma.logsf(background, observed + 1.0)
    close(math.exp(tail - whole), 0.1, 1e-9)
    assert bayes_upper_limit(Channel(observed, background)) == limit


@pytest.mark.parametrize(("observed", "spread"), [(0, 0.2), (2, 0.2), (2, 1.0)])
def test_signal_uncertainty_matches_direct_integration(observed, spread):
    background, width = 0.7, math.log1p(spread)
    limit = bayes_upper_limit(Channel(observed, background, signal_uncertainty=spread))

    def posterior(low, high):
        def integrand(signal, z):
            mean = signal * mpmath.exp(width * z) + background
            return mpmath.exp(-mean - z * z / 2) * mean**observed

        return mpmath.quad(integrand, [low, high], mpmath.linspace(-8, 8, 5))

    inside = posterior(0, limit)
    outside = posterior(limit, 10 * limit) + posterior(10 * limit, 300 * limit)
    close(
        float(inside / (inside + outside)),
        0.9,
        absolute=1e-6,
        because="a probability, integrated to 1e-7",
    )


def test_several_channels_match_direct_integration():
    channels = [Channel(1, 0.5, signal=0.6), Channel(0, 0.3, signal=0.1), Channel(2, 1.1)]
    limit = bayes_upper_limit(channels)

    def likelihood(mu):
        return math.prod(
            stats.poisson.pmf(c.observed, mu * c.signal + c.background) for c in channels
        )

    inside = integrate.quad(likelihood, 0.0, limit, epsabs=0.0, epsrel=1e-11)[0]
    outside = integrate.quad(likelihood, limit, 60.0, epsabs=0.0, epsrel=1e-11)[0]
    close(
        inside / (inside + outside),
        0.9,
        absolute=1e-9,
        because="a probability, integrated to 1e-11",
    )


def test_several_uncertain_channels_match_sampling():
    channels = [
        Channel(1, 0.5, 0.3, signal=0.6, signal_uncertainty_shared=0.2),
        Channel(0, 0.9, 0.3, signal=0.4, signal_uncertainty=0.1, signal_uncertainty_shared=0.2),
    ]
    limit = bayes_upper_limit(channels)
    random = np.random.default_rng(17)
    z = random.standard_normal((4, 200_000))
    signal = np.stack([0.6 * 1.2 ** z[0], 0.4 * 1.2 ** z[0] * 1.1 ** z[1]])
    background = np.stack([0.5 * 1.6 ** z[2], 0.9 * (1.0 + 0.3 / 0.9) ** z[3]])
    # With n = (1, 0) the posterior integral over the strength from t on is elementary.
    total = signal.sum(axis=0)

    def tail(t):
        linear = signal[0] * (t + 1.0 / total) + background[0]
        return np.exp(-total * t - background.sum(axis=0)) * linear / total

    ratio = tail(limit).mean() / tail(0.0).mean()
    spread = (tail(limit) - ratio * tail(0.0)).std() / tail(0.0).mean() / math.sqrt(200_000)
    # Five standard errors, about 5e-4.
    close(ratio, 0.1, absolute=5.0 * spread, because="five standard errors of the sample")


def test_equal_purity_is_the_single_bin_sum():
    channels = [Channel(1, 0.25, signal=0.5), Channel(2, 0.1, signal=0.2)]
    close(bayes_upper_limit(channels), bayes_upper_limit(Channel(3, 0.35, signal=0.7)), 1e-8)
