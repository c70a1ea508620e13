"""One mutant, tried: written into a copy of the repository, its tests run in a fork.

What takes long to import is imported once, before the forks. A mutant gets caches of its own where
it could be hidden by a kept table or kernel. A fork that exceeds its processor time is killed with
the mutant: it made a loop endless. Processor time, not that of the clock: machines are busy.
"""

from __future__ import annotations

import contextlib
import difflib
import os
import re
import resource
import shutil
import signal
import sys
import time
import traceback
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NoReturn

import pytest

from .covering import Covering
from .sites import Mutant

_COPIED = ("src", "tests", "docs", "benchmarks", "pyproject.toml", "README.md", "CHANGELOG.md")
_START = 60.0
"""Processor time in s granted beside five times that of the tests."""
_MEMORY = 8 << 30
_IMPORTED = "numpy scipy.integrate scipy.optimize scipy.stats numba pydantic mpmath rich"
_BROKEN = 70
"""Exit code of a fork that did not come to its tests."""
Job = tuple[Mutant, list[str] | None, float]
"""A mutant, its tests (None: those that reach it) and their time in s."""
_own: Path
_covers: Covering
_LEFT_OUT = ("cacheprovider", "xdist", "pytest_cov", "benchmark", "hypothesispytest")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a mutant.

    Parameters
    ----------
    mutant : Mutant
        Which.
    verdict : str
        ``killed``, ``endless`` (killed by its limit of time), ``survived`` or ``untested``.
    tests : int
        How many tests were chosen.
    by : str
        Test that failed.
    difference : str
        Lines taken out and put in.
    """

    mutant: Mutant
    verdict: str
    tests: int
    by: str
    difference: str

    def record(self) -> dict[str, Any]:
        """As one JSON object."""
        return asdict(self)


def start(tree: Path, folder: Path) -> None:
    """Make this process ready: import what every fork needs, copy the tree."""
    global _own, _covers
    for name in _IMPORTED.split():
        __import__(name)
    _own = folder / f"worker-{os.getpid()}"
    copy(tree, _own)
    _covers = Covering(tree)


def copy(source: Path, target: Path) -> None:
    """Copy what the tests need; times are kept, so that compiled kernels stay valid."""
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    for name in _COPIED:
        if (source / name).is_dir():
            shutil.copytree(source / name, target / name)
        else:
            shutil.copy2(source / name, target / name)


def run(job: Job) -> Outcome:
    """Try a mutant in this process's tree, which is as before afterwards."""
    mutant, tests, seconds = job
    if tests is None:
        tests = _covers.tests(mutant, seconds)
        seconds = sum(_covers.seconds[test] for test in tests)
    file = _own / mutant.path
    before, stat = file.read_text(encoding="utf-8"), file.stat()
    after = mutant.apply(before)
    if not tests:
        return Outcome(mutant, "untested", 0, "", difference(before, after))
    file.write_text(after, encoding="utf-8")
    try:
        code, log = _fork(_own, tests, seconds, compiled="_kernels" in before)
    finally:
        file.write_text(before, encoding="utf-8")
        os.utime(file, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    if code in (_BROKEN, pytest.ExitCode.NO_TESTS_COLLECTED):
        raise RuntimeError(f"{mutant} was not tried: {log}")
    verdict = {0: "survived", None: "endless", -signal.SIGXCPU: "endless"}.get(code, "killed")
    failed = re.search(r"^(?:FAILED|ERROR) (\S.*?)(?: - .*)?$", log, re.MULTILINE)
    by = failed[1] if failed else f"exit code {code}" * (verdict == "killed")
    return Outcome(mutant, verdict, len(tests), by, difference(before, after))


def difference(before: str, after: str) -> str:
    """Lines taken out and put in."""
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=0)
    return "\n".join(line for line in lines if not line.startswith(("---", "+++")))


def _fork(
    tree: Path, tests: list[str], seconds: float, *, compiled: bool
) -> tuple[int | None, str]:
    log = tree.parent / f"{tree.name}.log"
    caches = tree.parent / f"{tree.name}.caches"
    limit = _START * (3 if compiled else 1) + 5.0 * seconds
    child = os.fork()
    if child == 0:
        try:
            _in_fork(tree, tests, log, caches, limit, compiled)
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(_BROKEN)
    code = _waited(child, 10 * limit)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)  # what the tests started
    shutil.rmtree(caches, ignore_errors=True)
    return code, log.read_text(encoding="utf-8", errors="replace")


def _waited(child: int, limit: float) -> int | None:
    """Exit code, negative for a signal, None if the clock ran out (it sleeps, say)."""
    end = time.monotonic() + limit
    while time.monotonic() < end:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.1)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return None


def _in_fork(
    tree: Path, tests: list[str], log: Path, caches: Path, limit: float, compiled: bool
) -> NoReturn:
    """Run the tests in this process and end it."""
    import numba

    os.setsid()
    resource.setrlimit(resource.RLIMIT_CPU, (int(limit), int(limit) + 10))
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.chdir(tree)
    os.environ |= {
        "PYTHONPATH": str(tree / "src"),
        "XDG_CACHE_HOME": str(caches),
        "MPLBACKEND": "Agg",
    }
    if compiled:  # kernels that call the changed one do not notice
        os.environ["NUMBA_CACHE_DIR"] = str(caches / "numba")
        numba.config.reload_config()
    sys.dont_write_bytecode = False
    sys.path.insert(0, str(tree / "src"))
    plugins = [part for name in _LEFT_OUT for part in ("-p", f"no:{name}")]
    os._exit(pytest.main([*plugins, "-x", "-q", "-rfE", "--tb=short", *tests]))
