"""Excluded couplings by outcome: what a limit is made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from ..ground.arrays import FloatArray
from ..ground.units import format_energy

OBSERVED = "observed"
"""Name of the outcome that was recorded, beside the bands "-2" to "2" of the expectation."""

__all__ = ["OBSERVED", "Solution"]


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
    notes : tuple of str
        What the method tells the reader.
    masses : array of float, shape (n_masses,)
        Masses in GeV.
    regions : array of int, shape (n_masses,), or None
        Number of separate excluded regions of the observation; None where no signal falls with the
        coupling.
    """

    lower: dict[str, FloatArray]
    upper: dict[str, FloatArray]
    depth: dict[str, FloatArray]
    masses: FloatArray
    notes: tuple[str, ...] = ()
    regions: NDArray[np.int64] | None = None

    @classmethod
    def joined(cls, parts: Sequence[Self]) -> Self:
        """Put solutions at different masses together, ascending.

        Where a part has no upper edges, since no signal falls with the coupling at its masses, its
        regions are open.
        """
        masses = np.concatenate([part.masses for part in parts])
        order = np.argsort(masses, kind="stable")

        def joined(rows: list[dict[str, FloatArray]]) -> dict[str, FloatArray]:
            return {name: np.concatenate([row[name] for row in rows])[order] for name in rows[0]}

        falling = any(part.regions is not None for part in parts)
        return cls(
            joined([part.lower for part in parts]),
            joined([part.upper or part._open() for part in parts]) if falling else {},
            joined([part.depth for part in parts]),
            masses[order],
            tuple(dict.fromkeys(note for part in parts for note in part.notes)),
            np.concatenate([part._separate() for part in parts])[order] if falling else None,
        )

    def _open(self) -> dict[str, FloatArray]:
        """Upper edges of regions that have none; NaN where nothing is excluded."""
        return {name: np.where(np.isnan(row), np.nan, np.inf) for name, row in self.lower.items()}

    def _separate(self) -> NDArray[np.int64]:
        """Number of regions of the observation, one where no signal falls with the coupling."""
        if self.regions is not None:
            return self.regions
        return np.isfinite(self.lower[OBSERVED]).astype(np.int64)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the reader must know."""
        if self.regions is None:
            return self.notes
        found = self.notes
        several = [format_energy(float(mass)) for mass in self.masses[self.regions > 1]]
        if several:
            found = (
                *found,
                f"more than one excluded region of couplings at {', '.join(several)}; what lies "
                "between the edges given is not excluded throughout.",
            )
        if np.all(np.isnan(self.lower[OBSERVED])):
            found = (*found, "nothing is excluded at any of these masses.")
        return found

    @property
    def closed(self) -> bool:
        """Whether some region ends below the largest coupling."""
        return any(
            np.any(np.isfinite(edge)) or not np.any(np.isinf(edge)) for edge in self.upper.values()
        )
