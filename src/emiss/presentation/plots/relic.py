"""The relic line: coupling or y that gives the observed density against dark-matter mass."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...constraints.cosmology.relic import RelicLine
from ...ground.errors import EmissError
from . import labels, style

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["relic_line"]


def relic_line(line: RelicLine, *, in_y: bool = True) -> Figure:
    """Draw a relic line.

    Parameters
    ----------
    line : RelicLine
        The line, at two masses or more.
    in_y : bool, optional
        Draw y (default), or the coupling.

    Returns
    -------
    Figure
        With the dark sector and the method printed.

    Raises
    ------
    EmissError
        If the line has fewer than two masses.
    """
    if line.masses.size < 2:
        raise EmissError("a figure of the relic line needs at least two masses.")
    values = line.y if in_y else line.coupling
    with style.styled():
        figure, axes = style.new_figure()
        low, high = style.log_range([values], below=3.0, above=20.0)
        style.log_axis(axes, "x", float(line.masses.min()), float(line.masses.max()))
        style.log_axis(axes, "y", low, high)
        axes.plot(line.masses, values, color="black", lw=1.6)
        axes.set_xlabel(r"$m_\chi$ [GeV]")
        axes.set_ylabel(r"$y$" if in_y else line.coupling_name)
        facts = [
            rf"$\Omega h^2 = {line.omega_h2:g}$, {line.mediator}",
            labels.dark_matter_text(line.kind),
            rf"$\alpha_D = {line.alpha_dark:g}$, $m_X = {line.mass_ratio:g}\,m_\chi$",
            f"{line.mode} mode",
        ]
        style.info_text(axes, facts)
    return figure
