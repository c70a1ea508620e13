"""Histograms and planes as SVG: each bin says what it holds when it is pointed at."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from typing import Final

import numpy as np

from ...ground.arrays import FloatArray
from ..text_table import number

__all__ = ["histogram_svg", "plane_svg"]

_WIDTH, _HEIGHT = 340, 220
_LEFT, _RIGHT, _TOP, _BOTTOM = 50, 10, 24, 40
_STEEP: Final = 50.0
"""Bins that differ by more than this factor are drawn on a logarithmic axis."""


@dataclass(frozen=True, slots=True)
class _Axis:
    """A scale from values to places on the page."""

    low: float
    high: float
    start: float
    end: float
    log: bool = False

    def place(self, value: float) -> float:
        def scaled(number: float) -> float:
            return math.log(number) if self.log else number

        low, high, at = scaled(self.low), scaled(self.high), scaled(value)
        return round(self.start + (self.end - self.start) * (at - low) / (high - low), 2)

    def ticks(self) -> list[float]:
        if self.log:
            first, last = math.ceil(math.log10(self.low)), math.floor(math.log10(self.high))
            return [10.0**e for e in range(first, last + 1, max(1, (last - first + 1) // 5))]
        raw = (self.high - self.low) / 4.0
        size = 10.0 ** math.floor(math.log10(raw))
        step = next(m * size for m in (1.0, 2.0, 2.5, 5.0, 10.0) if m * size >= raw)
        count = round((self.high - self.low) / step) + 2
        found = [(math.ceil(self.low / step - 1e-9) + i) * step for i in range(count)]
        return [t for t in found if t <= self.high * (1 + 1e-9) + 1e-12]


def _text(x: float, y: float, words: str, anchor: str = "middle", turn: bool = False) -> str:
    place = f'transform="translate({x} {y}) rotate(-90)"' if turn else f'x="{x}" y="{y}"'
    return f'<text {place} text-anchor="{anchor}">{escape(words)}</text>'


def _frame(title: str, labels: tuple[str, str], x: _Axis, y: _Axis) -> str:
    parts = [_text((x.start + x.end) / 2, 15, title)]
    for tick in x.ticks():
        at = x.place(tick)
        parts.append(f'<line class="grid" x1="{at}" x2="{at}" y1="{y.start}" y2="{y.end}"/>')
        parts.append(_text(at, y.start + 14, number(tick, 3)))
    for tick in y.ticks():
        at = y.place(tick)
        parts.append(f'<line class="grid" x1="{x.start}" x2="{x.end}" y1="{at}" y2="{at}"/>')
        parts.append(_text(x.start - 5, at + 4, number(tick, 3), "end"))
    parts.append(_text((x.start + x.end) / 2, y.start + 32, labels[0]))
    parts.append(_text(12, (y.start + y.end) / 2, labels[1], turn=True))
    return "".join(parts)


def _svg(title: str, size: tuple[int, int], parts: Iterable[str]) -> str:
    inside = "".join(parts)
    return (
        f'<svg class="drawing" role="img" aria-label="{escape(title)}" '
        f'viewBox="0 0 {size[0]} {size[1]}">{inside}</svg>'
    )


def histogram_svg(
    title: str, label: str, edges: FloatArray, counts: FloatArray, bounds: Iterable[float] = ()
) -> str:
    """Draw a histogram.

    Parameters
    ----------
    title, label : str
        Heading, and what stands on the horizontal axis.
    edges : array, shape (bins + 1,)
        Edges of the bins.
    counts : array, shape (bins,)
        Their contents.
    bounds : iterable of float, optional
        Values that are marked by a line.

    Returns
    -------
    str
        SVG; all text is escaped.
    """
    x = _Axis(float(edges[0]), float(edges[-1]), _LEFT, _WIDTH - _RIGHT)
    positive = counts[counts > 0.0]
    log = bool(positive.size) and positive.max() > _STEEP * positive.min()
    low = 0.5 * float(positive.min()) if log else 0.0
    high = (2.0 if log else 1.1) * float(positive.max(initial=1.0))
    y = _Axis(low, high, _HEIGHT - _BOTTOM, _TOP, log)
    parts = [_frame(title, (label, "events"), x, y)]
    for left, right, count in zip(edges[:-1], edges[1:], counts, strict=True):
        if count > 0.0:
            x0, x1, top = x.place(float(left)), x.place(float(right)), y.place(float(count))
            words = f"{number(float(left), 3)} to {number(float(right), 3)}: {number(float(count))}"
            parts.append(
                f'<rect class="bin" x="{x0}" y="{top}" width="{x1 - x0:.2f}" '
                f'height="{y.start - top:.2f}"><title>{escape(words)}</title></rect>'
            )
    for bound in bounds:
        at = x.place(bound)
        parts.append(f'<line class="bound" x1="{at}" x2="{at}" y1="{y.start}" y2="{y.end}"/>')
    return _svg(title, (_WIDTH, _HEIGHT), parts)


def plane_svg(
    title: str, labels: tuple[str, str], edges: tuple[FloatArray, FloatArray], counts: FloatArray,
    region: tuple[float, float] | None, hidden: bool,
) -> str:  # fmt: skip
    """Draw events by two energies.

    Parameters
    ----------
    title : str
        Heading.
    labels : (str, str)
        What stands on the axes.
    edges : (array, array)
        Edges of the bins.
    counts : array, shape (x bins, y bins)
        Contents; the darker, the more, in decades.
    region : (float, float) or None
        Upper edges of the signal region, which is framed.
    hidden : bool
        Whether the region is blind: it is filled and says so.

    Returns
    -------
    str
        SVG; all text is escaped.
    """
    width, height = 420, 360
    x = _Axis(float(edges[0][0]), float(edges[0][-1]), _LEFT, width - _RIGHT)
    y = _Axis(float(edges[1][0]), float(edges[1][-1]), height - _BOTTOM, _TOP)
    parts = [_frame(title, labels, x, y)]
    top = max(float(counts.max()), 1.0)
    for i, j in np.argwhere(counts > 0.0):
        ends = x.place(float(edges[0][i])), x.place(float(edges[0][i + 1]))
        tops = y.place(float(edges[1][j])), y.place(float(edges[1][j + 1]))
        share = min(1.0, max(0.15, 1.0 - math.log10(top / float(counts[i, j])) / 5.0))
        words = (
            f"{number(float(edges[0][i]), 3)} to {number(float(edges[0][i + 1]), 3)} GeV, "
            f"{number(float(edges[1][j]), 3)} to {number(float(edges[1][j + 1]), 3)} GeV: "
            f"{number(float(counts[i, j]))}"
        )
        parts.append(
            f'<rect class="bin" fill-opacity="{share:.2f}" x="{ends[0]}" y="{tops[1]}" '
            f'width="{ends[1] - ends[0]:.2f}" height="{tops[0] - tops[1]:.2f}">'
            f"<title>{escape(words)}</title></rect>"
        )
    if region is not None:
        right, up = x.place(region[0]), y.place(region[1])
        words = "signal region" + (": hidden" if hidden else "")
        parts.append(
            f'<rect class="{"hidden" if hidden else "region"}" x="{x.start}" y="{up}" '
            f'width="{right - x.start:.2f}" height="{y.start - up:.2f}">'
            f"<title>{words}</title></rect>"
        )
        parts.append(_text((x.start + right) / 2, up - 5, words))
    return _svg(title, (width, height), parts)
