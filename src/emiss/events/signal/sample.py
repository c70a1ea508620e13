"""Bosons made in showers, with importance weights: the first of two passes."""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ...ground.arrays import FloatArray
from ...ground.checks import wrong_type
from ...ground.constants import ELECTRON_MASS
from ...ground.errors import ValidityError
from ...ground.guards import guarded, instance, whole
from ...ground.weights import effective_size
from ...physics.materials import Material
from ..transport import Beam, Rates, Settings, Stack, Thresholds, simulate
from .kinematics import turned
from .source import Emitted, Emitter, Source

__all__ = ["Bosons", "coarse_settings", "proposal", "sample_bosons"]

POINTS: Final = 2048
"""Energies at which proposals are tabulated, even in the logarithm."""
_LUMPED: Final = 1e-3
"""Share of the energy up to which photons are lumped: less than the width of a resonance, and than
what a beam particle must lose for the first layers to see it."""


def coarse_settings(least: float) -> Settings:
    """Settings of showers of which only what has more than an energy in GeV can emit."""
    cut = 0.98 * least
    return Settings(Thresholds(min(0.02 * cut, 1.0), 1e-4, _LUMPED, cut), cut)


@dataclass(frozen=True, slots=True, eq=False)
class Bosons:
    """Bosons of a chunk of showers, one per shower at most.

    Parameters
    ----------
    showers : int
        Number of showers.
    event : array of int, shape (n,)
        Shower of each boson.
    weight : array, shape (n,)
        Bosons at coupling 1 that each stands for; the sum over the number of showers is the yield.
    process : array of int, shape (n,)
        Place in `names`.
    names : tuple of str
        Processes.
    boson, recoil, photon : array, shape (n, 4)
        Four-vectors (E, px, py, pz) in GeV in the frame of the stack; zero where there is none.
    place : array, shape (n, 3)
        Where it is made, in cm.
    incoming : array, shape (n,)
        Total energy in GeV of what made it.
    kind, slab, step : array of int, shape (n,)
        Kind of what made it, slab, and number of the step in the transport.
    direction : array, shape (n, 3)
        Unit vector along which what made it flew.
    """

    showers: int
    event: NDArray[np.int64]
    weight: FloatArray
    process: NDArray[np.int64]
    names: tuple[str, ...]
    boson: FloatArray
    recoil: FloatArray
    photon: FloatArray
    place: FloatArray
    incoming: FloatArray
    kind: NDArray[np.int64]
    slab: NDArray[np.int64]
    step: NDArray[np.int64]
    direction: FloatArray

    def __len__(self) -> int:
        return int(self.weight.size)

    def per_particle(self, passing: FloatArray | float = 1.0) -> tuple[float, float]:
        """Bosons per beam particle and the statistical error.

        Parameters
        ----------
        passing : array, shape (n,)
            Probability that each is accepted.

        Returns
        -------
        tuple of float
            Mean over the showers, those without a boson included, and its standard deviation.
        """
        value = self.weight * passing
        mean = float(value.sum()) / self.showers
        square = float(np.square(value).sum()) / self.showers
        return mean, math.sqrt(max(square - mean * mean, 0.0) / max(self.showers - 1, 1))

    @property
    def effective_size(self) -> float:
        """Number of bosons of equal weight with the same statistical error, (sum w)^2/sum w^2."""
        return effective_size(float(self.weight.sum()), float(np.square(self.weight).sum()))

    def take(self, rows: NDArray[Any]) -> Bosons:
        """Some of them: a mask, or numbers."""
        return Bosons(
            self.showers, self.event[rows], self.weight[rows], self.process[rows], self.names,
            self.boson[rows], self.recoil[rows], self.photon[rows], self.place[rows],
            self.incoming[rows], self.kind[rows], self.slab[rows], self.step[rows],
            self.direction[rows],
        )  # fmt: skip


@functools.lru_cache(maxsize=64)
def _of_kind(
    emitter: Emitter, material: Material, source: Source, lowest: float, points: int
) -> FloatArray:
    energies = np.geomspace(lowest, source.highest, points)
    found = np.array(emitter.rate(material, energies, source))
    found.flags.writeable = False
    return found


def proposal(stack: Stack, source: Source, used: Mapping[str, Emitter]) -> Rates:
    """Rates by which places of emission are chosen.

    Parameters
    ----------
    stack : Stack
        Matter.
    source : Source
        The boson.
    used : mapping of str to Emitter
        Processes, which share a place by their rates.

    Returns
    -------
    Rates
        Sum over the processes; energies of electrons are shifted to kinetic ones.
    """
    lowest = source.least
    rates = np.zeros((5, len(stack.materials), POINTS))
    for emitter in used.values():
        for medium, material in enumerate(stack.materials):
            for kind in emitter.kinds:
                rates[kind, medium] += _of_kind(emitter, material, source, lowest, POINTS)
    return Rates(lowest, source.highest, rates)


def _rate_at(values: FloatArray, source: Source, energies: FloatArray) -> FloatArray:
    """Interpolation in the grid of the kernel."""
    grid = np.linspace(math.log(source.least), math.log(source.highest), POINTS)
    return np.asarray(np.interp(np.log(energies), grid, values))


def _emitters(value: Any, name: str) -> None:
    """Guard processes by name."""
    if not isinstance(value, Mapping) or not all(isinstance(e, Emitter) for e in value.values()):
        raise wrong_type(value, name, "processes by name, as `emitters` gives them")


@guarded(
    stack=instance("Stack"),
    beam=instance("Beam"),
    showers=whole(1, 10**9),
    source=instance("Source"),
    used=_emitters,
    seed=whole(0, 2**63 - 1),
    chunk=whole(0, 2**31 - 1),
    settings=instance("Settings"),
)
def sample_bosons(
    stack: Stack,
    beam: Beam,
    showers: int,
    source: Source,
    used: Mapping[str, Emitter],
    *,
    seed: int,
    chunk: int = 0,
    settings: Settings | None = None,
    **options: Any,
) -> Bosons:
    """Make bosons in showers.

    Parameters
    ----------
    stack : Stack
        Matter that is hit.
    beam : Beam
        What hits it; ``particles`` in the options for each shower's own.
    showers : int
        Number of showers.
    source : Source
        The boson.
    used : mapping of str to Emitter
        Processes.
    seed, chunk : int
        As of `simulate`; a chunk is a pure function of its inputs.
    settings : Settings, optional
        Of the transport; by default only what can emit is followed. A second pass needs those of
        the first.
    **options
        Of `simulate`.

    Returns
    -------
    Bosons
        With weights at coupling 1 (g = e, or 1 GeV^-1 to photons).

    Raises
    ------
    ValidityError
        If the least energy is not below the highest.
    """
    if not 0.0 < source.least < source.highest:
        raise ValidityError(
            f"signal: bosons of at least {source.least:g} GeV cannot be made below "
            f"{source.highest:g} GeV."
        )
    rates = proposal(stack, source, used)
    chosen = settings or coarse_settings(source.least)
    run = simulate(
        stack, beam, showers, seed=seed, chunk=chunk, settings=chosen, emission=rates, **options
    )
    random = np.random.Generator(
        np.random.Philox(key=np.array([seed, (chunk << 8) + 1], dtype=np.uint64))
    )
    return _drawn(run.emissions, stack, source, used, random)


def _drawn(
    places: FloatArray,
    stack: Stack,
    source: Source,
    used: Mapping[str, Emitter],
    random: np.random.Generator,
) -> Bosons:
    event = np.nonzero(places[:, 1] > 0.0)[0]
    rows = places[event]
    kind, slab = rows[:, 2].astype(np.int64), rows[:, 10].astype(np.int64)
    medium = stack.world().medium[slab]
    total = rows[:, 3] + np.where(kind < 2, ELECTRON_MASS, 0.0)
    count = event.size
    boson, recoil, photon = np.zeros((3, count, 4))
    weight, process = np.zeros(count), np.zeros(count, dtype=np.int64)
    pick = random.random(count)
    for number in range(5):
        for m, material in enumerate(stack.materials):
            here = np.nonzero((kind == number) & (medium == m))[0]
            makers = [(i, e) for i, e in enumerate(used.values()) if number in e.kinds]
            if here.size == 0 or not makers:
                continue
            tables = [_of_kind(e, material, source, source.least, POINTS) for _, e in makers]
            each = np.array([_rate_at(t, source, rows[here, 3]) for t in tables])
            shares = np.cumsum(each, axis=0)
            choice = np.sum(shares[:-1] <= pick[here] * shares[-1], axis=0)
            for place, (i, emitter) in enumerate(makers):
                mine = here[choice == place]
                if mine.size == 0:
                    continue
                made: Emitted = emitter.draw(material, total[mine], source, random)
                proposed = each[place, choice == place]
                boson[mine], recoil[mine], photon[mine] = made.boson, made.recoil, made.photon
                weight[mine] = rows[mine, 0] * made.rate / proposed
                process[mine] = i
    direction = rows[:, 7:10]
    boson, recoil, photon = (turned(v, direction) for v in (boson, recoil, photon))
    found = Bosons(
        len(places), event, weight, process, tuple(used), boson, recoil, photon, rows[:, 4:7],
        total, kind, slab, rows[:, 1].astype(np.int64), direction,
    )  # fmt: skip
    return found.take((weight > 0.0) & (boson[:, 0] >= source.least))
