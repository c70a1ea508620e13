"""Times of this checkout over those of another one, interleaved in one run.

    python benchmarks/compare_checkouts.py ../other-checkout

Each round runs the same jobs in a fresh process of either checkout; of all rounds the fastest
counts. CPU time of one thread, so that other work on the machine matters little. Jobs whose name
ends in "new" never ask for the same thing twice.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

ROUNDS = 3

JOBS = r"""
import itertools, json, time
import numpy as np
import emiss
from emiss import models

count = itertools.count(1)
masses = np.geomspace(1e-3, 1.0, 60)
many = np.geomspace(1e-3, 1.0, 20_000)


def photon(**parameters):
    return models.get("dark-photon", {**parameters, "alpha_dark": 0.1 + 1e-5 * next(count)})


def scalar():
    return photon(dark_matter="scalar")


plain = models.get("dark-photon", {})
visible = models.get("dark-photon", {"dark_matter": "none"})
electron, positron, muon = "na64e-2016-2022", "na64e-plus-2022", "na64mu-2022"
JOBS = {
    "60 masses, as before": (20, lambda: emiss.limit(electron, plain, masses=masses)),
    "60 masses, alpha_dark new": (20, lambda: emiss.limit(electron, photon(), masses=masses)),
    "60 masses, scalar, new": (20, lambda: emiss.limit(electron, scalar(), masses=masses)),
    "60 masses, positrons, new": (20, lambda: emiss.limit(positron, photon(), masses=masses)),
    "60 masses, exposure new": (
        20,
        lambda: emiss.limit(electron, plain, masses=masses, on_target=1e12 + 1e9 * next(count)),
    ),
    "60 masses, CL new": (
        20,
        lambda: emiss.limit(electron, plain, masses=masses, cl=0.9 + 1e-5 * next(count)),
    ),
    "20000 masses": (3, lambda: emiss.limit(electron, plain, masses=many)),
    "20000 masses, alpha_dark new": (3, lambda: emiss.limit(electron, photon(), masses=many)),
    "20000 masses, positrons, new": (3, lambda: emiss.limit(positron, photon(), masses=many)),
    "60 masses, both combined, new": (
        5,
        lambda: emiss.limit([electron, positron], photon(), masses=masses),
    ),
    "muons, B-L": (10, lambda: emiss.limit(muon, models.get("b-l", {}), masses=masses)),
    "muons, B-L, masses new": (
        10,
        lambda: emiss.limit(muon, models.get("b-l", {}), masses=masses * (1 + 1e-6 * next(count))),
    ),
    "electrons, B-L": (3, lambda: emiss.limit(electron, models.get("b-l", {}), masses=masses)),
    "electrons, visible": (3, lambda: emiss.limit(electron, visible, masses=masses)),
}
# What a checkout offers by default: 60 masses, or masses placed where the curves bend.
for name, experiment in (("electrons", electron), ("positrons", positron)):
    JOBS[f"default masses, {name}, alpha_dark new"] = (
        10, lambda experiment=experiment: emiss.limit(experiment, photon())
    )
    JOBS[f"default masses, {name}"] = (
        10, lambda experiment=experiment: emiss.limit(experiment, plain)
    )
JOBS["default masses, muons, B-L"] = (5, lambda: emiss.limit(muon, models.get("b-l", {})))
JOBS["default masses, electrons, visible"] = (2, lambda: emiss.limit(electron, visible))

found = {}
for name, (repeats, job) in JOBS.items():
    job()
    best = float("inf")
    for _ in range(repeats):
        start = time.process_time()
        job()
        best = min(best, time.process_time() - start)
    found[name] = best
print(json.dumps(found))
"""


def times(checkout: Path) -> dict[str, float]:
    """Fastest time of each job in s."""
    environment = os.environ | {"PYTHONPATH": str(checkout / "src"), "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, "-c", JOBS], env=environment, check=True, capture_output=True, text=True
    )
    return dict(json.loads(done.stdout))


def main() -> None:
    """Print times and ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("other", type=Path)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    options = parser.parse_args()
    own = Path(__file__).resolve().parents[1]
    best: dict[Path, dict[str, float]] = {own: {}, options.other: {}}
    for _ in range(options.rounds):
        for checkout, kept in best.items():
            for name, value in times(checkout).items():
                kept[name] = min(value, kept.get(name, float("inf")))
    for name, mine in best[own].items():
        theirs = best[options.other][name]
        both = f"{1e3 * mine:9.2f} ms, other {1e3 * theirs:9.2f} ms"
        print(f"{name:42s} {both}: {theirs / mine:6.2f} times as fast")  # noqa: T201


if __name__ == "__main__":
    main()
