"""A shape analysis as pyhf workspaces: a channel per bin, with correlated backgrounds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ...inference.shape import ShapeLimit
from .pyhf_workspace import channel_workspace, mass_word, write_json_files

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
    documents = {
        f"bins_{mass_word(float(mass))}.json": shape_workspace(found, number)
        for number, mass in enumerate(found.masses)
    }
    return write_json_files(documents, directory)
