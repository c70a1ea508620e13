"""Excluded couplings by outcome: what a limit is made of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..ground.arrays import FloatArray

__all__ = ["Solution"]


@dataclass(frozen=True, slots=True, eq=False)
class Solution:
    """Excluded couplings at each mass, by outcome: the observation and the bands.

    Parameters
    ----------
    lower : dict of str to array of float, shape (n_masses,)
        Smallest excluded couplings; NaN where nothing is excluded.
    upper : dict of str to array of float, shape (n_masses,)
        Largest; inf where the largest coupling is excluded. Empty where no signal falls with the
        coupling.
    depth : dict of str to array of float, shape (n_masses,)
        Positive where something is excluded, 0 at the tip of a region, negative beyond.
    warnings : tuple of str
        What the reader must know.
    """

    lower: dict[str, FloatArray]
    upper: dict[str, FloatArray]
    depth: dict[str, FloatArray]
    warnings: tuple[str, ...] = ()

    @property
    def closed(self) -> bool:
        """Whether some region ends below the largest coupling."""
        return any(
            np.any(np.isfinite(edge)) or not np.any(np.isinf(edge)) for edge in self.upper.values()
        )
