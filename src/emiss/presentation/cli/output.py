"""Printing: tables for people, one JSON object for machines."""

from __future__ import annotations

import contextlib
import json
import math
import os
import re
import sys
import textwrap
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

__all__ = [
    "emit_json",
    "finite",
    "note",
    "number",
    "progress",
    "save_and_announce",
    "table",
    "warn",
]

_NUMERIC = re.compile(r"([-+−]?[\d.]|—|∞|$)")


def finite(value: Any) -> Any:
    """Replace NaN and infinity by None, arrays by lists, throughout a structure, for JSON."""
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [finite(item) for item in value]
    return value


def emit_json(record: Mapping[str, Any]) -> None:
    """Print one JSON object on standard output."""
    _write(json.dumps(finite(record), allow_nan=False) + "\n")


def _write(text: str) -> None:
    """Write to standard output at once; a reader that went away ends the command, as a success."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        _leave()


def _leave() -> NoReturn:
    # Standard output points elsewhere so that the interpreter can flush it at exit.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    raise SystemExit(0)


def number(value: float | None, digits: int = 4) -> str:
    """Write a number for a table; an em dash where there is none."""
    if value is None or math.isnan(value):
        return "—"
    if math.isinf(value):
        return "∞"
    return f"{value:.{digits}g}"


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print a table; columns of numbers are right-aligned.

    Numbers are never cut: on a narrow terminal the columns follow below each other in blocks, each
    with the first column. Text folds.

    Parameters
    ----------
    title : str
        Line above the table.
    columns : sequence of str
        Column heads with units.
    rows : iterable of sequence of str
        Cells.
    """
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    class Output(Console):
        def on_broken_pipe(self) -> None:
            _leave()

    console = Output(highlight=False)
    if not console.is_terminal:
        console = Output(highlight=False, width=_WIDTH_OF_FILES)
    cells = [list(row) for row in rows]
    numeric = [
        bool(index) and all(_NUMERIC.match(row[index]) for row in cells)
        for index in range(len(columns))
    ]
    longest_name = min(_NAME_WIDTH, console.width // 3)
    texts = [
        not numeric[index] and (index > 0 or _widest(cells, 0) > longest_name)
        for index in range(len(columns))
    ]
    console.print(Text(title), soft_wrap=True)
    for block in _blocks(columns, cells, texts, console.width):
        grid = Table(box=box.SIMPLE_HEAD, pad_edge=False)
        widths = {index: _widest(cells, index) for index in block}
        natural = sum(max(widths[index], len(columns[index])) + _GAP for index in block)
        for index in block:
            name = columns[index]
            if natural > console.width and not texts[index]:
                name = "\n".join(textwrap.wrap(name, max(widths[index], _longest_word(name))))
            grid.add_column(
                Text(name),
                justify="right" if numeric[index] else "left",
                overflow="fold",
                no_wrap=not texts[index],
            )
        for row in cells:
            grid.add_row(*(Text(row[index]) for index in block))
        console.print(grid)


_WIDTH_OF_FILES = 200
_GAP = 3
_TEXT_WIDTH = 8
_NAME_WIDTH = 24
"""Up to this many characters the first column names the rows and does not fold."""


def _widest(cells: Sequence[Sequence[str]], index: int) -> int:
    return max((len(row[index]) for row in cells), default=1)


def _longest_word(text: str) -> int:
    return max((len(word) for word in text.split()), default=1)


def _blocks(
    columns: Sequence[str], cells: Sequence[Sequence[str]], texts: Sequence[bool], width: int
) -> list[list[int]]:
    """Columns of each block, so that its numbers fit into the width; text needs less, it folds."""
    least = []
    for index, name in enumerate(columns):
        widest = max(_widest(cells, index), _longest_word(name))
        least.append(min(widest, _TEXT_WIDTH) if texts[index] else widest)
    blocks = [[0]]
    used = least[0]
    for index in range(1, len(columns)):
        if used + _GAP + least[index] > width and len(blocks[-1]) > 1:
            blocks.append([0])
            used = least[0]
        blocks[-1].append(index)
        used += _GAP + least[index]
    return blocks


def note(text: str) -> None:
    """Print a line on standard output."""
    _write(text + "\n")


def warn(text: str) -> None:
    """Print a warning on standard error."""
    sys.stderr.write(f"emiss: warning: {text}\n")


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

    suffix = path.suffix[1:].lower()
    one = suffix in {*_FORMATS, *_OTHER_FORMATS}
    formats = (suffix,) if one else ("png", "pdf")
    written = plots.save_figure(figure, path.with_suffix("") if one else path, formats)
    if not quiet:
        note(f"wrote {', '.join(str(file) for file in written)}")
