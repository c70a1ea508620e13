"""A scan here and on two workers, whose pool is there already: the fastest of a few rounds."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from typing import Any

import numpy as np

import emiss

POINTS = {
    "alpha_dark": np.geomspace(0.01, 0.5, 8).tolist(),
    "mass_ratio": [2.2, 2.5, 3.0, 4.0, 5.0],
}
OPTIONS: dict[str, Any] = {"masses": "1MeV:1GeV:40"}


def _rounds(benchmark: Any, executor: Any) -> None:
    benchmark.pedantic(
        lambda: emiss.scan(POINTS, "na64e-2016-2022", executor=executor, **OPTIONS),
        rounds=4,
        warmup_rounds=1,
    )


def test_scan_of_forty_points_here(benchmark: Any) -> None:
    _rounds(benchmark, None)


def test_scan_of_forty_points_on_two_workers(benchmark: Any) -> None:
    with ProcessPoolExecutor(2) as pool:
        _rounds(benchmark, pool)
