"""Collisions of hadrons with nuclei, made with an event generator and kept in a table.

A node is a projectile, a target and an energy; it has a cross-section and some thousand collisions.
Of each the secondaries with more than a fiftieth of the energy are kept, and the sums of the rest.
Between energies the collisions of the nearer node are used more often, and the shares of the
energy are taken to be the same (Feynman scaling); transverse momenta are kept as they are.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ...ground.arrays import FloatArray
from ...ground.errors import EmissError, UnknownNameError
from ...ground.shipped import shipped_path
from ...ground.table_files import Column, TableKind
from .kinds import CODES, HADRONS, MIRROR, PROJECTILES

__all__ = ["FILES", "MODELS", "TARGETS", "Collisions", "FinalStates", "load_library"]

TARGETS: Final = (("C", 6, 12), ("Fe", 26, 56), ("Pb", 82, 208))
"""Nuclei of the library: symbol, Z, A."""
MODELS: Final = {"pythia": "hadron_collisions_pythia.npz", "urqmd": "hadron_collisions_urqmd.npz"}
"""Models and their files. Differences between them are carried as an uncertainty."""
LEAST_SHARE: Final = 0.02
"""Secondaries with a smaller share of the energy are kept as sums only."""
STEP: Final = 0.02
"""Step of transverse momenta in GeV; up to 5.1 GeV."""

Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Collisions:
    """Secondaries of one collision per projectile.

    Parameters
    ----------
    parent : array of int, shape (secondaries,)
        Number of the projectile.
    kind : array of int, shape (secondaries,)
        Code of the secondary, see `kinds.HADRONS`.
    energy : array, shape (secondaries,)
        Its energy in GeV (kinetic for baryons, total for all others).
    slope_x, slope_y : array, shape (secondaries,)
        Its transverse momentum over its momentum, relative to the projectile.
    soft_photons, soft_hadrons : array, shape (projectiles,)
        Energy in GeV of what is not listed: of electromagnetic showers and of hadrons.
    """

    parent: Integers
    kind: Integers
    energy: FloatArray
    slope_x: FloatArray
    slope_y: FloatArray
    soft_photons: FloatArray
    soft_hadrons: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class FinalStates:
    """A library of collisions.

    Parameters
    ----------
    energies : array, shape (energies,)
        Energies of the nodes in GeV, ascending.
    cross_section : array, shape (projectiles, targets, energies)
        Inelastic cross-section in mb.
    first : array of int, shape (nodes + 1,)
        First collision of each node; nodes in the order of ``cross_section``.
    start : array of int, shape (collisions + 1,)
        First secondary of each collision.
    kind : array of int, shape (secondaries,)
        Codes of the secondaries.
    share : array, shape (secondaries,)
        Their share of the projectile's energy.
    transverse : array of int, shape (secondaries,)
        Transverse momentum in steps of `STEP`, at most 255. Azimuths are drawn anew.
    soft_photons, soft_hadrons : array, shape (collisions,)
        Shares of the energy that are not in the list.
    settings : dict
        Generator, version and settings.
    """

    energies: FloatArray
    cross_section: FloatArray
    first: Integers
    start: Integers
    kind: NDArray[np.uint8]
    share: FloatArray
    transverse: NDArray[np.uint8]
    soft_photons: FloatArray
    soft_hadrons: FloatArray
    settings: dict[str, Any]

    def node(self, projectile: int, target: int, energy: int) -> int:
        """Number of a node."""
        return (projectile * len(TARGETS) + target) * self.energies.size + energy

    def draw(
        self, kind: Integers, target: Integers, energy: FloatArray, random: np.random.Generator
    ) -> Collisions:
        """Draw one collision per projectile.

        Parameters
        ----------
        kind : array of int, shape (projectiles,)
            Codes of the projectiles.
        target : array of int, shape (projectiles,)
            Place in `TARGETS`.
        energy : array, shape (projectiles,)
            Energies in GeV; outside the nodes the shares of the outermost node are used.
        random : Generator
            Random numbers.

        Returns
        -------
        Collisions
            The secondaries.
        """
        chosen = self._choose(kind, target, energy, random)
        counts = self.start[chosen + 1] - self.start[chosen]
        parent = np.repeat(np.arange(kind.size), counts)
        offset = np.arange(parent.size) - np.repeat(np.cumsum(counts) - counts, counts)
        rows = self.start[chosen][parent] + offset
        codes = self.kind[rows].astype(np.int64)
        mirrored = _mirrored()[kind][parent]
        codes = np.where(mirrored, MIRROR[codes], codes)
        value = self.share[rows] * energy[parent]
        mass = _MASSES[codes]
        kinetic = _BARYON[codes]
        momentum = np.sqrt(np.maximum(np.where(kinetic, value * (value + 2 * mass),
                                               value * value - mass * mass), 1e-12))  # fmt: skip
        turn = random.random(rows.size)
        transverse = STEP * (self.transverse[rows] + random.random(rows.size))
        slope = np.minimum(transverse / momentum, 0.98)
        return Collisions(
            parent, codes, value, slope * np.cos(2 * np.pi * turn),
            slope * np.sin(2 * np.pi * turn), self.soft_photons[chosen] * energy,
            self.soft_hadrons[chosen] * energy,
        )  # fmt: skip

    def _choose(
        self, kind: Integers, target: Integers, energy: FloatArray, random: np.random.Generator
    ) -> Integers:
        logs = np.log(self.energies)
        place = np.interp(np.log(energy), logs, np.arange(logs.size))
        step = (place + random.random(place.size)).astype(np.int64)
        node = self.node(0, 0, 0) + (
            (_projectile()[kind] * len(TARGETS) + target) * logs.size
            + np.minimum(step, logs.size - 1)
        )
        count = self.first[node + 1] - self.first[node]
        return np.asarray(self.first[node] + (random.random(kind.size) * count).astype(np.int64))


_MASSES = np.array([hadron.mass for hadron in HADRONS])
_BARYON = np.array([abs(hadron.pdg) > 1000 for hadron in HADRONS])


@functools.lru_cache(maxsize=1)
def _projectile() -> Integers:
    return np.array([PROJECTILES.index(h.projectile) for h in HADRONS], dtype=np.int64)


@functools.lru_cache(maxsize=1)
def _mirrored() -> NDArray[np.bool_]:
    return np.array([h.mirrored for h in HADRONS])


_COLUMNS: Final = {
    "energies": Column(("energy",), least=0.1, most=1e4, ascending=True),
    "cross_section": Column(("projectile", "target", "energy"), least=0.1, most=1e4),
    "first": Column(("edge",), least=0, most=1e8, kind="iu"),
    "start": Column(("collision edge",), least=0, most=1e8, kind="iu"),
    "kind": Column(("secondary",), least=0, most=len(CODES) - 1, kind="u"),
    "share": Column(("secondary",), least=0.0, most=1.5),
    "transverse": Column(("secondary",), least=0, most=255, kind="u"),
    "soft_photons": Column(("collision",), least=0.0, most=1.5),
    "soft_hadrons": Column(("collision",), least=0.0, most=1.5),
}


def _pack(table: FinalStates) -> tuple[Mapping[str, Any], Mapping[str, NDArray[Any]]]:
    small = {"share", "soft_photons", "soft_hadrons"}
    whole = {"first": np.uint32, "start": np.uint32}
    arrays: dict[str, NDArray[Any]] = {}
    for name in _COLUMNS:
        array = getattr(table, name)
        arrays[name] = array.astype(np.float16 if name in small else whole.get(name, array.dtype))
    return {"settings": table.settings}, arrays


def _unpack(meta: dict[str, Any], arrays: dict[str, NDArray[Any]]) -> FinalStates:
    wide: dict[str, Any] = {}
    for name, array in arrays.items():
        if array.dtype.kind == "f":
            wide[name] = array.astype(np.float64)
        else:
            wide[name] = array if array.dtype == np.uint8 else array.astype(np.int64)
    table = FinalStates(**wide, settings=meta["settings"])
    nodes = len(PROJECTILES) * len(TARGETS) * table.energies.size
    rising = np.all(np.diff(table.first) > 0) and np.all(np.diff(table.start) >= 0)
    ends = table.first[-1] == table.soft_photons.size and table.start[-1] == table.share.size
    if table.first.size != nodes + 1 or table.start.size != table.first[-1] + 1:
        raise ValueError("its nodes do not belong to its collisions")
    if not (rising and ends and table.first[0] == 0 and table.start[0] == 0):
        raise ValueError("its collisions are out of order")
    return table


FILES: Final[TableKind[FinalStates]] = TableKind("library of collisions", _COLUMNS, _pack, _unpack)
"""How libraries are written and read."""


@functools.lru_cache(maxsize=4)
def load_library(model: str = "pythia") -> FinalStates:
    """Read a library that ships with emiss.

    Parameters
    ----------
    model : str
        One of `MODELS`.

    Returns
    -------
    FinalStates
        The library.

    Raises
    ------
    UnknownNameError
        If there is no such model.
    EmissError
        If the file is damaged; it cannot be made again without the generator.
    """
    if model not in MODELS:
        raise UnknownNameError("hadron model", model, MODELS)
    try:
        return FILES.read(shipped_path("tables", MODELS[model]))
    except EmissError as error:
        raise EmissError(
            f"{error}; install emiss again, or make it: "
            "python -m emiss.events.hadrons.make_library (needs a generator)."
        ) from error
