"""Limits on branching fractions of mesons to nothing: one row per meson, others beside ours."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np

from ...ground.arrays import FloatArray
from ...ground.errors import ArgumentError, EmissError
from ...ground.guards import guarded
from ...inference.limit import Limit
from ..mesons import channel_of, is_branching
from . import labels as words
from . import style as looks
from .arguments import ARGUMENTS
from .axis import log_axis, log_range
from .page import new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ...physics.constraints.invisible_mesons import QuotedLimit

__all__ = ["branching_fractions"]

_MARKERS: Final = {"BESIII": "s", "NA62": "D", "NA64h": "^"}
"""One shape per experiment: told apart in grey."""
_LANE, _MARGIN, _HEAD, _FOOT = 0.27, 0.25, 0.62, 0.62
"""Inches: height of a lane, free space between rows, text above the rows and axis below."""


@guarded(ARGUMENTS)
def branching_fractions(
    *limits: Limit, others: bool = True, ax: Axes | None = None, style: str = "emiss"
) -> Figure:
    """Draw upper limits on branching fractions, a row for each.

    The limit, observed or projected, is a bold stroke, the expected median a dashed one with its
    68 % and 95 % bands; limits of others at 90 % are points with their reference, each in a lane
    of its own.

    Parameters
    ----------
    *limits : Limit
        Results for one meson each, or for all of them with one branching fraction.
    others : bool, optional
        Draw what others have published.
    ax : Axes, optional
        Axes to draw into; a new figure, as high as its rows need, without them.
    style : str, optional
        ``"emiss"``, or ``"user"`` for the settings of the user's matplotlib.

    Returns
    -------
    Figure
        To be saved with `save_figure`; the last line of a notebook cell shows it.

    Raises
    ------
    EmissError
        If there is no limit, one is not on a branching fraction, or nothing is excluded.

    Examples
    --------
    >>> import emiss
    >>> model = emiss.models.get("invisible-meson", {"channel": "eta"})
    >>> limit = emiss.limit("na64h-2023", model, masses=[model.mass])
    >>> figure = emiss.plots.branching_fractions(limit)
    """
    if not limits:
        raise ArgumentError("branching_fractions: give at least one limit.")
    for one in limits:
        if not is_branching(one):
            raise EmissError(
                f"'{one.experiment_title}' is a limit on {one.coupling_name}, not on a branching "
                "fraction; use exclusion."
            )
    looks.check_style(style)
    from ...physics.constraints.invisible_mesons import quoted_limits

    quoted = [quoted_limits(channel_of(one)) if others else () for one in limits]
    values = [_values(one) for one in limits]
    values += [np.array([one.value for one in row]) for row in quoted if row]
    low, high = log_range(values, below=8.0, above=8.0)
    lanes = sum(1 + len(row) for row in quoted)
    with looks.styled("user" if ax is not None else style):
        axes = ax or _new_axes(lanes * _LANE + len(limits) * _MARGIN, style)
        log_axis(axes, "x", low, high)
        _draw_rows(axes, limits, quoted)
        axes.set_xlabel("branching fraction to nothing")
        if ax is None:
            facts = _facts(limits)
            axes.text(
                0.0,
                1.0,
                facts,
                transform=axes.transAxes,
                va="bottom",
                fontsize=8.5,
                linespacing=1.5,
            )
        return axes.get_figure(root=True)  # type: ignore[return-value]


def _new_axes(rows: float, style: str) -> Axes:
    height = rows + _HEAD + _FOOT
    rect = (0.1, _FOOT / height, 0.87, rows / height)
    return new_figure(7.0, height, rect, style=style)[1]


def _values(limit: Limit) -> FloatArray:
    return np.concatenate([limit.observed, *limit.expected.values()])


def _facts(limits: Sequence[Limit]) -> str:
    titles = dict.fromkeys(words.title_text(one) for one in limits)
    beams = dict.fromkeys(words.beam_text(one) for one in limits)
    levels = dict.fromkeys(words.level_text(one) for one in limits)
    first = " + ".join(titles)
    kinds = " or ".join(dict.fromkeys(one.kind for one in limits))
    return f"{first}: {', '.join(beams)}, {', '.join(levels)}\n" + (
        f"bold: {kinds}; dashed: expected, 68 % and 95 %; points: others at 90 % CL, open if from "
        "a ratio"
    )


def _draw_rows(
    axes: Axes, limits: Sequence[Limit], quoted: Sequence[Sequence[QuotedLimit]]
) -> None:
    top, ticks, names = 0.0, [], []
    for number, (limit, row) in enumerate(zip(limits, quoted, strict=True)):
        bottom = top - _MARGIN - _LANE * (1 + len(row))
        if number:
            axes.axhline(top, color="0.8", lw=0.6, zorder=0.5)
        middle = top - 0.5 * _MARGIN - 0.5 * _LANE
        _draw_ours(axes, limit, middle)
        for lane, one in enumerate(row, 1):
            _draw_other(axes, one, middle - lane * _LANE)
        ticks.append(0.5 * (top + bottom))
        names.append("all" if channel_of(limit) == "all" else f"${limit.symbol}$")
        top = bottom
    axes.set_ylim(top, 0.0)
    axes.set_yticks(ticks, names, fontsize=13)
    axes.tick_params(axis="y", length=0, right=False)


def _draw_ours(axes: Axes, limit: Limit, at: float) -> None:
    """Bands as boxes, median dashed, the limit bold; nothing where nothing is excluded."""
    half = 0.42 * _LANE
    for low, high, fill in (("-2", "2", looks.BAND_2), ("-1", "1", looks.BAND_1)):
        ends = limit.expected[low][0], limit.expected[high][0]
        if np.all(np.isfinite(ends)):
            axes.fill_betweenx([at - half, at + half], *ends, color=fill, lw=0.0, zorder=1.0)
    median, observed = float(limit.expected["0"][0]), float(limit.observed[0])
    if np.isfinite(median):
        axes.plot([median] * 2, [at - half, at + half], "--", color="black", lw=1.2, zorder=1.5)
    if np.isfinite(observed):
        axes.plot(
            [observed] * 2, [at - half, at + half], color=looks.OURS, lw=3.0, zorder=2.0,
            solid_capstyle="butt",
        )  # fmt: skip
        drawn = (observed, *_finite(limit))
        _beside(axes, min(drawn), max(drawn), at, f"emiss: {_digits(observed)}", bold=True)
    elif not np.isfinite(median):
        _say_nothing(axes, at)


def _say_nothing(axes: Axes, at: float) -> None:
    low, high = axes.get_xlim()
    axes.text(
        float(np.sqrt(low * high)), at, "emiss: nothing excluded", ha="center", va="center",
        fontsize=8.5, color=looks.OURS,
    )  # fmt: skip


def _digits(value: float) -> str:
    mantissa, exponent = f"{value:.1e}".split("e")
    return f"{mantissa}×{looks.power_of_ten(10.0 ** int(exponent))}"


def _finite(limit: Limit) -> tuple[float, ...]:
    return tuple(float(v[0]) for v in limit.expected.values() if np.isfinite(v[0]))


def _draw_other(axes: Axes, one: QuotedLimit, at: float) -> None:
    shape = _MARKERS.get(one.experiment, "o")
    filled = one.status == "published"
    axes.plot(
        one.value, at, shape, color="0.2", ms=5.5, mfc="0.2" if filled else "white", zorder=2.0
    )
    _beside(axes, one.value, one.value, at, f"{one.label}: {_digits(one.value)}")


def _beside(
    axes: Axes, left: float, right: float, at: float, text: str, *, bold: bool = False
) -> None:
    """Text on the side of a point where there is more room."""
    low, high = axes.get_xlim()
    on_right = np.sqrt(left * right) < np.sqrt(low * high)
    axes.annotate(
        text,
        (right if on_right else left, at),
        (8.0 if on_right else -8.0, 0.0),
        textcoords="offset points",
        ha="left" if on_right else "right",
        va="center",
        fontsize=8.5,
        color=looks.OURS if bold else "0.15",
        fontweight="bold" if bold else "normal",
    )
