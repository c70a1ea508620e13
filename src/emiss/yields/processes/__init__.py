"""Processes that make the boson in a setup: one file each, found here and in other packages.

A module of this room that defines ``PROCESS = Process(...)`` is a process; modes name those that
they use. Another package offers one under the entry points ``emiss.processes``.
"""

from __future__ import annotations

from collections.abc import Mapping

from ...ground.discovery import discover
from .base import (
    Options,
    Process,
    ProcessYield,
    Request,
    couples_to_lepton,
    couples_to_photon,
)

__all__ = [
    "Options",
    "Process",
    "ProcessYield",
    "Request",
    "couples_to_lepton",
    "couples_to_photon",
    "processes",
]


def processes() -> Mapping[str, Process]:
    """All processes by name."""
    return discover("emiss.yields.processes", "emiss.processes", Process)
