"""Speed of limits. Targets are meant for the fastest round, which other work spares."""

import subprocess
import sys

import numpy as np
import pytest

from emiss.inference.channel import Channel
from emiss.inference.cls import cls_upper_limit
from emiss.inference.combination import BAND_SIGMAS, OBSERVED, Combination
from emiss.inference.crossing import find_lower_edge
from emiss.inference.feldman_cousins import feldman_cousins_interval

OUTCOMES = (OBSERVED, *BAND_SIGMAS)
MASSES = 60


@pytest.mark.benchmark(group="limit on one count")
@pytest.mark.parametrize("observed", [0, 1, 3, 10])
def test_exact_cls_limit(benchmark, observed):
    """Target: 0.1 ms."""
    benchmark(cls_upper_limit, Channel(observed, 0.51))


@pytest.mark.benchmark(group="limit on one count")
def test_exact_cls_limit_with_uncertainties(benchmark):
    """Target: 0.3 ms, of which the quadrature takes two thirds."""
    benchmark(cls_upper_limit, Channel(1, 0.51, 0.13, signal_uncertainty=0.1))


@pytest.mark.benchmark(group="limit on one count")
def test_feldman_cousins_interval(benchmark):
    benchmark(feldman_cousins_interval, Channel(0, 0.51))


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


@pytest.mark.benchmark(group="start of a process")
def test_limit_of_a_count_in_a_fresh_process(benchmark):
    code = (
        "import sys; from emiss.inference.cls import cls_upper_limit;"
        "from emiss.inference.channel import Channel; cls_upper_limit(Channel(2, 0.5, 0.1))"
    )
    benchmark.pedantic(
        lambda: subprocess.run([sys.executable, "-c", code], check=True), rounds=5, warmup_rounds=1
    )
