"""Compile a helper into its caller, where passing what it needs costs more than its work."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

from ....ground._kernels.jit import HELPED

_F = TypeVar("_F", bound=Callable[..., Any])


def inlined(function: _F) -> _F:
    """Compile like `emiss.ground._kernels.jit.helper`, and always into the caller."""
    return cast("_F", numba.njit(**HELPED, forceinline=True)(function))
