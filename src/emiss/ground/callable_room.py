"""A room of the package that can also be called, because its name is that of what it does.

``emiss.yields(...)`` makes yields, and ``emiss.yields`` is the room in which they are made: Python
puts a package under its name into the package above, whoever imports it, so both must be one.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

__all__ = ["call_with", "make_callable"]

_loaders: dict[str, Callable[[], Callable[..., Any]]] = {}


class _CallableRoom(ModuleType):
    """Module that hands a call on to the function registered for it."""

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        """Call the function registered by `call_with`."""
        return _loaders[self.__name__]()(*arguments, **options)

    @property
    def __wrapped__(self) -> Callable[..., Any]:
        """The function, for its signature and help."""
        if self.__name__ not in _loaders:
            raise AttributeError("__wrapped__")
        return _loaders[self.__name__]()


def make_callable(name: str) -> None:
    """Let a module be called; done by the module itself.

    Parameters
    ----------
    name : str
        Its ``__name__``.
    """
    sys.modules[name].__class__ = _CallableRoom


def call_with(name: str, loader: Callable[[], Callable[..., Any]]) -> None:
    """Say which function answers when a room is called; done once by the package itself.

    Parameters
    ----------
    name : str
        Full name of the room.
    loader : callable
        Gives the function.
    """
    _loaders[name] = loader
