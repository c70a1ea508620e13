"""The beam of an experiment."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from ..ground.declared_types import check_declared
from ..ground.guards import chosen
from ..ground.quantity import Quantity
from .fields import declared, number

__all__ = ["PARTICLES", "Beam", "Contamination", "Particle"]

Particle = Literal["e-", "e+", "mu-", "mu+", "gamma", "pi-", "pi+", "K-", "K+", "p"]

PARTICLES: Final = ("e-", "e+", "mu-", "mu+", "gamma", "pi-", "pi+", "K-", "K+", "p")
"""Beam particles that a file may name; which of them a search can use is said by its mode."""


@dataclass(frozen=True, slots=True)
class Contamination:
    """Other particles in the beam: what they are, and their fraction."""

    particle: str
    fraction: Quantity

    def __post_init__(self) -> None:
        check_declared(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Beam:
    """The beam.

    Parameters
    ----------
    particle : str
        One of `PARTICLES`.
    momentum : Quantity
        Momentum in GeV.
    momentum_spread : Quantity
        Relative standard deviation of the momentum.
    spot, divergence : Quantity or None
        Standard deviations of position (cm) and slope (rad) at the target, the same in both planes.
    spill_particles : Quantity or None
        Particles in a spill.
    spill_time : Quantity or None
        Length of a spill in ns.
    contaminations : tuple of Contamination
        Other particles; for information, counts on target are not corrected with it.
    """

    particle: Particle
    momentum: Quantity = number("momentum", "mean momentum", required=True)
    momentum_spread: Quantity = number(
        "fraction", "relative standard deviation of the momentum", required=True
    )
    spot: Quantity | None = number("size", "standard deviation of the position at the target")
    divergence: Quantity | None = number("angle", "standard deviation of the slope at the target")
    spill_particles: Quantity | None = number("particles", "particles in a spill, for pile-up")
    spill_time: Quantity | None = number("time", "length of a spill")
    contaminations: tuple[Contamination, ...] = ()

    def __post_init__(self) -> None:
        check_declared(self)
        chosen(PARTICLES, "beam particle")(self.particle, "particle")

    @property
    def energy(self) -> float:
        """Energy in GeV, taken as the momentum: exact to m^2/2p^2, 2e-7 for muons of 160 GeV."""
        return self.momentum.value

    @property
    def intensity(self) -> float:
        """Particles per second within a spill; 0 where the file does not say."""
        if self.spill_particles is None or self.spill_time is None:
            return 0.0
        return self.spill_particles.value / (self.spill_time.value * 1e-9)

    @property
    def label(self) -> str:
        """Momentum and particle, such as ``"100 GeV e-"``."""
        return f"{self.momentum.text} {self.particle}"

    def quantities(self) -> Iterator[tuple[str, Quantity]]:
        """Name and number of everything that is given."""
        for key in declared(self):
            value = getattr(self, key.name)
            if value is not None:
                yield key.name, value
        for part in self.contaminations:
            yield f"contamination, {part.particle}", part.fraction
