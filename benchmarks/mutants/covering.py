"""Which tests run which lines, from one run under coverage, and how long each takes."""

from __future__ import annotations

import ast
import functools
import itertools
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections import Counter
from pathlib import Path

from coverage import CoverageData

from .sites import Mutant

DATA, TIMES = ".coverage", "times.xml"


def measure(tree: Path, suite: list[str], processes: int) -> None:
    """Run tests once in a tree; each line keeps the names of its tests."""
    (tree / ".coveragerc").write_text("[run]\nsource = emiss\nrelative_files = True\n")
    command = [sys.executable, "-m", "pytest", "-q", "-n", str(processes), "--cov"]
    command += ["--cov-context=test", "--cov-report=", f"--junitxml={TIMES}", *suite]
    own = os.environ | {"PYTHONPATH": str(tree / "src")}  # not the package that is installed
    subprocess.run(command, cwd=tree, env=own, check=False)  # a test that fails covers nothing
    if not _measured(tree):
        (tree / DATA).unlink(missing_ok=True)
        raise SystemExit(f"no test ran a line of the package in {tree}; see what pytest says.")


def _measured(tree: Path) -> bool:
    data = CoverageData(str(tree / DATA))
    data.read()
    return any((tree / name).is_file() for name in data.measured_files())


class Covering:
    """Tests by line, read from a tree in which `measure` was run."""

    def __init__(self, tree: Path) -> None:
        self._tree = tree
        self._data = CoverageData(str(tree / DATA))
        self._data.read()
        self.seconds = dict(_passed(tree / TIMES))
        self._files = {
            Path(name).as_posix(): name
            for name in self._data.measured_files()
            if (tree / name).is_file()
        }

    def tests(self, mutant: Mutant, budget: float) -> list[str]:
        """Tests that reach a mutant, close and quick ones first, up to a time in s.

        A line that runs while modules are imported, or that is compiled, has no tests of its own:
        then those count that run a line where the name it belongs to is used.
        """
        found = self._by_line(mutant.path).get(mutant.line, frozenset())
        if not found:
            found = self._by_name(mutant.path, self._owner(mutant), set())
        if not found:
            found = self.of_file(mutant.path)
        lines = self._by_test(mutant.path)
        closest = sorted(found, key=lambda test: (-lines[test] / (self.seconds[test] + 0.1), test))
        chosen: list[str] = []
        spent = 0.0
        for test in closest:
            if spent + self.seconds[test] <= budget or not chosen:
                chosen.append(test)
                spent += self.seconds[test]
        return chosen

    def of_file(self, path: str) -> frozenset[str]:
        """Tests that run any line of a file."""
        return frozenset().union(*self._by_line(path).values())

    @functools.cache  # noqa: B019  one object for a run
    def _by_line(self, path: str) -> dict[int, frozenset[str]]:
        name = self._files.get(path)
        contexts = self._data.contexts_by_lineno(name) if name else {}
        return {
            line: frozenset(
                test
                for test in (context.split("|")[0] for context in tests)
                if test in self.seconds
            )
            for line, tests in contexts.items()
        }

    @functools.cache  # noqa: B019
    def _by_test(self, path: str) -> Counter[str]:
        """Lines of a file that each test runs."""
        return Counter(itertools.chain.from_iterable(self._by_line(path).values()))

    def _by_name(self, path: str, name: str, seen: set[str]) -> frozenset[str]:
        """Tests of lines that mention a name; where those are compiled too, of their own names."""
        if not name or name in seen:
            return frozenset()
        seen.add(name)
        word = re.compile(rf"\b{re.escape(name)}\b")
        found: frozenset[str] = frozenset()
        for other in sorted(self._files):
            private = name.startswith("_") and other != path
            if private or not word.search(text := self._text(other)):
                continue
            for number, line in enumerate(text.splitlines(), 1):
                if word.search(line):
                    here = self._by_line(other).get(number) or frozenset()
                    if not here:
                        here = self._by_name(other, self._owner_at(other, number), seen)
                    found |= here
        return found

    @functools.cache  # noqa: B019
    def _text(self, path: str) -> str:
        return (self._tree / path).read_text(encoding="utf-8")

    def _owner(self, mutant: Mutant) -> str:
        return self._owner_at(mutant.path, mutant.line)

    @functools.cache  # noqa: B019
    def _owner_at(self, path: str, line: int) -> str:
        """Name of the function, class or constant of a module that a line belongs to."""
        for node in ast.parse(self._text(path)).body:
            first = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", []))])
            if first <= line <= (node.end_lineno or node.lineno):
                if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                    return node.targets[0].id
                if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                    return node.target.id
                return str(getattr(node, "name", ""))
        return ""


def _passed(file: Path) -> list[tuple[str, float]]:
    """Tests that passed, with their time in s."""
    cases = ET.parse(file).getroot().iter("testcase")
    return [
        (f"{_path(case.get('classname', ''))}::{case.get('name')}", float(case.get("time", 0)))
        for case in cases
        if len([child for child in case if child.tag in ("failure", "error", "skipped")]) == 0
    ]


def _path(classname: str) -> str:
    """File, and class if any, of the dotted name in a JUnit record."""
    parts = classname.split(".")
    modules = next((i for i, part in enumerate(parts) if part.startswith("test_")), len(parts) - 1)
    return "::".join(["/".join(parts[: modules + 1]) + ".py", *parts[modules + 1 :]])
