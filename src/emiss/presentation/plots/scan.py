"""A scan of parameters: contours of the limit over mass and a parameter, or over two of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ...ground.arrays import FloatArray
from ...ground.errors import ArgumentError
from ...ground.guards import guarded, instance
from ...ground.quantities import as_quantity
from ...ground.units import format_energy
from . import labels
from . import style as looks
from .arguments import ARGUMENTS
from .axis import log_axis
from .page import new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ...api import ScanResult

__all__ = ["scan"]

_SYMBOLS = {
    "alpha_dark": r"$\alpha_D$",
    "g_chi": r"$g_\chi$",
    "splitting": r"$\Delta$",
}


def _mass(value: Any, name: str) -> None:
    """Guard a mass: a number, text with a unit or a quantity."""
    ARGUMENTS["mass"](as_quantity(value, "energy", name), name)


@guarded(ARGUMENTS, result=instance("ScanResult"), mass=_mass)
def scan(
    result: ScanResult,
    *,
    column: str = "observed",
    mass: Any = None,
    style: str = "emiss",
) -> Figure:
    """Draw contours of the smallest excluded coupling.

    Parameters
    ----------
    result : ScanResult
        Scan of one parameter (against the mass), or of two (at one mass).
    column : str, optional
        Field of `Limit` that is drawn, such as ``"observed"`` or ``"y"``.
    mass : float, str or quantity, optional
        Mass for a scan of two parameters, in GeV if a bare number; that where the limit is lowest
        by default.
    style : str, optional
        ``"emiss"`` or ``"user"``.

    Returns
    -------
    Figure
        Filled contours with values on their lines.

    Raises
    ------
    ArgumentError
        If more than two parameters were varied, one has a single value or is no number, or the
        limits have different masses.

    Examples
    --------
    >>> import emiss
    >>> found = emiss.scan({"alpha_dark": [0.05, 0.1, 0.5]}, masses="10MeV:100MeV:4")
    >>> figure = emiss.plots.scan(found)
    """
    values = result.values(column)
    first = result.limits[0]
    if any(not np.array_equal(one.masses, first.masses) for one in result.limits):
        raise ArgumentError("scan: the limits have different masses; give masses to scan.")
    axes_values = [_numbers(result, name) for name in result.names]
    note = ""
    if len(axes_values) == 1:
        x, y, z = first.masses, axes_values[0], values
        names = rf"$m_{{{labels.mediator_symbol(first)}}}$ [GeV]", _symbol(result.names[0], first)
    elif len(axes_values) == 2:
        at = _chosen(first.masses, values, mass)
        y, x = axes_values
        z = values[:, at].reshape(y.size, x.size)
        names = _symbol(result.names[1], first), _symbol(result.names[0], first)
        note = rf"$m_{{{labels.mediator_symbol(first)}}}$ = {format_energy(first.masses[at])}"
    else:
        raise ArgumentError("scan: a figure shows one or two parameters; give a slice of the scan.")
    if min(x.size, y.size) < 2:
        raise ArgumentError("scan: contours need two values or more of each parameter and mass.")
    order_x, order_y = np.argsort(x), np.argsort(y)
    with looks.styled(style):
        figure, axes = new_figure(5.6, 4.6, (0.135, 0.125, 0.68, 0.765), style=style)
        _contours(axes, (x[order_x], y[order_y]), z[np.ix_(order_y, order_x)], first, column)
        axes.set_xlabel(names[0])
        axes.set_ylabel(names[1])
        title = labels.title_text(first)
        figure.text(0.135, 0.945, title, fontweight="bold")
        facts = [f"{labels.model_text(first)}, {labels.level_text(first)}", note]
        figure.text(0.135, 0.905, ", ".join(x for x in facts if x), fontsize="small")
    return figure


def _numbers(result: ScanResult, name: str) -> FloatArray:
    values = result.axis(name)
    if any(isinstance(x, str | bool) or x <= 0.0 for x in values):
        raise ArgumentError(f"scan: '{name}' is drawn on a logarithmic axis; it needs numbers > 0.")
    return np.array(values, dtype=np.float64)


def _chosen(masses: FloatArray, values: FloatArray, mass: Any) -> int:
    if mass is not None:
        wanted = as_quantity(mass, "energy", "mass")
        return int(np.argmin(np.abs(np.log(masses / wanted))))
    if not np.isfinite(values).any():
        raise ArgumentError("scan: nothing is excluded anywhere, so there is nothing to draw.")
    return int(np.unravel_index(np.nanargmin(values), values.shape)[1])


def _symbol(name: str, limit: Any) -> str:
    if name == "mass_ratio":
        return rf"$m_{{{labels.mediator_symbol(limit)}}} / m_\chi$"
    return _SYMBOLS.get(name, name.replace("_", " "))


def _contours(
    axes: Axes, grid: tuple[FloatArray, FloatArray], values: FloatArray, limit: Any, column: str
) -> None:
    from matplotlib.colors import LogNorm

    x, y = grid
    known = values[np.isfinite(values)]
    if known.size == 0:
        raise ArgumentError("scan: nothing is excluded anywhere, so there is nothing to draw.")
    low, high = float(known.min()), float(known.max())
    if high < low * 1.02:
        low, high = low / 1.1, high * 1.1
    levels = np.geomspace(low, high, 9)
    log_axis(axes, "x", float(x[0]), float(x[-1]))
    log_axis(axes, "y", float(y[0]), float(y[-1]))
    masked = np.ma.masked_invalid(values)
    norm = LogNorm(low, high)
    filled = axes.contourf(x, y, masked, levels, cmap="cividis_r", norm=norm, extend="both")
    axes.contour(x, y, masked, levels[1:-1:2], colors="black", linewidths=0.8)
    place = axes.get_position()
    side = (place.x1 + 0.02, place.y0, 0.03, place.height)
    bar_axes = axes.figure.add_axes(side, label="<colorbar>")
    axes.figure.colorbar(filled, cax=bar_axes)
    log_axis(bar_axes, "y", *bar_axes.get_ylim())
    bar_axes.yaxis.tick_right()
    name = labels.coupling_axis(limit) if column in ("observed", "observed_upper") else column
    name = {"y": r"$y$"}.get(name, name)
    # Above the bar: beside it, the room depends on the length of the numbers.
    bar_axes.text(0.0, 1.075, name, transform=bar_axes.transAxes, fontsize="large")
