"""Compile a helper into its caller, where passing what it needs costs more than its work."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

from ....ground._kernels.jit import kernel

_F = TypeVar("_F", bound=Callable[..., Any])


def inlined(function: _F) -> _F:
    """Compile like `emiss.ground._kernels.jit.kernel`, and always into the caller."""
    options: dict[str, Any] = {
        "cache": True,
        "error_model": "numpy",
        "nogil": True,
        "forceinline": True,
    }
    try:
        return cast("_F", numba.njit(**options)(function))
    except RuntimeError:  # no cache can be written: as `kernel` does then
        return kernel(function)
