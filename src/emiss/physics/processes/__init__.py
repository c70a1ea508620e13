"""How beam and matter make a boson: one process per module."""

from __future__ import annotations

from .catalogue import CATALOGUE, ProcessEntry

__all__ = ["CATALOGUE", "ProcessEntry"]
