"""Backgrounds as tables of text and columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .text_table import TextTable, number

if TYPE_CHECKING:
    from ..analysis.backgrounds import Background, BackgroundTable
    from ..ground.quantity import Quantity

__all__ = ["background_columns", "background_table", "published_words"]


def published_words(events: float, error: float | None) -> str:
    """Published events with their error, or as an upper limit where they have none."""
    words = number(events, 2)
    return f"< {words}" if error is None else f"{words} ± {number(error, 2)}"


def _stated(quantity: Quantity | None) -> str:
    return "—" if quantity is None else published_words(quantity.value, quantity.uncertainty)


def _row(one: Background) -> tuple[str, ...]:
    return (
        one.source.name, number(one.events, 2), number(one.statistical, 2),
        number(one.systematic, 2), _stated(one.published), one.source.method,
    )  # fmt: skip


def background_table(table: BackgroundTable) -> TextTable:
    """Backgrounds as a table of text.

    Parameters
    ----------
    table : BackgroundTable
        Backgrounds of a run.

    Returns
    -------
    TextTable
        A row per source, with the published value beside it.
    """
    title = (
        f"{table.experiment} {table.period}: expected background events, "
        f"{number(table.particles, 3)} on target"
    )
    heads = ("source", "events", "statistical", "systematic", "published", "method")
    sources = dict.fromkeys(o.published.source for o in table.sources if o.published is not None)
    notes = (
        f"all sources: {number(table.total, 2)} ± {number(table.total_error, 2)}; the experiment "
        f"file has {_stated(table.stated)} ({table.stated.source}), which limits use",
        f"of them {number(table.efficiency.value, 3)} are recorded and pass what is asked of every "
        f"event (the efficiency of the run, {table.efficiency.status}), which is in the numbers",
        *(f"published: {source}" for source in sources),
        *_inputs(table),
    )
    return TextTable(title, heads, tuple(_row(one) for one in table.sources), notes)


def _inputs(table: BackgroundTable) -> tuple[str, ...]:
    """What `--input` changes, and what stands there now."""
    found = {one.key: one.quantity for part in table.sources for one in part.estimate.inputs}
    words = (
        f"{key} {number(q.value, 2)}" + (f" ± {number(q.uncertainty, 2)}" if q.uncertainty else "")
        for key, q in found.items()
    )
    return (f"inputs (--input NAME=VALUE+-ERROR): {', '.join(words)}",) if found else ()


def background_columns(table: BackgroundTable) -> dict[str, Any]:
    """Columns of backgrounds: a row per source.

    Parameters
    ----------
    table : BackgroundTable
        Backgrounds of a run.

    Returns
    -------
    dict of str to array, shape (n_sources,)
        ``source``, ``events``, ``statistical``, ``systematic``, ``published`` and
        ``published_error``; NaN where nothing was published or there is an upper limit only.
    """
    found: dict[str, Any] = {"source": np.array([one.source.name for one in table.sources])}
    for name in ("events", "statistical", "systematic"):
        found[name] = np.array([getattr(one, name) for one in table.sources])
    others = [one.published for one in table.sources]
    found["published"] = np.array([np.nan if o is None else o.value for o in others])
    found["published_error"] = np.array(
        [np.nan if o is None or o.uncertainty is None else o.uncertainty for o in others]
    )
    return found
