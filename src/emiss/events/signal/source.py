"""What makes a boson in matter, and what is asked of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from ...ground.arrays import FloatArray
from ...ground.constants import AVOGADRO
from ...ground.discovery import discover
from ...ground.errors import UnknownNameError
from ...ground.guards import each, guarded, text
from ...physics.materials import Element, Material
from ...physics.models import Model

__all__ = ["Emitted", "Emitter", "Source", "atoms_per_cm3", "emitters"]


@dataclass(frozen=True, slots=True)
class Source:
    """A boson and how it is made.

    Parameters
    ----------
    model : Model
        The model.
    mass : float
        Mass of the boson in GeV.
    least : float
        Least energy of the boson in GeV.
    highest : float
        Highest energy of a beam particle in GeV.
    form_factor : str
        Of nuclei, for bremsstrahlung and Primakoff production.
    producing : tuple of str
        Symbols of the elements on which bosons are made; empty for all.
    radiation : bool
        Whether a photon takes part of the energy in annihilation; with it annihilation contains
        associated production.
    """

    model: Model
    mass: float
    least: float
    highest: float
    form_factor: str = "elastic"
    producing: tuple[str, ...] = ()
    radiation: bool = True

    def elements(self, material: Material) -> tuple[tuple[Element, float], ...]:
        """Elements of a material on which bosons are made, with their atoms per cm^3."""
        found = atoms_per_cm3(material)
        return tuple((e, n) for e, n in found if not self.producing or e.symbol in self.producing)


def atoms_per_cm3(material: Material) -> tuple[tuple[Element, float], ...]:
    """Elements of a homogeneous material with their atoms per cm^3."""
    return tuple(
        (c.element, material.density * c.mass_fraction * AVOGADRO / c.element.A)
        for c in material.components
    )


@dataclass(frozen=True, slots=True, eq=False)
class Emitted:
    """What is emitted, with the incoming particle along z.

    Parameters
    ----------
    boson : array, shape (n, 4)
        Four-vector (E, px, py, pz) in GeV.
    recoil : array, shape (n, 4)
        Of the lepton that goes on; zero where there is none.
    photon : array, shape (n, 4)
        Of a photon beside the boson; zero where there is none.
    rate : array, shape (n,)
        Emissions per cm that the event stands for, at coupling 1: its mean over events at one
        energy is the exact rate.
    """

    boson: FloatArray
    recoil: FloatArray
    photon: FloatArray
    rate: FloatArray


@dataclass(frozen=True, slots=True)
class Emitter:
    """A process that makes bosons along the tracks of a shower.

    Parameters
    ----------
    name : str
        As in the modes of experiments.
    title : str
        In words.
    kinds : tuple of int
        Places in `emiss.events.transport.inputs.KINDS` of what emits.
    coupling : str
        Coupling 1 is g = e to this lepton (``e`` or ``mu``), or 1 GeV^-1 to ``photon``.
    couples : callable
        Whether a model couples.
    rate : callable
        (material, energies, source) to emissions per cm: a proposal, positive where there is any.
    draw : callable
        (material, energies, source, random) to `Emitted`.
    """

    name: str
    title: str
    kinds: tuple[int, ...]
    coupling: str
    couples: Callable[[Model, FloatArray], bool]
    rate: Callable[[Material, FloatArray, Source], FloatArray]
    draw: Callable[[Material, FloatArray, Source, np.random.Generator], Emitted]


@guarded(names=each(text))
def emitters(names: tuple[str, ...] = ()) -> Mapping[str, Emitter]:
    """Emitters by name, those of other packages (entry points ``emiss.emitters``) included.

    Parameters
    ----------
    names : tuple of str
        Those wanted; all if empty.

    Returns
    -------
    mapping of str to Emitter
        In the order asked for.

    Raises
    ------
    UnknownNameError
        If there is no such emitter.
    """
    known = discover("emiss.events.signal.emitters", "emiss.emitters", Emitter)
    for name in names:
        if name not in known:
            raise UnknownNameError("emitter", name, tuple(known))
    return {name: known[name] for name in names or tuple(known)}
