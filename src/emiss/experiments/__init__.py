"""Experiments as data: one TOML file each, from the catalogue or one's own."""

from ..ground.quantity import STATUSES, Quantity
from .beam import Beam, Contamination
from .describe import Row, describe, rows
from .efficiency import Efficiency
from .elements import Element, Layer, kinds
from .experiment import Experiment
from .layout import Layout
from .loader import get, load, names, template
from .modes import Mode, modes
from .roles import roles
from .run import Run
from .selection import Cut, Selection, Threshold, Trigger
from .setup import Recoil, Setup, Window

__all__ = [
    "STATUSES",
    "Beam",
    "Contamination",
    "Cut",
    "Efficiency",
    "Element",
    "Experiment",
    "Layer",
    "Layout",
    "Mode",
    "Quantity",
    "Recoil",
    "Row",
    "Run",
    "Selection",
    "Setup",
    "Threshold",
    "Trigger",
    "Window",
    "describe",
    "get",
    "kinds",
    "load",
    "modes",
    "names",
    "roles",
    "rows",
    "template",
]
