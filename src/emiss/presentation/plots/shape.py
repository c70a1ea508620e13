"""Figure of a shape analysis: bins with backgrounds, signal and data, and the limits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ...ground.guards import guarded, instance
from ...ground.units import format_energy
from .arguments import ARGUMENTS
from .style import styled

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ...inference.shape import ShapeLimit

__all__ = ["shape"]


@guarded(ARGUMENTS, found=instance("ShapeLimit"))
def shape(found: ShapeLimit, *, style: str = "emiss") -> Figure:
    """Draw the bins, and what they exclude beside the count.

    Parameters
    ----------
    found : ShapeLimit
        The limits.
    style : str, optional
        ``emiss`` or ``user``.

    Returns
    -------
    Figure
        Above: by bin the backgrounds, the signal at the expected limit and the events seen. Below:
        expected coupling of bins with its bands, over that of the count.

    Examples
    --------
    >>> import emiss
    >>> edges = {"target_energy": "0,25GeV,50GeV", "hadronic_energy": "0,1GeV"}
    >>> figure = emiss.plots.shape(emiss.shape("na64e-2021-2022", edges, events=100))
    """
    from .shown_figure import ShownFigure

    with styled(style):
        figure = ShownFigure(figsize=(6.8, 6.0), dpi=150, style=style, layout="constrained")
        upper, lower = figure.subplots(2, 1, height_ratios=(3, 2))
        _draw_bins(upper, found)
        _draw_limits(lower, found)
        figure.suptitle(f"{found.experiment} {found.period}: bins and count", fontsize=10)
    return figure


def _draw_bins(axes: Axes, found: ShapeLimit) -> None:
    place = np.arange(found.used.size)
    bottom = np.zeros(place.size)
    for part in found.parts:
        events = part.events[found.used]
        axes.bar(place, events, 0.9, bottom=bottom, alpha=0.5, label=f"{part.name} ({part.how})")
        bottom += events
    error = np.sqrt(
        np.sum([p.monte_carlo**2 + np.square(p.relative * p.events) for p in found.parts], axis=0)[
            found.used
        ]
    )
    axes.errorbar(place, bottom, error, fmt="none", ecolor="0.4", capsize=3)
    for row, mass in enumerate(found.masses[:4]):
        signal = found.shape_events["0"][row] * found.signal[row, found.used]
        axes.plot(
            place, signal, "_", ms=22, mew=2,
            label=f"signal at the expected limit, {format_energy(float(mass))}",
        )  # fmt: skip
    seen = [found.observed[number] for number in found.used.tolist()]
    known = [i for i, n in enumerate(seen) if n is not None]
    if known:
        axes.plot(known, [n for n in seen if n is not None], "ko", ms=4, label="events seen")
    largest = float(max(bottom.max(), 1.0))
    axes.set_yscale("log" if largest > 100.0 else "linear")
    axes.set_xticks(place, [_words(found, int(n)) for n in found.used], fontsize=7)
    axes.set_xlabel(" / ".join(axis.variable for axis in found.axes))
    axes.set_ylabel("events")
    axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), fontsize=7)


def _words(found: ShapeLimit, place: int) -> str:
    counts = [len(axis.edges) - 1 for axis in found.axes]
    return "\n".join(
        f"{axis.edges[at]:g}–{axis.edges[at + 1]:g}{' ' + unit if unit else ''}"
        for axis, unit, at in zip(
            found.axes, found.units, np.unravel_index(place, counts), strict=True
        )
    )


def _draw_limits(axes: Axes, found: ShapeLimit) -> None:
    scale = found.count_couplings["0"]
    low, high = (found.shape_couplings[key] / scale for key in ("-1", "1"))
    middle = found.shape_couplings["0"] / scale
    axes.errorbar(
        found.masses, middle, [middle - low, high - middle], fmt="o", ms=4, capsize=3,
        label="bins, expected ± 1σ",
    )  # fmt: skip
    seen = found.shape_couplings["observed"] / scale
    if np.isfinite(seen).any():
        axes.plot(found.masses, seen, "k*", ms=8, label="bins, observed")
    axes.axhline(1.0, color="0.5", lw=1.0, ls=":", label="count, expected")
    axes.set_xscale("log")
    axes.set_xlabel("mass [GeV]")
    axes.set_ylabel(f"{found.coupling_name} / count's")
    axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), fontsize=7)
