"""Figures of the muon programme: coupling against mass with the (g-2) band, and thermal targets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ...ground.errors import EmissError
from ...inference.limit import Limit
from . import labels, style
from .exclusion import outline

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ...constraints.cosmology.relic import RelicLine
    from ...constraints.magnetic_moments import CouplingBand

__all__ = ["coupling_plane", "thermal_coupling_plane"]

_BAND = "#f2c14e"
_ROOM = 60.0
"""Factor of free space below the lowest curve, for the legend."""


def coupling_plane(band: CouplingBand, limits: Sequence[Limit] = ()) -> Figure:
    """Draw couplings against mass: the band of a moment and limits of several experiments.

    Parameters
    ----------
    band : CouplingBand
        Couplings with which the boson accounts for the moment; where even g = 0 does, the region
        below the upper edge is allowed and the edge itself is drawn.
    limits : sequence of Limit, optional
        Limits on one coupling, in which the band is given too.

    Returns
    -------
    Figure
        To be saved with `save_figure`.

    Raises
    ------
    EmissError
        If the limits are on different couplings, or there is nothing to draw.
    """
    _check(limits)
    with style.styled():
        figure, axes = style.new_figure()
        masses = limits[0].masses if limits else band.masses
        low, high = style.log_range(
            [band.lower[band.lower > 0.0], band.upper, *_edges(limits)],
            below=_ROOM,
            above=8.0,
        )
        style.log_axis(axes, "x", float(masses[0]), float(masses[-1]))
        style.log_axis(axes, "y", low, high)
        _draw_band(axes, band, low)
        _draw_limits(axes, limits)
        symbol = labels.mediator_symbol(limits[0]) if limits else "X"
        axes.set_xlabel(rf"$m_{{{symbol}}}$ [GeV]")
        axes.set_ylabel(labels.coupling_axis(limits[0]) if limits else r"$g$")
        facts = ["muon" if band.reference.lepton == "mu" else "electron"]
        facts[0] = f"(g−2) of the {facts[0]}, {band.reference.year}, ±{band.sigmas:g}σ"
        facts.append(f"{band.reference.prediction}")
        facts += (
            [f"{labels.model_text(limits[0])}, {labels.level_text(limits[0])}"] if limits else []
        )
        style.info_text(axes, facts, "upper left")
        style.legend(axes, "lower right")
    return figure


def thermal_coupling_plane(limits: Sequence[Limit], relic: RelicLine | None = None) -> Figure:
    """Draw g against the mass of the mediator, with the line of the relic density.

    Parameters
    ----------
    limits : sequence of Limit
        Limits for a model with dark matter, with one and the same dark sector.
    relic : RelicLine, optional
        Coupling that gives the relic density, against dark-matter mass, for the same dark sector.

    Returns
    -------
    Figure
        To be saved with `save_figure`.

    Raises
    ------
    EmissError
        If there is no limit, one has no dark matter, or couplings or dark sectors differ.
    """
    if not limits:
        raise EmissError("thermal plane: give at least one limit.")
    _check(limits)
    first = limits[0]
    if any(one.dark_matter_mass is None for one in limits):
        raise EmissError(
            "thermal plane: the limits are for models without dark matter; "
            "choose one, e.g. dark_matter=dirac."
        )
    if any(one.model_parameters != first.model_parameters for one in limits):
        raise EmissError("thermal plane: the limits are for different dark sectors.")
    with style.styled():
        figure, axes = style.new_figure()
        lines = [] if relic is None else [relic.coupling]
        low, high = style.log_range([*_edges(limits), *lines], _ROOM, 8.0)
        style.log_axis(axes, "x", float(first.masses[0]), float(first.masses[-1]))
        style.log_axis(axes, "y", low, high)
        _draw_limits(axes, limits)
        if relic is not None:
            ratio = float(first.model_parameters["mass_ratio"])
            if abs(relic.mass_ratio - ratio) > 1e-9 * ratio:
                raise EmissError(
                    f"thermal plane: the relic line is for mass_ratio = {relic.mass_ratio:g}, the "
                    f"limits are for {ratio:g}."
                )
            axes.plot(
                relic.masses * relic.mass_ratio,
                relic.coupling,
                color="black",
                lw=1.6,
                label="relic density",
            )
        symbol = labels.mediator_symbol(first)
        axes.set_xlabel(rf"$m_{{{symbol}}}$ [GeV]")
        axes.set_ylabel(labels.coupling_axis(first))
        coupling = float(first.model_parameters.get("g_chi", np.nan))
        facts = [labels.dark_sector_text(first), labels.model_text(first)]
        facts += [rf"$g_\chi = {coupling:g}$"] if np.isfinite(coupling) else []
        splitting = float(first.model_parameters.get("splitting", 0.0))
        facts += [rf"$\Delta = {splitting:g}$"] if splitting > 0.0 else []
        style.info_text(axes, [*facts, labels.level_text(first)], "upper left")
        style.legend(axes, "lower right")
    return figure


def _check(limits: Sequence[Limit]) -> None:
    for one in limits[1:]:
        if (one.model, one.coupling_name) != (limits[0].model, limits[0].coupling_name):
            raise EmissError(
                f"the limits of '{limits[0].experiment}' and '{one.experiment}' are on different "
                "models or couplings."
            )


def _edges(limits: Sequence[Limit]) -> list[NDArray[np.float64]]:
    uppers = [one.observed_upper for one in limits if one.observed_upper is not None]
    return [*(one.observed for one in limits), *uppers]


def _draw_band(axes: Axes, band: CouplingBand, bottom: float) -> None:
    if not np.any(np.isfinite(band.upper)):
        return
    inside = bool(np.any(band.lower <= 0.0))
    text = f"(g−2) {'allows' if inside else 'band'} ({band.reference.name})"
    floor = np.where(band.lower > 0.0, band.lower, bottom / 2.0)
    axes.fill_between(
        band.masses,
        floor,
        band.upper,
        color=_BAND,
        alpha=0.25 if inside else 0.5,
        lw=0.0,
        label=text,
    )
    if inside:
        axes.plot(band.masses, band.upper, color=_BAND, lw=1.2)


def _draw_limits(axes: Axes, limits: Sequence[Limit]) -> None:
    top = 2.0 * axes.get_ylim()[1]
    for index, one in enumerate(limits):
        colour = style.COLOURS[index % len(style.COLOURS)]
        name = f"{labels.title_text(one)}, {labels.beam_text(one)}"
        upper = one.observed_upper
        ceiling = np.full_like(one.observed, top) if upper is None else np.minimum(upper, top)
        axes.fill_between(one.masses, one.observed, ceiling, color=colour, alpha=0.10, lw=0.0)
        if upper is None:
            axes.plot(one.masses, one.observed, color=colour, lw=1.8, label=name)
        else:
            outline(axes, one.masses, one.observed, ceiling, label=name, color=colour, lw=1.8)
