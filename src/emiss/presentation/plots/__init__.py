"""Figures of results: `exclusion` and its planes, `compare`, `yields`, and more.

Each function returns a `matplotlib.figure.Figure`, which shows itself as the last line of a
notebook cell; `save_figure` writes it. Importing this package does not import matplotlib.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .acceptance import acceptance
    from .analysis import cut_variables, energy_plane
    from .backgrounds import backgrounds
    from .branching import branching_fractions
    from .compare import compare
    from .cross_section import annihilation_excitation, bremsstrahlung_spectrum, cross_section
    from .curves import curves
    from .depth import depth
    from .event_display import event_display
    from .exclusion import exclusion, squared_plane, thermal_plane
    from .interactive import interactive, save_interactive
    from .optimise import optimise
    from .page import save_figure
    from .relic import relic_line
    from .response import response
    from .scan import scan
    from .shape import shape
    from .tracks import tracks
    from .verdict import verdict
    from .yields import yields

__all__ = [
    "acceptance",
    "annihilation_excitation",
    "backgrounds",
    "branching_fractions",
    "bremsstrahlung_spectrum",
    "compare",
    "cross_section",
    "curves",
    "cut_variables",
    "depth",
    "energy_plane",
    "event_display",
    "exclusion",
    "interactive",
    "optimise",
    "relic_line",
    "response",
    "save_figure",
    "save_interactive",
    "scan",
    "shape",
    "squared_plane",
    "thermal_plane",
    "tracks",
    "verdict",
    "yields",
]

_MODULES = {
    "cut_variables": "analysis",
    "energy_plane": "analysis",
    "branching_fractions": "branching",
    "annihilation_excitation": "cross_section",
    "bremsstrahlung_spectrum": "cross_section",
    "squared_plane": "exclusion",
    "thermal_plane": "exclusion",
    "save_interactive": "interactive",
    "save_figure": "page",
    "relic_line": "relic",
}
"""Modules of functions that are not called like theirs."""


class _Room(ModuleType):
    """The package: a function is loaded when it is asked for, most processes draw one figure."""

    def __getattr__(self, name: str) -> Any:
        if name not in __all__:
            raise AttributeError(f"module '{self.__name__}' has no attribute '{name}'")
        module = importlib.import_module(f".{_MODULES.get(name, name)}", self.__name__)
        value = getattr(module, name)
        setattr(self, name, value)
        return value

    def __setattr__(self, name: str, value: Any) -> None:
        # A module that is loaded leaves its place to the function that is called like it.
        if name in __all__ and isinstance(value, ModuleType):
            value = getattr(value, name)
        super().__setattr__(name, value)

    def __dir__(self) -> list[str]:
        return sorted(__all__)


sys.modules[__name__].__class__ = _Room
