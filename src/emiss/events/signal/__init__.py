"""Signal events: bosons made inside a shower, their decays, and the events that they leave."""

from __future__ import annotations

from .replay import forced
from .sample import Bosons, sample_bosons
from .source import Source, emitters

__all__ = ["Bosons", "Source", "emitters", "forced", "sample_bosons"]
