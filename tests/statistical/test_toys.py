"""Limits from pseudo-experiments against exact counting, quadrature, asymptotics and pyhf."""

import math
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

import numpy as np
import pytest
from closeness import close
from scipy import optimize, special, stats

from emiss.ground.errors import ValidityError
from emiss.inference import Channel, expected_limits, upper_limit
from emiss.inference.asymptotic import asymptotic_upper_limit, nuisance_loads
from emiss.inference.cls import log_cls
from emiss.inference.pseudo_experiments import _poisson_quantiles
from emiss.inference.simplified import SimplifiedLikelihood
from emiss.inference.toy_fits import ChannelModel, ToyData, fit_best, fit_fixed
from emiss.inference.toys import toy_cls, toy_upper_limit
from emiss.presentation.export.pyhf_workspace import pyhf_workspace

# Seeds are fixed; a new one would fail a comparison within 4 standard deviations in 6 of 1e5.
SIGMAS = 4.0
RUNS = (
    Channel(2, 1.5, 0.4, signal=2.0, signal_uncertainty=0.1, signal_uncertainty_shared=0.15),
    Channel(0, 0.3, 0.1, signal=1.0, signal_uncertainty_shared=0.15),
    Channel(5, 4.0, 0.8, signal=0.5, signal_uncertainty_shared=0.15),
)


def model_of(channels):
    return ChannelModel(
        np.array([c.signal for c in channels]), np.array([c.background for c in channels]),
        *nuisance_loads(channels),
    )  # fmt: skip


@pytest.mark.parametrize(("observed", "background"), [(0, 0.0), (0, 0.51), (3, 1.2), (9, 14.0)])
def test_known_background_gives_exact_cls(observed, background):
    # q-tilde falls with one count up to the strength, so that its CLs is that of the count.
    channel = Channel(observed, background)
    for strength in (1.0, 2.0, 6.0):
        if strength + background < observed:
            continue
        found = toy_cls(channel, strength, seed=3)
        exact = math.exp(log_cls(channel, strength))
        assert abs(found.cls - exact) <= SIGMAS * found.error + 1e-12
    limit = toy_upper_limit(channel, seed=3)
    assert abs(limit.upper_limit - upper_limit(channel).upper_limit) < SIGMAS * limit.error
    assert limit.error < 0.05 * limit.upper_limit


def cls_by_quadrature(channel, strength):
    """CLs of one count on a log-normal background: all counts, and a grid in its constraint."""
    b, width = channel.background, channel.background_widths[0]

    def value(mu, n, centre):
        def at(z):
            mean = mu + b * math.exp(width * z)
            return mean - n * math.log(mean) + 0.5 * (z - centre) ** 2

        span = (-9.0, 9.0)
        return optimize.minimize_scalar(at, bounds=span, options={"xatol": 1e-9})

    def statistic(n, centre):
        fixed = value(strength, n, centre).fun
        # An excess over the background at its own measurement is fitted to the last digit.
        best = n - b * math.exp(width * centre)
        if best > strength:
            return 0.0
        at_best = n - n * math.log(n) if best > 0.0 else value(0.0, n, centre).fun
        return max(2.0 * (fixed - at_best), 0.0)

    observed = statistic(channel.observed, 0.0)
    shares = []
    for mu in (strength, 0.0):
        z = value(mu, channel.observed, 0.0).x
        mean = mu + b * math.exp(width * z)
        grid = (np.arange(80) + 0.5) / 80
        total = 0.0
        for n in range(int(mean + 6.0 * math.sqrt(mean) + 8.0)):
            passing = [statistic(n, z + u) >= observed for u in stats.norm.ppf(grid)]
            total += stats.poisson.pmf(n, mean) * np.mean(passing)
        shares.append(total)
    return shares[0] / shares[1]


@pytest.mark.parametrize(("channel", "strength"), [
    (Channel(0, 0.8, 0.4), 1.8), (Channel(4, 1.5, 0.75), 5.0), (Channel(2, 5.0, 2.0), 3.0),
])  # fmt: skip
def test_profiled_background_matches_enumeration(channel, strength):
    found = toy_cls(channel, strength, seed=5)
    # The grid of 80 places an edge in the constraint to within half a cell for each count.
    slack = SIGMAS * found.error + 0.01 * found.cls
    assert abs(found.cls - cls_by_quadrature(channel, strength)) < slack


def test_many_events_are_asymptotic():
    # Corrections to asymptotic formulas fall like one over the root of the events: 1 % of 3000.
    channels = [
        Channel(3010, 3000.0, 60.0, signal=2.0, signal_uncertainty_shared=0.1),
        Channel(1470, 1500.0, 40.0, signal=1.0, signal_uncertainty_shared=0.1),
    ]
    found = toy_upper_limit(channels, 0.9, toys=3000, seed=7)
    formula = asymptotic_upper_limit(channels, 0.9)
    assert abs(found.upper_limit - formula) < SIGMAS * found.error + 0.01 * formula


@pytest.mark.parametrize("channel", [
    Channel(10**9, 1e9), Channel(10**9, 1e9, 1e8), Channel(10**9 + 50_000, 1e9, 3e4),
])  # fmt: skip
def test_a_billion_events_are_asymptotic(channel):
    found = toy_upper_limit(channel, toys=4000, seed=7)
    formula = asymptotic_upper_limit(channel)
    # A log-normal of 10 % is not yet symmetric: the formulas are off by as much at most.
    asymmetric = 0.5 * channel.background_widths[0]
    assert abs(found.upper_limit - formula) < SIGMAS * found.error + asymmetric * formula
    assert found.error < 0.03 * formula


@pytest.mark.parametrize("mean", [0.0, 1e-5, 0.5, 2.3, 12.0, 300.0, 4e4, 1e6])
def test_counts_are_quantiles_of_poisson(mean):
    probability = np.random.default_rng(2).random((3000, 1))
    probability[:3, 0] = 2.0**-53, 1e-9, 1.0 - 1e-9
    found = _poisson_quantiles(probability, np.full((3000, 1), mean))
    np.testing.assert_array_equal(found, np.maximum(stats.poisson.ppf(probability, mean), 0.0))


def test_fits_of_a_billion_events_keep_their_digits():
    n = 1e9
    model = ChannelModel(np.ones(1), np.array([n]), np.zeros((1, 0)), np.zeros((1, 0)))
    shifts = np.array([-3e4, -1.0, 0.0, 2.0, 3e4])
    data = ToyData(n + shifts[:, None], np.zeros((5, 0)))
    # n - m + m ln(m/n) to third order in the shift, which is what remains of it
    deviance = 0.5 * shifts**2 / n - shifts**3 / (6.0 * n**2)
    rounding = {"absolute": 1e-15, "because": "the shift over the mean, in the last bit of 1"}
    close(fit_fixed(model, 0.0, data)[0], deviance, 1e-8, **rounding)
    best, at = fit_best(model, data)
    close(at, np.maximum(shifts, 0.0), 1e-12)
    close(best, np.where(shifts < 0.0, deviance, 0.0), 1e-8, **rounding)


def data_sets():
    model = model_of(RUNS)
    random = np.random.default_rng(11)
    counts = random.poisson(model.background + 0.8 * model.signal, (12, 3)).astype(float)
    counts[0] = 0.0
    centres = random.standard_normal((12, model.size))
    return model, ToyData(counts, centres)


@pytest.mark.parametrize("mu", [0.0, 0.7, 4.0])
def test_fits_reach_the_minimum_that_a_general_minimiser_finds(mu):
    model, data = data_sets()
    fixed = fit_fixed(model, mu, data)[0]
    best, at = fit_best(model, data)
    for i in range(len(fixed)):

        def value(mu, z, i=i):
            signal, background = model.terms(np.array([mu]), z[None, :])
            mean = (signal + background)[0]
            pull, n = z - data.centres[i], data.counts[i]
            at_counts = (n - special.xlogy(n, n)).sum()
            return float((mean - n * np.log(mean)).sum() - at_counts + 0.5 * pull @ pull)

        start = np.zeros(model.size)
        there = optimize.minimize(lambda z, v=value: v(mu, z), start, options={"gtol": 1e-7}).fun
        close(fixed[i], there, absolute=1e-6, because="the general minimiser's gradient")
        free = [(0.0, None), *[(None, None)] * model.size]
        lowest = min(
            optimize.minimize(
                lambda x, v=value: v(x[0], x[1:]), np.r_[s, start], bounds=free,
                options={"ftol": 1e-15, "gtol": 1e-7},
            ).fun
            for s in (0.0, 1.0, 3.0)
        )  # fmt: skip
        close(best[i], lowest, absolute=1e-6, because="the general minimiser's gradient")
        assert at[i] >= 0.0


@pytest.mark.parametrize("seed", range(4))
def test_no_strength_is_better_than_the_best(seed):
    """2000 data sets of few events: fits that end at 0 do so exactly, whatever the last bits."""
    runs = [
        Channel(0, 0.5, 0.1, 0.6, 0.05, 0.1),
        Channel(1, 1.5, 0.2, 0.4, 0.1, 0.2, 0.3),
    ]
    model = model_of(runs)
    random = np.random.default_rng(seed)
    counts = random.poisson(0.7 * model.background, (2000, 2)).astype(float)
    data = ToyData(counts, random.standard_normal((2000, model.size)))
    best, at = fit_best(model, data)
    lowest = np.min([fit_fixed(model, mu, data)[0] for mu in (0.0, 0.3, 1.0, 2.5)], axis=0)
    # a fit ends where a step promises less than 1e-10 of the value, twice that in each
    assert np.max(best - lowest) < 1e-8
    assert not np.any((at > 0.0) & (at < 1e-9))
    assert np.sum(at == 0.0) > 500


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_pseudo_experiments_are_those_of_pyhf():
    pyhf = pytest.importorskip("pyhf")
    channel = Channel(2, 1.5, 0.4, signal_uncertainty=0.15)
    search = SimplifiedLikelihood(
        "counts", "counts", "m", {}, "g", "", ("a",), (channel,), np.array([0.1]),
        np.array([1.0]), {"signal": np.array([[1.0]])},
    )  # fmt: skip
    workspace = pyhf.Workspace(pyhf_workspace(search, coupling=1.0))
    model = workspace.model(modifier_settings={"normsys": {"interpcode": "code1"}})
    mu, number = 3.5, 100
    np.random.seed(5)  # noqa: NPY002 - pyhf draws from the global generator
    theirs = pyhf.infer.calculators.ToyCalculator(
        workspace.data(model), model, ntoys=number, track_progress=False
    )
    observed, dists = theirs.teststatistic(mu), theirs.distributions(mu)
    shares = [float(p) for p in theirs.pvalues(observed, *dists)[:2]]
    ours = toy_cls(channel, mu, seed=2)
    for share, found in zip(shares, (ours.signal_p_value, ours.background_p_value), strict=True):
        assert abs(share - found) < SIGMAS * math.sqrt(found * (1.0 - found) / number)


def test_result_does_not_depend_on_workers():
    alone = toy_cls(RUNS, 1.6, toys=4500, seed=9)
    with ThreadPoolExecutor(3) as threads:
        assert toy_cls(RUNS, 1.6, toys=4500, seed=9, executor=threads) == alone
    with ProcessPoolExecutor(2) as processes:
        assert toy_cls(RUNS, 1.6, toys=4500, seed=9, executor=processes) == alone
    assert toy_cls(RUNS, 1.6, toys=4500, seed=10) != alone


def test_strength_is_in_units_of_the_signal():
    one, ten = (toy_upper_limit(Channel(1, 0.5, signal=s), toys=2000) for s in (1.0, 10.0))
    close(one.upper_limit, 10.0 * ten.upper_limit, 1e-9)


def test_front_doors_say_the_error():
    found = upper_limit(Channel(0, 0.5), "toys")
    assert found.method == "toys"
    assert "pseudo-experiments" in found.warnings[0]
    bands = expected_limits(Channel(0, 0.5), "toys")
    # The median count is zero: the same pseudo-experiments, the same number.
    assert bands["0"] == found.upper_limit
    assert bands["2"] > bands["0"]


@pytest.mark.parametrize(("options", "said"), [
    ({"toys": 10}, "toys"), ({"seed": -1}, "seed"), ({"cl": 1.5}, "confidence level"),
])  # fmt: skip
def test_bad_input_is_named(options, said):
    with pytest.raises(ValidityError, match=said):
        toy_upper_limit(Channel(0, 0.5), **options)


def test_data_that_nothing_resembles():
    with pytest.raises(ValidityError, match="CLb = 0"):
        toy_upper_limit(Channel(0, 60.0))


def test_wide_uncertainties_of_many_events_are_refused():
    """Fits of both a background and a signal that are hardly known; one of them alone is fine."""
    wide = Channel(10**6, 1e6, background_uncertainty=5e5, signal_uncertainty=0.5)
    with pytest.raises(ValidityError, match=r"by 405 times .* use method 'asymptotic'"):
        upper_limit(wide, method="toys", toys=200)
    for fine in (
        Channel(40, 40.0, background_uncertainty=20.0, signal_uncertainty=0.9),
        Channel(10**6, 1e6, background_uncertainty=5e5),
        Channel(10**6, 1e6, background_uncertainty=1e4, signal_uncertainty=0.5),
    ):
        assert upper_limit(fine, method="toys", toys=200).upper_limit > 0.0
