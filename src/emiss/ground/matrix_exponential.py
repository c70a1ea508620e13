"""Exponential of a matrix with numpy alone, which spares short commands the loading of scipy."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from .arrays import FloatArray

__all__ = ["matrix_exponential"]

_LARGEST_NORM: Final = 5.371920351148152
"""Norm up to which the approximant is exact to rounding."""
_PADE: Final = tuple(
    float(math.comb(13, k) * math.factorial(26 - k) // math.factorial(13)) for k in range(14)
)
"""Coefficients of the diagonal Pade approximant of order 13."""


def matrix_exponential(matrix: FloatArray) -> FloatArray:
    """Exponential of a square matrix, by scaling and squaring.

    Parameters
    ----------
    matrix : array of float, shape (n, n)
        Finite.

    Returns
    -------
    array of float, shape (n, n)
        exp(A), to rounding.

    Notes
    -----
    The diagonal Pade approximant of order 13 at A/2^s, squared s times. Source: N. J. Higham, SIAM
    J. Matrix Anal. Appl. 26 (2005) 1179 (recalled).
    """
    norm = float(np.abs(matrix).sum(axis=0).max(initial=0.0))
    squarings = math.ceil(math.log2(norm / _LARGEST_NORM)) if norm > _LARGEST_NORM else 0
    first, one = matrix / 2.0**squarings, np.eye(len(matrix))
    second = first @ first
    fourth = second @ second
    sixth = fourth @ second
    c = _PADE
    odd = sixth @ (c[13] * sixth + c[11] * fourth + c[9] * second)
    odd = first @ (odd + c[7] * sixth + c[5] * fourth + c[3] * second + c[1] * one)
    even = sixth @ (c[12] * sixth + c[10] * fourth + c[8] * second)
    even += c[6] * sixth + c[4] * fourth + c[2] * second + c[0] * one
    found = np.linalg.solve(even - odd, even + odd)
    for _ in range(squarings):
        found = found @ found
    return np.asarray(found)
