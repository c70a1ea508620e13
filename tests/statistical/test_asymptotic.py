"""The asymptotic method against pyhf's numbers, and its warnings."""

import math

import numpy as np
import pytest
from closeness import close
from scipy import optimize

from emiss.ground.errors import ValidityError
from emiss.inference.asymptotic import asymptotic_log_cls, asymptotic_upper_limit
from emiss.inference.channel import Channel
from emiss.inference.counting import upper_limit

# pyhf 0.7.6, test statistic qtilde, 90 % CL, known background.
PYHF = [
    (0.1, 0, 1.460),
    (0.5, 0, 1.637),
    (0.5, 1, 2.825),
    (0.5, 2, 4.098),
    (0.5, 3, 5.389),
    (1.0, 0, 1.752),
    (3.0, 0, 1.953),
    (3.0, 3, 3.814),
]


@pytest.mark.parametrize(("background", "observed", "limit"), PYHF)
def test_known_background_matches_pyhf(background, observed, limit):
    # Three printed decimals and pyhf's own root finder: 1e-3.
    got = asymptotic_upper_limit(Channel(observed, background))
    close(got, limit, absolute=1e-3, because="three printed decimals")


@pytest.mark.parametrize(
    ("background", "observed", "limit"), [(0.5, 0, 1.633), (0.5, 2, 4.117), (0.5, 3, 5.406)]
)
def test_uncertain_background_is_near_pyhf(background, observed, limit):
    # pyhf's constraint there was of another shape (not log-normal): agreement to 0.2 % only.
    got = asymptotic_upper_limit(Channel(observed, background, 0.3 * background))
    close(got, limit, 2e-3)


def test_profile_matches_a_general_minimiser():
    channels = [
        Channel(3, 1.5, 0.5, signal=0.6, signal_uncertainty_shared=0.2),
        Channel(1, 2.0, signal=0.4, signal_uncertainty=0.1, signal_uncertainty_shared=0.2,
                background_uncertainty_shared=0.4),
        Channel(9, 6.0, signal=0.5, background_uncertainty_shared=1.0),
    ]  # fmt: skip
    n = np.array([c.observed for c in channels], dtype=float)

    def rates(mu, z):
        s = mu * np.array([0.6 * 1.2 ** z[0], 0.4 * 1.2 ** z[0] * 1.1 ** z[1], 0.5])
        b = [1.5 * (1 + 0.5 / 1.5) ** z[2], 2.0 * 1.2 ** z[3], 6.0 * (1 + 1 / 6) ** z[3]]
        return s + np.array(b)

    def objective(mu, z, data, centre):
        mean = np.maximum(rates(mu, z), 1e-12)
        return mean.sum() - data @ np.log(mean) + 0.5 * ((z - centre) ** 2).sum()

    def profile(mu, data, centre):
        result = optimize.minimize(
            lambda z: objective(mu, z, data, centre), centre, method="BFGS", options={"gtol": 1e-9}
        )
        return result.fun, result.x

    def free(data, centre):
        result = optimize.minimize(
            lambda p: objective(p[0], p[1:], data, centre),
            np.concatenate(([1.0], centre)),
            method="L-BFGS-B",
            bounds=[(0.0, None)] + [(None, None)] * 4,
            options={"ftol": 1e-15, "gtol": 1e-9},
        )
        return result.fun, result.x[0]

    mu, none = 9.0, np.zeros(4)
    best, best_mu = free(n, none)
    assert best_mu < mu
    q = 2.0 * (profile(mu, n, none)[0] - best)
    z = profile(0.0, n, none)[1]
    asimov = rates(0.0, z)
    q_asimov = 2.0 * (profile(mu, asimov, z)[0] - profile(0.0, asimov, z)[0])
    assert q < q_asimov

    def tail(x):
        return 0.5 * math.erfc(x / math.sqrt(2.0))

    expected = math.log(tail(math.sqrt(q)) / tail(math.sqrt(q) - math.sqrt(q_asimov)))
    # BFGS leaves about 1e-7 in the minimum.
    close(
        asymptotic_log_cls(channels, mu),
        expected,
        absolute=1e-5,
        because="a logarithm; the minimiser leaves 1e-7",
    )


def test_equal_purity_is_the_single_bin_sum():
    channels = [Channel(1, 0.25, signal=0.5), Channel(2, 0.1, signal=0.2)]
    close(
        asymptotic_upper_limit(channels), asymptotic_upper_limit(Channel(3, 0.35, signal=0.7)), 1e-8
    )


def test_few_events_bring_a_warning_with_the_true_cls():
    few = upper_limit(Channel(0, 0.5), "asymptotic")
    assert len(few.warnings) == 1
    assert "exact CLs is 0.195" in few.warnings[0]
    assert upper_limit(Channel(900, 880.0), "asymptotic").warnings == ()
    assert len(upper_limit(Channel(3, 880.0), "asymptotic").warnings) == 1


def test_strength_is_checked():
    assert asymptotic_log_cls(Channel(1, 1.0), 0.0) == 0.0
    for strength in (math.nan, math.inf, -1e-9, -0.5):
        with pytest.raises(ValidityError, match="strength"):
            asymptotic_log_cls(Channel(1, 1.0), strength)


@pytest.mark.parametrize("observed", [0, 2])
def test_no_background_at_all(observed):
    """Divisions by a mean of nothing: no warning, and q = 2 s for no event."""
    found = asymptotic_upper_limit(Channel(observed, 0.0, signal_uncertainty=0.25))
    assert 0.0 < found < 20.0
    if observed == 0:
        # CLs = [1 - Phi(sqrt q)]/[1 - Phi(0)] = 0.1 with q = 2 s: s = 1.353 without uncertainty
        sharp = asymptotic_upper_limit(Channel(0, 0.0))
        close(sharp, 1.6448536**2 / 2.0, 1e-4)
        assert sharp < found < 1.1 * sharp


def test_few_events_are_warned_of():
    """Below five events, which the documentation names as the least."""
    enough = upper_limit(Channel(5, 5.0), method="asymptotic")
    assert not any("not valid" in text for text in enough.warnings)
    for few in (Channel(4, 5.0), Channel(5, 4.9)):
        (text,) = upper_limit(few, method="asymptotic").warnings
        assert "fewer than 5" in text
