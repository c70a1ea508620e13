"""Where text fits: places on a page of axes that cover no line, no point and no other text.

Geometry only, in pixels: what is drawn is sampled every few pixels, and a place is free if no
sample and no box lies in it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from ...ground.arrays import FloatArray

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Along", "Box", "Page"]

_STEP = 3.0
"""Distance of samples in pixels: less than the height of any letter."""
_FAR = 20.0
"""Lines are followed so many heights of the frame outside of it, then cut."""
_EDGE = 9.0
"""Points between text and frame: clear of the ticks."""
_STRAIGHT = 4.0
"""A line that bends by more pixels below its label has none there."""
_STEEP = math.radians(72.0)


@dataclass(frozen=True, slots=True)
class Box:
    """Rectangle along the axes of the page, in pixels."""

    left: float
    bottom: float
    right: float
    top: float

    def overlaps(self, other: Box, gap: float = 0.0) -> bool:
        """Whether two boxes share a pixel, or come closer than a gap."""
        return (
            self.left < other.right + gap
            and other.left < self.right + gap
            and self.bottom < other.top + gap
            and other.bottom < self.top + gap
        )

    def holds(self, points: FloatArray, gap: float = 0.0) -> bool:
        """Whether any of the points, shape (n, 2), lies inside."""
        x, y = points[:, 0], points[:, 1]
        return bool(
            np.any(
                (x > self.left - gap)
                & (x < self.right + gap)
                & (y > self.bottom - gap)
                & (y < self.top + gap)
            )
        )


@dataclass(frozen=True, slots=True)
class Along:
    """Place of a label on a line: its centre in pixels, its angle in degrees, what it covers."""

    x: float
    y: float
    angle: float
    box: Box


@dataclass(slots=True)
class Page:
    """The frame of axes, what is drawn in it and what is already written.

    Parameters
    ----------
    frame : Box
        The axes.
    points : array of float, shape (n, 2)
        Samples of all lines, edges and markers.
    boxes : list of Box
        Text.
    edge : float
        Free pixels between text and frame.
    """

    frame: Box
    points: FloatArray
    boxes: list[Box] = field(default_factory=list)
    edge: float = _EDGE

    @classmethod
    def of(cls, axes: Axes) -> Page:
        """Take the page of axes as they are drawn now, without their text."""
        box = axes.get_window_extent()
        frame = Box(box.x0, box.y0, box.x1, box.y1)
        pieces = [sampled(vertices, frame) for vertices in _drawn(axes)]
        edge = _EDGE * axes.get_figure(root=True).dpi / 72.0  # type: ignore[union-attr]
        return cls(frame, np.concatenate([np.empty((0, 2)), *pieces]), edge=edge)

    def free(self, box: Box, gap: float = 2.0) -> bool:
        """Whether nothing is drawn or written in a box."""
        return not box.holds(self.points, gap) and not any(box.overlaps(b, gap) for b in self.boxes)

    def places(self, width: float, height: float, wanted: Sequence[str]) -> Iterator[Box]:
        """Free boxes of a size: the corners wanted, then elsewhere along the frame."""
        left, bottom = self.frame.left + self.edge, self.frame.bottom + self.edge
        right, top = self.frame.right - self.edge - width, self.frame.top - self.edge - height
        if right < left or top < bottom:
            return
        corners = [
            (left if "left" in name else right, top if "upper" in name else bottom)
            for name in wanted
        ]
        # Along the frame only: text in the middle of the axes reads as part of the data.
        grid = [
            (x, y)
            for y in np.linspace(top, bottom, 13)
            for x in np.linspace(left, right, 13)
            if x in (left, right) or y in (bottom, top)
        ]
        for x, y in [*corners, *grid]:
            box = Box(float(x), float(y), float(x) + width, float(y) + height)
            if self.free(box):
                yield box

    def along(self, line: FloatArray, width: float, height: float) -> Along | None:
        """Best place for a label beside a line, turned as the line runs there.

        Parameters
        ----------
        line : array of float, shape (n, 2)
            Vertices in pixels.
        width, height : float
            Size of the label in pixels.

        Returns
        -------
        Along or None
            None where the label would cover something everywhere.
        """
        best: tuple[float, Along] | None = None
        for piece in _inside(sampled(line, self.frame, keep_gaps=True), self.frame):
            span = math.ceil((width + 8.0) / _STEP)
            starts = np.unique(np.linspace(0, piece.shape[0] - span - 1, 40).astype(int))
            for start in starts[starts >= 0] if piece.shape[0] > span else ():
                for side in (1.0, -1.0):
                    found = self._beside(piece[start : start + span + 1], width, height, side)
                    if found is None:
                        continue
                    middle = (start + span / 2.0) / piece.shape[0]
                    worth = abs(middle - 0.5) + 0.4 * abs(found.angle) / 90.0 - 0.05 * side
                    worth -= 0.3 * piece.shape[0] * _STEP / (self.frame.right - self.frame.left)
                    if best is None or worth < best[0]:
                        best = worth, found
        return None if best is None else best[1]

    def _beside(self, part: FloatArray, width: float, height: float, side: float) -> Along | None:
        first, last = (part[0], part[-1]) if part[-1, 0] >= part[0, 0] else (part[-1], part[0])
        dx, dy = last - first
        angle = math.atan2(dy, dx)
        if abs(angle) > _STEEP:
            return None
        along, across = (
            np.array([math.cos(angle), math.sin(angle)]),
            np.array([-math.sin(angle), math.cos(angle)]),
        )
        bend = (part - first) @ across
        if np.ptp(bend) > _STRAIGHT:
            return None
        edge = float(bend.max() if side > 0.0 else bend.min())
        centre = 0.5 * (first + last) + across * (edge + side * (0.5 * height + 2.5))
        half_x = 0.5 * (width * abs(along[0]) + height * abs(along[1]))
        half_y = 0.5 * (width * abs(along[1]) + height * abs(along[0]))
        x, y = float(centre[0]), float(centre[1])
        box = Box(x - half_x, y - half_y, x + half_x, y + half_y)
        frame = self.frame
        if (
            box.left < frame.left + 3.0
            or box.right > frame.right - 3.0
            or box.bottom < frame.bottom + 3.0
            or box.top > frame.top - 3.0
            or any(box.overlaps(other, 2.0) for other in self.boxes)
        ):
            return None
        turned = self.points - centre
        covered = (np.abs(turned @ along) < 0.5 * width + 2.0) & (
            np.abs(turned @ across) < 0.5 * height + 1.0
        )
        return None if covered.any() else Along(x, y, math.degrees(angle), box)


def sampled(vertices: FloatArray, frame: Box, *, keep_gaps: bool = False) -> FloatArray:
    """Points every few pixels along a line in pixels; those outside the frame are left out.

    Parameters
    ----------
    vertices : array of float, shape (n, 2)
        Corners of the line; it is interrupted where they are not numbers.
    frame : Box
        What is kept.
    keep_gaps : bool, optional
        Keep points outside of it, and NaN where the line is interrupted.

    Returns
    -------
    array of float, shape (m, 2)
        Points.
    """
    height, width = frame.top - frame.bottom, frame.right - frame.left
    x = np.clip(vertices[:, 0], frame.left - _FAR * width, frame.right + _FAR * width)
    y = np.clip(vertices[:, 1], frame.bottom - _FAR * height, frame.top + _FAR * height)
    known = np.isfinite(x) & np.isfinite(y)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], known, [False]]).astype(np.int8)))
    pieces = []
    for start, stop in edges.reshape(-1, 2):
        px, py = x[start:stop], y[start:stop]
        length = np.concatenate([[0.0], np.cumsum(np.hypot(np.diff(px), np.diff(py)))])
        count = max(2, math.ceil(length[-1] / _STEP) + 1)
        at = np.linspace(0.0, length[-1], count)
        pieces.append(np.column_stack([np.interp(at, length, px), np.interp(at, length, py)]))
        pieces.append(np.full((1, 2), np.nan))
    points = np.concatenate([np.empty((0, 2)), *pieces])
    if keep_gaps:
        return points
    inside = (points[:, 0] >= frame.left) & (points[:, 0] <= frame.right)
    inside &= (points[:, 1] >= frame.bottom) & (points[:, 1] <= frame.top)
    return points[inside]


def _inside(points: FloatArray, frame: Box) -> list[FloatArray]:
    """Connected parts of a sampled line within the frame."""
    within = (points[:, 0] >= frame.left) & (points[:, 0] <= frame.right)
    within &= (points[:, 1] >= frame.bottom) & (points[:, 1] <= frame.top)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], within, [False]]).astype(np.int8)))
    return [points[start:stop] for start, stop in edges.reshape(-1, 2)]


def _drawn(axes: Axes) -> Iterator[FloatArray]:
    """Vertices, in pixels, of every line, edge of a fill and patch in the axes."""
    for line in axes.lines:
        yield line.get_transform().transform(np.column_stack(line.get_data(orig=False)))
    for collection in axes.collections:
        transform = collection.get_transform()
        for path in collection.get_paths():
            yield transform.transform(path.vertices)
    patches: Sequence[Any] = axes.patches
    for patch in patches:
        yield patch.get_transform().transform(patch.get_path().vertices)
