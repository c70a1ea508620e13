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
        """Put solutions at different masses together, ascending."""
        masses = np.concatenate([part.masses for part in parts])
        order = np.argsort(masses, kind="stable")

        def row(name: str, outcome: str) -> FloatArray:
            found = [getattr(part, name)[outcome] for part in parts]
            return np.asarray(np.concatenate(found)[order])

        first = parts[0]
        regions = [part.regions for part in parts if part.regions is not None]
        return cls(
            {outcome: row("lower", outcome) for outcome in first.lower},
            {outcome: row("upper", outcome) for outcome in first.upper},
            {outcome: row("depth", outcome) for outcome in first.depth},
            masses[order],
            tuple(dict.fromkeys(note for part in parts for note in part.notes)),
            np.concatenate(regions)[order] if regions else None,
        )

    def without_first(self, number: int) -> Self:
        """Leave out the solution at the first masses."""
        return type(self)(
            {name: row[number:] for name, row in self.lower.items()},
            {name: row[number:] for name, row in self.upper.items()},
            {name: row[number:] for name, row in self.depth.items()},
            self.masses[number:],
            self.notes,
            None if self.regions is None else self.regions[number:],
        )

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
