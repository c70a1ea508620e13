"""Roots of falling functions beside roots that are known, and how often they ask."""

import math

import numpy as np
import pytest
from closeness import close
from scipy import stats

from emiss.ground.errors import ValidityError
from emiss.inference import cls
from emiss.inference.channel import Channel
from emiss.inference.crossing import rising_roots
from emiss.inference.roots import newton_falling_root, secant_rising_root


def asked_of(evaluate):
    places = []

    def asked(s):
        places.append(s)
        return evaluate(s)

    return asked, places


def poisson(s):
    """Logarithm of P(N <= 3) and its slope."""
    terms = [s**k / math.factorial(k) for k in range(4)]
    return math.log(sum(terms)) - s, -terms[3] / sum(terms)


FUNCTIONS = {
    "straight": (lambda s: (3.0 - s, -1.0), 0.0, 3.0),
    "exponential": (lambda s: (math.exp(-s), -math.exp(-s)), 0.1, math.log(10.0)),
    "power": (lambda s: (-(s**3), -3.0 * s * s), -8.0, 2.0),
    "bent": (lambda s: (math.log1p(s) - s, 1.0 / (1.0 + s) - 1.0), math.log(5.0) - 4.0, 4.0),
    "Poisson": (poisson, math.log(0.1), 0.5 * stats.chi2.ppf(0.9, 8)),
}


@pytest.mark.parametrize("start", [1e-3, 0.3, 2.0, 50.0])
@pytest.mark.parametrize("name", FUNCTIONS)
def test_known_roots(name, start):
    """The tolerance is 1e-12; the last bits of a function over its slope take a little more."""
    evaluate, level, root = FUNCTIONS[name]
    asked, places = asked_of(evaluate)
    close(newton_falling_root(asked, level, start), root, 1e-11)
    # A step of Newton from next to zero on a power goes to a million, and comes back by thirds.
    assert len(places) < 50


def test_a_near_start_asks_twice():
    """One step of Newton and one of the cubic: errors of 1 % become 1e-12."""
    evaluate, level, root = FUNCTIONS["bent"]
    asked, places = asked_of(evaluate)
    close(newton_falling_root(asked, level, 1.01 * root), root, 1e-12)
    assert len(places) == 2


def test_normal_quantiles():
    """Beside scipy; Hastings states 4.5e-4."""
    tails = np.array([1e-12, 1e-4, 0.05, 0.3, 0.5, 0.7, 0.99])
    found = [cls._normal_quantile(tail) for tail in tails]
    close(found, stats.norm.isf(tails), absolute=4.6e-4, because="zero at 0.5")


@pytest.mark.parametrize("n", [0, 1, 3, 12, 30, 80])
def test_starts_are_near_limits(n):
    """What is known of the limit before anything is summed: to 3 % with narrow factors."""
    channel = Channel(n, 0.4 + 0.6 * n, 0.1 * (0.4 + 0.6 * n), signal_uncertainty=0.05)
    width = math.hypot(*channel.signal_widths)
    close(cls._start(channel, math.log(0.1), width), cls.cls_upper_limit(channel), 0.03)


@pytest.mark.parametrize("start", [-30.0, -2.0, 0.0, 0.4, 25.0])
@pytest.mark.parametrize(
    ("function", "root"),
    [
        (lambda x: 1.3 * (x - 0.5), 0.5),
        (lambda x: x + 0.2 * math.sin(x), 0.0),
        (lambda x: math.log(math.expm1(math.exp(min(x, 6.0)))) + max(x - 6.0, 0.0), -0.36651292),
        (lambda x: max(x - 1.0, -700.0 if x < 0.0 else -9.0), 1.0),
    ],
)
def test_rising_roots_beside_the_solver_of_arrays(function, root, start):
    """The third root is ln ln 2, to the digits that are written."""
    found = secant_rising_root(function, start, 1.0, 1e-10)
    close(found, root, absolute=1e-8, because="digits of the constant")
    many = rising_roots(lambda x: np.array([function(float(x[0]))]), np.array([start]), 1.0, 1e-10)
    close(found, many[0], absolute=2e-10, because="the tolerance of both")


def test_rising_roots_out_of_reach():
    assert math.isnan(secant_rising_root(lambda x: x - 90.0, 0.0, 1.0, 1e-10))
    assert math.isnan(secant_rising_root(lambda _: -700.0, 0.0, 1.0, 1e-10))
    with pytest.raises(ValidityError, match="NaN"):
        secant_rising_root(lambda _: math.nan, 0.0, 1.0, 1e-10)
