"""Figure of the backgrounds of a run beside published ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...ground.guards import guarded, instance
from ..text_table import number
from .arguments import ARGUMENTS
from .style import styled

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ...analysis.backgrounds import BackgroundTable
    from ...ground.quantity import Quantity

__all__ = ["backgrounds"]

_FLOOR = 1e-3


@guarded(ARGUMENTS, table=instance("BackgroundTable"))
def backgrounds(table: BackgroundTable, *, style: str = "emiss") -> Figure:
    """Draw the events of each source with their error, and what was published.

    Parameters
    ----------
    table : BackgroundTable
        Backgrounds of a run.
    style : str, optional
        ``emiss`` or ``user``.

    Returns
    -------
    Figure
        A row per source and one for the sum; arrows to the left are upper limits.

    Examples
    --------
    >>> import emiss
    >>> table = emiss.backgrounds("na64e-2021-2022", sources="dimuons")
    >>> figure = emiss.plots.backgrounds(table)
    """
    from .shown_figure import ShownFigure

    names = [*(one.source.name for one in table.sources), "sum"]
    with styled(style):
        size = (6.5, 1.4 + 0.45 * len(names))
        figure = ShownFigure(figsize=size, dpi=150, style=style, layout="constrained")
        axes = figure.subplots()
        rows = list(range(len(names), 0, -1))
        values = [*(one.events for one in table.sources), table.total]
        errors = [*(one.error for one in table.sources), table.total_error]
        floor = min(_FLOOR, *(0.3 * value for value in values if value > 0.0))
        shown = [max(value, floor) for value in values]
        low = [
            min(error, value - 0.999 * floor) for value, error in zip(shown, errors, strict=True)
        ]
        axes.errorbar(
            shown, [row + 0.12 for row in rows], xerr=(low, errors), fmt="o", capsize=3,
            label="estimated here",
        )  # fmt: skip
        others = [*(one.published for one in table.sources), table.stated]
        _published(axes, rows, others)
        axes.set_xscale("log")
        axes.set_yticks(rows, names)
        axes.set_ylim(0.4, len(names) + 0.6)
        axes.set_xlabel(f"expected events, {number(table.particles, 3)} on target")
        axes.legend(loc="best")
        figure.suptitle(f"{table.experiment} {table.period}", fontsize=10)
    return figure


def _published(axes: Axes, rows: list[int], others: list[Quantity | None]) -> None:
    measured = [
        (row, one.value, one.uncertainty)
        for row, one in zip(rows, others, strict=True)
        if one is not None and one.uncertainty is not None
    ]
    limits = [
        (row, one.value)
        for row, one in zip(rows, others, strict=True)
        if one is not None and one.uncertainty is None and one.value > 0.0
    ]
    if measured:
        places, values, errors = zip(*measured, strict=True)
        low = [min(error, 0.9 * value) for value, error in zip(values, errors, strict=True)]
        axes.errorbar(
            values, [row - 0.12 for row in places], xerr=(low, errors), fmt="s", capsize=3,
            mfc="white", label="published",
        )  # fmt: skip
    if limits:
        places, values = zip(*limits, strict=True)
        axes.errorbar(
            values, [row - 0.12 for row in places], xerr=[0.5 * value for value in values],
            xuplims=True, fmt="none", capsize=3, color="0.4", label="published, upper limit",
        )  # fmt: skip
