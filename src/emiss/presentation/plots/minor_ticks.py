"""Minor ticks as one artist; loaded only to draw."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axis import Axis
from matplotlib.lines import Line2D

__all__ = ["MinorTicks"]


class MinorTicks(Artist):
    """All minor ticks of an axis, drawn as two rows of markers, one per side.

    A logarithmic axis has up to a hundred of them; as separate ticks they take half of the time
    of a figure.

    Parameters
    ----------
    axis : Axis
        Whose; it has no minor ticks of its own any more.
    places : sequence of float
        Where they are, in the data's units.
    """

    def __init__(self, axis: Axis, places: Sequence[float]) -> None:
        super().__init__()
        self.axis = axis
        self._places = np.asarray(places, dtype=np.float64)
        # One tick of the axis says how all of them look.
        (pattern,) = axis.get_minor_ticks(1)
        self._rows = [
            (_row(line, axis), side)
            for line, side in ((pattern.tick1line, 0.0), (pattern.tick2line, 1.0))
            if line.get_visible()
        ]
        # With the ticks of the axis, not below what lies at the same height.
        self.set_zorder(np.nextafter(axis.get_zorder(), np.inf))
        self.set_in_layout(False)

    def draw(self, renderer: Any) -> None:
        """Draw those within the view."""
        if not self.get_visible():
            return
        low, high = sorted(self.axis.get_view_interval())
        places = self._places[(self._places >= low) & (self._places <= high)]
        for row, side in self._rows:
            rest = np.full_like(places, side)
            row.set_data(*((places, rest) if self.axis is self.axis.axes.xaxis else (rest, places)))
            row.draw(renderer)
        self.stale = False


def _row(pattern: Line2D, axis: Axis) -> Line2D:
    """Markers along one side of the axes."""
    row = Line2D([], [])
    row.update_from(pattern)
    row.axes = axis.axes
    row.set_figure(axis.axes.figure)
    row.set_transform(pattern.get_transform())
    return row
