"""What a yield is asked with, by name of the argument."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from ..ground.guards import (
    Guard,
    count,
    flag,
    function,
    instance,
    number,
    optional,
    path,
    row,
    text,
    whole,
)

__all__ = ["ARGUMENTS", "MASSES"]

MASSES: Final = row(1e-15, 1e6, "GeV", some=True)

ARGUMENTS: Final = MappingProxyType[str, Guard](
    {
        "model": instance("Model"),
        "masses": MASSES,
        "on_target": number(1.0, 1e30),
        "form_factor": text,
        "electron_motion": flag,
        "associated": flag,
        "progress": function,
        "engine": text,
        "showers": count(1, 10**9),
        "seed": whole(0, 2**63 - 1),
        "nuclear_model": text,
        "acceptance": path,
        "recoils": optional(count(1, 10**9)),
    }
)
"""Guards by name of the argument."""
