"""Signal events: bosons made inside a shower, their decays, and the events that they leave."""

from __future__ import annotations

from .replay import forced
from .sample import Bosons, sample_bosons
from .source import Source

__all__ = ["Bosons", "Source", "forced", "sample_bosons"]
