"""Who shows what: functions of results, dispatched on their class.

Each is open: `register` a function for a class of one's own. `views` registers those of emiss.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import singledispatch
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from ..ground.checks import shortened
from ..ground.errors import ArgumentTypeError
from .html import table_html
from .text_table import TextTable

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

__all__ = ["columns", "figure", "html", "save", "table"]


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
