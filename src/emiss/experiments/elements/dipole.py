"""A dipole magnet: bends the beam in the horizontal plane."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ...ground.errors import ValidityError
from ...ground.quantity import Quantity
from ..fields import number
from .base import Detector, Element

__all__ = ["BENDING_PER_TESLA_METRE", "DETECTOR", "Dipole"]

BENDING_PER_TESLA_METRE: Final = 0.299792458
"""Transverse momentum in GeV that a field integral of 1 T m gives to a particle of charge e."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dipole(Element):
    """A dipole magnet.

    Parameters
    ----------
    field_integral : Quantity
        Field integral along the beam in T m.
    momentum_resolution : Quantity or None
        sigma_p/p of the spectrometer around this magnet, the same at all momenta; None where it
        follows from the trackers of the same role.
    tail_fraction : Quantity or None
        Fraction of tracks with the wider resolution below (hits of other particles, hard scatters).
    tail_resolution : Quantity or None
        sigma_p/p of these.
    """

    kind: ClassVar[str] = "dipole"

    field_integral: Quantity = number("field integral", "along the beam", required=True)
    momentum_resolution: Quantity | None = number("fraction", "sigma_p/p; else from the trackers")
    tail_fraction: Quantity | None = number("fraction", "tracks with a wider resolution")
    tail_resolution: Quantity | None = number("fraction", "sigma_p/p of these")

    @property
    def middle(self) -> float:
        """Middle of the magnet in cm from the front of the target."""
        return self.start + 0.5 * self.length_cm

    @property
    def kick(self) -> float:
        """Transverse momentum in GeV that it gives to a particle of charge e."""
        return BENDING_PER_TESLA_METRE * self.field_integral.value

    def deflection(self, momentum: ArrayLike) -> NDArray[np.float64]:
        """Angle in rad by which it bends a particle of charge e.

        Parameters
        ----------
        momentum : array_like
            Momentum in GeV, positive and finite.

        Returns
        -------
        array of float
            0.2998 BL/p, the angle of a small bend.

        Raises
        ------
        ValidityError
            If a momentum is not positive and finite.
        """
        p = np.asarray(momentum, dtype=np.float64)
        if not np.all((p > 0.0) & (p < math.inf)):
            raise ValidityError("dipole: momenta must be positive and finite.")
        return np.asarray(self.kick / p)

    def problem(self) -> tuple[str, str] | None:
        """Find what contradicts itself, see `Element.problem`."""
        if (self.tail_fraction is None) != (self.tail_resolution is None):
            given = "tail_resolution" if self.tail_fraction is None else "tail_fraction"
            return given, "give tail_fraction and tail_resolution together"
        return None


DETECTOR = Detector("dipole", Dipole)
