"""What most stations do: enter an element, cross its matter, note who crosses."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from ...ground.constants import SPEED_OF_LIGHT_CM_PER_NS
from ..bank import Bank
from ..boson_decays import BOSON_DECAY
from ..context import Context
from ..hadronic import interact_in
from ..matter import FINE, Passage, Piece, cross, face, layers_of, stack_of
from ..transport import Settings
from ..transport.shapes import Shapes
from .base import Deposits, Place, Points

__all__ = ["Entry", "charged_points", "deposits", "enter", "through"]

_ALONG = 1e-3
_SLACK = 1e-6


class Entry(NamedTuple):
    """Particles at an element.

    Parameters
    ----------
    inside : Bank
        On its front face, or where they begin in it, in its frame.
    past : Bank
        All others, as they were.
    """

    inside: Bank
    past: Bank


def enter(place: Place, bank: Bank, depth: float = 0.0) -> Entry:
    """Bring particles to the front face of an element.

    Parameters
    ----------
    place : Place
        The element.
    bank : Bank
        Particles in the frame of the layout.
    depth : float
        Depth of the element in cm, within which daughters of bosons may begin.

    Returns
    -------
    Entry
        Those that hit the face, outside a hole in it; and those that miss it, stand behind it
        or go the other way.
    """
    local = place.frame.inside(bank)
    ahead = (local.uz > _ALONG) & (local.z <= _SLACK)
    begins = (local.origin == BOSON_DECAY) & (local.z > _SLACK) & (local.z < depth - _SLACK)
    path = np.where(ahead, -local.z / np.where(ahead, local.uz, 1.0), 0.0)
    local = local.drift(path)
    width, height = face(place.element)
    x, y = np.abs(local.x), np.abs(local.y)
    hits = (ahead | begins) & (x < width) & (y < height)
    hole_x = getattr(place.element, "hole_width", None)
    hole_y = getattr(place.element, "hole_height", None)
    if hole_x is not None and hole_y is not None:
        hits &= (x >= 0.5 * hole_x.value) | (y >= 0.5 * hole_y.value)
    return Entry(local.take(hits), bank.take(~hits))


def charged_points(inside: Bank) -> Points:
    """Where charged particles enter."""
    charged = inside.take(inside.charge != 0)
    return Points(charged.event, charged.x, charged.y, charged.time)


def through(
    places: tuple[Place, ...],
    bank: Bank,
    context: Context,
    columns: int = 1,
    rows: int = 1,
    *,
    settings: Settings = FINE,
    shapes: Shapes | None = None,
    bosons: bool = False,
) -> tuple[Bank, Piece | None, Passage | None, Bank]:
    """Carry particles through elements that touch.

    Parameters
    ----------
    places : tuple of Place
        The elements.
    bank : Bank
        Particles in the frame of the layout.
    context : Context
        The chunk.
    columns, rows : int
        Cells across.
    settings : Settings
        How finely the transport follows.
    shapes : Shapes, optional
        Fits of sub-showers.
    bosons : bool
        Make a boson in the showers of each event.

    Returns
    -------
    behind : Bank
        Particles behind, in the frame of the layout.
    piece : Piece or None
        The matter; None without any.
    passage : Passage or None
        What was left in it.
    inside : Bank
        Those that entered, on the front face.
    """
    piece = stack_of(tuple(place.element for place in places), columns, rows)
    entry = enter(places[0], bank, 0.0 if piece is None else piece.stack.depth)
    if piece is None or not len(entry.inside):
        back = places[0].frame.outside(entry.inside)
        return Bank.join([back, entry.past]), piece, None, entry.inside
    frame = places[0].frame
    crossing = interact_in(layers_of(piece.stack), entry.inside, frame, context)
    passage = cross(piece, crossing, context, settings, shapes, bosons=bosons)
    back = places[0].frame.outside(passage.bank)
    return Bank.join([back, entry.past]), piece, passage, entry.inside


def deposits(
    passage: Passage | None,
    context: Context,
    section: int,
    columns: int,
    rows: int,
    depth: float = 0.0,
) -> Deposits:
    """What a passage left in one element, ``depth`` cm behind the first; nothing without one."""
    if passage is None:
        n = context.particles
        return Deposits(np.zeros((n, rows, columns)), np.zeros(n), np.full(n, math.inf))
    left = passage.deposited[:, section]
    time = passage.time + depth / SPEED_OF_LIGHT_CM_PER_NS
    return Deposits(passage.cells[:, section], left, np.where(left > 0.0, time, math.inf))
