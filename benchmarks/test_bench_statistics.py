"""Speed of limits, reported; ratios against bare work of the same run where one is stated."""

import itertools
import subprocess
import sys
from time import perf_counter

import numpy as np
import pytest

from emiss.inference.channel import Channel
from emiss.inference.cls import cls_upper_limit
from emiss.inference.combination import BAND_SIGMAS, OBSERVED, Combination
from emiss.inference.counting import upper_limit
from emiss.inference.crossing import find_lower_edge

OUTCOMES = (OBSERVED, *BAND_SIGMAS)
MASSES = 60


@pytest.mark.benchmark(group="limit on one count")
@pytest.mark.parametrize("observed", [0, 1, 3, 10])
def test_exact_cls_limit(benchmark, observed):
    """Target: 0.1 ms."""
    benchmark(cls_upper_limit, Channel(observed, 0.51))


@pytest.mark.benchmark(group="limit on one count")
def test_exact_cls_limit_with_uncertainties(benchmark):
    channel = Channel(1, 0.51, 0.13, signal_uncertainty=0.1)
    benchmark(cls_upper_limit, channel)


def patterns():
    random = np.random.default_rng(1)
    return np.array([[0.3], [0.1], [0.6]]) * random.uniform(0.9, 1.1, (3, MASSES))


@pytest.mark.benchmark(group="three runs, 60 masses")
@pytest.mark.parametrize("observed", [(0, 0, 0), (1, 0, 1)])
def test_observed_and_bands_of_sixty_patterns(benchmark, observed):
    """Target: 15 ms."""
    channels = [
        Channel(n, b, 0.3 * b, signal_uncertainty_shared=0.1)
        for n, b in zip(observed, (0.53, 0.2, 0.31), strict=True)
    ]
    shapes = patterns()
    benchmark(lambda: Combination(channels).order(shapes, OUTCOMES).upper_limits())


@pytest.mark.benchmark(group="three runs, 60 masses")
def test_coupling_edges_of_sixty_masses(benchmark):
    """Target: 10 ms."""
    channels = [Channel(0, b) for b in (0.53, 0.2, 0.31)]
    shapes = patterns()
    ordering = Combination(channels).order(shapes)

    def excess(coupling):
        return ordering.excess(shapes * 1e8 * coupling**2)[0]

    benchmark(find_lower_edge, excess, np.full(MASSES, 3e-4), 2.0)


def best_of(function, rounds=30):
    times = []
    for _ in range(rounds):
        start = perf_counter()
        function()
        times.append(perf_counter() - start)
    return min(times)


@pytest.mark.benchmark(group="limit on one count")
def test_limit_with_uncertainties_not_met_before(benchmark):
    """Three events; each time other backgrounds and widths, so that no table is at hand."""
    steps = itertools.count(1)

    def solve():
        more = 1.0 + 1e-5 * next(steps)
        cls_upper_limit(Channel(3, 0.51 * more, 0.13, signal_uncertainty=0.1 * more))

    benchmark(solve)


def test_both_uncertainties_over_known_rates(benchmark):
    """Ratio of the limit with both uncertainties to that without, at three events."""
    known, both = Channel(3, 0.51), Channel(3, 0.51, 0.13, signal_uncertainty=0.1)
    benchmark(cls_upper_limit, both)
    bare = best_of(lambda: cls_upper_limit(known))
    benchmark.extra_info["ratio"] = benchmark.stats.stats.min / bare


@pytest.mark.parametrize("method", ["cls", "fc", "bayes", "asymptotic"])
@pytest.mark.parametrize("size", [10**4, 10**9])
def test_counts_of_any_size(benchmark, method, size):
    channel = Channel(size, float(size), 0.025 * size)
    benchmark.pedantic(upper_limit, (channel, method), rounds=3)


@pytest.mark.benchmark(group="start of a process")
def test_limit_of_a_count_in_a_fresh_process(benchmark):
    code = (
        "import sys; from emiss.inference.cls import cls_upper_limit;"
        "from emiss.inference.channel import Channel; cls_upper_limit(Channel(2, 0.5, 0.1))"
    )
    benchmark.pedantic(
        lambda: subprocess.run([sys.executable, "-c", code], check=True), rounds=5, warmup_rounds=1
    )
    subprocess.run([sys.executable, "-c", code], check=True)
