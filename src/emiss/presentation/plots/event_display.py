"""Event display: the apparatus from above and from the side, with hits and energies."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ...ground.arrays import FloatArray
from ...ground.errors import EmissError
from ...ground.guards import guarded, instance
from . import style
from .arguments import ARGUMENTS, row_numbers

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ...events.record import EventTable
    from ...experiments.elements import Element
    from ...experiments.layout import Layout

__all__ = ["event_display"]

_LOW, _HIGH = 1e-4, 200.0
"""Range of the colours in GeV."""
_NEAR = 250.0
"""Distance in cm before the target of elements that are drawn beside it."""
_THIN = 0.06
"""Least length in m that an element is drawn with."""
_UNKNOWN = 15.0
"""Half size in cm of elements whose size is not given."""


@dataclass(frozen=True, slots=True)
class _Shape:
    """An element in one view: lengths in m, sizes across in cm."""

    element: Element
    start: float
    end: float
    low: float
    high: float


@guarded(ARGUMENTS, layout=instance("Layout"), table=instance("EventTable"), rows=row_numbers)
def event_display(layout: Layout, table: EventTable, rows: NDArray[np.int64]) -> Figure:
    """Draw one event, or several on top of each other.

    Parameters
    ----------
    layout : Layout
        The apparatus.
    table : EventTable
        Events of it.
    rows : array of int
        Which rows; energies are their mean, hits are all shown.

    Returns
    -------
    Figure
        Top view above (bending plane), side view below; the part before the target on the left,
        target and what follows on the right.

    Raises
    ------
    EmissError
        If there is no row, or the events are of another apparatus.

    Examples
    --------
    >>> import numpy as np
    >>> import emiss
    >>> from emiss.events.produce import make_job, produce
    >>> layout = emiss.experiments.get("na64e-2016").runs[0].layout
    >>> table = produce(make_job(layout, "na64e-2016", "", seed=1), 0, 2)
    >>> figure = event_display(layout, table, np.array([0]))
    """
    if np.max(rows) >= len(table):
        raise EmissError(f"event display: choose among {len(table)} events.")
    from ...events.record.schema import columns_of

    missing = [c.name for c in columns_of(layout) if c.name not in table.columns]
    if missing:
        raise EmissError(f"the events are of another apparatus: they have no '{missing[0]}'.")
    shown = table.take(np.asarray(rows))
    with style.styled():
        return _draw(layout, shown)


def _draw(layout: Layout, table: EventTable) -> Figure:
    from .shown_figure import ShownFigure

    figure = ShownFigure(figsize=(11.0, 6.4), dpi=150)
    split = min((e.start for e in layout.elements if e.start > -_NEAR), default=0.0) / 100.0
    first = min(e.start for e in layout.elements) / 100.0
    last = layout.known_end / 100.0
    upstream = first < split - 1.0
    parts = [(first - 0.6, split - 0.15), (split - 0.15, last + 0.3)] if upstream else [
        (first - 0.6, last + 0.3)
    ]  # fmt: skip
    left, width = 0.07, 0.83
    shares = [0.33, 0.67] if upstream else [1.0]
    for row, view in enumerate(("top", "side")):
        place = left
        for part, share in zip(parts, shares, strict=True):
            box = (place, 0.54 - 0.44 * row, width * share - 0.045, 0.38)
            axes = figure.add_axes(box)
            _view(axes, layout, table, view, part)
            axes.set_xlabel("z (m)" if row else "")
            if place == left:
                axes.set_ylabel("x (cm), from above" if view == "top" else "y (cm), from the side")
            place += width * share
    _colours(figure, "energy (GeV)" + (", mean over the events" if len(table) > 1 else ""))
    figure.text(left, 0.955, _title(layout, table), fontsize=11, fontweight="bold")
    figure.text(left, 0.928, _words(layout, table), fontsize=9)
    return figure


def _norm() -> Any:
    from matplotlib.colors import LogNorm

    return LogNorm(_LOW, _HIGH)


def _map() -> Any:
    from matplotlib import colormaps

    return colormaps["viridis_r"]


def _colours(figure: Figure, words: str) -> None:
    from matplotlib.cm import ScalarMappable

    axes = figure.add_axes((0.885, 0.10, 0.018, 0.82))
    bar = figure.colorbar(ScalarMappable(_norm(), _map()), cax=axes)
    bar.set_label(words)


def _shapes(layout: Layout, view: str) -> Iterator[_Shape]:
    from ...events.matter import face
    from ...events.orbit import frame_of

    for element in layout.elements:
        frame = frame_of(layout, element)
        half = face(element)[0 if view == "top" else 1]
        middle = frame.x if view == "top" else frame.y
        size = half if np.isfinite(half) else _UNKNOWN
        length = max((element.known_end - element.start) / 100.0, _THIN)
        start = frame.z / 100.0
        yield _Shape(element, start, start + length, middle - size, middle + size)


def _view(
    axes: Axes, layout: Layout, table: EventTable, view: str, part: tuple[float, float]
) -> None:
    from ...events.record.schema import measures

    shapes = [s for s in _shapes(layout, view) if part[0] < s.start < part[1]]
    for shape in shapes:
        _outline(axes, shape)
        kind = measures(shape.element)
        if kind == "points":
            _points(axes, shape, table, view)
        elif kind == "energy":
            _energies(axes, shape, table, view)
    if view == "top":
        z = np.linspace(part[0], min(part[1], 0.0), 100)
        from ...events.orbit import frame_at

        orbit = [frame_at(layout, float(place) * 100.0) for place in z]
        axes.plot([f.z / 100.0 for f in orbit], [f.x for f in orbit], "--", lw=0.8, color="0.4")
    axes.axhline(0.0, ls=":", lw=0.6, color="0.6", zorder=0)
    axes.set_xlim(*part)
    reach = max((abs(edge) for s in shapes for edge in (s.low, s.high)), default=10.0)
    low = min((s.low for s in shapes), default=-reach)
    high = max((s.high for s in shapes), default=reach)
    axes.set_ylim(low - 0.08 * (high - low), high + 0.26 * (high - low))
    _names(axes, shapes)


def _names(axes: Axes, shapes: list[_Shape]) -> None:
    """Names above the elements, in two lines in turn where they would overlap."""
    low, high = axes.get_ylim()
    width = axes.get_xlim()[1] - axes.get_xlim()[0]
    inches = axes.get_position().width * 11.0
    letter = 0.5 * 6.0 / 72.0 * 0.62 * width / inches * 1.15
    last = [-1e9] * 4
    for shape in sorted(shapes, key=lambda s: s.start + s.end):
        middle = 0.5 * (shape.start + shape.end)
        need = letter * (len(shape.element.name) + 1)
        line = next((i for i in range(4) if middle - need > last[i]), 3)
        last[line] = middle + need
        y = high - (0.035 + 0.035 * line) * (high - low)
        axes.text(middle, y, shape.element.name, fontsize=6, ha="center", va="center", color="0.25",
                  zorder=6)  # fmt: skip


def _outline(axes: Axes, shape: _Shape) -> None:
    from matplotlib.patches import Rectangle

    fill = {"dipole": "#e3d3c4", "vacuum": "#eef3f8"}.get(shape.element.kind, "none")
    size = (shape.end - shape.start, shape.high - shape.low)
    axes.add_patch(Rectangle((shape.start, shape.low), *size, fc=fill, ec="0.65", lw=0.6, zorder=1))


def _points(axes: Axes, shape: _Shape, table: EventTable, view: str) -> None:
    from ...events.record.schema import column_name

    hits = table.lists(column_name(shape.element, "x" if view == "top" else "y")).values
    if hits.size:
        place = 0.5 * (shape.low + shape.high) + hits
        z = np.full(hits.size, 0.5 * (shape.start + shape.end))
        alpha = max(0.05, min(1.0, 8.0 / len(table)))
        axes.plot(z, place, ".", ms=5, color=style.COLOURS[2], alpha=alpha, zorder=5)


def _cells(element: Element, table: EventTable, view: str) -> FloatArray:
    """Mean energy by column (from above) or row (from the side), GeV."""
    from ...events.record.schema import column_name

    column = column_name(element, element.parts[0] or "energy")
    energy = np.asarray(table[column], dtype=np.float64)
    flat = energy.reshape(len(table), -1).mean(axis=0)
    shape = table.provenance.get("columns", {}).get(column, {}).get("shape") or [1, flat.size]
    grid = flat.reshape(shape[0], shape[1])
    return np.asarray(grid.sum(axis=0 if view == "top" else 1))


def _energies(axes: Axes, shape: _Shape, table: EventTable, view: str) -> None:
    from matplotlib.patches import Rectangle

    energy = _cells(shape.element, table, view)
    width = (shape.high - shape.low) / energy.size
    for number, value in enumerate(energy):
        if value > _LOW:
            corner = (shape.start, shape.low + number * width)
            axes.add_patch(
                Rectangle(corner, shape.end - shape.start, width, fc=_map()(_norm()(value)),
                          ec="none", zorder=2)
            )  # fmt: skip


def _title(layout: Layout, table: EventTable) -> str:
    experiment = table.provenance.get("experiment", "")
    sample = table.provenance.get("sample", "")
    if len(table) > 1:
        return f"{experiment}: {len(table)} events, sample {sample}"
    event = int(table["event"][0])
    return f"{experiment}: event {event}, sample {sample}, {layout.beam.label}"


def _words(layout: Layout, table: EventTable) -> str:
    sums: dict[str, float] = {}
    for element in layout.elements:
        if element.parts[0] in ("cells", "modules"):
            total = float(_cells(element, table, "top").sum())
            sums[element.role] = sums.get(element.role, 0.0) + total
    words = [
        f"{role} {1e3 * energy:.0f} MeV" if role == "tagger" else f"{role} {energy:.3g} GeV"
        for role, energy in sums.items()
    ]
    bits = np.asarray(table["trigger"])
    share = {t.name: float(np.mean(bits >> i & 1)) for i, t in enumerate(layout.triggers)}
    fired = [
        name if len(table) == 1 else f"{name} ({value:.1%})"
        for name, value in share.items()
        if value > 0.0
    ]
    return "   ".join([*words, "trigger: " + (", ".join(fired) or "none")])
