"""Experiments as data: one TOML file each, from the catalogue or one's own."""

from .describe import Row, describe, rows
from .efficiency import Efficiency
from .experiment import Experiment, Run
from .loader import get, load, names, template
from .quantity import STATUSES, Quantity
from .setup import Beam, Dump, Layer, MissingEnergySelection, Selection

__all__ = [
    "STATUSES",
    "Beam",
    "Dump",
    "Efficiency",
    "Experiment",
    "Layer",
    "MissingEnergySelection",
    "Quantity",
    "Row",
    "Run",
    "Selection",
    "describe",
    "get",
    "load",
    "names",
    "rows",
    "template",
]
