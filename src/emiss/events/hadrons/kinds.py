"""Hadrons that are followed: mass, charge, lifetime, and whose collisions stand for theirs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ...ground.errors import UnknownNameError
from ..kinds import NAMED

__all__ = ["CODES", "HADRONS", "PROJECTILES", "Hadron", "code", "masses", "neutral"]

PROJECTILES: Final = ("n", "pi-", "K-", "K0L", "rho0")
"""Hadrons whose collisions stand in the library; a rho stands for a photon (vector dominance)."""


@dataclass(frozen=True, slots=True)
class Hadron:
    """One kind of hadron.

    Parameters
    ----------
    name : str
        Name.
    pdg : int
        Number of the Particle Data Group.
    mass : float
        In GeV.
    charge : int
        In units of e.
    decay_length : float
        c tau in cm; 0 where decays are left out.
    projectile : str
        Which of `PROJECTILES` has the collisions that are used for it.
    mirrored : bool
        Whether secondaries of those collisions are mirrored: p and n, pi+ and pi-, and the kaons
        that go with them, exchange places (isospin, exact on nuclei with as many protons as
        neutrons) for nucleons and pions; particles and antiparticles for kaons.
    """

    name: str
    pdg: int
    mass: float
    charge: int
    decay_length: float
    projectile: str
    mirrored: bool = False


def _hadron(name: str, projectile: str, *, mirrored: bool = False, decays: bool = False) -> Hadron:
    """A hadron with mass, charge and lifetime of the one table of kinds."""
    kind = NAMED[name]
    length = kind.lifetime if decays else 0.0
    return Hadron(name, kind.pdg, kind.mass, kind.charge, length, projectile, mirrored)


HADRONS: Final = (
    _hadron("n", "n"),
    _hadron("p", "n", mirrored=True),
    _hadron("nbar", "n"),
    _hadron("pbar", "n", mirrored=True),
    _hadron("pi-", "pi-"),
    _hadron("pi+", "pi-", mirrored=True),
    _hadron("K-", "K-"),
    _hadron("K+", "K-", mirrored=True),
    _hadron("K0L", "K0L"),
    _hadron("K0S", "K0L", decays=True),
    _hadron("Lambda", "n", decays=True),
    _hadron("gamma", "rho0"),
)
"""Kinds in the order of their codes. Other hyperons count as the baryon that they decay to; the
decay of charged pions and kaons inside a calorimeter, below 1 % per interaction length above 5 GeV,
is left out. Antibaryons collide like baryons. ``gamma`` stands for what makes an electromagnetic
shower: photons, pi0, eta and electrons among the secondaries."""
CODES: Final = {hadron.name: index for index, hadron in enumerate(HADRONS)}
"""Code of each kind by its name."""
_MIRROR: Final = {
    "n": "p", "p": "n", "nbar": "pbar", "pbar": "nbar", "pi-": "pi+", "pi+": "pi-",
    "K-": "K+", "K+": "K-",
}  # fmt: skip
MIRROR: Final = np.array([CODES[_MIRROR.get(h.name, h.name)] for h in HADRONS], dtype=np.int64)
"""Code of the mirror image of each kind. Neutral kaons are half K0 and half its antiparticle."""


def code(name: str) -> int:
    """Code of a kind.

    Parameters
    ----------
    name : str
        Name of one of `HADRONS`.

    Returns
    -------
    int
        Its place in `HADRONS`.

    Raises
    ------
    UnknownNameError
        If there is none of that name.
    """
    if name not in CODES:
        raise UnknownNameError("hadron", name, CODES)
    return CODES[name]


def masses() -> NDArray[np.float64]:
    """Masses in GeV in the order of the codes."""
    return np.array([hadron.mass for hadron in HADRONS])


def neutral() -> NDArray[np.bool_]:
    """Which kinds are neutral and make no electromagnetic shower, in the order of the codes."""
    return np.array([hadron.charge == 0 and hadron.name != "gamma" for hadron in HADRONS])
