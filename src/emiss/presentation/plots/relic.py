"""Relic lines: coupling or y that gives the observed density against dark-matter mass."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ...ground.arrays import FloatArray
from ...ground.errors import ArgumentError, EmissError
from ...ground.guards import guarded
from ...physics.constraints.cosmology.relic import RelicLine
from . import labels
from . import style as looks
from .arguments import ARGUMENTS
from .axis import log_axis, log_range
from .lettering import letter
from .page import new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["relic_line"]


@guarded(ARGUMENTS)
def relic_line(
    *lines: RelicLine, in_y: bool = True, ax: Axes | None = None, style: str = "emiss"
) -> Figure:
    """Draw relic lines.

    Parameters
    ----------
    *lines : RelicLine
        One or more, each at two masses or more.
    in_y : bool, optional
        Draw y (default), or the coupling.
    ax : Axes, optional
        Axes to draw into; a new figure without them.
    style : str, optional
        ``"emiss"`` or ``"user"``.

    Returns
    -------
    Figure
        With the dark sector and the method printed.

    Raises
    ------
    EmissError
        If a line has fewer than two masses, or the lines are of different couplings.

    Examples
    --------
    >>> import emiss
    >>> line = emiss.relic("dark-photon", masses="1MeV:100MeV:5", mode="fast")
    >>> figure = emiss.plots.relic_line(line)
    """
    if not lines:
        raise ArgumentError("relic_line: give at least one line.")
    if any(line.masses.size < 2 for line in lines):
        raise EmissError("a figure of the relic line needs at least two masses.")
    if not in_y and len({line.coupling_name for line in lines}) > 1:
        raise EmissError("relic_line: the lines are of different couplings.")
    with looks.styled("user" if ax is not None else style):
        axes = new_figure(style=style)[1] if ax is None else ax
        values = [_values(line, in_y) for line in lines]
        log_axis(axes, "y", *log_range(values, below=2.0, above=2.0))
        masses = np.concatenate([line.masses for line in lines])
        log_axis(axes, "x", float(masses.min()), float(masses.max()))
        for index, (line, value) in enumerate(zip(lines, values, strict=True)):
            kind = labels.dark_matter_text(line.kind)
            axes.plot(
                line.masses,
                value,
                color=looks.COLOURS[index % len(looks.COLOURS)] if len(lines) > 1 else "black",
                ls=looks.RELIC_DASHES[index % len(looks.RELIC_DASHES)],
                lw=1.7,
                label=kind if len(lines) > 1 else "_relic",
            )
        axes.set_xlabel(r"$m_\chi$ [GeV]")
        name = lines[0].coupling_name
        axes.set_ylabel(r"$y$" if in_y else {"epsilon": r"$\epsilon$"}.get(name, f"${name}$"))
        named = axes.get_lines() if len(lines) > 1 else ()
        letter(axes, _facts(lines), named=named)
    return axes.get_figure(root=True)  # type: ignore[return-value]


def _values(line: RelicLine, in_y: bool) -> FloatArray:
    return line.y if in_y else line.coupling


def _facts(lines: tuple[RelicLine, ...]) -> list[str]:
    """What all lines have in common."""
    facts = [
        [
            rf"$\Omega h^2 = {line.omega_h2:g}$, {labels.mediator_texts(line.mediator)[0]}"
            for line in lines
        ],
        [labels.dark_matter_text(line.kind) for line in lines],
        [
            rf"$\alpha_D = {line.alpha_dark:g}$, "
            rf"$m_{{{labels.mediator_texts(line.mediator)[1]}}} = {line.mass_ratio:g}\,m_\chi$"
            for line in lines
        ],
        [rf"$\Delta = {line.splitting:g}$" if line.splitting else "" for line in lines],
        [f"{line.mode} mode" for line in lines],
    ]
    return [texts[0] for texts in facts if len(set(texts)) == 1]
