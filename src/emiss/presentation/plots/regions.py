"""Regions, bands and lines drawn into axes of an exclusion figure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ...ground.arrays import FloatArray
from ...physics.constraints import x17
from . import style
from .plane import Region

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.lines import Line2D

    from ...physics.constraints.magnetic_moments import CouplingBand

__all__ = ["draw_bands", "draw_edge", "draw_moment", "draw_x17", "fill_excluded"]

_MOMENT = "#2e7d32"


def _fill(
    axes: Axes,
    masses: FloatArray,
    edges: tuple[FloatArray, FloatArray],
    *,
    width: float,
    **look: Any,
) -> None:
    """Fill between two edges; at a single mass, where that has no width, draw a bar."""
    if masses.size > 1:
        axes.fill_between(masses, *edges, lw=0.0, **look)
        return
    ends = [float(edge[0]) for edge in edges]
    axes.plot([masses[0]] * 2, ends, lw=width, solid_capstyle="butt", **look)


def fill_excluded(
    axes: Axes, regions: Sequence[Region], top: float, projected: Sequence[bool]
) -> None:
    """Fill what any of the regions excludes in one opaque colour, what any would in a lighter one.

    Parameters
    ----------
    axes : Axes
        Where.
    regions : sequence of Region
        Regions; where they lie over each other their union is seen.
    top : float
        Height out of sight.
    projected : sequence of bool
        Which of the regions no data stand behind.
    """
    for number, (region, plan) in enumerate(zip(regions, projected, strict=True)):
        first = list(projected).index(plan) == number
        _fill(
            axes,
            region.masses,
            (region.lower, region.ceiling(top)),
            width=11.0,
            color=style.REACH if plan else style.EXCLUDED,
            zorder=0.4 if plan else 0.5,
            label=("projected reach" if plan else "excluded") if first else None,
        )


def draw_bands(axes: Axes, region: Region) -> None:
    """Draw the expected limit: median dashed, 68 % and 95 % as fills, both edges of islands."""
    for low, high, fill, text in (
        ("-2", "2", style.BAND_2, "expected, 95 %"),
        ("-1", "1", style.BAND_1, "expected, 68 %"),
    ):
        for number, edges in enumerate(region.sheets(low, high)):
            label = None if number else text
            sheet = (region.known(edges[0]), region.known(edges[1]))
            _fill(axes, region.masses, sheet, width=7.0, color=fill, zorder=1.5, label=label)
    median, above = region.bands["0"]
    look: dict[str, Any] = {"color": "black", "lw": 1.2, "zorder": 2.0}
    if region.masses.size == 1:
        look |= {"marker": "_", "ms": 10.0}
    axes.plot(region.masses, median, "--", label="expected, median", **look)
    if above is not None:
        axes.plot(region.masses, np.where(np.isfinite(above), above, np.nan), "--", **look)


def draw_edge(axes: Axes, region: Region, *, label: str, **look: Any) -> Line2D:
    """Draw the edge of a region; around each island of masses where it is closed.

    The ends of the masses are no edge of a region that may go on there: it is left open. One that
    ends there has sides, and is filled with a shade of its line.

    Parameters
    ----------
    axes : Axes
        Where.
    region : Region
        The region.
    label : str
        Name of the line.
    **look
        Of the line, as in ``Axes.plot``.

    Returns
    -------
    Line2D
        One line, interrupted between islands.
    """
    if region.masses.size == 1:
        look = {"marker": "o", **look}
    if region.upper is None:
        (line,) = axes.plot(region.masses, region.lower, label=label, **look)
        return line
    # Where a region is open above no edge is known, and none is drawn.
    ceiling = np.where(np.isfinite(region.upper), region.upper, np.nan)
    inside = np.isfinite(region.lower)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], inside, [False]]).astype(np.int8)))
    x: list[FloatArray] = []
    y: list[FloatArray] = []
    # Walls end where the search did; of a curve of others, where its last edge is.
    top = np.inf if region.searched is not None else np.nanmax(ceiling, initial=-np.inf)
    highest = region.ceiling(float(top))
    for start, stop in edges.reshape(-1, 2):
        run = slice(start, stop)
        left, right = start > 0 or region.closed, stop < inside.size or region.closed
        gap = [] if right else [np.array([np.nan])]
        first, bottom = region.masses[start : start + 1], region.lower[start : start + 1]
        wall = []  # of a region that is open above but starts at a mass, as at a threshold
        if start > 0 and np.isnan(ceiling[start]) and highest[start] > bottom[0]:
            wall = [highest[start : start + 1]]
        back = [*([first] * len(wall)), first] if left else []
        x += [region.masses[run], *gap, region.masses[run][::-1], *back, np.array([np.nan])]
        back = [*wall, bottom] if left else []
        y += [region.lower[run], *gap, ceiling[run][::-1], *back, np.array([np.nan])]
    if region.closed:
        floor, height = axes.get_ylim()
        axes.fill_between(
            region.masses,
            region.lower,
            np.where(np.isfinite(region.upper), region.upper, height * height / floor),
            color=look.get("color"),
            alpha=0.12,
            lw=0.0,
            zorder=0.7,
        )
    empty = [np.empty(0)]
    (line,) = axes.plot(
        np.concatenate(x or empty)[:-1], np.concatenate(y or empty)[:-1], label=label, **look
    )
    return line


def draw_moment(axes: Axes, band: CouplingBand, bottom: float, power: int = 1) -> None:
    """Draw the couplings with which a boson accounts for a magnetic moment.

    Parameters
    ----------
    axes : Axes
        Where.
    band : CouplingBand
        Where even g = 0 lies in it, the region below the upper edge is allowed.
    bottom : float
        Height out of sight.
    power : int, optional
        Power of the coupling on the axis.
    """
    if not np.any(np.isfinite(band.upper)):
        return
    lepton = "μ" if band.reference.lepton == "mu" else "e"
    inside = bool(np.any(band.lower <= 0.0))
    verb = "allowed by" if inside else "preferred by"
    floor = np.where(band.lower > 0.0, band.lower**power, bottom)
    place = band.masses, floor, band.upper**power
    hatch: dict[str, Any] = {"edgecolor": _MOMENT, "lw": 0.0, "hatch": None if inside else "///"}
    label = f"{verb} (g−2)$_{lepton}$, {band.reference.year}, ±{band.sigmas:g}σ"
    # Filled below what is excluded, so that this stays seen; edges and hatches lie over it.
    axes.fill_between(*place, facecolor="#d5ecd4", zorder=0.3, label=label, **hatch)
    if not inside:
        axes.fill_between(*place, facecolor="none", zorder=0.6, **hatch)
    edges = [band.upper] if inside else [band.lower, band.upper]
    for edge in edges:
        axes.plot(band.masses, edge**power, color=_MOMENT, lw=1.2, zorder=1.2)


def draw_x17(axes: Axes) -> None:
    """Draw mass and couplings of the proposed 17 MeV boson, as far as they are on the axes.

    The line spans the range of couplings of the source that its label names.
    """
    known, padme = x17.hint(), x17.hint("padme-2025")
    (low, high), (bottom, top) = axes.get_xlim(), axes.get_ylim()
    if not (low < known.mass < high and bottom < known.epsilon[0] and known.epsilon[1] < top):
        return
    look: dict[str, Any] = {"color": "0.2", "zorder": 2.1}
    label = f"{known.label},\nε range: {_source(known.coupling_source)}"
    (x0, x1), (y0, y1) = known.band, known.epsilon
    axes.fill([x0, x1, x1, x0, x0], [y0, y0, y1, y1, y0], lw=1.2, label="_X17", **look)
    middle = (y0 * y1) ** 0.5
    ends = [[middle - y0], [y1 - middle]]
    axes.errorbar(known.mass, middle, ends, fmt="none", ecolor="0.2", elinewidth=1.2, capsize=4.0,
                  zorder=look["zorder"], label=label)  # fmt: skip
    if bottom < padme.epsilon[0] < top:
        label = f"PADME excess ({padme.year})"
        axes.plot(padme.mass, padme.epsilon[0], "*", ms=6.0, label=label, **look)


def _source(key: str) -> str:
    """Author and year of an INSPIRE key, or the key itself."""
    found = re.match(r"([^:]+):(\d{4})", key)
    return f"{found[1]} et al. {found[2]}" if found else key
