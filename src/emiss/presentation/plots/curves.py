"""Curves of others, or of one's own, without a limit of ours."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ...ground.errors import ArgumentError, EmissError
from ...ground.guards import guarded
from ...physics.constraints.curves.overlay import Overlay
from . import style as looks
from .arguments import ARGUMENTS
from .axis import log_axis, log_range
from .lettering import letter
from .page import new_figure
from .plane import Region
from .regions import draw_edge

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["curves"]

_SYMBOLS = {"epsilon": r"$\epsilon$", "y": r"$y$", "g_agg": r"$g_{a\gamma\gamma}$ [GeV⁻¹]"}


@guarded(ARGUMENTS)
def curves(
    given: Sequence[Overlay | Path | str],
    *,
    coupling_axis: str | None = None,
    facts: Sequence[str] = (),
    ax: Axes | None = None,
    style: str = "emiss",
) -> Figure:
    """Draw curves of one quantity against mass.

    Parameters
    ----------
    given : sequence of Overlay or path
        Curves; all of the same quantity.
    coupling_axis : str, optional
        Label of the vertical axis; that of the quantity by default.
    facts : sequence of str, optional
        Lines of text, the first bold.
    ax : Axes, optional
        Axes to draw into; a new figure without them.
    style : str, optional
        ``"emiss"`` or ``"user"``.

    Returns
    -------
    Figure
        Both axes logarithmic.

    Raises
    ------
    EmissError
        If there is no curve, or they are of different quantities.

    Examples
    --------
    >>> import emiss
    >>> line = emiss.relic("dark-photon", masses="1MeV:100MeV:5", mode="fast")
    >>> mine = Overlay("mine", line.masses, 2.0 * line.coupling, "epsilon")
    >>> figure = curves([mine])
    """
    from ...physics.constraints.curves.curve_files import read_curve

    found = [one if isinstance(one, Overlay) else read_curve(one) for one in given]
    if not found:
        raise ArgumentError("given: give at least one curve.")
    quantities = {one.quantity for one in found}
    if len(quantities) > 1:
        raise EmissError(f"curves: of different quantities, {', '.join(sorted(quantities))}.")
    with looks.styled("user" if ax is not None else style):
        axes = new_figure(style=style)[1] if ax is None else ax
        regions = [
            Region(one.masses, one.values, one.upper, closed=one.upper is not None) for one in found
        ]
        edges = [edge for region in regions for edge in region.edges]
        log_axis(axes, "y", *log_range(edges, below=1.6, above=1.6))
        low = min(float(one.masses.min()) for one in found)
        high = max(float(one.masses.max()) for one in found)
        log_axis(axes, "x", low, high)
        named = [
            draw_edge(
                axes,
                region,
                label=one.label,
                color=looks.COLOURS[index % len(looks.COLOURS)],
                ls=looks.DASHES[index % len(looks.DASHES)],
                lw=1.8,
            )
            for index, (one, region) in enumerate(zip(found, regions, strict=True))
        ]
        quantity = quantities.pop()
        axes.set_xlabel(r"$m_\chi$ [GeV]" if quantity == "y" else r"$m$ [GeV]")
        axes.set_ylabel(coupling_axis or _SYMBOLS.get(quantity, quantity))
        letter(axes, facts, named=named)
    return axes.get_figure(root=True)  # type: ignore[return-value]
