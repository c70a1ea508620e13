"""Rows of arrays that belong to a number each, kept: only new numbers are worked out."""

from __future__ import annotations

from collections.abc import Callable, Hashable

import numpy as np

from .arrays import FloatArray
from .recent import Recent

__all__ = ["KeptRows"]

Rows = tuple[FloatArray, ...]


class KeptRows:
    """What was worked out for numbers asked for before, such as masses, by what else decides it.

    Parameters
    ----------
    most : int
        How many keys are kept.
    rows : int
        How many numbers are kept by key; for more at once nothing is.
    """

    __slots__ = ("_kept", "_rows")

    def __init__(self, most: int, rows: int) -> None:
        self._kept: Recent[dict[float, Rows]] = Recent(most)
        self._rows = rows

    def get(self, key: Hashable, numbers: FloatArray, make: Callable[[FloatArray], Rows]) -> Rows:
        """Find or make arrays whose first axis is that of the numbers.

        Parameters
        ----------
        key : hashable
            All that decides the rows beside the number.
        numbers : array of float, shape (n,)
            The numbers.
        make : callable
            Makes arrays, shape (n, ...), for numbers; a row depends on its own number alone.

        Returns
        -------
        tuple of array of float, shape (n, ...)
            The arrays, not to be changed.
        """
        if not 0 < numbers.size <= self._rows:
            return make(numbers)
        kept, wanted = self._kept.get(key, dict), numbers.tolist()
        missing = [number for number in dict.fromkeys(wanted) if number not in kept]
        if len(kept) + len(missing) > self._rows:
            kept.clear()
            missing = list(dict.fromkeys(wanted))
        if missing:
            found = make(np.array(missing))
            kept.update(zip(missing, zip(*found, strict=True), strict=True))
            if len(missing) == len(wanted):
                return found
        each = zip(*(kept[number] for number in wanted), strict=True)
        return tuple(np.array(rows) for rows in each)

    def clear(self) -> None:
        """Forget all rows."""
        self._kept.clear()
