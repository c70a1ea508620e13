"""What the functions of the Python surface take, by name of the argument.

Experiments, models, materials, masses and quantities are read in `edge`, which refuses what cannot
be read; the rest is declared here.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from ..ground.guards import (
    Guard,
    count,
    flag,
    function,
    mapping,
    number,
    path,
    text,
    whole,
)

__all__ = ["ARGUMENTS"]

_COUNT = count(1, 10**9)

ARGUMENTS: Final = MappingProxyType[str, Guard](
    {
        "omega": number(1e-6, 1e6),
        "sigmas": number(1e-6, 1e6),
        "coupling": number(0.0, 1e30),
        "y": number(0.0, 1e30),
        "sigma": number(0.0, 1e30, "cm^2"),
        "mass_ratio": number(0.0, 1e15, inside=True),
        "efficiency": number(0.0, 1.0),
        "on_target": number(1.0, 1e30),
        "to": number(1e-3, 2000.0, "X0"),
        "step": number(1e-3, 2000.0, "X0"),
        "min_x": number(0.0, 1.0),
        "intensity": number(0.0, 1e30, "per second"),
        "showers": whole(1, 10**9),
        "events": _COUNT,
        "workers": count(1, 10**4),
        "chunk_events": _COUNT,
        "modules": count(0, 10**4),
        "seed": count(0, 2**63 - 1),
        "method": text,
        "boson": text,
        "form_factor": text,
        "width": text,
        "meson": text,
        "hadron": text,
        "nucleus": text,
        "correlation": text,
        "engine": text,
        "nuclear_model": text,
        "mode": text,
        "dark_matter": text,
        "sample": text,
        "form": text,
        "production": text,
        "signature": text,
        "final_state": text,
        "reference": text,
        "run": text,
        "scheduler": text,
        "stepping": text,
        "reason": text,
        "electron_motion": flag,
        "associated": flag,
        "recoil": flag,
        "resume": flag,
        "triggered": flag,
        "seal": flag,
        "renumber": flag,
        "full": flag,
        "parameters": mapping,
        "fixed": mapping,
        "options": mapping,
        "source_parameters": mapping,
        "target_parameters": mapping,
        "progress": function,
        "path": path,
        "acceptance": path,
        "directory": path,
        "destination": path,
        "data": path,
    }
)
"""Guards by name of the argument; a function with another meaning of a name says so itself."""
