"""Exact CLs limits of one channel."""

import math
import subprocess
import sys

import numpy as np
import pytest
from closeness import close
from scipy import integrate, optimize, special, stats

from emiss.ground.errors import UnknownNameError, ValidityError
from emiss.inference.channel import Channel
from emiss.inference.cls import cls_upper_limit, log_cls
from emiss.inference.counting import upper_limit


@pytest.mark.parametrize("background", [0.0, 1e-6, 0.51, 3.0, 80.0, 1e5])
@pytest.mark.parametrize("relative", [0.0, 0.3, 3.0])
def test_no_events_give_ln_ten_for_any_background(background, relative):
    channel = Channel(0, background, background_uncertainty=relative * background)
    # The background cancels exactly; only rounding is left.
    close(cls_upper_limit(channel, 0.9), math.log(10.0), 1e-12)
    close(cls_upper_limit(channel, 0.95), math.log(20.0), 1e-12)


@pytest.mark.parametrize(
    ("background", "observed"),
    [(0.1, 1), (0.5, 1), (0.5, 3), (3.0, 3), (12.0, 4), (0.0, 7), (90.0, 100), (900.0, 1000)],
)
@pytest.mark.parametrize("cl", [0.68, 0.9, 0.95])
def test_known_rates_match_scipy(background, observed, cl):
    def excess(signal):
        top = stats.poisson.logcdf(observed, signal + background)
        return top - stats.poisson.logcdf(observed, background) - math.log(1.0 - cl)

    expected = optimize.brentq(excess, 1e-9, 10.0 + 3.0 * observed, xtol=1e-13, rtol=1e-13)
    got = cls_upper_limit(Channel(observed, background), cl)
    # The incomplete gamma function of scipy is good to some 1e-13.
    close(got, expected, 1e-10)


@pytest.mark.parametrize(
    ("background", "observed", "limit"),
    [(0.5, 1, 3.508), (0.5, 2, 4.843), (0.5, 3, 6.184), (3.0, 3, 4.362)],
)
def test_limits_known_to_three_digits(background, observed, limit):
    # Values of an independent evaluation, quoted to 1e-3.
    close(
        cls_upper_limit(Channel(observed, background)),
        limit,
        absolute=6e-4,
        because="the reference has three decimals",
    )


@pytest.mark.parametrize(
    ("observed", "background", "spread", "signal_spread"),
    [(0, 0.5, 0.2, 0.3), (2, 0.5, 0.5, 0.1), (4, 3.0, 1.5, 0.2), (1, 2.0, 2.0, 1.0)],
)
def test_uncertainties_match_adaptive_double_integration(
    observed, background, spread, signal_spread
):
    channel = Channel(observed, background, spread, signal_uncertainty=signal_spread)
    limit = cls_upper_limit(channel)
    width_b, width_s = math.log1p(spread / background), math.log1p(signal_spread)

    def cumulative(signal):
        def integrand(z, y):
            mean = signal * math.exp(width_s * y) + background * math.exp(width_b * z)
            return special.pdtr(observed, mean) * math.exp(-(z * z + y * y) / 2) / (2 * math.pi)

        return integrate.dblquad(integrand, -8, 8, -8, 8, epsabs=1e-9, epsrel=1e-9)[0]

    # 1e-7 from the nodes under test and 1e-8 from the adaptive rule.
    close(cumulative(limit) / cumulative(0.0), 0.1, 2e-7)


def test_no_events_with_signal_uncertainty_match_brute_force():
    channel = Channel(0, 0.5, signal_uncertainty=0.2)
    limit = cls_upper_limit(channel)
    random = np.random.default_rng(11)
    survival = np.exp(-limit * 1.2 ** random.standard_normal(1_000_000))
    # Five standard errors of the sample.
    close(
        survival.mean(),
        0.1,
        absolute=5.0 * survival.std() / 1e3,
        because="five standard errors of the sample",
    )


@pytest.mark.parametrize("uncertainty", [0.0, 0.1, 0.5])
def test_log_cls_of_any_strength_is_as_small_as_can_be_said(uncertainty):
    """Far behind the limit it stays down, also where the sum is too small for a number."""
    channel = Channel(3, 1.0, signal=1.0, signal_uncertainty=uncertainty)
    logs = [log_cls(channel, strength) for strength in (10.0, 100.0, 1e4, 1e6)]
    assert logs == sorted(logs, reverse=True)
    assert logs[-1] < -30.0


def test_log_cls_at_the_limit_and_at_zero():
    channel = Channel(2, 0.7, 0.2, signal=0.4, signal_uncertainty=0.1)
    limit = cls_upper_limit(channel, 0.95)
    close(log_cls(channel, limit), math.log(0.05), 1e-10)
    assert log_cls(channel, 0.0) == 0.0
    assert -1e-9 < log_cls(channel, 1e-12) <= 0.0
    with pytest.raises(ValidityError, match="strength"):
        log_cls(channel, -1.0)


def test_the_strength_scales_with_the_signal():
    close(
        cls_upper_limit(Channel(2, 0.5, signal=0.1)), 10.0 * cls_upper_limit(Channel(2, 0.5)), 1e-12
    )


def test_large_counts_agree_with_asymptotics():
    exact = upper_limit(Channel(1000, 900.0)).upper_limit
    asymptotic = upper_limit(Channel(1000, 900.0), "asymptotic").upper_limit
    # Corrections are of relative order 1/sqrt(n) times the skewness, below 1 %.
    close(exact, asymptotic, 0.01)
    spread = Channel(1000, 900.0, 60.0, signal_uncertainty=0.05)
    exact = upper_limit(spread).upper_limit
    # Marginal and profile treatments differ more.
    close(exact, upper_limit(spread, "asymptotic").upper_limit, 0.05)


def test_far_fewer_events_than_background_stay_finite():
    # CLb underflows any float here; the limit falls to that of no events.
    limit = cls_upper_limit(Channel(50, 1e6))
    close(limit, math.log(10.0), 2e-4)


def test_unknown_method_suggests_one():
    with pytest.raises(UnknownNameError, match="asymptotic"):
        upper_limit(Channel(0, 1.0), "asymptotics")
    with pytest.raises(ValidityError, match="confidence level"):
        upper_limit(Channel(0, 1.0), cl=90.0)


def test_exact_route_loads_no_heavy_library():
    code = (
        "import sys; from emiss.inference.cls import cls_upper_limit;"
        "from emiss.inference.channel import Channel; cls_upper_limit(Channel(2, 0.5, 0.1));"
        "sys.exit(any(m.split('.')[0] in ('scipy', 'numba', 'matplotlib') for m in sys.modules))"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_limit_of_a_count_of_zero_loads_no_special_functions():
    # They are a twentieth of a fresh `emiss limit` with figures; no count needs no tail.
    code = (
        "import sys, emiss;"
        "found = emiss.limit('na64e-2016-2022', masses=['10 MeV', '20 MeV']);"
        "assert found.excess.p_value == 1.0 and found.excess.significance is None;"
        "sys.exit('scipy.special' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
