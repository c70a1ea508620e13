"""Values that JSON knows: what is not finite is null."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from .arrays import FloatArray

__all__ = ["finite", "rounded"]


def finite(value: Any) -> Any:
    """Replace NaN and infinity by None, arrays by lists, throughout a structure.

    >>> finite({"limits": (1.0, float("nan"))})
    {'limits': [1.0, None]}
    """
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [finite(item) for item in value]
    return value


def rounded(values: FloatArray) -> list[float | None]:
    """Five digits of each, more than a screen shows; None for what is not finite.

    Parameters
    ----------
    values : array, shape (n,)
        Numbers.

    Returns
    -------
    list of float or None
        For JSON.
    """
    return [None if v is None else float(f"{v:.5g}") for v in finite(values)]
