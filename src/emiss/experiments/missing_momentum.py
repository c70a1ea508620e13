"""A missing-momentum search: what is asked of a muon before and behind the target."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..ground.errors import EmissError, ValidityError
from ..ground.quantity import Quantity

__all__ = [
    "BENDING_PER_TESLA_METRE",
    "MissingMomentumSelection",
    "Spectrometer",
    "TriggerCounter",
]

BENDING_PER_TESLA_METRE = 0.299792458
"""Transverse momentum in GeV that a field integral of 1 T m gives to a particle of charge e."""


@dataclass(frozen=True, slots=True)
class Spectrometer:
    """A dipole magnet with tracking planes on both sides.

    Parameters
    ----------
    field_integral : Quantity
        Field integral in T.m.
    momentum_resolution : Quantity or None
        sigma_p/p, the same at all momenta; None if it follows from the two numbers below.
    tracker_resolution : Quantity or None
        Resolution of one tracking plane in cm.
    lever_arm : Quantity or None
        Distance of the two planes of each arm in cm.
    tail_fraction : Quantity
        Fraction of tracks with the wider resolution below (hits of other particles, hard scatters).
    tail_resolution : Quantity
        sigma_p/p of these.
    """

    field_integral: Quantity
    momentum_resolution: Quantity | None
    tracker_resolution: Quantity | None
    lever_arm: Quantity | None
    tail_fraction: Quantity
    tail_resolution: Quantity

    def __post_init__(self) -> None:
        geometry = (self.tracker_resolution, self.lever_arm)
        known = [number is not None for number in geometry]
        if self.momentum_resolution is None and not all(known):
            raise EmissError(
                "spectrometer: give momentum_resolution, or tracker_resolution and lever_arm."
            )
        if self.momentum_resolution is not None and any(known):
            raise EmissError(
                "spectrometer: momentum_resolution is given; leave tracker_resolution and "
                "lever_arm out, which would give another."
            )

    def deflection(self, momentum: ArrayLike) -> NDArray[np.float64]:
        """Angle in rad by which the magnet bends a particle of charge e and momentum in GeV."""
        kick = BENDING_PER_TESLA_METRE * self.field_integral.value
        return np.asarray(kick / np.asarray(momentum, dtype=np.float64))

    def resolution(self, momentum: ArrayLike) -> NDArray[np.float64]:
        """Relative resolution of the momentum, without the tail.

        Parameters
        ----------
        momentum : array_like
            Momentum in GeV.

        Returns
        -------
        array of float
            sigma_p/p. Two planes of resolution s at a distance L on each side measure the bending
            angle 0.3 BL/p to 2 s/L, so that sigma_p/p = 2 s p/(0.3 BL L); scattering in the planes
            is left out.

        Raises
        ------
        ValidityError
            If a momentum is not positive and finite.
        """
        p = np.asarray(momentum, dtype=np.float64)
        if not np.all((p > 0.0) & (p < math.inf)):
            raise ValidityError("spectrometer: momenta must be positive and finite.")
        if self.momentum_resolution is not None:
            return np.full(p.shape, self.momentum_resolution.value)
        assert self.tracker_resolution is not None
        assert self.lever_arm is not None
        angle = 2.0 * self.tracker_resolution.value / self.lever_arm.value
        return np.asarray(angle / self.deflection(p))


@dataclass(frozen=True, slots=True)
class TriggerCounter:
    """A counter behind the target that the scattered muon must hit.

    Parameters
    ----------
    name : str
        Name.
    distance : Quantity
        From the end of the target, in cm along the beam.
    width, height : Quantity
        Size in cm, along the bending plane and across.
    displacement : Quantity or None
        From the axis of the undeflected beam to the inner edge, in cm towards the side to which
        the magnet bends the beam; None for an aperture, centred on that axis.
    """

    name: str
    distance: Quantity
    width: Quantity
    height: Quantity
    displacement: Quantity | None = None

    @property
    def span(self) -> tuple[float, float]:
        """Inner and outer edge in cm in the bending plane."""
        if self.displacement is None:
            return -0.5 * self.width.value, 0.5 * self.width.value
        return self.displacement.value, self.displacement.value + self.width.value


@dataclass(frozen=True, slots=True)
class MissingMomentumSelection:
    """Events in which a muon loses much of its momentum and leaves no more energy than a MIP.

    Parameters
    ----------
    min_incoming_momentum, max_incoming_momentum : Quantity
        Window of the measured momentum before the target, in GeV.
    max_outgoing_momentum : Quantity
        Largest measured momentum behind the target, in GeV.
    max_calorimeter_energy : Quantity
        Largest energy in the calorimeters in GeV: that of a minimum-ionising particle, with room.
    veto_acceptance : Quantity
        Probability that a signal event is not vetoed.
    beam_size, beam_divergence : Quantity
        Standard deviations of position (cm) and slope (rad) of the beam at the target, both planes.
    magnet_distance : Quantity
        From the end of the target to the middle of the second magnet, in cm.
    incoming, outgoing : Spectrometer
        Before and behind the target.
    counters : tuple of TriggerCounter
        All of them must be hit; one without displacement is an aperture.
    detector_end : Quantity or None
        From the end of the target to that of the last calorimeter, in cm: what decays to visible
        particles in front of it is seen. None if what decays visibly never counts.
    """

    min_incoming_momentum: Quantity
    max_incoming_momentum: Quantity
    max_outgoing_momentum: Quantity
    max_calorimeter_energy: Quantity
    veto_acceptance: Quantity
    beam_size: Quantity
    beam_divergence: Quantity
    magnet_distance: Quantity
    incoming: Spectrometer
    outgoing: Spectrometer
    counters: tuple[TriggerCounter, ...]
    detector_end: Quantity | None = None
    mode: Literal["missing-momentum"] = "missing-momentum"

    def rows(self) -> tuple[tuple[str, Quantity], ...]:
        """Name and number of every quantity, those of magnets and counters with their owner."""
        found: list[tuple[str, Quantity]] = [
            (name, getattr(self, name))
            for name in (
                "min_incoming_momentum",
                "max_incoming_momentum",
                "max_outgoing_momentum",
                "max_calorimeter_energy",
                "veto_acceptance",
                "beam_size",
                "beam_divergence",
                "magnet_distance",
            )
        ]
        for place in ("incoming", "outgoing"):
            for name in Spectrometer.__dataclass_fields__:
                value = getattr(getattr(self, place), name)
                if value is not None:
                    found.append((f"{place} {name}", value))
        for counter in self.counters:
            for name in ("distance", "width", "height", "displacement"):
                value = getattr(counter, name)
                if value is not None:
                    found.append((f"counter {counter.name} {name}", value))
        if self.detector_end is not None:
            found.append(("detector_end", self.detector_end))
        return tuple(found)
