"""All variables of an event: of its tracks, of each element, of each role."""

from __future__ import annotations

from typing import Final

import numpy as np

from ...events.record import EventTable
from ...experiments.elements import Element
from ...experiments.elements.dipole import Dipole
from ...experiments.elements.tracker import Tracker
from ...experiments.layout import Layout
from ...ground.arrays import FloatArray
from ...ground.errors import EmissError
from .detectors import Reconstruction, Variables, reconstructions
from .detectors.base import column, numbers
from .detectors.tracker import padded
from .spectrometer import Spectrometer, spectrometer
from .tracks import find_tracks

__all__ = ["columns_needed", "reconstruct", "station_hits"]

MOST_PADDED: Final = 12
"""Hits of a station that a track finder looks at."""
_SIDES: Final = {"incoming": "incoming-spectrometer", "outgoing": "outgoing-spectrometer"}


def columns_needed(layout: Layout) -> tuple[str, ...]:
    """Columns of records that the variables of a layout follow from.

    Parameters
    ----------
    layout : Layout
        The apparatus.

    Returns
    -------
    tuple of str
        Each once.
    """
    found = ["run", "spill", "event", "weight", "trigger"]
    for element in layout.elements:
        if element.measures:
            found += _of(element).columns(element)
    return tuple(dict.fromkeys(found))


def _of(element: Element) -> Reconstruction:
    return element.of_kind(reconstructions(), "reconstruction", "emiss.reconstructions")


def reconstruct(table: EventTable, layout: Layout, *, tracks: bool = True) -> Variables:
    """Variables of recorded events.

    Parameters
    ----------
    table : EventTable
        Events, with the columns of `columns_needed`.
    layout : Layout
        The apparatus that recorded them.
    tracks : bool, optional
        Whether to find tracks, which takes most of the time; their variables are left out if not.

    Returns
    -------
    dict of array
        Every one of `Layout.variables`, one entry per event: GeV, cm, rad, ns. NaN where an event
        has no value (no track, no signal).

    Raises
    ------
    EmissError
        If a column is missing.
    """
    for name in columns_needed(layout):
        if name not in table.columns:
            raise EmissError(f"the events have no column '{name}', which '{layout.mode}' needs.")
    found: Variables = {}
    for element in layout.elements:
        if element.measures:
            own = _of(element).variables(element, table, layout)
            missing = [name for name in element.variables if name not in own]
            if missing:
                raise EmissError(
                    f"'{missing[0]}' is measured by elements of the kind '{element.kind}', and "
                    "their reconstruction does not give it."
                )
            found |= own
    for role in dict.fromkeys(element.role for element in layout.elements):
        parts = [e for e in layout.role(role) if "energy" in e.measures]
        if parts:
            energies = [found[column(element, "energy")] for element in parts]
            found[f"{role.replace('-', '_')}_energy"] = np.sum(energies, axis=0)
    if not tracks:
        return found
    for side, role in _SIDES.items():
        found |= _tracks(table, layout, side, role)
    across = np.sin(found["outgoing_angle"])
    found["outgoing_transverse_momentum"] = found["outgoing_momentum"] * across
    return found


def _tracks(table: EventTable, layout: Layout, side: str, role: str) -> Variables:
    chosen = spectrometer(layout, role)
    if chosen is None:
        return _without_tracks(table, layout, side, role)
    tracks = find_tracks(chosen, *station_hits(table, chosen))
    return {
        f"{side}_momentum": tracks.momentum,
        f"{side}_angle": np.hypot(tracks.slope_x, tracks.slope_y),
        f"{side}_tracks": tracks.number.astype(np.float64),
        f"{side}_chi2": tracks.chi2,
    }


def station_hits(table: EventTable, chosen: Spectrometer) -> tuple[FloatArray, FloatArray]:
    """Coordinates of the hits of a spectrometer.

    Parameters
    ----------
    table : EventTable
        Records of events.
    chosen : Spectrometer
        The spectrometer.

    Returns
    -------
    two arrays, shape (events, stations, hits)
        In cm in the bending plane and across it; NaN where there is none.
    """
    x, y = (
        _stacked([padded(table.lists(column(station, axis)), MOST_PADDED)
                  for station in chosen.stations])
        for axis in ("x", "y")
    )  # fmt: skip
    return x, y


def _stacked(rows: list[FloatArray]) -> FloatArray:
    found = np.stack(rows, axis=1)
    used = max(int(np.isfinite(found).any(axis=(0, 1)).sum()), 1)
    return found[:, :, :used]


def _without_tracks(table: EventTable, layout: Layout, side: str, role: str) -> Variables:
    """No track fit is possible: the momentum of a spectrometer of stated resolution, or none.

    The simulated momentum is smeared with what the layout says of its magnet; the number of tracks
    is whether its stations have a hit. Without stations every particle there is measured.
    """
    nothing = np.full(len(table), np.nan)
    found = {f"{side}_{name}": nothing for name in ("momentum", "angle", "tracks", "chi2")}
    magnet = layout.first(Dipole, role)
    stations = [e for e in layout.role(role) if isinstance(e, Tracker)]
    if stations:
        counts = np.stack([table.lists(column(s, "x")).counts for s in stations])
        found[f"{side}_tracks"] = counts.max(axis=0).astype(np.float64)
    truth = "truth_target_momentum" if side == "incoming" else "truth_outgoing_momentum"
    if magnet is not None and magnet.momentum_resolution is not None and truth in table.columns:
        seed = np.random.Philox(key=int(table["event"][0]) if len(table) else 0)
        normal = np.random.Generator(seed).standard_normal(len(table))
        true = numbers(table, truth)
        momentum = true * (1.0 + magnet.momentum_resolution.value * normal)
        seen = found[f"{side}_tracks"] if stations else true
        found[f"{side}_momentum"] = np.where(seen > 0.0, momentum, np.nan)
    return found
