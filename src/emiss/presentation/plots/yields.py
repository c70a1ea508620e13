"""Signal events against mass: by process, or of several experiments."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ...ground.arrays import FloatArray
from ...ground.errors import ArgumentError, EmissError
from ...ground.guards import guarded
from ...inference.combine import CombinedYield
from ...yields import SignalYield
from ...yields.signal import coupling_power
from . import labels
from . import style as looks
from .arguments import ARGUMENTS
from .axis import log_axis, log_range
from .lettering import letter
from .page import new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["yields"]


@guarded(ARGUMENTS)
def yields(
    *signals: SignalYield | CombinedYield,
    coupling: float | None = None,
    ax: Axes | None = None,
    style: str = "emiss",
) -> Figure:
    """Draw the signal events of all runs against the mass.

    Parameters
    ----------
    *signals : SignalYield or CombinedYield
        The events: of one by process, of several the sum of each.
    coupling : float, optional
        Coupling; without it events over coupling squared, see `SignalYield.coefficients`.
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
        If there is one mass only, no events at all, or the couplings differ.

    Examples
    --------
    >>> import emiss
    >>> signal = emiss.yields("na64e-2016", masses=["1 MeV", "10 MeV", "100 MeV"])
    >>> figure = emiss.plots.yields(signal, coupling=1e-4)
    """
    if not signals:
        raise ArgumentError("yields: give at least one yield.")
    if any(signal.masses.size < 2 for signal in signals):
        raise EmissError("a figure of yields needs two masses or more.")
    if len({signal.model.coupling_name for signal in signals}) > 1:
        raise EmissError("yields: they are for different couplings and have no common axis.")
    curves = _curves(signals, coupling)
    if not any(np.any(values > 0.0) for _, values in curves.values()):
        told = "" if coupling is None else f"coupling: {coupling:g}; "
        raise EmissError(f"{told}there are no signal events to draw.")
    model = signals[0].model
    with looks.styled("user" if ax is not None else style):
        axes = new_figure(style=style)[1] if ax is None else ax
        low, high = log_range([values for _, values in curves.values()], above=1.6)
        for index, (label, (masses, values)) in enumerate(curves.items()):
            order = np.argsort(masses)
            axes.plot(
                masses[order],
                np.where(values > 0.0, values, np.nan)[order],
                ls=looks.DASHES[index % len(looks.DASHES)],
                color=looks.COLOURS[index % len(looks.COLOURS)],
                lw=1.8,
                label=labels.typeset(label),
            )
        masses = np.concatenate([signal.masses for signal in signals])
        log_axis(axes, "x", float(masses.min()), float(masses.max()))
        log_axis(axes, "y", max(low, 1e-8 * high), high)
        axes.set_xlabel(rf"$m_{{{model.symbol}}}$ [GeV]")
        unit = f" [{model.coupling_unit.replace('^-1', '⁻¹')}]" if model.coupling_unit else ""
        symbol = model.coupling_label
        per = "events"
        if coupling is None:
            power = coupling_power(model)
            inverse = unit.replace("⁻¹", {1.0: "", 2.0: "²", 4.0: "⁴"}[power])
            per = rf"events / ${labels.squared(symbol, power)}${inverse}"
        axes.set_ylabel(per)
        facts = [model.math_title]
        if len(signals) == 1:
            facts.insert(0, labels.typeset(signals[0].experiment.title))
        if coupling is not None:
            facts.append(f"${symbol}$ = {coupling:g} {unit.strip(' []')}".rstrip())
        letter(
            axes,
            facts,
            named=axes.get_lines(),
            facts_at=("upper right", "lower left", "upper left", "lower right"),
            legend_at=("lower left", "upper right"),
        )
    return axes.get_figure(root=True)  # type: ignore[return-value]


def _curves(
    signals: tuple[SignalYield | CombinedYield, ...], coupling: float | None
) -> dict[str, tuple[FloatArray, FloatArray]]:
    """Masses and events by label."""
    found: dict[str, tuple[FloatArray, FloatArray]] = {}
    for signal in signals:
        events = signal.coefficients() if coupling is None else signal.per_process(coupling)
        sums = {name: value.sum(axis=0) for name, value in events.items()}
        if len(signals) > 1:
            total = np.sum(list(sums.values()), axis=0)
            found[signal.experiment.title] = signal.masses, total
        else:
            found |= {name: (signal.masses, value) for name, value in sums.items()}
    return found
