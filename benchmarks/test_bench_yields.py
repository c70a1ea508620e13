"""Time of a limit in a running process (target: 20 ms for 60 masses), and of the yields in it."""

import itertools
from dataclasses import replace

import numpy as np
import pytest

from emiss import experiments, models
from emiss.ground import units
from emiss.inference.search import limit
from emiss.yields import signal_yield

MASSES = units.mass_grid(1e-3, 1.0, 60)


def _with_left(found, left):
    def change(cut):
        if cut.variable != "target_energy":
            return cut
        return replace(cut, most=replace(cut.most, value=left))

    def changed(run):
        selection = run.layout.selection
        selection = replace(selection, cuts=tuple(change(cut) for cut in selection.cuts))
        return replace(run, layout=replace(run.layout, selection=selection))

    return replace(found, runs=tuple(changed(run) for run in found.runs))


@pytest.mark.benchmark(group="limit: what is new since the last one")
@pytest.mark.parametrize("name", ["na64e-2016-2022", "na64e-plus-2022"])
def test_limit(benchmark, name):
    benchmark.pedantic(limit, (name,), rounds=15, warmup_rounds=1)


@pytest.mark.benchmark(group="limit: what is new since the last one")
def test_new_parameters(benchmark):
    couplings = itertools.count(1)
    solve = lambda: limit(  # noqa: E731
        "na64e-2016-2022", models.get("dark-photon", {"alpha_dark": 0.1 + 1e-3 * next(couplings)})
    )
    benchmark.pedantic(solve, rounds=15, warmup_rounds=1)


@pytest.mark.benchmark(group="limit: what is new since the last one")
def test_new_statistics(benchmark):
    counts = itertools.count(1)
    solve = lambda: limit("na64e-2016-2022", on_target=1e12 * next(counts))  # noqa: E731
    benchmark.pedantic(solve, rounds=15, warmup_rounds=1)


@pytest.mark.benchmark(group="limit: what is new since the last one")
def test_new_threshold(benchmark):
    found = experiments.get("na64e-2016-2022")
    lefts = itertools.count(1)
    solve = lambda: limit(_with_left(found, 50.0 - 0.5 * next(lefts)))  # noqa: E731
    benchmark.pedantic(solve, rounds=15, warmup_rounds=1)


@pytest.mark.benchmark(group="limit: what is new since the last one")
def test_yield_of_a_new_threshold(benchmark):
    """The yields alone; target: 12 ms."""
    found = experiments.get("na64e-2016-2022")
    model = models.get("dark-photon", {})
    lefts = itertools.count(1)
    coupling = np.full(MASSES.size, 1e-4)

    def solve():
        signal_yield(_with_left(found, 49.7 - 0.5 * next(lefts)), model, MASSES).events(coupling)

    benchmark.pedantic(solve, rounds=15, warmup_rounds=1)
