"""What functions and classes of the physics take, and what when they are not told: a contract."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, Final

ROOMS: Final = (
    "emiss.physics.processes", "emiss.physics.models", "emiss.physics.constraints",
    "emiss.inference", "emiss.yields",
)  # fmt: skip


def _modules(room: str) -> Iterator[str]:
    yield room
    for info in pkgutil.walk_packages(importlib.import_module(room).__path__, f"{room}."):
        if "._" not in info.name:
            yield info.name


def _takers(module: Any) -> Iterator[tuple[str, Callable[..., Any]]]:
    """Public functions, classes and methods that a module defines."""
    for name in getattr(module, "__all__", ()):
        found = getattr(module, name)
        if getattr(found, "__module__", None) != module.__name__ or not callable(found):
            continue
        yield name, found
        if inspect.isclass(found):
            for part, method in vars(found).items():
                if inspect.isfunction(method) and not part.startswith("_"):
                    yield f"{name}.{part}", method


def _said(one: inspect.Parameter) -> str:
    """Name, default where it is a plain value, and whether it is given by name or place."""
    plain = isinstance(one.default, bool | int | float | str | tuple | None)
    shown = f" = {one.default!r}" if plain and " at 0x" not in repr(one.default) else ""
    return f"{one.name}{shown} ({one.kind.description})"


def _defaults(module: str) -> list[str]:
    lines = []
    for name, taker in _takers(importlib.import_module(module)):
        try:
            given = inspect.signature(taker).parameters.values()
        except (TypeError, ValueError):  # an enumeration, say
            continue
        lines += [f"{name}: {_said(one)}" for one in given if one.name != "self"]
    return lines


RECIPES: Final = {
    f"arguments of {module}": partial(_defaults, module)
    for room in ROOMS
    for module in _modules(room)
    if _defaults(module)
}
