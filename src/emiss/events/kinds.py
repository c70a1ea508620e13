"""Kinds of particle that events are made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from ..ground import constants as const
from ..ground.arrays import FloatArray
from ..ground.errors import UnknownNameError

__all__ = [
    "CHARGES",
    "DARK",
    "HADRONS",
    "KINDS",
    "LIFETIMES",
    "MASSES",
    "NAMED",
    "NEUTRINO",
    "PDG",
    "Kind",
    "kind_number",
]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of particle.

    Parameters
    ----------
    name : str
        Name.
    pdg : int
        Number in the Monte Carlo numbering scheme of the PDG; 0 where there is none.
    mass : float
        Mass in GeV.
    charge : int
        Charge in units of that of the positron.
    lifetime : float
        Mean proper lifetime times c, in cm; infinite where no decay is simulated.
    """

    name: str
    pdg: int
    mass: float
    charge: int
    lifetime: float = float("inf")


_E, _MU, _PI = const.ELECTRON_MASS, const.MUON_MASS, const.CHARGED_PION_MASS
_K, _K0 = 0.493677, 0.497611
_P, _N = const.PROTON_MASS, 0.93956542

ALL: Final = (
    Kind("e-", 11, _E, -1),
    Kind("e+", -11, _E, 1),
    Kind("gamma", 22, 0.0, 0),
    Kind("mu-", 13, _MU, -1, 65865.4),
    Kind("mu+", -13, _MU, 1, 65865.4),
    Kind("pi-", -211, _PI, -1, 780.45),
    Kind("pi+", 211, _PI, 1, 780.45),
    Kind("K-", -321, _K, -1, 371.1),
    Kind("K+", 321, _K, 1, 371.1),
    Kind("K0L", 130, _K0, 0, 1533.7),
    Kind("K0S", 310, _K0, 0, 2.6844),
    Kind("p", 2212, _P, 1),
    Kind("pbar", -2212, _P, -1),
    Kind("n", 2112, _N, 0),
    Kind("nbar", -2112, _N, 0),
    Kind("neutrino", 12, 0.0, 0),
    Kind("boson", 0, 0.0, 0),
    Kind("dark", 0, 0.0, 0),
    Kind("dark-excited", 0, 0.0, 0),
)
"""Every kind, in the order of its number; masses and lifetimes of the PDG review of 2024.

The first five are those of `events.transport`. The mass of dark states depends on the model: it is
not here."""

NAMED: Final = {kind.name: kind for kind in ALL} | {
    "Lambda": Kind("Lambda", 3122, 1.115683, 0, 7.846)
}
"""Kinds by name, with those that only cascades in calorimeters follow."""
KINDS: Final = tuple(kind.name for kind in ALL)
"""Names in the order of their numbers."""
MASSES: Final[FloatArray] = np.array([kind.mass for kind in ALL])
CHARGES: Final = np.array([kind.charge for kind in ALL], dtype=np.int8)
LIFETIMES: Final[FloatArray] = np.array([kind.lifetime for kind in ALL])
PDG: Final = np.array([kind.pdg for kind in ALL], dtype=np.int32)
HADRONS: Final = tuple(range(KINDS.index("pi-"), KINDS.index("nbar") + 1))
"""Numbers of the hadrons."""
NEUTRINO: Final = KINDS.index("neutrino")
DARK: Final = tuple(range(KINDS.index("boson"), len(KINDS)))
"""Numbers of what leaves no trace: boson and dark states."""


def kind_number(name: str) -> int:
    """Number of a kind.

    Parameters
    ----------
    name : str
        One of `KINDS`.

    Returns
    -------
    int
        Its place there.

    Raises
    ------
    UnknownNameError
        If there is no such kind.
    """
    if name not in KINDS:
        raise UnknownNameError("particle", name, KINDS)
    return KINDS.index(name)
