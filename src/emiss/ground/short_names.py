"""Modules that can also be imported under a shorter name, without being loaded for it."""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import Any

__all__ = ["import_as"]


class _ShortName(ModuleType):
    """Stands for a module and loads it when something in it is asked for."""

    def __init__(self, name: str, target: str) -> None:
        super().__init__(name, f"Another name of `{target}`.")
        self._target = target

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # the import system asks for these
            raise AttributeError(name)
        return getattr(importlib.import_module(self._target), name)

    def __dir__(self) -> list[str]:
        return dir(importlib.import_module(self._target))


def import_as(name: str, target: str) -> None:
    """Let a module be imported under another name: ``from name import thing``.

    Parameters
    ----------
    name : str
        The other name, in full; a module that has it already keeps it.
    target : str
        Full name of the module.
    """
    sys.modules.setdefault(name, _ShortName(name, target))
