"""Counts by room, the share that survived with its interval, and each survivor."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from scipy.stats import beta

from .sites import ROOMS

_KNOWN = Path(__file__).with_name("equivalent.toml")
ALIVE = ("survived", "untested")
Key = tuple[str, str, str]


def known_equivalents() -> dict[Key, str]:
    """Reason by file, line taken out and line put in, both without indentation."""
    entries = tomllib.loads(_KNOWN.read_text(encoding="utf-8"))["mutant"]
    return {(e["path"], e["before"], e["after"]): e["reason"] for e in entries}


def reason(known: dict[Key, str], path: str, difference: str) -> str | None:
    """Why a mutant is equivalent, None if it is not listed."""
    lines = difference.splitlines()
    before = " ".join(line[1:].strip() for line in lines if line.startswith("-"))
    after = " ".join(line[1:].strip() for line in lines if line.startswith("+"))
    return known.get((path, before, after))


def interval(count: int, of: int, level: float = 0.95) -> tuple[float, float]:
    """Clopper-Pearson interval of a share."""
    tail = (1.0 - level) / 2.0
    low = beta.ppf(tail, count, of - count + 1) if count else 0.0
    high = beta.ppf(1.0 - tail, count + 1, of - count) if count < of else 1.0
    return float(low), float(high)


def report(records: list[dict[str, Any]]) -> str:
    """Table of the rooms, then the survivors."""
    known = known_equivalents()
    counted = {room: [0, 0, 0] for room in ROOMS}
    survivors = []
    for record in records:
        row, mutant = counted[record["mutant"]["room"]], record["mutant"]
        if record["verdict"] not in ALIVE:
            row[0] += 1
        elif reason(known, mutant["path"], record["difference"]):
            row[2] += 1
        else:
            row[1] += 1
            place = f"{mutant['path']}:{mutant['line']}"
            met = f"{record['verdict']}, {record['tests']} tests"
            survivors.append(f"{place} ({met})\n{record['difference']}")
    lines = ["room          tried  killed  survived  equivalent  survived of the others (95 %)"]
    lines += [_row(room, *row) for room, row in counted.items()]
    lines.append(_row("all", *(sum(column) for column in zip(*counted.values(), strict=True))))
    return "\n".join([*lines, "", *survivors])


def _row(name: str, killed: int, survived: int, equivalent: int) -> str:
    others = killed + survived
    share = f"{survived / others:6.1%}" if others else "     -"
    low, high = interval(survived, others) if others else (0.0, 1.0)
    counts = f"{others + equivalent:5d}  {killed:6d}  {survived:8d}  {equivalent:10d}"
    return f"{name:12s}  {counts}  {share}  ({low:.1%} to {high:.1%})"
