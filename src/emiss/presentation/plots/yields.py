"""Signal events against mass, by process."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ...ground.errors import EmissError
from . import style

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from ...yields import SignalYield

__all__ = ["yields"]


def yields(signal: SignalYield, coupling: float | None = None) -> Figure:
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
    name = signal.model.coupling_name
    with style.styled():
        figure, axes = style.new_figure()
        low, high = style.log_range(curves.values(), above=8.0)
        for index, (label, values) in enumerate(curves.items()):
            axes.plot(
                signal.masses[order],
                np.where(values > 0.0, values, np.nan)[order],
                ("-", "--", "-.", ":")[index % 4],
                color=style.COLOURS[index % len(style.COLOURS)],
                lw=1.8,
                label=label,
            )
        style.log_axis(axes, "x", float(signal.masses.min()), float(signal.masses.max()))
        style.log_axis(axes, "y", max(low, 1e-8 * high), high)
        axes.set_xlabel(r"$m$ [GeV]")
        axes.set_ylabel(f"events / {name}²" if coupling is None else "events")
        details = "" if coupling is None else f"{name} = {coupling:g}"
        style.info_text(axes, [signal.experiment.title, signal.model.title, details])
        style.legend(axes, "lower left")
    return figure
