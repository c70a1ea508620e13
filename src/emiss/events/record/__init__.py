"""Event records: schema, tables in memory, and files."""

from __future__ import annotations

from .files import FORMATS, read_events, write_events
from .schema import SCHEMA_VERSION, Column, columns_of
from .table import EventTable, Ragged

__all__ = [
    "FORMATS",
    "SCHEMA_VERSION",
    "Column",
    "EventTable",
    "Ragged",
    "columns_of",
    "read_events",
    "write_events",
]
