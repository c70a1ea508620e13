"""Figure of a simulated signal efficiency: against mass, and against the energy of the boson."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ...ground.guards import guarded, instance
from .arguments import ARGUMENTS
from .style import styled

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from ...experiments.acceptance import AcceptanceTable

__all__ = ["acceptance"]


@guarded(ARGUMENTS, table=instance("AcceptanceTable"))
def acceptance(table: AcceptanceTable, *, style: str = "emiss") -> Figure:
    """Draw efficiencies with their Monte Carlo errors.

    Parameters
    ----------
    table : AcceptanceTable
        What was simulated.
    style : str, optional
        ``emiss`` or ``user``.

    Returns
    -------
    Figure
        Left: on top of the deterministic yield, by run, against the mass. Right: share of bosons
        that is kept against their energy, all masses together.

    Examples
    --------
    >>> import emiss
    >>> table = emiss.acceptance("na64e-2021-2022", masses=["5 MeV", "20 MeV"], events=20)
    >>> figure = emiss.plots.acceptance(table)
    """
    from .shown_figure import ShownFigure

    with styled(style):
        figure = ShownFigure(figsize=(8.0, 3.6), dpi=150, style=style, layout="constrained")
        left, right = figure.subplots(1, 2)
        middle = 0.5 * (table.edges[1:] + table.edges[:-1])
        half = 0.5 * np.diff(table.edges)
        for row, run in enumerate(table.runs):
            beam = table.beam[row]
            left.errorbar(
                1e3 * table.masses, table.efficiency[row, 0] * beam, table.error[row, 0] * beam,
                fmt="o-", capsize=2, label=run,
            )  # fmt: skip
            share, error = _mean(table, row)
            right.errorbar(middle, share, error, half, fmt="o", capsize=2, label=run)
        left.set_xscale("log")
        left.set_xlabel("boson mass [MeV]")
        left.set_ylabel("signal efficiency")
        right.set_xlabel("boson energy [GeV]")
        right.set_ylabel("share of bosons kept")
        for axes in (left, right):
            axes.set_ylim(0.0, 1.05)
        left.legend()
        figure.suptitle(str(table.settings["experiment"]), fontsize=10)
    return figure


def _mean(table: AcceptanceTable, row: int) -> tuple[np.ndarray, np.ndarray]:
    """Mean over the masses, weighted with the errors."""
    weights = 1.0 / np.maximum(table.share_error[row, 0], 1e-3) ** 2
    total = weights.sum(axis=0)
    return (weights * table.share[row, 0]).sum(axis=0) / total, total**-0.5
