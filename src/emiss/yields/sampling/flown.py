"""Sampled bosons that fly: each counts with the probability of its own energy and place.

How many of a sample decide changes with the coupling: at the upper edge of a region without signal
the few fastest and deepest ones are all that is left. Mean, error and effective size are those of
the weights times the probability, boson by boson; nothing is gathered in cells.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, Self

import numpy as np

from ...ground.arrays import FloatArray
from ..flight import FlightYield
from ..production import Production
from ..semivisible import SemiVisibleYield
from .moments import sizes, standard_errors

if TYPE_CHECKING:
    from ..processes.base import Request

__all__ = ["FlownYield"]

_AT_ONCE: Final = 1 << 17
"""Pairs of boson and coupling in one array, so that it stays in the processor's cache."""


@dataclass(frozen=True, slots=True, eq=False)
class FlownYield:
    """Bosons of one process that decay, or do not decay, where it counts.

    Parameters
    ----------
    bosons : tuple of (FlightYield or SemiVisibleYield or None)
        Those of each mass, as a production with one energy, place and weight per boson; None where
        there are none.
    showers : int
        Independent showers they are from, each with one at most.
    warnings : tuple of str
        What the yield lacks, in sentences for the user.
    """

    bosons: tuple[FlightYield | SemiVisibleYield | None, ...]
    showers: int
    warnings: tuple[str, ...] = ()

    @classmethod
    def of(
        cls,
        request: Request,
        samples: Sequence[FloatArray],
        showers: int,
        unit: Literal["electron", "muon", "photon"],
    ) -> Self:
        """Let bosons fly.

        Parameters
        ----------
        request : Request
            What is asked, with a fate that is not prompt.
        samples : sequence of array of float, shape (4, n_bosons)
            Of each mass: energy in GeV, depth in cm, weight per beam particle at coupling 1, and
            invariant mass in GeV.
        showers : int
            Independent showers they are from.
        unit : str
            What the weights are given for, see `Production`.

        Returns
        -------
        FlownYield
            What is made behind the plane from which decays count, counts from there.
        """
        assert request.fate.window is not None
        last = request.fate.window.start
        found: list[FlightYield | SemiVisibleYield | None] = []
        for mass, sample in zip(request.masses, samples, strict=True):
            if sample.size == 0:
                found.append(None)
                continue
            # by energy, as acceptances of pairs are interpolated
            energy, depth, weight, own = sample[:, np.argsort(sample[0])]
            place = np.broadcast_to(np.minimum(depth, last)[:, None], (2, depth.size, 1))
            single = np.array([mass])
            each = np.maximum(energy, mass)[:, None]
            made = Production(single, place, each, weight[None, :, None], unit, own[:, None])
            found.append(request.fate.of(request.model, made))
        return cls(tuple(found), showers)

    @property
    def flies(self) -> bool:
        """Where the boson decays decides: the signal can fall with the coupling."""
        return True

    def per_particle(self, coupling: FloatArray) -> FloatArray:
        """Events per beam particle, see `ProcessYield`."""
        return self._of_each(coupling, lambda values: values.sum(axis=-1))

    def error(self, coupling: FloatArray) -> FloatArray:
        """Statistical standard deviation of `per_particle`, from the spread of the showers."""
        return self._of_each(coupling, lambda values: standard_errors(values, self.showers))

    def effective_size(self, coupling: FloatArray) -> FloatArray:
        """Number of bosons of equal weight with the same error, of those that count."""
        return self._of_each(coupling, sizes)

    def _of_each(self, coupling: FloatArray, of: Callable[[FloatArray], FloatArray]) -> FloatArray:
        """What events of single bosons, (couplings, bosons), come to; few couplings at a time."""
        found = np.zeros(coupling.shape)
        for place, bosons in enumerate(self.bosons):
            if bosons is None:
                continue
            weights = bosons.production.weights[0, :, 0]
            asked = coupling[..., place].reshape(-1, 1)
            results = np.zeros(asked.size)
            step = max(1, _AT_ONCE // weights.size)
            for first in range(0, asked.size, step):
                some = asked[first : first + step]
                strength = bosons.production.strength(bosons.model, some)
                values = bosons.chances(some)[..., 0] * (strength * weights)
                results[first : first + step] = of(values)
            found[..., place] = results.reshape(coupling.shape[:-1])
        return found
