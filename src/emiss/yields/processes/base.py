"""What a process is asked, and what it answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from ...ground.arrays import FloatArray
from ...ground.recent import Recent

if TYPE_CHECKING:
    from ...experiments.setup import Setup
    from ...physics.models import Model
    from ..acceptance.recoil_tables import AcceptanceTables
    from ..fate import Fate

__all__ = [
    "Options",
    "Process",
    "ProcessYield",
    "Request",
    "couples_to_lepton",
    "couples_to_photon",
]

_COUPLES: Recent[list[bool]] = Recent(8)


class ProcessYield(Protocol):
    """Events per beam particle of one process in one setup."""

    def per_particle(self, coupling: FloatArray) -> FloatArray:
        """Events per beam particle.

        Parameters
        ----------
        coupling : array of float, shape (..., n_masses)
            Free coupling of the model.

        Returns
        -------
        array of float, shape (..., n_masses)
            Events that pass what the setup asks, per beam particle.
        """


@dataclass(frozen=True, slots=True)
class Options:
    """How the yield is computed.

    Parameters
    ----------
    form_factor : str
        Nuclear form factor of bremsstrahlung and Primakoff production: ``elastic`` or
        ``elastic+inelastic``.
    electron_motion : bool
        Smear annihilation with the motion of the atomic electrons.
    associated : bool
        Add associated production, e+ e- -> gamma X, and take from annihilation what radiates.
    progress : callable or None
        Called with the share done while tables are made.
    showers : int
        Beam particles simulated per setup, process and mass, where the engine simulates.
    seed : int
        Seed of the simulation.
    nuclear_model : str
        Effective number of nucleons in charge exchange, one of
        `physics.processes.hadron_nucleus.EFFECTIVE_MODELS`.
    recoils : int or None
        Scattered leptons sampled per mass for the acceptance of searches that measure them; None
        for the full number, with tables that ship or are kept.
    """

    form_factor: str = "elastic"
    electron_motion: bool = False
    associated: bool = True
    progress: Callable[[float], None] | None = None
    showers: int = 8000
    seed: int = 1
    nuclear_model: str = "glauber"
    recoils: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Request:
    """What is asked of a process.

    Parameters
    ----------
    setup : Setup
        Beam, target, and what is asked of an event.
    model : Model
        The model.
    masses : array of float, shape (n_masses,)
        Masses in GeV.
    fate : Fate
        What may become of the boson and counts.
    options : Options
        How to compute.
    """

    setup: Setup
    model: Model
    masses: FloatArray
    fate: Fate
    options: Options

    @property
    def radiates(self) -> bool:
        """Whether photons before an annihilation count: asked for, and no search in a volume."""
        return self.options.associated and self.fate.kind != "volume"


@dataclass(frozen=True, slots=True)
class Process:
    """A process.

    Parameters
    ----------
    name : str
        What modes call it.
    title : str
        What tables and figures call it.
    couples : callable
        Whether a model couples to what the process needs, at the masses.
    prepare : callable
        From a request to the yields of its contributions by title, usually one.
    citations : tuple of str
        Bibliography keys.
    needs : str
        What the model must couple to, in words.
    flavour : str
        Lepton of the beam or shower: ``e`` or ``mu``; empty where there is none.
    total : callable or None
        Bosons per beam particle at coupling 1 that pass the threshold, whatever becomes of them;
        None for a process that never makes most of them.
    reaction : str
        What happens, for lists: ``"e+ e- -> gamma A'"``.
    method : str
        How it is computed, for lists.
    why : callable
        Why a model does not couple, as a sentence for the user; empty where `needs` says it all.
    scattered : AcceptanceTables or None
        Tables of the acceptance of the scattered lepton, for a process that measures it.
    """

    name: str
    title: str
    couples: Callable[[Model, FloatArray], bool]
    prepare: Callable[[Request], Mapping[str, ProcessYield]]
    citations: tuple[str, ...]
    needs: str
    flavour: str = "e"
    total: Callable[[Setup, Model, FloatArray, Options], FloatArray] | None = None
    reaction: str = ""
    method: str = ""
    why: Callable[[Model], str] = lambda _: ""
    scattered: AcceptanceTables | None = None


def couples_to_lepton(flavour: str) -> Callable[[Model, FloatArray], bool]:
    """Make the question whether a model couples to a lepton."""

    def couples(model: Model, masses: NDArray[np.float64]) -> bool:
        def asked() -> list[bool]:
            return [bool(np.any(model.lepton_coupling(flavour, 1.0, masses) > 0.0))]

        # Every process of a mode asks the same.
        return _COUPLES.get((flavour, model, masses.tobytes()), asked)[0]

    return couples


def couples_to_photon(model: Model, masses: FloatArray) -> bool:
    """Whether a model couples to photons at some of the masses."""
    return bool(np.any(model.photon_coupling(1.0, masses) > 0.0))
