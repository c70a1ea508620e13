"""Modes of a search: what is looked for, one file each, found here and in other packages.

A module of this room that defines ``MODE = Mode(...)`` is a mode; so is what another package offers
under the entry points ``emiss.modes``.
"""

from __future__ import annotations

from ...ground.discovery import Catalogue, discover
from .base import Mode, Problem

__all__ = ["Mode", "Problem", "modes"]


def modes() -> Catalogue[Mode]:
    """All modes by name."""
    return discover("emiss.experiments.modes", "emiss.modes", Mode)
