"""Masses in another order: a result follows the order in which they were asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .limit import Limit

__all__ = ["ascending", "reordered"]


def reordered(limit: Limit, order: NDArray[np.intp]) -> Limit:
    """Take the masses of a limit, and all that belongs to each, in another order.

    Parameters
    ----------
    limit : Limit
        The result.
    order : array of int, shape (n,)
        Indices, as of `numpy.argsort`.

    Returns
    -------
    Limit
        The same numbers.
    """
    count = limit.masses.shape

    def taken(value: Any) -> Any:
        if isinstance(value, np.ndarray) and value.shape == count:
            return value[order]
        if isinstance(value, Mapping):
            return {key: taken(item) for key, item in value.items()}
        return value

    changes = {each.name: taken(getattr(limit, each.name)) for each in fields(limit)}
    return replace(limit, **changes)


def ascending(limit: Limit) -> Limit:
    """Give a limit with its masses in ascending order, as files and figures need them."""
    if np.all(np.diff(limit.masses) > 0.0):
        return limit
    return reordered(limit, np.argsort(limit.masses))
