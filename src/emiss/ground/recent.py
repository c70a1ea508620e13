"""Values that were asked for last, kept so that asking again costs nothing."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

__all__ = ["Recent"]

Value = TypeVar("Value")


class Recent(Generic[Value]):
    """The last few values by key; the one not asked for longest goes first.

    Unlike `functools.lru_cache` the key is given apart from what makes the value, so that arrays
    and callables can go into it. Keys that cannot be hashed are never kept.

    Parameters
    ----------
    most : int
        Number of values kept.
    """

    __slots__ = ("_most", "_values")

    def __init__(self, most: int) -> None:
        self._most = most
        self._values: dict[Hashable, Value] = {}

    def get(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """Find a value, or make it.

        Parameters
        ----------
        key : hashable
            All that decides the value.
        make : callable
            Makes it.

        Returns
        -------
        object
            The value; the same object each time, so it must not be changed.
        """
        try:
            hash(key)
        except TypeError:  # a part of the key cannot be hashed
            return make()
        found = self._values.pop(key, None)
        if found is None:
            found = make()
        self._values[key] = found
        while len(self._values) > self._most:
            self._values.pop(next(iter(self._values)), None)
        return found

    def clear(self) -> None:
        """Forget all values."""
        self._values.clear()
