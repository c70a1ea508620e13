"""p-values of background alone: tables, closed forms, other routes, limits of large counts."""

import math

import numpy as np
import pytest
from closeness import close
from scipy.stats import norm, poisson

import emiss
from emiss.ground.errors import EmissError, UnknownNameError, ValidityError
from emiss.inference import Channel, significance
from emiss.inference.poisson import log_survival

# n_on, n_off, tau and Z_Bi of table 1 of arXiv:physics/0702156: published counts of gamma-ray
# astronomy and particle physics, from 4 to two million events.
ON_OFF = (
    (4, 5, 5.0, 1.66), (6, 18.78, 14.44, 2.63), (9, 17.83, 4.69, 1.82), (17, 40.11, 10.56, 4.46),
    (50, 55, 2.0, 2.93), (67, 15, 0.5, 2.89), (200, 10, 0.1, 2.20), (523, 2327, 5.99, 5.93),
    (498426, 493434, 1.0, 5.01), (2119449, 23650096, 11.21, 6.40),
)  # fmt: skip


@pytest.mark.parametrize(("on", "off", "tau", "published"), ON_OFF)
def test_on_off_counts_of_the_literature(on, off, tau, published):
    # A background off/tau with the error of a Poisson count: sqrt(off)/tau.
    channel = Channel(on, off / tau, math.sqrt(off) / tau)
    found = significance(channel, "on-off")
    # Two decimals are printed.
    assert abs(found.significance - published) < 0.0051
    # The profile likelihood of the same counts is Li and Ma's formula (17), by another route.
    total, alpha = on + off, 1.0 / tau
    li_ma = on * math.log((1 + alpha) / alpha * on / total) + off * math.log(
        (1 + alpha) * off / total
    )
    close(significance(channel, "asymptotic").significance, math.sqrt(2.0 * li_ma), 1e-6)


@pytest.mark.parametrize("count", [1, 2, 5, 20, 100, 3000])
@pytest.mark.parametrize("background", [1e-4, 0.04, 0.51, 3.0, 47.0, 2900.0])
@pytest.mark.parametrize("relative", [0.0, 0.05, 0.3, 2.0])
def test_tail_averaged_over_the_background(count, background, relative):
    found = significance(Channel(count, background, relative * background))
    width = math.log1p(relative)

    if width == 0.0:
        expected = poisson.sf(count - 1, background)
    else:
        # Another rule: 40,000 even steps, far below the width 1/(w sqrt(n)) of any rise.
        z = np.linspace(-12.0, 37.0, 40_001)
        tail = norm.pdf(z) * poisson.sf(count - 1, background * np.exp(width * z))
        expected = float(tail.sum() * (z[1] - z[0]))
    if expected > 1e-250:
        close(found.p_value, expected, 1e-8)
    if 1e-250 < expected < 0.4:
        close(found.significance, norm.isf(expected), 1e-7)


@pytest.mark.parametrize("count", [0, 3, 40, 999, 10**6])
@pytest.mark.parametrize("deviations", [-3.0, 0.0, 2.0, 4.0, 6.0, 30.0])
def test_survival_of_any_count(count, deviations):
    mean = max(count - deviations * math.sqrt(count + 1.0), 0.3)
    expected = poisson.logsf(count, mean)
    if math.isfinite(expected):
        # The continued fraction is good to 1e-10 from 4 deviations on.
        close(float(log_survival(np.asarray(count), np.asarray(mean))), expected, 1e-7)


@pytest.mark.parametrize(
    ("deviations", "expected"), [(6.0, -20.739236122630484), (30.0, -454.60700118647986)]
)
def test_survival_at_a_billion(deviations, expected):
    # Summed term by term with 40 digits (mpmath); scipy's series stops too early there, at
    # -21.87 and -454.77.
    count = 1e9
    mean = count - deviations * math.sqrt(count + 1.0)
    close(float(log_survival(np.asarray(count), np.asarray(mean))), expected, 1e-12)


def test_survival_beyond_what_floats_hold():
    # P(N > n) tends to P(N = n + 1) for small means: (n + 1) ln m - ln (n + 1)!.
    found = float(log_survival(np.asarray(60.0), np.asarray(1e-10)))
    close(found, 61 * math.log(1e-10) - math.lgamma(62.0), 1e-9)
    assert float(log_survival(np.asarray(-1.0), np.asarray(2.0))) == 0.0


def test_exact_tends_to_asymptotic_for_many_events():
    for count, background, error in ((10_500, 10_000.0, 0.0), (10_500, 10_000.0, 100.0)):
        channel = Channel(count, background, error)
        exact, root = (significance(channel, m).significance for m in ("exact", "asymptotic"))
        # q0 leaves out half an event of 500, and the log-normal is no normal: 1/sqrt(10^4).
        close(exact, root, 0.01)


def test_toys_of_the_background():
    # 400,000 counts from a log-normal background: the share with at least 4 events, p = 0.023,
    # within five binomial errors (false alarms below 1e-6).
    random = np.random.default_rng(5)
    means = 0.9 * np.exp(math.log1p(0.4) * random.standard_normal(400_000))
    share = float(np.mean(random.poisson(means) >= 4))
    found = significance(Channel(4, 0.9, 0.36)).p_value
    assert abs(share - found) < 5.0 * math.sqrt(found * (1.0 - found) / 400_000)


def test_runs_are_counted_together():
    runs = (Channel(2, 0.2, 0.1), Channel(3, 0.31, 0.05))
    found = significance(runs)
    assert (found.observed, found.background) == (5, 0.51)
    close(found.background_uncertainty, math.hypot(0.1, 0.05), 1e-12)
    shared = [Channel(1, 0.2, background_uncertainty_shared=0.1) for _ in range(2)]
    close(significance(shared).background_uncertainty, 0.2, 1e-12)


def test_nothing_seen_and_what_is_refused():
    nothing = significance(Channel(0, 0.51, 0.13))
    assert (nothing.p_value, nothing.significance) == (1.0, None)
    assert "standard deviations" not in nothing.words
    with pytest.raises(ValidityError, match="background is zero"):
        significance(Channel(1, 0.0))
    with pytest.raises(ValidityError, match="no uncertainty"):
        significance(Channel(1, 0.5), "on-off")
    with pytest.raises(UnknownNameError, match="exact"):
        significance(Channel(1, 0.5), "exactly")


def test_limits_carry_the_excess(tmp_path):
    from dataclasses import replace

    from emiss import experiments
    from emiss.ground.quantity import Quantity

    plain = experiments.get("na64e-2021-2022")
    run = replace(plain.runs[0], observed_count=Quantity(5.0))
    found = emiss.limit(replace(plain, runs=(run,)), masses=[0.01])
    channel = Channel(5, 0.51, 0.13)
    close(found.excess.p_value, significance(channel).p_value, 1e-12)
    assert "5 events seen" in found._repr_html_()
    found.save(tmp_path)
    assert emiss.Limit.load(tmp_path / "limit.json").excess == found.excess
    assert "5 events seen" in (tmp_path / "limit.csv").read_text("utf-8")
    # No excess: nothing is said, the numbers are there.
    usual = emiss.limit("na64e-2021-2022", masses=[0.01])
    assert "events seen" not in usual._repr_html_()
    assert usual.excess.p_value == 1.0
    assert emiss.limit("na64e-1e13", masses=[0.01]).excess is None


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("observed", -1), ("observed", 1.5), ("observed", True), ("p_value", 1.5),
        ("p_value", "small"), ("significance", "many"), ("background", -1.0), ("method", 3),
    ],
)  # fmt: skip
def test_damaged_records_are_refused(key, value):
    from emiss.presentation.export.json_record import limit_from_record, limit_record

    record = limit_record(emiss.limit("na64e-2021-2022", masses=[0.01]))
    assert limit_from_record(record).excess.observed == 0
    record["excess"] = {**record["excess"], key: value}
    with pytest.raises(EmissError, match="excess"):
        limit_from_record(record)
