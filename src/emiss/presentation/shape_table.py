"""Limits from bins as tables of text and columns."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from ..ground.units import format_energy
from .text_table import TextTable, number

if TYPE_CHECKING:
    from ..inference.shape import ShapeLimit

__all__ = ["bins_table", "shape_columns", "shape_table"]


def bin_words(found: ShapeLimit, place: int) -> tuple[str, ...]:
    """Range of a bin in each variable."""
    counts = [len(axis.edges) - 1 for axis in found.axes]
    return tuple(
        f"{number(axis.edges[at], 4)} – {number(axis.edges[at + 1], 4)}"
        for axis, at in zip(found.axes, np.unravel_index(place, counts), strict=True)
    )


def bins_table(found: ShapeLimit) -> TextTable:
    """Bins with what was seen, backgrounds and signal.

    Parameters
    ----------
    found : ShapeLimit
        The limits.

    Returns
    -------
    TextTable
        A row per bin that is used; the signal is that of the first mass over that of the count.
    """
    heads = (
        *(
            axis.variable + (f" [{unit}]" if unit else "")
            for axis, unit in zip(found.axes, found.units, strict=True)
        ),
        "region", "observed", *(part.name for part in found.parts),
        f"signal {format_energy(float(found.masses[0]))}",
    )  # fmt: skip
    rows = []
    for place in found.used.tolist():
        seen = found.observed[place]
        rows.append((
            *bin_words(found, place), "yes" if found.inside[place] else "no",
            "not known" if seen is None else str(seen),
            *(
                f"{number(float(part.events[place]), 3)} ± "
                f"{number(float(np.hypot(part.monte_carlo[place], part.relative * part.events[place])), 2)}"  # noqa: E501
                for part in found.parts
            ),
            f"{found.signal[0, place]:.3f} ± {found.signal_error[0, place]:.3f}",
        ))  # fmt: skip
    title = f"{found.experiment} {found.period}: bins, {found.events} signal events per mass"
    return TextTable(title, heads, tuple(rows))


def shape_table(found: ShapeLimit) -> TextTable:
    """Couplings that bins and count exclude.

    Parameters
    ----------
    found : ShapeLimit
        The limits.

    Returns
    -------
    TextTable
        A row per mass.
    """
    name = found.coupling_name
    heads = (
        "mass", f"{name}, bins", "expected", "−1σ", "+1σ", f"{name}, count", "expected",
        "gain", "p-value",
    )  # fmt: skip
    rows = []
    for row, mass in enumerate(found.masses):
        bins = (found.shape_couplings[key][row] for key in ("observed", "0", "-1", "1"))
        count = (found.count_couplings[key][row] for key in ("observed", "0"))
        rows.append((
            format_energy(float(mass)), *(_text(x) for x in bins), *(_text(x) for x in count),
            _text(found.gain[row]), _text(found.p_value[row]),
        ))  # fmt: skip
    title = (
        f"{found.experiment} {found.period}: bins in "
        f"{' and '.join(axis.variable for axis in found.axes)} beside the count, "
        f"{100 * found.cl:g}% CL ({found.method}), {found.model}"
    )
    return TextTable(title, heads, tuple(rows), found.notes)


def _text(value: float) -> str:
    return number(float(value), 4) if math.isfinite(value) else "–"


def shape_columns(found: ShapeLimit) -> dict[str, Any]:
    """Numbers of the limits by column.

    Parameters
    ----------
    found : ShapeLimit
        The limits.

    Returns
    -------
    dict of str to array
        A row per mass.
    """
    columns: dict[str, Any] = {"mass": found.masses}
    for word, values in (("bins", found.shape_couplings), ("count", found.count_couplings)):
        columns |= {f"{word} {key}": each for key, each in values.items()}
    return columns | {"gain": found.gain, "p_value": found.p_value}
