"""One process of which some masses have another fate than others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..ground.arrays import FloatArray

if TYPE_CHECKING:
    from .processes.base import ProcessYield

__all__ = ["MixedYield", "SampledMixedYield", "mixed"]

Part = tuple[NDArray[np.intp], "ProcessYield | None"]
"""Places of masses, and their yield; None where the process makes nothing."""


@dataclass(frozen=True, slots=True, eq=False)
class MixedYield:
    """Yields of a process at parts of the masses, put together.

    Parameters
    ----------
    parts : tuple of (array of int, ProcessYield or None)
        Places of masses and their yield; every mass is in one part.
    size : int
        Number of masses.
    """

    parts: tuple[Part, ...]
    size: int

    @property
    def flies(self) -> bool:
        """Whether where the boson decays decides at some mass."""
        return any(getattr(made, "flies", False) for _, made in self.parts)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the yields lack, in sentences for the user."""
        return tuple(text for _, made in self.parts for text in getattr(made, "warnings", ()))

    @property
    def cuts(self) -> tuple[str, ...]:
        """Names of cuts that were computed one by one."""
        return next((c for _, made in self.parts if (c := getattr(made, "cuts", ()))), ())

    @property
    def flow(self) -> FloatArray:
        """Share of the bosons made that is left after each cut, shape (n_masses, n_cuts)."""
        found = np.zeros((self.size, len(self.cuts)))
        for rows, made in self.parts:
            if made is not None:
                found[rows] = getattr(made, "flow")  # noqa: B009
        return found

    def per_particle(self, coupling: FloatArray) -> FloatArray:
        """Events per beam particle, see `ProcessYield`."""
        return self._joined(coupling, lambda made, each: made.per_particle(each))

    def _joined(
        self, coupling: FloatArray, of: Callable[[Any, FloatArray], FloatArray]
    ) -> FloatArray:
        found = np.zeros(coupling.shape)
        for rows, made in self.parts:
            if made is not None:
                found[..., rows] = of(made, coupling[..., rows])
        return found


@dataclass(frozen=True, slots=True, eq=False)
class SampledMixedYield(MixedYield):
    """The same with the statistical error of engines that sample."""

    def error(self, coupling: FloatArray) -> FloatArray:
        """Statistical standard deviation of `per_particle`."""
        return self._joined(coupling, lambda made, each: made.error(each))

    def effective_size(self, coupling: FloatArray) -> FloatArray:
        """Number of bosons of equal weight with the same error, see `SampledYield`."""
        return self._joined(coupling, lambda made, each: made.effective_size(each))


def mixed(parts: tuple[Part, ...], size: int) -> ProcessYield:
    """Put yields at parts of the masses together.

    Parameters
    ----------
    parts, size
        See `MixedYield`.

    Returns
    -------
    ProcessYield
        With statistical errors where the parts have them.
    """
    sampled = any(hasattr(made, "error") for _, made in parts)
    return (SampledMixedYield if sampled else MixedYield)(parts, size)
