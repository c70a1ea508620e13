"""Signal events against mass, by process."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ...ground.errors import EmissError
from . import labels, style
from .axis import log_axis, log_range
from .lettering import letter
from .page import new_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from ...yields import SignalYield

__all__ = ["yields"]


def yields(signal: SignalYield, *, coupling: float | None = None) -> Figure:
    """Draw the signal events of all runs against the mass, for each process.

    Parameters
    ----------
    signal : SignalYield
        The events.
    coupling : float, optional
        Coupling; without it events over coupling squared at small coupling.

    Returns
    -------
    Figure
        Both axes logarithmic.

    Raises
    ------
    EmissError
        If there is one mass only, or no events at all.
    """
    if signal.masses.size < 2:
        raise EmissError("a figure of yields needs two masses or more.")
    events = signal.coefficients() if coupling is None else signal.per_process(coupling)
    curves = {name: value.sum(axis=0) for name, value in events.items()}
    if not any(np.any(value > 0.0) for value in curves.values()):
        raise EmissError("there are no signal events to draw.")
    order = np.argsort(signal.masses)
    model = signal.model
    with style.styled():
        figure, axes = new_figure()
        low, high = log_range(curves.values(), above=1.6)
        for index, (label, values) in enumerate(curves.items()):
            axes.plot(
                signal.masses[order],
                np.where(values > 0.0, values, np.nan)[order],
                ("-", "--", "-.", ":")[index % 4],
                color=style.COLOURS[index % len(style.COLOURS)],
                lw=1.8,
                label=labels.typeset(label),
            )
        log_axis(axes, "x", float(signal.masses.min()), float(signal.masses.max()))
        log_axis(axes, "y", max(low, 1e-8 * high), high)
        axes.set_xlabel(rf"$m_{{{model.symbol}}}$ [GeV]")
        unit = f" [{model.coupling_unit.replace('^-1', '⁻¹')}]" if model.coupling_unit else ""
        over = unit.replace("⁻¹", "²") if unit else ""
        symbol = model.coupling_label
        axes.set_ylabel("events" if coupling else rf"events / ${labels.squared(symbol)}${over}")
        details = f"${symbol}$ = {coupling:g}{unit.strip(' []') and unit}" if coupling else ""
        letter(
            axes,
            [labels.typeset(signal.experiment.title), model.math_title, details],
            named=axes.get_lines(),
            facts_at=("upper right", "lower left", "upper left", "lower right"),
            legend_at=("lower left", "upper right"),
        )
    return figure
