"""Text for which a frame has no room: above it, on a page that grows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.legend import Legend
    from matplotlib.text import Text

__all__ = ["put_outside"]


def put_outside(axes: Axes, lines: Sequence[Text], legend: Legend | None, gap: float) -> None:
    """Put facts and legend above the frame; a figure of ours grows to hold them.

    In a figure of the user's, whose size is theirs, the legend goes where it covers least.

    Parameters
    ----------
    axes : Axes
        The frame.
    lines : sequence of Text
        Facts, top to bottom.
    legend : Legend or None
        The legend.
    gap : float
        Pixels between lines of text.
    """
    from .shown_figure import ShownFigure

    figure = axes.figure
    if not isinstance(figure, ShownFigure):
        if legend is not None:
            legend.set_loc("best")
        _stack(axes, lines, axes.get_window_extent().y1 - 2.0 * gap, gap)
        return
    heights = [text.get_window_extent().height for text in lines]
    room = sum(heights) + gap * (len(lines) + 1)
    box = None if legend is None else legend.get_window_extent()
    room += 0.0 if box is None else box.height + gap
    width, height = figure.get_size_inches()
    grown = height + room / figure.dpi
    places = [part.get_position() for part in figure.axes]
    figure.set_size_inches(width, grown)
    for part, place in zip(figure.axes, places, strict=True):
        share = height / grown
        part.set_position((place.x0, place.y0 * share, place.width, place.height * share))
    frame = axes.get_window_extent()
    top = frame.y1 + room
    _stack(axes, lines, top - gap, gap)
    if legend is not None:
        x, y = axes.transAxes.inverted().transform((frame.x0, frame.y1 + gap))
        legend.set_loc((float(x), float(y)))


def _stack(axes: Axes, lines: Sequence[Text], top: float, gap: float) -> None:
    left = axes.get_window_extent().x0 + 2.0 * gap
    for text in lines:
        height = text.get_window_extent().height
        text.set(ha="left", va="top")
        x, y = axes.transAxes.inverted().transform((left, top))
        text.set_position((float(x), float(y)))
        top -= height + gap
