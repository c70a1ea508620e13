"""emiss: missing-energy searches for dark bosons, from beam to limit.

>>> import emiss
>>> experiment = emiss.experiments.get("na64e-2016-2022")
>>> model = emiss.models.DarkPhoton(alpha_dark=0.1, mass_ratio=3, dark_matter="scalar")
>>> limit = emiss.limit(experiment, model, masses=emiss.mass_grid("1 MeV", "1 GeV", 60))
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from .ground.errors import EmissError
from .ground.presentable import present_with

if TYPE_CHECKING:
    from . import constraints, experiments, inference, materials, models, processes, shower
    from .constraints import cosmology
    from .experiments import get as experiment
    from .ground import constants, units
    from .ground.units import mass_grid
    from .inference.limit import Limit
    from .inference.search import limit
    from .presentation import plots
    from .yields import signal_yield

__all__ = [
    "EmissError",
    "Limit",
    "__version__",
    "constants",
    "constraints",
    "cosmology",
    "experiment",
    "experiments",
    "inference",
    "limit",
    "mass_grid",
    "materials",
    "models",
    "plots",
    "processes",
    "shower",
    "signal_yield",
    "units",
]

_MODULES = {
    "constants": "emiss.ground.constants",
    "constraints": "emiss.constraints",
    "cosmology": "emiss.constraints.cosmology",
    "experiments": "emiss.experiments",
    "inference": "emiss.inference",
    "materials": "emiss.materials",
    "models": "emiss.models",
    "plots": "emiss.presentation.plots",
    "processes": "emiss.processes",
    "shower": "emiss.shower",
    "units": "emiss.ground.units",
}
_NAMES = {
    "Limit": ("emiss.inference.limit", "Limit"),
    "experiment": ("emiss.experiments", "get"),
    "limit": ("emiss.inference.search", "limit"),
    "mass_grid": ("emiss.ground.units", "mass_grid"),
    "signal_yield": ("emiss.yields", "signal_yield"),
}


# Results show themselves without knowing how; only here are both ends known.
present_with(lambda: importlib.import_module("emiss.presentation.views"))


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return importlib.import_module(_MODULES[name])
    if name in _NAMES:
        module, attribute = _NAMES[name]
        value = getattr(importlib.import_module(module), attribute)
        globals()[name] = value
        return value
    if name == "__version__":
        from importlib import metadata

        return metadata.version("emiss")
    raise AttributeError(f"module 'emiss' has no attribute '{name}'")


def __dir__() -> list[str]:
    return sorted(__all__)
