"""Results as HTML for notebooks: a short table under one line of facts."""

from __future__ import annotations

import re
from html import escape
from typing import Final

from ..inference.limit import Limit
from .limit_table import limit_table
from .text_table import TextTable

__all__ = ["SHOWN_ROWS", "limit_html", "table_html"]

SHOWN_ROWS = 12
"""Masses of a result that shows itself."""


_STIFF: Final = ' style="white-space:nowrap"'
_NUMBER: Final = re.compile(r"[<~]?\s*[-+]?\d[\d.,e+-]*(?:\s*(?:±|to|-|x)\s*[\d.e+-]+)?\s*\S{0,6}")


def _is_number(cell: str) -> bool:
    """Whether a cell is a number, with its error or unit, which no line break may part."""
    return _NUMBER.fullmatch(cell.strip()) is not None


def table_html(table: TextTable, *, image: str = "") -> str:
    """Write a table as a fragment of HTML.

    Parameters
    ----------
    table : TextTable
        Title, heads, cells and the lines below.
    image : str, optional
        Markup between heading and table, put in as it is.

    Returns
    -------
    str
        Self-contained HTML without scripts; all text is escaped.
    """
    head = "".join(f"<th>{escape(name)}</th>" for name in table.headers)
    body = "".join(
        "<tr>" + "".join(f"<td{_STIFF * _is_number(cell)}>{escape(cell)}</td>" for cell in row)
        + "</tr>"
        for row in table.rows
    )  # fmt: skip
    return (
        f'<div class="emiss"><b>{escape(table.title)}</b><br/>{image}'
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        + "".join(f"<small>{escape(note)}</small><br/>" for note in table.notes)
        + "</div>"
    )


def limit_html(limit: Limit, *, max_rows: int = SHOWN_ROWS, figure: bool = False) -> str:
    """Write a limit as a fragment of HTML.

    Parameters
    ----------
    limit : Limit
        The result.
    max_rows : int, optional
        Show at most so many masses, spread evenly.
    figure : bool, optional
        Put the exclusion figure above the table as an inline image; takes some tenths of a second.

    Returns
    -------
    str
        Self-contained HTML without scripts; all text is escaped.
    """
    image = f'<img alt="excluded couplings" width="420" src="{_image(limit)}"/>' if figure else ""
    return table_html(limit_table(limit, max_rows), image=image)


def _image(limit: Limit) -> str:
    import base64

    from .plots import exclusion

    data, _ = exclusion(limit)._repr_png_()  # type: ignore[attr-defined]
    return "data:image/png;base64," + base64.b64encode(data).decode()
