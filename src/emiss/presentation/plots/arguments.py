"""What the figures take, by name of the argument."""

from __future__ import annotations

import os
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

import numpy as np

from ...ground.checks import wrong_type
from ...ground.errors import ArgumentError
from ...ground.guards import (
    Guard,
    chosen,
    each,
    flag,
    instance,
    number,
    path,
    row,
    text,
    texts,
    whole,
)
from ...physics.processes.arguments import IN_MATTER, ON_ELECTRONS
from .plane import QUANTITIES
from .style import STYLES

__all__ = ["ARGUMENTS", "lines_of_numbers", "row_numbers"]


def _colour(value: Any, name: str) -> None:
    from matplotlib.colors import is_color_like

    if not is_color_like(value):
        raise wrong_type(value, name, "colours such as 'black', '#0072b2' or (0.0, 0.4, 0.7)")


def lines_of_numbers(value: Any, name: str) -> None:
    """Guard a mapping of names to rows of finite numbers."""
    if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
        raise wrong_type(value, name, "a mapping of names to rows of numbers")
    for part in value.values():
        row(-1e300, 1e300, some=True)(part, name)


def row_numbers(value: Any, name: str) -> None:
    """Guard numbers of rows of a table."""
    try:
        array = np.asarray(value) if isinstance(value, list | tuple | np.ndarray) else None
    except ValueError:  # rows of different lengths
        array = None
    if array is None or array.dtype.kind not in "iu" or array.ndim != 1 or np.ma.is_masked(value):
        raise wrong_type(value, name, "a row of whole numbers")
    if array.size == 0 or array.min() < 0:
        raise ArgumentError(f"{name}: give at least one number of a row, 0 or more.")


def _curve(value: Any, name: str) -> None:
    """Guard a curve, or the path of one."""
    if isinstance(value, str | os.PathLike):
        path(value, name)
    else:
        instance("Overlay")(value, name)


ARGUMENTS: Final = MappingProxyType[str, Guard](
    {
        "limit": instance("Limit"),
        "limits": instance("Limit"),
        "lines": instance("RelicLine", "ThermalLine"),
        "signals": instance("SignalYield", "CombinedYield"),
        "lengths": instance("TrackLengths"),
        "profile": instance("DepthProfile"),
        "analysis": instance("Analysis"),
        "report": instance("VerdictReport"),
        "figure": instance("Figure"),
        "ax": instance("Axes"),
        "curves": each(_curve, alone=True),
        "given": each(_curve),
        "overlays": each(_curve),
        "relic": each(instance("ThermalLine", "RelicLine", "Overlay")),
        "moments": each(instance("CouplingBand"), alone=True),
        "quantity": chosen(QUANTITIES),
        "against": chosen(("mediator", "dark-matter")),
        "style": chosen(STYLES),
        "labels": texts,
        "colours": each(_colour),
        "facts": each(text),
        "details": each(text),
        "formats": each(text),
        "title": text,
        "x_label": text,
        "y_label": text,
        "coupling_axis": text,
        "column": text,
        "expected": flag,
        "others": flag,
        "in_y": flag,
        "coupling": number(0.0, 1e30, inside=True),
        "mass": number(0.0, 1e3, "GeV", inside=True),
        "min_energy": number(0.0, 1e6, "GeV", inside=True),
        "energy": number(0.0, 1e6, "GeV", inside=True),
        "bins": whole(1, 10_000),
        "x": row(-1e300, 1e300, some=True),
        "path": path,
        "model": ON_ELECTRONS["model"],
        "width_form": ON_ELECTRONS["width_form"],
        "boson": ON_ELECTRONS["boson"],
        "element": instance("Element"),
        "form_factor": IN_MATTER["form_factor"],
        "projectile": text,
    }
)
"""Guards by name of the argument; a figure with another meaning of a name says so itself."""
