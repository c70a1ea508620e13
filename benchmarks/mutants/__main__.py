"""Mutation testing of the physics: what share of small changes does no test notice?

    python -m mutants --mutants 300 --seed 1        (make mutants MUTANTS=300 SEED=1)
    python -m mutants --seed 1 --again tests/physics/test_new.py    survivors, with these tests
    python -m mutants --seed 1 --again --budget 300             survivors, for longer

A sample is drawn at random, in each room as many as belong to it by its number of places. Each
mutant meets the tests that run its line, quick and close ones first, up to a time; the first that
fails kills it. Survivors that cannot be told from the original are listed in equivalent.toml
with the reason and do not count. Interrupt at will: the next call with the same seed goes on.
"""

from __future__ import annotations

import argparse
import ast
import filecmp
import json
import multiprocessing
import random
import shutil
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path
from typing import Any

from . import covering, trial
from .report import ALIVE, known_equivalents, reason, report
from .sites import ROOMS, Mutant, mutants

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build" / "mutants"
TREE = BUILD / "tree"


def main() -> None:
    """Draw, try, report."""
    options = _options()
    if not (TREE / covering.DATA).exists():
        trial.copy(ROOT, TREE)
        covering.measure(TREE, options.suite, options.jobs)
    results = BUILD / f"results-{options.seed}.jsonl"
    lines = results.read_text(encoding="utf-8").splitlines() if results.exists() else []
    records = {Mutant(**record["mutant"]): record for record in map(json.loads, lines)}
    every = list(mutants(TREE))
    records = {mutant: records[mutant] for mutant in every if mutant in records}
    if options.again is None:
        chosen = sample(every, options.mutants, options.seed)
        left = [mutant for mutant in chosen if mutant not in records]
    else:
        left = [mutant for mutant, record in records.items() if record["verdict"] in ALIVE]
        _take_tests()
    with results.open("a", encoding="utf-8") as file:  # of a mutant the last line counts
        for record in _tried(left, options):
            records[Mutant(**record["mutant"])] = record
            file.write(json.dumps(record) + "\n")
            file.flush()
    print(report(list(records.values())))


def sample(every: list[Mutant], number: int, seed: int) -> list[Mutant]:
    """As many of each room as belong to it, in random order; more with the same seed adds to it."""
    places = []
    for room in ROOMS:
        own = [mutant for mutant in every if mutant.room == room]
        own.sort(key=lambda mutant: random.Random(f"{seed} {mutant}").random())
        places += [((place + 0.5) / len(own), mutant) for place, mutant in enumerate(own)]
    places.sort(key=lambda pair: pair[0])
    return [mutant for _, mutant in places[:number]]


def _take_tests() -> None:
    """Take over the tests of the working tree, which must be about the same package."""
    compared = filecmp.dircmp(ROOT / "src", TREE / "src", ignore=["__pycache__"])
    if _differs(compared):
        raise SystemExit("the package is not that of build/mutants; remove that folder first")
    shutil.copytree(ROOT / "tests", TREE / "tests", dirs_exist_ok=True)


def _differs(compared: filecmp.dircmp[str]) -> bool:
    here = compared.left_only + compared.right_only + compared.diff_files
    return bool(here) or any(_differs(part) for part in compared.subdirs.values())


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m mutants", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--mutants", type=int, default=300, help="size of the sample")
    parser.add_argument("--seed", type=int, default=1, help="seed of the sample")
    parser.add_argument("--jobs", type=int, default=2, help="mutants tried at once")
    parser.add_argument("--budget", type=float, default=60.0, help="time of tests per mutant, in s")
    parser.add_argument("--suite", nargs="+", default=["tests"], help="tests that are mapped")
    parser.add_argument("--again", nargs="*", metavar="TEST", help="survivors, with these tests")
    return parser.parse_args()


def _tried(chosen: list[Mutant], options: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """Records of mutants, as they come, from several processes at once."""
    equivalents = known_equivalents()
    jobs: list[trial.Job] = []
    for mutant in chosen:
        before = (TREE / mutant.path).read_text(encoding="utf-8")
        after = mutant.apply(before)
        if ast.dump(ast.parse(after)) != ast.dump(ast.parse(before)):  # 1e19 + 1 is 1e19
            known = reason(equivalents, mutant.path, trial.difference(before, after))
            jobs.append((mutant, [] if known else options.again or None, options.budget))
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(options.jobs, spawn, trial.start, (TREE, BUILD)) as pool:
        for outcome in as_completed([pool.submit(trial.run, job) for job in jobs]):
            yield outcome.result().record()


if __name__ == "__main__":
    main()
