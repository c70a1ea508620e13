"""The one place that fixes how kernels are compiled."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

_F = TypeVar("_F", bound=Callable[..., Any])


def kernel(function: _F) -> _F:
    """Compile a kernel with numba: cached on disk, IEEE division, without the interpreter lock."""
    return cast("_F", numba.njit(cache=True, error_model="numpy", nogil=True)(function))
