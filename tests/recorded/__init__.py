"""Numbers that the package gave when they were last recorded.

They say that something has moved, not that it is right: what is right is tested elsewhere, against
other routes. A change that moves one on purpose records anew, and its difference shows what moved:

    PYTHONPATH=tests python -m recorded           (make numbers)
"""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import numpy as np

FILE = Path(__file__).with_name("numbers.json")
Recipes = Mapping[str, Callable[[], object]]


def flat(value: object) -> list[float | str]:
    """Every number and text in a result, in order; of objects the numbers alone."""
    if isinstance(value, str):
        return [value]
    if value is None or isinstance(value, Path):
        return []
    if isinstance(value, bool | int | float | np.number | np.bool_):
        return [float(value)]
    if isinstance(value, np.ndarray) and value.dtype.kind == "c":
        return flat([np.real(value), np.imag(value)])
    if isinstance(value, np.ndarray):
        return [float(x) for x in value.ravel()] if value.dtype.kind in "biuf" else []
    if isinstance(value, Mapping):
        return [x for part in value.values() for x in flat(part)]
    if dataclasses.is_dataclass(value):
        fields = (getattr(value, f.name) for f in dataclasses.fields(value))
        return [x for field in fields if not isinstance(field, str) for x in flat(field)]
    return [x for part in value for x in flat(part)] if isinstance(value, Iterable) else []


def recipes() -> dict[str, Callable[[], object]]:
    """What is recorded, by name."""
    from . import constraints, curves, defaults, models, processes, sampling, statistics, yields

    parts = (processes, models, constraints, yields, statistics, sampling, curves, defaults)
    every = [pair for part in parts for pair in part.RECIPES.items()]
    assert len(dict(every)) == len(every), "two recipes have the same name"
    return dict(every)


def read() -> dict[str, list[float | str]]:
    """The numbers as recorded."""
    kept: dict[str, list[float | str]] = json.loads(FILE.read_text(encoding="utf-8"))
    return {name: [_long(x) for x in numbers] for name, numbers in kept.items()}


def write(numbers: Mapping[str, list[float | str]]) -> None:
    """Record; ten digits, more than any two machines share."""
    rows = (f"{json.dumps(k)}: {json.dumps([_short(x) for x in v])}" for k, v in numbers.items())
    FILE.write_text("{\n" + ",\n".join(rows) + "\n}\n", encoding="utf-8")


def _short(found: float | str) -> float | str:
    """JSON has no infinity."""
    if isinstance(found, str):
        return found
    return float(f"{found:.10g}") if math.isfinite(found) else str(found)


def _long(kept: float | str) -> float | str:
    return float(kept) if kept in ("nan", "inf", "-inf") else kept
