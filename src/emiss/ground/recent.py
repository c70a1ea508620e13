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
    room : int, optional
        Largest sum of the sizes of values kept, beside the one asked for last.
    """

    __slots__ = ("_most", "_room", "_values")

    def __init__(self, most: int, room: int | None = None) -> None:
        self._most, self._room = most, room
        self._values: dict[Hashable, tuple[Value, int]] = {}

    def get(
        self, key: Hashable, make: Callable[[], Value], size: int | Callable[[Value], int] = 0
    ) -> Value:
        """Find a value, or make it.

        Parameters
        ----------
        key : hashable
            All that decides the value.
        make : callable
            Makes it.
        size : int or callable, optional
            Its size, or what tells it, where there is only so much room.

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
            value = make()
            found = value, size if isinstance(size, int) else size(value)
        self._values[key] = found
        while len(self._values) > self._most or self._crowded():
            self._values.pop(next(iter(self._values)), None)
        return found[0]

    def _crowded(self) -> bool:
        if self._room is None or len(self._values) < 2:
            return False
        return sum(size for _, size in list(self._values.values())) > self._room

    def find(self, key: Hashable) -> Value | None:
        """The value of a key if it is kept, None if it is not."""
        found = self._values.get(key)
        return None if found is None else found[0]

    def clear(self) -> None:
        """Forget all values."""
        self._values.clear()
