"""Products of small matrices for which BLAS starts no threads."""

from __future__ import annotations

from typing import Final

import numpy as np

from .arrays import FloatArray

__all__ = ["product"]

_SINGLE_THREADED: Final = 2**17
"""Multiplications up to which BLAS works alone; on a busy machine threads cost more than this."""
_NARROW: Final = 2**13


def product(left: FloatArray, right: FloatArray) -> FloatArray:
    """Multiply two matrices block by block.

    Parameters
    ----------
    left : array of float, shape (n, k)
        First matrix.
    right : array of float, shape (k, m)
        Second matrix.

    Returns
    -------
    array of float, shape (n, m)
        Their product.
    """
    inner = max(1, right.shape[0])
    columns = max(1, _NARROW // inner)
    rows = max(1, _SINGLE_THREADED // (inner * min(columns, max(1, right.shape[1]))))
    result = np.empty((left.shape[0], right.shape[1]))
    for j in range(0, right.shape[1], columns):
        # A copy of the columns: BLAS wants them close together.
        part = np.ascontiguousarray(right[:, j : j + columns])
        for i in range(0, left.shape[0], rows):
            result[i : i + rows, j : j + columns] = left[i : i + rows] @ part
    return result
