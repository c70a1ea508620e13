"""Kinds of element of an apparatus: one file each, found here and in other packages.

A module of this room that defines ``DETECTOR = Detector(name, class)`` is a kind; so is what
another package offers under the entry points ``emiss.detectors``.
"""

from __future__ import annotations

from ...ground.discovery import Catalogue, discover
from .base import ROLES, Detector, Element, Layer

__all__ = ["ROLES", "Detector", "Element", "Layer", "kinds"]


def kinds() -> Catalogue[Detector]:
    """All kinds of element by the name that a file gives them."""
    return discover("emiss.experiments.elements", "emiss.detectors", Detector)
