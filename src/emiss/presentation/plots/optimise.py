"""Figure of expected limits against the threshold of a cut."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ...ground.errors import ArgumentError
from ...ground.guards import guarded, instance
from ...ground.units import format_energy
from .arguments import ARGUMENTS
from .style import styled

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from ...inference.optimise import CutScan

__all__ = ["optimise"]


@guarded(ARGUMENTS, scan=instance("CutScan"))
def optimise(scan: CutScan, *, style: str = "emiss") -> Figure:
    """Draw what thresholds of one cut or two do to the expected limit.

    Parameters
    ----------
    scan : CutScan
        The scan.
    style : str, optional
        ``emiss`` or ``user``.

    Returns
    -------
    Figure
        Of one cut: expected coupling over that of the experiment, signal and background against
        the threshold. Of two: the former as a map.

    Raises
    ------
    ArgumentError
        If more than two cuts move.

    Examples
    --------
    >>> import emiss
    >>> found = emiss.optimise("na64e-2021-2022", {"missing energy": "45GeV,50GeV"}, events=50)
    >>> figure = emiss.plots.optimise(found)
    """
    if len(scan.moved) > 2:
        raise ArgumentError(
            f"figure of {len(scan.moved)} cuts: at most two can be drawn; --json has all numbers."
        )
    return _curves(scan, style) if len(scan.moved) == 1 else _map(scan, style)


def _label(scan: CutScan, number: int) -> str:
    one = scan.moved[number]
    return f"{one.name}, {one.bound}" + (f" [{one.unit}]" if one.unit else "")


def _curves(scan: CutScan, style: str) -> Figure:
    from .shown_figure import ShownFigure

    with styled(style):
        figure = ShownFigure(figsize=(6.4, 5.2), dpi=150, style=style, layout="constrained")
        upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=(3, 2))
        at, last = scan.points[:-1, 0], scan.points.shape[0] - 1
        for row, mass in enumerate(scan.masses):
            scale = scan.expected[row, last]
            upper.errorbar(
                at, scan.expected[row, :last] / scale, scan.expected_error[row, :last] / scale,
                fmt="o-", ms=3, capsize=2, label=format_energy(float(mass)),
            )  # fmt: skip
            lower.errorbar(
                at, scan.signal[row, :last], scan.signal_error[row, :last], fmt="o-", ms=3,
                capsize=2, label=f"signal, {format_energy(float(mass))}",
            )  # fmt: skip
        if scan.background[last] > 0.0:
            lower.errorbar(
                at, scan.background[:last] / scan.background[last],
                scan.background_error[:last] / scan.background[last], fmt="s--", ms=3, capsize=2,
                color="0.35", label="background",
            )  # fmt: skip
        for axes in (upper, lower):
            axes.axvline(scan.moved[0].nominal, color="0.6", lw=1.0, ls=":")
        upper.axvline(scan.points[scan.best, 0], color="0.2", lw=1.0, ls="-.")
        upper.set_ylabel(f"relative {scan.coupling_name}")
        lower.set_ylabel("relative")
        lower.set_xlabel(_label(scan, 0))
        # the legend stands beside the axes, where no curve can lie under it
        upper.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), title="mass")
        lower.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))
        figure.suptitle(
            f"{scan.experiment} {scan.period}: {scan.merit} expected limit", fontsize=10
        )
    return figure


def _map(scan: CutScan, style: str) -> Figure:
    from .shown_figure import ShownFigure

    with styled(style):
        figure = ShownFigure(figsize=(6.4, 4.8), dpi=150, style=style, layout="constrained")
        axes = figure.subplots()
        first, second = (np.array(one.values) for one in scan.moved)
        ratio = np.exp(scan.figure_of_merit[:-1]).reshape(first.size, second.size)
        mesh = axes.pcolormesh(first, second, ratio.T, shading="nearest", cmap="cividis")
        figure.colorbar(mesh, ax=axes, label=f"expected {scan.coupling_name} / experiment's")
        nominal = [one.nominal for one in scan.moved]
        axes.plot(*nominal, "o", color="w", mec="k", label="experiment")
        axes.plot(*scan.points[scan.best], "*", ms=11, color="w", mec="k", label="best")
        axes.set_xlabel(_label(scan, 0))
        axes.set_ylabel(_label(scan, 1))
        figure.legend(loc="outside upper right", ncols=2)
        axes.set_title(f"{scan.experiment} {scan.period}", fontsize=10, loc="left")
    return figure
