"""Sums of weighted events."""

from __future__ import annotations

__all__ = ["effective_size"]


def effective_size(total: float, squares: float) -> float:
    """Number of events of equal weight with the same statistical error.

    Parameters
    ----------
    total, squares : float
        Sum of the weights, and of their squares.

    Returns
    -------
    float
        total^2/squares; 0 for no weight at all.

    Examples
    --------
    >>> effective_size(10.0, 10.0), effective_size(0.0, 0.0)
    (10.0, 0.0)
    """
    return total**2 / squares if squares > 0.0 else 0.0
