"""Make the libraries of collisions with event generators, which emiss itself never imports.

    python -m emiss.events.hadrons.make_library --model pythia --setup InitDefaultMPI.cmnd

needs ``pythia8mc`` (GPL-2 or later; PythiaCascade) and the file of that name that comes with it;
``--model urqmd`` needs ``chromo`` as well, for the final states, with Pythia's cross-sections.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.metadata
import math
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np

from ...ground.arrays import FloatArray
from ...ground.errors import EmissError
from ...ground.shipped import shipped_path
from ...ground.table_files import hashed_settings
from .kinds import CODES, HADRONS, PROJECTILES
from .library import FILES, LEAST_SHARE, MODELS, STEP, TARGETS, FinalStates

__all__ = ["make_library"]

ENERGIES: Final = {"pythia": (4.0, 12.0, 40.0, 100.0, 160.0), "urqmd": (12.0, 100.0)}
"""Energies of the nodes in GeV.

Pythia changes its model at 10 GeV in the centre of mass, 52 GeV in the laboratory, and leading
baryons become fewer by a third: nodes at the beam energies keep what is below out of them.
"""
COUNTS: Final = {"pythia": (1200, 4000), "urqmd": (300, 1000)}
"""Collisions per node; the second for neutrons and K0L on iron, whose tails matter most."""
SEED: Final = 8317
TARGET_DIFFRACTION: Final = 0.5
"""Pythia's share of the collisions after the first that are diffractive on the target's side.

The generator's own default. 0 and 1 are the ends of its range: at 1 no further nucleon costs the
leading hadron much of its energy, and too many leading baryons leave a nucleus.
"""
_MASS: Final = {"n": 0.93956542, "pi-": 0.13957039, "K-": 0.493677, "K0L": 0.497611, "rho0": 0.775}
_PYTHIA: Final = {"n": 2112, "pi-": -211, "K-": -321, "K0L": 130, "rho0": 113}
_URQMD: Final = {"n": 2112, "pi-": 211, "K-": 321, "K0L": 321, "rho0": 211}
_NUCLEONS = {211: -211, -211: 211, 2212: 2112, 2112: 2212}
_MIRRORED: Final = {
    "pi-": _NUCLEONS | {321: 311, 311: 321},
    "K-": {211: -211, -211: 211, 321: -321, -321: 321},
    "K0L": _NUCLEONS | {321: 311, 130: 321, 310: 321},
}
_LIGHT = {22: "gamma", 111: "gamma", 221: "gamma", 11: "gamma", -11: "gamma"}
_STRANGE = {
    3112: "n", 3222: "p", 3122: "Lambda", 3212: "Lambda", 3312: "Lambda", 3322: "Lambda",
    3334: "Lambda", -3112: "nbar", -3222: "pbar", -3122: "Lambda", -3212: "Lambda",
    -3312: "Lambda", -3322: "Lambda", -3334: "Lambda",
}  # fmt: skip
_NAMES: Final = {h.pdg: h.name for h in HADRONS} | _LIGHT | _STRANGE
_SPECTATOR: Final = 0.05
"""Nucleons with less kinetic energy in GeV belong to the nucleus."""


class _Particle(NamedTuple):
    pdg: int
    energy: float
    px: float
    py: float


class _Collision(NamedTuple):
    rows: list[tuple[int, float, int]]
    photons: float
    hadrons: float


def make_library(model: str, setup: str, seed: int = SEED) -> FinalStates:
    """Make a library of collisions.

    Parameters
    ----------
    model : str
        One of `library.MODELS`.
    setup : str
        Path of Pythia's file ``InitDefaultMPI.cmnd``.
    seed : int
        Seed.

    Returns
    -------
    FinalStates
        The library; some minutes of processor time for ``pythia``, a quarter of an hour else.

    Raises
    ------
    EmissError
        If the generator is missing or refuses to start.
    """
    pythia = _Pythia(setup, seed)
    source = pythia if model == "pythia" else _Urqmd(seed)
    random = np.random.default_rng(seed)
    energies = ENERGIES[model]
    shape = len(PROJECTILES), len(TARGETS), len(energies)
    sigma = np.zeros(shape)
    first, collisions = [0], []
    for i, name in enumerate(PROJECTILES):
        for j, (symbol, number, mass) in enumerate(TARGETS):
            for k, energy in enumerate(energies):
                sigma[i, j, k] = pythia.cross_section(name, mass, energy)
                rich = symbol == "Fe" and name in ("n", "K0L")
                events = source.collisions(name, number, mass, energy, COUNTS[model][rich])
                found = [_reduced(event, energy, name, random) for event in events]
                collisions += found
                first.append(len(collisions))
    settings = {"model": model, "generator": source.version, "seed": seed,
                "energies_gev": energies, "collisions": COUNTS[model],
                "least_share": LEAST_SHARE, "cross_sections": pythia.version}  # fmt: skip
    return _table(energies, sigma, first, collisions, hashed_settings(settings))


def _table(
    energies: tuple[float, ...],
    sigma: FloatArray,
    first: list[int],
    collisions: list[_Collision],
    settings: dict[str, Any],
) -> FinalStates:
    rows = [row for collision in collisions for row in collision.rows]
    counts = [len(collision.rows) for collision in collisions]
    columns = list(zip(*rows, strict=True))
    return FinalStates(
        np.array(energies), sigma, np.array(first), np.concatenate([[0], np.cumsum(counts)]),
        np.array(columns[0], dtype=np.uint8), np.array(columns[1]),
        np.array(columns[2], dtype=np.uint8), np.array([c.photons for c in collisions]),
        np.array([c.hadrons for c in collisions]), settings,
    )  # fmt: skip


def _reduced(
    event: list[_Particle], energy: float, projectile: str, random: np.random.Generator
) -> _Collision:
    """Secondaries above the least share, and the sums of the rest."""
    rows, photons, hadrons = [], 0.0, 0.0
    brought = energy - (_MASS[projectile] if projectile == "n" else 0.0)
    for particle in event:
        name = _NAMES.get(particle.pdg, "")
        if abs(particle.pdg) == 311:
            name = "K0L" if random.random() < 0.5 else "K0S"
        mass = HADRONS[CODES[name]].mass if name in ("n", "p", "nbar", "pbar", "Lambda") else 0.0
        value = particle.energy - mass
        if mass and value < _SPECTATOR:
            continue
        share = value / brought
        if not name or share < LEAST_SHARE:
            photons += share if name == "gamma" else 0.0
            hadrons += 0.0 if name == "gamma" else share
            continue
        step = min(int(math.hypot(particle.px, particle.py) / STEP), 255)
        rows.append((CODES[name], share, step))
    return _Collision(rows, photons, hadrons)


class _Pythia:
    """Collisions by PythiaCascade."""

    def __init__(self, setup: str, seed: int) -> None:
        module = _module("pythia8mc")
        self.version = (
            f"pythia8mc {importlib.metadata.version('pythia8mc')}, PythiaCascade, "
            f"target diffraction {TARGET_DIFFRACTION}"
        )
        self._vector = module.Vec4
        self._cascade = module.PythiaCascade()
        # kinetic energies from 0.3 GeV, resonances decayed, weak decays left to the follower
        if not self._cascade.init(0.3, TARGET_DIFFRACTION, setup, True, 1e-10, False, True):
            raise EmissError(f"Pythia does not start with '{setup}'; give its InitDefaultMPI.cmnd.")

    def _setup(self, name: str, mass: int, energy: float) -> float:
        momentum = math.sqrt(energy**2 - _MASS[name] ** 2)
        vector = self._vector(0.0, 0.0, momentum, energy)
        self._cascade.sigmaSetuphN(_PYTHIA[name], vector, _MASS[name])
        found: float = self._cascade.sigmahA(mass)
        return found

    def cross_section(self, name: str, mass: int, energy: float) -> float:
        """Inelastic cross-section in mb."""
        return self._setup(name, mass, energy)

    def collisions(
        self, name: str, number: int, mass: int, energy: float, count: int
    ) -> Iterator[list[_Particle]]:
        """Final states of collisions."""
        self._setup(name, mass, energy)
        made = 0
        while made < count:
            event = self._cascade.nextColl(number, mass)
            final = [event[i] for i in range(event.size()) if event[i].isFinal()]
            if final:
                made += 1
                yield [_Particle(p.id(), p.e(), p.px(), p.py()) for p in final]


class _Urqmd:
    """Collisions by UrQMD; pi+ for pi-, K+ for K- and K0L, mirrored, and pions for the rho."""

    def __init__(self, seed: int) -> None:
        self._models = _module("chromo.models")
        self._target = _module("chromo.kinematics").FixedTarget
        self._seed = seed
        self._one: Any = None
        self.version = f"UrQMD 3.4 of chromo {importlib.metadata.version('chromo')}"

    def collisions(
        self, name: str, number: int, mass: int, energy: float, count: int
    ) -> Iterator[list[_Particle]]:
        """Final states of inelastic collisions."""
        kinematics = self._target(energy, _URQMD[name], (mass, number))
        if self._one is None:
            self._one = self._models.UrQMD34(kinematics, seed=self._seed)
        self._one.kinematics = kinematics
        made = 0
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            while made < count:
                for event in self._one(count - made):
                    final = event.final_state()
                    if final.en.size and final.en.max() < 0.9995 * energy:
                        made += 1
                        yield self._particles(final, _MIRRORED.get(name, {}))

    @staticmethod
    def _particles(final: Any, names: dict[int, int]) -> list[_Particle]:
        return [
            _Particle(names.get(int(p), int(p)), e, x, y)
            for p, e, x, y in zip(final.pid, final.en, final.px, final.py, strict=True)
        ]


def _module(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError as error:
        package = name.split(".")[0]
        raise EmissError(f"making a library needs {package}: pip install {package}.") from error


def main(arguments: Sequence[str] | None = None) -> int:
    """Write a library to a file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", choices=sorted(MODELS), default="pythia")
    parser.add_argument("--setup", default="InitDefaultMPI.cmnd", help="Pythia's file")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--directory", type=Path, default=shipped_path("tables"))
    options = parser.parse_args(arguments)
    table = make_library(options.model, options.setup, options.seed)
    FILES.write(table, options.directory / MODELS[options.model])
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
