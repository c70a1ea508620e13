"""Differential track lengths of a shower."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal

import numpy as np

from ...ground.arrays import FloatArray
from ...ground.errors import EmissError
from ...ground.guards import guarded
from ...ground.units import format_energy, mass_grid
from . import labels
from . import style as looks
from .arguments import ARGUMENTS
from .axis import log_axis, log_range
from .lettering import letter
from .page import new_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from ...physics.shower.tracks import TrackLengths

__all__ = ["draw_tracks", "tracks"]

_PARTICLES: tuple[Literal["e-", "e+", "gamma"], ...] = ("e-", "e+", "gamma")


@guarded(ARGUMENTS)
def tracks(lengths: TrackLengths, *, bins: int = 80, style: str = "emiss") -> Figure:
    """Draw the differential track lengths of electrons, positrons and photons in a shower.

    Parameters
    ----------
    lengths : TrackLengths
        Result of `emiss.physics.shower.track_lengths`.
    bins : int, optional
        Number of bins, even in the logarithm of the energy.
    style : str, optional
        ``"emiss"`` or ``"user"``.

    Returns
    -------
    Figure
        dL/dE in radiation lengths per GeV and primary.

    Examples
    --------
    >>> import emiss
    >>> figure = emiss.plots.tracks(emiss.tracks("Pb", "e-", "100 GeV"))
    """
    edges = mass_grid(lengths.min_energy, lengths.energy, bins + 1)
    averages: dict[str, FloatArray] = {
        name: lengths.bin_averages(edges, name) for name in _PARTICLES
    }
    beam = labels.typeset(lengths.primary)
    title = f"{format_energy(lengths.energy)} {beam} in {lengths.material.name}"
    return draw_tracks(edges, averages=averages, title=title, style=style)


def draw_tracks(
    energy_edges: FloatArray,
    *,
    averages: Mapping[str, FloatArray],
    title: str = "",
    details: tuple[str, ...] = (),
    style: str = "emiss",
) -> Figure:
    """Draw differential track lengths as steps.

    Parameters
    ----------
    energy_edges : array of float, shape (n + 1,)
        Bin edges in GeV, ascending.
    averages : mapping of str to array of float, shape (n,)
        Bin averages of dL/dE in radiation lengths per GeV and primary, by particle.
    title : str, optional
        First line of the text in the figure, e.g. ``"100 GeV e- in Pb"``.
    details : tuple of str, optional
        Further lines.
    style : str, optional
        ``"emiss"`` or ``"user"``.

    Returns
    -------
    Figure
        Logarithmic in both directions.

    Raises
    ------
    EmissError
        If an array has not one value per bin, or there is nothing positive to draw.
    """
    edges = np.asarray(energy_edges, dtype=float)
    for name, values in averages.items():
        if np.shape(values) != (edges.size - 1,):
            raise EmissError(
                f"the track length of '{name}' has shape {np.shape(values)} for "
                f"{edges.size - 1} energy bins."
            )
    with looks.styled(style):
        figure, axes = new_figure(style=style)
        low, high = log_range(averages.values(), above=1.6)
        log_axis(axes, "x", float(edges[0]), float(edges[-1]))
        log_axis(axes, "y", max(low, 1e-9 * high), high)
        for index, (name, values) in enumerate(averages.items()):
            axes.stairs(
                np.where(values > 0.0, values, np.nan),
                edges,
                baseline=None,
                color=looks.COLOURS[(0, 2, 1)[index] if index < 3 else index],
                linestyle=("-", "--", "-.", ":")[index % 4],
                lw=1.8,
                label=labels.typeset(name),
            )
        axes.set_xlabel(r"$E$ [GeV]")
        axes.set_ylabel(r"$\mathrm{d}L/\mathrm{d}E$ [$X_0$/GeV]")
        letter(
            axes,
            [title, *details],
            facts_at=("lower left", "upper right"),
            legend_at=("upper right", "lower left"),
        )
    return figure
