"""Times beside those of bare work in the same run: machines differ, and are busy.

Benchmarks report; none asserts a time. Every benchmark gets ``times_yardstick`` in its record and
in the list at the end: its fastest round over that of exp(x) for a million numbers in plain numpy.
"""

from __future__ import annotations

from collections.abc import Iterator
from time import perf_counter
from typing import Any

import numpy as np
import pytest

_RATIOS: list[tuple[str, float]] = []


@pytest.fixture(scope="session")
def yardstick() -> float:
    """Fastest of many rounds of exp(x) for a million numbers, in s."""
    numbers = np.linspace(-1.0, 1.0, 1_000_000)
    result = np.empty_like(numbers)
    best = float("inf")
    for _ in range(50):
        start = perf_counter()
        np.exp(numbers, out=result)
        best = min(best, perf_counter() - start)
    return best


@pytest.fixture(autouse=True)
def _beside_the_yardstick(request: pytest.FixtureRequest, yardstick: float) -> Iterator[None]:
    benchmark: Any = None
    if "benchmark" in request.fixturenames:
        benchmark = request.getfixturevalue("benchmark")
    yield
    if benchmark is not None and benchmark.stats is not None:
        ratio = benchmark.stats.stats.min / yardstick
        benchmark.extra_info["times_yardstick"] = ratio
        _RATIOS.append((request.node.nodeid, ratio))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """List all benchmarks in units of the yardstick."""
    if not _RATIOS:
        return
    terminalreporter.section("fastest round over that of exp(x) for a million numbers")
    for name, ratio in _RATIOS:
        terminalreporter.write_line(f"{ratio:12.4g}  {name}")
