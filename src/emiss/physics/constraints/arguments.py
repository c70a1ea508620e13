"""What the functions of constraints take, by name of the argument."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any, Final

import numpy as np

from ...ground.checks import wrong_type
from ...ground.errors import ValidityError
from ...ground.guards import Guard, instance, number, numbers, path, text

__all__ = ["ARGUMENTS", "edges_of_limits"]


_LARGEST: Final = 1e30


def edges_of_limits(value: Any, name: str) -> None:
    """Guard couplings of a limit: NaN where nothing is excluded, infinity where no end is known."""
    try:
        array = np.asarray(value)
    except ValueError:  # rows of different lengths
        array = np.asarray(None)
    if array.dtype.kind not in "iuf" or array.ndim > 1 or np.ma.is_masked(value):
        raise wrong_type(value, name, "a row of couplings, NaN where nothing is excluded")
    finite = array[np.isfinite(array)]
    if np.any((finite < 0.0) | (finite > _LARGEST)):
        raise ValidityError(f"{name}: give couplings from 0 to {_LARGEST:g}.")


_SIZE: Final = numbers(0.0, _LARGEST)
ARGUMENTS: Final = MappingProxyType[str, Guard](
    {
        "masses": numbers(1e-12, 1e6, "GeV"),
        "mass_chi": numbers(1e-12, 1e6, "GeV"),
        "y": _SIZE,
        "sigma_cm2": _SIZE,
        "epsilon": _SIZE,
        "alpha_dark": number(0.0, 1e6, inside=True),
        "mass_ratio": number(1e-6, 1e15),
        "splitting": number(0.0, 1e6),
        "sigmas": number(1e-12, 1e6),
        "kind": text,
        "target": text,
        "reference": text,
        "boson": text,
        "lepton": text,
        "meson": text,
        "name": text,
        "quantity": text,
        "label": text,
        "path": path,
        "curve": instance("Overlay"),
        "band": instance("CouplingBand"),
        "choice": instance("Choice"),
    }
)
"""Guards by name of the argument; a function with another meaning of a name says so itself."""
