"""Vacuum vessels: flight with decays between two windows."""

from __future__ import annotations

import numpy as np

from ...experiments.elements.vacuum import Vacuum
from ...ground.errors import EmissError
from ...physics.materials import get
from ..bank import Bank
from ..context import Context
from ..hadronic import interact_in
from ..matter import Piece, cross, layers_of
from ..transport import Cells, Slab, Stack
from .base import Hits, Place, Station
from .flight import fly
from .passing import enter

__all__ = ["STATION"]

_WIDE = 1e5


def _window(element: Vacuum) -> Piece | None:
    if not element.window_material or element.window_thickness is None:
        return None
    own = {material.name: material for material in element.own_materials}
    material = own.get(element.window_material) or get(element.window_material)
    slab = Slab(material, element.window_thickness.value, 0)
    return Piece(Stack((slab,), _WIDE, Cells(1, 1, 2 * _WIDE)), (element,), (1,))


def _traverse(places: tuple[Place, ...], bank: Bank, context: Context) -> tuple[Bank, Hits]:
    element, frame = places[0].element, places[0].frame
    assert isinstance(element, Vacuum)
    entry = enter(places[0], bank)
    inside, window = entry.inside, _window(element)
    try:
        length = element.length_cm
    except EmissError:
        length = 0.0
    for end in ("front window", "back window"):
        if window is not None and len(inside):
            here = context.at(f"{context.place} {end}")
            inside = interact_in(layers_of(window.stack), inside, frame, here)
            passage = cross(window, inside, here)
            context.book("matter", np.arange(context.particles), passage.deposited[:, 0])
            inside = passage.bank
        if end == "front window":
            flying = fly(inside, (length - inside.z) / inside.uz, context)
            inside = flying.drift((length - flying.z) / flying.uz)
            inside = inside.change(z=np.zeros(len(inside)))
    inside = inside.change(z=inside.z + length)
    return Bank.join([frame.outside(inside), entry.past]), {}


STATION = Station("vacuum", _traverse)
