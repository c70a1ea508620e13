"""Inelastic dark matter: excluded epsilon^2 against the mass of the lighter state."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ...ground.errors import EmissError
from ...inference.limit import Limit
from . import labels, style
from .exclusion import draw_limit

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from ...constraints.cosmology.relic import RelicLine
    from ...constraints.cosmology.thermal_lines import ThermalLine

__all__ = ["inelastic_plane"]


def inelastic_plane(limit: Limit, relic: Sequence[ThermalLine | RelicLine] = ()) -> Figure:
    """Draw excluded epsilon^2 against dark-matter mass, with relic lines.

    Parameters
    ----------
    limit : Limit
        Limit of a model with dark matter on epsilon.
    relic : sequence of ThermalLine or RelicLine, optional
        Couplings that give the observed relic density.

    Returns
    -------
    Figure
        To be saved with `save_figure` or shown by a notebook.

    Raises
    ------
    EmissError
        If the limit has no dark matter or is not one on epsilon.
    """
    if limit.dark_matter_mass is None or limit.coupling_name != "epsilon":
        raise EmissError(
            "inelastic plane: needs a limit on epsilon of a model with dark matter, such as "
            "dark-photon with splitting=0.4."
        )
    masses, upper = limit.dark_matter_mass, limit.observed_upper
    squared = {band: values**2 for band, values in limit.expected.items()}
    edges = [limit.observed**2, *(line.coupling**2 for line in relic)]
    finite = () if upper is None else (np.where(np.isfinite(upper), upper, np.nan) ** 2,)
    with style.styled():
        figure, axes = style.new_figure()
        low, high = style.log_range([*edges, *finite], below=10.0, above=10.0)
        style.log_axis(axes, "x", float(masses[0]), float(masses[-1]))
        style.log_axis(axes, "y", low, high)
        closed = None if upper is None else upper**2
        draw_limit(axes, masses, (limit.observed**2, closed), squared, top=high)
        for number, line in enumerate(relic):
            dashes = ("--", ":", "-.")[number % 3]
            label = "relic density" if number == 0 else None
            look: dict[str, Any] = {"color": "black", "lw": 1.6, "label": label}
            axes.plot(line.masses, line.coupling**2, dashes, **look)
        axes.set_xlabel(r"$m_{\chi_1}$ [GeV]")
        axes.set_ylabel(r"$\epsilon^2$")
        facts = [labels.title_text(limit), labels.beam_text(limit), labels.level_text(limit)]
        splitting = limit.model_parameters.get("splitting", 0.0)
        facts += [labels.dark_sector_text(limit), rf"$\Delta = {float(splitting):g}$"]
        style.info_text(axes, facts, "upper left")
        style.legend(axes, "lower right")
    return figure
