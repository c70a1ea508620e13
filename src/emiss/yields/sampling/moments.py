"""Error and effective size of sums of weights, one per simulated event at most."""

from __future__ import annotations

import numpy as np

from ...ground.arrays import FloatArray

__all__ = ["sizes", "standard_errors"]


def standard_errors(weights: FloatArray, count: int) -> FloatArray:
    """Standard deviation of sums of weights.

    Parameters
    ----------
    weights : array of float, shape (..., n)
        What each event adds to a sum that is a mean over all events: its value over their number.
    count : int
        Number of events, those without a weight included; two or more.

    Returns
    -------
    array of float, shape (...)
        From the spread of the events: sqrt((count sum w^2 - (sum w)^2)/(count - 1)).
    """
    peak, total, squares = _scaled(weights)
    variance = np.maximum(count * squares - np.square(total), 0.0) / max(count - 1, 1)
    return np.asarray(peak * np.sqrt(variance))


def sizes(weights: FloatArray) -> FloatArray:
    """Number of events of equal weight whose sum has the same relative error.

    Parameters
    ----------
    weights : array of float, shape (..., n)
        Weights.

    Returns
    -------
    array of float, shape (...)
        (sum w)^2/sum w^2; 0 where there is no weight at all.
    """
    _, total, squares = _scaled(weights)
    return np.divide(np.square(total), squares, out=np.zeros_like(total), where=squares > 0.0)


def _scaled(weights: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Largest weight, and sums of weights and squares in its units: these stay finite.

    Of bosons that decay almost all before they count, squares would be too small for a number.
    """
    peak = np.max(weights, axis=-1, initial=0.0)
    shares = weights / np.where(peak > 0.0, peak, 1.0)[..., None]
    return peak, shares.sum(axis=-1), np.square(shares).sum(axis=-1)
