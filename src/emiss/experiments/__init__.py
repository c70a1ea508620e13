"""Experiments as data: one TOML file each, from the catalogue or one's own."""

from ..ground.quantity import STATUSES, Quantity
from .describe import Row, describe, rows
from .efficiency import Efficiency
from .experiment import Experiment, Run
from .loader import get, load, names, template
from .missing_momentum import MissingMomentumSelection, Spectrometer, TriggerCounter
from .setup import Beam, Dump, Layer, MissingEnergySelection, Selection
from .visible import VisibleSelection

__all__ = [
    "STATUSES",
    "Beam",
    "Dump",
    "Efficiency",
    "Experiment",
    "Layer",
    "MissingEnergySelection",
    "MissingMomentumSelection",
    "Quantity",
    "Row",
    "Run",
    "Selection",
    "Spectrometer",
    "TriggerCounter",
    "VisibleSelection",
    "describe",
    "get",
    "load",
    "names",
    "rows",
    "template",
]
