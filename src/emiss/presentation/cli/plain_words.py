"""Plain command lines, read without the machinery that explains the others.

Names, ``--option value``, ``--option=value`` and flags are what most commands are given. They are
read here from the declarations that typer reads as well, which loads a library of validation for
it: a twentieth of the time of a limit with figures. Whatever is not plain is left to typer, help
and errors among it.
"""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Any, Final

from typer.models import ArgumentInfo, OptionInfo

__all__ = ["read_plain"]

_MISSING: Final = inspect.Parameter.empty
_Declared = tuple[str, Any, Any]
"""Name, annotation and default of a parameter."""


class _NotPlainError(Exception):
    """These words are for typer."""


def read_plain(run: Callable[..., Any], words: Sequence[str]) -> dict[str, Any] | None:
    """Read the words after the name of a command.

    Parameters
    ----------
    run : callable
        The command; each parameter is annotated with typer's ``Option`` or ``Argument``.
    words : sequence of str
        What was typed.

    Returns
    -------
    dict or None
        Values of all parameters as typer would give them; None where typer must read, be it for a
        form of words that is not known here or for a value that is refused.
    """
    hints = typing.get_type_hints(run, include_extras=True)
    declared = [
        (name, hints.get(name), parameter.default)
        for name, parameter in inspect.signature(run).parameters.items()
    ]
    try:
        given = _sorted(words, declared)
        return {one[0]: _value(one, given[one[0]]) for one in declared}
    except Exception:
        # Also what a check of a value says: typer decides which of several faults is told.
        return None


def _info(annotation: Any) -> OptionInfo | ArgumentInfo:
    found = annotation.__metadata__[0] if typing.get_origin(annotation) is Annotated else None
    if not isinstance(found, OptionInfo | ArgumentInfo):
        raise _NotPlainError
    return found


def _kind(annotation: Any) -> tuple[Any, bool]:
    """What a word becomes, and whether there may be several."""
    kind = typing.get_args(annotation)[0]
    parts = [part for part in typing.get_args(kind) if part is not type(None)]
    if type(None) in typing.get_args(kind):
        (kind,) = parts
    if typing.get_origin(kind) is list:
        return typing.get_args(kind)[0], True
    return kind, False


def _sorted(words: Sequence[str], declared: Sequence[_Declared]) -> dict[str, list[Any]]:
    """Words by parameter; a flag is True or False."""
    options: dict[str, tuple[str, bool | None]] = {}
    places: list[str] = []
    for name, annotation, _ in declared:
        info = _info(annotation)
        if isinstance(info, ArgumentInfo):
            places.append(name)
            continue
        flag = True if _kind(annotation)[0] is bool else None
        for text in _typed(name, info, flag):
            yes, _, no = text.partition("/")
            options[yes] = (name, flag)
            if no:
                options[no] = (name, False)
    given: dict[str, list[Any]] = {name: [] for name, _, _ in declared}
    rest: list[str] = []
    left = iter(words)
    for word in left:
        if not word.startswith("-"):
            rest.append(word)
            continue
        text, equals, value = word.partition("=")
        name, flag = options[text]
        if flag is None:
            value = value if equals else next(left)
            if value.startswith("-") or (equals and not text.startswith("--")):
                raise _NotPlainError
            given[name].append(value)
        elif equals:
            raise _NotPlainError
        else:
            given[name].append(flag)
    annotations = {name: annotation for name, annotation, _ in declared}
    if len(places) == 1 and _kind(annotations[places[0]])[1]:
        given[places[0]] = list(rest)
    else:
        given |= {name: [word] for name, word in zip(places, rest, strict=True)}
    return given


def _typed(name: str, info: OptionInfo, flag: bool | None) -> Sequence[str]:
    """What is typed for an option, as declared or after its parameter."""
    # Without a default of its own typer keeps the first of the names in the default's place.
    first = (info.default,) if isinstance(info.default, str) else ()
    if first:
        return (*first, *(info.param_decls or ()))
    word = name.replace("_", "-")
    return (f"--{word}/--no-{word}" if flag else f"--{word}",)


def _value(one: _Declared, words: list[Any]) -> Any:
    """What the command is handed; raises where it is not plain."""
    _, annotation, default = one
    info = _info(annotation)
    kind, several = _kind(annotation)
    if not words:
        if default is _MISSING:
            raise _NotPlainError
        found = default
    elif several:
        found = [_read(info, kind, word) for word in words]
    else:
        (word,) = words
        found = _read(info, kind, word)
    return found if info.callback is None else info.callback(found)


def _read(info: OptionInfo | ArgumentInfo, kind: Any, word: Any) -> Any:
    if info.parser is not None:
        return info.parser(word)
    if kind not in (str, bool, Path):
        raise _NotPlainError
    return kind(word)
