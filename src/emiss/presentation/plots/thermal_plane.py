"""The dark-matter figure: y = epsilon^2 alpha_D (m_chi / m_A')^4 against dark-matter mass."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ...constraints.curves.overlay import Overlay
from ...ground.errors import EmissError
from ...inference.limit import Limit
from . import labels, style
from .exclusion import draw_limit, draw_overlays

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["thermal_plane", "y_per_coupling_squared"]


def y_per_coupling_squared(limit: Limit) -> NDArray[np.float64]:
    r"""Factor that turns the squared coupling into y, per mass.

    .. math:: y / \epsilon^2 = \alpha_D (m_\chi / m_{A'})^4

    Parameters
    ----------
    limit : Limit
        A result with dark matter.

    Returns
    -------
    array of float, shape (n,)
        Dimensionless; NaN where it follows neither from the parameters nor from the result.

    Raises
    ------
    EmissError
        If the model has no y.
    """
    if limit.y is None or limit.dark_matter_mass is None:
        raise EmissError(
            f"the model '{limit.model}' with these parameters has no y; "
            "draw the coupling against the mediator mass instead."
        )
    if "alpha_dark" in limit.model_parameters:
        alpha = float(limit.model_parameters["alpha_dark"])
        factor: NDArray[np.float64] = alpha * (limit.dark_matter_mass / limit.masses) ** 4
    else:
        factor = limit.y / limit.observed**2
    return factor


def thermal_plane(
    limit: Limit, thermal_lines: Sequence[Overlay] = (), overlays: Sequence[Overlay] = ()
) -> Figure:
    """Draw the excluded y against dark-matter mass.

    Parameters
    ----------
    limit : Limit
        A result of a model with dark matter.
    thermal_lines : sequence of Overlay, optional
        y of the relic abundance against dark-matter mass, drawn as grey lines.
    overlays : sequence of Overlay, optional
        Curves of others in y; those of another quantity are left out.

    Returns
    -------
    Figure
        With alpha_D and the mass ratio printed, on which y of a limit depends.

    Raises
    ------
    EmissError
        If the model has no y or there is nothing to draw.
    """
    factor = y_per_coupling_squared(limit)
    masses, observed = limit.dark_matter_mass, limit.y
    assert masses is not None
    assert observed is not None
    expected = {band: factor * values**2 for band, values in limit.expected.items()}
    upper = None if limit.observed_upper is None else factor * limit.observed_upper**2
    curves = [o for o in overlays if o.quantity == "y"]
    with style.styled():
        figure, axes = style.new_figure()
        # with relic lines the legend needs room below the curves
        below = 300.0 if thermal_lines else 3.0
        low, high = style.log_range([observed, *expected.values()], below=below, above=20.0)
        if thermal_lines:  # near resonance they lie far below the limit
            relic, _ = style.log_range([line.values for line in thermal_lines], below=30.0)
            low = min(low, relic)
        style.log_axis(axes, "x", float(masses[0]), float(masses[-1]))
        style.log_axis(axes, "y", low, high)
        draw_limit(axes, masses, (observed, upper), expected, top=high)
        for line, dashes in zip(thermal_lines, ("-", "--", "-.", ":") * 9, strict=False):
            axes.plot(line.masses, line.values, dashes, color="0.35", lw=1.8, label=line.label)
        draw_overlays(axes, curves)
        symbol = labels.mediator_symbol(limit)
        axes.set_xlabel(r"$m_\chi$ [GeV]")
        coupling = limit.coupling_label
        axes.set_ylabel(rf"$y = {coupling}^2\,\alpha_D\,(m_\chi/m_{{{symbol}}})^4$")
        facts = [labels.title_text(limit), labels.beam_text(limit), labels.level_text(limit)]
        style.info_text(axes, [*facts, labels.dark_sector_text(limit)])
        style.legend(axes, columns=2 if thermal_lines else 1)
    return figure
