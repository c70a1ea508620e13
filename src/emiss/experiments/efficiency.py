"""Signal efficiency: a number, or a table in the boson's mass."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..ground.declared_types import check_declared
from ..ground.errors import EmissError, ValidityError
from ..ground.guards import numbers, text
from ..ground.quantity import Quantity
from ..ground.units import format_energy

__all__ = ["Efficiency"]

_MASSES: Final = numbers(1e-30, 1e9, "GeV")


@dataclass(frozen=True, slots=True)
class Efficiency:
    """Signal efficiency on top of the threshold: a number, or a table in the boson's mass.

    Parameters
    ----------
    values : tuple of float
        One number, or one per mass.
    masses : tuple of float
        Masses in GeV, ascending; empty for a constant.
    uncertainties : tuple of float
        Standard deviations, one per value; empty where none is known.
    source, status, note : str
        Origin.
    uncertainty_source, uncertainty_status : str
        Origin of the uncertainties where it differs.
    parts : tuple of (str, tuple of float)
        Values of single processes by their name, where they are known; others have `values`.
    spread : float
        Relative standard deviation of all values together; 0 for that of the least certain value.
    """

    values: tuple[float, ...]
    masses: tuple[float, ...] = ()
    uncertainties: tuple[float, ...] = ()
    source: str = "user"
    status: str = "user"
    note: str = ""
    uncertainty_source: str = ""
    uncertainty_status: str = ""
    parts: tuple[tuple[str, tuple[float, ...]], ...] = ()
    spread: float = 0.0

    def __post_init__(self) -> None:
        check_declared(self, "efficiency")
        # Fixed by the number of masses: n nodes, or one constant.
        count = max(len(self.masses), 1)
        if len(self.values) != count or len(self.uncertainties) not in (0, count):
            raise EmissError(
                f"efficiency: needs {count} values, one for each of the masses (or one for all), "
                "and as many uncertainties."
            )
        if any(not (0.0 <= value <= 1.0) for value in self.values) or not any(self.values):
            raise EmissError("efficiency: values must lie in [0, 1] and not all be 0.")
        for name, part in self.parts:
            if len(part) != count or any(not (0.0 <= value <= 1.0) for value in part):
                raise EmissError(f"efficiency of {name}: needs {count} value(s) in [0, 1].")
        if any(not (0.0 <= spread <= 1.0) for spread in self.uncertainties):
            raise EmissError("efficiency: uncertainties must lie in [0, 1].")
        if not 0.0 <= self.spread <= 10.0:
            raise EmissError(f"efficiency: the spread is {self.spread:g}; give 0 to 10.")
        ends = (0.0, *self.masses, math.inf)
        if any(not low < high for low, high in itertools.pairwise(ends)):
            raise EmissError("efficiency: masses must be positive, finite and ascending.")

    @property
    def relative_uncertainty(self) -> float:
        """Relative standard deviation that counts in the yield of a run: `spread`, or the largest.

        A value of 0 has no share in it.
        """
        if self.spread or not self.uncertainties:
            return self.spread
        pairs = zip(self.uncertainties, self.values, strict=True)
        return max(spread / value for spread, value in pairs if value > 0.0)

    @property
    def mean(self) -> float:
        """Mean of the values: the number itself where it is one for all masses."""
        return math.fsum(self.values) / len(self.values)

    def at(self, masses: ArrayLike) -> NDArray[np.float64]:
        """Efficiency at given masses.

        Parameters
        ----------
        masses : array_like of float
            Masses in GeV.

        Returns
        -------
        array of float
            Efficiency, linear in the logarithm of the mass between the table's nodes.

        Raises
        ------
        ValidityError
            If a mass lies outside the table.
        """
        return self._interpolate(masses, self.values)

    def of_process(self, name: str, masses: ArrayLike) -> NDArray[np.float64]:
        """Efficiency of one process at given masses, as `at`."""
        text(name, "name")
        return self._interpolate(masses, dict(self.parts).get(name, self.values))

    def uncertainty_at(self, masses: ArrayLike) -> NDArray[np.float64]:
        """Interpolate the standard deviation of the efficiency; 0 where none is known."""
        return self._interpolate(masses, self.uncertainties or (0.0,) * len(self.values))

    def _interpolate(self, masses: ArrayLike, nodes: tuple[float, ...]) -> NDArray[np.float64]:
        _MASSES(masses, "masses")
        m = np.asarray(masses, dtype=np.float64)
        if len(self.masses) == 0:
            return np.full(m.shape, nodes[0])
        low, high = self.masses[0], self.masses[-1]
        slack = 1e-9  # a node given in MeV and a mass in GeV may differ in the last digit
        if not np.all((m >= low * (1 - slack)) & (m <= high * (1 + slack))):
            raise ValidityError(
                f"the efficiency table covers masses from {format_energy(low)} to "
                f"{format_energy(high)}; extend it or restrict the masses."
            )
        found: NDArray[np.float64] = np.interp(np.log(m), np.log(self.masses), nodes)
        return found

    def rows(self, name: str) -> tuple[tuple[str, Quantity], ...]:
        """Name and number of each node, also of single processes, and of the common spread."""
        found = list(self._nodes(name, self.values, self.uncertainties))
        for process, values in self.parts:
            found += self._nodes(f"{name} of {process}", values, ())
        if self.spread:
            origin = (
                self.uncertainty_source or self.source,
                self.uncertainty_status or self.status,
            )
            found.append((f"{name}, relative spread", Quantity(self.spread, None, "", *origin)))
        return tuple(found)

    def _nodes(
        self, name: str, values: tuple[float, ...], spreads: tuple[float, ...]
    ) -> Iterator[tuple[str, Quantity]]:
        names = [f"{name} at {format_energy(m)}" for m in self.masses] or [name]
        for row_name, value, spread in zip(
            names, values, spreads or [None] * len(values), strict=True
        ):
            yield (
                row_name,
                Quantity(
                    value,
                    spread,
                    source=self.source,
                    status=self.status,
                    note=self.note,
                    uncertainty_source=self.uncertainty_source,
                    uncertainty_status=self.uncertainty_status,
                ),
            )
