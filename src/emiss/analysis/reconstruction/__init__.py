"""Reconstruction: from the columns of recorded events to the variables of cuts."""

from __future__ import annotations

from .events import columns_needed, reconstruct
from .spectrometer import Spectrometer, spectrometer
from .tracks import Tracks, find_tracks

__all__ = [
    "Spectrometer",
    "Tracks",
    "columns_needed",
    "find_tracks",
    "reconstruct",
    "spectrometer",
]
