"""Blinding: the signal region of data is hidden where data are read, until it is opened."""

from __future__ import annotations

from ...events.record.table import is_simulation
from .gate import readable, visible
from .log import (
    LOG_NAME,
    SEALED,
    Entry,
    Status,
    append,
    read_log,
    region_hash,
    selection_hash,
    status_of,
)
from .region import hidden
from .skim import skim

__all__ = [
    "LOG_NAME",
    "SEALED",
    "Entry",
    "Status",
    "append",
    "hidden",
    "is_simulation",
    "read_log",
    "readable",
    "region_hash",
    "selection_hash",
    "skim",
    "status_of",
    "visible",
]
