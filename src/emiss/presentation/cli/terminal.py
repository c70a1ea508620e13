"""Tables on a terminal: numbers are never cut, symbols become ASCII where they must."""

from __future__ import annotations

import codecs
import io
import os
import sys
import textwrap
import unicodedata
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from ..plain_text import GAP, numeric, plain_page, widest_of, widths_of
from ..text_table import TextTable
from .streams import settle

if TYPE_CHECKING:
    from rich.table import Table

__all__ = ["layout", "plain_streams"]

_ASCII = {
    "−": "-", "—": "-", "–": "-", "∞": "inf", "σ": " sigma", "γ": "gamma", "Δ": "Delta ",
    "²": "^2", "±": "+-", "…": "...", "×": "x", "→": "->",
}  # fmt: skip
"""What stands for a symbol that standard output cannot hold."""


def _replacement(error: UnicodeError) -> tuple[str | bytes, int]:
    """ASCII for symbols; for names of files that are not valid text the bytes that they are."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    letter = error.object[error.start]
    if "\udc80" <= letter <= "\udcff":
        return bytes([ord(letter) - 0xDC00]), error.start + 1
    return _ASCII.get(letter, "?"), error.start + 1


def plain_streams() -> None:
    """Let standard streams replace what their encoding cannot hold."""
    codecs.register_error("emiss", _replacement)
    settle()  # what follows flushes
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="emiss")


def _printable(text: str) -> str:
    """The text with symbols as standard output can hold them, so that columns stay aligned."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    return text.encode(encoding, "emiss").decode(encoding, "surrogateescape")


def layout(table: TextTable) -> str:
    """Lay a table out for the terminal; columns of numbers are right-aligned.

    Numbers are never cut: on a narrow terminal the columns follow below each other in blocks, each
    with the first column. Text folds. The notes are left to the caller.

    Parameters
    ----------
    table : TextTable
        Title, heads and cells.

    Returns
    -------
    str
        Lines, with colours where the terminal shows them.
    """
    plain_streams()
    title, columns = _printable(table.title), [_printable(column) for column in table.headers]
    cells = [[_printable(cell) for cell in row] for row in table.rows]
    if not _may_be_terminal() and _is_plain(title, columns, cells):
        return plain_page(title, columns, cells)
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=_WIDTH_OF_FILES)
    with console.capture() as page:
        console.print(Text(title), soft_wrap=True)
        for grid in _grids(columns, cells, console.width):
            console.print(grid)
    return page.get()


def _may_be_terminal() -> bool:
    """Whether the page may have colours or the width of a window; a file or a pipe has neither."""
    told = any(name in os.environ for name in ("FORCE_COLOR", "TTY_COMPATIBLE"))
    return told or sys.stdout.isatty()


def _is_plain(title: str, columns: Sequence[str], cells: Sequence[Sequence[str]]) -> bool:
    """Whether the table fits into a line of a file, and each letter into one place."""
    widths = widths_of(columns, cells)
    if not columns or sum(width + GAP for width in widths) > _WIDTH_OF_FILES:
        return False
    texts = [title, *columns, *(cell for row in cells for cell in row)]
    letters = set().union(*texts)
    return all(text == text.strip() for text in texts) and all(map(_in_one_place, letters))


def _in_one_place(letter: str) -> bool:
    narrow = unicodedata.east_asian_width(letter) in {"N", "Na", "A"}
    return letter.isprintable() and narrow and not unicodedata.combining(letter)


def _grids(columns: Sequence[str], cells: Sequence[Sequence[str]], width: int) -> Iterator[Table]:
    """Blocks of columns that fit the width."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    numbers = numeric(columns, cells)
    longest_name = min(_NAME_WIDTH, width // 3)
    texts = [
        not numbers[index] and (index > 0 or widest_of(cells, 0) > longest_name)
        for index in range(len(columns))
    ]
    for block in _blocks(columns, cells, texts, width):
        grid = Table(box=box.SIMPLE_HEAD, pad_edge=False)
        widths = {index: widest_of(cells, index) for index in block}
        natural = sum(max(widths[index], len(columns[index])) + GAP for index in block)
        for index in block:
            name = columns[index]
            if natural > width and not texts[index]:
                name = "\n".join(textwrap.wrap(name, max(widths[index], _longest_word(name))))
            grid.add_column(
                Text(name),
                justify="right" if numbers[index] else "left",
                overflow="fold",
                no_wrap=not texts[index],
            )
        for row in cells:
            grid.add_row(*(Text(row[index]) for index in block))
        yield grid


_WIDTH_OF_FILES = 200
_TEXT_WIDTH = 8
_NAME_WIDTH = 24
"""Up to this many characters the first column names the rows and does not fold."""


def _longest_word(text: str) -> int:
    return max((len(word) for word in text.split()), default=1)


def _blocks(
    columns: Sequence[str], cells: Sequence[Sequence[str]], texts: Sequence[bool], width: int
) -> list[list[int]]:
    """Columns of each block, so that its numbers fit into the width; text needs less, it folds."""
    least = []
    for index, name in enumerate(columns):
        widest = max(widest_of(cells, index), _longest_word(name))
        least.append(min(widest, _TEXT_WIDTH) if texts[index] else widest)
    blocks = [[0]]
    used = least[0]
    for index in range(1, len(columns)):
        if used + GAP + least[index] > width and len(blocks[-1]) > 1:
            blocks.append([0])
            used = least[0]
        blocks[-1].append(index)
        used += GAP + least[index]
    return blocks
