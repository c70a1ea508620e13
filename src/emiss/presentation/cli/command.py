"""How a command registers itself: a file in this folder, a function under `command`."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any, TypeVar

__all__ = ["Command", "command", "discover", "find"]

_F = TypeVar("_F", bound=Callable[..., Any])

PANELS = (
    "Search",
    "Events",
    "Analysis",
    "Physics",
    "Dark matter",
    "Curves of others",
    "Catalogue and checks",
)
"""Headings of the help, in order."""


@dataclass(frozen=True, slots=True)
class Command:
    """One command of the tree.

    Parameters
    ----------
    name : str
        What is typed.
    run : callable
        Function whose parameters are the options.
    panel : str
        Heading in the help, one of `PANELS`.
    group : str
        Command above it; empty for most.
    """

    name: str
    run: Callable[..., Any]
    panel: str
    group: str = ""


_COMMANDS: dict[tuple[str, str], Command] = {}


def command(name: str, panel: str = PANELS[0], group: str = "") -> Callable[[_F], _F]:
    """Register a function as a command.

    Parameters
    ----------
    name : str
        What is typed.
    panel : str, optional
        Heading in the help.
    group : str, optional
        Command above it.

    Returns
    -------
    callable
        Decorator that leaves the function as it is.
    """

    def register(run: _F) -> _F:
        _COMMANDS[group, name] = Command(name, run, panel, group)
        return run

    return register


def find(name: str) -> tuple[Command, ...]:
    """Load one command from the module that is called like it.

    Parameters
    ----------
    name : str
        What is typed.

    Returns
    -------
    tuple of Command
        The command; empty where the module is called otherwise or there is none, see `discover`.
    """
    module = f"{__name__.rpartition('.')[0]}.{name.replace('-', '_')}"
    if name.replace("-", "_").isidentifier() and find_spec(module) is not None:
        importlib.import_module(module)
    return (_COMMANDS["", name],) if ("", name) in _COMMANDS else ()


def discover() -> tuple[Command, ...]:
    """Load every module beside this one and give the commands that they registered.

    Returns
    -------
    tuple of Command
        By heading, then by name.
    """
    here = __name__.rpartition(".")[0]
    package = importlib.import_module(here)
    for info in pkgutil.walk_packages(package.__path__, f"{here}."):
        if info.name.rpartition(".")[2] != "app":
            importlib.import_module(info.name)
    return tuple(
        sorted(_COMMANDS.values(), key=lambda one: (one.group, PANELS.index(one.panel), one.name))
    )
