"""Facts, names on lines and a legend, each where it covers nothing."""

from __future__ import annotations

import math
import re
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from .axis import log_axis
from .placement import Along, Box, Page

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.legend import Legend
    from matplotlib.lines import Line2D
    from matplotlib.text import Text

__all__ = ["letter"]

_GROWTH: Final = ((0.0, 0.0), (0.1, 0.0), (0.0, 0.1), (0.2, 0.0), (0.0, 0.2), (0.15, 0.15))
"""Shares of its length by which a logarithmic axis may grow, up and down, to hold its text."""
_SHORT: Final = 4
"""Letters of a tick's label for which the usual margin has room."""
_ASIDE: Final = 0.172
"""Left margin for longer ones, as a share of the width."""
_LETTER: Final = 0.65
"""Width of a digit in a tick's label over the size of the letters."""
_LONGEST: Final = 46
"""Letters of a line in the legend."""


@dataclass(slots=True)
class _Plan:
    """Where everything goes: pixels."""

    names: dict[int, Along]
    facts: Box | None
    legend: Box | None
    columns: int


def letter(
    axes: Axes,
    facts: Iterable[str] = (),
    *,
    named: Sequence[Line2D] = (),
    facts_at: Sequence[str] = ("upper left", "lower left", "upper right", "lower right"),
    legend_at: Sequence[str] = ("lower right", "lower left", "upper right", "upper left"),
) -> None:
    """Write what a figure has to say, without covering a line, a point or other text.

    Names go onto their lines where they fit and into the legend where not. Where there is no room
    the vertical axis grows by up to a third, then legend and facts go above the frame.

    Parameters
    ----------
    axes : Axes
        With everything drawn and its limits set.
    facts : iterable of str, optional
        Lines of text, the first bold; empty ones are left out.
    named : sequence of Line2D, optional
        Lines that carry their label themselves where it fits.
    facts_at, legend_at : sequence of str, optional
        Corners in the order of preference.
    """
    lines = _fact_texts(axes, [line for line in facts if line])
    names = [_name_text(axes, line) for line in named]
    handles, labels = axes.get_legend_handles_labels()
    low, high = axes.get_ylim()
    logarithmic = axes.get_yscale() == "log"
    plan: _Plan | None = None
    legends: dict[tuple[Any, ...], tuple[float, float]] = {}

    def legend_size(skip: frozenset[int], columns: int) -> tuple[float, float]:
        key = (skip, columns)
        if key not in legends:
            made = _legend(axes, (handles, labels), skip, columns)
            legends[key] = (0.0, 0.0) if made is None else _size(made)
            if made is not None:
                made.remove()
        return legends[key]

    _make_room(axes)
    for up, down in _GROWTH if logarithmic else _GROWTH[:1]:
        span = high / low if logarithmic else 1.0
        if up or down:
            log_axis(axes, "y", low / span**down, high * span**up)
            _make_room(axes)
        plan = _planned(axes, (lines, names, named), legend_size, (facts_at, legend_at))
        if plan is not None:
            break
    if plan is None and logarithmic:
        log_axis(axes, "y", low, high)
    _write(axes, plan, (lines, names, named), (handles, labels))


def _make_room(axes: Axes) -> None:
    """Move the axes of a figure of ours aside where the labels of the ticks are long."""
    from .shown_figure import ShownFigure

    figure = axes.figure
    if not isinstance(figure, ShownFigure):
        return
    ticks = [x for x in axes.yaxis.get_majorticklocs() if np.isfinite(x)]
    words = axes.yaxis.get_major_formatter().format_ticks(ticks)
    long = max((len(word) for word in words), default=0) > _SHORT
    end = 1.0 - _beyond_the_end(axes) / figure.get_figwidth()
    for part in figure.axes:
        place = part.get_position()
        left, right = max(place.x0, _ASIDE) if long else place.x0, min(place.x1, end)
        if (left, right) != (place.x0, place.x1):
            part.set_position((left, place.y0, right - left, place.height))


def _beyond_the_end(axes: Axes) -> float:
    """Inches that the label of the last tick on the horizontal axis takes beyond the frame."""
    axis, (low, high) = axes.xaxis, axes.get_xlim()
    ticks = [float(x) for x in axis.get_majorticklocs() if low <= x <= high * (1.0 + 1e-9)]
    if (
        not ticks
        or axes.get_xscale() != "log"
        or not axis.get_tick_params().get("labelbottom", True)
    ):
        return 0.0
    letters = len(axis.get_major_formatter().format_ticks(ticks)[-1])
    size = float(axis.get_major_ticks(1)[0].label1.get_fontsize())
    short_of_end = math.log(high / ticks[-1]) / math.log(high / low)
    frame = axes.get_window_extent().width / axes.figure.dpi
    return 0.5 * _LETTER * letters * size / 72.0 - short_of_end * frame


def _planned(
    axes: Axes, words: Any, legend_size: Any, corners: tuple[Sequence[str], Sequence[str]]
) -> _Plan | None:
    """Find a place for everything inside the frame; None where there is none."""
    lines, names, named = words
    page = Page.of(axes)
    placed: dict[int, Along] = {}
    for index, (text, line) in enumerate(zip(names, named, strict=True)):
        vertices = line.get_transform().transform(np.column_stack(line.get_data(orig=False)))
        found = page.along(vertices, *_size(text))
        if found is not None:
            placed[index] = found
            page.boxes.append(found.box)
    skip = frozenset(id(named[index]) for index in placed)
    size = _block(lines)
    options = list(page.places(*size, corners[0]))[:12] if lines else [None]
    for columns in (1, 2):
        width, height = legend_size(skip, columns)
        for facts in options:
            if width == 0.0:
                return _Plan(placed, facts, None, 1)
            page.boxes += [] if facts is None else [facts]
            legend = next(page.places(width, height, corners[1]), None)
            page.boxes = page.boxes[: len(placed)]
            if legend is not None:
                return _Plan(placed, facts, legend, columns)
    return None


def _fact_texts(axes: Axes, facts: Sequence[str]) -> list[Text]:
    """Facts as text objects, folded where they are wider than the frame."""
    from matplotlib import rcParams

    size = float(rcParams["font.size"])
    room = 0.9 * axes.get_window_extent().width
    made: list[Text] = []
    for number, fact in enumerate(facts):
        look: dict[str, Any] = {
            "fontsize": size if number == 0 else 0.9 * size,
            "fontweight": "bold" if number == 0 else "normal",
        }
        text = _text(axes, fact, **look)
        width = _size(text)[0]
        if width <= room:
            made.append(text)
            continue
        text.remove()
        made += [_text(axes, part, **look) for part in _folded(fact, width / room)]
    return made


def _folded(fact: str, excess: float) -> list[str]:
    """Break a line between words, formulas in one piece."""
    words = re.findall(r"(?:\$[^$]*\$|[^\s$])+", fact)
    most = max(1.0, len(fact) / (np.ceil(excess) + 0.05))
    parts = [words[0]]
    for word in words[1:]:
        if len(parts[-1]) + len(word) < most:
            parts[-1] += f" {word}"
        else:
            parts.append(word)
    return parts


def _text(axes: Axes, words: str, **look: Any) -> Text:
    return axes.text(0.0, 0.0, words, transform=axes.transAxes, zorder=10, **look)


def _name_text(axes: Axes, line: Line2D) -> Text:
    from matplotlib import rcParams

    size = 0.82 * float(rcParams["font.size"])
    return _text(axes, str(line.get_label()), fontsize=size, color=line.get_color())


def _size(artist: Any) -> tuple[float, float]:
    box = artist.get_window_extent()
    return float(box.width), float(box.height)


def _gap(axes: Axes) -> float:
    return 2.5 * axes.figure.dpi / 72.0


def _block(lines: Sequence[Text]) -> tuple[float, float]:
    if not lines:
        return 0.0, 0.0
    sizes = [_size(text) for text in lines]
    gaps = _gap(lines[0].axes) * (len(lines) - 1)  # type: ignore[arg-type]
    return max(width for width, _ in sizes), sum(height for _, height in sizes) + gaps


def _legend(
    axes: Axes, entries: tuple[Sequence[Any], Sequence[str]], skip: frozenset[int], columns: int
) -> Legend | None:
    """Make the legend of what does not name itself; None where nothing is left."""
    handles, labels = entries
    kept = [
        (handle, label)
        for handle, label in zip(handles, labels, strict=True)
        if id(handle) not in skip
    ]
    if not kept:
        return None
    folded = [
        "\n".join(part for line in label.split("\n") for part in textwrap.wrap(line, _LONGEST))
        for _, label in kept
    ]
    made = axes.legend(
        [handle for handle, _ in kept],
        folded,
        loc="lower left",
        labelspacing=0.35,
        borderaxespad=0.0,
        borderpad=0.2,
        columnspacing=1.4,
        ncols=columns,
    )
    for patch in made.get_patches():
        patch.set(edgecolor="0.55", linewidth=0.5)  # a pale fill is seen on any ground
    return made


def _write(axes: Axes, plan: _Plan | None, words: Any, entries: Any) -> None:
    lines, names, named = words
    placed = {} if plan is None else plan.names
    for index, text in enumerate(names):
        if index not in placed:
            text.remove()
            continue
        where = placed[index]
        text.set(ha="center", va="center", rotation=where.angle, rotation_mode="anchor")
        text.set_position(axes.transAxes.inverted().transform((where.x, where.y)))
    skip = frozenset(id(named[index]) for index in placed)
    columns = _columns_above(axes, entries, skip) if plan is None else plan.columns
    made = _legend(axes, entries, skip, columns)
    if plan is not None:
        if plan.facts is not None:
            _set_facts(axes, lines, (plan.facts.left, plan.facts.top))
        if made is not None and plan.legend is not None:
            _set_legend(axes, made, (plan.legend.left, plan.legend.bottom))
        return
    from .outside import put_outside

    put_outside(axes, lines, made, _gap(axes))


def _columns_above(axes: Axes, entries: Any, skip: frozenset[int]) -> int:
    """Columns of a legend above the frame: as many as are not wider than it."""
    for columns in (3, 2):
        made = _legend(axes, entries, skip, columns)
        if made is None:
            break
        width = _size(made)[0]
        made.remove()
        if width <= axes.get_window_extent().width:
            return columns
    return 1


def _set_facts(axes: Axes, lines: Sequence[Text], corner: tuple[float, float]) -> None:
    left, top = corner
    for text in lines:
        height = _size(text)[1]
        text.set(ha="left", va="top")
        x, y = axes.transAxes.inverted().transform((left, top))
        text.set_position((float(x), float(y)))
        top -= height + _gap(axes)


def _set_legend(axes: Axes, made: Legend, corner: tuple[float, float]) -> None:
    x, y = axes.transAxes.inverted().transform(corner)
    made.set_loc((float(x), float(y)))
