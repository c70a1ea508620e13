"""Track length of a shower against depth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from ...ground.guards import guarded
from ...ground.units import format_energy
from . import labels
from . import style as looks
from .arguments import ARGUMENTS
from .axis import log_axis, log_range
from .lettering import letter
from .page import new_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from ...physics.shower.depth import DepthProfile

__all__ = ["depth"]

_LOOK: Final = {"gamma": 1, "e-": 0, "e+": 2}


@guarded(ARGUMENTS)
def depth(
    profile: DepthProfile, *, min_energy: float | None = None, style: str = "emiss"
) -> Figure:
    """Draw the track length per radiation length of depth.

    Parameters
    ----------
    profile : DepthProfile
        Result of `emiss.depth`.
    min_energy : float, optional
        Count tracks above this energy in GeV; that of the solution by default.
    style : str, optional
        ``"emiss"`` or ``"user"``.

    Returns
    -------
    Figure
        Steps for electrons, positrons and photons; linear in depth, logarithmic in length.

    Raises
    ------
    EmissError
        If there is nothing to draw, or the energy is below that of the solution.

    Examples
    --------
    >>> import emiss
    >>> figure = emiss.plots.depth(emiss.depth("Pb", "e-", "100 GeV"))
    """
    lowest = profile.min_energy if min_energy is None else min_energy
    widths = np.diff(profile.depths)
    with looks.styled(style):
        figure, axes = new_figure(style=style)
        rates = {name: profile.above(name, lowest) / widths for name in ("gamma", "e-", "e+")}
        low, high = log_range(rates.values(), above=1.6)
        log_axis(axes, "y", max(low, 1e-6 * high), high)
        axes.set_xlim(float(profile.depths[0]), float(profile.depths[-1]))
        axes.minorticks_on()
        for name, rate in rates.items():
            index = _LOOK[name]
            axes.stairs(
                np.where(rate > 0.0, rate, np.nan),
                profile.depths,
                baseline=None,
                color=looks.COLOURS[index],
                linestyle=looks.DASHES[index],
                lw=1.8,
                label=labels.typeset(name),
            )
        axes.set_xlabel(r"depth [$X_0$]")
        axes.set_ylabel(r"track length per depth [$X_0/X_0$ per primary]")
        beam = f"{format_energy(profile.energy)} {labels.typeset(profile.primary)}"
        facts = [f"{beam} in {profile.material.name}", f"tracks above {format_energy(lowest)}"]
        letter(
            axes,
            facts,
            facts_at=("lower left", "upper right"),
            legend_at=("upper right", "lower left"),
        )
    return figure
