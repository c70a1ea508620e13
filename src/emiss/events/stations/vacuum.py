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
from ..orbit import Frame
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
    window = _window(element)
    thickness = 0.0 if window is None else window.stack.depth
    try:
        length = element.length_cm
    except EmissError:
        length = 0.0
    # Both windows lie within the vessel: the back one ends where the vessel does.
    back = max(length - thickness, thickness)
    inside = _through(window, entry.inside, frame, context.at(f"{context.place} front window"))
    inside = fly(inside, (back - inside.z) / inside.uz, context)
    inside = inside.drift((back - inside.z) / inside.uz)
    behind = frame.moved(z=back)
    inside = inside.change(z=np.zeros(len(inside)))
    inside = _through(window, inside, behind, context.at(f"{context.place} back window"))
    return Bank.join([behind.outside(inside), entry.past]), {}


def _through(window: Piece | None, bank: Bank, frame: Frame, context: Context) -> Bank:
    """Particles behind a window whose front face is that of the frame."""
    if window is None or not len(bank):
        return bank
    bank = interact_in(layers_of(window.stack), bank, frame, context)
    passage = cross(window, bank, context)
    context.book("matter", np.arange(context.particles), passage.deposited[:, 0])
    return passage.bank


STATION = Station("vacuum", _traverse)
