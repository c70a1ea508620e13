"""What a station is: how a bank of particles passes one kind of element, and what it leaves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from ...experiments.elements import Element
from ...ground.arrays import FloatArray
from ..bank import Bank
from ..context import Context
from ..orbit import Frame

__all__ = ["Deposits", "Hits", "Place", "Points", "Station", "Traverse"]


@dataclass(frozen=True, slots=True)
class Place:
    """An element and where it stands.

    Parameters
    ----------
    element : Element
        The element.
    frame : Frame
        Its frame: origin in the middle of the front face, z into it.
    """

    element: Element
    frame: Frame


@dataclass(frozen=True, slots=True, eq=False)
class Deposits:
    """Energy in the active layers of an element, by beam particle, before any response.

    Parameters
    ----------
    energy : array, shape (particles, rows, columns)
        In GeV, by cell, panel or module.
    deposited : array, shape (particles,)
        In GeV, in all layers.
    time : array, shape (particles,)
        Mean time in ns; infinite where nothing was left.
    """

    energy: FloatArray
    deposited: FloatArray
    time: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Points:
    """Where charged particles cross an element, before any response.

    Parameters
    ----------
    event : array of int
        Beam particle.
    x, y : array of float
        Place in cm, from the middle of the element.
    time : array of float
        In ns.
    """

    event: NDArray[np.int64]
    x: FloatArray
    y: FloatArray
    time: FloatArray


Hits: TypeAlias = Mapping[str, "Deposits | Points"]
"""What elements saw, by name."""
Traverse: TypeAlias = Callable[[tuple[Place, ...], Bank, Context], tuple[Bank, Hits]]
"""Carries a bank through elements; see `Station`."""


@dataclass(frozen=True, slots=True)
class Station:
    """How a bank of particles passes elements of one kind.

    Parameters
    ----------
    name : str
        Kind of element.
    traverse : callable
        ``(places, bank, context) -> (bank behind, hits)``; places are one element or, with
        ``joins``, several that touch. The bank is in the frame of the layout, before and after;
        particles that miss the element are handed on as they are. Energy that stays in no detector
        is booked with the context.
    joins : callable, optional
        Whether two elements of this kind, one right behind the other, are one piece of matter.
    """

    name: str
    traverse: Traverse
    joins: Callable[[Element, Element], bool] | None = None
