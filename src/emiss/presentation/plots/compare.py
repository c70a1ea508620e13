"""Our limit over curves of others, with the ratios below."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ...ground.arrays import FloatArray
from ...ground.errors import ArgumentError
from ...ground.guards import guarded
from ...inference.limit import Limit
from ...physics.constraints.curves.overlay import Overlay
from . import style as looks
from .arguments import ARGUMENTS
from .axis import log_axis, log_range
from .exclusion import exclusion
from .page import new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["compare"]

_LINEAR = 2.0
"""Up to this factor between ratios their axis is linear."""


@guarded(ARGUMENTS)
def compare(
    limit: Limit,
    *,
    curves: Overlay | Path | str | Sequence[Overlay | Path | str],
    style: str = "emiss",
) -> Figure:
    """Draw the limit and other curves, and the ratios of ours to theirs below.

    Parameters
    ----------
    limit : Limit
        Our result.
    curves : Overlay, path or sequence of them
        The others. Drawn in y if all are of y and the limit has one, else in the coupling.
    style : str, optional
        ``"emiss"`` or ``"user"``.

    Returns
    -------
    Figure
        Two axes; in the lower one a band marks agreement within 10 %, and the scale is
        logarithmic where ratios differ by more than a factor of two.

    Raises
    ------
    EmissError
        If a curve is of another quantity, shares no mass, or there is nothing to draw.

    Examples
    --------
    >>> import emiss
    >>> limit = emiss.limit("na64e-2016", masses=emiss.mass_grid("1 MeV", "100 MeV", 5))
    >>> other = emiss.limit("na64e-2021-2022", masses=emiss.mass_grid("1 MeV", "100 MeV", 5))
    >>> written = other.save("other")
    >>> curve = emiss.read_curve("other/limit.csv")
    >>> figure = emiss.plots.compare(limit, curves=curve)
    """
    given = [curves] if isinstance(curves, Overlay | Path | str) else list(curves)
    if not given:
        raise ArgumentError("compare: give at least one curve.")
    overlays = [_read(one) for one in given]
    in_y = limit.y is not None and all(one.quantity == "y" for one in overlays)
    from ...inference.comparison import compare_ratio

    ratios = [compare_ratio(limit, one) for one in overlays]
    masses = limit.dark_matter_mass if in_y and limit.dark_matter_mass is not None else limit.masses
    with looks.styled(style):
        figure, axes = new_figure(5.6, 5.4, (0.135, 0.375, 0.832, 0.605), style=style)
        below = figure.add_axes((0.135, 0.105, 0.832, 0.23))
        exclusion(
            limit,
            overlays=overlays,
            quantity="y" if in_y else "coupling",
            expected=False,
            labels=["this work"],
            ax=axes,
            style=style,
        )
        axes.tick_params(which="both", labelbottom=False)
        _ratio_axis(below, ratios)
        below.axhspan(0.9, 1.1, color="#e6e6e6", lw=0.0)
        below.axhline(1.0, color="black", lw=0.8)
        lines = {line.get_label(): line for line in axes.get_lines()}
        for overlay, ratio in zip(overlays, ratios, strict=True):
            drawn = next((lines[x] for x in lines if str(x).startswith(overlay.label)), None)
            (line,) = below.plot(masses, ratio, lw=1.6, label="_ratio", color=looks.OURS)
            if drawn is not None and len(overlays) > 1:
                line.set(color=drawn.get_color(), linestyle=drawn.get_linestyle())
        log_axis(below, "x", *axes.get_xlim())
        below.set_xlabel(axes.get_xlabel())
        axes.set_xlabel("")
        below.set_ylabel("this work / other" if len(overlays) > 1 else "ratio")
    return figure


def _read(curve: Overlay | Path | str) -> Overlay:
    if isinstance(curve, Overlay):
        return curve
    from ...physics.constraints.curves.curve_files import read_curve

    return read_curve(curve)


def _ratio_axis(axes: Axes, ratios: Sequence[FloatArray]) -> None:
    """Limits that hold all ratios and one; logarithmic where they differ by much."""
    values = np.concatenate([np.ones(1), *ratios])
    values = values[np.isfinite(values) & (values > 0.0)]
    if values.max() / values.min() > _LINEAR:
        log_axis(axes, "y", *log_range([values], below=1.2, above=1.2))
        return
    # Round limits that hold all points, never narrower than 25 %.
    reach = max(0.25, 1.15 * float(np.max(np.abs(values - 1.0))))
    axes.set_ylim(max(0.0, 1.0 - reach), 1.0 + reach)
