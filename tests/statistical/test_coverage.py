"""Coverage: how often the limit lies above the true signal."""

import numpy as np
import pytest
from scipy import stats

from emiss.inference.channel import Channel
from emiss.inference.cls import cls_upper_limit
from emiss.inference.combination import Combination

TOYS = 200_000


@pytest.mark.parametrize("background", [0.0, 0.5, 3.0])
@pytest.mark.parametrize("cl", [0.9, 0.95])
def test_cls_covers_every_signal_exactly(background, cl):
    """Summed over counts, no toys: CLs covers at least, and over-covers at small signals."""
    limits = np.array([cls_upper_limit(Channel(n, background), cl) for n in range(60)])
    for signal in np.linspace(0.01, 15.0, 80):
        covered = stats.poisson.pmf(np.flatnonzero(limits >= signal), signal + background).sum()
        assert covered >= cl - 1e-9


@pytest.mark.slow
@pytest.mark.parametrize("strength", [0.5, 2.0, 4.0, 8.0])
def test_combined_limits_cover_in_toys(strength):
    """200 000 toys with rates drawn from their uncertainties.

    A limit of exactly 90 % coverage would fall below 90 % minus five standard errors (0.0034)
    with probability 3e-7; over-coverage makes a false alarm rarer still.
    """
    channels = [
        Channel(0, 0.53, 0.17, signal=0.3, signal_uncertainty_shared=0.1),
        Channel(0, 0.51, 0.13, signal=0.7, signal_uncertainty_shared=0.1),
    ]
    random = np.random.default_rng(20)
    z = random.standard_normal((3, TOYS))
    factor = 1.1 ** z[0]
    means = np.stack(
        [
            strength * 0.3 * factor + 0.53 * (1.0 + 0.17 / 0.53) ** z[1],
            strength * 0.7 * factor + 0.51 * (1.0 + 0.13 / 0.51) ** z[2],
        ]
    )
    outcomes, frequency = np.unique(random.poisson(means), axis=1, return_counts=True)
    covered = 0
    for outcome, number in zip(outcomes.T, frequency, strict=True):
        recorded = [
            Channel(int(n), c.background, c.background_uncertainty, signal=c.signal,
                    signal_uncertainty_shared=0.1)
            for n, c in zip(outcome, channels, strict=True)
        ]  # fmt: skip
        limit = Combination(recorded).order(np.array([[0.3], [0.7]])).upper_limits()[0, 0]
        covered += int(number) * bool(limit >= strength)
    assert covered / TOYS >= 0.9 - 5.0 * np.sqrt(0.09 / TOYS)
    # CLs over-covers most at small signals; counts are discrete, so a few
    # per cent of it stay at any signal.
    if strength >= 4.0:
        assert covered / TOYS <= 0.97
