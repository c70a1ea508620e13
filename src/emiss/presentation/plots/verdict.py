"""Verdicts: which dark-matter masses each thermal scenario has left, as bars."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...ground.guards import guarded
from ...ground.units import format_level
from . import labels
from . import style as looks
from .arguments import ARGUMENTS
from .axis import log_axis
from .page import new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ...inference.verdict import VerdictReport

__all__ = ["verdict"]

_ROW, _HEAD, _FOOT = 0.27, 0.95, 0.6
"""Heights in inches: of a bar, of the text above and of the axis below."""
_WIDTH, _BARS, _ASIDE, _RIGHT = 6.4, 3.4, 0.15, 0.225
"""Widths in inches: of the page, of the bars at least, what is free beside names and bars."""


@guarded(ARGUMENTS)
def verdict(report: VerdictReport, *, style: str = "emiss") -> Figure:
    """Draw the excluded and remaining dark-matter masses of the thermal scenarios.

    Parameters
    ----------
    report : VerdictReport
        Verdicts of `emiss.verdict`.
    style : str, optional
        ``"emiss"`` or ``"user"``.

    Returns
    -------
    Figure
        A bar per scenario and experiment: dark where the scenario is excluded, open where it is
        left, hatched where the search says nothing.

    Examples
    --------
    >>> import emiss
    >>> figure = emiss.plots.verdict(emiss.verdict("na64e-2016-2022"))
    """
    rows = report.verdicts
    kinds = list(dict.fromkeys(item.kind for item in rows))
    height = _HEAD + _FOOT + _ROW * (len(rows) + 0.9 * len(kinds))
    sources = [_name(report, one.source) for one in rows]
    with looks.styled(style):
        figure, axes = new_figure(_WIDTH, height, style=style)
        log_axis(axes, "x", *report.searched)
        axes.set_xlabel(r"$m_\chi$ [GeV]")
        level, ticks = 0.0, []
        for kind in kinds:
            level -= 0.9
            axes.text(
                0.008, level, labels.dark_matter_text(kind), transform=axes.get_yaxis_transform(),
                va="center", fontweight="bold",
            )  # fmt: skip
            level += 0.05
            for item in (one for one in rows if one.kind == kind):
                level -= 1.0
                ticks.append(level)
                hatch = None if item.answers else "xxx"
                _bars(axes, item.left, level, facecolor="white", edgecolor="0.6", hatch=hatch)
                _bars(axes, item.excluded, level, facecolor=looks.OURS, edgecolor=looks.OURS)
        axes.set_ylim(level - 0.7, 0.0)
        axes.set_yticks(ticks, sources)
        axes.tick_params(axis="y", which="both", length=0.0)
        _make_room(figure, axes)
        _head(figure, report, height)
    return figure


def _make_room(figure: Figure, axes: Axes) -> None:
    """Put the bars beside the names of their rows, on a wider page where these are long."""
    height = figure.get_figheight()
    names = max(label.get_window_extent().width for label in axes.get_yticklabels()) / figure.dpi
    left = names + _ASIDE
    width = max(_WIDTH, left + _BARS + _RIGHT)
    figure.set_size_inches(width, height)
    bars = 1.0 - (left + _RIGHT) / width
    axes.set_position((left / width, _FOOT / height, bars, 1.0 - (_HEAD + _FOOT) / height))


def _name(report: VerdictReport, source: str) -> str:
    """Title of a source, as in the other figures."""
    title = labels.typeset(dict(report.titles).get(source, source))
    return f"{title} (projected)" if source in report.projected else title


def _bars(
    axes: Axes, ranges: tuple[tuple[float, float], ...], level: float, **look: str | None
) -> None:
    widths = [high - low for low, high in ranges]
    axes.barh([level] * len(ranges), widths, 0.62, left=[low for low, _ in ranges], lw=0.8, **look)  # type: ignore[arg-type]


def _head(figure: Figure, report: VerdictReport, height: float) -> None:
    """Facts and the meaning of the bars, above the axes."""
    from matplotlib.patches import Patch

    facts = (
        f"Thermal scenarios, {report.model.replace('-', ' ')}, {format_level(report.cl)[:-1]} % CL"
    )
    sector = rf"$\alpha_D = {report.alpha_dark:g}$, mediator {report.mass_ratio:g} $m_\chi$"
    figure.text(0.02, 1.0 - 0.12 / height, facts, va="top", fontweight="bold")
    figure.text(0.02, 1.0 - 0.36 / height, sector, va="top", fontsize="small")
    patches = [
        Patch(facecolor=looks.OURS, edgecolor=looks.OURS, label="excluded"),
        Patch(facecolor="white", edgecolor="0.6", label="left"),
    ]
    if not all(item.answers for item in report.verdicts):
        patches.append(Patch(facecolor="white", edgecolor="0.6", hatch="xxx", label="no answer"))
    figure.legend(
        handles=patches,
        loc="upper left",
        bbox_to_anchor=(0.01, 1.0 - 0.58 / height),
        ncols=3,
        borderaxespad=0.0,
    )
