"""Decays of the boson, or of the dark matter it decays to, one final state or family per file.

A module of this room that defines ``DECAY = Decay(...)`` or ``DECAYS = (...)`` offers decays; so
does what another package offers under the entry points ``emiss.decays``.
"""

from __future__ import annotations

from collections.abc import Mapping

from ....ground.discovery import discover
from .base import Decay

__all__ = ["Decay", "decays"]


def decays() -> Mapping[str, Decay]:
    """All decays by name."""
    return discover("emiss.events.signal.decays", "emiss.decays", Decay)
