"""What the energy of a detector means: visible, deposited, or calibrated."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Final

import numpy as np

from ..experiments.elements import Element
from ..experiments.elements.calorimeter import Calorimeter
from ..experiments.elements.synchrotron_detector import SynchrotronDetector
from ..experiments.layout import Layout
from ..ground.notices import notice
from .chain import steps
from .context import seed_of
from .fits import COARSE, FAST, fits_of
from .kept_numbers import kept_numbers
from .matter import SOFT, Piece, stack_of
from .transport import Beam, Settings, simulate
from .transport.shapes import Shapes

__all__ = ["Scale", "scale_of"]

_ELECTRONS: Final = 600
_PHOTONS: Final = 20_000
_PHOTON: Final = 5e-3
"""Energy in GeV of the photons that a detector of synchrotron radiation is calibrated with."""


@dataclass(frozen=True, slots=True)
class Scale:
    """How energy in active layers becomes the energy that is recorded.

    Parameters
    ----------
    meaning : str
        ``visible``, ``deposited`` or ``calibrated``.
    factor : float
        Recorded over visible energy.
    """

    meaning: str
    factor: float


def scale_of(layout: Layout, element: Element) -> Scale:
    """Scale of an element, worked out with the transport.

    Parameters
    ----------
    layout : Layout
        The apparatus.
    element : Element
        One of its elements.

    Returns
    -------
    Scale
        Of a calorimeter what its ``energy_scale`` says, by default calibrated: an electron of the
        beam's momentum that hits the stack which the element is part of reads its energy on
        average. Deposited: the mean energy in all layers of that stack over the visible one.
        Detectors of synchrotron radiation: deposited, for photons of 5 MeV. Others: visible.
    """
    if isinstance(element, Calorimeter):
        meaning = element.energy_scale or "calibrated"
        if meaning != "visible":
            group = _group(layout, element)
            energy = layout.beam.momentum.value
            return Scale(meaning, _factor(group, "e-", energy, meaning == "calibrated"))
        return Scale(meaning, 1.0)
    if isinstance(element, SynchrotronDetector):
        return Scale("deposited", _factor((element,), "gamma", _PHOTON, False))
    return Scale("visible", 1.0)


def _group(layout: Layout, element: Element) -> tuple[Element, ...]:
    for step in steps(layout):
        together = tuple(place.element for place in step.places)
        if element in together:
            return together
    return (element,)


@functools.lru_cache(maxsize=64)
def _factor(group: tuple[Element, ...], particle: str, energy: float, calibrated: bool) -> float:
    piece = stack_of(group)
    if piece is None:
        return 1.0
    electrons = particle == "e-"
    shapes = fits_of(group[0]) if electrons else None
    settings = FAST if shapes is not None else COARSE if electrons else SOFT
    beam, events = Beam(particle, energy), _ELECTRONS if electrons else _PHOTONS

    def made() -> tuple[float, float]:
        if settings is COARSE:
            name = group[0].name
            notice(f"simulating what showers leave in '{name}': once, 10 to 60 s; kept on disk.")
        return _means(piece, beam, settings, shapes, events)

    visible, deposited = kept_numbers("scale", piece.stack, beam, settings, shapes, events, made)
    return (energy if calibrated else deposited) / visible if visible > 0.0 else 1.0


def _means(
    piece: Piece, beam: Beam, settings: Settings, shapes: Shapes | None, events: int
) -> tuple[float, float]:
    """Mean visible and deposited energy in GeV."""
    chunk = simulate(
        piece.stack, beam, events, seed=seed_of("scale"), settings=settings, shapes=shapes
    )
    return float(chunk.cell_sum.sum()) / events, float(np.sum(chunk.slab_sum)) / events
