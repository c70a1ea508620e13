"""Limits and relic lines as the plot of the live page draws them, in plain values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, Literal

import numpy as np

from ...ground.errors import EmissError
from ...ground.json_values import rounded
from ...inference.limit import Limit
from ..plots import labels as words
from ..plots.interactive import plain_lettering
from ..plots.plane import Plane, Region, of_limit, of_overlay

__all__ = ["plane_content", "relic_remarks"]

_COLOURS: Final = ("#0b5a8c", "#b3261e", "#2e7d32", "#7b4ba0")
_DASHES: Final = ("", "7 3", "2 3", "9 3 2 3")


def _line(region: Region) -> dict[str, Any]:
    found: dict[str, Any] = {
        "masses": rounded(region.masses),
        "values": rounded(region.lower),
    }
    if region.upper is not None:
        found["upper"] = [
            "open" if np.isposinf(v) else n
            for v, n in zip(region.upper.tolist(), rounded(region.upper), strict=True)
        ]
    return found


def relic_remarks(limit: Limit) -> tuple[tuple[Any, ...], tuple[str, ...]]:
    """Relic lines of the model of a limit, and why there are none."""
    from ...inference.thermal import thermal_overlays
    from ...physics import models

    try:
        model = models.get(limit.model, limit.model_parameters)
        return thermal_overlays(limit, model)
    except EmissError as error:
        return (), (f"no relic lines: {error}",)


def plane_content(
    limits: Sequence[Limit], quantity: Literal["coupling", "y"], relic: Sequence[Any] = ()
) -> dict[str, Any] | None:
    """What one interactive plot shows.

    Parameters
    ----------
    limits : sequence of Limit
        On one coupling.
    quantity : str
        ``coupling`` or ``y``.
    relic : sequence of Overlay, optional
        Relic lines, for the plane of y.

    Returns
    -------
    dict or None
        Lines, labels and title; None where there is nothing to draw.
    """
    if quantity == "y" and any(one.y is None for one in limits):
        return None
    plane = Plane(quantity, "dark-matter" if quantity == "y" else "mediator")
    lines = [_limit_line(one, plane, i, alone=len(limits) == 1) for i, one in enumerate(limits)]
    if not any(v is not None for line in lines for v in (*line["values"], *line["median"])):
        return None
    for number, curve in enumerate(relic):
        dash = _DASHES[number % len(_DASHES)]
        drawn = _line(of_overlay(curve, limits[0], plane))
        lines.append({**drawn, "label": curve.label, "style": "emiss-relic", "dash": dash})
    first = limits[0]
    symbol = plain_lettering(words.mediator_symbol(first))
    in_y = quantity == "y"
    level = f"{100.0 * first.cl:g} % CL"
    return {
        "lines": lines,
        "xLabel": "dark-matter mass m_χ" if in_y else f"mass m_{{{symbol}}}",
        "yLabel": f"y = ε² α_D (m_χ/m_{{{symbol}}})⁴" if in_y
        else plain_lettering(words.coupling_axis(first)),
        "massName": "m_χ" if in_y else f"m_{{{symbol}}}",
        "symbol": "y" if in_y else plain_lettering(first.coupling_label),
        "title": f"Excluded {'y' if in_y else first.coupling_name} against mass, {level}",
    }  # fmt: skip


def _limit_line(limit: Limit, plane: Plane, number: int, *, alone: bool) -> dict[str, Any]:
    region = of_limit(limit, plane)
    found: dict[str, Any] = {
        **_line(region),
        "label": f"{limit.experiment_title}, {limit.kind}",
        "colour": _COLOURS[number % len(_COLOURS)],
        "style": "emiss-limit",
        "dash": _DASHES[number % len(_DASHES)],
        "fill": True,
        "median": rounded(region.bands["0"][0]),
        "events": rounded(limit.signal_events),
        "shares": {name: rounded(share) for name, share in limit.shares.items()},
    }
    if alone:
        found["band"] = [rounded(region.bands[key][0]) for key in ("-1", "1")]
    return found
