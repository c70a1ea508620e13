"""Detectors of synchrotron radiation: modules side by side, each photon followed into them."""

from __future__ import annotations

from ...experiments.elements.synchrotron_detector import SynchrotronDetector
from ..bank import Bank
from ..context import Context
from ..matter import SOFT
from .base import Hits, Place, Station
from .passing import deposits, through

__all__ = ["STATION"]


def _traverse(places: tuple[Place, ...], bank: Bank, context: Context) -> tuple[Bank, Hits]:
    element = places[0].element
    assert isinstance(element, SynchrotronDetector)
    behind, _, passage, _ = through(places, bank, context, element.modules, settings=SOFT)
    return behind, {element.name: deposits(passage, context, 0, element.modules, 1)}


STATION = Station("synchrotron-detector", _traverse)
