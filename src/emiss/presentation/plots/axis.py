"""Logarithmic axes that can be read at any length: at least two labelled ticks."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ...ground.errors import EmissError
from .style import power_of_ten

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis

__all__ = ["log_axis", "log_range"]

_MOST_LABELS = 10
_DIGITS = ((1,), (1, 2, 5), (1, 2, 3, 5), (1, 2, 3, 4, 5, 6, 8), tuple(range(1, 10)))
"""Leading digits that are labelled, from long axes to short ones."""


def _powers(low: float, high: float) -> range:
    return range(math.floor(math.log10(low) + 1e-9) - 1, math.ceil(math.log10(high) - 1e-9) + 1)


def _ticks(low: float, high: float, digits: Sequence[int]) -> list[float]:
    """Multiples of powers of ten within the ends, which count as inside in spite of rounding."""
    found = [digit * 10.0**power for power in _powers(low, high) for digit in digits]
    return [x for x in found if low * (1.0 - 1e-9) <= x <= high * (1.0 + 1e-9)]


def _labelled(low: float, high: float) -> list[float]:
    """Ticks with labels: as few kinds of digits as give three, or two decades of length."""
    wanted = 2 if high / low > 30.0 else 3
    for digits in _DIGITS:
        ticks = _ticks(low, high, digits)
        if len(ticks) >= wanted:
            return ticks[:: math.ceil(len(ticks) / _MOST_LABELS) if digits == (1,) else 1]
    # Shorter than two steps of a digit: even steps, as on a linear axis.
    step = 10.0 ** math.floor(math.log10((high - low) * (1.0 + 1e-9)))
    for share in (5.0, 2.0, 1.0, 0.5, 0.2, 0.1):
        first = math.ceil(low / (share * step) - 1e-9)
        last = math.floor(high / (share * step) + 1e-9)
        if last - first >= 2:
            break
    return [number * share * step for number in range(first, last + 1)]


def _labels(ticks: Sequence[float]) -> Callable[[float, object], str]:
    """Formatter: powers of ten, or plain numbers where steps between decades are labelled too."""
    decades = all(abs(float(f"{x:e}".split("e")[0]) - 1.0) < 1e-6 for x in ticks)
    plain = not decades and ticks[0] > 9e-4 and ticks[-1] < 1e4

    def label(value: float, _position: object) -> str:
        return f"{value:.6g}" if plain or 0.9 < value < 90.0 else power_of_ten(value)

    return label


def log_axis(axes: Axes, which: str, low: float, high: float) -> None:
    """Make one axis logarithmic with plain-text labels.

    Parameters
    ----------
    axes : Axes
        Where.
    which : str
        ``"x"`` or ``"y"``.
    low, high : float
        Ends of the axis; equal ones are moved apart.

    Notes
    -----
    Decades are labelled; on an axis shorter than a decade or so the steps between as well. Labels
    such as 10⁻³ are written with superscript letters: each costs a tenth of a formula.
    """
    from matplotlib.ticker import FixedLocator, NullFormatter

    if low == high:
        low, high = low / 2.0, high * 2.0
    axis = axes.xaxis if which == "x" else axes.yaxis
    (axes.set_xscale if which == "x" else axes.set_yscale)("log")
    (axes.set_xlim if which == "x" else axes.set_ylim)(low, high)
    major = _labelled(low, high)
    decades = len(_ticks(low, high, (1,)))
    minor = _ticks(low, high, (1,) if decades > 2 * _MOST_LABELS else range(1, 10))
    minor = [x for x in minor if not any(abs(x - y) < 1e-9 * y for y in major)]
    axis.set_major_locator(FixedLocator(major))
    axis.set_major_formatter(_labels(major))
    axis.set_minor_formatter(NullFormatter())
    # Made here: ticks made at drawing time would follow the settings of that moment.
    axis.get_major_ticks(len(major))
    if not _at_once(axes, axis, minor):
        axis.set_minor_locator(FixedLocator(minor))
        axis.get_minor_ticks(len(minor))


def _at_once(axes: Axes, axis: Axis, places: Sequence[float]) -> bool:
    """Make minor ticks of a figure of ours one artist; whether it is one."""
    from matplotlib.ticker import NullLocator

    from .minor_ticks import MinorTicks
    from .shown_figure import ShownFigure

    # Settings of a user may ask for more than the ticks, say a grid.
    if not isinstance(axes.figure, ShownFigure) or axes.figure.emiss_style == "user":
        return False
    for old in [one for one in axes.artists if isinstance(one, MinorTicks) and one.axis is axis]:
        old.remove()
    axis.set_minor_locator(NullLocator())
    axes.add_artist(MinorTicks(axis, places))
    return True


def _round(value: float, up: bool) -> float:
    """Next of 1, 2 or 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(value))
    steps = [digit * power for digit in (1.0, 2.0, 5.0, 10.0)]
    if up:
        return next(x for x in steps if x >= value * (1.0 - 1e-9))
    return next(x for x in reversed(steps) if x <= value * (1.0 + 1e-9))


def log_range(
    arrays: Iterable[NDArray[np.float64]], below: float = 1.5, above: float = 1.5
) -> tuple[float, float]:
    """Round ends around all finite positive values: 1, 2 or 5 times a power of ten.

    Parameters
    ----------
    arrays : iterable of array of float
        Values.
    below, above : float, optional
        Factors of free space kept at the ends.

    Returns
    -------
    tuple of float
        Low and high end.

    Raises
    ------
    EmissError
        If there is no positive finite value.
    """
    values = np.concatenate([np.ravel(array) for array in arrays])
    values = values[np.isfinite(values) & (values > 0.0)]
    if values.size == 0:
        raise EmissError(
            "there is nothing to draw: no mass is excluded and none is expected to be."
        )
    return _round(float(values.min()) / below, False), _round(float(values.max()) * above, True)
