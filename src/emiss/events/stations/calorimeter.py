"""Calorimeters: sections that touch are one stack, so that what comes back counts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ...experiments.elements import Element
from ...experiments.elements.calorimeter import Calorimeter
from ..bank import ORIGINS, Bank
from ..bosons import is_signal
from ..context import Context
from ..fits import COARSE, FAST, fits_of, sandwich_of
from ..kinds import KINDS
from ..matter import face
from .base import Hits, Place, Station
from .passing import deposits, through

__all__ = ["STATION"]

_TOUCH = 0.01
_MUON, _DIMUON = KINDS.index("mu-"), ORIGINS.index("dimuon")


def _joins(front: Element, back: Element) -> bool:
    """One right behind the other, with the same cells, layers and face."""
    same = (
        isinstance(front, Calorimeter)
        and isinstance(back, Calorimeter)
        and (front.cells_x, front.cells_y) == (back.cells_x, back.cells_y)
        and face(front) == face(back)
        and front.offset_x == back.offset_x
        and front.offset_y == back.offset_y
        and sandwich_of(front) == sandwich_of(back)
    )
    return same and abs(back.start - front.end) < _TOUCH


def _traverse(places: tuple[Place, ...], bank: Bank, context: Context) -> tuple[Bank, Hits]:
    first = places[0].element
    assert isinstance(first, Calorimeter)
    shapes = fits_of(first)
    settings = COARSE if shapes is None else FAST
    columns, rows = first.cells_x, first.cells_y
    bias = context.options.dimuon_bias
    target = bias > 0.0 and any(place.element.role == "target" for place in places)
    if target:
        settings = replace(settings, dimuons=True, dimuon_bias=bias)
    behind, _, passage, _ = through(
        places, bank, context, columns, rows, settings=settings, shapes=shapes,
        bosons=is_signal(context) and any(p.element.role == "target" for p in places),
    )  # fmt: skip
    if target:
        pairs = behind.event[(behind.kind == _MUON) & (behind.origin == _DIMUON)]
        count = np.bincount(pairs, minlength=context.particles)
        context.truth["muon_pairs"] = count.astype(np.float64)
    hits = {
        place.element.name: deposits(
            passage, context, section, columns, rows, place.element.start - first.start
        )
        for section, place in enumerate(places)
    }
    return behind, hits


STATION = Station("calorimeter", _traverse, _joins)
