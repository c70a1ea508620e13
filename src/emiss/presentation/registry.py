"""Who shows what: functions of results, dispatched on their class.

Each is open: `register` a function for a class of one's own. `views` registers those of emiss.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import singledispatch
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from ..ground.checks import shortened
from ..ground.errors import ArgumentTypeError, UnknownNameError
from .html import table_html
from .plain_text import table_text
from .text_table import TextTable

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

__all__ = [
    "columns",
    "export",
    "figure",
    "html",
    "load",
    "register_form",
    "register_reader",
    "save",
    "table",
    "text",
]


def _refuse(result: object, what: str) -> NoReturn:
    kind = type(result).__name__
    raise ArgumentTypeError(f"result: {shortened(result)} of type {kind} has no {what}.")


@singledispatch
def table(result: object) -> TextTable:
    """Lay a result out as a table of text.

    Parameters
    ----------
    result : object
        An experiment, signal yield, track lengths, limit, or what is registered.

    Returns
    -------
    TextTable
        A short table.

    Raises
    ------
    ArgumentTypeError
        If nothing is registered for its class.
    """
    _refuse(result, "table")


@singledispatch
def html(result: object) -> str:
    """Write a result as a fragment of HTML: its table, unless it has a view of its own.

    Parameters
    ----------
    result : object
        As for `table`.

    Returns
    -------
    str
        Self-contained HTML without scripts; all text is escaped.
    """
    return table_html(table(result))


@singledispatch
def text(result: object) -> str:
    """Write a result as plain text: its table, unless it has a view of its own.

    Parameters
    ----------
    result : object
        As for `table`.

    Returns
    -------
    str
        Lines; the first is a title.
    """
    return table_text(table(result))


@singledispatch
def figure(result: object) -> Figure:
    """Draw the main figure of a result.

    Parameters
    ----------
    result : object
        A signal yield, track lengths, a limit, or what is registered.

    Returns
    -------
    Figure
        With matplotlib.

    Raises
    ------
    ArgumentTypeError
        If nothing is registered for its class.
    """
    _refuse(result, "figure")


@singledispatch
def columns(result: object) -> Mapping[str, NDArray[np.float64]]:
    """All numbers of a result by column.

    Parameters
    ----------
    result : object
        A limit, or what is registered.

    Returns
    -------
    mapping of str to array of float
        Columns by name.

    Raises
    ------
    ArgumentTypeError
        If nothing is registered for its class.
    """
    _refuse(result, "columns of numbers")


@singledispatch
def save(result: object, directory: str | Path, **options: Any) -> list[Path]:
    """Write all files of a result.

    Parameters
    ----------
    result : object
        A limit, or what is registered.
    directory : path
        Where to.
    **options
        Of the function that is registered.

    Returns
    -------
    list of Path
        The files written.

    Raises
    ------
    ArgumentTypeError
        If nothing is registered for its class.
    """
    _refuse(result, "files")


_FORMS: dict[tuple[type[Any], str], Callable[..., Any]] = {}
_READERS: dict[type[Any], Callable[[Any], Any]] = {}


def register_form(kind: type[Any], form: str, write: Callable[..., Any]) -> None:
    """Say how a result of a class is given in a form that others read.

    Parameters
    ----------
    kind : type
        Class of the result.
    form : str
        Name of the form.
    write : callable
        Takes the result and options.
    """
    _FORMS[kind, form] = write


def register_reader(kind: type[Any], read: Callable[[Any], Any]) -> None:
    """Say how a result of a class is read from its file.

    Parameters
    ----------
    kind : type
        Class of the result.
    read : callable
        Takes a path.
    """
    _READERS[kind] = read


def export(result: object, form: str, **options: Any) -> Any:
    """Give a result in a form that others read.

    Parameters
    ----------
    result : object
        A limit, or what is registered.
    form : str
        Name of the form, e.g. ``"hepdata"``.
    **options
        Of the function that is registered.

    Returns
    -------
    object
        Text, or a mapping of file names to text.

    Raises
    ------
    UnknownNameError
        If there is no such form of the result.
    """
    for kind in type(result).__mro__:
        if (kind, form) in _FORMS:
            return _FORMS[kind, form](result, **options)
    known = [name for kind, name in _FORMS if isinstance(result, kind)]
    raise UnknownNameError(f"form of a {type(result).__name__}", form, known)


def load(kind: type[Any], path: str | Path) -> Any:
    """Read a result of a class from its file.

    Parameters
    ----------
    kind : type
        Class of the result.
    path : path
        The file, or its directory.

    Returns
    -------
    object
        The result.

    Raises
    ------
    ArgumentTypeError
        If such results cannot be read back.
    """
    if kind not in _READERS:
        raise ArgumentTypeError(f"load: results of type {kind.__name__} cannot be read back.")
    return _READERS[kind](path)
