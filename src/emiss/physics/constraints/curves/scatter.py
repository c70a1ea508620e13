"""Whether rows are points of a scan and no curve: how far they go forth and back.

A curve may rise and fall, have a few peaks and gaps, or fluctuate as in a search for bumps.
Points in no order go forth and back at most rows, and by much of their range. What is added up is,
for each row from which the values go back on both sides, the smaller one of the two steps in the
logarithm: about 0.5 per row of their standard deviation in decades where they are independent.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from ....ground.arrays import FloatArray

__all__ = ["backward", "is_scattered"]

_FEW_ROWS: Final = 8
"""Rows of fewer may turn by chance."""
_PER_ROW: Final = 0.12
_PEAKS: Final = 1.0
"""Decades per row, and for a few peaks and gaps."""
_LARGEST: Final = 1.0
"""Decades that one peak or gap, such as a mark 1 where nothing is excluded, counts at most."""
_SMALLEST: Final = 0.05
"""Decades of wiggles that do not count."""


def is_scattered(values: FloatArray, power: int = 1) -> bool:
    """Say whether values in the order of the mass go forth and back like points of a scan.

    Parameters
    ----------
    values : array of float, shape (n,)
        Positive.
    power : int, optional
        Power of the coupling with which they go: 2 for y and cross-sections.

    Returns
    -------
    bool
        False for fewer than 8 rows.
    """
    if len(values) < _FEW_ROWS:
        return False
    steps = np.diff(np.log10(values)) / power
    before, after = steps[:-1], steps[1:]
    back = np.where(before * after < 0.0, np.minimum(np.abs(before), np.abs(after)), 0.0)
    back = np.minimum(back[back > _SMALLEST], _LARGEST)
    return float(back.sum()) > _PER_ROW * before.size + _PEAKS


def backward(x: FloatArray) -> float:
    """How far rows go back in all, in units of their extent.

    Parameters
    ----------
    x : array of float, shape (n,)
        Coordinate of each row, from one end to the other.

    Returns
    -------
    float
        0 for rows in order; about a third of the number of rows for rows in no order.
    """
    steps = np.diff(x)
    extent = float(np.ptp(x))
    return float(-steps[steps < 0.0].sum()) / extent if extent > 0.0 else 0.0
