"""Samples of events: one file per family, found here and in other packages.

A module of this room that defines ``SAMPLE = Sample(...)`` or ``SAMPLES = (...)`` offers samples;
so does what another package offers under the entry points ``emiss.samples``.
"""

from __future__ import annotations

from collections.abc import Mapping

from ...ground.discovery import discover
from .base import Primaries, Sample

__all__ = ["Primaries", "Sample", "samples"]


def samples() -> Mapping[str, Sample]:
    """All samples by name."""
    return discover("emiss.events.samples", "emiss.samples", Sample)
