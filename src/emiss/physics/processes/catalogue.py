"""The processes that emiss knows, for listing and citing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

__all__ = ["CATALOGUE", "ProcessEntry"]


@dataclass(frozen=True, slots=True)
class ProcessEntry:
    """A process in the catalogue.

    Parameters
    ----------
    name : str
        Plain name.
    reaction : str
        What happens.
    method : str
        How it is computed.
    module : str
        Module of `emiss.physics.processes` that holds it.
    """

    name: str
    reaction: str
    method: str
    module: str


CATALOGUE: Final = (
    ProcessEntry(
        "bremsstrahlung",
        "l N -> l N X (X = V, A, S, P; l = e, mu)",
        "exact tree level; WW and improved WW beside it",
        "bremsstrahlung",
    ),
    ProcessEntry(
        "annihilation",
        "e+ e- -> X* -> invisible on atomic electrons",
        "full Breit-Wigner, optional motion of the electrons",
        "annihilation",
    ),
    ProcessEntry(
        "associated",
        "e+ e- -> gamma A'",
        "exact tree level with a cut on the photon energy",
        "associated",
    ),
    ProcessEntry(
        "primakoff",
        "gamma N -> a N",
        "exact tree level, nuclear recoil",
        "primakoff",
    ),
    ProcessEntry(
        "charge-exchange",
        "pi- p -> M n (M = pi0, eta, eta', omega, f2), K- p -> K0bar n",
        "fit to data; Glauber's effective number of protons",
        "nuclear_charge_exchange",
    ),
)
"""All production processes."""
