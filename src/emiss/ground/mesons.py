"""Masses, widths and decay lengths of neutral mesons, from the Particle Data Group's tables."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Final

from .errors import UnknownNameError

__all__ = ["MESON_IDS", "MesonData", "meson_data"]

CITATIONS = ("ParticleDataGroup:2024cfk",)
MESON_IDS: Final = {
    "pi0": 111,
    "eta": 221,
    "eta-prime": 331,
    "omega": 223,
    "f2": 225,
    "K-short": 310,
    "K-long": 130,
}
"""Numbers of the PDG's scheme by name."""
_LABELS: Final = {
    "pi0": r"\pi^0",
    "eta": r"\eta",
    "eta-prime": r"\eta'",
    "omega": r"\omega",
    "f2": "f_2",
    "K-short": "K_S",
    "K-long": "K_L",
}


@dataclass(frozen=True, slots=True)
class MesonData:
    """A neutral meson.

    Parameters
    ----------
    name : str
        Key of `MESON_IDS`.
    label : str
        LaTeX symbol, without dollar signs.
    mass, width : float
        In GeV.
    ctau_cm : float
        Proper decay length in cm.
    """

    name: str
    label: str
    mass: float
    width: float
    ctau_cm: float


@functools.cache
def meson_data(name: str) -> MesonData:
    """Look a neutral meson up in the tables of the package `particle`.

    Parameters
    ----------
    name : str
        Key of `MESON_IDS`.

    Returns
    -------
    MesonData
        Its numbers.

    Raises
    ------
    UnknownNameError
        If there is no such meson.
    """
    if name not in MESON_IDS:
        raise UnknownNameError("meson", name, MESON_IDS)
    from particle import Particle

    found = Particle.from_pdgid(MESON_IDS[name])
    assert found.mass is not None
    assert found.width is not None
    assert found.ctau is not None
    # The package has MeV and mm.
    return MesonData(name, _LABELS[name], found.mass / 1e3, found.width / 1e3, found.ctau / 10.0)
