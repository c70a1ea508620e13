"""A relic line as text cells."""

from __future__ import annotations

from ..ground.units import format_energy
from ..physics.constraints.cosmology.relic import RelicLine
from .limit_table import spread_rows
from .text_table import TextTable, number

__all__ = ["relic_table"]


def relic_table(line: RelicLine, in_y: bool, rows: int | None = None) -> TextTable:
    """Lay a relic line out as text cells.

    Parameters
    ----------
    line : RelicLine
        The line.
    in_y : bool
        Whether y has a meaning.
    rows : int, optional
        Show at most so many masses, spread evenly in the logarithm.

    Returns
    -------
    TextTable
        Mass, y, coupling and freeze-out.
    """
    columns = ("m_chi", *(["y"] if in_y else []), line.coupling_name, "x freeze-out")
    cells = tuple(
        (
            format_energy(float(line.masses[i])),
            *([number(float(line.y[i]))] if in_y else []),
            number(float(line.coupling[i])),
            number(float(line.x_freeze_out[i]), 3),
        )
        for i in spread_rows(line.masses, rows)
    )
    title = (
        f"Omega h^2 = {line.omega_h2:g}: {line.kind} dark matter, {line.mediator}, "
        f"alpha_dark = {line.alpha_dark:g}, mass ratio {line.mass_ratio:g} ({line.mode} mode)"
    )
    return TextTable(title, columns, cells)
