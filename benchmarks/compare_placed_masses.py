"""Limits with masses placed by default here, over those of 60 fixed masses of another checkout.

    python benchmarks/compare_placed_masses.py ../other-checkout [--rounds 7] [--only WORD ...]

One process of each checkout runs all along and is asked in turns, so that both see the same
machine. The first limit of each case, which reads tables and prepares showers, is not counted; each
further one is for masses that were never asked for, so that none is found ready. With --first each
limit is the first in a fresh process. Processor time of one thread; printed are medians, their
ratio, and the smallest and the largest ratio of a round.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any

FIXED = 60
ROUNDS = 7
SCALAR, NONE = {"dark_matter": "scalar"}, {"dark_matter": "none"}
CASES: list[tuple[str, str, dict[str, Any]]] = [
    ("na64-visible-2017", "dark-photon", NONE),
    ("na64-visible-2018", "dark-photon", NONE),
    ("na64-visible-2017-2018", "dark-photon", NONE),
    ("na64e-2016-2022", "dark-photon", {}),
    ("na64e-2016-2022", "dark-photon", SCALAR),
    ("na64e-2016-2022", "dark-photon", {"splitting": 0.1}),
    ("na64e-2016-2022", "dark-photon", NONE),
    ("na64e-2016-2022", "b-l", {}),
    ("na64e-2016-2022", "scalar", {}),
    ("na64e-plus-2022", "dark-photon", {}),
    ("na64e-plus-2022", "dark-photon", SCALAR),
    ("na64e-plus-2022", "b-l", {}),
    ("na64e-plus-40gev", "lmu-ltau", {}),
    ("na64mu-2022", "dark-photon", {}),
    ("na64mu-2022", "b-l", {}),
    ("na64mu-2022", "lmu-ltau", {}),
]

SERVER = r"""
import gc, json, sys, time
import numpy as np
import emiss
from emiss import models

fixed = int(sys.argv[1])
if not fixed:
    from emiss.ground.mass_range import MassRange
for number, line in enumerate(sys.stdin, 1):
    experiment, name, parameters = json.loads(line)
    model, low = models.get(name, parameters), 1e-3 * (1.0 + 1e-6 * number)
    masses = np.geomspace(low, 1.0, fixed) if fixed else MassRange(low, 1.0)
    gc.collect()
    start = time.process_time()
    found = emiss.limit(experiment, model, masses=masses)
    print(json.dumps([time.process_time() - start, found.masses.size]), flush=True)
"""


class Server:
    """A process of a checkout that finds limits one after the other."""

    def __init__(self, checkout: Path, fixed: int) -> None:
        environment = os.environ | {"PYTHONPATH": str(checkout / "src"), "OMP_NUM_THREADS": "1"}
        command = [sys.executable, "-c", SERVER, str(fixed)]
        pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        self._process = subprocess.Popen(command, env=environment, **pipes)

    def time(self, case: tuple[str, str, dict[str, Any]]) -> tuple[float, int]:
        """Processor time of a limit in s, and its number of masses."""
        pipe_in, pipe_out = self._process.stdin, self._process.stdout
        assert pipe_in is not None
        assert pipe_out is not None
        pipe_in.write(json.dumps(case) + "\n")
        pipe_in.flush()
        seconds, masses = json.loads(pipe_out.readline())
        return float(seconds), int(masses)

    def end(self) -> None:
        """End the process."""
        self._process.communicate()


def main() -> None:
    """Print times and ratios."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("other", type=Path)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--only", nargs="*", default=[], help="words of the cases wanted")
    parser.add_argument("--first", action="store_true", help="first limits in fresh processes")
    options = parser.parse_args()
    own = Path(__file__).resolve().parents[1]
    cases = [case for case in CASES if all(word in _title(case) for word in options.only)]

    def servers() -> tuple[Server, Server]:
        return Server(own, 0), Server(options.other, FIXED)

    pair = servers()
    for case in cases:
        rounds = []
        if not options.first:
            for one in pair:
                one.time(case)
        for number in range(options.rounds):
            asked = servers() if options.first else pair
            found = {one: one.time(case) for one in (asked if number % 2 else reversed(asked))}
            rounds.append([found[one] for one in asked])
            if options.first:
                for one in asked:
                    one.end()
        _print(case, rounds)
    for one in pair:
        one.end()


def _title(case: tuple[str, str, dict[str, Any]]) -> str:
    experiment, model, parameters = case
    return " ".join([experiment, model, *(f"{name}={value}" for name, value in parameters.items())])


def _print(case: tuple[str, str, dict[str, Any]], rounds: list[list[tuple[float, int]]]) -> None:
    mine = statistics.median(here[0] for here, _ in rounds)
    theirs = statistics.median(there[0] for _, there in rounds)
    ratios = sorted(here[0] / there[0] for here, there in rounds)
    print(  # noqa: T201
        f"{_title(case):48s} {1e3 * mine:7.1f} ms ({rounds[-1][0][1]:3d} masses), other"
        f" {1e3 * theirs:7.1f} ms: {mine / theirs:5.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f})",
        flush=True,
    )


if __name__ == "__main__":
    main()
