"""Masses that close the drawn end of an excluded region."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from ..ground.arrays import FloatArray
from .search import limit

if TYPE_CHECKING:
    from ..experiments import Experiment
    from ..physics.models import Model

__all__ = ["masses_to_the_tip"]


def masses_to_the_tip(
    experiment: str | Experiment,
    model: Model,
    masses: ArrayLike,
    *,
    rounds: int = 8,
    **options: Any,
) -> FloatArray:
    """Add masses where an excluded region ends between two of them, for the figure of an island.

    Parameters
    ----------
    experiment : str or Experiment
        Name, path of a TOML file, or the experiment itself.
    model : Model
        The model.
    masses : array of float, shape (n,)
        Masses in GeV.
    rounds : int, optional
        Halvings of each step in which the region ends; 8 find the tip to 1/256 of the step.
    **options
        Of `limit`, such as ``cl`` and ``method``.

    Returns
    -------
    array of float
        The masses given and those added, ascending: pass them to `limit`.

    Raises
    ------
    EmissError
        As `limit`.
    """
    grid = np.sort(np.atleast_1d(np.asarray(masses, dtype=np.float64)))
    inside = np.isfinite(limit(experiment, model, masses=grid, **options).observed)
    for _ in range(rounds):
        ends = np.flatnonzero(inside[1:] != inside[:-1])
        if ends.size == 0:
            break
        middle = np.sqrt(grid[ends] * grid[ends + 1])
        found = np.isfinite(limit(experiment, model, masses=middle, **options).observed)
        grid = np.concatenate([grid, middle])
        order = np.argsort(grid)
        grid, inside = grid[order], np.concatenate([inside, found])[order]
    return grid
