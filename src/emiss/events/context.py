"""What a chunk of events knows: inputs, random numbers, and the account of its energy."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ..experiments.layout import Layout
from ..ground.arrays import FloatArray
from ..ground.errors import ValidityError
from ..physics import materials

__all__ = ["ACCOUNTS", "Context", "Options", "generator_of", "seed_of"]

ACCOUNTS: Final = (
    "matter",
    "nuclear",
    "escaped",
    "behind",
    "invisible",
    "radiation",
)
"""Where the energy of an event goes that no detector's deposit holds, in GeV.

Matter that measures nothing; what muons and hadronic collisions give to nuclei, and masses; what
leaves sideways or backwards; what passes the last element; neutrinos and dark states; synchrotron
photons too soft to follow.
"""

_DENSEST_GAS: Final = 0.01
"""Density in g/cm^3 of what still is a gas: xenon at one atmosphere has 0.0055."""


@dataclass(frozen=True, slots=True)
class Options:
    """What a user may choose beside the layout; the defaults are assumptions, said in the docs.

    Parameters
    ----------
    gaps : str
        What is between elements: ``vacuum``, or a gas by name (air, He, Ar, ...).
    intensity : float
        Beam particles per second, for pile-up; 0 for none.
    window : float
        Time in ns on either side of the event in which other beam particles are recorded.
    double_pulse : float
        Time in ns below which two pulses are one.
    decay_bias : float
        Factor on the rate of decays in flight, undone by weights.
    dimuon_bias : float
        Factor on the rate of photons to muon pairs in the target, undone by weights; 0 for none.
    hadronic_bias, electronuclear_bias : float
        Factors on hadronic interactions before the first calorimeter, of hadrons and of electrons,
        undone by weights.
    synchrotron_cut : float
        Energy in GeV below which synchrotron photons are not followed.
    """

    gaps: str = "air"
    intensity: float = 0.0
    window: float = 150.0
    double_pulse: float = 20.0
    decay_bias: float = 1.0
    dimuon_bias: float = 0.0
    hadronic_bias: float = 1.0
    electronuclear_bias: float = 1.0
    synchrotron_cut: float = 3e-5

    def __post_init__(self) -> None:
        limits = {
            "intensity": (0.0, 1e9),
            "window": (0.0, 1e5),
            "double_pulse": (0.0, 1e5),
            "decay_bias": (1.0, 1e6),
            "dimuon_bias": (0.0, 1e7),
            "hadronic_bias": (1.0, 1e3),
            "electronuclear_bias": (1.0, 1e6),
            "synchrotron_cut": (1e-6, 1.0),
        }
        for name, (low, high) in limits.items():
            value = getattr(self, name)
            if not low <= value <= high:
                raise ValidityError(f"{name} = {value:g}: must lie between {low:g} and {high:g}.")
        if self.gaps != "vacuum":
            _check_gas(self.gaps)

    @property
    def pile_up_mean(self) -> float:
        """Mean number of other beam particles in the window of an event."""
        return self.intensity * 2e-9 * self.window


def _check_gas(name: str) -> None:
    """Refuse what does not fill the room between elements by itself."""
    density = materials.get(name).density
    if density > _DENSEST_GAS:
        raise ValidityError(
            f"gaps = {name}: has {density:g} g/cm^3, and gaps are filled with a gas; choose air, "
            "another gas such as He, or vacuum. Solids and liquids are elements of the layout."
        )


def seed_of(*parts: object) -> int:
    """Seed of 63 bits that follows from some values; the same everywhere and always."""
    text = "\0".join(str(part) for part in parts)
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "little") >> 1


def generator_of(*parts: object) -> np.random.Generator:
    """Counter-based generator whose key follows from some values."""
    return np.random.Generator(np.random.Philox(key=seed_of(*parts)))


@dataclass(frozen=True, slots=True, eq=False)
class Context:
    """Inputs and accounts of a chunk.

    Parameters
    ----------
    layout : Layout
        Apparatus and beam.
    options : Options
        Choices.
    sample : str
        Name of the sample.
    seed, chunk : int
        With the inputs, they decide everything.
    particles : int
        Beam particles of the chunk, those of pile-up included.
    accounts : dict of array, shape (particles,)
        Energy in GeV by beam particle, see `ACCOUNTS`.
    weights : array, shape (particles,)
        Product of all weights that a beam particle and what came of it were given.
    extra : mapping
        What else the sample needs, as plain values.
    truth : dict of array
        What else is remembered of a beam particle.
    pending : dict
        What hadrons left in elements that are still to come, by name, see `pending.Pending`.
    place : str
        Where in the chain: part of the keys of random numbers.
    events : int
        Beam particles that are the events' own, the first ones; all others are pile-up.
    """

    layout: Layout
    options: Options
    sample: str
    seed: int
    chunk: int
    particles: int
    accounts: Mapping[str, FloatArray]
    weights: FloatArray
    extra: Mapping[str, Any] = field(default_factory=dict)
    truth: dict[str, NDArray[np.float64]] = field(default_factory=dict)
    pending: dict[str, Any] = field(default_factory=dict)
    place: str = ""
    events: int = 0

    @classmethod
    def start(
        cls,
        layout: Layout,
        options: Options,
        sample: str,
        seed: int,
        chunk: int,
        particles: int,
        extra: Mapping[str, Any] | None = None,
        events: int | None = None,
    ) -> Context:
        """Context of a new chunk, with empty accounts; without `events` there is no pile-up."""
        accounts = {name: np.zeros(particles) for name in ACCOUNTS}
        weights = np.ones(particles)
        return cls(
            layout, options, sample, seed, chunk, particles, accounts, weights, extra or {},
            events=particles if events is None else events,
        )  # fmt: skip

    def at(self, place: str) -> Context:
        """The same chunk, at a place of the chain."""
        return Context(
            self.layout, self.options, self.sample, self.seed, self.chunk, self.particles,
            self.accounts, self.weights, self.extra, self.truth, self.pending, place, self.events,
        )  # fmt: skip

    def generator(self, purpose: str = "") -> np.random.Generator:
        """Random numbers of a purpose at this place of this chunk."""
        return generator_of(self.seed, self.chunk, self.place, purpose)

    @property
    def transport_seed(self) -> int:
        """Seed of the transport at this place."""
        return seed_of(self.seed, self.place)

    def weigh(self, event: NDArray[np.int64], factor: FloatArray) -> None:
        """Multiply weights of beam particles by factors."""
        np.multiply.at(self.weights, event, factor)

    def book(self, account: str, event: NDArray[np.int64], energy: FloatArray) -> None:
        """Add energies in GeV to an account."""
        np.add.at(self.accounts[account], event, energy)
