"""emiss: missing-energy searches for dark bosons, from beam to limit.

>>> import emiss
>>> limit = emiss.limit("na64e-2016-2022", "dark-photon", masses=["1 MeV", "10 MeV", "100 MeV"])
>>> figure = emiss.plots.exclusion(limit)
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from .ground.callable_room import call_with
from .ground.errors import EmissError
from .ground.presenters import present_with
from .ground.short_names import import_as

if TYPE_CHECKING:
    from . import experiments, inference, yields
    from .api import (
        ScanResult,
        acceptance,
        analyse,
        backgrounds,
        compare,
        cross_sections,
        cutflow,
        decays,
        depth,
        direct_detection,
        dump_experiment,
        dump_scatter,
        ecal_response,
        generate,
        hcal_response,
        limit,
        loss,
        moments,
        optimise,
        punch_through,
        recast,
        relic,
        scan,
        shape,
        simulate,
        skim,
        tracks,
        unblind,
        verdict,
    )
    from .ground import constants, units
    from .ground.units import mass_grid
    from .inference.counting import upper_limit
    from .inference.discovery import significance
    from .inference.limit import Limit
    from .inference.verdict import VerdictReport
    from .physics import constraints, materials, models, processes, shower
    from .physics.constraints import cosmology
    from .physics.constraints.curves.curve_files import read_curve
    from .presentation import plots
    from .presentation.explore.widget import explore
    from .yields.signal import SignalYield

_MODULES = {
    "constants": "emiss.ground.constants",
    "constraints": "emiss.physics.constraints",
    "cross_sections": "emiss.api.cross_sections",
    "cosmology": "emiss.physics.constraints.cosmology",
    "experiments": "emiss.experiments",
    "inference": "emiss.inference",
    "materials": "emiss.physics.materials",
    "models": "emiss.physics.models",
    "plots": "emiss.presentation.plots",
    "processes": "emiss.physics.processes",
    "shower": "emiss.physics.shower",
    "units": "emiss.ground.units",
    "yields": "emiss.yields",
}
_NAMES = {
    "Limit": ("emiss.inference.limit", "Limit"),
    "ScanResult": ("emiss.api", "ScanResult"),
    "SignalYield": ("emiss.yields.signal", "SignalYield"),
    "VerdictReport": ("emiss.inference.verdict", "VerdictReport"),
    "acceptance": ("emiss.api", "acceptance"),
    "analyse": ("emiss.api", "analyse"),
    "backgrounds": ("emiss.api", "backgrounds"),
    "compare": ("emiss.api", "compare"),
    "cutflow": ("emiss.api", "cutflow"),
    "decays": ("emiss.api", "decays"),
    "depth": ("emiss.api", "depth"),
    "direct_detection": ("emiss.api", "direct_detection"),
    "dump_experiment": ("emiss.api", "dump_experiment"),
    "dump_scatter": ("emiss.api", "dump_scatter"),
    "ecal_response": ("emiss.api", "ecal_response"),
    "explore": ("emiss.presentation.explore.widget", "explore"),
    "generate": ("emiss.api", "generate"),
    "hcal_response": ("emiss.api", "hcal_response"),
    "limit": ("emiss.api", "limit"),
    "loss": ("emiss.api", "loss"),
    "mass_grid": ("emiss.ground.units", "mass_grid"),
    "moments": ("emiss.api", "moments"),
    "optimise": ("emiss.api", "optimise"),
    "punch_through": ("emiss.api", "punch_through"),
    "read_curve": ("emiss.physics.constraints.curves.curve_files", "read_curve"),
    "recast": ("emiss.api", "recast"),
    "relic": ("emiss.api", "relic"),
    "scan": ("emiss.api", "scan"),
    "shape": ("emiss.api", "shape"),
    "significance": ("emiss.inference.discovery", "significance"),
    "simulate": ("emiss.api", "simulate"),
    "skim": ("emiss.api", "skim"),
    "tracks": ("emiss.api", "tracks"),
    "unblind": ("emiss.api", "unblind"),
    "upper_limit": ("emiss.inference.counting", "upper_limit"),
    "verdict": ("emiss.api", "verdict"),
}
_GONE = {
    "experiment": "emiss.experiments.get",
    "signal_yield": "emiss.yields",
}
"""Names that differed by a letter from others, or said the same, and what to write instead."""

__all__ = [
    "EmissError",
    "Limit",
    "ScanResult",
    "SignalYield",
    "VerdictReport",
    "__version__",
    "acceptance",
    "analyse",
    "backgrounds",
    "compare",
    "constants",
    "constraints",
    "cosmology",
    "cross_sections",
    "cutflow",
    "decays",
    "depth",
    "direct_detection",
    "dump_experiment",
    "dump_scatter",
    "ecal_response",
    "experiments",
    "explore",
    "generate",
    "hcal_response",
    "inference",
    "limit",
    "loss",
    "mass_grid",
    "materials",
    "models",
    "moments",
    "optimise",
    "plots",
    "processes",
    "punch_through",
    "read_curve",
    "recast",
    "relic",
    "scan",
    "shape",
    "shower",
    "significance",
    "simulate",
    "skim",
    "tracks",
    "unblind",
    "units",
    "upper_limit",
    "verdict",
    "yields",
]


# Results show themselves without knowing how; only here are both ends known.
present_with(lambda: importlib.import_module("emiss.presentation.views"))
call_with("emiss.yields", lambda: importlib.import_module("emiss.api").yields)
# `from emiss.models import DarkPhoton` works as `emiss.models.DarkPhoton` does.
for _name, _module in _MODULES.items():
    if _module != f"emiss.{_name}":
        import_as(f"emiss.{_name}", _module)


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
    if name in _GONE:
        raise AttributeError(f"module 'emiss' has no attribute '{name}'; use {_GONE[name]}.")
    raise AttributeError(f"module 'emiss' has no attribute '{name}'")


def __dir__() -> list[str]:
    return sorted(__all__)
