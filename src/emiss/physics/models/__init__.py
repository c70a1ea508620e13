"""What might exist: models of new bosons, one per file, each from one coupling and one mass."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any, Final

from .base import BOSONS, INVISIBLE_CHANNELS, Boson, Model
from .dark_sector import DARK_MATTER_KINDS, DarkSector
from .registry import defaults, get, load, names, template

if TYPE_CHECKING:
    from .alp import ALP
    from .b_minus_l import BMinusL
    from .dark_photon import DarkPhoton
    from .leptophilic import Leptophilic
    from .lmu_ltau import LMuLTau
    from .scalar import Scalar
    from .user_model import UserModel

__all__ = [
    "ALP",
    "BOSONS",
    "DARK_MATTER_KINDS",
    "INVISIBLE_CHANNELS",
    "BMinusL",
    "Boson",
    "DarkPhoton",
    "DarkSector",
    "LMuLTau",
    "Leptophilic",
    "Model",
    "Scalar",
    "UserModel",
    "defaults",
    "get",
    "load",
    "names",
    "template",
]

_LATER: Final = {
    "ALP": "alp",
    "BMinusL": "b_minus_l",
    "DarkPhoton": "dark_photon",
    "LMuLTau": "lmu_ltau",
    "Leptophilic": "leptophilic",
    "Scalar": "scalar",
    "UserModel": "user_model",
}
"""Classes that are loaded when they are asked for, with their files."""


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
    found = getattr(importlib.import_module(f"{__name__}.{_LATER[name]}"), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *_LATER})
