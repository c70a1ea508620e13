"""Bins with correlated backgrounds: theorems, exact counting, coverage, and pyhf."""

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest
from closeness import close

from emiss.ground.errors import EmissError, ValidityError
from emiss.inference import Channel, Combination, expected_limits, significance, upper_limit
from emiss.inference.asymptotic import asymptotic_expected_limits, asymptotic_upper_limit
from emiss.inference.pseudo_experiments import toy_problem
from emiss.inference.shape_channels import PartAsked, parts_asked
from emiss.inference.toy_expected import toy_expected_limits
from emiss.inference.toy_fits import fit_best
from emiss.inference.toys import toy_cls, toy_upper_limit
from emiss.presentation.export.pyhf_workspace import channel_workspace

BINS = (
    Channel(3, 4.0, 0.4, signal=0.5, signal_uncertainty=0.1, signal_uncertainty_shared=0.15,
            background_sources=(("a", 0.8), ("b", 0.3))),
    Channel(9, 8.0, 0.5, signal=0.3, signal_uncertainty_shared=0.15,
            background_sources=(("a", 1.0),)),
    Channel(1, 1.0, signal=0.2, signal_uncertainty_shared=0.15, background_sources=(("b", 0.4),)),
)  # fmt: skip


def merged(bins):
    """One channel in place of bins whose background has one source in common."""
    error = sum(u for c in bins for _, u in c.background_sources)
    return Channel(
        sum(c.observed for c in bins), sum(c.background for c in bins),
        signal=sum(c.signal for c in bins), background_sources=(("a", error),),
        signal_uncertainty_shared=bins[0].signal_uncertainty_shared,
    )  # fmt: skip


@pytest.mark.parametrize("number", [2, 5])
def test_identical_bins_are_one(number):
    bins = [
        Channel(2, 1.5, signal=0.4, signal_uncertainty_shared=0.2, background_sources=(("a", 0.5),))
        for _ in range(number)
    ]
    one = merged(bins)
    close(asymptotic_upper_limit(bins), asymptotic_upper_limit(one), 1e-8)
    for band, value in asymptotic_expected_limits(bins).items():
        close(value, asymptotic_expected_limits(one)[band], 1e-8)
    close(significance(bins, "profile").p_value, significance(one, "profile").p_value, 1e-7)
    if number == 2:
        # outcomes are enumerated with quadrature in the factors, to 1e-4
        close(upper_limit(bins).upper_limit, upper_limit(one).upper_limit, 1e-4)
        thrown, alone = (toy_upper_limit(each, toys=4000) for each in (bins, one))
        assert abs(thrown.upper_limit - alone.upper_limit) < 4.0 * math.hypot(
            thrown.error, alone.error
        )


@pytest.mark.parametrize("seed", range(6))
def test_bins_expect_no_less_than_the_count(seed):
    """For any factors the deviance of bins is at least that of their sum (log-sum inequality)."""
    random = np.random.default_rng(seed)
    bins = [
        Channel(0, b, signal=s, signal_uncertainty_shared=0.2, background_sources=(("a", 0.3 * b),))
        for b, s in zip(random.exponential(20.0, 4), random.exponential(1.0, 4), strict=True)
    ]
    apart, one = asymptotic_expected_limits(bins), asymptotic_expected_limits(merged(bins))
    for band in apart:
        assert apart[band] < one[band] * (1.0 - 1e-6)


def test_signal_where_there_is_no_background_gains():
    # the bins tell it apart: with few events and exact counting as well
    bins = [
        Channel(0, 0.05, signal=0.9, background_sources=(("a", 0.01),)),
        Channel(0, 4.0, signal=0.1, background_sources=(("a", 0.8),)),
    ]
    assert expected_limits(bins)["0"] < 0.7 * expected_limits(merged(bins))["0"]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_pyhf_has_the_same_limits():
    pyhf = pytest.importorskip("pyhf")
    text = channel_workspace(["x", "y", "z"], BINS)

    def levels(strength, counts):
        for each, count in zip(text["observations"], counts, strict=True):
            each["data"] = [float(count)]
        workspace = pyhf.Workspace(text)
        model = workspace.model(modifier_settings={"normsys": {"interpcode": "code1"}})
        cls, bands = pyhf.infer.hypotest(
            strength, workspace.data(model), model, test_stat="qtilde", return_expected_set=True
        )
        return float(cls), [float(one) for one in bands]

    # its minimiser is good to 1e-4
    observed = asymptotic_upper_limit(BINS)
    close(levels(observed, [c.observed for c in BINS])[0], 0.1, 1e-3)
    nominal = [c.background for c in BINS]
    for number, (_, limit) in enumerate(asymptotic_expected_limits(BINS).items()):
        close(levels(limit, nominal)[1][number], 0.1, 1e-3)


def thrown(bins, strength, number, seed):
    """Pseudo-experiments of bins with all factors thrown."""
    random = np.random.default_rng(seed)
    loads = [c.source_widths for c in bins]
    for _ in range(number):
        z = {"a": random.standard_normal(), "b": random.standard_normal()}
        common, own = 1.15 ** random.standard_normal(), 1.1 ** random.standard_normal()
        seen = []
        for i, c in enumerate(bins):
            factor = math.exp(sum(width * z[name] for name, width in loads[i].items()))
            signal = strength * c.signal * common * (own if i == 0 else 1.0)
            count = int(random.poisson(c.background * factor + signal))
            seen.append(replace(c, observed=count))
        yield seen


@pytest.mark.parametrize("strength", [0.0, 12.0])
def test_limits_of_bins_cover(strength):
    """400 pseudo-experiments of 65 background events in three bins, all factors thrown.

    A coverage of exactly 90 % falls below by four standard errors (0.06) with probability 1e-4;
    asymptotic formulas are good to a per cent there, and CLs covers more.
    """
    bins = [
        replace(c, background=5.0 * c.background, background_uncertainty=0.0,
                background_sources=tuple((n, 5.0 * u) for n, u in c.background_sources))
        for c in BINS
    ]  # fmt: skip
    number = 400
    covered = sum(
        asymptotic_upper_limit(seen) >= strength for seen in thrown(bins, strength, number, 8)
    )
    assert covered / number >= 0.9 - 4.0 * math.sqrt(0.09 / number)


@pytest.mark.slow
@pytest.mark.parametrize("strength", [3.0, 12.0])
def test_limits_of_bins_from_pseudo_experiments_cover(strength):
    """200 pseudo-experiments of 13 background events, each with its own limit from toys.

    A limit lies above the injected strength where CLs is above 0.1 there. A coverage of exactly
    90 % falls below by four standard errors (0.085) with probability 1e-4. CLs covers more, but no
    more than CLs+b over CLb: below 0.99 in a search that could see the signal. The best strengths
    scatter about the injected one: their median within four of its errors and a tenth of the spread
    for the bias of a fit with strengths of at least 0.
    """
    bins = [replace(c, background_uncertainty=0.0) for c in BINS]
    number, covered, best = 200, 0, []
    for i, seen in enumerate(thrown(bins, strength, number, 9)):
        covered += toy_cls(seen, strength, toys=2000, seed=i).cls > 0.1
        _, problem = toy_problem(seen, 100, 1, None)
        best.append(float(fit_best(problem.model, problem.data)[1][0]))
    coverage = covered / number
    assert coverage >= 0.9 - 4.0 * math.sqrt(0.09 / number)
    spread = float(np.std(best))
    if strength > 2.0 * spread:
        assert coverage < 0.99
    assert abs(np.median(best) - strength) < (4.0 * 1.2533 / math.sqrt(number) + 0.1) * spread


def test_exact_limits_of_few_events_cover():
    """Summed over all outcomes of two bins, nothing thrown: CLs covers at least 90 %."""
    bins = [Channel(0, 0.2, signal=0.7), Channel(0, 0.6, signal=0.3)]
    strength, covered = 4.0, 0.0
    for counts in itertools.product(range(14), range(10)):
        seen = [replace(c, observed=n) for c, n in zip(bins, counts, strict=True)]
        means = [c.background + strength * c.signal for c in bins]
        chance = math.prod(
            math.exp(-m) * m**n / math.factorial(n) for m, n in zip(means, counts, strict=True)
        )
        if (
            chance > 1e-7
            and Combination(seen).order(np.array([[0.7], [0.3]])).upper_limits()[0, 0] >= strength
        ):
            covered += chance
    assert 0.9 <= covered < 0.97


@pytest.mark.parametrize("background", [0.51, 3.0])
def test_expected_pseudo_experiments_of_a_known_background(background):
    found = toy_expected_limits(Channel(0, background), toys=8000, seed=4)
    exact = expected_limits(Channel(0, background))
    # CLs of 0.1 with half of 8000 pseudo-experiments below the median: 4 errors are 20 % in CLs,
    # 0.2 events where it falls as exp(-s).
    for band in ("0", "1"):
        close(found[band], exact[band], 0.08)


def test_sources_of_background_are_added_once():
    # One channel: factors multiply, so that widths are in quadrature.
    split = Channel(4, 3.0, 0.4, background_sources=(("a", 0.5), ("b", 0.2)))
    width = math.hypot(*(math.log1p(u / 3.0) for u in (0.4, 0.5, 0.2)))
    whole = Channel(4, 3.0, 3.0 * math.expm1(width))
    for method in ("cls", "bayes", "asymptotic"):
        close(upper_limit(split, method).upper_limit, upper_limit(whole, method).upper_limit, 1e-6)
    close(significance([split]).background_uncertainty, math.hypot(0.4, 0.5, 0.2), 1e-12)
    with pytest.raises(ValidityError, match="source 'a'"):
        Channel(0, 1.0, background_sources=(("a", -0.1),))
    with pytest.raises(EmissError, match="background is 0"):
        Channel(0, 0.0, background_sources=(("a", 0.1),))


def test_backgrounds_that_are_asked_for_leave_the_rest():
    flat = PartAsked("flat", 0.3, 0.05)
    none = PartAsked("none", 0.0, 0.01)
    outside = PartAsked("dimuon")
    *kept, rest = parts_asked((flat, none, outside), 0.51, 0.13)
    assert tuple(kept) == (flat, none, outside)
    assert rest.name == "rest"
    close(rest.events, 0.51 - 0.3, 1e-12)
    close(rest.error, math.sqrt(0.13**2 - 0.05**2 - 0.01**2), 1e-12)
    # All of it asked for: nothing is left; none asked for: it is stated.
    assert parts_asked((PartAsked("flat", 0.51, 0.05), none), 0.51, 0.13)[-1] is none
    assert parts_asked((), 0.51, 0.13) == (PartAsked("stated", 0.51, 0.13),)
