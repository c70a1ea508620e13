"""Electromagnetic showers: track lengths by the cascade equations."""

from __future__ import annotations

from .tracks import CITATIONS, PARTICLES, TrackLengths, track_lengths

__all__ = ["CITATIONS", "PARTICLES", "TrackLengths", "track_lengths"]
