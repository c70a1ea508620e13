"""Figures of what calorimeters record of single particles: profiles and spectra."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ...ground.guards import guarded, instance
from ...ground.units import format_energy
from . import labels
from .arguments import ARGUMENTS
from .style import styled

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ...events.hadrons import HadronResponse
    from ...events.transport import EcalResponse
    from ...ground.arrays import FloatArray

__all__ = ["response"]

_MOST_BINS = 60


@guarded(ARGUMENTS, result=instance("EcalResponse", "HadronResponse"))
def response(result: EcalResponse | HadronResponse, *, style: str = "emiss") -> Figure:
    """Draw profiles along and across the beam, and the spectrum of the visible energy.

    Parameters
    ----------
    result : EcalResponse or HadronResponse
        What was simulated.
    style : str, optional
        ``emiss`` or ``user``.

    Returns
    -------
    Figure
        Of an electromagnetic calorimeter: mean energy by layer, mean energy by column of cells,
        and events by visible energy. Of hadron modules: mean energy by module, and the spectrum.

    Raises
    ------
    ArgumentTypeError
        If it is no response.

    Examples
    --------
    >>> import emiss
    >>> figure = emiss.plots.response(emiss.ecal_response("e-", "20 GeV", 50))
    """
    from ...events.transport import EcalResponse
    from .shown_figure import ShownFigure

    across = isinstance(result, EcalResponse)
    with styled(style):
        size = (9.6 if across else 6.8, 3.3)
        figure = ShownFigure(figsize=size, dpi=150, style=style, layout="constrained")
        panels = figure.subplots(1, 3 if across else 2)
        if isinstance(result, EcalResponse):
            title = f"{format_energy(result.beam.energy)} {labels.typeset(result.beam.particle)}"
            _layers(panels[0], result.layer_profile)
            _columns(panels[1], result.cell_means)
            total = result.visible
        else:
            title = f"{format_energy(result.energy)} {labels.typeset(result.hadron)}"
            _modules(panels[0], result.modules, result.visible.mean(axis=0))
            total = result.visible.sum(axis=1)
        _spectrum(panels[-1], total)
        figure.suptitle(f"{title}, {result.events} events", fontsize=10)
        return figure


def _layers(axes: Axes, profile: FloatArray) -> None:
    edges = np.arange(profile.size + 1) + 0.5
    axes.stairs(profile, edges, fill=True, alpha=0.35)
    axes.stairs(profile, edges, color="C0")
    axes.set_xlim(edges[0], edges[-1])
    axes.set_ylim(bottom=0.0)
    axes.set_xlabel("layer")
    axes.set_ylabel("mean energy by layer [GeV]")


def _columns(axes: Axes, cells: FloatArray) -> None:
    columns = cells.sum(axis=0)
    edges = np.arange(columns.size + 1) - 0.5 * columns.size
    shown = np.maximum(columns, 1e-6 * columns.max()) if columns.max() > 0.0 else columns
    axes.stairs(shown, edges)
    if columns.max() > 0.0:
        axes.set_yscale("log")
    axes.set_xlim(edges[0], edges[-1])
    axes.set_xlabel("column of cells from the beam")
    axes.set_ylabel("mean energy by column [GeV]")


def _modules(axes: Axes, names: tuple[str, ...], means: FloatArray) -> None:
    places = np.arange(len(names))
    axes.bar(places, means, width=0.7)
    axes.set_xticks(places, names, rotation=30, ha="right", fontsize=8)
    axes.set_ylabel("mean energy by module [GeV]")


def _spectrum(axes: Axes, energies: FloatArray) -> None:
    spread = float(energies.std()) or 0.05 * max(float(energies.mean()), 1e-3)
    low, high = float(energies.min()), float(energies.max())
    low, high = max(low, energies.mean() - 8.0 * spread), min(high, energies.mean() + 8.0 * spread)
    bins = min(_MOST_BINS, 5 + round(1.5 * energies.size**0.5))
    counts, edges = np.histogram(
        energies, bins=bins, range=(low - 0.2 * spread, high + 0.2 * spread)
    )
    axes.stairs(counts, edges, fill=True, alpha=0.35)
    axes.stairs(counts, edges, color="C0")
    axes.set_ylim(bottom=0.0)
    axes.set_xlabel("visible energy [GeV]")
    axes.set_ylabel("events")
    axes.set_title(f"mean {energies.mean():.4g}, rms {energies.std():.3g} GeV", fontsize=9)
