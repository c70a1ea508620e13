"""Printing: tables for people, one JSON object for machines."""

from __future__ import annotations

import contextlib
import json
import math
import re
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

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
    sys.stdout.write(json.dumps(finite(record), allow_nan=False) + "\n")


def number(value: float | None, digits: int = 4) -> str:
    """Write a number for a table; an em dash where there is none."""
    if value is None or math.isnan(value):
        return "—"
    if math.isinf(value):
        return "∞"
    return f"{value:.{digits}g}"


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print a table; columns of numbers are right-aligned.

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

    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=200)
    grid = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    cells = [list(row) for row in rows]
    for index, column in enumerate(columns):
        numeric = all(_NUMERIC.match(row[index]) for row in cells)
        grid.add_column(Text(column), justify="right" if numeric and index else "left")
    for row in cells:
        grid.add_row(*(Text(cell) for cell in row))
    console.print(Text(title), soft_wrap=True)
    console.print(grid)


def note(text: str) -> None:
    """Print a line on standard output."""
    sys.stdout.write(text + "\n")


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


def save_and_announce(figure: Any, path: Path) -> None:
    """Write a figure as PNG and PDF, or as the one format that the name ends in."""
    from .. import plots

    formats = (path.suffix[1:],) if path.suffix in {".png", ".pdf", ".svg"} else ("png", "pdf")
    written = plots.save_figure(figure, path.with_suffix("") if path.suffix else path, formats)
    note(f"wrote {', '.join(str(file) for file in written)}")
