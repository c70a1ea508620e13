"""Figures of an analysis: each cut variable with all other cuts applied, and the energy plane."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np

from ...ground.guards import guarded
from .arguments import ARGUMENTS
from .style import OTHERS, OURS, styled

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ...analysis import Analysis
    from ...analysis.histograms import Histogram

__all__ = ["cut_variables", "energy_plane"]

_COLUMNS: Final = 3
_PANEL: Final = (3.0, 2.3)


@guarded(ARGUMENTS)
def cut_variables(analysis: Analysis, *, style: str = "emiss") -> Figure:
    """Draw each variable with bounds, with all other cuts applied.

    Parameters
    ----------
    analysis : Analysis
        What was found.
    style : str, optional
        ``emiss`` or ``user``.

    Returns
    -------
    Figure
        One panel per cut; lines at its bounds, what it drops in grey.

    Examples
    --------
    >>> import emiss
    >>> found = emiss.cutflow("na64e-2021-2022", "signal", 50, mass="10 MeV")
    >>> figure = emiss.plots.cut_variables(found)
    """
    from .shown_figure import ShownFigure

    shown = analysis.histograms
    rows = max(1, math.ceil(len(shown) / _COLUMNS))
    size = (_PANEL[0] * _COLUMNS, _PANEL[1] * rows + 0.5)
    with styled(style):
        figure = ShownFigure(figsize=size, dpi=150, style=style, layout="constrained")
        panels = figure.subplots(rows, _COLUMNS, squeeze=False).ravel()
        for panel, histogram in zip(panels, shown, strict=False):
            _panel(panel, histogram)
        for panel in panels[len(shown) :]:
            panel.set_axis_off()
        figure.suptitle(
            f"{analysis.experiment} {analysis.period}, {analysis.sample}: all other cuts applied",
            fontsize=10,
        )
    return figure


def _panel(axes: Axes, histogram: Histogram) -> None:
    from matplotlib.ticker import MaxNLocator

    factor, unit = _small_unit(histogram)
    edges, counts = factor * histogram.edges, histogram.counts
    bounds = [b * factor for b in (histogram.least, histogram.most) if b is not None]
    middle = 0.5 * (histogram.edges[1:] + histogram.edges[:-1])
    kept = np.ones(middle.size, dtype=bool)
    if histogram.least is not None:
        kept &= middle >= histogram.least
    if histogram.most is not None:
        kept &= middle < histogram.most
    axes.stairs(counts, edges, color="#b0b0b0", fill=True)
    axes.stairs(np.where(kept, counts, 0.0), edges, color=OURS, fill=True)
    for bound in bounds:
        axes.axvline(bound, color="black", linewidth=0.9, linestyle="--")
    axes.set_title(histogram.cut, fontsize=9)
    words = histogram.variable.replace("_", " ")
    axes.set_xlabel(f"{words} ({unit})" if unit else words, fontsize=8)
    axes.tick_params(labelsize=8)
    axes.set_xlim(edges[0], edges[-1])
    axes.xaxis.set_major_locator(MaxNLocator(4))
    positive = counts[counts > 0.0]
    if not positive.size:
        axes.set_yticks([])
        axes.text(0.5, 0.62, "no event left", transform=axes.transAxes, ha="center", fontsize=8,
                  bbox={"facecolor": "white", "edgecolor": "none", "pad": 2.0})  # fmt: skip
    elif positive.max() > 50.0 * positive.min():
        axes.set_yscale("log")
        axes.set_ylim(0.5 * positive.min(), 3.0 * positive.max())


def _small_unit(histogram: Histogram) -> tuple[float, str]:
    """Factor and unit in which the numbers on the axis are not tiny."""
    top = float(np.max(np.abs(histogram.edges)))
    smaller = {"GeV": "MeV", "rad": "mrad"}
    if histogram.unit in smaller and top < 1.0:
        return 1e3, smaller[histogram.unit]
    return 1.0, histogram.unit


@guarded(ARGUMENTS)
def energy_plane(analysis: Analysis, *, style: str = "emiss") -> Figure:
    """Draw the plane of the energies of target and hadron calorimeter.

    Parameters
    ----------
    analysis : Analysis
        What was found.
    style : str, optional
        ``emiss`` or ``user``.

    Returns
    -------
    Figure
        Events after all cuts but those of the signal region, which is framed.

    Examples
    --------
    >>> import emiss
    >>> found = emiss.cutflow("na64e-2021-2022", "signal", 50, mass="10 MeV")
    >>> figure = emiss.plots.energy_plane(found)
    """
    from matplotlib.colors import LogNorm
    from matplotlib.patches import Rectangle

    from .page import new_figure

    plane = analysis.plane
    with styled(style):
        figure, axes = new_figure(6.0, 4.6, (0.12, 0.13, 0.69, 0.78), style=style)
        counts = np.ma.masked_less_equal(plane.counts, 0.0)
        if counts.count():
            norm = LogNorm(counts.min(), max(counts.max(), 1.01 * counts.min()))
            mesh = axes.pcolormesh(
                plane.x_edges, plane.y_edges, counts.T, norm=norm, cmap="viridis", rasterized=True
            )
            bar = figure.colorbar(mesh, cax=figure.add_axes((0.835, 0.13, 0.03, 0.78)))
            bar.set_label("events per bin")
        else:
            axes.text(0.5, 0.5, "no event left", transform=axes.transAxes, ha="center")
        if plane.region is not None:
            frame = Rectangle((0.0, 0.0), *plane.region, fill=False, edgecolor=OTHERS[0], lw=0.8)
            axes.add_patch(frame)
        axes.set_xlim(plane.x_edges[0], plane.x_edges[-1])
        axes.set_ylim(plane.y_edges[0], plane.y_edges[-1])
        axes.set_xlabel("energy in the target (GeV)")
        axes.set_ylabel("energy in the hadron calorimeter (GeV)")
        axes.set_title(f"{analysis.experiment} {analysis.period}, {analysis.sample}", fontsize=10)
    return figure
