"""Whether a figure can be read: by the boxes of its text, apart from how they were placed."""

import math
import re
from itertools import pairwise

import numpy as np


def _boxes(axes):
    """Boxes of all text in and around axes, by what it says."""
    found = []
    for text in axes.texts:
        if text.get_visible() and text.get_text():
            found.append((text.get_text(), text.get_window_extent()))
    for axis in (axes.xaxis, axes.yaxis):
        if axis.label.get_text() and axis.label.get_visible():
            found.append((axis.label.get_text(), axis.label.get_window_extent()))
        found += [(label.get_text(), label.get_window_extent()) for label in _tick_labels(axis)]
    legend = axes.get_legend()
    if legend is not None:
        found.append(("legend", legend.get_window_extent()))
    return found


def _tick_labels(axis):
    low, high = sorted(axis.get_view_interval())
    return [
        tick.label1
        for tick in axis.get_major_ticks()
        if low * (1 - 1e-9) <= tick.get_loc() <= high * (1 + 1e-9)
        and tick.label1.get_visible()
        and tick.label1.get_text()
    ]


def _samples(axes):
    """Points along all lines and edges in the frame, a pixel apart or less."""
    frame = axes.get_window_extent()
    curves = [line.get_transform().transform(line.get_xydata()) for line in axes.lines]
    for collection in axes.collections:
        curves += [collection.get_transform().transform(p.vertices) for p in collection.get_paths()]
    curves += [patch.get_transform().transform(patch.get_path().vertices) for patch in axes.patches]
    points = [np.empty((0, 2))]
    for curve in curves:
        near = np.clip(curve, -1e5, 1e5)
        if len(near) == 1:
            points.append(near)
        for start, stop in pairwise(near):
            if np.isfinite(start).all() and np.isfinite(stop).all():
                count = 2 + int(math.hypot(*(stop - start)))
                points.append(start + np.linspace(0, 1, count)[:, None] * (stop - start))
    every = np.concatenate(points)
    inside = (every > (frame.x0, frame.y0)).all(axis=1) & (every < (frame.x1, frame.y1)).all(axis=1)
    return every[inside]


def _covered(points, text_or_legend):
    """How many points lie under text, turned as it is, or under a legend."""
    angle = math.radians(getattr(text_or_legend, "get_rotation", lambda: 0.0)())
    if angle:
        text_or_legend.set_rotation(0.0)
        flat = text_or_legend.get_window_extent()
        text_or_legend.set_rotation(math.degrees(angle))
        whole = text_or_legend.get_window_extent()
    else:
        flat = whole = text_or_legend.get_window_extent()
    middle = 0.5 * np.array([whole.x0 + whole.x1, whole.y0 + whole.y1])
    turn = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    x, y = ((points - middle) @ turn).T
    return int(np.sum((np.abs(x) < 0.5 * flat.width) & (np.abs(y) < 0.5 * flat.height)))


def faults(figure):
    """What makes a figure hard to read; empty where nothing does."""
    figure.draw_without_rendering()
    found, boxes = [], []
    page = figure.bbox
    for axes in figure.axes:
        boxes += _boxes(axes)
        points = _samples(axes)
        words = [t for t in axes.texts if t.get_text()]
        words += [] if axes.get_legend() is None else [axes.get_legend()]
        found += [f"data under {word}" for word in words if _covered(points, word)]
        for name, axis, side in (("x", axes.xaxis, "bottom"), ("y", axes.yaxis, "left")):
            named = axis.get_tick_params().get(f"label{side}", True)
            words = [label.get_text() for label in _tick_labels(axis)]
            # Rows with names, and the side of a colour bar, hold no numbers.
            rows = words and not any(re.match(r"[-−]?\d", word) for word in words)
            rows = rows or (name == "x" and axes.get_label() == "<colorbar>")
            if named and not rows and len(_tick_labels(axis)) < 2:
                found.append(f"fewer than two labels on {name}")
    for number, (name, box) in enumerate(boxes):
        if box.x0 < page.x0 or box.y0 < page.y0 or box.x1 > page.x1 or box.y1 > page.y1:
            found.append(f"off the page: {name}")
        for other, second in boxes[:number]:
            if (
                box.x0 < second.x1
                and second.x0 < box.x1
                and box.y0 < second.y1
                and second.y0 < box.y1
            ):
                found.append(f"over each other: {name} | {other}")
    return found
