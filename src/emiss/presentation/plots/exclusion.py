"""The main figure of a search: excluded couplings against the mass of the mediator."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ...constraints import x17
from ...constraints.curves.overlay import Overlay
from ...ground.arrays import FloatArray
from ...inference.limit import Limit
from . import labels, style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["draw_limit", "draw_overlays", "exclusion", "outline"]


def exclusion(limit: Limit, overlays: Sequence[Overlay] = ()) -> Figure:
    """Draw the excluded couplings against mediator mass.

    The excluded region is filled, the observed limit a bold line, the expected median dashed with
    its 68 % and 95 % bands. Where the excluded region is closed above it is drawn as an island.

    Parameters
    ----------
    limit : Limit
        The result.
    overlays : sequence of Overlay, optional
        Curves of others; those of another quantity (such as y) are left out.

    Returns
    -------
    Figure
        To be saved with `save_figure` or shown by a notebook.

    Raises
    ------
    EmissError
        If there is nothing to draw.
    """
    curves = [o for o in overlays if o.quantity in {"", limit.coupling_name.lower()}]
    with style.styled():
        figure, axes = style.new_figure()
        upper = limit.observed_upper
        span = [limit.observed, *limit.expected.values(), *(o.values for o in curves)]
        island = upper is not None
        # Room for the text: inside an open region, or below an island.
        low, high = style.log_range(
            span if upper is None else [*span, upper],
            below=30.0 if island else 3.0,
            above=1.5 if island else 5.0,
        )
        style.log_axis(axes, "x", float(limit.masses[0]), float(limit.masses[-1]))
        style.log_axis(axes, "y", low, high)
        draw_limit(axes, limit.masses, (limit.observed, upper), limit.expected, top=high)
        draw_overlays(axes, curves)
        if island and limit.coupling_name == "epsilon":
            _mark_x17(axes)
        axes.set_xlabel(rf"$m_{{{labels.mediator_symbol(limit)}}}$ [GeV]")
        axes.set_ylabel(labels.coupling_axis(limit))
        facts = [labels.title_text(limit), labels.beam_text(limit), labels.level_text(limit)]
        facts.append(labels.dark_sector_text(limit))
        style.info_text(axes, facts, "lower left" if island else "upper left")
        style.legend(axes, "upper right" if island else "lower right")
    return figure


def draw_limit(
    axes: Axes,
    masses: FloatArray,
    observed: tuple[FloatArray, FloatArray | None],
    expected: Mapping[str, FloatArray],
    *,
    top: float,
) -> None:
    """Draw one limit into axes with logarithmic scales.

    Parameters
    ----------
    axes : Axes
        Where.
    masses : array of float, shape (n,)
        Horizontal coordinate.
    observed : tuple of array of float, shape (n,)
        Lower edge of the excluded region, and upper edge or None.
    expected : mapping of str to array of float, shape (n,)
        Expected lower edge, keys as in `Limit.expected`.
    top : float
        Upper end of the vertical axis, where an open region ends.
    """
    lower, upper = observed
    colour = style.COLOURS[0]
    ceiling = np.full_like(lower, 2.0 * top) if upper is None else np.minimum(upper, 2.0 * top)
    axes.fill_between(masses, lower, ceiling, color=colour, alpha=0.22, lw=0.0, label="excluded")
    for low, high, fill, text in (
        ("-2", "2", style.BAND_2, "expected, 95 %"),
        ("-1", "1", style.BAND_1, "expected, 68 %"),
    ):
        axes.fill_between(
            masses, expected[low], expected[high], color=fill, lw=0.0, label=text, zorder=1.5
        )
    axes.plot(masses, expected["0"], "--", color="black", lw=1.2, label="expected, median")
    # A single mass has no line; it is drawn as a point.
    bold: dict[str, Any] = {
        "color": style.OURS,
        "lw": 2.2,
        "marker": "o" if masses.size == 1 else None,
    }
    if upper is None:
        axes.plot(masses, lower, **bold, label="observed", zorder=1.9)
    else:
        outline(axes, masses, lower, ceiling, label="observed", zorder=1.9, **bold)


def outline(
    axes: Axes, masses: FloatArray, lower: FloatArray, upper: FloatArray, *, label: str, **look: Any
) -> None:
    """Draw a closed outline of each connected run of masses with an excluded island.

    Parameters
    ----------
    axes : Axes
        Where.
    masses, lower, upper : array of float, shape (n,)
        Horizontal coordinate and edges; NaN where nothing is excluded.
    label : str
        Entry of the legend.
    **look
        Of the line, as in ``Axes.plot``.
    """
    inside = np.isfinite(lower)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], inside, [False]]).astype(int)))
    for number, (start, stop) in enumerate(edges.reshape(-1, 2)):
        run = slice(start, stop)
        around = np.concatenate([masses[run], masses[run][::-1], masses[start : start + 1]])
        heights = np.concatenate([lower[run], upper[run][::-1], lower[start : start + 1]])
        axes.plot(around, heights, label=label if number == 0 else None, **look)


def _mark_x17(axes: Axes) -> None:
    """Draw mass and couplings of the proposed 17 MeV boson, as far as they are on the axes."""
    known, padme = x17.hint(), x17.hint("padme-2025")
    low, high = axes.get_xlim()
    if not low < known.mass < high:
        return
    look: dict[str, Any] = {"color": "0.35", "zorder": 2.1}
    masses = [*known.band, *known.band[::-1], known.band[0]]
    bottom, top = known.epsilon
    axes.fill(masses, [bottom, bottom, top, top, bottom], lw=1.0, label=known.label, **look)
    axes.plot(
        padme.mass, padme.epsilon[0], "*", ms=6.0, label=f"PADME excess ({padme.year})", **look
    )


def draw_overlays(axes: Axes, overlays: Sequence[Overlay]) -> None:
    """Draw curves of others as thin lines in colours of their own, two-sided ones as outlines."""
    for index, overlay in enumerate(overlays):
        colour = style.COLOURS[2:][index % (len(style.COLOURS) - 2)]
        dashes = ("-.", ":", "--")[index % 3]
        masses, values = overlay.outline(2.0 * axes.get_ylim()[1])
        axes.plot(masses, values, dashes, color=colour, label=overlay.label)
