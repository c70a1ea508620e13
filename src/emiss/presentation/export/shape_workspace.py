"""A shape analysis as pyhf workspaces: a channel per bin, with correlated backgrounds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ...ground.atomic import atomic_directory
from ...inference.shape import ShapeLimit
from .pyhf_workspace import channel_workspace, mass_word

__all__ = ["shape_workspace", "write_shape_workspaces"]


def shape_workspace(found: ShapeLimit, mass: int = 0) -> dict[str, Any]:
    """Workspace of the bins at one mass.

    Parameters
    ----------
    found : ShapeLimit
        The limits.
    mass : int, optional
        Number of the mass.

    Returns
    -------
    dict
        Workspace of schema version 1.0.0; ``mu`` is a number of signal events of the count. Where
        counts are unknown the nearest whole number to the background stands in their place.
    """
    names = [f"bin_{number}" for number in found.used.tolist()]
    return channel_workspace(names, found.channels[mass])


def write_shape_workspaces(found: ShapeLimit, directory: Path | str) -> list[Path]:
    """Write one workspace per mass.

    Parameters
    ----------
    found : ShapeLimit
        The limits.
    directory : path
        Where to; files appear together or not at all.

    Returns
    -------
    list of Path
        ``bins_<mass>.json`` in the order of the masses.

    Raises
    ------
    OutputError
        If the files cannot be written.
    """
    names = [f"bins_{mass_word(float(mass))}.json" for mass in found.masses]
    with atomic_directory(directory) as staging:
        for number, name in enumerate(names):
            text = json.dumps(shape_workspace(found, number), indent=1, allow_nan=False) + "\n"
            (staging / name).write_text(text, encoding="utf-8", newline="\n")
    return [Path(directory) / name for name in names]
