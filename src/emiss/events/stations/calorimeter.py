"""Calorimeters: sections that touch are one stack, so that what comes back counts."""

from __future__ import annotations

import functools
from dataclasses import replace
from typing import Final

import numpy as np

from ...experiments.elements import Element
from ...experiments.elements.calorimeter import Calorimeter
from ...ground.shipped import shipped_path
from ...materials import Material, get, names
from ..bank import ORIGINS, Bank
from ..context import Context
from ..kinds import KINDS
from ..matter import COARSE, face
from ..transport import Settings, Thresholds
from ..transport.shapes import Shapes
from ..transport.subshowers import TAKEOVER, file_name, load_shapes
from .base import Hits, Place, Station
from .passing import deposits, through

__all__ = ["FAST", "STATION", "fits_of"]

FAST: Final = Settings(Thresholds(5e-3, 1e-3, 0.05, 0.02), TAKEOVER)
"""Electromagnetic calorimeters: sub-showers below 0.5 GeV from fits."""
_SHOWERS = ("preshower", "target", "decay-calorimeter")
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
        and _sandwich(front) == _sandwich(back)
    )
    return same and abs(back.start - front.end) < _TOUCH


@functools.lru_cache(maxsize=64)
def _sandwich(element: Element) -> Material | None:
    """The element's two layers as a material, with the name of the catalogue's where it has one."""
    composition = element.composition
    if composition is None or len(composition.layers) != 2:
        return None
    layers = composition.layers
    for name in names():
        known = get(name)
        if known.layers == layers:
            return known
    return replace(composition, name="sandwich", length=None)


@functools.lru_cache(maxsize=16)
def fits_of(element: Element) -> Shapes | None:
    """Fits of sub-showers for an element.

    Parameters
    ----------
    element : Element
        A calorimeter.

    Returns
    -------
    Shapes or None
        Those that ship; for calorimeters in which showers are expected, made if need be (three
        minutes, kept in the user's cache); None where every particle is followed.
    """
    material = _sandwich(element)
    if material is None:
        return None
    shipped = shipped_path("tables", file_name(material)).is_file()
    return load_shapes(material) if shipped or element.role in _SHOWERS else None


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
        places, bank, context, columns, rows, settings=settings, shapes=shapes
    )
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
