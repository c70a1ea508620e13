"""Printing: tables for people, one JSON object for machines; kept until the command has ended."""

from __future__ import annotations

import contextlib
import json
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ...ground.atomic import check_file
from ...ground.errors import EmissError
from ...ground.json_values import finite
from ...ground.numbers import readable
from ..text_table import TextTable, number, shortened
from .streams import say
from .terminal import layout, plain_streams

__all__ = [
    "TextTable",
    "deliver",
    "discard",
    "emit_json",
    "figure_place",
    "flush",
    "note",
    "number",
    "plain_streams",
    "progress",
    "save_and_announce",
    "show",
    "table",
    "warn",
]


def emit_json(record: Mapping[str, Any]) -> None:
    """Print one JSON object on standard output."""
    _pending.append(json.dumps(finite(record), allow_nan=False) + "\n")


_pending: list[str] = []
"""What the running command has printed so far."""


def discard() -> None:
    """Forget what was printed."""
    _pending.clear()


def flush() -> None:
    """Write what was printed, at once; a reader that went away ends the command, as a success."""
    text = "".join(_pending)
    _pending.clear()
    if not text:
        return
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        # Standard output points elsewhere so that the interpreter can flush it at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(0) from None


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print a table, see `terminal.layout`."""
    show(TextTable(title, tuple(columns), tuple(tuple(row) for row in rows)))


def show(what: TextTable) -> None:
    """Print a table and the lines below it."""
    _pending.append(layout(what))
    for text in what.notes:
        note(text)


FEW = 12
"""Rows of a short answer."""


def deliver(
    record: Mapping[str, Any],
    what: TextTable,
    *,
    as_json: bool,
    whole: bool = True,
    figure: str | None = None,
    draw: Callable[[], Any] | None = None,
) -> None:
    """Hand a result over: one JSON object or a table, and the figure where one is wanted.

    Parameters
    ----------
    record : mapping
        For machines.
    what : TextTable
        For people.
    as_json : bool
        Which of the two.
    whole : bool, optional
        Show every row of the table; else a few of them.
    figure : str, optional
        File of the figure, as given.
    draw : callable, optional
        Makes the figure; not called where none is wanted.
    """
    if as_json:
        emit_json(record)
    else:
        show(what if whole else shortened(what, FEW))
    if figure is not None and draw is not None:
        save_and_announce(draw(), Path(figure), quiet=as_json)


def note(text: str) -> None:
    """Print a line on standard output."""
    _pending.append(readable(text) + "\n")


def warn(text: str) -> None:
    """Print a warning on standard error."""
    say(f"emiss: warning: {readable(text)}")


@contextlib.contextmanager
def progress(description: str, patience: float = 1.0) -> Iterator[Callable[[float], None]]:
    """Give a callback that shows a bar on standard error once the work takes a while.

    Parameters
    ----------
    description : str
        What is being done.
    patience : float, optional
        Seconds without a bar.

    Yields
    ------
    callable
        To be called with the share done, 0 to 1.
    """
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    started = time.monotonic()
    bars: list[Any] = []

    def report(share: float) -> None:
        if not bars:
            if time.monotonic() - started < patience:
                return
            from rich.console import Console
            from rich.progress import Progress

            bars.append(Progress(console=Console(stderr=True), transient=True))
            bars[0].start()
            bars[0].add_task(description, total=1.0)
        bars[0].update(bars[0].task_ids[0], completed=share)

    try:
        yield report
    finally:
        for bar in bars:
            bar.stop()


_FORMATS = ("png", "pdf", "svg")
_OTHER_FORMATS = {"jpg", "jpeg", "gif", "eps", "ps", "tif", "tiff", "webp", "bmp"}


def figure_place(text: str) -> tuple[Path, tuple[str, ...]]:
    """Where a figure goes, and in which formats; refused before anything is computed.

    Parameters
    ----------
    text : str
        What was given: a name for PNG and PDF, or one that ends in the one format wanted.

    Returns
    -------
    path : Path
        Without the ending.
    formats : tuple of str
        ``png``, ``pdf`` or ``svg``.

    Raises
    ------
    EmissError
        If the format is unknown or a file could not be written.
    """
    path = Path(text)
    check_file(path if path.name in ("", "..") else path.with_name("figure"))
    suffix = path.suffix[1:].lower()
    if suffix in _OTHER_FORMATS:
        raise EmissError(f"unknown figure format '{suffix}'; use {', '.join(_FORMATS)}.")
    one = suffix in _FORMATS
    stem, formats = (path.with_suffix(""), (suffix,)) if one else (path, ("png", "pdf"))
    for name in formats:
        check_file(stem.with_name(f"{stem.name}.{name}"))
    return stem, formats


def save_and_announce(figure: Any, path: Path, *, quiet: bool = False) -> None:
    """Write a figure as PNG and PDF, or as the one format that the name ends in.

    Parameters
    ----------
    figure : Figure
        What to write.
    path : Path
        Where to.
    quiet : bool, optional
        Do not say so, for standard output holds one JSON object.
    """
    from .. import plots

    written = plots.save_figure(figure, *figure_place(str(path)))
    if not quiet:
        note(f"wrote {', '.join(str(file) for file in written)}")
