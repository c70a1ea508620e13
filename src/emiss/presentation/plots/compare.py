"""Our limit over a published curve, with the ratio below."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from ...constraints.curves.overlay import Overlay
from ...inference.comparison import compare_ratio
from ...inference.limit import Limit
from . import labels, style

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["compare"]


def compare(limit: Limit, overlay: Overlay) -> Figure:
    """Draw the observed limit and another curve, and the ratio of the two below.

    Parameters
    ----------
    limit : Limit
        Our result.
    overlay : Overlay
        The other curve, of the same coupling or of y.

    Returns
    -------
    Figure
        Two axes; in the lower one a band marks agreement within 10 %.

    Raises
    ------
    EmissError
        If the curves are of different quantities, share no mass, or there is nothing to draw.
    """
    ratio = compare_ratio(limit, overlay)
    masses, values, upper = limit.masses, limit.observed, limit.observed_upper
    names = rf"$m_{{{labels.mediator_symbol(limit)}}}$ [GeV]", labels.coupling_axis(limit)
    if overlay.quantity == "y" and limit.dark_matter_mass is not None and limit.y is not None:
        upper = None if upper is None else limit.y * np.square(upper / values)
        masses, values = limit.dark_matter_mass, limit.y
        names = r"$m_\chi$ [GeV]", r"$y$"
    with style.styled():
        figure, axes = style.new_figure(5.6, 5.4, (0.135, 0.37, 0.84, 0.61))
        below = figure.add_axes((0.135, 0.105, 0.84, 0.245))
        shown = (overlay.masses >= masses[0]) & (overlay.masses <= masses[-1])
        edges = [values, overlay.values[shown]]
        edges += [] if overlay.upper is None else [overlay.upper[shown]]
        edges += [] if upper is None else [upper]
        low, high = style.log_range(edges, above=5.0)
        for part in (axes, below):
            style.log_axis(part, "x", float(masses[0]), float(masses[-1]))
        style.log_axis(axes, "y", low, high)
        good = np.isfinite(values)
        ours = Overlay("this work", masses[good], values[good])
        if upper is not None:
            ours = replace(ours, upper=np.nan_to_num(upper[good], nan=np.inf))
        for curve, look in (
            (ours, {"color": style.OURS, "lw": 2.2}),
            (overlay, {"color": style.COLOURS[2], "ls": "--"}),
        ):
            axes.plot(*curve.outline(2.0 * high), label=curve.label, **look)
        axes.tick_params(labelbottom=False)
        axes.set_ylabel(names[1])
        facts = [labels.title_text(limit), labels.beam_text(limit), labels.level_text(limit)]
        style.info_text(axes, [*facts, labels.dark_sector_text(limit)])
        style.legend(axes)
        below.axhspan(0.9, 1.1, color="#e6e6e6", lw=0.0)
        below.axhline(1.0, color="black", lw=0.8)
        below.plot(masses, ratio, color=style.OURS, lw=1.6)
        # Round limits that hold all points, never narrower than 25 %.
        reach = max(0.25, 1.15 * float(np.nanmax(np.abs(np.append(ratio, 1.0) - 1.0))))
        below.set_ylim(max(0.0, 1.0 - reach), 1.0 + reach)
        below.set_xlabel(names[0])
        below.set_ylabel("ratio")
    return figure
